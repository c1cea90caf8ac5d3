"""How much of a window of samples is mains, and how much is movement: projections on a few waves.

Least squares on a cosine and a sine find a line's power with far less chance than any comparison of
the signal with itself: of EMG, some 2 % of the power lies that close to a line.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAINS_HZ: Final = (50.0, 60.0)
#: A line is looked for where the rate is at least this multiple of it.
LEAST_RATE: Final = 2.2
#: Hz. Up to here movement reaches (the limits of the project's signal quality table: 2 to 20 Hz).
MOVEMENT_TOP_HZ: Final = 20.0


class Mains:
    """Energy at 50 and at 60 Hz in windows of ``n`` samples."""

    def __init__(self, n: int, sfreq_hz: float) -> None:
        self.lines_hz = tuple(hz for hz in MAINS_HZ if sfreq_hz >= LEAST_RATE * hz)
        self._basis = _waves([hz / sfreq_hz for hz in self.lines_hz], n)

    def energies(self, windows: Array) -> list[list[list[float]]]:
        """Of (m, n, n_channels): for each window and line a list of energies, one for each channel."""
        parts = np.matmul(self._basis, windows)
        parts *= parts
        rows: list[list[list[float]]] = (parts[:, 0::2] + parts[:, 1::2]).tolist()
        return rows


class Movement:
    """Energy from about 2 to 20 Hz in windows of ``n`` means over hops of ``hop_s`` seconds."""

    def __init__(self, n: int, hop_s: float) -> None:
        highest = max(1, int(MOVEMENT_TOP_HZ * n * hop_s))
        self._basis = _waves([k / n for k in range(1, min(highest, (n - 1) // 2) + 1)], n)

    def energies(self, windows: Array) -> list[list[float]]:
        """Of (m, n, n_channels): for each window a list, one energy for each channel."""
        return column_energies(np.matmul(self._basis, windows))


def column_energies(values: Array) -> list[list[float]]:
    """Sums of squares down the columns of (m, n, n_channels), a list for each of the m."""
    found: list[list[float]] = np.matmul(values.transpose(0, 2, 1), values).diagonal(0, 1, 2).tolist()
    return found


def _waves(per_sample: Sequence[float], n: int) -> Array:
    """Cosine and sine of each frequency (in turns per sample), (2 * lines, n), each of energy 1."""
    turns = 2.0 * np.pi * np.outer(per_sample, np.arange(n))
    waves = np.stack([np.cos(turns), np.sin(turns)], axis=1).reshape(2 * len(per_sample), n)
    return np.ascontiguousarray(waves * np.sqrt(2.0 / n))
