"""All that the pages show at one moment, as plain values. No Qt here."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from calibration.prompt import ProcedureEvent, Prompt
from emgfeedback.coach.exercises import EXERCISES, Exercise
from emgfeedback.phases import Moment
from emgfeedback.picture import Numbers, Picture
from emgfeedback.stage import Stage

if TYPE_CHECKING:  # a heavy import that the first picture does without
    from emgfeedback.studio import FinishedSet, Studio


@dataclass(frozen=True, slots=True)
class Delays:
    """Median and 95th percentile in ms of the last samples; NaN before the first."""

    decided_ms: tuple[float, float]
    painted_ms: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Model:
    """``opening`` says what is done while there is no source, ``fault`` why there is none.

    ``banner`` is the safety banner's sentence. ``calibration`` says what 100 % is worn, ``compared`` with
    which day it was compared; ``checkable``: one of another day waits for a check. ``squeeze_uv`` is the
    asked muscle's level now. ``events`` are those of the running calibration. ``studio`` is for pages that
    look deeper (signals); it is ``None`` until a source is open. ``replay`` says that nothing here is live,
    and which recording is played.
    """

    stage: Stage = Stage.IDLE
    exercise: Exercise = field(default_factory=lambda: next(iter(EXERCISES.values())))
    target: int = 8
    set_number: int = 1
    opening: str = ""
    fault: str = ""
    banner: str = ""
    note: str = ""
    who: str = ""
    link: str = ""
    source: str = ""
    calibration: str = ""
    calibrated: bool = False
    compared: str = ""
    checkable: bool = False
    picture: Picture | None = None
    moment: Moment = field(default_factory=Moment)
    prompt: Prompt | None = None
    events: tuple[ProcedureEvent, ...] = ()
    squeeze_uv: float | None = None
    finished: "FinishedSet | None" = None
    seconds_to_set: float = 0.0
    time_s: float = 0.0
    delays: Delays | None = None
    replay: str = ""
    #: What is to be known about the sound, or nothing.
    sound: str = ""
    studio: "Studio | None" = field(default=None, compare=False)

    @property
    def simulated(self) -> bool:
        """Whether nobody wears pads."""
        return bool(self.who)


class Moved(NamedTuple):
    """What a frame has moved since a model, and nothing else of it."""

    numbers: Numbers
    moment: Moment
    time_s: float
