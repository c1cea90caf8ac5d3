"""A set on a running loop: its reps, its end, and the picture of it for every view."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.offer import BestStretch, Offer, offers
from calibration.record import Calibration
from device.reconnect import ReconnectingSource
from device.stream import SampleChunk, StreamInfo
from emgfeedback import words
from emgfeedback.cautions import CautionWatch
from emgfeedback.coach.exercises import Exercise
from emgfeedback.coach.set import SetLogic
from emgfeedback.frame import Contact, Frame, Rep
from emgfeedback.opening import Opened
from emgfeedback.picture import STALE_AFTER_S, Numbers, Picture, Situation, draw, numbers
from emgfeedback.power import Power
from emgfeedback.rep_findings import RepFindings, RepWatch
from emgfeedback.session.loop import Loop
from emgfeedback.set_findings import SetFindings, gather

PowerReader = Callable[[], Power]
#: s between two looks at the power state.
POWER_PERIOD_S = 1.0


@dataclass(frozen=True, slots=True)
class SetRequest:
    """What the wearer wants of each set."""

    exercise: str = "bridge"
    reps: int = 8
    seconds: float | None = None
    isolated: bool = False
    record: bool = True


class PowerWatch:
    """The power state, asked at most once a second; only where pads on skin could be in danger."""

    def __init__(self, opened: Opened, power: PowerReader) -> None:
        self._matters = opened.source.live and not opened.info.simulated
        self._power = power
        self._state = Power.UNKNOWN
        self._asked_s = -math.inf

    @property
    def state(self) -> Power | None:
        """Where the power comes from now; ``None`` where it does not matter."""
        if not self._matters:
            return None
        now_s = time.monotonic()
        if now_s - self._asked_s >= POWER_PERIOD_S:
            self._asked_s = now_s
            self._state = self._power()
        return self._state


@dataclass(slots=True)
class Scene:
    """What a picture needs beside the loop's newest frame."""

    loop: Loop
    opened: Opened
    power: PowerWatch
    uncalibrated: str = ""
    recording_trouble: str = ""
    cautions: CautionWatch | None = None

    def picture(self, exercise: Exercise, reps: Sequence[Rep], target: int) -> Picture:
        """What a view shows now."""
        info = self.opened.info
        return draw(
            self.loop.newest,
            info.channels,
            info.sfreq_hz,
            exercise,
            self.opened.who,
            self.loop.setup.zones,
            reps,
            target,
            self._situation(),
        )

    def _situation(self) -> Situation:
        calibration = self.loop.setup.calibration
        source, recorder, power = self.opened.source, self.loop.recorder, self.power.state
        delay_s = self.loop.delay.percentile(50)
        failed = recorder.failed if recorder is not None else self.recording_trouble
        lost = isinstance(source, ReconnectingSource) and not source.connected
        return Situation(
            link=self.opened.link,
            trouble=words.BOARD_LOST if lost else "",
            power="" if power is None else words.POWER[power],
            delay_ms=None if math.isnan(delay_s) else 1000.0 * delay_s,
            uncalibrated=self.uncalibrated,
            recording_trouble=words.not_recording(failed) if failed else "",
            since_data_s=self.opened.clock() - self.loop.arrived_at_s,
            remarks=self.cautions.remarks if self.cautions is not None else (),
            method=calibration.method if calibration is not None else "mvc",
            quick=calibration is not None and calibration.quality == "quick",
        )


def usable_uv(frame: Frame, raw: NDArray[np.bool_]) -> NDArray[np.float64]:
    """EMG of a frame (n, n_channels) in µV, or a sensor's envelope; NaN where it is not good."""
    if raw.all() and not frame.blank.any() and not (frame.quality != int(Contact.GOOD)).any():
        return frame.emg_uv
    good = np.repeat(frame.quality == int(Contact.GOOD), frame.hop, axis=0) & ~frame.blank[:, None]
    return np.where(good, np.where(raw, frame.emg_uv, frame.envelope_uv), np.nan)


