"""What deserves a word in each channel though its number is shown, held long enough to be read.

The pipeline says ten times a second what it sees; a word that comes and goes with every movement is
no help. So one is taken up when it has held for a while, and laid down well after it was last seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from device.stream import SampleChunk
from emgfeedback.frame import Contact, Frame
from emgfeedback.pipeline import Pipeline

#: s that a caution must hold to be told, and that it is told after it was last seen (the project's own
#: choice: of fifteen simulated clean minutes none gets a caution).
HOLDS_S: Final = 1.0
STAYS_S: Final = 4.0
#: s between two looks: the pipeline judges in blocks of about 0.1 s.
LOOKS_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Remark:
    """One channel: a caution, the mains found in it (50 or 60 Hz, 0 for none), and a doubt about its kind."""

    caution: Contact = Contact.GOOD
    mains_hz: float = 0.0
    doubt: str = ""


NOTHING: Final = Remark()


class _Held:
    """One channel's caution over time, in samples."""

    def __init__(self) -> None:
        self.told, self.mains_hz = Contact.GOOD, 0.0
        self._seen, self._since, self._last, self._mains_hz = Contact.GOOD, 0, 0, 0.0

    def push(self, seen: Contact, mains_hz: float, now: int, holds: int, stays: int) -> None:
        if seen is not self._seen:
            self._seen, self._since = seen, now
        self._mains_hz = mains_hz or self._mains_hz
        if seen is Contact.GOOD:
            if now - self._last >= stays:
                self.told, self.mains_hz = Contact.GOOD, 0.0
            return
        if now - self._since >= holds and seen.rank >= self.told.rank:
            self.told, self._last = seen, now
        elif seen is self.told:
            self._last = now
        self.mains_hz = self._mains_hz if self.told is Contact.MAINS else 0.0


class CautionWatch:
    """A sink. ``remarks`` has one entry for each channel, and may be read anywhere."""

    def __init__(self, pipeline: Callable[[], Pipeline]) -> None:
        self._pipeline = pipeline
        info = pipeline().info
        self._holds, self._stays = round(HOLDS_S * info.sfreq_hz), round(STAYS_S * info.sfreq_hz)
        self._every, self._looked = round(LOOKS_S * info.sfreq_hz), 0
        self._held = [_Held() for _ in info.channels]
        self.remarks: tuple[Remark, ...] = (NOTHING,) * len(info.channels)

    def __call__(self, chunk: SampleChunk, _frame: Frame) -> None:
        if 0 <= chunk.stop - self._looked < self._every:
            return
        self._looked = chunk.stop
        pipeline = self._pipeline()
        cautions, mains_hz = pipeline.cautions, pipeline.mains_hz
        for held, caution, hz in zip(self._held, cautions, mains_hz, strict=True):
            held.push(caution, hz, chunk.stop, self._holds, self._stays)
        remarks = tuple(
            Remark(held.told, held.mains_hz, doubt)
            for held, doubt in zip(self._held, pipeline.doubts, strict=True)
        )
        if remarks != self.remarks:
            self.remarks = remarks
