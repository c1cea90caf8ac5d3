"""Spectral shift over holds: told in time where it can be, never where it cannot, and why.

The simulated persons' amplitude fluctuates by 1.5 dB while moving. ``python tests/test_fatigue.py`` prints
the figures of docs/onset_and_fatigue.md.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from simulated_signals import ONE_LEG, TWELVE_BITS, UNO, stream_info
from tiring_wearer import LONG_REPS, SHORT_REPS, TrainedSet, due, train, true_mean_hz

from emgfeedback.fatigue import CONSISTENT, NO_SHIFT, Hold, fatigue, hold_of, never, theil_sen
from emgfeedback.frame import Rep
from emgfeedback.simulation import plan
from emgfeedback.simulation.exercises import EXERCISES, Exercise
from emgfeedback.simulation.generator import NoiseStream
from emgfeedback.simulation.spectrum import emg_shape, sensor

SEEDS = range(1, 21)
#: s until tired at which the mean frequency behind the chain falls by 0.5 % and by 0.7 % a second.
FALLS = {0.5: 44.6, 0.7: 31.9}


def lateness(exercise: Exercise, tired_after_s: float) -> list[int | None]:
    """Reps by which the shift was told too late, one a seed; ``None`` where it was not."""
    n_reps = 16 if exercise is SHORT_REPS else 12
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "TIRED_AFTER_S", tired_after_s)
        sets = [train("fatiguing", exercise, seed, n_reps) for seed in SEEDS]
    return [None if s.told is None else s.told - due(s.true_reps) for s in sets]


def within(late: list[int | None], reps: int) -> float:
    return float(np.mean([x is not None and abs(x) <= reps for x in late]))


@pytest.mark.parametrize(("exercise", "fall"), [(SHORT_REPS, 0.5), (LONG_REPS, 0.5), (LONG_REPS, 0.7)])
def test_a_shift_is_told_within_two_reps(exercise: Exercise, fall: float) -> None:
    """97.5 % of 80 seeds at 3 s and 0.5 %/s, of 40 at 5 s and 0.5 %/s; 100 % of 20 at 5 s and 0.7 %/s."""
    rate = -np.log(np.mean([true_mean_hz(m, 0.7) / true_mean_hz(m, 1.0) for m in ("glute", "quad")]))
    assert 100.0 * rate / FALLS[fall] == pytest.approx(fall, rel=0.02)
    late = lateness(exercise, FALLS[fall])
    assert within(late, 2) >= 0.9, late


def test_thirty_balanced_reps_never_show_a_shift() -> None:
    """20 persons, 5 s a rep, both muscles strong enough to tell."""
    texts = Counter()
    for seed in SEEDS:
        of = train("balanced", LONG_REPS, seed, 30)
        assert of.told is None, f"seed {seed}"
        texts[of.findings[-1].fatigue.text] += 1
    assert texts[NO_SHIFT] >= 18, texts


@pytest.mark.parametrize("persona", ["balanced", "fatiguing"])
def test_a_bridge_is_too_weak_to_tell(persona: str) -> None:
    """The glute of an uncued bridge works at 17 % of its maximum."""
    for seed in range(1, 21 if persona == "fatiguing" else 4):
        of = train(persona, EXERCISES["bridge"], seed, 10 if seed <= 5 else 5)
        assert of.findings
        for f in of.findings:
            assert not f.fatigue.consistent
            assert f.fatigue.text.endswith("%. It takes 20 %"), f.fatigue.text
            assert np.isnan(f.fatigue.change)


@pytest.mark.parametrize("exercise", ["squat", "single-leg-deadlift"])
def test_reps_without_a_hold_say_so(exercise: str) -> None:
    of = train("balanced", EXERCISES[exercise], 1, 10)
    assert of.findings[-1].fatigue.text == "it takes holds of 1 s"


def test_a_coarse_converter_leaves_too_little_above_rest() -> None:
    of = train("balanced", EXERCISES["single-leg-bridge"], 2, 10, adc=replace(UNO, oversample=1))
    assert "dB" in of.findings[-1].fatigue.text or "%. It takes" in of.findings[-1].fatigue.text


def steady(at_s: float = 0.0, **other: object) -> Hold:
    usual = Hold(at_s, 2.0, (80.0, 110.0), (60.0, 90.0), (50.0, 35.0), (25.0, 27.0), (1e-12, 1e-13))
    return replace(usual, **other)  # type: ignore[arg-type]


def sinking(n: int, a_rep: float, **other: object) -> list[Hold]:
    frequencies = [(80.0 * (1.0 - a_rep) ** k, 110.0 * (1.0 - a_rep) ** k) for k in range(n)]
    return [steady(5.0 * k, mean_frequency_hz=hz, **other) for k, hz in enumerate(frequencies)]


def test_a_clear_fall_is_told_and_each_missing_condition_named() -> None:
    assert fatigue(sinking(10, 0.03)).text == CONSISTENT
    assert fatigue(sinking(10, 0.03)).change == pytest.approx(0.97**8 - 1.0)
    assert fatigue(sinking(10, 0.005)).text == NO_SHIFT
    assert fatigue(sinking(10, -0.03)).text == NO_SHIFT
    assert fatigue([]).text == "no hold was measured"
    assert fatigue(sinking(7, 0.03)).text == "it takes 8 reps; there are 7"
    assert fatigue(sinking(10, 0.03, length_s=0.8)).text == "it takes holds of 1 s"
    weak = fatigue(sinking(10, 0.03, percent=(17.0, 35.0)))
    assert weak.text == "the glute works at 17 %. It takes 20 %"
    noisy = fatigue(sinking(10, 0.03, above_rest_db=(25.0, 14.0)))
    assert noisy.text == "the quad stands 14 dB above its rest. It takes 20 dB"
    falling = [replace(h, rms_uv=(60.0 * 0.95**k, 90.0)) for k, h in enumerate(sinking(10, 0.03))]
    assert fatigue(falling).text == "the glute's work fell: you pushed less, or the load is less"
    uneven = [replace(h, rms_uv=(60.0, 90.0 * (1 + k % 3))) for k, h in enumerate(sinking(10, 0.03))]
    assert fatigue(uneven).text == "the quad's effort was not the same in all reps"
    lighter = [replace(h, rms_uv=(60.0 * 0.98**k, 90.0 * 0.98**k)) for k, h in enumerate(sinking(10, 0.03))]
    assert fatigue(lighter).text == "the work fell: you pushed less, or the load is less"
    trading = [replace(h, rms_uv=(60.0 * 0.98**k, 90.0 * 1.02**k)) for k, h in enumerate(sinking(10, 0.03))]
    assert fatigue(trading).text == CONSISTENT
    loose = [
        replace(h, rms_uv=(60.0 * r, 90.0 * r))
        for h, r in zip(sinking(10, 0.03), (1.0, 1.5, 0.9, 1.4) * 3, strict=False)
    ]
    assert fatigue(loose).text == "the effort was not the same in all reps"


def test_a_stream_that_can_never_tell_says_why() -> None:
    info = stream_info(ONE_LEG, TWELVE_BITS, 1000.0)
    assert never(info, (0, 1)) == ""
    assert never(replace(info, sfreq_hz=500.0), (0, 1)) == "the rate is 500 a second. It takes 1000"
    envelope = replace(info, channels=tuple(replace(c, signal="envelope") for c in info.channels))
    assert never(envelope, (0, 1)) == "it takes raw EMG from both muscles"


def test_a_new_set_is_compared_with_itself() -> None:
    of = train("balanced", LONG_REPS, 1, 9, set_starts=(22_000,))
    later = [f for f in of.findings if f.rep.start >= 22_000]
    assert 2 <= len(later) < len(of.findings)
    assert of.findings[-1].fatigue.text == f"it takes 8 reps; there are {len(later)}"


def test_the_slope_is_theil_sens() -> None:
    random = np.random.default_rng(1)
    times_s, values = np.sort(random.uniform(0.0, 60.0, 12)), random.normal(size=12)
    trend = theil_sen(times_s, values)
    reference = stats.theilslopes(values, times_s)
    assert trend.slope == pytest.approx(reference.slope)
    assert trend.low <= reference.low_slope + 1e-12
    assert trend.high >= reference.high_slope - 1e-12


def test_the_mean_frequency_is_that_of_the_spectrum() -> None:
    emg = NoiseStream(1, 1, (0, 1), [emg_shape(40.0, 90.0), emg_shape(60.0, 150.0)], 1000.0, after=sensor)
    emg_uv = emg.read(0, 60_000)
    rep = Rep(1, "right", 0, 0, 60_000, 60_000, 60_100, (50.0, 30.0), (60.0, 40.0), 0.6)
    hold = hold_of(rep, emg_uv, np.full((60_000, 2), 30.0), np.array([0.1, 0.05]), 1000.0)
    # Without the band-pass, whose own slope lowers the ends: a few Hz apart.
    expected = [true_mean_hz(muscle, 1.0) for muscle in ("glute", "quad")]
    assert hold.mean_frequency_hz == pytest.approx(expected, rel=0.05)
    assert hold.above_rest_db == pytest.approx((20.0, 26.0), abs=1.0)


def test_the_index_rises_when_the_spectrum_sinks() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "TIRED_AFTER_S", 50.0)
        of: TrainedSet = train("fatiguing", LONG_REPS, 1, 14)
    index = np.array([f.hold.fi_nsm5 for f in of.findings if f.hold is not None])
    assert (index[-3:].mean(axis=0) > 1.5 * index[:3].mean(axis=0)).all()


if __name__ == "__main__":
    for exercise in (SHORT_REPS, LONG_REPS):
        for fall, after_s in FALLS.items():
            late = lateness(exercise, after_s)
            counted = sorted(Counter(late).items(), key=str)
            print(f"{exercise.name}, {fall} %/s: within 2 reps {within(late, 2):.2f}, late by {counted}")  # noqa: T201
