"""What the pads pick up beside the muscle: amplifier noise, mains hum and movement of skin and cable."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emgfeedback.simulation.generator import NoiseStream
from emgfeedback.simulation.spectrum import flat, movement_shape, sensor

Array = NDArray[np.float64]

#: µV RMS at the electrodes (the project's own choice): amplifier and skin, mains at its base frequency,
#: and movement from 0.5 to 8 Hz while a limb is at its fastest.
NOISE_UV = 2.0
HUM_UV = 3.0
MOVEMENT_UV = 20.0
#: Harmonics of the mains and their size against the base frequency.
HUM_HARMONICS = ((1, 1.0), (3, 0.3), (5, 0.3))

#: Names these uses of the seed among the streams of random numbers.
NOISE_STREAM, MOVEMENT_STREAM, PHASE_STREAM = 3, 4, 5


class Electrodes:
    """Interference of pads named by ``keys``, behind the sensor's filter: (n, n_keys) in µV."""

    def __init__(self, seed: int, keys: Sequence[int], sfreq_hz: float, mains_hz: float = 50.0) -> None:
        n = len(keys)
        self._sfreq_hz = sfreq_hz
        self._noise = NoiseStream(seed, NOISE_STREAM, keys, [flat] * n, sfreq_hz, after=sensor)
        self._movement = NoiseStream(
            seed, MOVEMENT_STREAM, keys, [movement_shape()] * n, sfreq_hz, after=sensor
        )
        self._hum = [
            (order * mains_hz, np.sqrt(2.0) * uv, _phases(seed, order, keys))
            for order, (_, uv) in zip(
                (order for order, _ in HUM_HARMONICS), hum_components(sfreq_hz, mains_hz), strict=True
            )
        ]

    def noise_uv(self, start: int, n: int) -> Array:
        """White noise through the sensor's filter."""
        return NOISE_UV * self._noise.read(start, n)

    def movement_uv(self, start: int, n: int) -> Array:
        """Movement artefact at full speed; scale it by the speed of the movement, 0..1."""
        return MOVEMENT_UV * self._movement.read(start, n)

    def hum_uv(self, start: int, n: int) -> Array:
        """Mains hum with its harmonics."""
        time_s = (np.arange(start, start + n) / self._sfreq_hz)[:, np.newaxis]
        waves = [peak * np.sin(2.0 * np.pi * hz * time_s + phase) for hz, peak, phase in self._hum]
        return np.asarray(sum(waves), dtype=np.float64)


def hum_components(sfreq_hz: float, mains_hz: float = 50.0) -> tuple[tuple[float, float], ...]:
    """(frequency in Hz, RMS in µV behind the sensor's filter) of each part of the hum below half the rate."""
    hz = np.array([order * mains_hz for order, _ in HUM_HARMONICS])
    size = np.array([part for _, part in HUM_HARMONICS])
    heard = np.where(hz < 0.5 * sfreq_hz, np.abs(sensor(np.minimum(hz, 0.49 * sfreq_hz), sfreq_hz)), 0.0)
    return tuple((float(f), float(HUM_UV * s * g)) for f, s, g in zip(hz, size, heard, strict=True))


def _phases(seed: int, order: int, keys: Sequence[int]) -> Array:
    drawn = [
        np.random.default_rng((seed, PHASE_STREAM, key, order)).uniform(0.0, 2.0 * np.pi) for key in keys
    ]
    return np.array(drawn)
