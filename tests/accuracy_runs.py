"""Short sets of simulated people in many tempi, through the whole chain under a perfect calibration.

The board has 12 bits at 3.3 V: what a coarser one adds is measured in test_resolution.py. The slow
fluctuation of the amplitude is the simulator's own, 1.5 dB in movement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from simulated_signals import TWELVE_BITS, stream_info

from calibration import Calibration
from device.channel_map import ChannelMap, parse_channel_map
from device.stream import SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Rep
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import REPS, REST
from emgfeedback.simulation.adc import converter_noise
from emgfeedback.simulation.exercises import EXERCISES, Exercise
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person, TrueRep
from emgfeedback.simulation.personas import PERSONAS

#: Factor on every phase of an exercise.
TEMPI = {"fast": 0.5, "usual": 1.0, "slow": 2.0}
#: The number of the first rep that is looked at: halfway into what a persona changes.
FIRST_REP = {"learner": 8, "fatiguing": 8}
LEGS = {side: parse_channel_map(f"A0=glute:{side},A1=quad:{side}") for side in ("right", "left")}
#: Samples seen before the first rep and after the last: the contact check begins, a rep's end is told.
BEFORE, AFTER = 1100, 1300


@dataclass(frozen=True)
class Set:
    """Some reps of one person: what the chain told, and what was true."""

    told: tuple[Rep, ...]
    true: tuple[TrueRep, ...]

    def matched(self) -> list[tuple[Rep, TrueRep]]:
        """Told reps one to one with true ones that they overlap by half of the true one's length."""
        found, used = [], set()
        for true in self.true:
            hits = [
                rep
                for rep in self.told
                if min(true.stop, rep.stop) - max(true.start, rep.start) >= 0.5 * (true.stop - true.start)
            ]
            if len(hits) == 1 and hits[0].number not in used:
                used.add(hits[0].number)
                found.append((hits[0], true))
        return found


@cache
def worn_on(side: str) -> tuple[StreamInfo, Calibration]:
    """The stream of one leg, and its perfect calibration."""
    info = stream_info(LEGS[side], TWELVE_BITS, 1000.0)
    person = Person(PERSONAS["balanced"], EXERCISES["bridge"], 1, LEGS[side])
    return info, person.perfect_calibration(info, ChainSettings(), "2026-01-01T00:00:00+00:00", "test")


def at_tempo(exercise: str, tempo: str) -> Exercise:
    """The exercise with every phase longer or shorter."""
    usual, factor = EXERCISES[exercise], TEMPI[tempo]
    phases = {name: factor * getattr(usual, name) for name in ("rest_s", "rise_s", "hold_s", "lower_s")}
    return replace(usual, **phases)


def reps_of(
    persona: str, exercise: str, tempo: str, seed: int, n_reps: int, ruler: Calibration | None = None
) -> Set:
    """``n_reps`` reps of a person (the left leg of one whose left is weak), seen from just before them.

    By the perfect calibration unless a ``ruler`` is given.

    Noise is addressed by sample, so what came before need not be worked out.
    """
    side = "left" if persona == "left-weak" else "right"
    person = Person(
        PERSONAS[persona], at_tempo(exercise, tempo), seed, LEGS[side], script=((0.0, REST), (1.5, REPS))
    )
    first = FIRST_REP.get(persona, 0)
    period = sum(getattr(person.exercise, name) for name in ("rest_s", "rise_s", "hold_s", "lower_s"))
    person.position = round(1000.0 * (4.0 + 1.1 * period * (first + n_reps)))
    true = person.reps[first : first + n_reps]
    start, stop = true[0].start - BEFORE, true[-1].stop + AFTER
    if first:  # not into the end of the rep before
        start = max(start, person.reps[first - 1].stop)
    told = tuple(told_of(person, start, stop, LEGS[side], ruler))
    return Set(told, true)


def told_of(
    person: Person, start: int, stop: int, worn: ChannelMap, ruler: Calibration | None = None
) -> Iterator[Rep]:
    """The reps that the chain tells of samples ``start`` to ``stop`` of a person."""
    info, calibration = worn_on(worn[0].side)
    pipeline = Pipeline(info, None, ruler or calibration)
    pads = Pads(person, (), TWELVE_BITS.rail_uv)
    for at in range(start, stop, 4096):
        n = min(4096, stop - at)
        uv = pads.uv(at, n)
        counts = [
            TWELVE_BITS.convert(uv[:, k], converter_noise(person.seed, k, at, n, 1)) for k in range(len(worn))
        ]
        yield from pipeline.push(SampleChunk(at, np.stack(counts, axis=1), 0.0)).reps
