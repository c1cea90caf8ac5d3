"""Recordings of people, through the chain with its defaults: what each can prove (SCIENCE 14).

Nothing was tuned on them. None is a bridge, a squat or a deadlift with a maximal squeeze, so they prove
filters, envelope, contact and counting, not the share.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from recorded_people import D1, D2_CLEAN, D2_HUM, D3_BURSTS, D3_FATIGUE, D4, analysed, path_of, table
from scipy import signal

from calibration import Calibration
from calibration.record import ChannelCalibration
from device.channel_map import parse_column_map
from emgfeedback.analyse import Analysis
from emgfeedback.analyse.column_file import read_columns
from emgfeedback.analyse.samples import samples_of
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.spectrum import welch
from emgfeedback.frame import Contact, Rep
from emgfeedback.pipeline import Pipeline

Array = NDArray[np.float64]

#: s. Half of the envelope's window: how late the causal envelope is, as the reps take it into account.
ENVELOPE_DELAY_S = ChainSettings().rms_window_s / 2


# d1: walking


def forwards_and_backwards(b: Array, a: Array, values: Array) -> Array:
    """As R's signal package filters: padded with zeros at the end, and only there."""
    padded = np.concatenate([values, np.zeros(2 * max(len(a), len(b)))])
    once = signal.lfilter(b, a, padded)
    return signal.lfilter(b, a, once[::-1])[::-1][: len(values)]


def published_recipe(emg: Array) -> Array:
    """Envelope of all muscles (n, n_muscles) by the recipe beside the published one."""
    high, low = signal.butter(4, 50.0, "high", fs=1000.0), signal.butter(4, 20.0, fs=1000.0)
    columns = [np.abs(forwards_and_backwards(*high, column - column.mean())) for column in emg.T]
    envelope = np.stack([forwards_and_backwards(*low, column) for column in columns], axis=1)
    envelope = np.where(envelope <= 0.0, envelope[envelope > 0.0].min(), envelope)
    envelope = envelope - envelope.min(axis=0)
    return envelope / envelope.max(axis=0)


def hundred_points(values: Array) -> Array:
    at = np.linspace(0.0, len(values) - 1.0, 100)
    return np.stack([np.interp(at, np.arange(len(values)), column) for column in values.T], axis=1)


def test_d1_published_envelope_comes_out_again() -> None:
    """Attained: every one of the 8 columns within 2.5e-12."""
    raw, cycles = table(f"{D1}/raw.csv"), table(f"{D1}/gait_cycles.csv")
    reference = table(f"{D1}/reference_envelope_8_muscles.csv")
    muscles = [name for name in raw if name != "time_s"]
    envelope = published_recipe(np.stack([raw[name] for name in muscles], axis=1))
    down, off = (np.searchsorted(raw["time_s"], cycles[name] - 1e-9) for name in ("touchdown_s", "toe_off_s"))
    phases = [bounds for k in (1, 2, 3) for bounds in ((down[k], off[k]), (off[k], down[k + 1]))]
    points = np.concatenate([hundred_points(envelope[first:stop]) for first, stop in phases])
    for name in set(reference) - {"point"}:
        assert np.abs(points[:, muscles.index(f"{name}_uV")] - reference[name]).max() <= 1e-9


def middle_of_the_top(course: Array) -> int:
    """Middle of the stretch around the maximum that stays within 10 % of it: a boxcar's top is flat."""
    top = int(course.argmax())
    low = np.flatnonzero(course[:top] < 0.9 * course[top])[-1] + 1
    high = top + np.flatnonzero(course[top:] < 0.9 * course[top])[0] - 1
    return int(low + high) // 2


@pytest.mark.parametrize(
    "column", ["gluteus_maximus_uV", "gluteus_medius_uV", "vastus_lateralis_uV", "vastus_medialis_uV"]
)
def test_d1_glutes_and_vasti_peak_early_in_the_stride(column: str) -> None:
    """Mean of five strides, after the stated delay of 62.5 ms: middle of the top at 3.2 to 7.5 %.

    The highest single point lies at 1.8 (gluteus maximus), 7.2, 8.5 (vastus lateralis) and 6.5 %.
    """
    channels = parse_column_map(f"{column}=glute:right")
    columns = read_columns(path_of(f"{D1}/raw.csv"), [column])
    samples = samples_of(columns, channels, 1000.0, "uV", None)
    pipeline = Pipeline(samples.info)
    envelope = np.concatenate([pipeline.push(chunk).envelope_uv[:, 0] for chunk in samples.chunks()])
    down_s = table(f"{D1}/gait_cycles.csv")["touchdown_s"] - samples.first_s + ENVELOPE_DELAY_S
    phase = np.linspace(-0.2, 0.8, 401)
    times_s = np.arange(len(envelope)) / 1000.0
    strides = [
        np.interp(first + phase * (stop - first), times_s, envelope) for first, stop in pairwise(down_s)
    ]
    course = np.mean(strides, axis=0)
    assert 0.03 <= phase[middle_of_the_top(course)] <= 0.08
    stance, push_off = (course[(phase >= a) & (phase < b)].mean() for a, b in ((0.0, 0.2), (0.4, 0.6)))
    assert stance > 5.0 * push_off


