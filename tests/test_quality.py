"""Contact: faults are named within a second, and clean signals are left alone."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_signals import TWELVE_BITS, UNO, Recording, chunks, record, run

from device.stream import SampleChunk
from emgfeedback.frame import Contact
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.personas import PERSONAS

HOP_S = 0.008
#: One 12-bit recording of bridges, into which the tests put their faults: both muscles work at 15 s.
AT_S = 15.0
UNO_SINGLE = replace(UNO, oversample=1)


def quality(recording: Recording, counts: np.ndarray | None = None, *, calibrated: bool = True) -> np.ndarray:
    """Contact per hop and channel of a recording, or of other counts on its stream."""
    pipeline = Pipeline(recording.info, None, recording.calibration if calibrated else None)
    pieces = chunks(recording.counts if counts is None else counts)
    return np.concatenate([pipeline.push(piece).quality for piece in pieces])


def seconds_until(states: np.ndarray, state: Contact, since_s: float) -> float:
    """From ``since_s`` to the first hop in that state."""
    first = round(since_s / HOP_S)
    hits = np.flatnonzero(states[first:] == state)
    return float(hits[0]) * HOP_S if len(hits) else np.inf


def in_microvolts(recording: Recording, uv: np.ndarray) -> np.ndarray:
    """Counts that stand for ``uv``, clipped to the converter's range."""
    channel = recording.info.channels[0]
    low, high = channel.digital_range
    steps = np.round((uv - channel.physical_range[0]) / channel.uv_per_count)
    return np.clip(steps + low, low, high).astype(np.int32)


def spoilt(recording: Recording, column: int, values: np.ndarray | int, at_s: float = AT_S) -> np.ndarray:
    """Counts with one channel replaced from ``at_s`` on."""
    counts = recording.counts.copy()
    counts[round(at_s * 1000) :, column] = values
    return counts


def sine(n: int, hz: float, rms_uv: float) -> np.ndarray:
    return np.sqrt(2.0) * rms_uv * np.sin(2.0 * np.pi * hz * np.arange(n) / 1000.0 + 0.3)


@pytest.mark.parametrize("adc", [UNO, UNO_SINGLE, TWELVE_BITS], ids=["10 bit x4", "10 bit", "12 bit"])
def test_clean_signals_are_good(adc):
    red = windows = alarms = 0
    for exercise in EXERCISES:
        for seed, persona in enumerate(PERSONAS, start=1):
            if (seed + len(exercise)) % 3 and adc is not UNO:
                continue
            states = quality(record(persona, exercise, seed, 60.0, adc=adc))
            bad = states > Contact.STARTING
            red, windows = red + int(bad.sum()), windows + bad.size
            alarms += int((np.diff(bad.astype(int), axis=0) > 0).sum())
    assert red <= 0.001 * windows
    assert alarms <= windows * HOP_S / 2.0 / 600.0


def test_starting_lasts_half_a_second():
    states = quality(record(seconds=30.0, adc=TWELVE_BITS))
    started = np.flatnonzero(states[:, 0] != Contact.STARTING)[0] * HOP_S
    assert 0.4 <= started <= 0.6


@pytest.mark.parametrize("channel", ["glute", "quad"])
@pytest.mark.parametrize("exercise", ["bridge", "squat", "single-leg-deadlift"])
@pytest.mark.parametrize("at_s", [11.0, 13.3, 14.6])
def test_a_loose_pad_is_named_within_a_second(channel, exercise, at_s):
    states = quality(record(exercise=exercise, seconds=20.0, faults=f"liftoff@{at_s}+3:{channel}"))
    column = ("glute", "quad").index(channel)
    assert seconds_until(states[:, column], Contact.LOOSE, at_s) <= 1.0
    held = states[round((at_s + 1.0) / HOP_S) : round((at_s + 3.0) / HOP_S), column]
    assert (held == Contact.LOOSE).all()
    assert seconds_until(states[:, column], Contact.GOOD, at_s + 3.0) <= 1.0
    assert (states[63:, 1 - column] == Contact.GOOD).all()


@pytest.mark.parametrize("hz", [49.7, 50.0, 50.3, 59.7, 60.0, 60.3])
@pytest.mark.parametrize("rms_uv", [100.0, 300.0])
def test_mains_off_its_frequency_is_still_mains(hz, rms_uv):
    recording = record(seconds=20.0, adc=TWELVE_BITS)
    counts = spoilt(recording, 0, in_microvolts(recording, sine(5000, hz, rms_uv)))
    assert seconds_until(quality(recording, counts)[:, 0], Contact.LOOSE, AT_S) <= 1.0


