"""The commands live, demo and calibrate in a window: the same wishes, the same files and words."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from calibration.plan import Plan
from emgfeedback.power import Power
from emgfeedback.ui.app import run

PowerReader = Callable[[], Power]


def live(wishes: Mapping[str, Any], power: PowerReader) -> None:
    """As many sets as the wearer likes; each is told when the window is closed."""
    from emgfeedback.live import LiveRequest, tell
    from emgfeedback.ui.entrance import WindowRequest

    request = LiveRequest(**wishes)

    def wanted() -> WindowRequest:
        return WindowRequest(
            request.set,
            request.source,
            request.channels,
            request.wearer,
            request.calibration,
            sound=request.sound,
        )

    for finished in run(wanted, power).finished:
        tell(finished)


def demo(wishes: Mapping[str, Any]) -> None:
    """The simulated person calibrates and does a set by itself; tables are written at the end."""
    from emgfeedback.demo import WEARER, DemoRequest, tabulate
    from emgfeedback.live import tell
    from emgfeedback.live_set import SetRequest
    from emgfeedback.simulation.personas import persona_named
    from emgfeedback.ui.entrance import WindowRequest

    request = DemoRequest(**wishes)
    persona_named(request.persona)

    def wanted() -> WindowRequest:
        return WindowRequest(
            SetRequest(request.exercise, request.reps),
            request.url,
            wearer=WEARER,
            plan=request.plan,
            begins=True,
            sound=request.sound,
        )

    for finished in run(wanted, lambda: Power.UNKNOWN).finished:
        tell(finished)
        if finished.recording is not None:
            tabulate(finished.recording, request.out)


def calibrate(wishes: Mapping[str, Any], power: PowerReader) -> None:
    """The guided calibration; raises ``CalibrationError`` when the window is closed without one."""
    from calibration.errors import CalibrationError
    from emgfeedback.guide import CalibrateRequest, told, verdict
    from emgfeedback.live_set import SetRequest
    from emgfeedback.ui.entrance import WindowRequest

    request = CalibrateRequest(**wishes)
    out: Path | None = request.out
    plan: Plan = request.plan()

    def wanted() -> WindowRequest:
        return WindowRequest(
            SetRequest(isolated=request.isolated),
            request.source,
            request.channels,
            request.wearer,
            plan=plan,
            begins=True,
            only_calibrates=True,
            sound=request.sound,
            sound_log=request.sound_log,
            checks=request.check,
            check_plan=request.check_plan() if request.check else None,
        )

    conductor = run(wanted, power)
    if request.check and conductor.compared is not None:
        verdict(conductor.compared)
        return
    if conductor.calibrated is None:
        raise CalibrationError(
            conductor.last_note or "The window was closed before the calibration was done."
        )
    told(conductor.calibrated, out, None)
