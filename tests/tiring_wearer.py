"""Sets of simulated persons, tiring or not, whose holds are strong and long enough for a spectral shift."""

from dataclasses import dataclass

import numpy as np
from simulated_signals import ONE_LEG, TWELVE_BITS, chunks, stream_info

from emgfeedback.chain import ChainSettings
from emgfeedback.pipeline import Pipeline
from emgfeedback.rep_findings import RepFindings, RepWatch
from emgfeedback.simulation.actions import REST, Action
from emgfeedback.simulation.adc import Adc, converter_noise
from emgfeedback.simulation.body import SHAPE_HZ
from emgfeedback.simulation.exercises import Exercise, Levels
from emgfeedback.simulation.faults import parse_faults
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person, TrueRep
from emgfeedback.simulation.personas import PERSONAS
from emgfeedback.simulation.spectrum import chain_power, emg_shape, grid, sensor

#: Held hip extension against a strap, 3 s and 5 s a rep.
SHORT_REPS = Exercise("held-3s", Levels(0.50, 0.35, 0.40), None, 0.5, 0.5, 1.5, 0.5)
LONG_REPS = Exercise("held-5s", Levels(0.50, 0.35, 0.40), None, 1.0, 1.0, 2.0, 1.0)


@dataclass(frozen=True)
class TrainedSet:
    """Findings of the reps that were seen, and the true ones."""

    findings: tuple[RepFindings, ...]
    true_reps: tuple[TrueRep, ...]

    @property
    def told(self) -> int | None:
        """Number, from 1, of the first rep after which the shift was told."""
        return next((f.rep.number for f in self.findings if f.fatigue.consistent), None)


def train(
    persona: str,
    exercise: Exercise,
    seed: int,
    n_reps: int,
    adc: Adc = TWELVE_BITS,
    set_starts: tuple[int, ...] = (),
) -> TrainedSet:
    """Let a person do reps, and watch them; other sets begin at the samples ``set_starts``."""
    script = ((0.0, REST), (2.0, Action("reps", count=n_reps)))
    person = Person(PERSONAS[persona], exercise, seed, ONE_LEG, 1000.0, script)
    rep_s = exercise.rest_s + exercise.rise_s + exercise.hold_s + exercise.lower_s
    n = round(1000.0 * (6.0 + 1.1 * n_reps * rep_s))
    info = stream_info(ONE_LEG, adc, 1000.0)
    pads = Pads(person, parse_faults("", ONE_LEG), adc.rail_uv)
    uv = np.concatenate([pads.uv(k, min(4096, n - k)) for k in range(0, n, 4096)])
    person.position = n
    noise = [converter_noise(seed, k, 0, n, adc.oversample) for k in range(2)]
    counts = np.stack([adc.convert(uv[:, k], noise[k]) for k in range(2)], axis=1)
    calibration = person.perfect_calibration(info, ChainSettings(), "2026-01-01T00:00:00+00:00", "test")
    pipeline, watch = Pipeline(info, None, calibration), RepWatch(info, None, calibration)
    for sample in set_starts:
        watch.start_set(sample)
    findings = tuple(f for chunk in chunks(counts) for f in watch.push(pipeline.push(chunk)))
    return TrainedSet(findings, tuple(rep for rep in person.reps if rep.complete))


def true_mean_hz(muscle: str, scale: float) -> float:
    """Mean frequency behind the chain, 20 to 450 Hz, of a muscle whose f_l and f_h are scaled."""
    low, high = SHAPE_HZ[muscle]
    frequency_hz = grid(1000.0)
    power = np.abs(emg_shape(low * scale, high * scale)(frequency_hz, 1000.0)) ** 2
    power = power * np.abs(sensor(frequency_hz, 1000.0)) ** 2
    power = power * chain_power(frequency_hz, 1000.0, ChainSettings())
    inside = (frequency_hz >= 20.0) & (frequency_hz <= 450.0)
    return float(frequency_hz[inside] @ power[inside] / power[inside].sum())


def due(true_reps: tuple[TrueRep, ...], least_fall: float = 0.10, fewest: int = 8) -> int:
    """Number of the rep after which the shift is due: a tenth lower, in truth, and enough reps."""
    logs = np.array(
        [
            np.mean([np.log(true_mean_hz(m, rep.spectral_scale)) for m in ("glute", "quad")])
            for rep in true_reps
        ]
    )
    fallen = np.flatnonzero(logs - logs[:3].mean() <= np.log1p(-least_fall))
    return max(int(fallen[0]) + 1, fewest)
