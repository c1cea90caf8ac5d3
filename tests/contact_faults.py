"""Faults put into the holds of a simulated person, one a rep, and what the pipeline says about them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from simulated_signals import ONE_LEG, TWELVE_BITS, UNO, chunks, stream_info

from calibration import Calibration
from device.stream import StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import Action
from emgfeedback.simulation.adc import Adc, converter_noise
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.faults import Fault, FaultKind
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS

BOARDS = {"10 bit x1": replace(UNO, oversample=1), "10 bit x4": UNO, "12 bit": TWELVE_BITS}
HOP_S = 0.008
#: s. A hold is long enough for a fault and its end; the fault comes when the hold has stood for a while.
HOLD_S, BEFORE_S, LASTS_S = 3.5, 0.7, 2.0
MUSCLES = ("glute", "quad")
Level = float | Callable[[float], float] | None


@dataclass(frozen=True, eq=False)
class Faulty:
    """Counts with faults in them, and the truth: ``faults`` in the order of time."""

    info: StreamInfo
    counts: NDArray[np.int32]
    faults: tuple[Fault, ...]
    calibration: Calibration

    def quality(self) -> NDArray[np.int8]:
        """Contact per hop and channel."""
        pipeline = Pipeline(self.info, None, self.calibration)
        return np.concatenate([pipeline.push(c).quality for c in chunks(self.counts, 4000)])


def convert(person: Person, pads: Pads, adc: Adc, n: int) -> NDArray[np.int32]:
    """Counts of the first ``n`` samples."""
    uv = np.concatenate([pads.uv(k, min(4096, n - k)) for k in range(0, n, 4096)])
    columns = [
        adc.convert(uv[:, k], converter_noise(person.seed, k, 0, n, adc.oversample))
        for k in range(uv.shape[1])
    ]
    return np.stack(columns, axis=1)


def faulty_holds(
    kind: FaultKind,
    board: str,
    exercise: str,
    seed: int,
    n_holds: int,
    level: Level = None,
    persona: str = "balanced",
) -> Faulty:
    """One fault in each hold, in glute and quad by turns.

    ``level`` may be a function of the RMS (µV, behind the sensor) that the muscle has in the second that
    follows the beginning of the fault.
    """
    adc = BOARDS[board]
    slow = replace(EXERCISES[exercise], hold_s=HOLD_S)
    script = ((0.0, Action("rest")), (1.0, Action("reps", count=n_holds)))
    person = Person(PERSONAS[persona], slow, seed, ONE_LEG, script=script)
    n = round(1000 * (3.0 + n_holds * (slow.rest_s + slow.rise_s + slow.hold_s + slow.lower_s) * 1.1))
    person.position = n
    faults = []
    for number, rep in enumerate(person.reps):
        column, start = number % 2, rep.hold_start + round(1000 * BEFORE_S)
        own = level
        if callable(level):
            own = level(float(np.sqrt(np.mean(person.emg_uv(start, 1000)[:, column] ** 2))))
        faults.append(Fault(kind, start / 1000.0, LASTS_S, MUSCLES[column], own))
    assert len(faults) == n_holds
    info = stream_info(ONE_LEG, adc, 1000.0)
    counts = convert(person, Pads(person, tuple(faults), adc.rail_uv), adc, n)
    perfect = person.perfect_calibration(info, ChainSettings(), "2026-01-01T00:00:00+00:00", "test")
    return Faulty(info, counts, tuple(faults), perfect)


@dataclass(frozen=True)
class Told:
    """One fault as it was told: seconds to its first red, and the contact one second after it began."""

    flagged_s: float
    at_one_second: Contact


def told(faulty: Faulty, starts_s: list[float] | None = None) -> list[Told]:
    """How each fault was told; its clock starts at ``starts_s``, by default when it begins."""
    states = faulty.quality()
    found = []
    for number, fault in enumerate(faulty.faults):
        start = fault.start_s if starts_s is None else starts_s[number]
        column = MUSCLES.index(str(fault.channel))
        # The hop that ends at start + 1 s is the last that counts.
        first = int(np.ceil(start / HOP_S))
        red = np.flatnonzero(states[first:, column] > Contact.STARTING)
        flagged_s = (first + red[0]) * HOP_S - start if len(red) else np.inf
        found.append(Told(flagged_s, Contact(int(states[int((start + 1.0) / HOP_S), column]))))
    return found


def right(tellings: list[Told], *names: Contact) -> float:
    """Part of the faults that were flagged within a second and had one of ``names`` at one second."""
    return float(np.mean([t.flagged_s <= 1.0 and t.at_one_second in names for t in tellings]))