def test_d1_walking_is_no_reps() -> None:
    """100 % is four times the highest 500 ms: walking is a small part of a maximum."""
    channels = "gluteus_maximus_uV=glute:right,vastus_lateralis_uV=quad:right"
    own = analysed(f"{D1}/raw.csv", channels, "uV")
    quarter = [replace(r, mvc_uv=4.0 * r.mvc_uv) for r in own.ruler.calibration.channels]
    assert counted(own, quarter) == 0
    assert len(own.reps) == 0


def counted(analysis: Analysis, records: list[ChannelCalibration]) -> int:
    """Reps of the live pipeline under another calibration."""
    calibration: Calibration = replace(analysis.ruler.calibration, channels=tuple(records))
    pipeline = Pipeline(analysis.samples.info, None, calibration)
    assert pipeline.uncalibrated == ""
    return sum(len(pipeline.push(chunk).reps) for chunk in analysis.samples.chunks())


# d2: knee extensions, one file with hum


def extensions(name: str) -> list[tuple[float, float]]:
    """Seconds between which the knee is past the middle of its range, by the goniometer."""
    columns = table(name)
    angle = columns["knee_deg"]
    bent = angle < 0.5 * (angle.min() + angle.max())
    edges = np.flatnonzero(np.diff(bent.astype(int)))
    return [(first / 1000.0, stop / 1000.0) for first, stop in zip(edges[::2], edges[1::2], strict=True)]


def one_to_one(reps: tuple[Rep, ...], truth: list[tuple[float, float]], sfreq_hz: float = 1000.0) -> int:
    """How many true stretches (in s) are overlapped by exactly one rep, which overlaps no other."""
    hits = [
        [rep.number for rep in reps if rep.start < stop * sfreq_hz and rep.stop > first * sfreq_hz]
        for first, stop in truth
    ]
    single = [hit[0] for hit in hits if len(hit) == 1]
    return sum(single.count(number) == 1 for number in single)


@pytest.mark.parametrize(
    ("name", "muscle"),
    [(D2_HUM, "RF"), (D2_CLEAN, "RF"), (D2_CLEAN, "VM")],
    ids=["RF, 60 Hz hum", "RF", "VM"],
)
def test_d2_four_repetitions_in_each_file(name: str, muscle: str) -> None:
    """Counted on either muscle alone, the first burst of the vastus medialis being three times the others.

    With hum the vastus medialis gives 3: mains stands beside the weak muscle for most of the file, which is
    said, and a rep that is mostly unseen is not told.
    """
    truth = extensions(name)
    assert len(truth) == 4
    reps = analysed(name, f"{muscle}_mV=quad:right", "mV").reps
    assert len(reps) == 4
    assert one_to_one(reps, truth) == 4


def test_d2_mains_beside_the_weak_muscle_costs_one_repetition_and_is_said() -> None:
    reps = analysed(D2_HUM, "VM_mV=quad:right", "mV").reps
    assert len(reps) == one_to_one(reps, extensions(D2_HUM)) == 3
    assert [rep.left_out for rep in reps[1:]] == ["mains in the quad signal"] * 2


def test_d2_mains_is_named_60_hz_with_its_second_harmonic() -> None:
    channels = "RF_mV=quad:right,BF_mV=hamstring:right,VM_mV=quad:left,ST_mV=hamstring:left"
    humming, clean = (analysed(name, channels, "mV") for name in (D2_HUM, D2_CLEAN))
    for mains in humming.mains:
        assert mains is not None
        assert mains.hz == 60.0
        assert [hz for hz, _ in mains.lines][:2] == [60.0, 120.0]
    assert clean.mains == (None,) * 4


def test_d2_humming_hamstrings_are_not_active() -> None:
    """Hum is stronger than their EMG: their best half second is 4.9 and 3.2 times the quietest."""
    analysis = analysed(D2_HUM, "BF_mV=hamstring:right,ST_mV=hamstring:left", "mV")
    assert analysis.reps == ()
    assert analysis.ruler.calibration.channels == ()
    assert np.isnan(analysis.course.percent).all()
    assert all("no activation told from rest" in s and "mains at 60 Hz" in s for s in analysis.sentences[:2])


