"""What can go wrong between the app and a board.

    DeviceError
    ├── DeviceNotFound      no such port, or no board answered on any port
    ├── DeviceBusy          another program holds the port
    ├── PermissionDenied    this user may not open the port
    ├── DeviceLost          the board was there and is gone (unplugged, port error)
    ├── HandshakeFailed     something answers, but not as emgfeedback firmware, or it refused the settings
    └── MissingDriver       a driver library is not installed; names the extra that brings it

Each message is one sentence: what is wrong, where, what to do. ``reason`` is for programs.
Damaged frames and lost samples are no exceptions: they are counted (``LinkStats``) and
seen as jumps of the sample index. Bad arguments are plain ``ValueError``.
"""

from enum import Enum


class Reason(Enum):
    """Why a ``DeviceError`` was raised, for code that must decide what to do next."""

    NO_PORT = "no such port"
    NO_BOARD = "no board answered"
    BUSY = "port in use"
    PERMISSION = "permission denied"
    UNPLUGGED = "board unplugged"
    SILENT = "board fell silent"
    NOT_OURS = "not emgfeedback firmware"
    VERSION = "protocol version not supported"
    REFUSED = "the board refused the settings"
    NO_DRIVER = "driver library missing"


class DeviceError(Exception):
    """Base of all device errors: ``str(error)`` is one sentence for the user."""

    def __init__(self, message: str, reason: Reason) -> None:
        super().__init__(message)
        self.reason = reason


class DeviceNotFound(DeviceError):
    """No such port, or no board on any port."""


class DeviceBusy(DeviceError):
    """The port is held by another program."""


class PermissionDenied(DeviceError):
    """The user may not open the port."""


class DeviceLost(DeviceError):
    """A board that was there has gone."""


class HandshakeFailed(DeviceError):
    """The other end does not speak this protocol, or refused what was asked."""


class MissingDriver(DeviceError):
    """A driver library is missing; ``extra`` names the optional dependency that brings it."""

    def __init__(self, message: str, extra: str) -> None:
        super().__init__(message, Reason.NO_DRIVER)
        self.extra = extra
