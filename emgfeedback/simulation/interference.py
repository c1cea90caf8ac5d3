"""What does not belong into a muscle's channel, and is put there on purpose: signals of unit size.

Each is addressed by absolute sample index, and the same numbers come however it is read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emgfeedback.simulation.body import SHAPE_HZ
from emgfeedback.simulation.generator import NoiseStream
from emgfeedback.simulation.spectrum import emg_shape, movement_shape, sensor

Array = NDArray[np.float64]

#: Hz. A tug at the cable (the project's own choice).
TUG_HZ = (2.0, 8.0)
#: s. From beat to beat, the spread of that as a part of it, and the width of a beat's sharp wave (the
#: project's own choice: 67 beats a minute; the slow waves lie below the chain's band and are left out).
BEAT_S = 0.9
BEAT_SPREAD = 0.03
BEAT_WIDTH_S = 0.012

#: Names these uses of the seed among the streams of random numbers.
TUG_STREAM, TENSION_STREAM, BEAT_STREAM = 8, 9, 10


class Tugs:
    """Movement of 2 to 8 Hz of 1 µV RMS in each column, not filtered by any sensor."""

    def __init__(self, seed: int, keys: Sequence[int], sfreq_hz: float) -> None:
        self._noise = NoiseStream(seed, TUG_STREAM, keys, [movement_shape(*TUG_HZ)] * len(keys), sfreq_hz)

    def read(self, start: int, n: int) -> Array:
        """Samples ``start`` to ``start + n``, (n, n_keys)."""
        return self._noise.read(start, n)


class Tension:
    """EMG of 1 µV RMS at the electrodes in the spectrum of each column's ``muscles``, behind the sensor."""

    def __init__(self, seed: int, keys: Sequence[int], muscles: Sequence[str], sfreq_hz: float) -> None:
        shapes = [emg_shape(*SHAPE_HZ[muscle]) for muscle in muscles]
        self._noise = NoiseStream(seed, TENSION_STREAM, keys, shapes, sfreq_hz, after=sensor)

    def read(self, start: int, n: int) -> Array:
        """Samples ``start`` to ``start + n``, (n, n_keys)."""
        return self._noise.read(start, n)


class Heart:
    """Beats of height 1, the same in all columns: each a wave up and down as the pads of a thigh see it."""

    def __init__(self, seed: int, sfreq_hz: float) -> None:
        self._seed = seed
        self._sfreq_hz = sfreq_hz

    def read(self, start: int, n: int) -> Array:
        """Samples ``start`` to ``start + n``, (n, 1)."""
        times_s = np.arange(start, start + n) / self._sfreq_hz
        first, last = int(times_s[0] / BEAT_S) - 1, int(times_s[-1] / BEAT_S) + 1
        wave = np.zeros(n)
        for number in range(max(first, 0), last + 1):
            x = (times_s - self._beat_s(number)) / BEAT_WIDTH_S
            # The slope of a bell, scaled to a height of 1.
            wave += x * np.exp(0.5 * (1.0 - x**2))
        return wave[:, np.newaxis]

    def _beat_s(self, number: int) -> float:
        spread = np.random.default_rng((self._seed, BEAT_STREAM, number)).normal()
        return float(BEAT_S * (number + 0.5 + BEAT_SPREAD * spread))
