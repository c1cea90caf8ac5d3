"""First decisions of the coach: zones, the end of a set, and what it came to."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.coach.exercises import EXERCISES
from emgfeedback.coach.set import Ending, SetEnd, SetLogic
from emgfeedback.coach.summary import compare, summarise
from emgfeedback.coach.zone import SIMULATED, Baseline, baseline, zone_above, zone_for, zone_words
from emgfeedback.frame import Rep, Zone

RATE = 1000.0
CREATED = "2025-03-04T18:40:00+01:00"


def rep(
    number: int, share: float = 0.6, side: str = "right", told: int | None = None, left_out: str = ""
) -> Rep:
    start = 4000 * number
    told = start + 3300 if told is None else told
    share = math.nan if left_out else share
    return Rep(
        number,
        side,
        start,
        start + 1000,
        start + 2000,
        start + 3000,
        told,
        (30.0, 20.0),
        (35.0, 25.0),
        share,
        left_out,
    )


# Zones


def test_the_first_set_has_no_zone_and_the_next_one_starts_at_its_median() -> None:
    assert zone_for("bridge", None, simulated=False) is None
    reps = [rep(n, share) for n, share in enumerate([0.50, 0.58, 0.52, 0.56, 0.54], 1)]
    own = baseline(reps, "right", CREATED)
    assert own == Baseline(0.54, 5, CREATED)
    zone = zone_for("bridge", own, simulated=False)
    assert zone is not None
    assert (zone.low, zone.high) == (0.54, pytest.approx(0.69))


def test_a_baseline_takes_only_counting_reps_of_its_side() -> None:
    reps = [
        rep(1, 0.5),
        rep(2, 0.9, side="left"),
        rep(3, left_out="glute loose"),
        rep(4, 0.7),
        rep(5, math.nan),
    ]
    assert baseline(reps, "right", CREATED) is None
    own = baseline([*reps, rep(6, 0.6)], "right", CREATED)
    assert own == Baseline(0.6, 3, CREATED)


@given(st.floats(0.0, 1.0))
def test_a_zone_is_15_points_high_within_the_live_shares_range_and_holds_the_baseline(share: float) -> None:
    zone = zone_above(share)
    assert zone.high - zone.low == pytest.approx(0.15)
    assert zone.low >= 0.11
    assert zone.high <= 0.89
    assert zone.low <= min(max(share, 0.11), 0.89) <= zone.high or share < 0.11


def test_the_simulated_person_has_a_zone_for_every_exercise() -> None:
    assert set(SIMULATED) == set(EXERCISES)
    edges = {name: zone_for(name, None, simulated=True) for name in EXERCISES}
    assert edges["bridge"] == Zone(0.65, 0.8)
    assert edges["single-leg-bridge"] == Zone(0.68, 0.68 + 0.15)
    assert edges["single-leg-deadlift"] == Zone(0.60, 0.75)
    assert edges["squat"] == Zone(0.30, 0.30 + 0.15)
    own = Baseline(0.4, 8, CREATED)
    assert zone_for("squat", own, simulated=True) == edges["squat"]
    assert zone_for("something new", own, simulated=True) is None


def test_a_zone_is_said_in_words() -> None:
    assert zone_words(Zone(0.65, 0.80)) == "Your zone: 65 to 80."
    assert "baseline" in zone_words(None)


@pytest.mark.parametrize(("share", "reps"), [(-0.1, 8), (1.1, 8), (math.nan, 8), (0.5, 2)])
def test_a_baseline_without_meaning_is_refused(share: float, reps: int) -> None:
    with pytest.raises(ValueError, match="baseline"):
        Baseline(share, reps, CREATED)


# The end of a set


def ended(told: list[Rep], total: int, chunk: int, **limits: float) -> tuple[SetEnd | None, list[Rep]]:
    logic = SetLogic(RATE, **limits)
    for start in range(0, total, chunk):
        logic.push(start, start + chunk, [r for r in told if start < r.told <= start + chunk])
    return logic.end, logic.reps


@pytest.mark.parametrize(
    ("reps", "limits", "end"),
    [
        ([rep(n) for n in range(1, 10)], {}, SetEnd(Ending.REPS, 35_300, "Set done: 8 reps.")),
        ([rep(n) for n in range(1, 10)], {"reps": 1}, SetEnd(Ending.REPS, 7_300, "Set done: 1 rep.")),
        ([], {}, SetEnd(Ending.IDLE, 20_000, "Set ended: 20 s without a rep.")),
        ([rep(1), rep(2)], {}, SetEnd(Ending.IDLE, 31_300, "Set ended: 20 s without a rep.")),
        ([rep(1), rep(7)], {}, SetEnd(Ending.IDLE, 27_300, "Set ended: 20 s without a rep.")),
        (
            [rep(n) for n in range(1, 10)],
            {"seconds": 12.5},
            SetEnd(Ending.TIME, 12_500, "Set done: 12.5 s are over."),
        ),
        (
            [rep(1)],
            {"seconds": 60.0, "idle_s": 5.0},
            SetEnd(Ending.IDLE, 5_000, "Set ended: 5 s without a rep."),
        ),
    ],
)
@pytest.mark.parametrize("chunk", [8, 100, 7_300, 50_000])
def test_a_set_ends_for_one_reason_however_the_samples_arrive(
    reps: list[Rep], limits: dict, end: SetEnd, chunk: int
) -> None:
    found, counted = ended(reps, 50_000 // chunk * chunk + chunk, chunk, **limits)
    assert found == end
    assert counted == [r for r in reps if r.told <= end.sample]


def test_reps_of_both_legs_count_once_and_the_later_leg_is_waited_for() -> None:
    right = [rep(n) for n in range(1, 4)]
    left = [rep(n, side="left", told=4000 * n + 3380) for n in range(1, 4)]
    for chunk in (8, 1000, 40_000):
        end, counted = ended(right + left, 40_000, chunk, reps=3)
        assert end == SetEnd(Ending.REPS, 15_380, "Set done: 3 reps.")
        assert len(counted) == 6
    end, counted = ended(right + left[:2], 40_000, 8, reps=3)
    assert end == SetEnd(Ending.REPS, 16_300, "Set done: 3 reps.")
    assert len(counted) == 5


def test_a_rep_left_out_was_done_all_the_same() -> None:
    reps = [rep(n, left_out="120 ms lost" if n == 2 else "") for n in range(1, 5)]
    end, _ = ended(reps, 40_000, 8, reps=3)
    assert end is not None
    assert end.sample == 15_300


def test_the_wearer_can_end_a_set_once() -> None:
    logic = SetLogic(RATE)
    logic.push(0, 8000, [rep(1)])
    assert logic.stop(8000) == SetEnd(Ending.STOPPED, 8000, "Set ended by you after 1 rep.")
    assert logic.stop(9000).sample == 8000
    assert logic.push(8000, 90_000, [rep(2)]) == logic.end
    assert len(logic.reps) == 1


@pytest.mark.parametrize("limits", [{"reps": 0}, {"seconds": 0.0}, {"idle_s": -1.0}])
def test_limits_must_be_positive(limits: dict) -> None:
    with pytest.raises(ValueError, match="positive"):
        SetLogic(RATE, **limits)


# The summary


def test_a_summary_has_numbers_first_and_names_what_is_left_out() -> None:
    shares = [0.58, 0.66, 0.69, 0.71]
    reps = [*(rep(n, share) for n, share in enumerate(shares, 1)), rep(5, left_out="120 ms lost")]
    (found,) = summarise(reps, {"right": Zone(0.65, 0.80)})
    assert (found.done, found.counted, found.in_zone) == (5, 4, 3)
    assert found.median_share == pytest.approx(0.675)
    assert found.mean_share == pytest.approx(0.66)
    assert found.lines == (
        "5 reps right, glute share 68 % (median; 58 to 71 over 4 reps).",
        "3 of 4 in your zone (65 to 80).",
        "Rep 5 left out: 120 ms lost.",
    )


def test_a_first_set_is_called_the_baseline() -> None:
    (found,) = summarise([rep(1, 0.5)])
    assert found.lines == (
        "1 rep right, glute share 50 % in the one that counts.",
        "No zone yet: this set is your baseline.",
    )


def test_without_a_counting_rep_there_is_no_number() -> None:
    (found,) = summarise([rep(1, left_out="glute loose."), replace(rep(2), share=math.nan)])
    assert found.counted == 0
    assert math.isnan(found.median_share)
    assert found.lines == ("2 reps right, none with a share.", "Rep 1 left out: glute loose.")


def test_sides_are_summed_up_apart() -> None:
    found = summarise([rep(1, 0.5), rep(1, 0.7, side="left")], {"left": Zone(0.65, 0.80)})
    assert [(s.side, s.median_share, s.in_zone) for s in found] == [("left", 0.7, 1), ("right", 0.5, 0)]
    assert summarise([]) == ()


@pytest.mark.parametrize(
    ("before", "now", "same", "words"),
    [
        (0.58, 0.66, False, "58 to 66: no clear change yet (15 points needed)."),
        (0.50, 0.65, False, "50 to 65: more glute than before."),
        (0.58, 0.66, True, "58 to 66: more glute than before."),
        (0.66, 0.58, True, "66 to 58: less glute than before."),
        (0.60, 0.64, True, "60 to 64: no clear change yet (5 points needed)."),
    ],
)
def test_a_change_is_only_told_when_it_is_clear(before: float, now: float, same: bool, words: str) -> None:
    assert compare(before, now, same_fitting=same) == words
