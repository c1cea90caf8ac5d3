"""The slow questions about a channel, answered once while calibrating: is it alive, clear, its own, calm?

Every function takes measured features or arrays in µV and returns a ``Verdict``; none remembers anything.
The limits are the project's own choices unless a source is named.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Grade = Literal["good", "warn", "bad", "cannot tell"]

#: µV. With counts larger than this, what a muscle at rest gives is the converter's, not the muscle's.
FINE_COUNT_UV: Final = 5.0
#: 100 % against rest: 20 dB and 14 dB.
CLEAR_RATIO: Final = 10.0
UNCLEAR_RATIO: Final = 5.0
#: Rest as a part of the 100 %.
REST_WARN, REST_BAD = 0.05, 0.10
#: In its own squeeze a dead channel stays below twice its rest, or two counts.
ALIVE_OF_REST: Final = 2.0
ALIVE_COUNTS: Final = 2.0
#: Part of one muscle's µV in the other's pads, as measured: what is really below 15 % stays below the
#: first (three squeezes measure it to within 2 points), what is really 25 % is far above it.
CROSSTALK_WARN, CROSSTALK_BAD = 0.17, 0.25
#: s. How far apart the same wave may arrive at two pads.
CROSSTALK_LAG_S: Final = 0.005
#: Part of its own 100 % that the other muscle may be at for crosstalk to be told from its own work: 15 %,
#: and what its level wanders in three squeezes.
OWN_WORK_LIMIT: Final = 0.175
#: Kurtosis of a rest with beats in it (3 for noise), and the range in which a heart beats, in Hz.
BEAT_KURTOSIS: Final = 6.0
HEART_HZ: Final = (0.8, 2.0)
#: Peaks count from this many robust SDs, at most one in 0.3 s; beats are regular within this spread.
PEAK_SDS: Final = 4.0
PEAK_APART_S: Final = 0.3
BEAT_SPREAD: Final = 0.2
LEAST_BEATS: Final = 4
SD_PER_MAD: Final = 1.4826


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was asked, how it stands, a sentence about it, and a sentence on what to do (or empty)."""

    about: str
    grade: Grade
    text: str
    remedy: str = ""


def alive(squeeze_uv: float, rest_uv: float, uv_per_count: float) -> Verdict:
    """Whether a channel hears its own squeeze at all, from the levels of squeeze and rest."""
    least_uv = max(ALIVE_OF_REST * rest_uv, ALIVE_COUNTS * uv_per_count)
    if squeeze_uv >= least_uv:
        return Verdict("alive", "good", f"The squeeze reads {squeeze_uv:.0f} µV.")
    text = f"Dead: its own squeeze reads {squeeze_uv:.1f} µV, less than {least_uv:.1f}."
    return Verdict("alive", "bad", text, "Check the sensor's cable, power and pads.")


def clear(mvc_uv: float, rest_uv: float, uv_per_count: float) -> Verdict:
    """How far the 100 % stands above the rest (raw EMG)."""
    if uv_per_count > FINE_COUNT_UV:
        return _cannot_tell("signal to noise", uv_per_count)
    ratio = mvc_uv / rest_uv if rest_uv > 0.0 else math.inf
    if ratio >= CLEAR_RATIO:
        return Verdict("signal to noise", "good", f"The 100 % is {ratio:.0f} times the rest.")
    text = f"The 100 % is only {ratio:.1f} times the rest."
    remedy = "Clean the skin, press the pads down, and squeeze as hard as you can."
    return Verdict("signal to noise", "warn" if ratio >= UNCLEAR_RATIO else "bad", text, remedy)


def calm(rest_uv: float, mvc_uv: float, uv_per_count: float) -> Verdict:
    """Whether the rest was one, as a part of the 100 %."""
    if uv_per_count > FINE_COUNT_UV:
        return _cannot_tell("rest", uv_per_count)
    part = rest_uv / mvc_uv
    text = f"The rest reads {100.0 * part:.0f} % of the 100 %."
    if part <= REST_WARN:
        return Verdict("rest", "good", text)
    grade: Grade = "warn" if part <= REST_BAD else "bad"
    return Verdict("rest", grade, text, "Let go, support the leg, and calibrate again.")


