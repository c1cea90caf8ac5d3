"""How long the feedback takes on this computer, from the byte that brought a sample to the decision."""

import numpy as np
from numpy.typing import NDArray

#: Delays between two reckonings of the same percentile.
_FRESH = 64


class DelayMeter:
    """The last ``size`` delays in seconds. One thread adds, others may read."""

    def __init__(self, size: int = 4096) -> None:
        self._values = np.zeros(size)
        self.n_added = 0
        self._told: dict[float, tuple[int, float]] = {}

    def add(self, delay_s: float) -> None:
        """Note one delay."""
        self._values[self.n_added % len(self._values)] = delay_s
        self.n_added += 1

    def percentile(self, percent: float) -> float:
        """The delay in seconds that ``percent`` of the last ones did not exceed; NaN before the first.

        Views ask with every picture: once many are known, it is reckoned anew after every 64 more.
        """
        n_added = self.n_added
        age = n_added if n_added < 4 * _FRESH else n_added // _FRESH * _FRESH
        told = self._told.get(percent)
        if told is None or told[0] != age:
            known = self._values[: min(n_added, len(self._values))]
            told = (age, _percentile(np.sort(known), percent) if len(known) else float("nan"))
            self._told[percent] = told
        return told[1]

    def as_record(self) -> dict[str, float | int]:
        """Median, 95th and 99th percentile and greatest of the last delays in ms; empty before the first."""
        if not self.n_added:
            return {}
        p50, p95, p99, most = (1000.0 * self.percentile(p) for p in (50.0, 95.0, 99.0, 100.0))
        return {"median_ms": p50, "p95_ms": p95, "p99_ms": p99, "max_ms": most, "n": self.n_added}


def _percentile(ordered: NDArray[np.float64], percent: float) -> float:
    """What ``np.percentile`` gives, which at its first call imports all of numpy.ma: 15 ms of a start."""
    place = percent / 100.0 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = float(ordered[below]), float(ordered[above])
    return low + (high - low) * (place - below)
