"""Which port is the board on? Ask: HELLO to every candidate, and nothing else to strangers.

USB ids only say whom to ask first; the answer to HELLO is the only proof. Opening a port may
reset what hangs on it, so the likely ports are asked first, all at once, and the others only when
none of those was the board. Ports without USB (a computer's own UART, which may be its console)
are asked only when they are named.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from device.errors import DeviceBusy, DeviceError, DeviceNotFound, PermissionDenied, Reason
from device.probe import Probe
from device.serial_link import DEFAULT_BAUD, SerialLink, import_pyserial

#: First the default; then what slower bridges and older boards are built for. Never 1200: that
#: sends boards with native USB into their boot loader.
PROBE_BAUDS = (DEFAULT_BAUD, 250_000, 115_200)
ROUND_S = 0.01

#: USB vendors whose chips Arduino-class boards carry: Arduino and its former maker, QinHeng (CH340),
#: FTDI, Silicon Labs (CP210x), Raspberry Pi, Espressif, PJRC (Teensy), STMicroelectronics.
LIKELY_VENDORS = frozenset({0x2341, 0x2A03, 0x1A86, 0x0403, 0x10C4, 0x2E8A, 0x303A, 0x16C0, 0x0483})
NAMED, LIKELY, OTHER_USB = range(3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A port that may be the board's; ``rank``: named by the user, a likely USB chip, other USB."""

    port: str
    rank: int


def candidates(patterns: tuple[str, ...] = ()) -> list[Candidate]:
    """The system's USB ports, and all that match ``patterns`` (a pty, say), likeliest first."""
    found = [Candidate(str(path), NAMED) for pattern in patterns for path in _matching(Path(pattern))]
    found += _system_ports()
    unique: dict[Path, Candidate] = {}
    for candidate in sorted(found, key=attrgetter("rank", "port")):
        unique.setdefault(Path(candidate.port).resolve(), candidate)
    return list(unique.values())


def find_board(patterns: tuple[str, ...] = (), bauds: tuple[int, ...] | None = None) -> SerialLink:
    """An open link to a port on which a board answers, at the baud rate at which it does.

    ``patterns`` are globs of more ports, asked first. Takes some 6 s per rank when nothing answers.
    Raises ``DeviceNotFound`` naming each port and why not; ``DeviceBusy`` or ``PermissionDenied``
    when that was the trouble with all of them.
    """
    refused: list[Probe] = []
    for _, group in groupby(candidates(patterns), key=attrgetter("rank")):
        probes = [Probe(candidate.port, bauds or PROBE_BAUDS) for candidate in group]
        link = _first_to_answer(probes)
        if link is not None:
            return link
        refused += probes
    raise _nobody(refused)


def _first_to_answer(probes: list[Probe]) -> SerialLink | None:
    link = None
    try:
        while link is None and any(probe.asking for probe in probes):
            time.sleep(ROUND_S)
            for probe in probes:
                probe.step(time.monotonic())
            link = next((probe.link for probe in probes if probe.answered), None)
    finally:
        for probe in probes:
            if probe.link is not link:
                probe.close()
    return link


def _nobody(refused: list[Probe]) -> DeviceError:
    if not refused:
        return DeviceNotFound(
            "No USB serial port was found; plug the board in, or name its port, as in serial:/dev/ttyAMA0.",
            Reason.NO_PORT,
        )
    listed = "; ".join(probe.why_not for probe in refused)
    message = f"No board with emgfeedback firmware was found: {listed}."
    reasons = {probe.reason for probe in refused}
    if reasons == {Reason.BUSY}:
        return DeviceBusy(message, Reason.BUSY)
    if reasons == {Reason.PERMISSION}:
        return PermissionDenied(message, Reason.PERMISSION)
    return DeviceNotFound(message, Reason.NO_BOARD)


def _matching(pattern: Path) -> Iterator[Path]:
    """Files that match an absolute or relative glob."""
    anchor = Path(pattern.anchor)
    relative = pattern.relative_to(anchor) if pattern.is_absolute() else pattern
    return anchor.glob(str(relative))


def _system_ports() -> list[Candidate]:
    import_pyserial()
    from serial.tools.list_ports import comports

    return [Candidate(port.device, _rank(port.vid)) for port in comports() if port.vid is not None]


def _rank(vendor: int) -> int:
    return LIKELY if vendor in LIKELY_VENDORS else OTHER_USB
