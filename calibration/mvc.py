"""The maximal squeeze: what counts as one, and which number stands for 100 %."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.frequency import median_frequency_hz
from calibration.level import blank_spikes, level, moving_level, typical_level
from calibration.record import Trial

Array = NDArray[np.float64]

#: s. Dropped at the start of a hold, while the squeeze still rises.
ONSET_DROPPED_S: Final = 0.5
#: s. Dropped at the end of a hold that was let go, for the ramp and the smoothing across it.
RELEASE_DROPPED_S: Final = 0.25
#: s. A hold must last this long from half its height to half its height (the project's own choice:
#: 2.5 s remain, where the RMS of Gaussian EMG has a spread of 3 %).
LEAST_HOLD_S: Final = 3.0
#: s from the start of a squeeze: the stretch that squeezes of different lengths are compared over.
COMPARED_S: Final = 3.0
#: s. Window for finding the hold, and for its steadiness: one second averages chance (5 to 7 %) out.
FIND_WINDOW_S: Final = 0.25
FIND_STEPS: Final = 16
STEADY_WINDOW_S: Final = 1.0
STEADY_STEP_S: Final = 0.25
#: A hold whose 1 s levels stray further than this from its level does not count.
STRAY_LIMIT: Final = 0.20
#: s. The window that papers quote as the MVC, kept beside the held level.
BEST_WINDOW_S: Final = 0.5
#: Two squeezes agree when they differ by no more than this part of the greater.
AGREEMENT: Final = 0.10
#: A squeeze has begun at 3 times the rest, and counts from 5 times (14 dB) on; 10 µV above the rest in
#: any case, because a coarse converter reads a resting muscle as nothing (the project's own choices).
RISE_FACTOR: Final = 3.0
LEAST_FACTOR: Final = 5.0
RISE_UV: Final = 10.0
#: A sensor's own envelope stands on an offset, so its rise is counted in SDs of the rest.
RISE_SDS: Final = 5.0
#: With counts larger than this the resting level is the converter's, not the muscle's: neither a multiple of
#: it nor its smallness says anything. Two counts above it are a squeeze there.
FINE_COUNT_UV: Final = 5.0
RISE_COUNTS: Final = 2.0
#: The part of a hold that spikes and losses may take.
BLANK_LIMIT: Final = 0.2
UNFELT: Final = "No squeeze was felt. Squeeze harder, or check the pad."


@dataclass(frozen=True, slots=True)
class Repeatability:
    """The 100 % from several squeezes: mean of the best two in µV, and how far those two differ (0..1)."""

    mvc_uv: float
    difference: float

    @property
    def agrees(self) -> bool:
        """Whether the best two squeezes differ by 10 % at most."""
        return self.difference <= AGREEMENT


def rise_threshold_uv(rest_uv: float, rest_sd_uv: float, *, raw: bool, uv_per_count: float = 0.0) -> float:
    """Level in µV above which a squeeze has begun; ``uv_per_count`` is the size of a count, 0 if unknown."""
    if raw and uv_per_count > FINE_COUNT_UV:
        return rest_uv + max(RISE_UV, RISE_COUNTS * uv_per_count)
    if raw:
        return max(RISE_FACTOR * rest_uv, rest_uv + RISE_UV)
    return rest_uv + max(RISE_SDS * rest_sd_uv, RISE_UV)


def judge_squeeze(
    signal_uv: Array,
    sfreq_hz: float,
    rest_uv: float,
    rest_sd_uv: float,
    *,
    raw: bool,
    start: int = 0,
    least_hold_s: float = LEAST_HOLD_S,
    uv_per_count: float = 0.0,
) -> Trial:
    """Find the hold in ``signal_uv`` (n,), measure it and say whether it counts.

    ``signal_uv`` is band-passed EMG (raw) or a sensor's envelope, from before the squeeze to its
    end; ``start`` is the absolute index of its first sample. ``Trial.rms_uv`` is the RMS (raw) or
    mean over the hold: first 0.5 s dropped, spikes blanked. Trial bounds are absolute samples. With
    counts (``uv_per_count``) above 5 µV nothing is refused by how it compares with the rest.
    """
    window = round(FIND_WINDOW_S * sfreq_hz)
    threshold_uv = rise_threshold_uv(rest_uv, rest_sd_uv, raw=raw, uv_per_count=uv_per_count)
    found = _find_hold(signal_uv, window, rest_uv, threshold_uv, raw=raw)
    if found is None:
        return Trial(start, start + len(signal_uv), 0.0, 0.0, accepted=False, reason=UNFELT)
    first, last = found
    held_s = (last - first) / sfreq_hz
    let_go = last < len(signal_uv)
    # A squeeze too short to measure is measured whole, so that its level can be shown.
    if held_s >= least_hold_s:
        first += round(ONSET_DROPPED_S * sfreq_hz)
        last -= round(RELEASE_DROPPED_S * sfreq_hz) if let_go else 0
    whole = signal_uv[first:last]
    hold = blank_spikes(whole, sfreq_hz)
    held_uv = level(hold, raw=raw)
    best = moving_level(hold, min(round(BEST_WINDOW_S * sfreq_hz), len(hold)), raw=raw)
    reason = _too_short(held_s, least_hold_s) or _blanked(whole, hold)
    compared = raw and uv_per_count <= FINE_COUNT_UV
    reason = reason or _no_maximum(hold, held_uv, rest_uv if compared else 0.0, sfreq_hz, raw=raw)
    return Trial(
        start + first,
        start + last,
        held_uv,
        float(best.max()),
        accepted=not reason,
        reason=reason,
        first_3s_uv=level(hold[: round((COMPARED_S - ONSET_DROPPED_S) * sfreq_hz)], raw=raw),
        median_hz=median_frequency_hz(hold, sfreq_hz) if raw else 0.0,
    )


def repeatability(held_uv: Sequence[float]) -> Repeatability:
    """The 100 % from the held levels of the squeezes that count, in µV.

    Mean of the best two; a single squeeze stands alone and cannot disagree.
    Raises ``ValueError`` without any.
    """
    if not held_uv:
        raise ValueError("The 100 % needs at least one squeeze that counts.")
    best = sorted(held_uv, reverse=True)[:2]
    return Repeatability(math.fsum(best) / len(best), (best[0] - best[-1]) / best[0])


def _find_hold(
    signal_uv: Array, window: int, rest_uv: float, threshold_uv: float, *, raw: bool
) -> tuple[int, int] | None:
    """Longest stretch above half of the squeeze's height, as indices; ``None`` if nothing rose."""
    if len(signal_uv) < window:
        return None
    step = max(1, window // FIND_STEPS)
    smooth = typical_level(signal_uv, window, step, raw=raw)
    risen = smooth[smooth > threshold_uv]
    if not risen.size:
        return None
    # The upper quartile: half tension before or after the squeeze does not lower its height.
    height = float(np.quantile(risen, 0.75))
    inside = np.concatenate(([False], smooth >= rest_uv + 0.5 * (height - rest_uv), [False]))
    edges = np.flatnonzero(np.diff(inside.astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    longest = int(np.argmax(stops - starts))
    first, last = int(starts[longest]), int(stops[longest])
    # A stretch stands for its middle, the outermost ones also for what lies beyond.
    begin = first * step + window // 2 if first else 0
    return begin, last * step + window // 2 if last < len(smooth) else len(signal_uv)


def _too_short(held_s: float, least_hold_s: float) -> str:
    """Whether the hold ended early, in tenths of a second rounded down."""
    if held_s >= least_hold_s:
        return ""
    return f"That one ended after {math.floor(held_s * 10) / 10:g} s. It needs {least_hold_s:g}."


def _blanked(signal_uv: Array, hold: Array) -> str:
    """Whether losses or spikes took too much of the hold."""
    if np.isfinite(signal_uv).mean() < 1.0 - BLANK_LIMIT:
        return "Too many samples were lost."
    if np.isfinite(hold).mean() < 1.0 - BLANK_LIMIT:
        return "The signal jumped. Keep the cables still."
    return ""


def _no_maximum(hold: Array, held_uv: float, rest_uv: float, sfreq_hz: float, *, raw: bool) -> str:
    """Whether the hold was too weak or too unsteady to stand for a maximum."""
    if held_uv < LEAST_FACTOR * rest_uv:
        return "Too close to rest. Squeeze harder."
    stray = _greatest_stray(hold, held_uv, sfreq_hz, raw=raw)
    if stray > STRAY_LIMIT:
        return f"That one strayed by {100 * stray:.0f} %. Hold it steady."
    return ""


def _greatest_stray(hold: Array, held_uv: float, sfreq_hz: float, *, raw: bool) -> float:
    """Greatest difference of a 1 s level from the level of the hold, as a part of it."""
    window, step = round(STEADY_WINDOW_S * sfreq_hz), max(1, round(STEADY_STEP_S * sfreq_hz))
    levels = moving_level(hold, window, raw=raw)[::step]
    return float(np.max(np.abs(levels / held_uv - 1.0)))
