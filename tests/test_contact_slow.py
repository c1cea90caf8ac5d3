"""What is judged once: signal to noise, rest, heartbeat, crosstalk, kinds of signal, rates, timing."""

from dataclasses import replace

import numpy as np
import pytest
from contact_faults import BOARDS, convert
from simulated_signals import ONE_LEG, TWELVE_BITS, Recording, chunks, record, stream_info

from calibration.contact import alive, calm, clear, crosstalk, crosstalk_part, heartbeat
from calibration.plan import ChannelSpec, Plan
from calibration.protocol import Procedure
from device.stream import SampleChunk
from emgfeedback import words
from emgfeedback.contact import rate_trouble, switched_off, timing
from emgfeedback.frame import Contact, Severity
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import Action
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.faults import Fault, parse_faults
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS

SQUEEZE = ((0.0, Action("rest")), (1.0, Action("squeeze", "glute", "right")))
REST = ((0.0, Action("rest")),)


def emg(recording: Recording) -> np.ndarray:
    """Band-passed EMG of a recording."""
    pipeline = Pipeline(recording.info, None, recording.calibration)
    return np.concatenate([pipeline.push(chunk).emg_uv for chunk in chunks(recording.counts)])


def test_a_channel_is_alive_when_its_own_squeeze_is_heard():
    assert alive(100.0, 4.0, 4.0).grade == "good"
    assert alive(7.0, 4.0, 4.0).grade == "bad"
    assert "Dead" in alive(40.0, 0.0, 24.4).text


def test_coarse_counts_cannot_tell_a_bad_rest_or_a_weak_signal():
    assert clear(100.0, 20.0, 6.1).grade == calm(20.0, 100.0, 6.1).grade == "cannot tell"
    assert [clear(100.0, rest, 4.0).grade for rest in (9.0, 15.0, 25.0)] == ["good", "warn", "bad"]
    assert [calm(rest, 100.0, 4.0).grade for rest in (4.0, 8.0, 15.0)] == ["good", "warn", "bad"]


@pytest.mark.parametrize("part", [0.0, 0.10, 0.25, 0.35])
def test_crosstalk_is_measured_within_five_points(part):
    """Simulated glute squeezes at full strength, the quad at 5 % of its own; 20 seeds."""
    found = []
    for seed in range(1, 21):
        faults = f"crosstalk@0+9:quad={part}" if part else ""
        signal = emg(record("balanced", "bridge", seed, 5.5, ONE_LEG, faults, SQUEEZE, TWELVE_BITS))[2000:]
        found.append(crosstalk_part(signal[:, 0], signal[:, 1], 1000.0)[0])
    assert np.abs(np.array(found) - part).max() <= 0.05
    grades = {0.0: "good", 0.10: "good", 0.25: "warn", 0.35: "bad"}
    verdict = crosstalk(float(np.median(found)), 10.0, 280.0)
    assert verdict.grade == grades[part] or part == 0.25
    assert crosstalk(part, 50.0, 280.0).grade == "cannot tell"
    assert crosstalk(float("nan"), 5.0, 280.0).grade == "cannot tell"


def test_a_heartbeat_is_heard_in_the_rest_and_nothing_else_is_one():
    for seed in range(1, 21):
        beats = emg(record("balanced", "bridge", seed, 11.0, ONE_LEG, "ecg@0+11:glute=60", REST, TWELVE_BITS))
        assert heartbeat(beats[1000:, 0], 1000.0).grade == "warn", seed
        assert heartbeat(beats[1000:, 1], 1000.0).grade == "good"
    assert heartbeat(beats[1000:, 0], 1000.0).text.split()[-3] in ("65", "66", "67", "68")
    blow = beats[1000:, 1].copy()
    blow[4000:4020] += 300.0
    assert heartbeat(blow, 1000.0).grade == "good"
    assert heartbeat(np.full(1000, np.nan), 1000.0).grade == "cannot tell"