# d3: counts of a biceps


#: s. Published beside the recording, within 0.15 s.
BURST_ONSETS_S = (1.44, 4.67, 7.90, 11.65, 14.53, 17.32, 20.33, 23.30, 26.36)


def contractions(name: str) -> list[tuple[float, float]]:
    """Seconds of each contraction: above 15 % of the 99th percentile of a 4 Hz zero-phase envelope."""
    counts = table(name)["adc"]
    band = signal.butter(2, [20.0, 450.0], "bandpass", fs=1000.0, output="sos")
    emg = signal.sosfiltfilt(band, counts - counts.mean())
    envelope = signal.sosfiltfilt(signal.butter(2, 4.0, fs=1000.0, output="sos"), np.abs(emg))
    active = np.concatenate([[False], envelope > 0.15 * np.percentile(envelope, 99), [False]])
    edges = np.flatnonzero(np.diff(active.astype(int)))
    return [(first / 1000.0, stop / 1000.0) for first, stop in zip(edges[::2], edges[1::2], strict=True)]


def test_d3_nine_bursts() -> None:
    truth = [(onset_s, onset_s + 0.9) for onset_s in BURST_ONSETS_S]
    reps = analysed(D3_BURSTS, "adc=quad:right", "counts", bits=16).reps
    assert len(reps) == 9
    assert one_to_one(reps, truth) == 9


def test_d3_thirty_contractions() -> None:
    truth = contractions(D3_FATIGUE)
    assert len(truth) == 30
    reps = analysed(D3_FATIGUE, "adc=quad:right", "counts", bits=12).reps
    assert len(reps) == 30
    assert one_to_one(reps, truth) == 30


def test_d3_clipping_is_found_in_its_twenty_contractions() -> None:
    analysis = analysed(D3_FATIGUE, "adc=quad:right", "counts", bits=12)
    assert analysis.clipped == (38,)
    clipped = [rep for rep in analysis.reps if analysis.samples.clipped(rep.start, rep.stop)[0]]
    assert len(clipped) == 20
    # Live, a second with 1 % of its samples near a rail withholds the number: all of these reps.
    assert all(rep.left_out == "quad signal clipped" for rep in clipped)


def median_frequency_hz(emg: Array) -> float:
    frequencies_hz, density = welch(emg[:, None], 1000.0, 1024)
    inside = (frequencies_hz >= 20.0) & (frequencies_hz <= 450.0)
    power = np.cumsum(density[inside, 0])
    return float(frequencies_hz[inside][np.searchsorted(power, 0.5 * power[-1])])


def test_d3_median_frequency_falls_as_published() -> None:
    """Published: 74.9 to 58.6 Hz. Ours, over the middle second of each contraction: 77.8 to 58.9 Hz."""
    analysis = analysed(D3_FATIGUE, "adc=quad:right", "counts", bits=12)
    emg = analysis.course.emg_uv[:, 0]
    middles = [round(500.0 * (first + stop)) for first, stop in contractions(D3_FATIGUE)]
    medians = [median_frequency_hz(emg[at - 512 : at + 512]) for at in middles]
    first, last = np.mean(medians[:3]), np.mean(medians[-3:])
    assert first == pytest.approx(75.0, rel=0.1)
    assert last == pytest.approx(59.0, rel=0.1)


# d4: a dead channel


@pytest.mark.parametrize("name", D4)
def test_d4_dead_channel_is_called_dead_and_the_working_one_is_not(name: str) -> None:
    """GL holds 1.5 to 1.7 µV RMS, which is 0.7 counts: in its own squeeze a muscle gives more than two."""
    analysis = analysed(name, "VL_uV=quad:right,GL_uV=glute:right", "uV", sfreq_hz=2000.0)
    working, dead = analysis.sentences[:2]
    assert "dead" not in working
    assert dead.startswith("glute right (GL_uV): dead: its best 500 ms reach 0.7 counts RMS")


@pytest.mark.parametrize("name", D4)
def test_d4_dead_channel_has_no_data_in_its_own_squeeze(name: str) -> None:
    """Live: told that the wearer squeezes this muscle now, the contact says so within 6 s of the hold."""
    samples = analysed(name, "VL_uV=quad:right,GL_uV=glute:right", "uV", sfreq_hz=2000.0).samples
    pipeline = Pipeline(samples.info)
    pipeline.expect(resting=False, squeezing=[0, 1])
    quality = np.concatenate([pipeline.push(chunk).quality for chunk in samples.chunks()[:3]])
    assert quality[-1, 1] == Contact.NO_DATA
    assert quality[-1, 0] == Contact.GOOD