class TaskBest:
    """What a task reached in each channel, frame by frame, and what that offers."""

    def __init__(self, info: StreamInfo) -> None:
        self._pins = [channel.pin for channel in info.channels]
        self._raw = np.array([channel.signal == "raw" for channel in info.channels])
        self._best = BestStretch(self._raw.tolist(), info.sfreq_hz)

    def push(self, frame: Frame) -> None:
        """Take the next frame; a stretch never reaches over a gap within it."""
        if not len(frame.hops):
            return
        signal_uv = usable_uv(frame, self._raw)
        for run in frame.runs:
            start = int(frame.hops[run.start]) * frame.hop
            self._best.push(start, signal_uv[run.start * frame.hop : run.stop * frame.hop])

    @property
    def best_uv(self) -> list[float]:
        """The best 500 ms of each channel so far, in µV; 0 where there were none."""
        found: list[float] = self._best.best_uv.tolist()
        return found

    def offers(self, calibration: Calibration | None) -> tuple[Offer, ...]:
        """Where the task went beyond the 100 % that it was measured by."""
        if calibration is None:
            return ()
        return offers(calibration, dict(zip(self._pins, self.best_uv, strict=True)))


class LiveSet:
    """A sink that counts the reps of a set and finds its end, and the picture of it."""

    def __init__(self, scene: Scene, exercise: Exercise, logic: SetLogic, target: int) -> None:
        self.scene, self.exercise, self.logic = scene, exercise, logic
        self.target = target
        self.ended = ""
        setup = scene.loop.setup
        self._watch = RepWatch(scene.opened.info, setup.settings, setup.calibration)
        self._found: list[RepFindings] = []
        self._best = TaskBest(scene.opened.info)

    def __call__(self, chunk: SampleChunk, frame: Frame) -> None:
        """Take what the pipeline made of a chunk (acquisition thread)."""
        setup = self.scene.loop.setup
        self._watch.follow(setup.settings, setup.calibration)
        self._found += self._watch.push(frame)
        self._best.push(frame)
        reps = frame.reps
        if reps and self.exercise.one_leg:
            working = self.scene.opened.first_side
            reps = tuple(rep for rep in reps if rep.side == working)
        end = self.logic.push(chunk.start, chunk.stop, reps)
        if end is not None:
            self.end(end.text)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Where the set went beyond the 100 % that it was measured by."""
        return self._best.offers(self.scene.loop.setup.calibration)

    @property
    def reps(self) -> tuple[Rep, ...]:
        """The reps of the set so far, of all sides."""
        return tuple(self.logic.reps)

    @property
    def findings(self) -> tuple[SetFindings, ...]:
        """What is known of those reps beside their share, side by side."""
        counted = {(rep.side, rep.start) for rep in self.reps}
        return gather(found for found in self._found if (found.rep.side, found.rep.start) in counted)

    def end(self, why: str = "") -> None:
        """End the set; ``why`` is a sentence, by default that the wearer did."""
        self.ended = self.ended or why or self.logic.stop(self.scene.loop.stop).text

    def pressed(self, key: str) -> None:
        """Take a key press of the wearer."""
        if key.lower() == "p":
            self.end(words.PAIN)
        elif key in (" ", "q", "\x1b"):
            self.end()

    def picture(self) -> Picture:
        """What a view shows now."""
        return self.scene.picture(self.exercise, self.reps, self.target)

    def numbers(self, picture: Picture) -> Numbers | None:
        """What has moved since that ``picture``; ``None`` where a rep, silence or a frame changed more."""
        loop, side = self.scene.loop, picture.working.side
        silent = self.scene.opened.clock() - loop.arrived_at_s > STALE_AFTER_S
        n_reps = sum(rep.side == side for rep in self.logic.reps)
        if silent or self.ended or loop.newest is None or n_reps != len(picture.reps):
            return None
        return numbers(picture, loop.newest)