def test_the_guided_calibration_tells_what_it_found():
    plan = Plan.squeezes_alone(rest_s=5.0, trials=1, max_trials=1, pause_s=3.0, position_s=2.0, ready_s=2.0)
    script = ((0.0, Action("rest")), (8.6, Action("squeeze", "glute", "right")), (15.0, Action("rest")),
              (18.5, Action("squeeze", "quad", "right")), (25.5, Action("rest")))  # fmt: skip
    faults = "crosstalk@0+60:quad=0.4,ecg@0+7:glute=80"
    recording = record("balanced", "bridge", 3, 32.0, ONE_LEG, faults, script, TWELVE_BITS)
    pipeline = Pipeline(recording.info)
    specs = [
        ChannelSpec(c.pin, c.muscle, c.side, c.signal, c.gain, c.uv_per_count)
        for c in recording.info.channels
    ]
    procedure, events = Procedure(specs, 1000.0, plan), []
    for chunk in chunks(recording.counts, 200):
        frame = pipeline.push(chunk)
        if len(frame.hops):
            names = [Contact(int(code)).name for code in frame.quality[0]]
            events += procedure.push(frame.emg_uv, frame.envelope_uv, names)
    assert procedure.prompt.kind == "done", [event.text for event in events]
    grades = {pin: {v.about: v.grade for v in found} for pin, found in procedure.verdicts.items()}
    assert grades["A1"]["crosstalk"] == "bad"
    assert grades["A1"]["signal to noise"] == "good"
    assert grades["A0"]["heartbeat"] == "warn"
    notes = [event.text for event in events if event.kind == "note"]
    assert any("heartbeat" in note for note in notes)
    assert any("other muscle" in note for note in notes)


def processed(recording: Recording, kind: str) -> np.ndarray:
    """Counts of a sensor that rectifies, or rectifies and smooths, the same EMG; 0 µV is count 0."""
    middle = recording.counts.mean(axis=0)
    rectified = np.abs(recording.counts - middle)
    if kind == "envelope":
        weights = np.exp(-np.arange(250) / 44.0)
        rectified = np.stack(
            [np.convolve(column, weights / weights.sum())[: len(column)] for column in rectified.T], axis=1
        )
    return np.round(3.0 * rectified).astype(np.int32)


@pytest.mark.parametrize("said", ["raw", "rectified", "envelope"])
@pytest.mark.parametrize("seen", ["raw", "rectified", "envelope"])
@pytest.mark.parametrize("exercise", ["bridge-cued", "squat"])
def test_a_channel_that_is_not_what_it_says_is_noticed(said, seen, exercise):
    for seed in (1, 2, 3):
        recording = record("balanced", exercise, seed, 40.0, adc=TWELVE_BITS)
        counts = recording.counts if seen == "raw" else processed(recording, seen)
        channels = tuple(replace(c, signal=said) for c in recording.info.channels)
        pipeline = Pipeline(replace(recording.info, channels=channels))
        for chunk in chunks(counts):
            pipeline.push(chunk)
        for pin, doubt in zip(("A0", "A1"), pipeline.doubts, strict=True):
            assert bool(doubt) == (said != seen), (pin, doubt)
            assert not doubt or doubt.startswith(pin)


def test_metrics_are_switched_off_with_the_reason():
    info = stream_info(ONE_LEG, TWELVE_BITS, 1000.0)
    assert switched_off(info) == []
    slow = dict(switched_off(replace(info, sfreq_hz=250.0)))
    assert set(slow) == {"median frequency and fatigue", "whole band of 20 to 450 Hz"}
    assert "112 Hz" in slow["whole band of 20 to 450 Hz"]
    assert "mains check" in dict(switched_off(replace(info, sfreq_hz=100.0)))
    envelope = replace(info, channels=(info.channels[0], replace(info.channels[1], signal="envelope")))
    off = dict(switched_off(envelope))
    assert "median frequency and fatigue" in off
    assert all(reason.startswith("A1:") for reason in off.values())
    assert rate_trouble(100.0) == rate_trouble(4000.0) == ""
    assert "50 samples a second" in rate_trouble(50.0)


