"""One act of the guided calibration: a step, and the words that stand over it."""

from dataclasses import dataclass

from calibration.plan import ChannelSpec
from calibration.prompt import Kind, Part, Prompt
from calibration.steps import Step

#: The part of the course that each kind of act belongs to unless it says another.
PARTS: dict[Kind, Part] = {
    "safety": "safety",
    "lead": "leads",
    "check": "pads",
    "rest": "rest",
    "warm": "warm-up",
}


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
    part: Part = ""

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
            self.part or PARTS.get(self.kind, "squeezes"),
        )
