"""Source URLs, the simulated board behind its real link, and faults that happen at their time."""

import subprocess
import sys

import numpy as np
import pytest

from device.channel_map import parse_channel_map
from device.errors import DeviceLost, DeviceNotFound, HandshakeFailed
from device.handshake import StreamRequest
from device.reconnect import ReconnectingSource
from device.stream import SampleChunk
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import REST, parse_action
from emgfeedback.simulation.board import BOTH_LEGS, ONE_LEG, Scene, SimulatedBoard
from emgfeedback.simulation.faults import DEFAULT_DURATION_S, Fault, parse_faults
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source, opener

CREATED = "2025-03-01T09:00:00+01:00"


def open_fast(options: str = "", persona: str = "", channels=ONE_LEG) -> SimulatedSource:
    source = open_source(f"sim:{persona}?fast=1&{options}", channels)
    assert isinstance(source, SimulatedSource)
    return source


def read_until(source, stop: int) -> list[SampleChunk]:
    chunks: list[SampleChunk] = []
    while not chunks or chunks[-1].stop < stop:
        chunk = source.read(0.1)
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def filled(chunks: list[SampleChunk], n: int) -> np.ndarray:
    """Counts of samples 0 to n, with -1 where nothing came."""
    counts = np.full((max(n, chunks[-1].stop), chunks[0].counts.shape[1]), -1, dtype=np.int64)
    for chunk in chunks:
        counts[chunk.start : chunk.stop] = chunk.counts
    return counts[:n]


# URLs.


def test_a_bare_sim_is_a_balanced_person_doing_bridges():
    with open_source("sim:") as source:
        assert isinstance(source, SimulatedSource)
        assert source.live
        scene = (source.person.persona.name, source.person.exercise.name, source.person.seed)
        assert scene == ("balanced", "bridge", 1)
        info = source.info
    assert info.simulated
    assert (info.sfreq_hz, info.bits, info.oversample, info.reference_mv) == (1000.0, 12, 4, 5000.0)
    assert [channel.label for channel in info.channels] == ["glute right", "quad right"]


def test_all_options_of_sim_are_heard():
    options = "seed=7&exercise=squat&rate=500&oversample=1&side=left&fault=stall@3+1&fault=loss&fast=1"
    with open_source(f"sim:glute-led?{options}", BOTH_LEGS) as source:
        assert isinstance(source, SimulatedSource)
        person = source.person
        assert (person.persona.name, person.exercise.name, person.seed) == ("glute-led", "squat", 7)
        assert (person.working_side, person.sfreq_hz) == ("left", 500.0)
        assert [fault.kind for fault in source.faults] == ["stall", "loss"]
        assert (source.info.sfreq_hz, source.info.bits, len(source.info.channels)) == (500.0, 10, 4)
        assert not source.live


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("sim:nobody", "quad-led"),
        ("sim:?exercise=swim", "single-leg-deadlift"),
        ("sim:?colour=red", "oversample"),
        ("sim:?seed=one", "seed"),
        ("sim:?seed=-1", "seed"),
        ("sim:?rate=0", "rate"),
        ("sim:?rate=fast", "rate"),
        ("sim:?fast=yes", "fast"),
        ("sim:?side=middle", "left or right"),
        ("sim:?fault=fire", "liftoff"),
        ("sim:?fault=liftoff@soon", "liftoff"),
        ("sim:?fault=liftoff:hamstring", "glute:right"),
        ("sim:?fault=stall:glute", "no channel"),
        ("replay:", "file"),
        ("replay:x.emgsession?speed=0", "speed"),
        ("replay:x.emgsession?speed=nan", "speed"),
        ("replay:x.emgsession?loop=1", "speed"),
        ("nowhere:at-all", "serial"),
        ("", "serial"),
    ],
)
def test_what_is_not_known_is_a_value_error_in_one_sentence_that_lists_what_is(url, names):
    with pytest.raises(ValueError, match=names) as caught:
        open_source(url)
    assert "\n" not in str(caught.value)


def test_settings_that_the_board_refuses_are_refused_as_by_a_real_one():
    with pytest.raises(HandshakeFailed, match="4 channels at 4000 Hz"):
        open_source("sim:?rate=4000&fast=1", BOTH_LEGS)


def test_opening_and_judging_are_two_steps():
    open_it = opener("sim:?fast=1&seed=3")
    with open_it() as source:
        assert source.read() is not None
    with pytest.raises(ValueError, match="option"):
        opener("sim:?nothing=1")


