"""How strong a stretch of signal is: RMS of raw EMG, mean of a sensor's own envelope.

Samples that are not finite count as blanked: they are left out, never taken for zero.
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Multiples of the robust SD beyond which a sample is a spike: 1 of 500 million of Gaussian EMG, while
#: real maximal holds have single peaks of 5.5 to 6 (the project's own choice).
SPIKE_SDS: Final = 6.0
#: s. Blanked on each side of a spike, for the ring of a 20 Hz high-pass (the project's own choice).
SPIKE_MARGIN_S: Final = 0.05
#: SD of a Gaussian over its median absolute deviation.
SD_PER_MAD: Final = 1.4826


def level(signal_uv: Array, *, raw: bool) -> float:
    """RMS (raw) or mean of the finite samples of ``signal_uv`` (n,), in µV; 0 when there are none."""
    finite = signal_uv[np.isfinite(signal_uv)]
    if not finite.size:
        return 0.0
    return float(np.sqrt(np.mean(finite**2)) if raw else np.mean(finite))


def moving_level(signal_uv: Array, window: int, *, raw: bool) -> Array:
    """Level of every stretch of ``window`` samples: (n,) -> (n - window + 1,), in µV.

    A stretch without a finite sample has the level 0.
    """
    finite = np.isfinite(signal_uv)
    values = np.where(finite, signal_uv, 0.0)
    total = _window_sums(values**2 if raw else values, window)
    count = _window_sums(finite.astype(np.float64), window)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0.5)
    return np.sqrt(np.maximum(mean, 0.0)) if raw else mean


def typical_level(signal_uv: Array, window: int, step: int, *, raw: bool) -> Array:
    """Level of stretches of ``window`` samples, one each ``step``, that spikes cannot move, in µV.

    Median of the absolute value as the SD that Gaussian EMG of that median has (raw), or median of
    the envelope. A stretch that lacks half of its samples repeats the one before. (n,) ->
    ((n - window) // step + 1,).
    """
    values = np.abs(signal_uv) * SD_PER_MAD if raw else signal_uv
    stretches = sliding_window_view(values, window)[::step]
    usable = np.isfinite(stretches).mean(axis=1) >= 0.5
    levels = np.zeros(len(stretches))
    if usable.any():
        # Looking for what is missing costs four times the median itself.
        median = np.median if np.isfinite(values).all() else np.nanmedian
        levels[usable] = median(stretches[usable], axis=1)
        before = np.maximum.accumulate(np.where(usable, np.arange(len(levels)), 0))
        levels = levels[before]
    return levels


def blank_spikes(signal_uv: Array, sfreq_hz: float) -> Array:
    """Copy of ``signal_uv`` (n,) with NaN in and 50 ms around samples that no muscle makes.

    A spike is a sample further than 6 robust SDs from the median, so it has to be short against
    the stretch: half of the samples decide what is usual.
    """
    finite = np.isfinite(signal_uv)
    blanked = signal_uv.copy()
    if not finite.any():
        return blanked
    centre = np.median(signal_uv[finite])
    spread = SD_PER_MAD * np.median(np.abs(signal_uv[finite] - centre))
    spike = np.zeros(len(signal_uv), dtype=bool)
    spike[finite] = np.abs(signal_uv[finite] - centre) > SPIKE_SDS * spread
    if spread > 0.0 and spike.any():
        margin = round(SPIKE_MARGIN_S * sfreq_hz)
        near = np.convolve(spike.astype(np.float64), np.ones(2 * margin + 1), mode="same") > 0.5
        blanked[near] = np.nan
    return blanked


def _window_sums(values: Array, window: int) -> Array:
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return sums[window:] - sums[:-window]