@pytest.mark.parametrize("sfreq_hz", [100.0, 128.0, 250.0, 500.0, 2000.0, 4000.0])
def test_clean_raw_signals_of_any_rate_are_good(sfreq_hz):
    recording = record("balanced", "squat", 3, 12.0, adc=TWELVE_BITS, sfreq_hz=sfreq_hz)
    pipeline = Pipeline(recording.info, None, recording.calibration)
    quality = np.concatenate([pipeline.push(chunk).quality for chunk in chunks(recording.counts)])
    assert (quality[round(len(quality) / 12.0) :] == Contact.GOOD).all()


@pytest.mark.parametrize("sfreq_hz", [500.0, 2000.0, 4000.0])
def test_a_loose_pad_shows_at_any_rate(sfreq_hz):
    recording = record(
        "balanced", "squat", 3, 9.0, faults="liftoff@5+4:quad", adc=TWELVE_BITS, sfreq_hz=sfreq_hz
    )
    pipeline = Pipeline(recording.info, None, recording.calibration)
    quality = np.concatenate([pipeline.push(chunk).quality for chunk in chunks(recording.counts)])
    assert (quality[round(len(quality) * 6.1 / 9.0) :, 1] == Contact.LOOSE).all()


def test_timing_is_judged_from_gaps_and_the_clock():
    assert timing(0.0, 0, 40.0).grade == "good"
    assert timing(0.02, 20, None).grade == "warn"
    assert timing(0.15, 150, None).grade == "bad"
    assert "2.5 %" in timing(0.0, 0, -25_000.0).text


def test_every_bad_contact_has_words_and_a_remedy():
    for contact in Contact:
        assert contact in words.CONTACT
        if contact.severity is Severity.BAD:
            assert contact in words.REMEDY
            assert contact in words.WITHHELD
    ranks = sorted(Contact, key=lambda contact: contact.rank)
    assert (ranks[0], ranks[-1]) == (Contact.GOOD, Contact.NO_DATA)


def test_faults_have_levels():
    fault = parse_faults("mains@12+3:quad=60", ONE_LEG)[0]
    assert fault == Fault("mains", 12.0, 3.0, "quad", 60.0)
    assert parse_faults("motion", ONE_LEG)[0].strength == 500.0
    with pytest.raises(ValueError, match="takes no level"):
        parse_faults("stall@1+1=3", ONE_LEG)
    with pytest.raises(ValueError, match="two muscles"):
        parse_faults("crosstalk", ONE_LEG[:1])


def test_faults_change_only_their_channel_and_time():
    adc = BOARDS["12 bit"]
    person = Person(PERSONAS["balanced"], EXERCISES["bridge"], 5, ONE_LEG)
    clean = convert(person, Pads(person, (), adc.rail_uv), adc, 6000)
    for kind in ("flat", "mains", "motion", "tension", "crosstalk", "ecg"):
        faults = parse_faults(f"{kind}@2+2:quad", ONE_LEG)
        spoilt = convert(person, Pads(person, faults, adc.rail_uv), adc, 6000)
        changed = spoilt != clean
        assert not changed[:, 0].any()
        assert not changed[:2000].any()
        assert not changed[4000:].any()
        assert changed[2000:4000, 1].mean() > 0.05, kind


def test_infinite_patience_with_a_channel_that_shows_nothing():
    """A channel at rest is never doubted: nothing was seen yet."""
    info = stream_info(ONE_LEG, TWELVE_BITS, 1000.0)
    pipeline = Pipeline(info)
    pipeline.push(SampleChunk(0, np.full((30_000, 2), 2048, dtype=np.int32), 0.0))
    assert pipeline.doubts == ("", "")
