"""The simulated person: published shapes, its own tables, and the law that reading changes nothing."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import signal

from device.channel_map import ChannelMap, parse_channel_map
from emgfeedback.chain import ChainSettings
from emgfeedback.simulation import plan
from emgfeedback.simulation.actions import DEFAULT_SCRIPT, REPS, REST, Action, parse_action
from emgfeedback.simulation.adc import Adc, converter_noise
from emgfeedback.simulation.board import BOTH_LEGS, ONE_LEG
from emgfeedback.simulation.body import MVC_UV, SHAPE_HZ
from emgfeedback.simulation.electrodes import HUM_UV, MOVEMENT_UV, NOISE_UV, Electrodes
from emgfeedback.simulation.exercises import EXERCISES, exercise_named
from emgfeedback.simulation.generator import NoiseStream, slow_walk
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS, persona_named
from emgfeedback.simulation.spectrum import chain_power, emg_shape, flat, grid, power_kept, sensor
from emgfeedback.simulation.track import Track
from emgfeedback.simulation.truth import resting_level

FS = 1000.0
SQUEEZE_GLUTE = Action("squeeze", "glute", "right")
CHAIN = signal.butter(2, [20.0, 450.0], "bandpass", fs=FS, output="sos")


def person(
    name: str = "balanced",
    exercise: str = "bridge",
    seed: int = 1,
    channels: ChannelMap = ONE_LEG,
    script=DEFAULT_SCRIPT,
    **more,
) -> Person:
    return Person(PERSONAS[name], EXERCISES[exercise], seed, channels, script=script, **more)


def rms(x: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(np.square(x), axis=0))


# Spectra and amplitudes.


@pytest.mark.parametrize(
    ("shape_hz", "median_hz", "mean_hz"),
    [((40, 90), 68, 79), ((60, 150), 99, 110), ((60, 120), 88, 99), ((30, 60), 51, 61)],
)
def test_the_shape_has_the_published_median_and_mean_frequency_within_20_to_450_hz(
    shape_hz, median_hz, mean_hz
):
    noise = NoiseStream(3, 0, [0], [emg_shape(*shape_hz)], FS).read(0, 300_000)[:, 0]
    hz, power = signal.welch(signal.sosfilt(CHAIN, noise), FS, nperseg=2048)
    within = (hz >= 20) & (hz <= 450)
    hz, power = hz[within], power[within]
    total = np.cumsum(power)
    assert hz[np.searchsorted(total, total[-1] / 2)] == pytest.approx(median_hz, abs=1.5)
    assert (hz * power).sum() / power.sum() == pytest.approx(mean_hz, abs=1.5)


def test_the_noise_has_exactly_the_spectrum_of_its_transfer_function():
    b, a = signal.bilinear([1.0, 0.0], np.polymul([1, 251.327], np.polymul([1, 565.487], [1, 565.487])), FS)
    hz = grid(FS, 500)
    _, wanted = signal.freqz(b, a, worN=hz, fs=FS)
    ratio = np.abs(emg_shape(40.0, 90.0)(hz, FS)) / np.abs(wanted)
    assert np.ptp(ratio) / ratio.mean() < 1e-5
    noise = NoiseStream(4, 0, [0], [emg_shape(40.0, 90.0)], FS).read(0, 400_000)[:, 0]
    seen_hz, seen = signal.welch(noise, FS, nperseg=500, detrend=False)
    shape = np.abs(emg_shape(40.0, 90.0)(seen_hz[5:-5], FS)) ** 2
    assert seen[5:-5] / seen.sum() == pytest.approx(shape / shape.sum(), rel=0.15)


def test_noise_streams_have_unit_variance_and_do_not_know_each_other():
    shapes = [emg_shape(40, 90), emg_shape(60, 150), flat, slow_walk(0.02)]
    noise = NoiseStream(1, 0, [0, 1, 2, 3], shapes, FS).read(0, 400_000)
    assert rms(noise) == pytest.approx(1.0, abs=0.01)
    assert np.abs(np.corrcoef(noise.T) - np.eye(4)).max() < 0.02


@pytest.mark.parametrize(("shape_hz", "bandwidth_hz"), [((40, 90), 125), ((60, 150), 181), ((60, 120), 160)])
def test_the_flicker_of_the_rms_is_that_of_band_limited_gaussian_noise(shape_hz, bandwidth_hz):
    """CV = 1 / (2 sqrt(B_s T)), so the SNR grows with the square root of the window; no fluctuation (0 dB).

    20 seeds of a minute. St-Amant, Rancourt and Clancy 1998 measured an SNR of 16.2 +- 5.4 at 500 ms.
    """
    windows_s = (0.05, 0.125, 0.25, 0.5, 1.0)
    ratio: dict[float, list[float]] = {window_s: [] for window_s in windows_s}
    seen_hz = []
    for seed in range(20):
        noise = NoiseStream(seed, 0, [0], [emg_shape(*shape_hz)], FS).read(0, 62_000)[:, 0]
        emg = signal.sosfilt(CHAIN, noise)[2000:]
        _, power = signal.welch(emg, FS, nperseg=256)
        seen_hz.append(power.sum() ** 2 / (power**2).sum() * FS / 256)
        for window_s in windows_s:
            levels = rms(emg.reshape(-1, round(window_s * FS)).T)
            ratio[window_s].append(levels.mean() / levels.std())
    assert np.mean(seen_hz) == pytest.approx(bandwidth_hz, rel=0.05)
    snr = np.array([np.mean(ratio[window_s]) for window_s in windows_s])
    assert snr == pytest.approx(2.0 * np.sqrt(bandwidth_hz * np.array(windows_s)), rel=0.08)
    assert np.polyfit(np.log(windows_s), np.log(snr), 1)[0] == pytest.approx(0.5, abs=0.03)
    assert abs(snr[windows_s.index(0.5)] - 16.2) <= 5.4


def test_amplitudes_are_gaussian_in_a_steady_hold_and_heavier_tailed_with_the_fluctuation_of_movement():
    """Of EMG over its realised amplitude; 1.5 dB scatter the variance, and so raise the fourth moment."""
    noise = NoiseStream(5, 0, [0, 1], [emg_shape(40, 90), slow_walk(0.25)], FS).read(0, 2_000_000)
    emg, walk = noise.T

    def excess(x: np.ndarray) -> float:
        return float(np.mean(x**4) / np.mean(x**2) ** 2 - 3.0)

    assert excess(emg) == pytest.approx(0.0, abs=0.05)
    spread = 1.5 * np.log(10.0) / 20.0
    # A log-normal factor with that spread has mean(a^4) / mean(a^2)^2 = exp(4 spread^2).
    expected = 3.0 * (np.exp(4.0 * spread**2) - 1.0)
    assert excess(emg * np.exp(spread * walk)) == pytest.approx(expected, abs=0.1)


def test_the_slow_walk_forgets_with_its_time_constant():
    walk = NoiseStream(1, 0, [0], [slow_walk(0.25)], FS).read(0, 2_000_000)[:, 0]
    assert np.std(walk) == pytest.approx(1.0, abs=0.04)
    for lag_s in (0.1, 0.25, 0.5):
        lag = round(lag_s * FS)
        assert np.mean(walk[lag:] * walk[:-lag]) == pytest.approx(np.exp(-lag_s / 0.25), abs=0.05)


def test_sensor_and_chain_are_those_of_scipy():
    hz = grid(FS)
    _, band = signal.sosfreqz(CHAIN, worN=hz, fs=FS)
    assert chain_power(hz, FS, ChainSettings()) == pytest.approx(np.abs(band) ** 2, abs=1e-12)
    _, notch = signal.freqz(*signal.iirnotch(50.0, 30.0, FS), worN=hz, fs=FS)
    with_notch = chain_power(hz, FS, ChainSettings(notch_hz=50.0))
    assert with_notch == pytest.approx(np.abs(band * notch) ** 2, abs=1e-12)
    _, high = signal.freqz(*signal.butter(1, 20.8, "highpass", fs=FS), worN=hz, fs=FS)
    _, low = signal.freqz(*signal.butter(1, 498.4, "lowpass", fs=FS), worN=hz, fs=FS)
    assert sensor(hz, FS) == pytest.approx(high * low, abs=1e-9)


def test_sensor_and_chain_keep_nine_tenths_of_the_glute_and_more_of_the_quad():
    kept = {m: np.sqrt(power_kept(emg_shape(*SHAPE_HZ[m]), FS, ChainSettings())) for m in ("glute", "quad")}
    assert kept == pytest.approx({"glute": 0.90, "quad": 0.95}, abs=0.005)


@pytest.mark.parametrize(
    "muscle", [("glute", "left"), ("glute", "right"), ("quad", "left"), ("quad", "right")]
)
def test_the_rms_of_a_maximal_squeeze_is_the_amplitude_that_the_truth_states(muscle):
    who = person(channels=BOTH_LEGS, script=((0.0, Action("squeeze", *muscle)),))
    column = [(c.muscle, c.side) for c in who.channels].index(muscle)
    emg_uv = who.take(2000, 300_000)[:, column]
    true_uv = who.amplitude_uv(2000, 300_000)[:, column]
    sensor_keeps = np.sqrt(
        np.average(
            np.abs(sensor(grid(FS), FS)) ** 2,
            weights=np.abs(emg_shape(*SHAPE_HZ[muscle[0]])(grid(FS), FS)) ** 2,
        )
    )
    assert rms(emg_uv) == pytest.approx(rms(true_uv) * sensor_keeps, rel=0.01)
    assert rms(true_uv) == pytest.approx(MVC_UV[muscle], rel=0.01)
    # 0.7 dB of slow fluctuation.
    assert np.std(20 * np.log10(true_uv)) == pytest.approx(0.7, abs=0.1)


def test_what_the_pads_pick_up_has_the_sizes_of_the_table():
    electrodes = Electrodes(1, (0, 1), FS)
    hz = grid(FS)
    heard = np.sqrt(np.mean(np.abs(sensor(hz, FS)) ** 2))
    assert rms(electrodes.noise_uv(0, 100_000)) == pytest.approx(NOISE_UV * heard, rel=0.01)
    freq, power = signal.periodogram(electrodes.hum_uv(0, 10_000)[:, 0], FS)
    lines = {
        f: np.sqrt(power[int(f * 10)] * 0.1) / abs(sensor(np.array([f]), FS)[0]) for f in (50.0, 150.0, 250.0)
    }
    assert lines == pytest.approx({50.0: HUM_UV, 150.0: 0.3 * HUM_UV, 250.0: 0.3 * HUM_UV}, rel=1e-3)
    assert power.sum() * 0.1 == pytest.approx(sum(power[int(f * 10)] for f in lines) * 0.1, rel=1e-6)
    moved = electrodes.movement_uv(0, 200_000)
    freq, power = signal.welch(moved, FS, nperseg=8192, axis=0)
    assert power[freq < 20].sum() > 0.9 * power.sum()
    # The sensor's high-pass takes most of it.
    assert 0.1 * MOVEMENT_UV < rms(moved)[0] < 0.3 * MOVEMENT_UV


# Reading changes nothing.


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_any_chunking_gives_the_same_samples(sizes):
    n = sum(sizes)
    whole = person(channels=BOTH_LEGS)
    pieces = person(channels=BOTH_LEGS)
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    emg = np.concatenate([pieces.take(at, k) for at, k in zip(starts, sizes, strict=True)])
    assert np.array_equal(emg, whole.take(0, n))
    # Backwards too.
    again = [pieces.emg_uv(at, k) for at, k in reversed(list(zip(starts, sizes, strict=True)))]
    assert np.array_equal(np.concatenate(again[::-1]), emg)
    assert np.array_equal(pieces.amplitude_uv(0, n), whole.amplitude_uv(0, n))


SPOKEN = st.sampled_from([REST, REPS, Action("reps", count=2), SQUEEZE_GLUTE, Action("squeeze", "quad")])


@given(
    st.lists(st.tuples(st.integers(0, 9000), SPOKEN), max_size=4),
    st.lists(st.tuples(st.integers(1, 4000), SPOKEN, st.integers(0, 9000)), min_size=1, max_size=4),
)
@example([], [(1, REPS, 0), (1, REST, 0)])
@settings(max_examples=40, deadline=None)
def test_looking_ahead_does_not_change_what_happens(scripted, spoken):
    script = tuple(sorted(((ms / 1000, action) for ms, action in scripted), key=lambda item: item[0]))
    told, peeked = person(script=script), person(script=script)
    for ms, action, ahead in spoken:
        for who in (told, peeked):
            who.take(who.position, ms)
        peeked.emg_uv(peeked.position, max(ahead, 1))
        for who in (told, peeked):
            who.do(action)
    n = told.position + 12_000
    assert np.array_equal(told.take(0, n), peeked.take(0, n))
    assert told.reps == peeked.reps


def test_the_seed_decides_everything_and_the_order_of_the_pads_nothing():
    swapped = parse_channel_map("A3=quad:right,A0=glute:right")
    first, same, other = person(seed=5), person(seed=5), person(seed=6)
    assert np.array_equal(first.take(0, 9000), same.take(0, 9000))
    assert not np.array_equal(first.take(0, 9000), other.take(0, 9000))
    assert np.array_equal(person(seed=5, channels=swapped).take(0, 9000)[:, ::-1], first.take(0, 9000))


@pytest.mark.parametrize("sfreq_hz", [250.0, 500.0, 2000.0])
def test_another_rate_is_the_same_person(sfreq_hz):
    usual, other = person(), person()
    other.take(0, 4000)
    other = other.at_rate(sfreq_hz)
    assert other.position == 4 * sfreq_hz
    usual.take(0, 30_000)
    other.take(0, round(30 * sfreq_hz))
    assert len(other.reps) == len(usual.reps) == 5
    for one, two in zip(usual.reps, other.reps, strict=True):
        assert two.start / sfreq_hz == pytest.approx(one.start / FS, abs=1.5 / sfreq_hz)
    squeezing = other.at_rate(sfreq_hz)
    squeezing.do(SQUEEZE_GLUTE)
    amplitude = squeezing.amplitude_uv(squeezing.position + round(2 * sfreq_hz), round(60 * sfreq_hz))[:, 0]
    assert rms(amplitude) == pytest.approx(170.0, rel=0.03)


def test_four_channels_come_a_hundred_times_faster_than_real_time():
    who = person(channels=BOTH_LEGS)
    pads = Pads(who, (), Adc().rail_uv)
    adc = Adc()
    begun_s = time.process_time()
    for block in range(200):
        who.position = block * 512
        uv = pads.uv(block * 512, 512)
        for column in range(4):
            adc.convert(uv[:, column], converter_noise(1, column, block, 512, adc.oversample))
    assert 200 * 512 / FS / (time.process_time() - begun_s) > 100.0


# Doing as told.


def test_a_squeeze_starts_after_the_reaction_and_holds_until_told_otherwise():
    who = person(channels=BOTH_LEGS, script=())
    who.take(0, 1000)
    who.do(SQUEEZE_GLUTE)
    amplitude = who.amplitude(0, 60_000)
    assert not amplitude[: 1000 + 300].any()
    assert (amplitude[1000 + 302 : 1000 + 700] > 0).all()
    held = amplitude[1000 + 800 :]
    assert held.mean(axis=0) == pytest.approx([1.0, 0.05, 0.05, 0.05], rel=0.02)
    who.take(1000, 9000)
    who.do(REST)
    after = who.amplitude(10_000, 5000)
    assert (after[:300] > 0).all()
    assert not after[300 + 501 :].any()
    assert np.array_equal(amplitude[:10_000], who.amplitude(0, 10_000))


def test_a_squeeze_without_a_side_is_both_sides():
    who = person(channels=BOTH_LEGS, script=((0.0, parse_action("squeeze quad")),))
    assert who.amplitude(2000, 60_000).mean(axis=0) == pytest.approx([0.05, 1.0, 0.05, 1.0], rel=0.02)


def test_eight_reps_are_eight_reps_and_then_rest():
    who = person(script=((1.0, parse_action("reps 8")),))
    who.take(0, 90_000)
    assert [rep.number for rep in who.reps] == list(range(8))
    assert all(rep.start < rep.hold_start < rep.hold_stop < rep.stop for rep in who.reps)
    assert not who.amplitude(who.reps[-1].stop + 1, 5000).any()
    assert who.reps[0].start == 1300


def test_reps_go_on_for_ever_two_seconds_after_the_start_by_default():
    who = person()
    who.take(0, 120_000)
    assert not who.amplitude(0, 2300).any()
    assert len(who.reps) == 23


def test_more_reps_while_doing_reps_count_those_not_yet_begun():
    who = person(script=((0.0, parse_action("reps 3")),))
    who.take(0, 7000)
    assert len(who.reps) == 1
    who.do(parse_action("reps 5"))
    who.take(7000, 90_000)
    assert len(who.reps) == 7
    assert all(rep.complete for rep in who.reps)
    who.do(parse_action("reps 1"))
    who.take(97_000, 10_000)
    assert len(who.reps) == 8


def test_a_rep_broken_off_in_its_rise_is_not_complete_and_one_in_its_hold_is():
    for at, complete in ((2500, False), (4500, True)):
        who = person()
        who.take(0, at)
        who.do(REST)
        who.take(at, 10_000)
        (rep,) = who.reps
        assert rep.complete is complete
        assert rep.hold_stop == at + 300
        assert rep.stop == at + 800
        assert not who.amplitude(rep.stop + 1, 5000).any()


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("rest", REST),
        ("Relax\n", REST),
        ("squeeze glute right", SQUEEZE_GLUTE),
        ("Squeeze right glute", SQUEEZE_GLUTE),
        ("squeeze glute:right", SQUEEZE_GLUTE),
        ("squeeze your quad, left", Action("squeeze", "quad", "left")),
        ("reps", REPS),
        ("reps 8\n", Action("reps", count=8)),
        ("ready glute right", REST),
        ("safety: Keep breathing.", REST),
        ("lead: The leads are swapped.", REST),
        ("lead glute right 50 %: Squeeze your right glute.", replace(SQUEEZE_GLUTE, effort=0.5)),
        ("squeeze glute right standing: Squeeze. Hold.", replace(SQUEEZE_GLUTE, position="standing")),
        ("warm 25 %: Tense the leg. A quarter as hard.", Action("squeeze", effort=0.25)),
    ],
)
def test_prompts_are_understood(line, action):
    assert parse_action(line) == action
    assert parse_action(str(action)) == action


@pytest.mark.parametrize(
    "line", ["", "dance", "squeeze", "squeeze nose", "squeeze quad 0 %", "reps many", "reps 0", "reps 2 3"]
)
def test_other_prompts_are_refused_in_one_sentence(line):
    with pytest.raises(ValueError, match=r"^[^.]*\.$"):
        parse_action(line)


def test_a_script_goes_forward_only():
    with pytest.raises(ValueError, match="ascend"):
        person(script=((2.0, REST), (1.0, REPS)))


# Reps: chance and truth.


@pytest.mark.parametrize("exercise", list(EXERCISES))
@pytest.mark.parametrize("name", ["balanced", "quad-led", "glute-led", "left-weak"])
def test_the_true_share_follows_from_the_tables(name, exercise):
    who = person(name, exercise, seed=2, channels=BOTH_LEGS)
    who.take(0, 300_000)
    for side in ("left", "right"):
        reps = [rep for rep in who.reps if rep.side == side]
        works = side == "right" or EXERCISES[exercise].other is None
        assert bool(reps) is works
        if works:
            level, factor = EXERCISES[exercise].working, PERSONAS[name].factor
            glute, quad = level.glute * factor("glute", side, 0), level.quad * factor("quad", side, 0)
            assert np.mean([rep.share for rep in reps]) == pytest.approx(glute / (glute + quad), abs=0.025)


def test_a_learner_closes_half_the_gap_in_ten_reps():
    shares = np.array([_shares("learner", seed) for seed in range(12)]).mean(axis=0)
    expected = [
        0.17
        * (1 - 0.5 * 0.5 ** (k / 10))
        / (0.17 * (1 - 0.5 * 0.5 ** (k / 10)) + 0.12 * (1 + 0.6 * 0.5 ** (k / 10)))
        for k in range(31)
    ]
    assert shares == pytest.approx(expected, abs=0.04)


def _shares(name: str, seed: int) -> list[float]:
    who = person(name, seed=seed)
    who.take(0, 170_000)
    return [rep.share for rep in who.reps][:31]


def test_a_sub_maximal_squeezer_holds_back_and_does_the_same_reps():
    who = person("sub-maximal", script=((0.0, SQUEEZE_GLUTE),))
    assert who.amplitude(2000, 60_000)[:, 0].mean() == pytest.approx(0.6, rel=0.02)
    who, balanced = person("sub-maximal"), person()
    assert np.array_equal(who.take(0, 20_000), balanced.take(0, 20_000))


def test_a_novice_stays_tense_between_reps_and_lets_go_after_the_last():
    who = person("novice", seed=4, script=((0.0, parse_action("reps 4")),))
    who.take(0, 30_000)
    for rep, after in zip(who.reps[:-1], who.reps[1:], strict=True):
        kept = who.amplitude(rep.stop, after.start - rep.stop).mean(axis=0)
        hold = who.amplitude(rep.hold_start, rep.hold_stop - rep.hold_start).mean(axis=0)
        assert kept / hold == pytest.approx([0.3, 0.3], rel=0.4)  # 1.5 dB fluctuation over a second
    assert len(who.reps) == 4
    assert not who.amplitude(who.reps[-1].stop + 1, 1000).any()


def test_a_novice_twitches_once_a_minute_in_one_leg_also_at_rest():
    who = person("novice", channels=BOTH_LEGS, script=())
    who.position = 600_000
    amplitude = who.amplitude(0, 600_000)
    assert len(who.twitches) == 10
    assert {twitch.side for twitch in who.twitches} == {"left", "right"}
    quiet = np.ones(amplitude.shape, dtype=bool)
    for number, twitch in enumerate(who.twitches):
        assert 60.0 * number <= twitch.start_s < twitch.stop_s <= 60.0 * (number + 1)
        assert 0.15 <= twitch.stop_s - twitch.start_s <= 0.35
        rows = slice(int(twitch.start_s * FS), int(twitch.stop_s * FS) + 2)
        hit = [channel.side == twitch.side for channel in who.channels]
        assert (amplitude[rows][:, hit].max(axis=0) > 0.2).all()
        quiet[rows, hit] = False
    assert not amplitude[quiet].any()
    assert not person(script=()).twitches


def test_chance_from_rep_to_rep_has_the_spread_of_the_table():
    drawn = [plan.RepSpread.draw(1, number) for number in range(4000)]
    glute = np.log([d.gain("glute", "right") for d in drawn])
    quad = np.log([d.gain("quad", "right") for d in drawn])
    assert np.std(glute - quad) == pytest.approx(np.sqrt(2) * 0.10, rel=0.05)
    assert np.cov(glute, quad)[0, 1] == pytest.approx(0.08**2, rel=0.15)
    lag_s = [d.delay_s("glute", "left") - d.delay_s("quad", "left") for d in drawn]
    assert np.mean(lag_s) == pytest.approx(0.040, abs=0.003)
    assert np.std(lag_s) == pytest.approx(0.050, abs=0.003)
    assert all(min(d.delay_s("glute", "left"), d.delay_s("quad", "left")) == 0.0 for d in drawn)
    assert np.std(np.log([d.tempo for d in drawn]), axis=0) == pytest.approx(0.05, rel=0.1)


def test_the_other_leg_of_a_one_legged_exercise_keeps_the_balance_only():
    who = person(exercise="single-leg-deadlift", channels=BOTH_LEGS, side="left")
    who.take(0, 120_000)
    assert {rep.side for rep in who.reps} == {"left"}
    peak = {(c.muscle, c.side): v for c, v in zip(who.channels, who.reps[0].percent, strict=True)}
    assert peak["glute", "left"] > 2.5 * peak["glute", "right"]


def test_movement_is_seen_while_the_body_moves_and_only_then():
    who = person()
    who.take(0, 20_000)
    rep = who.reps[0]
    middle_of_hold = (rep.hold_start + rep.hold_stop) // 2
    assert who.movement(middle_of_hold, 10).max() < 0.01
    assert who.movement(rep.start, rep.hold_start - rep.start).max() > 0.99
    assert not who.movement(0, 2000).any()


# Converter and rest.


def test_the_default_converter_is_ten_bits_summed_four_times():
    adc = Adc()
    assert (adc.bits, adc.rail_uv) == (12, 12_500.0)
    assert adc.step_uv == pytest.approx(24.414, abs=0.001)
    quiet = np.zeros((3, 4), dtype=np.float32)
    counts = adc.convert(np.array([0.0, 1e6, -1e6]), quiet)
    assert counts.tolist() == [2048, 4092, 0]


@pytest.mark.parametrize("oversample", [1, 4, 16])
def test_converter_noise_is_what_the_truth_says_and_sums_are_linear(oversample):
    adc = Adc(oversample=oversample)
    levels = np.linspace(-30.0, 30.0, 7)
    noise = converter_noise(1, 0, 0, 60_000, oversample)
    scale = adc.step_uv / oversample
    read = [(adc.convert(np.full(60_000, uv), noise) - (1 << (adc.bits - 1))) * scale for uv in levels]
    assert [r.mean() for r in read] == pytest.approx(levels, abs=0.35)
    assert np.mean([r.std() for r in read]) == pytest.approx(adc.noise_uv, rel=0.02)


def test_the_resting_level_of_the_truth_is_that_of_the_samples():
    who = person(script=())
    pads, adc = Pads(who, (), Adc().rail_uv), Adc()
    uv = pads.uv(0, 120_000)[:, 0]
    noise = converter_noise(1, 0, 0, 120_000, 4)
    read = (adc.convert(uv, noise) - 2048) * adc.step_uv / 4
    chain = signal.sosfilt(CHAIN, read)[500:]
    windows = rms(chain[: 250 * 470].reshape(-1, 250).T)
    truth = resting_level(adc, FS, ChainSettings())
    assert rms(chain) == pytest.approx(truth.rms_uv, rel=0.02)
    assert np.median(windows) == pytest.approx(truth.rms_uv, rel=0.02)
    assert np.std(windows) == pytest.approx(truth.sd_uv, rel=0.15)


# Small parts.


def test_a_track_starts_each_ramp_from_where_it_is():
    track = Track()
    track.ramp(1.0, 2.0, 1.0)
    track.ramp(2.0, 1.0, 0.0)
    assert track.levels(np.array([0.0, 1.5, 2.0, 2.5, 3.0, 9.0])) == pytest.approx(
        [0.0, 0.5 - 0.5 * np.cos(np.pi / 4), 0.5, 0.25, 0.0, 0.0]
    )
    track.forget_from(2.0)
    assert track.at(3.0) == 1.0
    with pytest.raises(ValueError, match="before"):
        track.ramp(0.5, 1.0, 0.0)


@pytest.mark.parametrize("named", [persona_named, exercise_named])
def test_unknown_names_are_answered_with_the_known_ones(named):
    with pytest.raises(ValueError, match=r"^Unknown simulated .*'nobody'; choose one of: .*balanced|bridge"):
        named("nobody")


def test_a_squeeze_may_be_a_part_of_all_strength_and_a_position_may_allow_less():
    """Half of the maximum; a quarter in all muscles; and a standing glute, which reaches 0.93 of it."""
    levels = {}
    for line in ("squeeze glute right 50 %", "warm 25 %", "squeeze glute right standing"):
        who = person(script=((0.0, parse_action(line)),))
        levels[line] = np.sqrt(np.mean(who.amplitude(2000, 8000) ** 2, axis=0))
    assert levels["squeeze glute right 50 %"] == pytest.approx([0.5, 0.025], rel=0.05)
    assert levels["warm 25 %"] == pytest.approx([0.25, 0.25], rel=0.05)
    assert levels["squeeze glute right standing"] == pytest.approx([0.93, 0.05], rel=0.05)
