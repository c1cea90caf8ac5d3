"""What a set's reps say together: in words that inform and never judge."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.cocontraction import PhaseFacts
from emgfeedback.fatigue import Fatigue
from emgfeedback.frame import Rep
from emgfeedback.onset import Estimate, OnsetLag
from emgfeedback.rep_findings import RepFindings
from emgfeedback.set_findings import gather, told


def rep(number: int, side: str = "right") -> Rep:
    at = 5000 * number
    return Rep(number, side, at, at + 500, at + 2500, at + 3500, at + 3900, (30.0, 15.0), (40.0, 20.0), 0.66)


def found(
    number: int, lag_s: float, *, side: str = "right", half_s: float = 0.03, why: str = "", both: float = 0.7
) -> RepFindings:
    lag = OnsetLag(lag=Estimate(lag_s, lag_s - half_s, lag_s + half_s), why_not=why)
    facts = PhaseFacts(cocontraction=both)
    return RepFindings(rep(number, side), lag, facts, None, Fatigue(why_not="no hold was measured"))


def lines(lags_s: list[float], **rest: float) -> tuple[str, ...]:
    return told(gather(found(k, lag, **rest) for k, lag in enumerate(lags_s)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lags_ms", "words"),
    [
        ([-10, 0, 5, 10, 20], "Glute and quad start together, give or take 5 ms (of 5 reps)."),
        ([60, 70, 80, 90, 110], "Glute starts 80 ms after the quad, give or take 10 (of 5 reps)."),
        ([-60, -70, -80, -90, -99], "Quad starts 80 ms after the glute, give or take 10 (of 5 reps)."),
        ([-60, -20, 40, 60, 120], "Which muscle starts first: too close to call in 5 reps."),
    ],
)
def test_who_starts_first_is_told_with_its_spread(lags_ms: list[int], words: str) -> None:
    onset, rest = lines([lag / 1000 for lag in lags_ms])
    assert onset == f"{words} Both at once (co-contraction) 70 %."
    assert rest == "Fatigue is not told: no hold was measured."


def test_what_cannot_be_told_has_its_reason() -> None:
    quiet = [found(k, 0.0, why="glute too weak to see it start") for k in range(4)] + [found(5, 0.05)]
    assert told(gather(quiet))[0].startswith(
        "Which muscle starts first is not told: glute too weak to see it start (in 4 of 5 reps)."
    )
    assert "it takes 5 clear reps; there is 1." in lines([0.1])[0]
    assert lines([0.1], both=math.nan)[0].endswith("there is 1.")
    assert told(gather([])) == ()


def test_two_legs_are_told_one_after_the_other() -> None:
    both = [found(k, 0.08, side=side) for k in range(6) for side in ("left", "right")]
    said = told(gather(both))
    assert said[0].startswith("Left: glute starts 80 ms after the quad")
    assert said[2].startswith("Right: glute starts 80 ms")


def test_a_shift_of_the_spectrum_is_information() -> None:
    one = found(1, 0.0)
    for fatigue, words in (
        (Fatigue(-0.14, consistent=True), "Spectral shift consistent with fatigue (mean frequency −14 %)."),
        (Fatigue(0.03), "No clear spectral shift (mean frequency +3 %)."),
    ):
        told_ = told(gather([RepFindings(one.rep, one.onsets, one.phases, None, fatigue)]))
        assert told_[1] == words


@given(st.lists(st.floats(-0.5, 0.5), min_size=0, max_size=40), st.floats(0.0, 1.0))
def test_no_set_is_judged(lags_s: list[float], both: float) -> None:
    for line in lines(lags_s, both=both):
        assert not any(word in line.lower() for word in (" late", "weak", "should", "bad", "wrong"))
        assert "nan" not in line
        assert line.endswith(".")


@pytest.mark.parametrize(("true_ms", "least"), [(0.0, 0.9), (120.0, 0.9)])
def test_the_middle_of_eight_reps_is_called_as_it_is(true_ms: float, least: float) -> None:
    """Per rep 50 ms of scatter (SD): of 200 sets, at most a tenth is called the other way."""
    rng = np.random.default_rng(1)
    right = 0
    for _ in range(200):
        onset = lines([(true_ms + x) / 1000 for x in 50.0 * rng.standard_normal(8)])[0]
        right += ("Glute starts" in onset) == (true_ms > 0) and "Quad starts" not in onset
    assert right / 200 >= least
