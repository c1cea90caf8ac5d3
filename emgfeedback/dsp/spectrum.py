"""Where the power of a signal lies: Welch's estimate, and how much of it is mains."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Hz on either side of mains and its harmonics that count as hum, how many multiples count, and the
#: band in Hz that the whole is taken over (limits of the project's signal quality table).
HUM_WIDTH_HZ: Final = 1.5
HUM_MULTIPLES: Final = 3
HUM_BAND_HZ: Final = (5.0, 450.0)
MAINS_HZ: Final = (50.0, 60.0)


def welch(values: Array, sfreq_hz: float, segment: int) -> tuple[Array, Array]:
    """Power density of ``values`` (n, n_channels) in µV by Welch's method.

    Returns frequencies in Hz (m,) and µV²/Hz (m, n_channels). Hann window, half overlap, mean taken
    off each segment, one-sided density, mean over segments: what ``scipy.signal.welch`` gives.
    Segments with a NaN (a gap) are left out; NaN where none is whole. A signal shorter than
    ``segment`` samples is taken as one segment. Raises ``ValueError`` for fewer than 8 samples.
    """
    length = min(segment, len(values))
    if length < 8:
        raise ValueError(f"A spectrum needs at least 8 samples, not {length}.")
    starts = range(0, len(values) - length + 1, length - length // 2)
    pieces = np.stack([values[start : start + length] for start in starts])
    whole: NDArray[np.bool_] = np.asarray(np.isfinite(pieces).all(axis=1))  # (segments, n_channels)
    pieces = np.where(np.isfinite(pieces), pieces, 0.0)
    # The periodic form, as SciPy takes it for spectra.
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    pieces = (pieces - pieces.mean(axis=1, keepdims=True)) * window[:, None]
    power = np.abs(np.fft.rfft(pieces, axis=1)) ** 2 / (sfreq_hz * np.sum(window**2))
    last = -1 if length % 2 == 0 else None
    power[:, 1:last] *= 2.0
    n_whole = whole.sum(axis=0)
    total = np.where(whole[:, None, :], power, 0.0).sum(axis=0)
    density: Array = np.where(n_whole > 0, total / np.maximum(n_whole, 1), np.nan)
    return np.fft.rfftfreq(length, 1.0 / sfreq_hz).astype(np.float64), density


def hum(frequencies_hz: Array, density: Array) -> tuple[float, float, float]:
    """Mains in one channel's power density (m,): its frequency in Hz, share of the power 0..1, and µV RMS.

    The frequency is that of 50 and 60 Hz which holds more. All NaN without a spectrum.
    """
    step = float(frequencies_hz[1] - frequencies_hz[0])
    low, high = HUM_BAND_HZ
    total = float(density[(frequencies_hz >= low) & (frequencies_hz <= high)].sum()) * step
    found = max((_mains_power(frequencies_hz, density, mains) * step, mains) for mains in MAINS_HZ)
    if not total > 0.0:
        return float("nan"), float("nan"), float("nan")
    return found[1], min(found[0] / total, 1.0), float(np.sqrt(found[0]))


def _mains_power(frequencies_hz: Array, density: Array, mains_hz: float) -> float:
    multiples = mains_hz * np.arange(1, HUM_MULTIPLES + 1)
    near = (np.abs(frequencies_hz[:, None] - multiples) <= HUM_WIDTH_HZ).any(axis=1)
    return float(density[near].sum())
