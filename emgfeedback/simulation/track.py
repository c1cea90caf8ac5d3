"""A level over time, made of raised-cosine ramps from one value to the next."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Track:
    """Holds ``initial`` until the first ramp; each ramp starts from the level that it meets."""

    def __init__(self, initial: float = 0.0) -> None:
        self._starts = [-np.inf]
        self._durations = [1.0]
        self._from = [initial]
        self._to = [initial]

    def ramp(self, start_s: float, duration_s: float, to: float) -> None:
        """Go to ``to`` within ``duration_s`` from ``start_s``, which is not before any earlier ramp."""
        if start_s < self._starts[-1]:
            raise ValueError(f"A ramp at {start_s} s would come before the one at {self._starts[-1]} s.")
        met = self.at(start_s)
        self._starts.append(start_s)
        self._durations.append(max(duration_s, 1e-6))
        self._from.append(met)
        self._to.append(to)

    def forget_from(self, at_s: float) -> None:
        """Drop every ramp that would start at ``at_s`` or later."""
        keep = max(bisect_left(self._starts, at_s), 1)
        for column in (self._starts, self._durations, self._from, self._to):
            del column[keep:]

    def at(self, time_s: float) -> float:
        """Level at one time."""
        return float(self.levels(np.array([time_s]))[0])

    def levels(self, times_s: Array) -> Array:
        """Levels at ascending times (n,), same shape."""
        first = max(bisect_left(self._starts, float(times_s[0])) - 1, 0)
        last = bisect_left(self._starts, float(times_s[-1]), first) + 1
        starts = np.array(self._starts[first:last])
        place = np.maximum(np.searchsorted(starts, times_s, side="right") - 1, 0)
        # The first start may be minus infinity: its ramp goes nowhere, so its course does not matter.
        since = times_s - np.where(np.isfinite(starts), starts, times_s[0] - 1.0)[place]
        course = np.clip(since / np.array(self._durations[first:last])[place], 0.0, 1.0)
        low, high = np.array(self._from[first:last])[place], np.array(self._to[first:last])[place]
        risen: Array = low + (high - low) * (0.5 - 0.5 * np.cos(np.pi * course))
        return risen
