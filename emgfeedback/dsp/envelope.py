"""Sliding means over the last window of samples, one value per sample.

The stream is cut into spans a little shorter than the window. A sample's window is then what of its own
span has come, and a tail of what came before the span. Both are sums that grow sample by sample, one
forwards from the span's beginning and one backwards from it, and each sample takes one of each: three
additions in all. Nothing is ever taken off a sum and nothing runs on and on, so nothing drifts in a day and
a large artefact leaves no trace once it has left the window. The order of additions is fixed by where a
sample lies in its span, so its value does not depend on how the stream was cut, on any machine.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Looking these up costs a tenth of calling them.
_add, _multiply, _accumulate = np.add, np.multiply, np.add.accumulate


class SlidingMean:
    """Mean of the last ``window`` samples, or of their squares, in blocks of ``block`` samples.

    At the start the window grows: the k-th value is the mean of the first k samples. ``ValueError`` for a
    window that is not longer than a block.
    """

    #: Most whole spans in one go: what the processor keeps close.
    MOST_SPANS = 64

    def __init__(self, window: int, n_channels: int, block: int, *, squares: bool) -> None:
        if not 1 <= block < window:
            raise ValueError(
                f"A window of {window} and a block of {block} samples: a block holds at least one sample, "
                "and the window more than a block."
            )
        self._window, self._block, self._n_channels = window, block, n_channels
        self._squares = squares
        # Each sum waits for the one before; as one complex number two channels wait together.
        self._pairs: np.dtype[Any] = np.dtype(np.float64 if n_channels % 2 else np.complex128)
        # Whole blocks, by twos if that fits: pieces of two blocks then seldom lie across its end.
        pair = 2 * block if window > 2 * block else block
        span = self._span = (window - 1) // pair * pair
        past = window - 1
        # What came before the span, oldest first; then the span itself.
        self._terms = np.zeros((past + span, n_channels))
        # Row j + 1: sum of the span's first j + 1 samples. Row 0 stays nothing.
        self._heads = np.zeros((span + 1, n_channels))
        # Row j: sum of the newest window - 1 - j samples before the span.
        self._tails = np.zeros((past, n_channels))
        # Arrays of one shape combine in half the time that an array and a number take.
        self._weights = np.full((past + self.MOST_SPANS * span, n_channels), 1.0 / window)
        # Views are made once: making one costs as much as the sum that uses it.
        self._stretches: dict[tuple[int, int], tuple[Array, ...]] = {}
        # For many spans at once: terms, the same weighted, heads and tails.
        most = self.MOST_SPANS
        self._many_terms = np.empty((past + most * span, n_channels))
        self._many_weighted = np.empty_like(self._many_terms)
        self._many_heads = np.empty((most, span, n_channels))
        self._many_tails = np.empty((most, past, n_channels))
        self.restart()

    def restart(self) -> None:
        """Forget the past: the window grows again from the next sample."""
        self._at = self._seen = 0
        self._terms[:] = 0.0
        self._tails[:] = 0.0

    def push(self, values: Array) -> Array:
        """Take (m * block, n_channels) values, m >= 1; their sliding means, a new array of that shape."""
        stop = self._at + len(values)
        means = self._stretch(values, stop) if stop <= self._span else self._pieces(values)
        return self._grown(means) if self._seen < self._window else means

    def _stretch(self, values: Array, stop: int) -> Array:
        """Means for values that end before sample ``stop`` of the span under way."""
        terms, weights, new, sums, tails = self._stretches.get((self._at, stop)) or self._views(stop)
        if self._squares:
            _multiply(values, values, terms)
        else:
            terms[:] = values
        _multiply(terms, weights, new)
        _accumulate(sums, 0, None, sums)
        means: Array = _add(new, tails)
        if stop == self._span:
            self._begin(self._terms[stop:])
            stop = 0
        self._at = stop
        return means

    def _views(self, stop: int) -> tuple[Array, ...]:
        """From here to ``stop``: terms, their weights, heads, the same with the one before, and tails."""
        past, at = self._window - 1, self._at
        views = self._stretches[at, stop] = (
            self._terms[past + at : past + stop],
            self._weights[: stop - at],
            self._heads[at + 1 : stop + 1],
            self._heads[at : stop + 1].view(self._pairs),
            self._tails[at:stop],
        )
        return views

    def _begin(self, before: Array) -> None:
        """A new span comes after the terms ``before``, one sample less than the window."""
        past = self._terms[: len(before)]
        past[:] = before
        weighted, tails = (past * self._weights[: len(past)]).view(self._pairs), self._tails.view(self._pairs)
        _accumulate(weighted[::-1], 0, None, tails[::-1])

    def _pieces(self, values: Array) -> Array:
        """What is left of the span under way, whole spans, and the beginning of another."""
        means = np.empty(values.shape)
        n, span = len(values), self._span
        first = 0
        while first < n:
            if not self._at and n - first >= span:
                stop = first + min((n - first) // span, self.MOST_SPANS) * span
                self._whole_spans(values[first:stop], means[first:stop])
            else:
                stop = min(first + span - self._at, n)
                means[first:stop] = self._stretch(values[first:stop], self._at + stop - first)
            first = stop
        return means

    def _whole_spans(self, values: Array, means: Array) -> None:
        """Means for whole spans, from the beginning of one on."""
        past, n_spans, stop = self._window - 1, len(values) // self._span, self._window - 1 + len(values)
        terms, weighted = self._many_terms[:stop], self._many_weighted[:stop]
        heads, tails = self._many_heads[:n_spans], self._many_tails[:n_spans]
        terms[:past] = self._terms[:past]
        if self._squares:
            _multiply(values, values, terms[past:])
        else:
            terms[past:] = values
        _multiply(terms, self._weights[:stop], weighted)
        pairs = weighted.view(self._pairs)
        row, column = pairs.strides
        shape = n_spans, past, pairs.shape[1]
        backwards: NDArray[Any] = np.ndarray(
            shape, self._pairs, pairs, (past - 1) * row, (self._span * row, -row, column)
        )
        _accumulate(pairs[past:].reshape(n_spans, self._span, -1), 1, None, heads.view(self._pairs))
        _accumulate(backwards, 1, None, tails.view(self._pairs)[:, ::-1])
        _add(heads, tails[:, : self._span], means.reshape(heads.shape))
        self._begin(terms[len(values) :])

    def _grown(self, means: Array) -> Array:
        so_far = np.arange(self._seen + 1, self._seen + len(means) + 1)
        means *= (self._window / np.minimum(so_far, self._window))[:, None]
        self._seen += len(means)
        return means
