"""A cascade of second-order sections that carries its state from block to block.

A linear filter over a block is one matrix: ``[state after; outputs] = M [state before; inputs]``,
exact, with M known as soon as the block's length is. A block of 8 samples of all channels costs one
small product instead of a call that costs more than its arithmetic. All blocks have one length and
go through products of one shape, so a sample's value does not depend on how many blocks came with it.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class StreamingFilter:
    """Second-order sections over blocks of ``block`` samples, ``n_channels`` columns alike.

    The first sample sets the state to what it would be had that value always been there: a sensor
    that idles at 2.5 V does not ring.
    """

    #: Most blocks in one go; longer inputs are taken in pieces.
    MOST_BLOCKS = 64

    def __init__(self, sections: Array, n_channels: int, block: int) -> None:
        self._block = block
        n_states = 2 * len(sections)
        matrix = block_matrix(sections, block)
        # Columns: the inputs, then the state before.
        self._matrix = np.ascontiguousarray(np.roll(matrix, block, axis=1))
        self._settled = settled_state(sections)
        # Block k is [inputs k; state before k; outputs of k - 1]. The first two parts are what the
        # matrix takes; the last two of the next block are what it gives: nothing is moved between blocks.
        work = np.zeros((self.MOST_BLOCKS + 1, 2 * block + n_states, n_channels))
        # Views are made once: making one costs as much as the product that uses it.
        self._steps = [(work[k, : block + n_states], work[k + 1, block:]) for k in range(self.MOST_BLOCKS)]
        self._states = [part[block : block + n_states] for part in work]
        self._inputs, self._outputs = work[:-1, :block], work[1:, block + n_states :]
        self._shape = (block, n_channels)
        self._started = False

    def restart(self) -> None:
        """Forget the past: the next sample is a first sample."""
        self._started = False

    def push(self, values: Array) -> Array:
        """Filter (m * block, n_channels) values, m >= 1; a new array of the same shape."""
        n_blocks = len(values) // self._block
        if n_blocks > self.MOST_BLOCKS:
            most = self.MOST_BLOCKS * self._block
            return np.concatenate([self.push(values[k : k + most]) for k in range(0, len(values), most)])
        if not self._started:
            self._states[0][:] = self._settled[:, None] * values[0]
            self._started = True
        self._inputs[:n_blocks] = values.reshape(n_blocks, *self._shape)
        matrix = self._matrix
        for before, after in self._steps[:n_blocks]:
            np.dot(matrix, before, after)
        self._states[0][:] = self._states[n_blocks]
        return self._outputs[:n_blocks].copy().reshape(values.shape)


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
