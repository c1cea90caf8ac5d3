"""Numbers against known truth: share, reps, the rest and walking, over many people, exercises and tempi.

Everything here is simulated. The slow fluctuation of the amplitude is 1.5 dB in movement and 0.7 dB in a
hold; the truth of a share is that of the realised amplitudes (SCIENCE 14). Steps of the envelope are in
test_dsp_envelope.py, tension and twitches with other shapes in test_reps.py.
"""

from functools import cache

import numpy as np
import pytest
from accuracy_runs import TEMPI, Set, reps_of
from contact_faults import BOARDS
from shaped_emg import convert, one_leg
from simulated_signals import ONE_LEG, chunks, record, run, stream_info

from device.stream import SampleChunk
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact, Rep, ShareState
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import REST
from emgfeedback.simulation.adc import converter_noise
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person, TrueRep
from emgfeedback.simulation.personas import PERSONAS

SEEDS = range(1, 21)
#: A sub-maximal squeezer does the very reps of the balanced one (test_simulation.py); the novice is apart.
PEOPLE = ("balanced", "quad-led", "glute-led", "left-weak", "learner", "fatiguing")


@cache
def campaign(exercise: str) -> dict[tuple[str, str], list[Set]]:
    """Two reps of each of 20 seeds, by persona and tempo."""
    return {
        (persona, tempo): [reps_of(persona, exercise, tempo, seed, 2) for seed in SEEDS]
        for persona in PEOPLE
        for tempo in TEMPI
    }


def errors(sets: list[Set]) -> list[float]:
    """Of the share of each rep that has one."""
    return [abs(rep.share - true.share) for each in sets for rep, true in each.matched() if not rep.left_out]


def after_half_fall_s(rep: Rep, true: TrueRep) -> float:
    """From the middle of the lowering, where the amplitude is half of the hold's, to the rep being told."""
    return (rep.told - (true.hold_stop + true.stop) / 2.0) / 1000.0


def counted(sets: list[Set]) -> tuple[int, int, int]:
    """True, right and extra reps."""
    true = sum(len(each.true) for each in sets)
    right = sum(len(each.matched()) for each in sets)
    return true, right, sum(len(each.told) for each in sets) - right


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_share_of_a_rep_is_true_for_every_persona_and_tempo(exercise):
    """p95 over an exercise 0.018 to 0.031, of the worst persona and tempo 0.040 (fast deadlifts)."""
    by_cell = {cell: errors(sets) for cell, sets in campaign(exercise).items()}
    pooled = np.concatenate(list(by_cell.values()))
    assert len(pooled) >= 0.98 * len(PEOPLE) * len(TEMPI) * len(SEEDS) * 2
    assert np.percentile(pooled, 95) <= 0.035
    assert {cell: p95 for cell, e in by_cell.items() if (p95 := np.percentile(e, 95)) > 0.06} == {}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_reps_are_found_and_told_in_time(exercise):
    """All right, none extra, all told within half a second of the half-fall: median 0.23 s, latest 0.49 s.

    Other seeds (101 to 120), which nothing was chosen on: the same, latest 0.46 s.
    """
    sets = [each for cell in campaign(exercise).values() for each in cell]
    true, right, extra = counted(sets)
    assert right >= 0.995 * true
    assert extra <= 0.005 * true
    delays = np.array([after_half_fall_s(*pair) for each in sets for pair in each.matched()])
    assert np.mean(delays <= 0.5) >= 0.995
    assert np.percentile(delays, 50) <= 0.35


@pytest.mark.parametrize("tempo", TEMPI)
def test_a_novice_that_stays_tense_is_counted(tempo):
    """30 % of the level stays between reps: 98 % right, 2 % extra (600 of 600 and 0 reached; seeds 101 to 120
    likewise).

    Told within half a second of the middle of the lowering, where the muscles stand at 0.65 of the hold: 99 %
    of the second reps, and 92 % of the first after a rest, of which nobody can know that they will not fall
    to rest again; the latest after 0.72 s (99 and 88 %, 0.75 s, of the seeds 101 to 120).
    """
    sets = [reps_of("novice", exercise, tempo, seed, 2) for exercise in EXERCISES for seed in SEEDS]
    true, right, extra = counted(sets)
    assert right >= 0.98 * true
    assert extra <= 0.02 * true
    assert np.percentile(errors(sets), 95) <= 0.035
    first, second = (
        np.array([after_half_fall_s(*pair) for s in sets for pair in s.matched() if pair[1] is s.true[k]])
        for k in (0, 1)
    )
    assert np.mean(second <= 0.5) >= 0.98
    assert np.mean(first <= 0.5) >= 0.80
    assert first.max() <= 0.75


