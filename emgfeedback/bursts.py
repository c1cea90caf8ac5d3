"""Bursts of one channel of a recording, with their onsets and offsets, for files without a calibration.

Roughly by half height of a centred RMS, then each edge by the same fit that finds the onsets of reps;
an offset is an onset when time runs backwards. Offline only: it needs the whole recording.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.onset import Estimate, onset
from emgfeedback.ramp import RampWindow, ramp_window

Array = NDArray[np.float64]

#: s. RMS window of the rough search; shorter bursts and shorter pauses do not count.
WINDOW_S = 0.05
SHORTEST_S = 0.2
#: Quantiles of the RMS that stand for rest and for work, and the least ratio between them.
REST, WORK = 0.1, 0.9
LEAST_RATIO = 2.0
#: Parts of the height at which a rise begins and ends.
FOOT, SHOULDER = 0.15, 0.85


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst, in s from the first sample.

    ``onset`` and ``offset`` are the ends of its ramps; from ``seen_s`` to ``gone_s`` the muscle's power
    exceeds the noise's, which is what methods with a threshold tell.
    """

    onset: Estimate
    offset: Estimate
    seen_s: float
    gone_s: float


def bursts(emg_uv: Array, sfreq_hz: float) -> tuple[Burst, ...]:
    """Bursts of one band-passed channel (n,): none where nothing stands out, none that the ends cut."""
    rough = _rough(_rms(emg_uv, max(1, round(WINDOW_S * sfreq_hz))), sfreq_hz)
    backwards = emg_uv[::-1]
    n = len(emg_uv)
    found = []
    for k, (start, rise_stop, fall_start, stop) in enumerate(rough):
        before = rough[k - 1][3] if k else 0
        after = rough[k + 1][0] if k + 1 < len(rough) else n
        on = ramp_window(start, rise_stop, fall_start, before, sfreq_hz)
        off = ramp_window(n - stop, n - fall_start, n - rise_stop, n - after, sfreq_hz)
        if on is None or off is None or max(on.stop, off.stop) > n:
            continue
        begin, seen_s = onset(_cut(emg_uv, on), on, sfreq_hz)
        back, gone_s = onset(_cut(backwards, off), off, sfreq_hz)
        whole_s = n / sfreq_hz
        offset = Estimate(whole_s - back.value_s, whole_s - back.high_s, whole_s - back.low_s)
        found.append(Burst(begin, offset, seen_s, whole_s - gone_s))
    return tuple(found)


def _cut(emg_uv: Array, window: RampWindow) -> Array:
    return emg_uv[window.start : window.stop]


def _rms(emg_uv: Array, width: int) -> Array:
    padded = np.pad(emg_uv**2, (width // 2, width - 1 - width // 2), mode="edge")
    return np.sqrt(np.convolve(padded, np.full(width, 1.0 / width), "valid"))


def _rough(rms: Array, sfreq_hz: float) -> list[tuple[int, int, int, int]]:
    """Start, end of rise, begin of fall and end of each burst, as samples."""
    low, high = np.quantile(rms, (REST, WORK)).tolist()
    if high < LEAST_RATIO * low:
        return []
    found: list[tuple[int, int, int, int]] = []
    for first, last in _merged(np.flatnonzero(rms > 0.5 * (low + high)), round(SHORTEST_S * sfreq_hz)):
        top = float(np.median(rms[first : last + 1]))
        foot, shoulder = (low + part * (top - low) for part in (FOOT, SHOULDER))
        inside = first + np.flatnonzero(rms[first : last + 1] >= shoulder)
        left = np.flatnonzero(rms[:first] <= foot)
        right = np.flatnonzero(rms[last:] <= foot)
        if len(left) and len(right):
            found.append((int(left[-1]), int(inside[0]), int(inside[-1]), last + int(right[0])))
    return found


def _merged(above: NDArray[np.intp], shortest: int) -> list[tuple[int, int]]:
    """Runs of indices, joined over short pauses; short runs are dropped."""
    if not len(above):
        return []
    breaks = np.flatnonzero(np.diff(above) > shortest)
    firsts = above[np.concatenate([[0], breaks + 1])]
    lasts = above[np.concatenate([breaks, [len(above) - 1]])]
    pairs = zip(firsts.tolist(), lasts.tolist(), strict=True)
    return [(first, last) for first, last in pairs if last - first >= shortest]
