"""Sliding means over the last window of samples, one value per sample.

Every mean is summed anew from the samples in its window, by one product with a band of ones per
block. Nothing runs on and on, so nothing drifts in a day, a large artefact leaves no trace once it
has left the window, and a sample's value does not depend on how the stream was cut.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Room for this many windows; then the newest is moved to the front.
ROOM = 8


class SlidingMean:
    """Mean of the last ``window`` samples, or of their squares, in blocks of ``block`` samples.

    At the start the window grows: the k-th value is the mean of the first k samples.
    """

    def __init__(self, window: int, n_channels: int, block: int, *, squares: bool) -> None:
        if window < 1 or block < 1:
            raise ValueError(f"A window of {window} and a block of {block} samples: both must be at least 1.")
        self._window = window
        self._block = block
        self._squares = squares
        self._span = window + block - 1
        self._band = np.zeros((block, self._span))
        for k in range(block):
            self._band[k, k : k + window] = 1.0 / window
        self._most = ROOM * block * (1 + self._span // block)
        self._values = np.zeros((window - 1 + self._most, n_channels))
        # Views are made once: making one costs nearly as much as the product that uses it.
        self._views: dict[tuple[int, int], tuple[Array, Array]] = {}
        self.restart()

    def restart(self) -> None:
        """Forget the past: the window grows again from the next sample."""
        self._end = self._window - 1
        self._values[: self._end] = 0.0
        self._seen = 0

    def push(self, values: Array) -> Array:
        """Take (m * block, n_channels) values, m >= 1; their sliding means, a new array of that shape."""
        n = len(values)
        if n > self._most:
            most = self._most
            return np.concatenate([self.push(values[k : k + most]) for k in range(0, n, most)])
        if self._end + n > len(self._values):
            self._make_room()
        kept, windows = self._views.get((self._end, n)) or self._view(self._end, n)
        if self._squares:
            np.multiply(values, values, kept)
        else:
            kept[:] = values
        means: Array = np.matmul(self._band, windows).reshape(values.shape)
        self._end += n
        if self._seen < self._window:
            self._grow(means)
        return means

    def _view(self, end: int, n: int) -> tuple[Array, Array]:
        """Where ``n`` new rows go, and for each block of them all rows that its means look back on."""
        row, column = self._values.strides
        windows: Array = np.ndarray(
            (n // self._block, self._span, self._values.shape[1]),
            np.float64,
            self._values,
            (end - self._window + 1) * row,
            (self._block * row, row, column),
        )
        views = self._views[end, n] = self._values[end : end + n], windows
        return views

    def _make_room(self) -> None:
        keep = self._window - 1
        self._values[:keep] = self._values[self._end - keep : self._end].copy()
        self._end = keep

    def _grow(self, means: Array) -> None:
        so_far = np.arange(self._seen + 1, self._seen + len(means) + 1)
        means *= (self._window / np.minimum(so_far, self._window))[:, None]
        self._seen += len(means)
