"""How right the 100 % is, and what comes of it: a hundred simulated people, spikes, own rulers, holds.

Slow fluctuation 0.7 dB in squeezes and holds, 1.5 dB in exercise. The truth of a squeeze is the same
statistic (RMS over the same hold) on the realised amplitude, times the part that the chain lets through.
"""

from functools import cache

import numpy as np
import pytest
from accuracy_runs import LEGS, Set, reps_of, worn_on
from guided_people import guided
from own_calibrations import Own, own_calibration

from device.stream import SampleChunk
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import Action
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS

SEEDS = range(100)
MUSCLES = ("glute", "quad")


@cache
def people(*, spiked: bool) -> list[Own]:
    """The measuring functions alone, squeezes at fixed times: the same squeezes with and without spikes."""
    return [pair[spiked] for pair in pairs()]


@cache
def pairs() -> list[tuple[Own, Own]]:
    # Side by side, so that what the pads gave is worked out once.
    return [
        (own_calibration("balanced", seed), own_calibration("balanced", seed, spiked=True)) for seed in SEEDS
    ]


@cache
def guided_errors() -> np.ndarray:
    """Relative errors (people, muscle, final and best squeeze) behind the whole state machine, spiked."""
    everybody = [guided("balanced", seed, spiked=True) for seed in SEEDS]
    assert all(each.stage.prompt.kind == "done" for each in everybody)
    return np.array([[each.errors(column) for column in (0, 1)] for each in everybody])


@pytest.mark.parametrize("column", [0, 1], ids=MUSCLES)
def test_the_100_percent_is_right_within_5_percent_in_95_of_100_people_in_spite_of_spikes(
    column: int,
) -> None:
    """One jump of the cable every 2 s, 800 to 3000 µV, in all channels; leads, pads, rest, warm-ups, repeats.

    Measured: 100 and 100 of 100 for glute and quad. With both glute positions 100 and 99, or 99 and 100 with
    other rests (twice as long to run: ``guided`` with ``two_positions``).
    """
    final = guided_errors()[:, column, 0]
    assert np.sum(np.abs(final) <= 0.05) >= 95, (final.mean(), final.std())
    assert abs(final.mean()) <= 0.015


def test_the_best_single_squeeze_is_right_within_5_percent_in_93_of_100() -> None:
    """Over both muscles; measured 94.5. The quad has 97 to 100 by course, the glute 91 to 95: at its limit.

    The RMS of 3.4 s of its narrow spectrum has an SD of 2.2 % by chance alone, and the best of
    several reads 1.6 % high.
    """
    single = guided_errors()[:, :, 1]
    assert np.mean(np.abs(single) <= 0.05) >= 0.93
    assert (np.mean(np.abs(single) <= 0.05, axis=0) >= 0.90).all()


def test_jumps_of_the_cable_are_no_work_of_the_other_muscle_and_hardly_a_reason_to_repeat() -> None:
    """Only looks for a lead wait for a second without one. 700 squeezes and rests."""
    everybody = [guided("balanced", seed, spiked=True) for seed in SEEDS]
    assert sum(bool(each.texts("note")) for each in everybody) <= 1
    repeated = [
        text for each in everybody for text in each.texts("refused") if not text.startswith("You moved")
    ]
    assert len(repeated) <= 7, repeated


@pytest.mark.parametrize("column", [0, 1], ids=MUSCLES)
def test_spikes_change_the_100_percent_by_2_percent_at_most_in_95_of_100(column: int) -> None:
    """The same people with and without spikes."""
    clean, spiked = (
        np.array([own.calibration.channels[column].mvc_uv for own in people(spiked=with_spikes)])
        for with_spikes in (False, True)
    )
    assert np.sum(np.abs(spiked / clean - 1.0) <= 0.02) >= 95


