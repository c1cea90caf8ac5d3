"""One act of the guided calibration: a step, and the words that stand over it."""

from dataclasses import dataclass

from calibration.plan import ChannelSpec
from calibration.prompt import Kind, Prompt
from calibration.steps import Step


@dataclass(frozen=True, slots=True)
class Act:
    """``spec`` is the channel it is about, ``None`` where it is about all. Else as in ``Prompt``."""

    kind: Kind
    step: Step
    text: str
    why: str = ""
    spec: ChannelSpec | None = None
    trial: int = 0
    trials: int = 0
    position: str = ""
    effort: float = 1.0

    @property
    def prompt(self) -> Prompt:
        """What the wearer does now; trouble with a pad comes before all other words."""
        muscle = (self.spec.muscle or "") if self.spec else ""
        side = (self.spec.side or "") if self.spec else ""
        return Prompt(
            self.kind,
            muscle,
            side,
            self.trial,
            self.trials,
            self.step.remedy or self.text,
            self.step.seconds_left,
            self.why,
            self.position,
            self.effort,
        )
