"""What a person can be told to do, and the lines of text that say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from device.channel_map import MUSCLES, SIDES

_REST_WORDS = ("rest", "relax", "ready", "done", "failed", "stop", "safety", "check")
#: What a guided calibration calls squeezes: a maximal one, one that tells the leads apart, a warm-up.
_SQUEEZE_WORDS = ("squeeze", "lead", "warm")
POSITIONS = ("face-down", "standing", "sitting")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do until told otherwise.

    ``squeeze`` is as hard as the person can, times ``effort`` (0 to 1): ``muscle`` on ``side``, on both when
    ``side`` is ``None``, all muscles when ``muscle`` is ``None``. ``position`` is where the person squeezes.
    ``reps`` repeats the person's exercise ``count`` times and then rests, for ever when ``None``.
    """

    kind: Literal["rest", "squeeze", "reps"]
    muscle: str | None = None
    side: str | None = None
    count: int | None = None
    effort: float = 1.0
    position: str | None = None

    def __post_init__(self) -> None:
        if self.kind == "squeeze" and self.muscle is not None and self.muscle not in MUSCLES:
            raise ValueError(f"A squeeze needs a muscle, one of {', '.join(MUSCLES)}, not {self.muscle!r}.")
        if self.side is not None and self.side not in SIDES:
            raise ValueError(f"A side is left or right, not {self.side!r}.")
        if self.count is not None and self.count < 1:
            raise ValueError(f"The number of reps must be at least 1, not {self.count}.")
        if not 0.0 < self.effort <= 1.0:
            raise ValueError(f"An effort is more than 0 and at most 100 %, not {100 * self.effort:g} %.")

    def __str__(self) -> str:
        if self.kind == "squeeze" and self.muscle is None:
            return f"warm {100 * self.effort:.0f} %"
        part = f"{100 * self.effort:.0f} %" if self.effort < 1.0 else None
        words = (self.kind, self.muscle, self.side, self.count, part, self.position)
        return " ".join(str(word) for word in words if word is not None)


REST = Action("rest")
REPS = Action("reps")

#: Seconds since the start of the stream, and what is to be done from then on.
Script = Sequence[tuple[float, Action]]

#: What a simulated person does when nobody tells it anything: two seconds of rest, then reps for ever.
DEFAULT_SCRIPT: Script = ((0.0, REST), (2.0, REPS))


def parse_action(line: str) -> Action:
    """Read ``rest``, ``squeeze glute right``, ``reps`` or ``reps 8``; case and commas do not matter.

    A squeeze may be less than maximal (``squeeze glute right 50 %``) and in a position (``standing``). The
    words of a guided calibration are understood, too: ``lead glute right 50 %`` is a squeeze, ``warm 25 %``
    one of all muscles; ``relax``, ``ready``, ``safety``, ``check``, ``done``, ``failed`` and ``stop`` mean
    rest. What follows a colon and a blank is the prompt's own text and not read.
    Raises ``ValueError`` with the words that are understood.
    """
    words = line.lower().partition(": ")[0].replace(",", " ").replace(":", " ").replace("%", " ").split()
    if words and words[0] in _REST_WORDS:
        return REST
    if words and words[0] == "reps" and (len(words) == 1 or (len(words) == 2 and words[1].isdecimal())):
        return Action("reps", count=int(words[1]) if len(words) == 2 else None)
    if words and words[0] in _SQUEEZE_WORDS:
        muscle = next((word for word in words[1:] if word in MUSCLES), None)
        side = next((word for word in words[1:] if word in SIDES), None)
        percent = next((int(word) for word in words[1:] if word.isdecimal() and len(word) < 4), 100)
        position = next((word for word in words[1:] if word in POSITIONS), None)
        if muscle is not None or words[0] == "warm":
            return Action("squeeze", muscle, side, effort=percent / 100, position=position)
        if words == ["lead"]:
            return REST
    raise ValueError(
        f"{line.strip()!r} is nothing the simulated person understands; "
        "say rest, squeeze MUSCLE [SIDE] [PERCENT %], warm PERCENT %, reps, or reps NUMBER."
    )
