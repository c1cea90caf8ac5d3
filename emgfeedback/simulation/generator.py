"""Stationary random signals of a given spectrum, addressed by absolute sample index.

White Gaussian noise goes through the impulse response of a transfer function by overlapping FFT
blocks. The white noise of each block is drawn from its own seed, so any sample can be had at any
time, in any order and chunking, and is always the same number.
"""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emgfeedback.simulation.spectrum import Complex, Transfer

Array = NDArray[np.float64]

#: s. Length of a block, rounded up to a power of two; no impulse response here lasts longer.
BLOCK_S = 2.0
#: Blocks kept in memory; readers move forward, seldom back.
KEPT = 4


class NoiseStream:
    """Unit-variance Gaussian noises, one column per key; ``after`` filters them without rescaling.

    ``keys`` name the columns for the random numbers (not their order), ``shapes`` their spectra
    before scaling to unit variance, ``after`` what they pass behind it (a sensor's filter).
    """

    def __init__(
        self,
        seed: int,
        stream: int,
        keys: Sequence[int],
        shapes: Sequence[Transfer],
        sfreq_hz: float,
        after: Transfer | None = None,
    ) -> None:
        self._seed = (seed, stream)
        self._keys = tuple(keys)
        self._size = 1 << int(np.ceil(np.log2(BLOCK_S * sfreq_hz)))
        # Most columns share one shape: each is worked out once.
        known = {shape: _impulse_response(shape, after, sfreq_hz, self._size) for shape in set(shapes)}
        responses = [known[shape] for shape in shapes]
        self._kernel = np.fft.rfft(
            np.array(responses).reshape(len(shapes), self._size), 2 * self._size, axis=1
        )
        self._white: OrderedDict[int, Array] = OrderedDict()
        self._blocks: OrderedDict[int, Array] = OrderedDict()

    def read(self, start: int, n: int) -> Array:
        """Samples ``start`` to ``start + n``, (n, n_keys), float64."""
        first, last = start // self._size, (start + max(n, 1) - 1) // self._size
        parts = []
        for number in range(first, last + 1):
            base = number * self._size
            parts.append(self._block(number)[max(start - base, 0) : start + n - base])
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def _block(self, number: int) -> Array:
        if number not in self._blocks:
            both = np.concatenate([self._white_block(number - 1), self._white_block(number)], axis=1)
            shaped = np.fft.irfft(np.fft.rfft(both, axis=1) * self._kernel, axis=1)[:, self._size :]
            _keep(self._blocks, number, np.ascontiguousarray(shaped.T))
        return self._blocks[number]

    def _white_block(self, number: int) -> Array:
        """White noise of block ``number`` >= -1: block -1 makes the noise stationary from sample 0."""
        if number not in self._white:
            rows = [
                np.random.default_rng((*self._seed, key, number + 1)).standard_normal(self._size)
                for key in self._keys
            ]
            _keep(self._white, number, np.array(rows).reshape(len(self._keys), self._size))
        return self._white[number]


def _keep(blocks: OrderedDict[int, Array], number: int, block: Array) -> None:
    blocks[number] = block
    while len(blocks) > KEPT:
        blocks.popitem(last=False)


def _impulse_response(shape: Transfer, after: Transfer | None, sfreq_hz: float, size: int) -> Array:
    """Impulse response of unit energy (before ``after``), ``size`` samples.

    Sampled over four times its length, so that what folds back from beyond is nothing.
    """
    frequency_hz: Array = np.arange(2 * size + 1, dtype=np.float64) * (sfreq_hz / (4 * size))
    # tan() at exactly half the rate is not finite; a hair below, the responses there are the limit.
    frequency_hz[-1] *= 1.0 - 1e-9
    response: Complex = shape(frequency_hz, sfreq_hz)
    energy = np.fft.irfft(response)[:size]
    if after is not None:
        response = response * after(frequency_hz, sfreq_hz)
    impulse: Array = np.fft.irfft(response)[:size] / np.sqrt(np.sum(energy**2))
    return impulse


def slow_walk(time_constant_s: float) -> Transfer:
    """An Ornstein-Uhlenbeck process: one pole whose memory fades with ``time_constant_s``."""

    def transfer(frequency_hz: Array, sfreq_hz: float) -> Complex:
        memory = np.exp(-1.0 / (time_constant_s * sfreq_hz))
        response: Complex = 1.0 / (1.0 - memory * np.exp(-2j * np.pi * frequency_hz / sfreq_hz))
        return response

    return transfer
