"""Naming the mains in a recording: 50 or 60 Hz, and which of its multiples stand out.

A line stands out when it holds at least four times the power of its neighbourhood (6 dB). Estimated over
eight segments or more, clean EMG does so less than once in a thousand spectra (tests/test_mains.py). The
limits are the project's own choices.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.dsp.spectrum import HUM_MULTIPLES, hum, welch

Array = NDArray[np.float64]

#: dB over the median of the neighbourhood at which a line stands out.
STANDS_OUT_DB = 6.0
#: Hz. A line lies within this of its nominal frequency; its neighbourhood lies between the other two.
LINE_HZ = 1.0
NEIGHBOURHOOD_HZ = (3.0, 10.0)
#: s. Length of the segments (1 Hz a step), and what is needed in all for eight of them, half overlapping.
SEGMENT_S = 1.0
LEAST_S = 4.5


@dataclass(frozen=True, slots=True)
class Mains:
    """Mains in one channel: 50 or 60 Hz, each multiple that stands out with its dB, and their power.

    ``share`` is the part of the power from 5 to 450 Hz, ``level_uv`` the RMS.
    """

    hz: float
    lines: tuple[tuple[float, float], ...]
    share: float
    level_uv: float


def name_mains(values_uv: Array, sfreq_hz: float) -> Mains | None:
    """The mains in one unfiltered channel (n,), or ``None`` where its base frequency does not stand out.

    NaN samples cost the segments they lie in. ``None`` also where less than 4.5 s are there to judge by.
    """
    if len(values_uv) < LEAST_S * sfreq_hz:
        return None
    frequencies_hz, spectra = welch(values_uv[:, None], sfreq_hz, round(SEGMENT_S * sfreq_hz))
    density = spectra[:, 0]
    hz, share, level_uv = hum(frequencies_hz, density)
    if not np.isfinite(hz):
        return None
    multiples = [hz * k for k in range(1, HUM_MULTIPLES + 1) if hz * k + NEIGHBOURHOOD_HZ[1] < sfreq_hz / 2]
    heights = [(multiple, prominence_db(frequencies_hz, density, multiple)) for multiple in multiples]
    if not heights or heights[0][1] < STANDS_OUT_DB:
        return None
    return Mains(hz, tuple(line for line in heights if line[1] >= STANDS_OUT_DB), share, level_uv)


def prominence_db(frequencies_hz: Array, density: Array, line_hz: float) -> float:
    """How far a line rises above the median of its neighbourhood, in dB; 0 where there is no power."""
    away = np.abs(frequencies_hz - line_hz)
    low, high = NEIGHBOURHOOD_HZ
    usable = (away >= low) & (away <= high)
    around = float(np.median(density[usable]))
    peak = float(density[away <= LINE_HZ].max())
    return 10.0 * float(np.log10(peak / around)) if around > 0.0 and peak > 0.0 else 0.0