def test_nothing_of_the_live_path_needs_scipy():
    code = (
        "import sys\nfrom emgfeedback.sources import open_source\n"
        "source = open_source('sim:?fast=1'); source.read(); source.person.reps\n"
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The way through the wire.


def test_what_arrives_is_what_the_board_sent_and_is_the_same_each_time():
    sent: list[tuple[int, np.ndarray]] = []
    scene = Scene(seed=2, channels=BOTH_LEGS)
    board = SimulatedBoard(scene, sent=lambda start, counts: sent.append((start, counts)))
    source = SimulatedSource(board, StreamRequest(oversample=4), clock=lambda: 0.0, fast=True)
    counts = filled(read_until(source, 5000), 5000)
    sent_counts = np.concatenate([rows for _, rows in sent])[:5000]
    assert sent[0][0] == 0
    assert np.array_equal(counts, sent_counts)
    with open_fast("seed=2", channels=BOTH_LEGS) as again:
        assert np.array_equal(filled(read_until(again, 5000), 5000), counts)
    with open_fast("seed=3", channels=BOTH_LEGS) as other:
        assert not np.array_equal(filled(read_until(other, 5000), 5000), counts)


def test_the_host_may_ask_for_some_of_the_pins_in_its_own_order():
    with open_fast("seed=2", channels=parse_channel_map("A5=quad:right,A2=glute:right")) as source:
        swapped = source.info.to_microvolts(filled(read_until(source, 9000), 9000))
    with open_fast("seed=2") as source:
        usual = source.info.to_microvolts(filled(read_until(source, 9000), 9000))
    # The same muscles on other pins: only the converter's own noise differs.
    assert np.corrcoef(swapped[:, 0], usual[:, 1])[0, 1] > 0.7
    assert np.corrcoef(swapped[:, 0], usual[:, 0])[0, 1] < 0.1


def test_a_command_takes_effect_from_the_next_sample_on():
    with open_fast("seed=2") as source:
        source.person.do(REST)
        read_until(source, 3000)
        position = source.person.position
        source.person.do(parse_action("squeeze glute right"))
        read_until(source, 8000)
        amplitude = source.person.amplitude(0, 8000)[:, 0]
    assert not amplitude[: position + 300].any()
    assert amplitude[position + 302] > 0


@pytest.mark.parametrize("muscle", ["glute", "quad"])
def test_a_perfect_calibration_reads_100_percent_on_a_long_squeeze(muscle):
    chain = ChainSettings()
    with open_fast("seed=4") as source:
        pipeline = Pipeline(source.info, chain, source.perfect_calibration(chain, CREATED, "test"))
        source.person.do(parse_action(f"squeeze {muscle} right"))
        frames = [pipeline.push(chunk) for chunk in read_until(source, 120_000)]
    assert pipeline.uncalibrated == ""
    percent = np.concatenate([frame.percent_mvc for frame in frames])[3000:]
    column = ["glute", "quad"].index(muscle)
    assert percent[:, column].mean() == pytest.approx(100.0, abs=2.0)
    assert percent[:, 1 - column].mean() == pytest.approx(5.0, abs=1.0)


def test_a_perfect_calibration_names_its_person_and_board():
    with open_fast("seed=4", channels=BOTH_LEGS) as source:
        chain = ChainSettings()
        calibration = source.perfect_calibration(chain, CREATED, "test")
        assert calibration.board_id == source.info.source_id
    assert (calibration.wearer, calibration.created, calibration.simulated) == ("test", CREATED, True)
    assert calibration.quality == "perfect"
    assert [c.pin for c in calibration.channels] == ["A0", "A1", "A2", "A3"]
    assert calibration.chain == chain.as_record()


# Faults.


def test_faults_have_sensible_times_when_none_are_given():
    faults = parse_faults("stall,loss,unplug,saturation,liftoff", ONE_LEG)
    assert [fault.start_s for fault in faults] == [10.0] * 5
    assert [fault.duration_s for fault in faults] == [DEFAULT_DURATION_S[fault.kind] for fault in faults]
    assert [fault.channel for fault in faults] == [None, None, None, "A0", "A0"]
    assert parse_faults("", ONE_LEG) == ()


@pytest.mark.parametrize(("name", "column"), [("A1", 1), ("quad", 1), ("quad:right", 1), ("quad:left", 3)])
def test_a_fault_names_its_channel_by_pin_muscle_or_both(name, column):
    (fault,) = parse_faults(f"liftoff@12+4.5:{name}", BOTH_LEGS)
    assert fault == Fault("liftoff", 12.0, 4.5, name)
    assert fault.column(BOTH_LEGS) == column
    assert fault.samples(1000.0) == (12_000, 16_500)


def test_liftoff_is_hum_without_muscle_at_its_time_on_its_channel():
    with open_fast("seed=1&fault=liftoff@6+2:quad") as source:
        uv = source.info.to_microvolts(filled(read_until(source, 10_000), 10_000))
        assert source.faults[0].samples(1000.0) == (6000, 8000)
    with open_fast("seed=1") as source:
        clean = source.info.to_microvolts(filled(read_until(source, 10_000), 10_000))
    within = np.zeros(10_000, dtype=bool)
    within[6000:8000] = True
    assert np.array_equal(uv[:, 0], clean[:, 0])
    assert np.array_equal(uv[~within], clean[~within])
    power = np.abs(np.fft.rfft(uv[within, 1])) ** 2
    mains = sum(power[round(hz * 2)] for hz in (50, 150, 250))
    assert mains / power[1:].sum() > 0.99
    assert 120.0 < uv[within, 1].std() < 160.0


@pytest.mark.parametrize("persona", ["quad-led", "balanced", "glute-led"])
def test_saturation_drives_the_working_muscle_to_the_rails_and_the_resting_one_not(persona):
    with open_fast("seed=1&fault=saturation@0+20:glute", persona) as source:
        counts = filled(read_until(source, 15_000), 15_000)[:, 0]
        reps = source.person.reps
    at_rail = (counts <= 0) | (counts >= 4092)
    assert not at_rail[:2000].any()
    for rep in reps:
        assert 0.05 < at_rail[rep.hold_start : rep.hold_stop].mean() < 0.6


def test_a_stall_brings_nothing_for_three_seconds_and_loses_those_samples():
    with open_fast("seed=1&fault=stall@4+3") as source:
        chunks, times = [], []
        while not chunks or chunks[-1].stop < 12_000:
            chunk = source.read(0.02)
            if chunk is not None:
                chunks.append(chunk)
                times.append(chunk.host_time_s)
        assert source.stats.samples_lost == pytest.approx(3000, abs=100)
    quiet = int(np.argmax(np.diff(times)))
    assert np.diff(times)[quiet] == pytest.approx(3.0, abs=0.05)
    assert chunks[quiet].stop == pytest.approx(4000, abs=20)
    gaps = [(chunk.start - chunk.lost, chunk.start) for chunk in chunks if chunk.lost]
    # What the board's small buffer held comes late, the rest never.
    assert gaps[0][0] == pytest.approx(4000, abs=100)
    assert gaps[0][1] == pytest.approx(7000, abs=20)
    # It may overflow once more while it empties.
    assert all(start < 7100 for start, _ in gaps)


def test_loss_is_two_percent_of_the_frames_within_its_time():
    with open_fast("seed=1&fault=loss@5+40") as source:
        chunks = read_until(source, 60_000)
    counts = filled(chunks, 60_000)[:, 0]
    lost = counts == -1
    assert not lost[:5000].any()
    assert not lost[45_000:].any()
    assert lost[5000:45_000].mean() == pytest.approx(0.02, abs=0.006)
    assert source.stats.samples_lost == lost.sum()


def test_an_unplugged_board_comes_back_as_itself_and_the_person_went_on():
    open_again = opener("sim:?fast=1&seed=9&fault=unplug@5+3", ONE_LEG)
    source = open_again()
    with pytest.raises(DeviceLost):
        read_until(source, 20_000)
    assert source.person.position == pytest.approx(5000, abs=20)
    tries = 0
    while True:
        try:
            again = open_again()
        except DeviceNotFound:
            tries += 1
            continue
        break
    assert tries == pytest.approx(6, abs=1)
    assert again.info == source.info
    chunk = again.read()
    assert chunk.start == 0
    assert again.person.position == pytest.approx(8000, abs=600)
    read_until(again, 12_000)
    with open_fast("seed=9") as undisturbed:
        read_until(undisturbed, 20_000)
        assert again.person.reps[:3] == undisturbed.person.reps[:3]


def test_a_reconnecting_source_lives_through_the_unplugging():
    open_again = opener("sim:?fast=1&seed=9&fault=unplug@5+3", ONE_LEG)
    first = open_again()
    with ReconnectingSource(open_again, first, clock=first.clock, sleep=first.sleep) as source:
        chunks = read_until(source, 15_000)
        gaps = [(chunk.start - chunk.lost, chunk.start) for chunk in chunks if chunk.lost]
        assert source.stats.reconnects == 1
        assert len(gaps) == 1
        assert gaps[0][0] == pytest.approx(5000, abs=20)
        assert gaps[0][1] == pytest.approx(8000, abs=800)
        # The host's index still fits the person's own.
        assert chunks[-1].stop == pytest.approx(first.person.position, abs=60)


@pytest.mark.parametrize(("fault", "seen"), [("liftoff", Contact.LOOSE), ("saturation", Contact.CLIPPING)])
def test_the_chain_names_the_faults_of_the_pads(fault, seen):
    chain = ChainSettings()
    with open_fast(f"seed=1&fault={fault}@7+4:glute") as source:
        pipeline = Pipeline(source.info, chain, source.perfect_calibration(chain, CREATED, "test"))
        frames = [pipeline.push(chunk) for chunk in read_until(source, 14_000)]
    quality = np.concatenate([frame.quality for frame in frames])
    seconds = np.concatenate([frame.hops for frame in frames]) * 0.008
    during = quality[(seconds > 9.5) & (seconds < 10.5), 0]
    assert (during == seen).mean() > 0.9
    assert (quality[(seconds > 2) & (seconds < 7), 0] == Contact.GOOD).all()
    assert (quality[seconds > 2, 1] == Contact.GOOD).all()
