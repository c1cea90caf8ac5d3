"""Findings of reps: the same live and from the file, shares by phase, co-contraction, lags of the person."""

import math
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from recorded_sessions import open_simulation, perfect, record
from simulated_signals import chunks
from simulated_signals import record as simulate

from device import SampleChunk
from emgfeedback import rep_findings
from emgfeedback.cocontraction import falconer_winter, phase_facts, share
from emgfeedback.frame import Rep
from emgfeedback.pipeline import Pipeline
from emgfeedback.recent import RecentSignal
from emgfeedback.rep_findings import RepFindings, RepWatch
from emgfeedback.session.findings import findings
from emgfeedback.simulation.exercises import EXERCISES

URL = "sim:balanced?seed=3&exercise=single-leg-bridge&fast=1"


def watched(exercise: str, seed: int, seconds: float, size: int = 1000) -> tuple[list[RepFindings], object]:
    recording = simulate(exercise=exercise, seed=seed, seconds=seconds)
    pipeline = Pipeline(recording.info, None, recording.calibration)
    watch = RepWatch(recording.info, None, recording.calibration)
    found = [f for chunk in chunks(recording.counts, size) for f in watch.push(pipeline.push(chunk))]
    return found, recording


def test_a_session_file_gives_what_was_found_live(tmp_path) -> None:
    recorded = record(tmp_path / "s.emgsession", URL, 40.0)
    source = open_simulation(URL)
    pipeline = Pipeline(source.info, None, perfect(source))
    watch = RepWatch(source.info, None, perfect(source))
    live = tuple(f for chunk in recorded.chunks for f in watch.push(pipeline.push(chunk)))
    assert len(live) == len(recorded.reps) >= 5
    again = findings(recorded.path)
    assert [str(f) for f in again] == [str(f) for f in live]  # NaN equals NaN in words
    assert not any(f.onsets.why_not for f in again)


def test_each_rep_is_worked_out_once_and_nothing_is_between_reps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Onsets, phases and spectrum, each once a rep; how much one onset is, tests/test_onset.py bounds."""
    asked = Counter[str]()

    def counted(name: str) -> None:
        whole = getattr(rep_findings, name)

        def count(*arguments: object) -> object:
            asked[name] += 1
            return whole(*arguments)

        monkeypatch.setattr(rep_findings, name, count)

    for name in ("onset_lag", "phase_facts", "hold_of", "fatigue"):
        counted(name)
    found, _ = watched("single-leg-bridge", 2, 40.0, 16)
    assert len(found) >= 5
    assert not any(f.rep.left_out for f in found)
    assert asked == dict.fromkeys(("onset_lag", "phase_facts", "hold_of", "fatigue"), len(found))


@pytest.mark.parametrize("size", [7, 64, 20_000])
def test_findings_do_not_depend_on_how_samples_arrive(size: int) -> None:
    whole, _ = watched("single-leg-bridge", 2, 30.0)
    cut, _ = watched("single-leg-bridge", 2, 30.0, size)
    assert len(whole) >= 4
    assert [str(f) for f in cut] == [str(f) for f in whole]


def lags_of_the_person(exercise: str) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Per rep of 20 persons: error of the lag in s, truth in the interval, too close to call."""
    rows = []
    for seed in range(1, 21):
        found, recording = watched(exercise, seed, 40.0)
        for f in found:
            if f.onsets.why_not:
                continue
            true = min(recording.true_reps, key=lambda rep, at=f.rep.start: abs(rep.start - at))
            lag_s, lag = (true.onsets[0] - true.onsets[1]) / 1000.0, f.onsets.lag
            rows.append((lag.value_s - lag_s, lag.low_s <= lag_s <= lag.high_s, f.onsets.too_close))
    errors_s, held, too_close = zip(*rows, strict=True)
    return np.array(errors_s), np.array(held), np.array(too_close)


@pytest.mark.parametrize("exercise", ["bridge-cued", "single-leg-bridge"])
def test_the_persons_lags_lie_in_their_intervals(exercise: str) -> None:
    """Rises of 1 s, fluctuation 1.5 dB, a 10-bit board that sums four: intervals hold for 90 %."""
    errors_s, held, _ = lags_of_the_person(exercise)
    assert len(held) >= 100
    assert held.mean() >= 0.9
    assert abs(errors_s.mean()) <= 0.03


