"""How right the 100 % is, and what comes of it: a hundred simulated people, spikes, own rulers, holds.

Slow fluctuation 0.7 dB in squeezes and holds, 1.5 dB in exercise. The truth of a squeeze is the same
statistic (RMS over the same hold) on the realised amplitude, times the part that the chain lets through.
"""

from functools import cache

import numpy as np
import pytest
from accuracy_runs import LEGS, Set, reps_of, worn_on
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
    return [own_calibration("balanced", seed, spiked=spiked) for seed in SEEDS]


def muscle_uv(own: Own, column: int, rms_uv: float) -> float:
    """Without the rest, which adds in power."""
    return float(np.sqrt(rms_uv**2 - own.calibration.channels[column].rest_uv ** 2))


def errors(own: Own, column: int) -> tuple[float, float]:
    """Relative errors of the 100 %, and of the best trial."""
    best = own.best_two(column)
    true = [own.true_uv[column][k] for k in best]
    final = muscle_uv(own, column, own.calibration.channels[column].mvc_uv) / np.mean(true) - 1.0
    single = muscle_uv(own, column, own.trials[column][best[0]].rms_uv) / true[0] - 1.0
    return float(final), float(single)


@pytest.mark.parametrize("column", [0, 1], ids=MUSCLES)
def test_the_100_percent_is_right_within_5_percent_in_95_of_100_people_in_spite_of_spikes(
    column: int,
) -> None:
    """And the best single trial in 93. One jump of the cable every 2 s, 800 to 3000 µV."""
    final, single = np.array([errors(own, column) for own in people(spiked=True)]).T
    assert np.sum(np.abs(final) <= 0.05) >= 95, (final.mean(), final.std())
    assert np.sum(np.abs(single) <= 0.05) >= 93, (single.mean(), single.std())
    assert abs(final.mean()) <= 0.015


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
