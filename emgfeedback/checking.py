"""The guided check of an older calibration on a running loop: frames in, prompts and a verdict out."""

from collections.abc import Callable

from calibration.check import CHECK, CheckProcedure
from calibration.comparable import compare
from calibration.comparison import ChannelToday, Comparison, Today
from calibration.errors import CalibrationError
from calibration.plan import Plan
from calibration.prompt import Prompt
from calibration.record import Calibration
from emgfeedback.calibrating import Expect, GuidedStage, now_local, specs_of
from emgfeedback.opening import Home, Opened


class CheckStage(GuidedStage):
    """A sink like ``CalibrationStage``; ``then`` is what is checked."""

    procedure: CheckProcedure

    def __init__(
        self,
        today: Today,
        then: Calibration,
        on_prompt: Callable[[Prompt], None],
        expect: Expect,
        plan: Plan = CHECK,
    ) -> None:
        super().__init__(CheckProcedure(today, then, plan), plan, on_prompt, expect)
        self.then = then

    @property
    def comparison(self) -> Comparison | None:
        """The verdict, once there is one."""
        return self.procedure.comparison


def today_of(home: Home, opened: Opened) -> Today:
    """Who wears which board now, before anything is measured."""
    info = opened.info
    return Today(
        opened.wearer,
        now_local(),
        info.source_id,
        info.sfreq_hz,
        info.simulated,
        home.settings.chain.as_record(),
        tuple(ChannelToday(spec) for spec in specs_of(info)),
    )


def to_check(home: Home, opened: Opened) -> Calibration:
    """The calibration that a check is about. Raises ``CalibrationError`` where there is none."""
    then = home.calibrations.latest(opened.wearer, opened.info.source_id)
    if then is None:
        raise CalibrationError(f"There is no calibration of {opened.wearer} to check yet; calibrate first.")
    return then


def clear_at_once(today: Today, then: Calibration) -> Comparison | None:
    """The verdict that needs no squeeze: another board, gain, pin or filter."""
    found = compare(then, today)
    return found if found.cause == "setup" else None