def crosstalk(part: float, own_uv: float, other_mvc_uv: float) -> Verdict:
    """The verdict on a channel that holds ``part`` (0..1) of a squeezing neighbour's µV.

    ``own_uv`` is what is left in the channel, its own work: much above 15 % of its 100 % the two muscles
    work together, and muscles that do share a rhythm that looks like crosstalk. ``part`` NaN says that
    there was too little to measure.
    """
    if math.isnan(part):
        return Verdict("crosstalk", "cannot tell", "Too few samples to tell crosstalk.")
    if own_uv > OWN_WORK_LIMIT * other_mvc_uv:
        percent = 100.0 * own_uv / other_mvc_uv
        text = f"This muscle worked along at {percent:.0f} %: crosstalk cannot be told from that."
        return Verdict("crosstalk", "cannot tell", text, "Let it go while the other one squeezes.")
    text = f"{100.0 * part:.0f} % of the other muscle is heard here."
    if part < CROSSTALK_WARN:
        return Verdict("crosstalk", "good", text)
    remedy = "Move the pads apart, to the middle of each muscle, and calibrate again."
    return Verdict("crosstalk", "warn" if part <= CROSSTALK_BAD else "bad", text, remedy)


def crosstalk_part(source_uv: Array, other_uv: Array, sfreq_hz: float) -> tuple[float, float]:
    """How much of a squeezing muscle's EMG (n,) arrives in another's pads (n,), both band-passed, in µV.

    Returns (part of the source's RMS that is found in the other, RMS of what is left there in µV), NaN
    when there is too little. Regression of the other on the source over lags of +-5 ms; what the weights
    explain by chance is taken off. Rows that are not finite are left out.
    """
    reach = max(1, round(CROSSTALK_LAG_S * sfreq_hz))
    n = len(source_uv) - 2 * reach
    if n < 20 * (2 * reach + 1):
        return math.nan, math.nan
    lagged = np.stack([source_uv[k : k + n] for k in range(2 * reach + 1)], axis=1)
    target = other_uv[reach : reach + n]
    whole = np.isfinite(lagged).all(axis=1) & np.isfinite(target)
    lagged, target = lagged[whole], target[whole]
    if len(target) < 20 * (2 * reach + 1) or not np.any(lagged[:, reach]):
        return math.nan, math.nan
    # The normal equations: neighbours in time are alike, but never so much that it would matter here.
    weights = np.linalg.lstsq(lagged.T @ lagged, lagged.T @ target, rcond=1e-10)[0]
    left = target - lagged @ weights
    free = len(target) - len(weights)
    left_power = float(left @ left) / free
    # What the weights explain by chance is as much for each of them as the rest's power.
    explained = float(target @ target) - float(left @ left) - len(weights) * left_power
    source_power = float(np.mean(lagged[:, reach] ** 2))
    part = math.sqrt(max(explained, 0.0) / len(target) / source_power)
    return part, math.sqrt(left_power)


def heartbeat(rest_uv: Array, sfreq_hz: float) -> Verdict:
    """Whether a heart beats in the rest (n,), band-passed; not finite samples are left out."""
    finite = rest_uv[np.isfinite(rest_uv)]
    centred = finite - finite.mean() if finite.size else finite
    if not np.any(centred):
        return Verdict("heartbeat", "cannot tell", "A flat line does not tell a heartbeat.")
    kurtosis = float(np.mean(centred**4) / np.mean(centred**2) ** 2)
    rate_hz = _beats_hz(centred, sfreq_hz) if kurtosis > BEAT_KURTOSIS else 0.0
    if not rate_hz:
        return Verdict("heartbeat", "good", "No heartbeat in the rest.")
    text = f"A heartbeat is in this channel, {60.0 * rate_hz:.0f} a minute."
    remedy = "A band that begins at 30 Hz lets less of it through: band_low_hz = 30."
    return Verdict("heartbeat", "warn", text, remedy)


def _beats_hz(centred: Array, sfreq_hz: float) -> float:
    """Rate of regular peaks in a heart's range, else 0."""
    height = np.abs(centred)
    least = PEAK_SDS * SD_PER_MAD * float(np.median(height))
    apart = round(PEAK_APART_S * sfreq_hz)
    peaks: list[int] = []
    for index in np.flatnonzero(height >= least).tolist():
        if not peaks or index - peaks[-1] >= apart:
            peaks.append(index)
        elif height[index] > height[peaks[-1]]:
            peaks[-1] = index
    if len(peaks) < LEAST_BEATS:
        return 0.0
    gaps = np.diff(peaks) / sfreq_hz
    typical = float(np.median(gaps))
    regular = float(np.median(np.abs(gaps - typical))) <= BEAT_SPREAD * typical
    low, high = HEART_HZ
    return 1.0 / typical if regular and low <= 1.0 / typical <= high else 0.0


def _cannot_tell(about: str, uv_per_count: float) -> Verdict:
    text = f"Cannot tell: one count is {uv_per_count:.1f} µV, more than a muscle at rest gives."
    return Verdict(
        about, "cannot tell", text, "Oversampling (oversample=4) or a converter of 12 bits tells it."
    )
