"""The newest half minute of what the pipeline gave, to look back at when a rep is told."""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgfeedback.frame import Frame

Array = NDArray[np.float64]

#: s that are surely kept: the longest rep with the rest before it.
KEPT_S = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Consecutive samples of one frame."""

    start: int
    emg_uv: Array
    percent: Array
    blank: NDArray[np.bool_]

    @property
    def stop(self) -> int:
        return self.start + len(self.emg_uv)


class RecentSignal:
    """``push`` frames, ``cut`` samples by their absolute index: the same ones however frames were cut."""

    def __init__(self, sfreq_hz: float) -> None:
        self._kept = round(KEPT_S * sfreq_hz)
        self._parts: deque[_Part] = deque()

    @property
    def kept(self) -> int:
        """How many samples before the newest are surely there."""
        return self._kept

    def push(self, frame: Frame) -> None:
        """Keep the samples of ``frame``; their arrays are shared, not copied."""
        n = len(frame.hops)
        if not n:
            return
        jumps = (
            np.flatnonzero(np.diff(frame.hops) != 1) + 1 if frame.hops[-1] - frame.hops[0] != n - 1 else ()
        )
        edges = [0, *(int(jump) for jump in jumps), n]
        for first, stop in pairwise(edges):
            rows = slice(first * frame.hop, stop * frame.hop)
            start = int(frame.hops[first]) * frame.hop
            self._parts.append(_Part(start, frame.emg_uv[rows], frame.percent_mvc[rows], frame.blank[rows]))
        # Twice the need: what was asked for while a long frame came may lie as far back again.
        oldest = self._parts[-1].stop - 2 * self._kept
        while self._parts[0].stop < oldest:
            self._parts.popleft()

    def emg_uv(self, start: int, stop: int) -> Array | None:
        """Band-passed EMG (stop - start, n_channels); ``None`` where samples are missing or filled in."""
        return self._joined(start, stop, "emg_uv")

    def percent(self, start: int, stop: int) -> Array | None:
        """%MVC (stop - start, n_channels); ``None`` where samples are missing or filled in."""
        return self._joined(start, stop, "percent")

    def _joined(self, start: int, stop: int, name: str) -> Array | None:
        found: list[Array] = []
        upto = stop
        for part in reversed(self._parts):
            if part.start >= upto:
                continue
            if part.stop < upto or upto <= start:
                break
            rows = slice(max(start - part.start, 0), upto - part.start)
            if part.blank[rows].any():
                return None
            found.append(getattr(part, name)[rows])
            upto = max(part.start, start)
        if upto > start or not found:
            return None
        return np.concatenate(found[::-1])
