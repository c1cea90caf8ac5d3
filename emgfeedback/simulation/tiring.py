"""EMG whose spectrum sinks while its variance stays: what fatigue does to it.

The same white noise goes through a ladder of spectra, from rested to tired. Between two steps of the
ladder the outputs are mixed: they are so alike that the mix has the spectrum in between.
"""

import numpy as np
from numpy.typing import NDArray

from emgfeedback.simulation.body import TIRED_SCALE
from emgfeedback.simulation.generator import NoiseStream
from emgfeedback.simulation.spectrum import emg_shape, sensor

Array = NDArray[np.float64]

#: Steps of the ladder; neighbours differ by 6 % in frequency.
STEPS = 7


class TiringNoise:
    """Unit-variance EMG behind the sensor's filter, one column per key, at any degree of fatigue.

    ``shapes_hz`` are f_l and f_h of each rested column.
    """

    def __init__(
        self,
        seed: int,
        stream: int,
        keys: tuple[int, ...],
        shapes_hz: list[tuple[float, float]],
        sfreq_hz: float,
    ) -> None:
        scales = TIRED_SCALE ** np.linspace(0.0, 1.0, STEPS)
        self._ladder = [
            NoiseStream(
                seed,
                stream,
                keys,
                [emg_shape(low * scale, high * scale) for low, high in shapes_hz],
                sfreq_hz,
                after=sensor,
            )
            for scale in scales.tolist()
        ]

    def read(self, start: int, fatigue: Array) -> Array:
        """Samples from ``start`` on at each sample's ``fatigue`` (n,), 0 rested to 1 tired; (n, n_keys)."""
        place = np.clip(fatigue, 0.0, 1.0) * (STEPS - 1)
        lowest, highest = int(place.min()), int(np.ceil(place.max()))
        mixed = np.zeros((len(place), 0))
        for step in range(lowest, highest + 1):
            weight = np.maximum(1.0 - np.abs(place - step), 0.0)
            part = self._ladder[step].read(start, len(place)) * weight[:, np.newaxis]
            mixed = mixed + part if mixed.size else part
        return mixed
