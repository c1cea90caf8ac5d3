"""A serial port (or a pty) as a byte link, and one sentence for each way in which a port can fail.

pyserial opens and configures the port; on POSIX the bytes are then read with ``select`` and
``os.read``, which costs a third of its own read. DTR and RTS stay set, as P1.1 asks: boards with
native USB send nothing without them, and one line alone resets an ESP32.

Bytes of a stream gather in the kernel: ``select`` reports a terminal as readable when VMIN bytes are
there (termios; Linux, BSD and macOS), so a read wakes up once, when its last byte has come.
"""

import errno
import os
import select
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from device.errors import (
    DeviceBusy,
    DeviceError,
    DeviceLost,
    DeviceNotFound,
    MissingDriver,
    PermissionDenied,
    Reason,
)

if TYPE_CHECKING:
    from serial import Serial

DEFAULT_BAUD = 500_000
#: After the first byte of a burst: long enough for a whole frame, a quarter of the CPU of reading at once.
COALESCE_S = 0.003
#: The longest wait for bytes that are to be read together: a hop of the chain and a bit.
GATHER_S = 0.012
MOST_BYTES = 65536
WRITE_TIMEOUT_S = 1.0
#: ModemManager and the like hold a new port for some seconds.
BUSY_PATIENCE_S, BUSY_RETRY_S = 3.0, 0.25

_ABSENT = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO}
_DENIED = {errno.EACCES, errno.EPERM}
_BUSY = {errno.EBUSY, errno.EWOULDBLOCK, errno.EAGAIN}
_POSIX = os.name == "posix"


def import_pyserial() -> ModuleType:
    """pyserial, imported when the first port is opened. Raises ``MissingDriver``."""
    try:
        import serial
    except ImportError as error:
        raise MissingDriver(
            "Serial ports need pyserial; install it with pip install pyserial.", "serial"
        ) from error
    module: ModuleType = serial
    return module


def port_failures() -> tuple[type[Exception], ...]:
    """What pyserial raises when a port breaks: not only its own error."""
    failures: tuple[type[Exception], ...] = (
        OSError,
        TypeError,
        ValueError,
        import_pyserial().SerialException,
    )
    if _POSIX:
        import termios

        failures += (termios.error,)
    return failures


