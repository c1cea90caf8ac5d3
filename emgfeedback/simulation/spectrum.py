"""Transfer functions behind the simulated signals, and what a signal chain lets through of them.

A transfer function is a callable: frequency (n,) in Hz and sampling rate in Hz -> complex (n,).
Everything here is a formula evaluated on a grid of frequencies; nothing filters samples.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emgfeedback.chain import ChainSettings

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Transfer = Callable[[Array, float], Complex]

#: Hz. First-order corners of the sensor's own filter (raw output of a MyoWare 2.0; from memory of its
#: data sheet, not confirmed). At 1 kHz the upper corner lies at half the rate and hardly acts.
SENSOR_HIGH_PASS_HZ = 20.8
SENSOR_LOW_PASS_HZ = 498.4

#: Share of the sampling rate above which the chain's band ends (the same rule as in the chain itself).
BAND_TOP = 0.45
#: Quality factor of the chain's mains notch.
NOTCH_Q = 30.0


def grid(sfreq_hz: float, points: int = 8192) -> Array:
    """Frequencies in Hz at the middle of ``points`` equal bins from 0 to half the rate."""
    middles: Array = (np.arange(points, dtype=np.float64) + 0.5) * (0.5 * sfreq_hz / points)
    return middles


def _bilinear(frequency_hz: Array, sfreq_hz: float) -> Complex:
    """The s of the bilinear transform, without prewarping, on the unit circle."""
    s: Complex = 2j * sfreq_hz * np.tan(np.pi * frequency_hz / sfreq_hz)
    return s


def emg_shape(low_hz: float, high_hz: float) -> Transfer:
    """H(s) = s w_h² / ((s + w_l)(s + w_h)²), bilinear: the shape of surface EMG.

    Its power is f_h⁴ f² / ((f² + f_l²)(f² + f_h²)²), the form of Shwedyk et al. and of
    Stulen & De Luca; not scaled (``NoiseStream`` scales to unit variance).
    """

    def transfer(frequency_hz: Array, sfreq_hz: float) -> Complex:
        s = _bilinear(frequency_hz, sfreq_hz)
        low, high = 2.0 * np.pi * low_hz, 2.0 * np.pi * high_hz
        return s * high**2 / ((s + low) * (s + high) ** 2)

    return transfer


def movement_shape(low_hz: float = 0.5, high_hz: float = 8.0) -> Transfer:
    """One pole up at ``low_hz``, Butterworth of order 4 down at ``high_hz``: skin and cable in movement."""

    def transfer(frequency_hz: Array, sfreq_hz: float) -> Complex:
        s = _bilinear(frequency_hz, sfreq_hz)
        low, high = 2.0 * np.pi * low_hz, 2.0 * np.pi * high_hz
        response = s / (s + low)
        for quality in (0.5412, 1.3066):
            response = response * high**2 / (s**2 + s * high / quality + high**2)
        return response

    return transfer


def flat(frequency_hz: Array, sfreq_hz: float) -> Complex:  # noqa: ARG001 (a Transfer)
    """White: 1 everywhere."""
    return np.ones(len(frequency_hz), dtype=np.complex128)


def sensor(frequency_hz: Array, sfreq_hz: float) -> Complex:
    """The sensor's own first-order high-pass and low-pass, prewarped; the latter only below half the rate."""
    s = _bilinear(frequency_hz, sfreq_hz)
    low = _warped(SENSOR_HIGH_PASS_HZ, sfreq_hz)
    response: Complex = s / (s + low)
    if sfreq_hz > 2.0 * SENSOR_LOW_PASS_HZ:
        high = _warped(SENSOR_LOW_PASS_HZ, sfreq_hz)
        response = response * high / (s + high)
    return response


def _warped(corner_hz: float, sfreq_hz: float) -> float:
    return float(2.0 * sfreq_hz * np.tan(np.pi * corner_hz / sfreq_hz))


def chain_power(frequency_hz: Array, sfreq_hz: float, chain: ChainSettings) -> Array:
    """Power gain |H|² of the chain's Butterworth band-pass, order 2 per edge, and of its notch if on."""
    warped = np.tan(np.pi * frequency_hz / sfreq_hz)
    low = np.tan(np.pi * chain.band_low_hz / sfreq_hz)
    high = np.tan(np.pi * min(chain.band_high_hz, BAND_TOP * sfreq_hz) / sfreq_hz)
    power: Array = 1.0 / (1.0 + ((warped**2 - low * high) / (warped * (high - low))) ** 4)
    if chain.notch_hz > 0.0:
        centre = np.tan(np.pi * chain.notch_hz / sfreq_hz)
        width = np.tan(np.pi * chain.notch_hz / NOTCH_Q / sfreq_hz) * (1.0 + centre**2)
        off = (warped**2 - centre**2) ** 2
        power = power * off / (off + (width * warped) ** 2)
    return power


def power_kept(transfer: Transfer, sfreq_hz: float, chain: ChainSettings) -> float:
    """Part of the power of white noise through ``transfer`` that reaches the envelope.

    The denominator is the power before the sensor's filter: sqrt(result) x RMS at the
    electrodes = RMS behind the band-pass.
    """
    frequency_hz = grid(sfreq_hz)
    power = np.abs(transfer(frequency_hz, sfreq_hz)) ** 2
    passed = power * np.abs(sensor(frequency_hz, sfreq_hz)) ** 2 * chain_power(frequency_hz, sfreq_hz, chain)
    return float(passed.sum() / power.sum())
