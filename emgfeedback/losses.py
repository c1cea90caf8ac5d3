"""Samples that never came, and how long the envelope remembers what stood in for them."""

import numpy as np
from numpy.typing import NDArray


class Losses:
    """Ranges of samples that were filled in; false when none is within the envelope's window."""

    def __init__(self, window: int) -> None:
        self._memory = window - 1
        self._ranges: list[tuple[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def clear(self) -> None:
        """Forget them: the chain starts afresh."""
        self._ranges.clear()

    def add(self, first: int, stop: int) -> None:
        """Samples ``first`` to ``stop`` (not included) were filled in."""
        self._ranges.append((first, stop))

    def mark(self, start: int, n_hops: int, hop: int) -> tuple[NDArray[np.bool_], list[bool], list[int]]:
        """``blank`` per sample from ``start`` on, the same per hop, and the samples lost in each hop."""
        blank = np.zeros(n_hops * hop, dtype=np.bool_)
        lost = np.zeros(n_hops * hop, dtype=np.bool_)
        for first, stop in self._ranges:
            blank[max(first - start, 0) : max(stop + self._memory - start, 0)] = True
            lost[max(first - start, 0) : max(stop - start, 0)] = True
        end = start + n_hops * hop
        self._ranges = [(first, stop) for first, stop in self._ranges if stop + self._memory > end]
        by_hop = [bool(row.any()) for row in blank.reshape(n_hops, hop)]
        return blank, by_hop, [int(row.sum()) for row in lost.reshape(n_hops, hop)]
