"""A cascade of second-order sections that carries its state from block to block.

A linear filter over a stretch of samples is one matrix: ``[state after; outputs] = M [state before;
inputs]``, exact, with M known as soon as the length is. The stream is cut into spans of 8 blocks. A block's
outputs are one small product of the state before its span and of the span's samples so far: it costs less
than the call of a filter. Only the states, one a span, wait for each other; all else of a long recording is
products that many spans share a call for. The k-th block of every span has a product of one shape, whoever
asks: a sample's value does not depend on how many blocks came with it.
"""

from collections import deque
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Blocks in a span: longer spans cost wider products, shorter ones more states in a row.
SPAN = 8


class StreamingFilter:
    """Second-order sections over blocks of ``block`` samples, ``n_channels`` columns alike.

    The first sample sets the state to what it would be had that value always been there: a sensor
    that idles at 2.5 V does not ring.
    """

    #: Most whole spans in one go: what the processor keeps close.
    MOST_SPANS = 128

    def __init__(self, sections: Array, n_channels: int, block: int) -> None:
        self._block, self._n_channels = block, n_channels
        matrix = block_matrix(sections, SPAN * block)
        n_states = self._n_states = 2 * len(sections)
        self._to_state = matrix[:n_states].copy()
        # Block k of a span takes the state and the inputs up to its own; those that follow have no part.
        self._widths = [n_states + block * (k + 1) for k in range(SPAN)]
        self._to_outputs = [
            matrix[n_states + block * k : width, :width].copy() for k, width in enumerate(self._widths)
        ]
        self._settled = settled_state(sections)
        # Row s: [state before span s; inputs of span s]. The span under way is always the first.
        self._work = np.zeros((self.MOST_SPANS + 1, n_states + SPAN * block, n_channels))
        # Views are made once: making one costs as much as the product that uses it.
        self._spans = list(self._work)
        self._states = list(self._work[:, :n_states])
        self._state, self._after = self._states[0], np.empty((n_states, n_channels))
        given = np.empty((SPAN * block, n_channels))
        # An array's own dot starts a quarter sooner than NumPy's function.
        self._steps = [
            (matrix.dot, self._work[0, :width], given[block * k : block * (k + 1)])
            for k, (matrix, width) in enumerate(zip(self._to_outputs, self._widths, strict=True))
        ]
        inputs = self._work[0, n_states:]
        self._stretches = {
            (first, stop): (inputs[block * first : block * stop], given[block * first : block * stop])
            for first, stop in combinations(range(SPAN + 1), 2)
        }
        self._started = False
        self._at = 0

    def restart(self) -> None:
        """Forget the past: the next sample is a first sample."""
        self._started = False

    def push(self, values: Array) -> Array:
        """Filter (m * block, n_channels) values, m >= 1; a new array of the same shape."""
        if not self._started:
            self._state[:] = self._settled[:, None] * values[0]
            self._started = True
            self._at = 0
        stop = self._at + len(values) // self._block
        return self._blocks(values, stop) if stop <= SPAN else self._pieces(values)

    def _blocks(self, values: Array, stop: int) -> Array:
        """The blocks of the span under way that end before its block ``stop``."""
        inputs, given = self._stretches[self._at, stop]
        inputs[:] = values
        for product, known, outputs in self._steps[self._at : stop]:
            product(known, outputs)
        if stop == SPAN:
            self._state[:] = self._to_state.dot(self._spans[0], self._after)
            stop = 0
        self._at = stop
        return given.copy()

    def _pieces(self, values: Array) -> Array:
        """What is left of the span under way, whole spans, and the beginning of another."""
        outputs = np.empty(values.shape)
        n, span = len(values), SPAN * self._block
        first = 0
        while first < n:
            if not self._at and n - first >= span:
                stop = first + min((n - first) // span, self.MOST_SPANS) * span
                self._whole_spans(values[first:stop], outputs[first:stop])
            else:
                stop = min(first + span - self._at * self._block, n)
                outputs[first:stop] = self._blocks(
                    values[first:stop], self._at + (stop - first) // self._block
                )
            first = stop
        return outputs

    def _whole_spans(self, values: Array, outputs: Array) -> None:
        """Whole spans, from the beginning of one on."""
        n_spans = len(values) // (SPAN * self._block)
        work = self._work[:n_spans]
        work[:, self._n_states :] = values.reshape(n_spans, -1, self._n_channels)
        before, after = self._spans[:n_spans], self._states[1 : n_spans + 1]
        deque(map(self._to_state.dot, before, after), maxlen=0)
        by_block = outputs.reshape(n_spans, SPAN, self._block, self._n_channels)
        for k, width in enumerate(self._widths):
            np.matmul(self._to_outputs[k], work[:, :width], out=by_block[:, k])
        self._state[:] = self._states[n_spans]


def block_matrix(sections: Array, block: int) -> Array:
    """M of ``[state after; outputs] = M [state before; inputs]``, square, 2 n_sections + block rows.

    The states are those of transposed direct form II, section by section: found by running the
    cascade once on every unit vector.
    """
    n_states = 2 * len(sections)
    size = n_states + block
    unit = np.eye(size)
    state = unit[:n_states].copy()
    outputs = np.empty((block, size))
    for k in range(block):
        signal = unit[n_states + k]
        for n, (b0, b1, b2, _, a1, a2) in enumerate(sections):
            passed = b0 * signal + state[2 * n]
            state[2 * n] = b1 * signal - a1 * passed + state[2 * n + 1]
            state[2 * n + 1] = b2 * signal - a2 * passed
            signal = passed
        outputs[k] = signal
    return np.vstack([state, outputs])


def settled_state(sections: Array) -> Array:
    """State (2 n_sections,) of the cascade after a constant input of 1 since ever."""
    matrix = block_matrix(sections, 1)
    n_states = 2 * len(sections)
    change = np.eye(n_states) - matrix[:n_states, :n_states]
    return np.asarray(np.linalg.solve(change, matrix[:n_states, n_states]), dtype=np.float64)