class SerialLink:
    """The serial port ``port``, held exclusively, 8N1 at ``baud``.

    Raises ``DeviceNotFound``, ``DeviceBusy`` or ``PermissionDenied`` when it cannot be opened,
    ``DeviceLost`` from ``read`` and ``write`` once it has gone.
    """

    def __init__(self, port: str, baud: int = DEFAULT_BAUD) -> None:
        self._name = port
        self._failures = port_failures()
        self._port = self._open(baud)
        self._descriptor = self._port.fileno() if _POSIX else -1
        self._least = 0
        # An FTDI bridge otherwise holds bytes back for 16 ms. Not every driver knows the call.
        with suppress(AttributeError, NotImplementedError, *self._failures):
            self._port.set_low_latency_mode(True)

    @property
    def name(self) -> str:
        """The port's name as it was given."""
        return self._name

    @property
    def baud(self) -> int:
        """Bits per second; may be changed while open, which does not reset the board."""
        return int(self._port.baudrate)

    @baud.setter
    def baud(self, baud: int) -> None:
        try:
            self._port.baudrate = baud
            self._least = 0  # pyserial has set VMIN again.
        except self._failures as error:
            raise self._lost() from error

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        """Wait up to ``timeout_s`` for a first byte, then 3 ms for more; ``b""`` when none came.

        ``gather`` bytes are waited for 12 ms at most, and none after them.
        """
        if not self._port.is_open:
            raise self._lost()
        try:
            data = (self._read_posix if _POSIX else self._read_portable)(timeout_s, gather)
        except BlockingIOError:
            return b""  # Another reader was faster.
        except self._failures as error:
            raise self._lost() from error
        if data is None:
            raise self._lost()
        return data

    def write(self, data: bytes) -> None:
        """Send all of ``data``; raises ``DeviceLost``."""
        try:
            self._port.write(data)
        except self._failures as error:
            raise self._lost() from error

    def close(self) -> None:
        """Let go of the port."""
        with suppress(*self._failures):
            self._port.close()

    def _read_posix(self, timeout_s: float, gather: int) -> bytes | None:
        descriptor = self._descriptor
        if gather > 1:
            wait_s = min(timeout_s, GATHER_S)
            self._readable(gather, wait_s)
            with suppress(BlockingIOError):
                # Nothing at all, of a terminal that wants a byte at least, is the end of the line.
                return os.read(descriptor, MOST_BYTES) or None
            timeout_s -= wait_s
        if not self._readable(1, max(0.0, timeout_s)):
            return b""
        time.sleep(COALESCE_S)
        return os.read(descriptor, MOST_BYTES) or None

    def _readable(self, least: int, timeout_s: float) -> bool:
        """Whether ``least`` bytes come within ``timeout_s``, or the other side hangs up."""
        if least != self._least:
            import termios

            modes = termios.tcgetattr(self._descriptor)
            modes[6][termios.VMIN] = self._least = least
            termios.tcsetattr(self._descriptor, termios.TCSANOW, modes)
        return bool(select.select([self._descriptor], [], [], timeout_s)[0])

    def _read_portable(self, timeout_s: float, gather: int) -> bytes:
        if gather > 1:
            self._port.timeout = min(timeout_s, GATHER_S)
            data = bytes(self._port.read(gather))
            if data:
                return data + bytes(self._port.read(self._port.in_waiting))
        self._port.timeout = max(0.0, timeout_s)
        first = bytes(self._port.read(1))
        if not first:
            return b""
        time.sleep(COALESCE_S)
        return first + bytes(self._port.read(self._port.in_waiting))

    def _open(self, baud: int) -> "Serial":
        deadline_s = time.monotonic() + BUSY_PATIENCE_S
        while True:
            try:
                port: Serial = import_pyserial().Serial(
                    self._name, baud, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True
                )
            except self._failures as error:
                if error_number(error) != errno.EBUSY or time.monotonic() > deadline_s:
                    raise open_failure(self._name, error) from error
                time.sleep(BUSY_RETRY_S)
            else:
                return port

    def _lost(self) -> DeviceLost:
        return DeviceLost(f"The board on {self._name} was unplugged; plug it in again.", Reason.UNPLUGGED)


def error_number(error: Exception) -> int | None:
    """The system's error number behind ``error``; Windows has it in the text of pyserial's error only."""
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return number
    text = str(error)
    if "FileNotFoundError" in text:
        return errno.ENOENT
    # Windows denies access to a port that another program holds, and to no other.
    return errno.EBUSY if "PermissionError" in text else None


def open_failure(port: str, error: Exception) -> DeviceError:
    """One sentence for ``error`` on opening ``port``: what is wrong, and what to do."""
    number = error_number(error)
    if number in _DENIED:
        return PermissionDenied(f"You may not open {port}; {_permission_remedy(port)}.", Reason.PERMISSION)
    if number in _BUSY:
        return DeviceBusy(
            f"{port} is in use by another program; close it (a serial monitor, say) and try again.",
            Reason.BUSY,
        )
    if number in _ABSENT:
        return DeviceNotFound(
            f"There is no port {port}; plug the board in, or try serial:auto.", Reason.NO_PORT
        )
    return DeviceNotFound(f"{port} is no serial port that can be used; try serial:auto.", Reason.NO_PORT)


def _permission_remedy(port: str) -> str:
    if not sys.platform.startswith("linux"):
        return "ask the owner of this computer for access to it"
    return f"run sudo usermod -aG {_owning_group(port)} $USER, then log out and in again"


def _owning_group(port: str) -> str:
    """The group that may use serial ports here: dialout on Debian, uucp on Arch."""
    try:
        group = Path(port).group()
    except (OSError, KeyError):
        return "dialout"
    return group if group in {"dialout", "uucp", "plugdev"} else "dialout"
