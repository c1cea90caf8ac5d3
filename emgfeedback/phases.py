"""Where in a rep the wearer is right now, for the picture only: reps are counted by ``reps``.

The drive (sum of the side's %MVC) over its latest greatest value tells rise, hold and lowering apart,
with the same parts of the rise as a counted rep has. All times are counted in samples.
"""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from device.stream import SampleChunk, StreamInfo
from emgfeedback.frame import Contact, Frame
from emgfeedback.reps import OPEN_AT, SHOULDER

#: s of hold that the ring asks for (the project's own choice).
HOLD_S: Final = 2.0
#: %MVC of both muscles together from which on the wearer works.
WORKS_PERCENT: Final = 10.0
#: s. Time constant of the drive that is judged.
SMOOTHING_S: Final = 0.2
#: %MVC a second: a drive that climbs faster is still rising.
CLIMBS_PERCENT_PER_S: Final = 12.0
#: A contact up to this one is counted.
_GOOD_ENOUGH: Final = int(Contact.STARTING)


class Phase(Enum):
    """Part of a rep."""

    REST = "rest"
    RISE = "rise"
    HOLD = "hold"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Moment:
    """The phase now, and s of hold in this rep; ``counted`` is false while a pad is in trouble."""

    phase: Phase = Phase.REST
    hold_s: float = 0.0
    counted: bool = True
    peaks: tuple[float, ...] = ()


class PhaseWatch:
    """A sink: follows the phase of one side from frame to frame. ``moment`` may be read anywhere."""

    def __init__(self, info: StreamInfo, side: str) -> None:
        self._columns = [k for k, channel in enumerate(info.channels) if (channel.side or "") == side]
        self._n_channels = len(info.channels)
        self._sfreq_hz = info.sfreq_hz
        self.moment = Moment()
        self._phase = Phase.REST
        self._drive = self._slope = self._top = self._hold_s = 0.0
        self._peaks = [0.0] * self._n_channels
        self._counted = True
        #: Samples and s of a hop, and the part of its drive that is taken in.
        self._hop, self._hop_s, self._part = 0, 0.0, 0.0

    def __call__(self, _chunk: SampleChunk, frame: Frame) -> None:
        if not len(frame.hops):
            return
        if frame.hop != self._hop:
            self._hop, self._hop_s = frame.hop, frame.hop / self._sfreq_hz
            self._part = 1.0 - math.exp(-self._hop_s / SMOOTHING_S)
        rows = frame.percent_mvc[frame.hop - 1 :: frame.hop].tolist()
        # A hop or two: plain numbers are cheaper than arrays.
        for percents, contacts in zip(rows, frame.quality.tolist(), strict=True):
            self._take(percents, contacts)
        self.moment = Moment(self._phase, self._hold_s, self._counted, tuple(self._peaks))

    def _take(self, percents: list[float], contacts: list[int]) -> None:
        drive, counted = 0.0, True
        for column in self._columns:
            drive += percents[column]
            counted = counted and contacts[column] <= _GOOD_ENOUGH
        self._counted = counted and math.isfinite(drive)
        if not self._counted:
            self._rest()
            self._counted = False
            return
        before, part, hop_s, peaks = self._drive, self._part, self._hop_s, self._peaks
        self._drive += (drive - before) * part
        for column, percent in enumerate(percents):
            if percent > peaks[column]:
                peaks[column] = percent
        self._slope += ((self._drive - before) / hop_s - self._slope) * part
        if self._drive > self._top:
            self._top = self._drive
        self._phase = self._next()
        if self._phase is Phase.HOLD:
            self._hold_s += hop_s
        elif self._phase is Phase.REST:
            self._rest(self._drive)

    def _next(self) -> Phase:
        if self._drive < max(WORKS_PERCENT, OPEN_AT * self._top):
            return Phase.REST if self._drive < WORKS_PERCENT or self._phase is Phase.REST else Phase.LOWER
        rising = self._slope > CLIMBS_PERCENT_PER_S
        if self._phase in (Phase.REST, Phase.RISE):
            return Phase.RISE if rising else Phase.HOLD
        low = self._drive < (SHOULDER - 0.15) * self._top
        return Phase.LOWER if low else Phase.HOLD

    def _rest(self, drive: float = 0.0) -> None:
        self._phase = Phase.REST
        self._drive, self._slope, self._top, self._hold_s = drive, 0.0, 0.0, 0.0
        self._peaks = [0.0] * self._n_channels
        self._counted = True
