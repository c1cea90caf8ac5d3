"""What a person can be told to do, and the lines of text that say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from device.channel_map import MUSCLES, SIDES

_REST_WORDS = ("rest", "relax", "ready", "done", "failed", "stop")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do until told otherwise.

    ``squeeze`` is as hard as the person can: ``muscle`` on ``side``, on both when ``side`` is ``None``.
    ``reps`` repeats the person's exercise ``count`` times and then rests, for ever when ``None``.
    """

    kind: Literal["rest", "squeeze", "reps"]
    muscle: str | None = None
    side: str | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if self.kind == "squeeze" and self.muscle not in MUSCLES:
            raise ValueError(f"A squeeze needs a muscle, one of {', '.join(MUSCLES)}, not {self.muscle!r}.")
        if self.side is not None and self.side not in SIDES:
            raise ValueError(f"A side is left or right, not {self.side!r}.")
        if self.count is not None and self.count < 1:
            raise ValueError(f"The number of reps must be at least 1, not {self.count}.")

    def __str__(self) -> str:
        words = (self.kind, self.muscle, self.side, self.count)
        return " ".join(str(word) for word in words if word is not None)


REST = Action("rest")
REPS = Action("reps")

#: Seconds since the start of the stream, and what is to be done from then on.
Script = Sequence[tuple[float, Action]]

#: What a simulated person does when nobody tells it anything: two seconds of rest, then reps for ever.
DEFAULT_SCRIPT: Script = ((0.0, REST), (2.0, REPS))


def parse_action(line: str) -> Action:
    """Read ``rest``, ``squeeze glute right``, ``reps`` or ``reps 8``; case and commas do not matter.

    The words of a guided calibration (``relax``, ``ready``, ``done``, ``failed``) and ``stop`` mean rest.
    Raises ``ValueError`` with the words that are understood.
    """
    words = line.lower().replace(",", " ").replace(":", " ").split()
    if words and words[0] in _REST_WORDS:
        return REST
    if words and words[0] == "reps" and (len(words) == 1 or (len(words) == 2 and words[1].isdecimal())):
        return Action("reps", count=int(words[1]) if len(words) == 2 else None)
    if len(words) > 1 and words[0] == "squeeze":
        muscle = next((word for word in words[1:] if word in MUSCLES), None)
        side = next((word for word in words[1:] if word in SIDES), None)
        if muscle is not None:
            return Action("squeeze", muscle, side)
    raise ValueError(
        f"{line.strip()!r} is nothing the simulated person understands; "
        "say rest, squeeze MUSCLE [SIDE], reps, or reps NUMBER."
    )
