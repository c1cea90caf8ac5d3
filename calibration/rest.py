"""The resting level of a channel: what its envelope reads while the muscle is let go."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.level import level

Array = NDArray[np.float64]

#: s. Window of the RMS whose median is the resting level.
REST_WINDOW_S: Final = 0.25
#: A rest is restless when its fourth quintile is more than 3 times its first, and 15 µV and 4 counts more
#: (the project's own choice: one twitch passes, shifting about does not, nor does what a coarse converter
#: makes of noise, which is up to half a count).
RESTLESS_FACTOR: Final = 3.0
RESTLESS_UV: Final = 15.0
RESTLESS_COUNTS: Final = 4.0
QUINTILES: Final = (0.2, 0.8)
#: The part of the windows that must hold samples.
LEAST_PART: Final = 0.5


@dataclass(frozen=True, slots=True)
class Rest:
    """Resting level and its SD over the windows, in µV; ``reason`` is empty when it counts."""

    level_uv: float = 0.0
    sd_uv: float = 0.0
    reason: str = ""


def resting_level(signal_uv: Array, sfreq_hz: float, *, raw: bool, uv_per_count: float = 0.0) -> Rest:
    """Median and SD of the 250 ms levels of ``signal_uv`` (n,): band-passed EMG (raw) or an envelope.

    Raw EMG is measured by RMS, a sensor's own envelope by its mean. Not finite samples are left
    out; ``uv_per_count`` is the size of a count, 0 if unknown. Raises ``ValueError`` when the stretch is
    shorter than one window.
    """
    window = round(REST_WINDOW_S * sfreq_hz)
    whole = len(signal_uv) // window
    if whole == 0:
        raise ValueError(f"A rest needs at least {window} samples, not {len(signal_uv)}.")
    stretches = signal_uv[: whole * window].reshape(whole, window)
    usable = [part for part in stretches if np.isfinite(part).mean() >= LEAST_PART]
    if len(usable) < LEAST_PART * whole:
        return Rest(reason="Too many samples were lost.")
    levels = np.array([level(part, raw=raw) for part in usable])
    calm, lively = np.quantile(levels, QUINTILES)
    moved = lively > max(RESTLESS_FACTOR * calm, calm + max(RESTLESS_UV, RESTLESS_COUNTS * uv_per_count))
    reason = "You moved. Let go. Keep still." if moved else ""
    return Rest(float(np.median(levels)), float(np.std(levels)), reason)