def test_the_best_500_ms_would_not_do() -> None:
    """Why the held RMS stands for 100 %: the best 500 ms of a noisy estimate is a maximum, and reads high."""
    own = people(spiked=False)
    above = [c.best_500ms_uv / c.mvc_uv - 1.0 for one in own for c in one.calibration.channels]
    assert 0.08 < np.mean(above) < 0.25


def test_steady_people_are_hardly_ever_asked_again() -> None:
    """Squeezes that are as strong as each other agree within 10 %, and count."""
    own = people(spiked=True)
    assert np.mean([all(one.agrees) for one in own]) >= 0.95
    assert np.mean([t.accepted for one in own for trials in one.trials for t in trials]) >= 0.97


# Then a set, by one's own ruler

#: Persona and exercise of each cell; the sub-maximal one is told apart below.
CELLS = [
    (persona, exercise)
    for persona in ("balanced", "quad-led", "glute-led", "left-weak", "learner", "fatiguing", "novice")
    for exercise in ("bridge-cued", "single-leg-bridge", "single-leg-deadlift", "squat")
]
CELL_SEEDS = range(4)


@cache
def cell(persona: str, exercise: str) -> list[Set]:
    side = "left" if persona == "left-weak" else "right"
    return [
        reps_of(persona, exercise, "usual", seed, 2, own_calibration(persona, seed, side).calibration)
        for seed in CELL_SEEDS
    ]


def share_errors(sets: list[Set]) -> list[float]:
    pairs = [pair for one in sets for pair in one.matched()]
    return [abs(told.share - true.share) for told, true in pairs if np.isfinite(told.share)]


def test_the_share_by_ones_own_ruler_is_right_within_5_points_for_95_percent_of_the_reps() -> None:
    pooled = [error for persona, exercise in CELLS for error in share_errors(cell(persona, exercise))]
    assert len(pooled) >= 0.95 * 2 * len(CELLS) * len(CELL_SEEDS)
    assert np.quantile(pooled, 0.95) <= 0.05, np.quantile(pooled, [0.5, 0.95, 1.0])


def held(persona: str, seed: int) -> np.ndarray:
    """Mean %MVC of glute and quad over 10 s of a true 10 % of both, by the person's own 100 %."""
    person = Person(
        PERSONAS[persona], EXERCISES["bridge"], seed + 1000, LEGS["right"],
        script=((0.0, Action("squeeze", effort=0.10 / PERSONAS[persona].effort)),),
    )  # fmt: skip
    info, _ = worn_on("right")
    pipeline = Pipeline(info, None, own_calibration(persona, seed).calibration)
    frame = pipeline.push(SampleChunk(0, counts_of(person, 12_000), 0.0))
    percent: np.ndarray = frame.percent_mvc[2000:11_900].mean(axis=0)
    return percent


def counts_of(person: Person, n: int) -> np.ndarray:
    from own_calibrations import TWELVE_BITS, Pads, converter_noise

    uv = Pads(person, (), TWELVE_BITS.rail_uv).uv(0, n)
    return np.stack(
        [TWELVE_BITS.convert(uv[:, k], converter_noise(person.seed, k, 0, n, 1)) for k in range(uv.shape[1])],
        axis=1,
    )


def test_a_hold_at_ten_percent_reads_ten_percent_by_ones_own_ruler() -> None:
    """10 +-2 over 10 s, 20 people and two muscles."""
    read = np.array([held("balanced", seed) for seed in range(20)])
    assert (np.abs(read - 10.0) <= 2.0).all(), (read.min(), read.max())


def test_who_does_not_push_all_the_way_reads_high_and_the_ruler_cannot_know() -> None:
    """A 100 % at 0.6 of the true one: holds read 1.7 times as much, and no squeeze looks wrong by itself."""
    own = [own_calibration("sub-maximal", seed) for seed in range(5)]
    assert all(all(one.agrees) for one in own)
    read = np.array([held("sub-maximal", seed) for seed in range(5)])
    assert read.mean() == pytest.approx(10.0 / 0.6, abs=1.5)
