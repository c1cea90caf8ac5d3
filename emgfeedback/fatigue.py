"""Whether the spectra of a set's holds sink as they do with fatigue, and why that cannot be said.

The mean frequency of each hold (20 to 450 Hz), its trend by Theil-Sen on the logarithm. It is told only
where all conditions hold: raw EMG, 1000 samples a second, both muscles at 20 % MVC and 20 dB above
rest, holds of a second, eight of them, a constant effort. The limits follow the project's own
simulations; that a falling amplitude speaks against fatigue follows the joint analysis of spectrum and
amplitude (JASA). FInsm5 (Dimitrov et al. 2006) is there for exports only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.stream import StreamInfo
from emgfeedback.frame import Rep

Array = NDArray[np.float64]

LEAST_RATE_HZ = 1000.0
LEAST_HOLD_S = 1.0
LEAST_PERCENT = 20.0
LEAST_ABOVE_REST_DB = 20.0
LEAST_HOLDS = 8
#: Part by which the mean frequency must have fallen since the first three holds.
LEAST_FALL = 0.10
FIRST_HOLDS = 3
#: Part by which the amplitude may have fallen along its trend and still be called stable: of both muscles
#: together, which do one movement, and of each, which trade work and scatter more.
MOST_AMPLITUDE_FALL = 0.15
MOST_FALL_OF_ONE = 0.30
#: Spread of the amplitude around its trend (as a part of it) that is still one effort, of both and of each.
MOST_SPREAD = 0.25
MOST_SPREAD_OF_ONE = 0.40
#: Hz. Bands of the mean frequency and of FInsm5.
MEAN_BAND_HZ = (20.0, 450.0)
INDEX_BAND_HZ = (20.0, 400.0)

CONSISTENT = "spectral shift consistent with fatigue"
NO_SHIFT = "no clear spectral shift"


@dataclass(frozen=True, slots=True)
class Hold:
    """One rep's hold, for (glute, quad): mean frequency, RMS, mean %MVC, dB above rest, and FInsm5."""

    at_s: float
    length_s: float
    mean_frequency_hz: tuple[float, float]
    rms_uv: tuple[float, float]
    percent: tuple[float, float]
    above_rest_db: tuple[float, float]
    fi_nsm5: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trend:
    """Slope per second with the ends of its 95 % interval."""

    slope: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fatigue:
    """What a set's holds say so far.

    ``change`` is that of the mean frequency since the first three holds, as a part of it (-0.1: a tenth
    lower), NaN where ``why_not`` says in words why nothing can be told.
    """

    change: float = math.nan
    consistent: bool = False
    why_not: str = ""

    @property
    def text(self) -> str:
        """The result in words."""
        return self.why_not or (CONSISTENT if self.consistent else NO_SHIFT)


def hold_window(rep: Rep) -> tuple[int, int]:
    """Samples (start, stop) whose spectrum stands for a rep: its hold, and the upper halves of its ramps."""
    return rep.start + (rep.hold_start - rep.start) // 2, rep.stop - (rep.stop - rep.hold_stop) // 2


def hold_of(rep: Rep, emg_uv: Array, percent: Array, rest_uv: Array, sfreq_hz: float) -> Hold:
    """Features of ``rep``: ``emg_uv`` (n, 2) over ``hold_window``, ``percent`` (m, 2) over the hold.

    ``rest_uv`` (2,) are the resting levels.
    """
    power, frequency_hz = _power(emg_uv, sfreq_hz)
    in_band = _inside(frequency_hz, MEAN_BAND_HZ)
    mean_hz = (frequency_hz[in_band] @ power[in_band]) / power[in_band].sum(axis=0)
    in_band = _inside(frequency_hz, INDEX_BAND_HZ)
    narrow, hz = power[in_band], frequency_hz[in_band]
    index = ((1.0 / hz) @ narrow) / (hz**5 @ narrow)
    rms = np.sqrt((emg_uv**2).mean(axis=0))
    above_db = 20.0 * np.log10(np.maximum(rms, 1e-9) / np.maximum(rest_uv, 1e-9))
    facts = [(float(of[0]), float(of[1])) for of in (mean_hz, rms, percent.mean(axis=0), above_db, index)]
    middle_s = 0.5 * (rep.hold_start + rep.hold_stop) / sfreq_hz
    return Hold(middle_s, (rep.hold_stop - rep.hold_start) / sfreq_hz, *facts)


