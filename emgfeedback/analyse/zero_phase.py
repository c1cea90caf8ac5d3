"""The chain's filter without its delay, for offline work: it needs the samples that come after.

Filtering forwards and backwards would apply the filter twice, and a calibration taken live would no
longer fit. Here every frequency keeps the size that the live filter gives it, and loses only the delay.
"""

import numpy as np
from numpy.typing import NDArray

from emgfeedback.dsp.design import response

Array = NDArray[np.float64]

#: s. What is added at both ends, mirrored in time and size, so that the ends do not ring.
PADDED_S = 1.0


def zero_phase(sections: Array, values: Array, sfreq_hz: float) -> Array:
    """``values`` (n, n_channels) through the size of the cascade's response, delayed by nothing."""
    pad = min(round(PADDED_S * sfreq_hz), len(values) - 1)
    before = 2.0 * values[0] - values[pad:0:-1]
    after = 2.0 * values[-1] - values[-2 : -2 - pad : -1]
    padded = np.concatenate([before, values, after])
    spectrum = np.fft.rfft(padded, axis=0)
    frequencies_hz = np.fft.rfftfreq(len(padded), 1.0 / sfreq_hz).astype(np.float64)
    size = np.abs(response(sections, frequencies_hz, sfreq_hz))
    filtered: Array = np.fft.irfft(spectrum * size[:, None], len(padded), axis=0)
    return filtered[pad : pad + len(values)]
