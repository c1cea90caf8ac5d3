"""What is known about a rep once it is over: onsets, share by phase, co-contraction, spectral shift.

Worked out after a rep is told, from frames alone: the same live, replayed and for a report, however
the samples arrived. One rep takes about a millisecond and a half; hops without a rep take next to nothing.
"""

from dataclasses import dataclass

import numpy as np

from calibration.record import Calibration
from device.stream import StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.cocontraction import PhaseFacts, phase_facts
from emgfeedback.fatigue import Fatigue, Hold, fatigue, hold_of, hold_window, never
from emgfeedback.frame import Frame, Rep
from emgfeedback.onset import OnsetLag, lag_window, onset_lag
from emgfeedback.recent import RecentSignal
from emgfeedback.sides import SideColumns, lay_ruler, sides_of


@dataclass(frozen=True, slots=True)
class RepFindings:
    """Findings of one rep. ``hold`` is ``None`` where its spectrum could not be had."""

    rep: Rep
    onsets: OnsetLag
    phases: PhaseFacts
    hold: Hold | None
    fatigue: Fatigue


class _Side:
    def __init__(self, columns: SideColumns, why_never: str) -> None:
        self.columns = [columns.glute, columns.quad]
        self.why_never = why_never
        #: Holds by the first sample of their reps.
        self.holds: dict[int, Hold] = {}
        self.last_stop = 0


class RepWatch:
    """``push`` frames, get the findings of the reps in them.

    ``start_set`` says from which sample on holds are compared with later ones only.
    """

    def __init__(
        self, info: StreamInfo, settings: ChainSettings | None = None, calibration: Calibration | None = None
    ) -> None:
        self._info = info
        self._set_starts = [0]
        self._raw = all(channel.signal == "raw" for channel in info.channels)
        self._begin(settings or ChainSettings(), calibration)

    def _begin(self, settings: ChainSettings, calibration: Calibration | None) -> None:
        info, self._settings = self._info, settings
        self._recent = RecentSignal(info.sfreq_hz, len(info.channels))
        #: Samples by which the envelope comes after the muscle.
        self._lag = round(settings.rms_window_s * info.sfreq_hz / 2.0)
        self._sides = {
            side.name: _Side(side, never(info, (side.glute, side.quad))) for side in sides_of(info)
        }
        self._calibrate(calibration)

    def _calibrate(self, calibration: Calibration | None) -> None:
        self._calibration = calibration
        sides = sides_of(self._info)
        self._rest_uv = lay_ruler(self._info, self._settings, sides, calibration).rest_uv
        for side in self._sides.values():
            side.holds.clear()

    def follow(self, settings: ChainSettings, calibration: Calibration | None) -> None:
        """Look with these from the next frame on; holds seen with others are forgotten."""
        if settings != self._settings:
            self._begin(settings, calibration)
        elif calibration is not self._calibration:
            self._calibrate(calibration)

    def start_set(self, sample: int) -> None:
        """Reps that start at ``sample`` or later are another set; may be said ahead of time."""
        self._set_starts.append(sample)

    def push(self, frame: Frame) -> tuple[RepFindings, ...]:
        """The findings of the reps in ``frame``."""
        self._recent.push(frame)
        return tuple(self._find(rep) for rep in frame.reps) if frame.reps else ()

    def _find(self, rep: Rep) -> RepFindings:
        side = self._sides[rep.side]
        earliest = max(side.last_stop, rep.told - self._recent.kept, 0)
        side.last_stop = rep.stop
        hold = self._hold(rep, side)
        set_start = max(sample for sample in self._set_starts if sample <= rep.start)
        side.holds = {start: earlier for start, earlier in side.holds.items() if start >= set_start}
        if hold is not None:
            side.holds[rep.start] = hold
        spectral = Fatigue(why_not=side.why_never) if side.why_never else fatigue(list(side.holds.values()))
        return RepFindings(rep, self._onsets(rep, side, earliest), self._phases(rep, side), hold, spectral)

    def _onsets(self, rep: Rep, side: _Side, earliest: int) -> OnsetLag:
        if rep.left_out:
            return OnsetLag(why_not=rep.left_out)
        if not self._raw:
            return OnsetLag(why_not="an onset needs raw EMG")
        window = lag_window(rep.start, rep.hold_start, rep.hold_stop, earliest, self._info.sfreq_hz)
        if isinstance(window, str):
            return OnsetLag(why_not=window)
        emg_uv = self._recent.emg_uv(window.start, window.stop) if window.stop <= rep.told else None
        if emg_uv is None:
            return OnsetLag(why_not="samples lost around the rise")
        return onset_lag(emg_uv[:, side.columns], window, self._info.sfreq_hz)

    def _phases(self, rep: Rep, side: _Side) -> PhaseFacts:
        if rep.left_out:
            return PhaseFacts()
        percent = self._recent.percent(rep.start + self._lag, min(rep.stop + self._lag, rep.told))
        return PhaseFacts() if percent is None else phase_facts(rep, percent[:, side.columns])

    def _hold(self, rep: Rep, side: _Side) -> Hold | None:
        if rep.left_out or side.why_never or rep.hold_stop - rep.hold_start < 0.1 * self._info.sfreq_hz:
            return None
        emg_uv = self._recent.emg_uv(*hold_window(rep))
        percent = self._recent.percent(rep.hold_start + self._lag, min(rep.hold_stop + self._lag, rep.told))
        if emg_uv is None or percent is None:
            return None
        rest_uv = np.asarray(self._rest_uv[side.columns])
        return hold_of(rep, emg_uv[:, side.columns], percent[:, side.columns], rest_uv, self._info.sfreq_hz)
