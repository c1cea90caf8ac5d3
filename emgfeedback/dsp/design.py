"""Digital filters as second-order sections, designed with numpy alone.

SciPy designs the same filters, but importing ``scipy.signal`` takes about a second, and the first
picture should not wait for it. The tests hold these against SciPy's.

Second-order sections are rows ``b0 b1 b2 1 a1 a2``, shape (n_sections, 6), float64.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: The upper edge stays below this part of the sampling rate, clear of the Nyquist frequency.
HIGHEST_EDGE = 0.45


def butterworth_band_pass(low_hz: float, high_hz: float, sfreq_hz: float, order: int = 2) -> Array:
    """Butterworth band-pass of ``order`` per edge by the bilinear transform, both edges prewarped.

    Returns (order, 6) second-order sections, each with one zero at 0 Hz and one at the Nyquist
    frequency, and a gain of 1 at the band's centre. Raises ``ValueError`` for edges that do not
    rise or do not fit below the Nyquist frequency.
    """
    if not 0.0 < low_hz < high_hz < sfreq_hz / 2:
        raise ValueError(
            f"A band from {low_hz:g} to {high_hz:g} Hz does not fit between 0 Hz and half the sampling "
            f"rate ({sfreq_hz / 2:g} Hz); sample faster or lower the edges."
        )
    low, high = (2.0 * sfreq_hz * math.tan(math.pi * edge / sfreq_hz) for edge in (low_hz, high_hz))
    width, centre_squared = high - low, low * high
    angles = np.pi * (2.0 * np.arange(order) + order + 1.0) / (2.0 * order)
    half = np.exp(1j * angles) * width / 2.0
    spread = np.sqrt(half**2 - centre_squared)
    poles = np.concatenate([half + spread, half - spread])
    digital = (2.0 * sfreq_hz + poles) / (2.0 * sfreq_hz - poles)
    upper = digital[digital.imag > 0.0]
    if len(upper) != order:  # a very wide band gives real poles, which pair up differently
        raise ValueError(f"A band from {low_hz:g} to {high_hz:g} Hz is too wide at {sfreq_hz:g} Hz.")
    upper = upper[np.argsort(np.abs(upper))]
    sections = np.zeros((order, 6))
    sections[:, 0], sections[:, 2], sections[:, 3] = 1.0, -1.0, 1.0
    sections[:, 4], sections[:, 5] = -2.0 * upper.real, np.abs(upper) ** 2
    centre_hz = sfreq_hz / math.pi * math.atan(math.sqrt(centre_squared) / (2.0 * sfreq_hz))
    gain = np.abs(response(sections, np.array([centre_hz]), sfreq_hz))[0]
    sections[:, :3] /= gain ** (1.0 / order)
    return sections


def notch(centre_hz: float, sfreq_hz: float, quality: float = 30.0) -> Array:
    """A notch of width ``centre_hz / quality`` (Hz, at -3 dB), as one second-order section (1, 6).

    Raises ``ValueError`` when the centre does not lie between 0 Hz and the Nyquist frequency.
    """
    if not 0.0 < centre_hz < sfreq_hz / 2:
        raise ValueError(f"A notch at {centre_hz:g} Hz needs more than {2 * centre_hz:g} samples a second.")
    angle = 2.0 * math.pi * centre_hz / sfreq_hz
    gain = 1.0 / (1.0 + math.tan(angle / quality / 2.0))
    middle = -2.0 * math.cos(angle)
    return np.array([[gain, gain * middle, gain, 1.0, gain * middle, 2.0 * gain - 1.0]])


def emg_sections(low_hz: float, high_hz: float, notch_hz: float, sfreq_hz: float) -> Array:
    """The sections of the chain: band-pass of order 2 per edge, then the notch if ``notch_hz`` > 0.

    The upper edge is at most 0.45 of the sampling rate.
    """
    sections = butterworth_band_pass(low_hz, min(high_hz, HIGHEST_EDGE * sfreq_hz), sfreq_hz)
    return np.vstack([sections, notch(notch_hz, sfreq_hz)]) if notch_hz > 0.0 else sections


def response(sections: Array, frequencies_hz: Array, sfreq_hz: float) -> NDArray[np.complex128]:
    """Complex gain of the cascade at each frequency, shape of ``frequencies_hz``."""
    z = np.exp(-2j * np.pi * frequencies_hz / sfreq_hz)[:, None]
    powers = np.concatenate([np.ones_like(z), z, z**2], axis=1)
    gains: NDArray[np.complex128] = np.prod(
        (powers @ sections[:, :3].T) / (powers @ sections[:, 3:].T), axis=1
    )
    return gains
