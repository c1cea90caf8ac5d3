"""The whole way from muscle to share against the truth: simulated person -> wire -> decoder -> pipeline."""

import numpy as np
import pytest

from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Rep
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import parse_action
from emgfeedback.simulation.person import TrueRep
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source

PERSONAS = ("quad-led", "balanced", "glute-led")
#: Samples after the last true rep in which the chain may still find one too many.
AFTERWARDS = 3000


def train(persona: str, exercise: str, seed: int, reps: int = 8) -> tuple[list[Rep], tuple[TrueRep, ...]]:
    """One set as the chain saw it with a perfect calibration, and as it was."""
    chain = ChainSettings()
    with open_source(f"sim:{persona}?seed={seed}&exercise={exercise}&fast=1") as source:
        assert isinstance(source, SimulatedSource)
        calibration = source.perfect_calibration(chain, "2025-03-01T09:00:00+01:00", "simulated")
        pipeline = Pipeline(source.info, chain, calibration)
        person = source.person
        person.do(parse_action(f"reps {reps}"))
        seen: list[Rep] = []
        true: tuple[TrueRep, ...] = ()
        stop = 0
        while len(true) < reps or stop < true[-1].stop + AFTERWARDS:
            # A second at once: the same bytes and samples as in steps of 8 ms, only faster.
            source.sleep(1.0)
            chunk = source.read()
            assert chunk is not None
            stop = chunk.stop
            seen += pipeline.push(chunk).reps
            true = person.reps
    return seen, true


def overlap(seen: Rep, true: TrueRep) -> float:
    """Part of the longer of the two that both share."""
    both = min(seen.stop, true.stop) - max(seen.start, true.start)
    return both / max(seen.stop - seen.start, true.stop - true.start)


@pytest.mark.parametrize("persona", PERSONAS)
def test_sets_of_eight_bridges_are_counted_exactly_and_their_share_is_true(persona):
    errors = []
    for seed in range(1, 21):
        seen, true = train(persona, "bridge", seed)
        assert len(seen) == len(true) == 8, f"seed {seed}"
        assert all(overlap(s, t) > 0.5 for s, t in zip(seen, true, strict=True)), f"seed {seed}"
        # A glute of 8 µV is more than the simulated Uno resolves: such a rep counts, without a number.
        assert {rep.left_out for rep in seen} <= {"", "glute quiet"}, f"seed {seed}"
        of_seed = [s.share - t.share for s, t in zip(seen, true, strict=True) if not s.left_out]
        assert len(of_seed) >= 4, f"seed {seed}"
        assert abs(np.mean(of_seed)) <= 0.05, f"seed {seed}"
        errors += of_seed
    assert len(errors) >= 20 * 8 * 0.75
    assert np.percentile(np.abs(errors), 95) <= 0.035


@pytest.mark.parametrize("persona", PERSONAS)
def test_single_leg_deadlifts_are_counted_exactly_and_their_share_is_true(persona):
    for seed in range(1, 6):
        seen, true = train(persona, "single-leg-deadlift", seed)
        assert len(seen) == len(true) == 8, f"seed {seed}"
        of_set = np.mean([rep.share for rep in seen]) - np.mean([rep.share for rep in true])
        assert abs(of_set) <= 0.05, f"seed {seed}"