@pytest.mark.parametrize(
    ("hz", "rms_uv", "named"),
    [
        (50.0, 20.0, Contact.MAINS),
        (10.0, 300.0, Contact.MOTION),
        (30.0, 300.0, Contact.GOOD),
        (85.0, 300.0, Contact.GOOD),
    ],
)
def test_other_tones_and_weak_mains_are_not_a_loose_pad(hz, rms_uv, named):
    recording = record(seconds=20.0, adc=TWELVE_BITS)
    counts = spoilt(recording, 0, in_microvolts(recording, sine(5000, hz, rms_uv)))
    states = quality(recording, counts)[63:, 0]
    assert Contact.LOOSE not in states
    assert (states[-250:] == named).all()


@pytest.mark.parametrize("rail", [0, 4095])
def test_a_channel_that_stays_at_a_rail_is_loose(rail):
    recording = record(seconds=20.0, adc=TWELVE_BITS)
    states = quality(recording, spoilt(recording, 1, rail))
    assert seconds_until(states[:, 1], Contact.LOOSE, AT_S) <= 1.0


def test_clipping_is_named_within_a_second_of_work():
    recording = record(exercise="squat", seconds=20.0, adc=TWELVE_BITS)
    middle = 2048
    loud = np.clip((recording.counts[15_000:, 1] - middle) * 60 + middle, 0, 4095)
    counts = spoilt(recording, 1, loud)
    at_rail = (counts[:, 1] <= 20) | (counts[:, 1] >= 4075)
    first = float(np.flatnonzero(at_rail)[9]) / 1000.0
    assert seconds_until(quality(recording, counts)[:, 1], Contact.CLIPPING, first) <= 0.2


def test_a_few_samples_at_a_rail_are_no_clipping():
    recording = record(seconds=20.0, adc=TWELVE_BITS)
    counts = recording.counts.copy()
    counts[15_000:15_007, 0] = 4095
    # One blow of 8 mV is movement, not an amplifier at its end.
    assert Contact.CLIPPING not in quality(recording, counts)[63:, 0]


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_flat_line_is_no_data(calibrated):
    recording = record(seconds=20.0, adc=TWELVE_BITS)
    states = quality(recording, spoilt(recording, 0, 1900), calibrated=calibrated)
    assert seconds_until(states[:, 0], Contact.NO_DATA, AT_S) <= 1.0
    assert (states[-50:, 0] == Contact.NO_DATA).all()


def test_a_flat_line_on_a_coarse_board_shows_while_the_other_muscle_works():
    recording = record(exercise="squat", seconds=20.0, adc=UNO_SINGLE)
    hold = recording.true_reps[-1].start / 1000.0
    states = quality(recording, spoilt(recording, 0, 480, at_s=hold - 2.0))
    assert seconds_until(states[:, 0], Contact.NO_DATA, hold) <= 1.5


def test_rest_on_one_count_of_a_coarse_board_is_not_called_dead():
    recording = record(seconds=20.0, adc=UNO_SINGLE)
    still = np.full_like(recording.counts, 512)
    assert (quality(recording, still)[63:] == Contact.GOOD).all()


def test_rest_of_a_sensors_envelope_at_zero_is_good():
    recording = record(seconds=20.0, adc=TWELVE_BITS)
    envelopes = tuple(replace(c, signal="envelope") for c in recording.info.channels)
    pipeline = Pipeline(replace(recording.info, channels=envelopes))
    counts = np.zeros((4000, 2), dtype=np.int32)
    counts[3000:] = 4095
    states = pipeline.push(SampleChunk(0, counts, 0.0)).quality
    assert (states[63 : round(3.0 / HOP_S)] == Contact.GOOD).all()
    assert (states[-20:] == Contact.LOOSE).all()


def test_a_bad_channel_withholds_the_share_of_its_side_only_while_it_is_bad():
    recording = record(seconds=20.0, faults="liftoff@13+2:quad")
    frames, _ = run(recording)
    state = np.concatenate([frame.state for frame in frames])[:, 0]
    bad = np.concatenate([frame.quality for frame in frames]).max(axis=1) > Contact.GOOD
    assert np.array_equal(state == 5, bad)
