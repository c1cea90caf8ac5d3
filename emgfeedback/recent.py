"""The newest half minute of what the pipeline gave, to look back at when a rep is told."""

import numpy as np
from numpy.typing import NDArray

from emgfeedback.frame import Frame

Array = NDArray[np.float64]

#: s that are surely kept: the longest rep with the rest before it.
KEPT_S = 30.0


class RecentSignal:
    """``push`` frames, then ask for samples by their absolute index, however the frames were cut.

    A gap in the samples forgets what came before it.
    """

    def __init__(self, sfreq_hz: float, n_channels: int) -> None:
        self._kept = round(KEPT_S * sfreq_hz)
        self._n_channels = n_channels
        self._next = -1
        self._fill = 0
        self._room(2 * self._kept)

    @property
    def kept(self) -> int:
        """How many samples before the newest are surely there."""
        return self._kept

    def push(self, frame: Frame) -> None:
        """Keep a copy of the samples of ``frame``."""
        n = len(frame.hops)
        if not n:
            return
        if frame.hops[-1] - frame.hops[0] != n - 1:
            jumps = np.flatnonzero(np.diff(frame.hops) != 1)
            self._next = -1  # only what follows the last jump goes on
            first = int(jumps[-1]) + 1
        else:
            first = 0
        start = int(frame.hops[first]) * frame.hop
        if start != self._next:
            self._fill = 0
        rows = slice(first * frame.hop, None)
        self._append(frame.emg_uv[rows], frame.percent_mvc[rows], frame.blank[rows])
        self._next = start + (n - first) * frame.hop

    def emg_uv(self, start: int, stop: int) -> Array | None:
        """Band-passed EMG (stop - start, n_channels); ``None`` where samples are missing or filled in."""
        rows = self._rows(start, stop)
        return None if rows is None else self._emg_uv[rows].copy()

    def percent(self, start: int, stop: int) -> Array | None:
        """%MVC (stop - start, n_channels); ``None`` where samples are missing or filled in."""
        rows = self._rows(start, stop)
        return None if rows is None else self._percent[rows].copy()

    def _room(self, size: int) -> None:
        self._emg_uv = np.empty((size, self._n_channels))
        self._percent = np.empty((size, self._n_channels))
        self._blank = np.empty(size, dtype=np.bool_)

    def _append(self, emg_uv: Array, percent: Array, blank: NDArray[np.bool_]) -> None:
        n = len(emg_uv)
        if self._fill + n > len(self._blank):
            self._move(n)
        stop = self._fill + n
        self._emg_uv[self._fill : stop] = emg_uv
        self._percent[self._fill : stop] = percent
        self._blank[self._fill : stop] = blank
        self._fill = stop

    def _move(self, n: int) -> None:
        """Bring the newest samples to the front, with room for ``n`` more behind them."""
        keep = min(self._fill, self._kept)
        kept = slice(self._fill - keep, self._fill)
        old = self._emg_uv[kept].copy(), self._percent[kept].copy(), self._blank[kept].copy()
        if keep + n > len(self._blank):
            self._room(keep + n)
        self._fill = 0
        self._append(*old)

    def _rows(self, start: int, stop: int) -> slice | None:
        oldest = self._next - self._fill
        if not oldest <= start < stop <= self._next:
            return None
        rows = slice(start - oldest, stop - oldest)
        return None if self._blank[rows].any() else rows
