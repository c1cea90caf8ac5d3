"""What is known of a session before its first sample."""

import platform
import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from calibration import Calibration
from device import StreamInfo
from emgfeedback import __version__
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Zone


def now() -> str:
    """The wall clock as ISO 8601 with the local offset, to the microsecond."""
    return datetime.now().astimezone().isoformat(timespec="microseconds")


def versions() -> dict[str, str]:
    """Versions of what makes the numbers, for the record."""
    return {
        "emgfeedback": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "sqlite": sqlite3.sqlite_version,
        "platform": platform.platform(terse=True),
    }


@dataclass(frozen=True, slots=True)
class SessionHeader:
    """All that a session file holds before its first sample.

    ``started`` (wall clock, ISO 8601 with offset) and ``started_host_s`` (the clock of
    ``SampleChunk.host_time_s``) name one moment: the anchor that turns sample indices into time of
    day. ``settings``, ``calibration`` and ``zones`` hold from the first sample on; later changes are
    events. ``zones`` maps a side to its zone. ``isolated`` is whether the board's USB is isolated,
    as the wearer stated, ``None`` if nobody did; ``power`` is what feeds the computer: ``battery``,
    ``mains`` or ``unknown``.
    """

    info: StreamInfo
    settings: ChainSettings = field(default_factory=ChainSettings)
    calibration: Calibration | None = None
    zones: Mapping[str, Zone] = field(default_factory=dict)
    wearer: str = ""
    exercise: str = ""
    isolated: bool | None = None
    power: str = "unknown"
    started: str = field(default_factory=now)
    started_host_s: float = field(default_factory=time.monotonic)
    uuid: str = field(default_factory=lambda: uuid.uuid4().hex)
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def channel_map(self) -> str:
        """Which muscle is on which pin, as on the command line: ``A0=glute:right,A1=quad:right``."""
        return ",".join(f"{c.pin}={c.muscle}:{c.side}" for c in self.info.channels if c.muscle)
