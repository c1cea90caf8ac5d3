"""What a check of today against an older calibration has found, and what it was asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from calibration.plan import ChannelSpec
from calibration.record import Trial
from calibration.rest import Rest

Word = Literal["comparable", "not comparable", "cannot tell"]
#: What made the verdict; ``""`` where nothing speaks against it.
Cause = Literal["", "setup", "leads swapped", "pads moved", "gain changed", "level changed", "unknown"]

#: Version of the JSON form of a comparison; a newer one is refused.
FORMAT: Final = 1
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class ChannelToday:
    """What one channel showed today: its rest, its squeezes, and the others' levels in those squeezes.

    ``others_uv`` holds the level of the other muscles, by pin, while this one was asked to squeeze;
    ``crosstalk`` is as in ``ChannelCalibration``.
    """

    spec: ChannelSpec
    rest: Rest | None = None
    trials: tuple[Trial, ...] = ()
    others_uv: Mapping[str, float] = field(default_factory=dict)
    crosstalk: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Today:
    """Who wears which board today, when (ISO 8601 with offset), and what the channels showed."""

    wearer: str
    created: str
    board_id: str
    sfreq_hz: float
    simulated: bool
    chain: Mapping[str, float | str]
    channels: tuple[ChannelToday, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelComparison:
    """One channel today against then. Ratios are today / then; 0 = not known.

    ``level`` is that of the squeezes, ``frequency`` of their median frequency, ``rest`` of the resting
    level (not known on a coarse converter, where a rest says nothing). ``text`` is one sentence.
    """

    pin: str
    muscle: str
    side: str
    word: Word
    cause: Cause
    text: str
    level: float = 0.0
    frequency: float = 0.0
    rest: float = 0.0
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict of ``created`` on the calibration of ``calibration_created``, both of one wearer."""

    wearer: str
    created: str
    board_id: str
    simulated: bool
    calibration_created: str
    word: Word
    cause: Cause
    reason: str
    channels: tuple[ChannelComparison, ...] = ()
    format: int = FORMAT

    @property
    def sentence(self) -> str:
        """``Comparable with Tuesday.`` or ``Not comparable: the gain changed. Calibrate again.``"""
        if self.word == "comparable":
            return f"Comparable with {day_of(self.calibration_created, self.created)}."
        return f"{self.word.capitalize()}: {self.reason}"


def day_of(then: str, now: str) -> str:
    """How people name the day ``then`` on the day ``now`` (both ISO 8601): Tuesday, or the date."""
    moment, today = datetime.fromisoformat(then), datetime.fromisoformat(now).date()
    days = (today - moment.date()).days
    if days == 0:
        return f"today at {moment:%H:%M}"
    return DAYS[moment.weekday()] if 0 < days < 7 else f"{moment:%Y-%m-%d}"
