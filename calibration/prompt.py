"""What the guided calibration says: prompts for the wearer, and events for programs."""

from dataclasses import dataclass
from typing import Literal

from calibration.plan import ChannelSpec
from calibration.record import Trial
from calibration.wording import TROUBLE, said

Kind = Literal["safety", "lead", "check", "rest", "warm", "ready", "squeeze", "relax", "done", "failed"]
#: The parts of the course, in their order; every prompt but the last belongs to one.
Part = Literal["safety", "leads", "pads", "rest", "warm-up", "squeezes", ""]
EventKind = Literal[
    "prompt", "lead", "swapped", "checked", "rested", "trial", "refused", "channel", "note", "done", "failed"
]

__all__ = [
    "TROUBLE",
    "EventKind",
    "Kind",
    "Part",
    "ProcedureEvent",
    "Prompt",
    "trouble_remedy",
    "trouble_sentence",
]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the wearer does now. ``text`` has 8 words at most; ``why`` is what more there is to say, or empty.

    ``muscle`` and ``side`` are empty while all rest or all work; ``trial`` of ``trials`` counts from 1 (0
    while there is nothing to count). ``seconds_left`` of this step: a squeeze's count stands still until the
    muscle rises. ``position`` is ``face-down``, ``standing``, ``sitting``, or empty where any will do;
    ``effort`` the part of all their strength that the wearer is asked for; ``part`` names the part of the
    course that this step belongs to.

    ``safety`` to be read; ``lead`` a short squeeze that tells which lead is which (without a muscle: the
    leads are swapped); ``check`` the pads are looked at; ``warm`` all muscles work at ``effort``;
    ``ready`` getting into position, and the count-in.
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
    part: Part = ""


@dataclass(frozen=True, slots=True)
class ProcedureEvent:
    """Something that happened at an absolute sample: ``text`` is a sentence for the wearer.

    ``prompt`` another step began; ``lead`` a lead answered; ``swapped`` the leads are swapped and their
    names were put right; ``checked`` a pad is good; ``rested`` the resting levels stand; ``trial`` a squeeze
    counts; ``refused`` a step is repeated; ``channel`` its 100 % stands; ``note`` worth knowing; ``done`` and
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
    return said(wrong, channel.name), said(remedy, channel.name)