def test_a_hold_at_ten_percent_reads_ten_percent():
    """Ten seconds, both muscles, 20 seeds, 0.7 dB, on the board of 10 bits with four conversions."""
    info, calibration = one_leg()
    means = []
    for seed in SEEDS:
        counts, _ = convert(np.full((12_000, 2), 0.10), seed, fluctuation_db=0.7)
        pipeline = Pipeline(info, None, calibration)
        percent = np.concatenate([pipeline.push(chunk).percent_mvc for chunk in chunks(counts)])
        means.append(percent[2000:].mean(axis=0))
    assert np.abs(np.array(means) - 10.0).max() <= 1.5


@pytest.mark.parametrize("persona", ["balanced", "novice"])
def test_ten_minutes_of_rest_show_no_share_and_no_rep(persona):
    """In pieces, 20 seeds: only the novice shows a share, for a moment, in a twitch; nobody does a rep."""
    seconds, shown, reps = 30.0, 0, 0
    for seed in SEEDS:
        recording = record(persona, "bridge", seed, seconds, script=((0.0, REST),))
        frames, told = run(recording)
        state = np.concatenate([frame.state for frame in frames])
        shown, reps = shown + int((state == ShareState.LIVE).sum()), reps + len(told)
    assert reps == 0
    if persona == "novice":
        assert shown <= 0.01 * len(SEEDS) * seconds / 0.008
    else:
        assert shown == 0


@pytest.mark.parametrize(
    ("persona", "board", "seed"),
    [("quad-led", "10 bit x1", 31), ("fatiguing", "10 bit x4", 32), ("balanced", "12 bit", 33)],
)
def test_ten_minutes_of_rest_on_end_show_nothing(persona, board, seed):
    """At rest the personas but the novice are the same person: each stands for all, on a board of its own."""
    hops, shown, red, reps = rest_on_end(persona, board, seed)
    assert hops >= 75_000 - 1
    assert (shown, red, reps) == (0, 0, 0)


def test_ten_minutes_of_a_novices_rest_on_end_show_no_more_than_its_twitches():
    hops, shown, red, reps = rest_on_end("novice", "12 bit", 34)
    assert 0 < shown <= 0.01 * hops
    assert (red, reps) == (0, 0)


def rest_on_end(persona: str, board: str, seed: int) -> tuple[int, int, int, int]:
    """Hops of 600 s of rest, those with a share, channel hops with bad contact, and reps."""
    adc, n = BOARDS[board], 600_000
    person = Person(PERSONAS[persona], EXERCISES["bridge"], seed, ONE_LEG, script=((0.0, REST),))
    info = stream_info(ONE_LEG, adc, 1000.0)
    calibration = person.perfect_calibration(info, ChainSettings(), "2026-01-01T00:00:00+00:00", "test")
    pipeline, pads = Pipeline(info, None, calibration), Pads(person, (), adc.rail_uv)
    hops = shown = red = reps = 0
    for start in range(0, n, 8000):
        uv = pads.uv(start, 8000)
        noise = [converter_noise(seed, k, start, 8000, adc.oversample) for k in range(2)]
        counts = np.stack([adc.convert(uv[:, k], noise[k]) for k in range(2)], axis=1)
        frame = pipeline.push(SampleChunk(start, counts, 0.0))
        hops, reps = hops + len(frame.hops), reps + len(frame.reps)
        shown += int((frame.state == ShareState.LIVE).sum())
        red += int((frame.quality > Contact.STARTING).sum())
    return hops, shown, red, reps


def walk(seed: int, seconds: float, stride_s: float) -> np.ndarray:
    """Amplitudes (n, 2) of a leg that walks: glute and quad work around each heel strike.

    Bursts over 35 to 45 % of the stride; strides vary by 4 %, bursts by 20 %: the project's own choice.
    """
    random = np.random.default_rng((seed, 77))
    profile = np.zeros((round(1000 * seconds), 2))
    at_s = 1.5
    while at_s + 2.0 * stride_s < seconds:
        this_s = stride_s * (1.0 + 0.04 * random.normal())
        for column, level in enumerate((0.20, 0.15)):
            n = round(1000 * this_s * random.uniform(0.35, 0.45))
            first = round(1000 * (at_s + this_s * random.uniform(0.0, 0.05)))
            height = level * np.exp(0.2 * random.normal())
            profile[first : first + n, column] = height * np.sin(np.pi * np.arange(n) / n) ** 2
        at_s += this_s
    return profile


@pytest.mark.parametrize("stride_s", [0.9, 1.1, 1.4])
def test_walking_is_no_reps(stride_s):
    """At most 0.2 a minute, from a brisk walk to a stroll; 20 seeds of half a minute each, 1.5 dB."""
    info, calibration = one_leg()
    reps = 0
    for seed in SEEDS:
        counts, _ = convert(walk(seed, 30.0, stride_s), seed)
        pipeline = Pipeline(info, None, calibration)
        reps += sum(len(pipeline.push(chunk).reps) for chunk in chunks(counts))
    assert reps / (len(SEEDS) * 0.5) <= 0.2
