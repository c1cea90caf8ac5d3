"""Whether this computer runs on its battery, as far as it can tell."""

from collections.abc import Callable
from enum import Enum
from typing import Any


class Power(Enum):
    """Where the computer's power comes from."""

    BATTERY = "battery"
    MAINS = "mains"
    UNKNOWN = "unknown"


def power_state(read_battery: Callable[[], Any] | None = None) -> Power:
    """The state now, asked anew at each call.

    ``read_battery`` gives an object with ``power_plugged`` (true, false or ``None``), or ``None``
    where no battery is found; without it psutil asks the system. A computer without a battery is
    UNKNOWN, not MAINS: a container or a phone-charged board says the same. What a battery cannot
    tell either: a monitor, dock or USB device on mains at its other end.
    """
    battery = (read_battery or _system_battery)()
    if battery is None or battery.power_plugged is None:
        return Power.UNKNOWN
    return Power.MAINS if battery.power_plugged else Power.BATTERY


def _system_battery() -> Any:
    import psutil  # costs 20 ms at start-up, and only live work with electrodes asks

    # Systems without a reader for batteries lack the function; unreadable files raise OSError.
    read = getattr(psutil, "sensors_battery", None)
    if read is None:
        return None
    try:
        return read()
    except (OSError, RuntimeError, psutil.Error):
        return None
