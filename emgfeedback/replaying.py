"""A recorded set again, through the same chain, in the same view."""

import time

from device.stream import SampleChunk
from emgfeedback.coach.exercises import EXERCISES, exercise_named
from emgfeedback.coach.set import SetLogic
from emgfeedback.coach.summary import summarise
from emgfeedback.frame import Frame
from emgfeedback.listing import find_session
from emgfeedback.live import tell, watch
from emgfeedback.live_set import LiveSet, PowerWatch, Scene
from emgfeedback.opening import Opened
from emgfeedback.pace import Pace
from emgfeedback.power import Power
from emgfeedback.session.replay import ReplaySource
from emgfeedback.studio import FinishedSet
from emgfeedback.terminal import view

#: More reps, and seconds without one, than any recording holds: a replay ends with its file.
_ENDLESS = 10**9
#: What a picture says while the session holds no calibration.
NO_CALIBRATION = "This session has no 100 %. Bars show µV, no share."


def replay(name: str, speed: float, asked_view: str | None) -> None:
    """Play the session of that ID or file. Raises ``SessionError``."""
    source = ReplaySource(find_session(name), speed=speed)
    header = source.header
    exercise = exercise_named(header.exercise if header.exercise in EXERCISES else "bridge")
    loop = source.loop()
    opened = Opened(source, header.wearer, time.monotonic, None)
    with Pace(loop, stepped=speed == float("inf")) as pace:
        scene = Scene(loop, opened, PowerWatch(opened, lambda: Power.UNKNOWN))

        def follow(_chunk: SampleChunk, _frame: Frame) -> None:
            scene.uncalibrated = "" if loop.setup.calibration else NO_CALIBRATION

        loop.attach(follow)
        live_set = LiveSet(
            scene,
            exercise,
            SetLogic(source.info.sfreq_hz, reps=_ENDLESS, idle_s=_ENDLESS),
            max(len(source.session.reps()), 1),
        )
        loop.attach(live_set)
        with view(asked_view) as page:
            watch(live_set, pace, page)
        reps, sides = live_set.reps, summarise(live_set.reps, loop.setup.zones)
    tell(FinishedSet(1, "End of the recording.", reps, sides, None, live_set.findings))
