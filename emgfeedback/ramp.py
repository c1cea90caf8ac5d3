"""When a muscle begins: a ramp of its variance over noise, fitted to the squares of band-passed EMG.

Model: the mean square is ``b (1 + r s(t)²)`` with noise b, ratio r, and an amplitude s(t) that rises
from 0 to 1 as a raised cosine. EMG is taken as Gaussian, so that the mean squares of short bins follow
gamma distributions. Noise stands in the model, so a weaker channel does not look later by it; b is
eliminated at its best value, r and the length of the rise are summed over.

All limits are the project's own choices, made on simulated ramps (tests/test_onset.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Part of the likelihood of independent samples that is believed: neighbouring samples of EMG say the
#: same, and its amplitude wanders in ways that the ramp does not follow.
TEMPER = 0.25
#: Bins in the rise that the rep detector saw, and the shortest bin and rise (s) that are of use.
BINS_PER_RISE = 32
SHORTEST_BIN_S = 0.003
SHORTEST_RISE_S = 0.12
#: Rises that are tried, as parts of the one that was seen; and what is tried around the ratio r, in dB.
RISES = np.geomspace(0.35, 2.2, 14)
RATIOS_DB = np.arange(-8.0, 8.1, 2.0)
#: Fewest bins before the first foot that is tried: something must show the noise.
FEWEST_BEFORE = 4


@dataclass(frozen=True, slots=True)
class RampWindow:
    """Where a ramp is looked for: ``n_bins`` bins of ``width`` samples from ``start``.

    Its foot is tried at the left edges of bins ``first`` to ``first + n_feet - 1``. ``rise`` is the
    rise that was seen, in bins; the plateau is measured over samples ``plateau`` (start, stop).
    """

    start: int
    width: int
    n_bins: int
    first: int
    n_feet: int
    rise: float
    plateau: tuple[int, int]

    @property
    def stop(self) -> int:
        """The sample after the last that is looked at."""
        return max(self.start + self.n_bins * self.width, self.plateau[1])

    def sample_of(self, foot: float) -> float:
        """Sample index of the foot number ``foot``, counted from 0."""
        return self.start + (self.first + foot) * self.width


def ramp_window(
    rise_start: int, rise_stop: int, fall_start: int, earliest: int, sfreq_hz: float
) -> RampWindow | None:
    """The window around a rise that was seen roughly; ``None`` without rest before it or a rise in it.

    All in samples; nothing before ``earliest`` and after ``fall_start`` is looked at.
    """
    rise = max(rise_stop - rise_start, round(SHORTEST_RISE_S * sfreq_hz))
    width = max(round(SHORTEST_BIN_S * sfreq_hz), round(rise / BINS_PER_RISE), 1)
    start = max(earliest, round(rise_start - rise - 0.15 * sfreq_hz))
    stop = min(fall_start, round(rise_start + 2.0 * rise + 0.2 * sfreq_hz))
    n_bins = (stop - start) // width
    first = max(round((rise_start - 0.8 * rise - 0.05 * sfreq_hz - start) / width), FEWEST_BEFORE)
    last = round((rise_start + 0.8 * rise + 0.1 * sfreq_hz - start) / width)
    if start + first * width > rise_start or n_bins * width < 1.3 * rise:
        return None
    plateau = (rise_stop, max(min(fall_start, rise_stop + round(0.6 * sfreq_hz)), rise_stop + width))
    return RampWindow(start, width, n_bins, first, min(last, n_bins) - first, rise / width, plateau)


def above_rest_db(squares: Array, window: RampWindow) -> Array:
    """Plateau over what went before the rise, in dB, per column of ``squares`` (n, m) from window.start."""
    before = squares[: window.first * window.width].mean(axis=0)
    low, high = (sample - window.start for sample in window.plateau)
    ratio = squares[low:high].mean(axis=0) / np.maximum(before, 1e-12)
    return np.asarray(10.0 * np.log10(np.maximum(ratio, 1e-3)))


def ramp_posterior(squares: Array, window: RampWindow, plateau_db: float) -> Array:
    """Probability of each ratio (``ratios``), rise (``RISES``) and foot, (n_ratios, n_rises, n_feet), sum 1.

    ``squares`` (n,) are those of one band-passed channel from ``window.start`` on.
    """
    n_bins, n_feet, width = window.n_bins, window.n_feet, window.width
    means = squares[: n_bins * width].reshape(n_bins, width).mean(axis=1)
    # One table of the ramp over every distance from its foot; each foot reads a stretch of it.
    shift = window.first + n_feet - 1
    distance = np.arange(-shift, n_bins - window.first) + 0.5
    course = np.clip(distance / (RISES * window.rise)[:, None], 0.0, 1.0)
    power = (0.5 - 0.5 * np.cos(np.pi * course)) ** 2
    variance = 1.0 + ratios(plateau_db)[:, None, None] * power  # (n_ratios, n_rises, distances)
    logs = np.zeros((*variance.shape[:2], len(distance) + 1))
    np.cumsum(np.log(variance), axis=2, out=logs[:, :, 1:])
    from_bin = np.arange(n_feet)[::-1]
    placed = np.zeros((len(distance), n_feet))
    for foot, begin in enumerate(from_bin):
        placed[begin : begin + n_bins, foot] = means
    log_variance = logs[:, :, from_bin + n_bins] - logs[:, :, from_bin]
    # A small product for each ratio: a large one would wake the other threads of the linear algebra.
    scaled = np.matmul(1.0 / variance, placed)
    weight = 0.5 * TEMPER * width
    likelihood = -weight * (n_bins * np.log(np.maximum(scaled, 1e-300)) + log_variance)
    probability = np.exp(likelihood - likelihood.max())
    return np.asarray(probability / probability.sum())


def ratios(plateau_db: float) -> Array:
    """The ratios of muscle to noise power at the plateau that are tried, (n_ratios,)."""
    return np.asarray(10.0 ** ((max(plateau_db, 2.0) + RATIOS_DB) / 10.0))


def course_until_seen(plateau_db: float) -> Array:
    """Part of the rise until the muscle's power equals the noise's, for each of ``ratios``, (n_ratios,)."""
    amplitude = np.minimum(ratios(plateau_db) ** -0.5, 1.0)
    return np.asarray(np.arccos(1.0 - 2.0 * amplitude) / np.pi)


def quantiles(probability: Array, levels: tuple[float, ...]) -> tuple[float, ...]:
    """Where a distribution over bins 0, 1, 2, ... reaches each level, between bins, in bins."""
    below = np.concatenate([[0.0], np.cumsum(probability)])
    edges = np.arange(len(below)) - 0.5
    return tuple(float(np.interp(level, below, edges)) for level in levels)
