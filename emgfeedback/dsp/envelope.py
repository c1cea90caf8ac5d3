"""Sliding means over the last window of samples, one value per sample.

Every mean is summed anew from the samples in its window, by one product with a band of ones per
block. Nothing runs on and on, so nothing drifts in a day, a large artefact leaves no trace once it
has left the window, and a sample's value does not depend on how the stream was cut.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Rows kept before the oldest are dropped in one move.
CAPACITY = 4096


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
        self._values = np.zeros((max(CAPACITY, 4 * self._span), n_channels))
        row = self._values.strides[0]
        self._strides = (block * row, row, self._values.strides[1])
        self._row_bytes = row
        self.restart()

    def restart(self) -> None:
        """Forget the past: the window grows again from the next sample."""
        self._end = self._window - 1
        self._values[: self._end] = 0.0
        self._seen = 0

    def push(self, values: Array) -> Array:
        """Take (m * block, n_channels) values, m >= 1; their sliding means, a new array of that shape."""
        room = len(self._values) - self._window
        if len(values) <= room:
            return self._run(values)
        room -= room % self._block
        return np.concatenate([self._run(values[k : k + room]) for k in range(0, len(values), room)])

    def _run(self, values: Array) -> Array:
        n = len(values)
        if self._end + n > len(self._values):
            self._make_room()
        stop = self._end + n
        kept = self._values[self._end : stop]
        if self._squares:
            np.multiply(values, values, kept)
        else:
            kept[:] = values
        first = stop - n - self._window + 1
        windows = np.ndarray(
            (n // self._block, self._span, values.shape[1]),
            np.float64,
            self._values,
            first * self._row_bytes,
            self._strides,
        )
        means: Array = np.matmul(self._band, windows).reshape(values.shape)
        self._end = stop
        if self._seen < self._window:
            self._grow(means)
        return means

    def _make_room(self) -> None:
        keep = self._window - 1
        self._values[:keep] = self._values[self._end - keep : self._end].copy()
        self._end = keep

    def _grow(self, means: Array) -> None:
        so_far = np.arange(self._seen + 1, self._seen + len(means) + 1)
        means *= (self._window / np.minimum(so_far, self._window))[:, None]
        self._seen += len(means)
