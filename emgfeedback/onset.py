"""Which of two muscles began first, rep by rep: the lag with an interval, or "too close to call".

Both muscles of a side are fitted together (``ramp``): they do the same movement, so rises of similar
length are the more likely ones. What the answer cannot be is a judgement: healthy people differ by
some 90 ms from rep to rep (Lewis & Sahrmann 2009), so a set is told as median and spread.

All limits are the project's own choices, made on simulated ramps; docs/onset_and_fatigue.md says what
they attain and by how much the lag leans where the rises differ.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.ramp import (
    RISES,
    RampWindow,
    above_rest_db,
    course_until_seen,
    quantiles,
    ramp_posterior,
    ramp_window,
)

Array = NDArray[np.float64]

#: Spread (standard deviation of ln(ratio)) of the rises of two muscles in one movement.
RISE_SPREAD = 0.2
#: s. Lags below this are together, however sure: no finer difference is shown.
RESOLUTION_S = 0.025
#: dB that the working muscle must stand above what went before, for an onset to be found.
LEAST_DB = 6.0
#: Ends of the interval: it holds 95 % of the posterior.
LEVELS = (0.025, 0.975)
#: Fewest lags that make a median with a spread.
FEWEST_REPS = 5
#: Hz. At less, a bin holds too few samples.
LEAST_RATE_HZ = 500.0

_AKIN = np.exp(-0.5 * (np.log(RISES[:, None] / RISES) / RISE_SPREAD) ** 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A time in s with the interval that holds 95 % of what the samples allow; NaN when not known."""

    value_s: float = math.nan
    low_s: float = math.nan
    high_s: float = math.nan


@dataclass(frozen=True, slots=True)
class OnsetLag:
    """Onsets of both muscles of a side (from sample 0) and the glute's lag behind the quad.

    A positive lag: the quad began first. ``why_not`` says in words why nothing is known, else empty.
    """

    glute: Estimate = Estimate()
    quad: Estimate = Estimate()
    lag: Estimate = Estimate()
    why_not: str = ""

    @property
    def too_close(self) -> bool:
        """The interval holds 0, or the lag is below what is resolved."""
        return self.lag.low_s <= 0.0 <= self.lag.high_s or abs(self.lag.value_s) < RESOLUTION_S

    @property
    def verdict(self) -> str:
        """The result in words: who began first, or why that is not said."""
        if self.why_not:
            return self.why_not
        if self.too_close:
            return "too close to call"
        return "quad first" if self.lag.value_s > 0.0 else "glute first"


@dataclass(frozen=True, slots=True)
class SetLag:
    """Lags of a set: median and quartiles in s over ``n_reps``, of which ``n_close`` were too close."""

    median_s: float
    low_quartile_s: float
    high_quartile_s: float
    n_reps: int
    n_close: int


def lag_window(
    start: int, hold_start: int, hold_stop: int, earliest: int, sfreq_hz: float
) -> RampWindow | str:
    """The samples that the onsets of a rep need, or why there can be none."""
    if sfreq_hz < LEAST_RATE_HZ:
        return f"an onset needs {LEAST_RATE_HZ:g} samples a second"
    window = ramp_window(start, hold_start, hold_stop, earliest, sfreq_hz)
    return window or "no rest before the rep"


def onset_lag(emg_uv: Array, window: RampWindow, sfreq_hz: float) -> OnsetLag:
    """Onsets of glute and quad, the columns of band-passed ``emg_uv`` (n, 2) from ``window.start`` on."""
    if len(emg_uv) < window.stop - window.start or not np.isfinite(emg_uv).all():
        return OnsetLag(why_not="samples lost around the rise")
    squares = emg_uv**2
    heights_db = above_rest_db(squares, window)
    quiet = [name for name, db in zip(("glute", "quad"), heights_db, strict=True) if db < LEAST_DB]
    if quiet:
        return OnsetLag(why_not=f"{' and '.join(quiet)} too weak to see it start")
    glute, quad = (_fit(squares[:, k], window, float(heights_db[k])) for k in range(2))
    akin_quad = _AKIN @ quad
    together = sum(np.correlate(glute[k], akin_quad[k], "full") for k in range(len(RISES)))
    first, no_lag = window.sample_of(0.0), float(1 - window.n_feet) * window.width
    return OnsetLag(
        _estimate(akin_quad.sum(axis=1) @ glute, first, window.width, sfreq_hz),
        _estimate((_AKIN @ glute.sum(axis=1)) @ quad, first, window.width, sfreq_hz),
        _estimate(np.asarray(together), no_lag, window.width, sfreq_hz),
    )


def onset(emg_uv: Array, window: RampWindow, sfreq_hz: float) -> tuple[Estimate, float]:
    """Onset of one band-passed channel (n,) from ``window.start`` on, in s from sample 0.

    The second value is the time (s) at which the muscle's power reached the noise's: what methods with
    a threshold tell, later by more the weaker the channel is.
    """
    squares = emg_uv[:, None] ** 2
    height_db = float(above_rest_db(squares, window)[0])
    fit = ramp_posterior(squares[:, 0], window, height_db)
    estimate = _estimate(fit.sum(axis=(0, 1)), window.sample_of(0.0), window.width, sfreq_hz)
    hidden = (course_until_seen(height_db)[:, None] * RISES * fit.sum(axis=2)).sum() * window.rise
    return estimate, estimate.value_s + float(hidden) * window.width / sfreq_hz


def set_lag(lags: Sequence[OnsetLag]) -> SetLag | None:
    """Median and quartiles of the lags that are known; ``None`` for fewer than five."""
    known = [lag for lag in lags if not lag.why_not]
    if len(known) < FEWEST_REPS:
        return None
    low, median, high = np.quantile([lag.lag.value_s for lag in known], (0.25, 0.5, 0.75)).tolist()
    return SetLag(median, low, high, len(known), sum(lag.too_close for lag in known))


def _estimate(weights: Array, first: float, width: int, sfreq_hz: float) -> Estimate:
    """Mean and interval of ``weights`` over bins of ``width`` samples, the first of them at ``first``."""
    probability = weights / weights.sum()
    mean = float(probability @ np.arange(len(probability)))
    places = (mean, *quantiles(probability, LEVELS))
    return Estimate(*((first + place * width) / sfreq_hz for place in places))


def _fit(squares: Array, window: RampWindow, height_db: float) -> Array:
    """Probability of each rise and foot of one channel, (n_rises, n_feet)."""
    return np.asarray(ramp_posterior(squares, window, height_db).sum(axis=0))
