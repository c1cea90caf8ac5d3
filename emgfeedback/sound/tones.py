"""The tone language: a short tune for each thing that a guided calibration has to tell.

| tone | when | notes |
|---|---|---|
| rest | rest begins | one long low note |
| ready | get ready | two equal notes |
| count | each of the last three seconds before a squeeze | one short note |
| squeeze | squeeze now | up |
| hold | half of the hold is over | two short high notes |
| tick | the last two seconds of a hold | one short high note, soft |
| release | let go | down |
| counts | that squeeze counts | short and up |
| refused | it does not count and is repeated | two low notes |
| trouble | a pad or a signal needs you | three notes |
| notice | any other step: listen, or look at the screen | one middle note |
| done | all is done | three notes up |
| failed | it was given up | three notes down |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from emgfeedback.sound.pcm import RATE_HZ, Pcm, silence

#: s. Long enough that a note neither clicks at its beginning nor at its end.
_EDGE_S: Final = 0.008
#: s. Between two notes.
_GAP_S: Final = 0.03
#: Of full scale; a first overtone at a third of it makes small loudspeakers tell the pitch.
_LOUD: Final = 0.5
_OVERTONE: Final = 1 / 3


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch in Hz for some seconds; ``level`` is its share of the usual loudness."""

    hz: float
    seconds: float
    level: float = 1.0


TONES: Final[Mapping[str, tuple[Note, ...]]] = {
    "rest": (Note(330, 0.40),),
    "ready": (Note(440, 0.10), Note(440, 0.10)),
    "count": (Note(660, 0.08),),
    "squeeze": (Note(523, 0.08), Note(784, 0.20)),
    "hold": (Note(988, 0.05), Note(988, 0.05)),
    "tick": (Note(988, 0.05, 0.5),),
    "release": (Note(784, 0.08), Note(392, 0.25)),
    "counts": (Note(660, 0.06), Note(880, 0.12)),
    "refused": (Note(220, 0.12), Note(220, 0.12)),
    "trouble": (Note(262, 0.08), Note(262, 0.08), Note(262, 0.08)),
    "notice": (Note(494, 0.15),),
    "done": (Note(523, 0.10), Note(659, 0.10), Note(784, 0.25)),
    "failed": (Note(392, 0.15), Note(294, 0.15), Note(220, 0.30)),
}


def tone(name: str) -> Pcm:
    """The tune of that name; nothing for ``""``, and ``notice`` for a name that is not in the table."""
    if not name:
        return silence(0.0)
    notes = TONES.get(name, TONES["notice"])
    parts: list[Pcm] = []
    for note in notes:
        parts += [_played(note), silence(_GAP_S)]
    return np.concatenate(parts[:-1])


def _played(note: Note) -> Pcm:
    time_s = np.arange(round(note.seconds * RATE_HZ)) / RATE_HZ
    turn = 2.0 * np.pi * note.hz * time_s
    wave = (np.sin(turn) + _OVERTONE * np.sin(2.0 * turn)) / (1.0 + _OVERTONE)
    edge = np.minimum(time_s, time_s[::-1]) / _EDGE_S
    return (_LOUD * note.level * wave * np.minimum(edge, 1.0)).astype(np.float32)