def test_share_by_phase_is_that_of_the_muscles() -> None:
    errors = []
    for seed in range(1, 6):
        found, recording = watched("single-leg-bridge", seed, 30.0)
        for f in found:
            rep = f.rep
            true = recording.person.amplitude(rep.hold_start, rep.hold_stop - rep.hold_start).mean(axis=0)
            errors.append(f.phases.hold_share - true[0] / true.sum())
            assert 0.0 < f.phases.cocontraction < 1.0
            assert 0.0 < f.phases.rise_share < 1.0
            assert 0.0 < f.phases.lower_share < 1.0
    assert np.sqrt(np.mean(np.square(errors))) <= 0.03


def test_co_contraction_of_falconer_and_winter() -> None:
    one, other = np.array([0.0, 10.0, 20.0]), np.array([10.0, 10.0, 0.0])
    assert falconer_winter(one, other) == pytest.approx(2.0 * 10.0 / 50.0)
    assert falconer_winter(one, one) == 1.0
    assert math.isnan(falconer_winter(0.0 * one, 0.0 * one))
    assert share(np.tile([30.0, 10.0], (50, 1))) == pytest.approx(0.75)
    assert math.isnan(share(np.ones((5, 2))))
    rep = Rep(1, "right", 100, 200, 300, 400, 420, (1.0, 1.0), (1.0, 1.0), 0.5)
    percent = np.concatenate([np.tile([g, 10.0], (100, 1)) for g in (10.0, 30.0, 0.0)])
    facts = phase_facts(rep, percent)
    assert (facts.rise_share, facts.hold_share, facts.lower_share) == pytest.approx((0.5, 0.75, 0.0))


def test_a_rep_that_is_left_out_has_no_findings() -> None:
    recording = simulate(exercise="single-leg-bridge", seed=2, seconds=20.0)
    pipeline = Pipeline(recording.info, None, recording.calibration)
    watch = RepWatch(recording.info, None, recording.calibration)
    found: list[RepFindings] = []
    for chunk in chunks(recording.counts, 100):
        if chunk.start != 5000:
            found += watch.push(pipeline.push(chunk))
    out = next(f for f in found if f.rep.left_out)
    assert out.onsets.verdict == out.rep.left_out
    assert out.hold is None
    assert math.isnan(out.phases.cocontraction)


def test_what_is_not_there_any_more_is_not_made_up() -> None:
    recording = simulate(exercise="single-leg-bridge", seed=2, seconds=10.0)
    pipeline = Pipeline(recording.info, None, recording.calibration)
    recent = RecentSignal(1000.0, 2)
    for chunk in chunks(recording.counts[:4000], 100):
        recent.push(pipeline.push(chunk))
    held = recent.emg_uv(1000, 3000)
    assert held is not None
    assert held.shape == (2000, 2)
    recent.push(pipeline.push(SampleChunk(6000, recording.counts[6000:8000].copy(), 8.0)))
    assert recent.emg_uv(1000, 3000) is None
    assert recent.emg_uv(3000, 7000) is None
    assert recent.emg_uv(7900, 8100) is None
    assert recent.percent(6500, 7000) is not None


@pytest.mark.parametrize("size", [56, 512, 9000])
def test_the_newest_samples_stay_when_the_oldest_go(size: int) -> None:
    recording = simulate(exercise="single-leg-bridge", seed=2, seconds=10.0)
    pipeline = Pipeline(recording.info, None, recording.calibration)
    whole = pipeline.push(chunks(recording.counts, 10_000)[0])
    pipeline = Pipeline(recording.info, None, recording.calibration)
    recent = RecentSignal(100.0, 2)  # keeps 3000 samples at least
    for chunk in chunks(recording.counts, size):
        recent.push(pipeline.push(chunk))
    emg_uv, percent = recent.emg_uv(7000, 10_000), recent.percent(7000, 10_000)
    assert emg_uv is not None
    assert percent is not None
    assert np.array_equal(emg_uv, whole.emg_uv[7000:])
    assert np.array_equal(percent, whole.percent_mvc[7000:])


if __name__ == "__main__":
    for name in EXERCISES:
        errors_s, held, too_close = lags_of_the_person(name)
        print(  # noqa: T201
            f"{name}: {len(held)} reps, bias {1000.0 * errors_s.mean():.0f} ms, "
            f"SD {1000.0 * errors_s.std():.0f} ms, "
            f"covered {held.mean():.3f}, too close {too_close.mean():.2f}"
        )
