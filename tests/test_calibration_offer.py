"""A task beyond the 100 %: offered, taken when the wearer says so, never by itself. And % of reference."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from calibration_records import CALIBRATION, GLUTE, QUAD
from command_line import one_sentence, run
from hypothesis import given, settings
from hypothesis import strategies as st
from own_calibrations import own_calibration
from simulated_signals import TWELVE_BITS, Recording, record

from calibration.form import dump, parse
from calibration.offer import RAISED, BestStretch, offers, take
from calibration.store import load
from device.channel_map import parse_channel_map
from device.stream import SampleChunk
from emgfeedback.coach.summary import NOT_ONE_AXIS, compare
from emgfeedback.coach.zone import Baseline
from emgfeedback.frame import Frame
from emgfeedback.live_set import SetRequest, TaskBest
from emgfeedback.opening import open_home, open_stream
from emgfeedback.pipeline import Pipeline
from emgfeedback.power import Power
from emgfeedback.simulation.actions import Action
from emgfeedback.studio import Studio

NOW = "2026-01-02T12:00:00+00:00"


def noise(seconds: float, uv: float, seed: int = 0) -> np.ndarray:
    return uv * np.random.default_rng(seed).standard_normal((round(1000 * seconds), 2))


def best_of(signal_uv: np.ndarray, sizes: list[int] = [5000]) -> np.ndarray:  # noqa: B006
    best, at, turn = BestStretch((True, True), 1000.0), 0, 0
    while at < len(signal_uv):
        size = sizes[turn % len(sizes)]
        best.push(at, signal_uv[at : at + size])
        at, turn = at + size, turn + 1
    return best.best_uv


def test_the_best_500_ms_are_found_and_spikes_and_bad_stretches_are_not() -> None:
    signal = noise(6.0, 50.0)
    signal[2000:2600] *= 3.0
    found = best_of(signal)
    assert found == pytest.approx([150.0, 150.0], rel=0.1)
    spiked = signal.copy()
    spiked[4000:4004] += 5000.0
    assert best_of(spiked) == pytest.approx(found)
    bad = signal.copy()
    bad[2000:2600, 0] = np.nan
    assert best_of(bad)[0] < 75.0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=6))
def test_the_best_500_ms_do_not_depend_on_how_samples_are_cut(sizes: list[int]) -> None:
    signal = noise(3.0, 50.0, seed=1) * np.linspace(0.5, 2.0, 3000)[:, None]
    assert best_of(signal, sizes) == pytest.approx(best_of(signal), rel=1e-12)


@cache
def worked() -> Recording:
    """6 s in which both muscles squeeze from 1 s on."""
    script = ((0.0, Action("rest")), (1.0, Action("squeeze")))
    return record(seconds=6.0, script=script, adc=TWELVE_BITS)


def best_of_set(kept: np.ndarray, cuts: list[int]) -> list[float]:
    """Best 500 ms of a set of which the samples ``kept`` (6000,) arrived, in pieces cut at ``cuts``."""
    pipeline, best = Pipeline(worked().info), TaskBest(worked().info)
    edges = np.flatnonzero(np.diff(kept.astype(int))) + 1
    for piece in np.split(np.arange(len(kept)), sorted({*edges.tolist(), *cuts})):
        if len(piece) and kept[piece[0]]:
            best.push(pipeline.push(SampleChunk(int(piece[0]), worked().counts[piece], 0.0)))
    return best.best_uv


@settings(max_examples=25, deadline=None)
@given(st.integers(2000, 4500), st.integers(1, 900), st.lists(st.integers(1, 5999), max_size=25))
def test_the_best_of_a_set_is_the_same_however_it_came_and_never_reaches_over_a_gap(
    at: int, lost: int, cuts: list[int]
) -> None:
    kept = np.ones(6000, dtype=np.bool_)
    kept[at : at + lost] = False
    found = best_of_set(kept, cuts)
    assert found == best_of_set(kept, [])
    if lost > 250:
        # What comes after the gap is as if it had begun there: nothing from before has a part in it.
        before, after = kept & (np.arange(6000) < at), kept & (np.arange(6000) >= at + lost)
        alone = np.array([best_of_set(each, []) for each in (before, after)])
        assert found == alone.max(axis=0).tolist()


def test_a_frame_with_a_gap_within_has_no_stretch_over_it() -> None:
    """300 ms at work before the gap and 300 ms after it: neither is half a second."""
    loud = np.zeros((800, 2))
    loud[100:700] = 100.0 * np.random.default_rng(1).standard_normal((600, 2))
    together = frame_of(loud, np.arange(100))
    apart = frame_of(loud, np.concatenate([np.arange(50), np.arange(150, 200)]))
    best = TaskBest(worked().info)
    best.push(together)
    assert min(best.best_uv) > 90.0
    best = TaskBest(worked().info)
    best.push(apart)
    assert best.best_uv == [0.0, 0.0]
    assert [slice(0, 50), slice(50, 100)] == apart.runs


def frame_of(emg_uv: np.ndarray, hops: np.ndarray) -> Frame:
    """A frame of good hops of 8 samples."""
    n, states = len(emg_uv), np.zeros((len(hops), 1), dtype=np.int8)
    quality = np.zeros((len(hops), 2), dtype=np.int8)
    blank = np.zeros(n, dtype=np.bool_)
    return Frame(8, hops, ("right",), emg_uv, emg_uv, emg_uv, blank, states, states, states, quality)


def test_a_task_is_an_offer_above_110_percent_and_above_the_squeezes_own_best() -> None:
    """GLUTE: 100 % at 163.2 µV, its own best 500 ms at 171.9."""
    assert offers(CALIBRATION, {"A0": 163.2 * 1.04}) == ()
    assert offers(CALIBRATION, {"A0": 163.2 * 1.09}) == ()
    (offer,) = offers(CALIBRATION, {"A0": 163.2 * 1.18})
    assert (offer.pin, offer.name) == ("A0", "right glute")
    assert offer.percent == pytest.approx(118.0, abs=0.1)
    assert offer.mvc_uv == pytest.approx(163.2 * 163.2 * 1.18 / 171.9)
    high = replace(CALIBRATION, channels=(replace(GLUTE, best_500ms_uv=200.0), QUAD))
    assert offers(high, {"A0": 163.2 * 1.18}) == ()


def test_what_is_taken_says_where_it_is_from_and_leaves_the_other_muscle_alone() -> None:
    offered = offers(CALIBRATION, {"A0": 200.0})
    taken = take(CALIBRATION, offered, NOW)
    assert parse(dump(taken)) == taken
    assert taken.channel("A1") == QUAD
    assert taken.channel("A0").mvc_uv > GLUTE.mvc_uv  # type: ignore[union-attr]
    assert taken.chain[RAISED] == "A0 by a set that reached 123 %"
    assert CALIBRATION.channel("A0") == GLUTE


def squat_by_a_weak_ruler(*arguments: str) -> str:
    """A sub-maximal calibrator squats: his quad works at 0.8 of what it can, 1.3 times his own 100 %."""
    path = open_home().folder / "weak.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    own = own_calibration("sub-maximal", 3).calibration
    path.write_text(dump(replace(own, simulated=True)))
    result = run(
        "live", "--source", "sim:sub-maximal?seed=3&exercise=squat&fast=1", "--exercise", "squat",
        "--reps", "3", "--calibration", str(path), "--view", "none", *arguments,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_who_did_not_push_all_the_way_is_told_after_a_hard_set_and_takes_it_with_one_command() -> None:
    told = squat_by_a_weak_ruler()
    (line,) = [line for line in told.splitlines() if "Use this as your new" in line]
    assert line.startswith("Right quad reached 1")
    assert line.endswith("% of max. Use this as your new 100 %?")
    (session,) = open_home().sessions.glob("*.emgsession")
    assert not list(open_home().calibrations.folder.glob("*"))
    result = run("calibrate", "--from-set", str(session))
    assert result.returncode == 0, result.stderr
    (saved,) = open_home().calibrations.folder.glob("*.json")
    before = own_calibration("sub-maximal", 3).calibration.channel("A1")
    after = load(saved).channel("A1")
    assert before is not None
    assert after is not None
    assert 1.1 < after.mvc_uv / before.mvc_uv < 1.7


def test_a_set_that_stays_below_offers_nothing() -> None:
    result = run(
        "live", "--source", "sim:sub-maximal?seed=3&exercise=bridge&fast=1", "--reps", "2", "--view", "none",
    )  # fmt: skip
    assert "Use this" not in result.stdout
    (session,) = open_home().sessions.glob("*.emgsession")
    assert "nothing to take" in one_sentence(run("calibrate", "--from-set", str(session)))


# % of reference


def test_a_reference_is_called_so_on_the_command_line_and_in_every_file(tmp_path: Path) -> None:
    own, table = tmp_path / "mine.json", tmp_path / "table.csv"
    result = run(
        "calibrate", "--source", "sim:balanced?fast=1", "--reference", "--rest", "1", "--view", "none",
        "--out", str(own),
    )  # fmt: skip
    assert "Your reference of right glute is" in result.stdout, result.stderr
    assert "100 %" not in result.stdout
    assert "squeeze glute right 50 % standing: Squeeze half as hard. Hold." in result.stdout
    set_ = run(
        "live", "--source", "sim:balanced?fast=1", "--calibration", str(own), "--reps", "2", "--view", "none"
    )
    assert "of reference" in set_.stdout
    assert "of max" not in set_.stdout + set_.stderr
    (session,) = open_home().sessions.glob("*.emgsession")
    run("export", str(session), "--to", str(table))
    header = table.read_text().partition("\n")[0]
    assert "glute_right_percent_reference" in header
    assert "percent_mvc" not in header
    assert json.loads(table.with_suffix(".json").read_text())["calibration"]["method"] == "reference"


def test_percents_of_two_kinds_are_never_on_one_axis() -> None:
    assert compare(0.5, 0.6, same_fitting=True, methods=("mvc", "reference")) == NOT_ONE_AXIS
    assert compare(0.5, 0.6, same_fitting=True, methods=("reference", "reference")).startswith("50 to 60")


def test_a_baseline_in_percent_of_max_makes_no_zone_for_percent_of_reference() -> None:
    home = open_home()
    opened = open_stream(
        home, "sim:balanced?fast=1", parse_channel_map("A0=glute:right,A1=quad:right"), "Ann"
    )
    opened.source._named = replace(opened.info, simulated=False)  # type: ignore[attr-defined]
    home.memory.remember_baseline("Ann", "right", "bridge", Baseline(0.6, 8, NOW))
    with Studio(home, opened, SetRequest(), lambda: Power.UNKNOWN) as studio:
        own = own_calibration("balanced", 1).calibration
        studio.use(own)
        assert studio.zones["right"].low == pytest.approx(0.6)
        studio.use(replace(own, method="reference"))
        assert studio.zones == {}
