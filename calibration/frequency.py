"""Where the middle of a signal's power lies: moved pads and other muscles shift it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Hz. Where surface EMG has its power, and what the signal chain lets through (SENIAM, ISEK).
BAND_HZ: Final = (20.0, 450.0)


def median_frequency_hz(signal_uv: Array, sfreq_hz: float) -> float:
    """Median frequency in Hz of a steady hold (n,), 20 to 450 Hz; 0 where there is no power in it.

    Samples that are not finite count as silence. The whole hold is one periodogram: its running sum
    averages chance out, so no segments are needed.
    """
    whole = np.where(np.isfinite(signal_uv), signal_uv, 0.0)
    frequencies = np.fft.rfftfreq(max(len(whole), 1), 1.0 / sfreq_hz)
    low, high = BAND_HZ
    band = (frequencies >= low) & (frequencies <= high)
    if not band.any() or not whole.any():
        return 0.0
    summed = np.cumsum(np.abs(np.fft.rfft(whole)[band]) ** 2)
    half = np.searchsorted(summed, 0.5 * summed[-1])
    return float(frequencies[band][half]) if summed[-1] > 0.0 else 0.0
