"""A recorded session played into the Train page: the same chain, and never live. No Qt here."""

import time
from collections.abc import Callable
from pathlib import Path

from device.stream import SampleChunk
from emgfeedback import words
from emgfeedback.coach.exercises import EXERCISES, exercise_named
from emgfeedback.coach.set import SetLogic
from emgfeedback.coach.summary import summarise
from emgfeedback.frame import Frame
from emgfeedback.live_set import LiveSet, PowerWatch, Scene
from emgfeedback.opening import Opened
from emgfeedback.pace import Pace
from emgfeedback.phases import PhaseWatch
from emgfeedback.power import Power
from emgfeedback.session.replay import ReplaySource
from emgfeedback.stage import Stage
from emgfeedback.studio import FinishedSet
from emgfeedback.ui import sentences
from emgfeedback.ui.model import Model
from emgfeedback.ui.text import tr

#: More reps, and seconds without one, than any recording holds: a replay ends with its file.
ENDLESS = 10**9
END = "End of the recording."
ENDED = "Replay ended."


class Playback:
    """Plays the session at ``path`` in real time from now on. Raises ``SessionError``.

    ``woken`` is called from the thread of the samples. ``close`` ends it, at any time.
    """

    def __init__(self, path: Path, woken: Callable[[], object]) -> None:
        source = ReplaySource(path)
        header = source.header
        self.path = path
        self._woken = woken
        self._source = source
        self._exercise = exercise_named(header.exercise if header.exercise in EXERCISES else "bridge")
        self._loop = source.loop()
        self._opened = Opened(source, header.wearer, time.monotonic, None)
        self._phases = PhaseWatch(source.info, self._opened.first_side)
        self._scene = Scene(self._loop, self._opened, PowerWatch(self._opened, lambda: Power.UNKNOWN))
        logic = SetLogic(source.info.sfreq_hz, reps=ENDLESS, idle_s=ENDLESS)
        self._set = LiveSet(self._scene, self._exercise, logic, max(len(source.session.reps()), 1))
        self._finished: FinishedSet | None = None
        for sink in (self._phases, self._set, self._wake):
            self._loop.attach(sink)
        self._pace = Pace(self._loop, stepped=False)
        self._pace.__enter__()

    @property
    def over(self) -> bool:
        """Whether it has come to its end; the summary is on show then."""
        return self._finished is not None

    def end(self, why: str = ENDED) -> None:
        """Stop playing and sum up what was played."""
        if self._finished is None:
            self._pace.__exit__(None, None, None)
            reps = self._set.reps
            sides = summarise(reps, self._loop.setup.zones)
            self._finished = FinishedSet(1, tr(why), reps, sides, self.path, self._set.findings)

    def close(self) -> None:
        """Stop playing."""
        self.end()

    def model(self, banner: str) -> Model:
        """What to show now; ``banner`` is the safety banner's sentence, which holds in a replay, too."""
        trouble = self._pace.trouble
        if trouble or self._source.finished:
            self.end(trouble or END)
        simulated = self._source.info.simulated
        return Model(
            stage=Stage.RESTING if self.over else Stage.TRAINING,
            exercise=self._exercise,
            target=self._set.target,
            banner=banner,
            link=sentences.REPLAY_SIMULATED if simulated else sentences.REPLAY,
            calibrated=self._loop.setup.calibration is not None,
            picture=self._set.picture(),
            moment=self._phases.moment,
            finished=self._finished,
            time_s=self._loop.stop / self._source.info.sfreq_hz,
            replay=tr(sentences.REPLAY_OF).format(name=self.path.stem),
        )

    def _wake(self, _chunk: SampleChunk, _frame: Frame) -> None:
        self._scene.uncalibrated = "" if self._loop.setup.calibration else words.NO_CALIBRATION
        self._woken()
