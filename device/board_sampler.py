"""The sampling half of a board in software: a grid of ticks, what the pins hold there, and frames of it."""

from collections.abc import Iterator
from math import floor
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from device.board_settings import Settings
from device.wire import DataFlag, TestSignal

CountArray = NDArray[np.integer[Any]]

BAND_GAP_MV = 1100
#: Sets for which the square stays on one rail; the ramp's step from channel to channel (P6.6).
SQUARE_SETS = 64
RAMP_STEP = 1000


class Signal(Protocol):
    """What the pins of a board hold."""

    def __call__(self, start: int, n: int, pins: tuple[int, ...], sfreq_hz: float, /) -> CountArray:
        """Counts of sets ``start`` .. ``start + n`` of ``pins``: (n, len(pins)), integers.

        They are the counts after oversampling: ``Board.settings`` has its ``bits`` and upper rail
        ``top``; what lies beyond the rails is clipped by the board. ``start`` counts sample periods
        since the board first streamed: it never goes back, and jumps over missed ticks and the
        time in which the board did not stream.
        """
        ...


class SampledFrame(NamedTuple):
    """The sets of one DATA frame: index of the first, flags, counts (n, channels), time of completion."""

    first: int
    flags: int
    counts: CountArray
    done_s: float


class Sampler:
    """Samples of one START. Tick ``m`` comes at ``anchor_s + m * period_s``; the first one is ``first``."""

    def __init__(
        self, signal: Signal, settings: Settings, anchor_s: float, period_s: float, first: int
    ) -> None:
        self._signal, self._settings = signal, settings
        # A test signal uses every code of the sample; a sum of conversions stops short of the last ones.
        self._highest = (1 << settings.bits) - 1 if isinstance(signal, TestPattern) else settings.top
        self._anchor_s, self._period_s = anchor_s, period_s
        self._next = first
        self._held = np.empty((0, len(settings.pins)), dtype=np.int64)
        self._flags = int(DataFlag.FIRST)
        self._miss_at = self._miss = 0

    def miss(self, ticks: int) -> None:
        """Do not sample at the next ``ticks`` ticks."""
        self._miss_at, self._miss = self._next, ticks

    def until(self, to_s: float) -> Iterator[SampledFrame]:
        """The frames completed by ``to_s``, in order."""
        settings, sfreq_hz = self._settings, float(1_000_000 / self._settings.period_us)
        end = floor((to_s - settings.scan_s - self._anchor_s) / self._period_s) + 1
        while self._next < end:
            if self._miss and self._next >= self._miss_at:
                yield from self._cut(least=1)
                self._next += self._miss
                self._miss = 0
                self._flags |= DataFlag.TICK_MISSED
                continue
            n = min(end, self._miss_at) - self._next if self._miss else end - self._next
            sets = self._signal(self._next, n, settings.pins, sfreq_hz)
            self._held = np.concatenate([self._held, np.clip(sets, 0, self._highest)])
            self._next += n
            yield from self._cut(least=settings.k)

    def _cut(self, least: int) -> Iterator[SampledFrame]:
        """Frames of k sets, as long as at least ``least`` are held."""
        while len(self._held) >= least:
            counts, self._held = self._held[: self._settings.k], self._held[self._settings.k :]
            index = self._next - len(self._held) - len(counts)
            last_s = self._anchor_s + (index + len(counts) - 1) * self._period_s
            flags, self._flags = self._flags, 0
            yield SampledFrame(
                index, flags | self._clip_flags(counts), counts, last_s + self._settings.scan_s
            )

    def _clip_flags(self, counts: CountArray) -> int:
        low = DataFlag.CLIP_LOW if counts.min() <= 0 else 0
        return low | (DataFlag.CLIP_HIGH if counts.max() >= self._settings.top else 0)


class TestPattern:
    """A test signal in place of the pins (P6.6). ``first`` is the index of the first set after START.

    The ramp counts ticks, missed ones too, so that it tells a host where each set belongs.
    """

    __test__ = False  # not a test class, whatever pytest makes of the name

    def __init__(self, test: TestSignal, settings: Settings, reference_mv: int, first: int) -> None:
        self._test, self._settings, self._first = test, settings, first
        self._band_gap = min(settings.top, BAND_GAP_MV * (1 << settings.bits) // reference_mv)

    def __call__(self, start: int, n: int, pins: tuple[int, ...], _sfreq_hz: float, /) -> CountArray:
        """Counts of the test signal, as ``Signal`` gives those of the pins."""
        index = np.arange(start - self._first, start - self._first + n)[:, np.newaxis]
        channel = np.arange(len(pins))
        if self._test == TestSignal.RAMP:
            return (index + RAMP_STEP * channel) % (1 << self._settings.bits)
        if self._test == TestSignal.SQUARE:
            high = (1 << self._settings.bits) - 1
            return np.where(index // SQUARE_SETS % 2 == 1, high, 0) + 0 * channel
        level = self._band_gap if self._test == TestSignal.BAND_GAP else 0
        return np.full((n, len(pins)), level)
