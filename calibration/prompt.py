"""What the guided calibration says: prompts for the wearer, events for programs, and the words of both."""

from dataclasses import dataclass
from typing import Final, Literal

from calibration.plan import ChannelSpec
from calibration.record import Trial

Kind = Literal["rest", "ready", "squeeze", "relax", "done", "failed"]
EventKind = Literal["prompt", "rested", "trial", "refused", "channel", "note", "done", "failed"]

#: What to do about a channel in trouble, by the name of its contact state.
TROUBLE: Final = {
    "LOOSE": ("{Pad} pad is loose.", "Press the {pad} pad down."),
    "CLIPPING": ("{Pad} signal clips.", "Turn its gain down, then calibrate."),
    "NO_DATA": ("{Pad} pad sends no new data.", "Check the {pad} cable."),
    "MAINS": ("{Pad} signal hums with mains.", "Unplug the charger. Press both pads."),
    "MOTION": ("{Pad} cable moves.", "Tape the {pad} cable down."),
    "RESTLESS": ("{Pad} is not at rest.", "Let the {pad} go."),
    "STARTING": ("{Pad} signal is starting.", "Rest. The signal is starting."),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the wearer does now. ``text`` has 8 words at most; ``why`` is one more sentence, or empty.

    ``muscle`` and ``side`` are empty while all rest; ``trial`` of ``trials`` counts from 1 (0 while
    all rest). ``seconds_left`` of this step: a squeeze's count stands still until the muscle rises.
    """

    kind: Kind
    muscle: str = ""
    side: str = ""
    trial: int = 0
    trials: int = 0
    text: str = ""
    seconds_left: float = 0.0
    why: str = ""
    position: str = ""
    effort: float = 1.0


@dataclass(frozen=True, slots=True)
class ProcedureEvent:
    """Something that happened at an absolute sample: ``text`` is a sentence for the wearer.

    ``prompt`` another step began; ``rested`` the resting levels stand; ``trial`` a squeeze counts;
    ``refused`` a step is repeated; ``channel`` its 100 % stands; ``note`` worth knowing; ``done`` and
    ``failed`` end it.
    """

    kind: EventKind
    sample: int
    text: str
    pin: str = ""
    trial: Trial | None = None


def trouble_sentence(channel: ChannelSpec, state: str) -> str:
    """What is wrong with a channel and what to do, as one line."""
    wrong, remedy = _trouble(channel, state)
    return f"{wrong} {remedy}"


def trouble_remedy(channel: ChannelSpec, state: str) -> str:
    """What to do about a channel in trouble, in 8 words at most."""
    return _trouble(channel, state)[1]


def _trouble(channel: ChannelSpec, state: str) -> tuple[str, str]:
    words = state.lower().replace("_", " ")
    wrong, remedy = TROUBLE.get(state, (f"{{Pad}} signal: {words}.", "Check the {pad} pad and cable."))
    pad = channel.name
    capital = pad[:1].upper() + pad[1:]
    return wrong.format(Pad=capital), remedy.format(pad=pad)