def never(info: StreamInfo, columns: tuple[int, int]) -> str:
    """Why a stream can never tell a spectral shift of the muscles in ``columns``, or nothing."""
    if any(info.channels[k].signal != "raw" for k in columns):
        return "it takes raw EMG from both muscles"
    if info.sfreq_hz < LEAST_RATE_HZ:
        return f"the rate is {info.sfreq_hz:g} a second. It takes {LEAST_RATE_HZ:g}"
    return ""


def fatigue(holds: Sequence[Hold]) -> Fatigue:
    """What the holds of one set of one exercise, in order, say so far."""
    why_not = _why_not(holds)
    if why_not:
        return Fatigue(why_not=why_not)
    times_s = np.array([hold.at_s for hold in holds])
    logs = np.log([hold.mean_frequency_hz for hold in holds])
    both = theil_sen(times_s, logs.mean(axis=1))
    change = math.expm1(both.slope * float(times_s[-1] - times_s[:FIRST_HOLDS].mean()))
    each_falls = all(theil_sen(times_s, logs[:, k]).slope < 0.0 for k in range(2))
    return Fatigue(change, change <= -LEAST_FALL and both.high < 0.0 and each_falls)


def theil_sen(times_s: Array, values: Array) -> Trend:
    """Median slope between all pairs of points, with Sen's 95 % interval. Needs two points or more."""
    first, second = np.triu_indices(len(values), 1)
    slopes = np.sort((values[second] - values[first]) / (times_s[second] - times_s[first]))
    n = len(values)
    reach = 1.96 * math.sqrt(n * (n - 1) * (2 * n + 5) / 18.0)
    low = max(math.floor(0.5 * (len(slopes) - reach)), 0)
    return Trend(float(np.median(slopes)), float(slopes[low]), float(slopes[-1 - low]))


def _why_not(holds: Sequence[Hold]) -> str:
    if not holds:
        return "no hold was measured"
    for k, muscle in enumerate(("glute", "quad")):
        percent = float(np.median([hold.percent[k] for hold in holds]))
        if not percent >= LEAST_PERCENT:
            return f"the {muscle} works at {percent:.0f} %. It takes {LEAST_PERCENT:.0f} %"
    for k, muscle in enumerate(("glute", "quad")):
        above_db = float(np.median([hold.above_rest_db[k] for hold in holds]))
        if not above_db >= LEAST_ABOVE_REST_DB:
            needed = f"It takes {LEAST_ABOVE_REST_DB:.0f} dB"
            return f"the {muscle} stands {above_db:.0f} dB above its rest. {needed}"
    if float(np.median([hold.length_s for hold in holds])) < LEAST_HOLD_S:
        return f"it takes holds of {LEAST_HOLD_S:g} s"
    if len(holds) < LEAST_HOLDS:
        return f"it takes {LEAST_HOLDS} reps; there are {len(holds)}"
    return _other_effort(holds)


def _other_effort(holds: Sequence[Hold]) -> str:
    """Whether the effort changed in another way than fatigue changes it."""
    times_s = np.array([hold.at_s for hold in holds])
    logs = np.log([hold.rms_uv for hold in holds])
    for whose, course, spread, fall in (
        ("the glute's ", logs[:, 0], MOST_SPREAD_OF_ONE, MOST_FALL_OF_ONE),
        ("the quad's ", logs[:, 1], MOST_SPREAD_OF_ONE, MOST_FALL_OF_ONE),
        ("the ", logs.mean(axis=1), MOST_SPREAD, MOST_AMPLITUDE_FALL),
    ):
        trend = theil_sen(times_s, course)
        around = course - trend.slope * times_s
        if 1.48 * float(np.median(np.abs(around - np.median(around)))) > spread:
            return f"{whose}effort was not the same in all reps"
        if trend.high < 0.0 and trend.slope * float(times_s[-1] - times_s[0]) < math.log1p(-fall):
            return f"{whose}work fell: you pushed less, or the load is less"
    return ""


def _power(emg_uv: Array, sfreq_hz: float) -> tuple[Array, Array]:
    power = np.abs(np.fft.rfft(emg_uv - emg_uv.mean(axis=0), axis=0)) ** 2
    return np.asarray(power), np.fft.rfftfreq(len(emg_uv), 1.0 / sfreq_hz).astype(np.float64)


def _inside(frequency_hz: Array, band_hz: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((frequency_hz >= band_hz[0]) & (frequency_hz <= band_hz[1]))
