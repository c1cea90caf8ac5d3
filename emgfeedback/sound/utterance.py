"""What is to be heard, and what was heard."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Utterance:
    """A tone, then words; either may be empty.

    While another one is heard it waits ``waits_s``. After that, one that ``insists`` cuts the other
    off (0: at once); one that does not has gone stale and is dropped. One that insists also makes
    whatever still waits stale.
    """

    text: str = ""
    tone: str = ""
    waits_s: float = 0.0
    insists: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance that was heard: asked for, begun and ended, in s of one clock; ``cut`` off or whole."""

    asked_s: float
    began_s: float
    ended_s: float
    tone: str
    text: str
    cut: bool
