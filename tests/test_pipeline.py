"""Laws of the whole chain: how samples arrive changes nothing, and what it measures is true.

Scale, order of channels, time and garbage: test_pipeline_laws.py.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shaped_emg import convert, one_leg
from simulated_signals import BOTH_LEGS, TWELVE_BITS, Recording, chunks, record

from device.stream import SampleChunk
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact, Frame, Rep, ShareState, Zone
from emgfeedback.pipeline import Pipeline

ARRAYS = ("hops", "emg_uv", "envelope_uv", "percent_mvc", "blank", "share", "state", "zone", "quality")
ZONES = {"right": Zone(0.5, 0.7)}
RECORDING = record("balanced", "bridge-cued", 4, 14.0, adc=TWELVE_BITS)
Whole = tuple[dict[str, np.ndarray], list[Rep]]


def pipeline_for(recording: Recording = RECORDING) -> Pipeline:
    return Pipeline(recording.info, None, recording.calibration, ZONES)


def joined(frames: list[Frame]) -> Whole:
    arrays = {name: np.concatenate([getattr(f, name) for f in frames]) for name in ARRAYS}
    return arrays, [rep for frame in frames for rep in frame.reps]


def push_all(pieces: list[SampleChunk], pipeline: Pipeline | None = None) -> Whole:
    pipeline = pipeline or pipeline_for()
    return joined([pipeline.push(piece) for piece in pieces])


def cut(counts: np.ndarray, sizes: list[int], start: int = 0) -> list[SampleChunk]:
    """Pieces of these sizes, over and over until all samples are given."""
    pieces, at, k = [], 0, 0
    while at < len(counts):
        size = sizes[k % len(sizes)] or (1 if not any(sizes) else 0)
        pieces.append(SampleChunk(start + at, counts[at : at + size].copy(), 0.0))
        at, k = at + size, k + 1
    return pieces


def assert_same(one: Whole, other: Whole) -> None:
    for name in ARRAYS:
        assert np.array_equal(one[0][name], other[0][name], equal_nan=True), name
    assert repr(one[1]) == repr(other[1])


WHOLE = push_all(cut(RECORDING.counts, [len(RECORDING.counts)]))


def test_the_recording_is_worth_the_tests():
    assert len(WHOLE[1]) >= 2
    assert set(WHOLE[0]["state"].ravel()) >= {ShareState.REST, ShareState.LIVE, ShareState.WITHHELD}
    assert len(set(WHOLE[0]["zone"].ravel())) >= 3


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=8))
def test_any_cut_gives_the_same_frames_and_reps(sizes):
    assert_same(push_all(cut(RECORDING.counts, sizes)), WHOLE)


def test_single_samples_give_the_same_frames_and_reps():
    assert_same(push_all(cut(RECORDING.counts, [1])), WHOLE)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 13_000), st.integers(1, 500)), max_size=4), st.integers(1, 300))
def test_any_cut_around_losses_gives_the_same_frames_and_reps(losses, size):
    kept = np.ones(len(RECORDING.counts), dtype=bool)
    for start, n in losses:
        kept[start : start + n] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(int), [0]])))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    whole = push_all([SampleChunk(int(a), RECORDING.counts[a:b].copy(), 0.0) for a, b in runs])
    pieces = [p for a, b in runs for p in cut(RECORDING.counts[a:b], [size, 7], int(a))]
    assert_same(push_all(pieces), whole)


def test_samples_that_come_again_are_ignored():
    pieces = cut(RECORDING.counts, [160])
    twice = [p for k, piece in enumerate(pieces) for p in (piece, pieces[max(0, k - k % 5)])]
    overlapping = [
        SampleChunk(max(0, p.start - 30), RECORDING.counts[max(0, p.start - 30) : p.stop].copy(), 0.0)
        for p in pieces
    ]
    assert_same(push_all(twice), WHOLE)
    assert_same(push_all(overlapping), WHOLE)


def test_empty_chunks_are_harmless_first_or_later():
    nothing = np.empty((0, 2), dtype=np.int32)
    pieces = [SampleChunk(5, nothing, 0.0)]
    for piece in cut(RECORDING.counts, [333]):
        pieces += [piece, SampleChunk(piece.stop, nothing, 0.0), SampleChunk(10**9, nothing, 0.0)]
    assert_same(push_all(pieces), WHOLE)


def test_a_frame_of_no_hops_has_its_shapes():
    frame = pipeline_for().push(SampleChunk(0, np.zeros((5, 2), dtype=np.int32), 0.0))
    assert [getattr(frame, name).shape for name in ARRAYS] == [
        (0,), (0, 2), (0, 2), (0, 2), (0,), (0, 1), (0, 1), (0, 1), (0, 2),
    ]  # fmt: skip
    assert frame.reps == ()
    assert len(frame.samples) == 0


def test_shapes_and_types_of_a_frame():
    frame = pipeline_for().push(SampleChunk(0, RECORDING.counts[:1003].copy(), 0.0))
    assert frame.hop == 8
    assert frame.hops.tolist() == list(range(125))
    assert frame.samples.tolist() == list(range(1000))
    assert frame.emg_uv.shape == frame.envelope_uv.shape == frame.percent_mvc.shape == (1000, 2)
    assert frame.blank.shape == (1000,)
    assert frame.share.shape == frame.state.shape == frame.zone.shape == (125, 1)
    assert frame.quality.shape == (125, 2)
    assert {frame.state.dtype, frame.zone.dtype, frame.quality.dtype} == {np.dtype(np.int8)}


def test_frames_stay_as_they_were():
    pipeline = pipeline_for()
    pieces = chunks(RECORDING.counts, 16)
    first = [pipeline.push(p) for p in pieces[:40]]
    before = [{name: getattr(f, name).copy() for name in ARRAYS} for f in first]
    for piece in pieces[40:400]:
        pipeline.push(piece)
    for frame, copy in zip(first, before, strict=True):
        assert all(np.array_equal(getattr(frame, name), copy[name], equal_nan=True) for name in ARRAYS)


@pytest.mark.parametrize("hops", [1, 12, 10_007])
def test_a_shift_by_whole_hops_shifts_everything(hops):
    """The contact check has a grid of its own, so its verdicts may move by less than a block."""
    arrays, reps = push_all(cut(RECORDING.counts, [160], hops * 8))
    assert np.array_equal(arrays["hops"], WHOLE[0]["hops"] + hops)
    for name in ("emg_uv", "envelope_uv", "percent_mvc", "blank"):
        assert np.array_equal(arrays[name], WHOLE[0][name])
    moved = [
        replace(
            rep,
            **{n: getattr(rep, n) - 8 * hops for n in ("start", "hold_start", "hold_stop", "stop", "told")},
        )
        for rep in reps
    ]
    assert moved == WHOLE[1]


def test_16_bit_counts_read_like_32_bit_counts():
    assert_same(push_all(cut(RECORDING.counts.astype(np.int16), [160])), WHOLE)


def without(first: int, stop: int) -> list[SampleChunk]:
    return cut(RECORDING.counts[:first], [160]) + cut(RECORDING.counts[stop:], [160], stop)


def test_a_short_gap_is_held_and_blanks_one_window():
    arrays, reps = push_all(without(5003, 5203))
    samples = np.arange(len(arrays["blank"]))
    assert np.array_equal(arrays["hops"], WHOLE[0]["hops"])
    assert np.array_equal(arrays["blank"], (samples >= 5003) & (samples < 5203 + 124))
    blank_hops = arrays["blank"].reshape(-1, 8).any(axis=1)
    assert (arrays["state"][blank_hops] == ShareState.WITHHELD).all()
    assert (arrays["quality"][blank_hops] <= Contact.STARTING).all()
    assert np.allclose(arrays["emg_uv"][6500:], WHOLE[0]["emg_uv"][6500:], atol=1e-6)
    assert [rep.left_out for rep in reps if rep.start < 5203 and rep.stop > 5003] == ["200 ms lost"]
    assert len(reps) == len(WHOLE[1])


def test_a_long_gap_starts_the_chain_afresh():
    arrays, reps = push_all(without(5003, 5403))
    assert [rep.left_out for rep in reps if rep.start < 5403 and rep.stop > 5003] == ["400 ms lost"]
    assert len(reps) == len(WHOLE[1])
    assert arrays["hops"].tolist() == [*range(625), *range(676, 1750)]
    alone, _ = push_all(cut(RECORDING.counts[5408:], [160], 5408))
    for name in ("emg_uv", "envelope_uv", "percent_mvc", "quality"):
        rows = 625 * (8 if name != "quality" else 1)
        assert np.array_equal(arrays[name][rows:], alone[name])
    assert not arrays["blank"].any()
    assert arrays["quality"][625, 0] == Contact.STARTING


def test_a_stream_may_start_anywhere():
    frame = pipeline_for().push(SampleChunk(8003, RECORDING.counts[:100].copy(), 0.0))
    assert frame.hops[0] == 1001
    assert len(frame.hops) == 11


def test_uncalibrated_there_are_microvolts_but_no_share():
    pipeline = Pipeline(RECORDING.info)
    arrays, reps = push_all(cut(RECORDING.counts, [160]), pipeline)
    assert "Not calibrated" in pipeline.uncalibrated
    assert np.array_equal(arrays["envelope_uv"], WHOLE[0]["envelope_uv"])
    assert np.isnan(arrays["percent_mvc"]).all()
    assert np.isnan(arrays["share"]).all()
    assert (arrays["state"] == ShareState.UNCALIBRATED).all()
    assert reps == []


def test_a_calibration_that_does_not_fit_is_not_used():
    calibration = RECORDING.calibration
    glute, quad = calibration.channels
    for other, word in (
        (replace(calibration, channels=(glute,)), "quad right on A1"),
        (replace(calibration, channels=(replace(glute, gain=100.0), quad)), "glute right on A0"),
        (replace(calibration, channels=(replace(glute, side="left"), quad)), "glute right on A0"),
        (replace(calibration, chain={"notch_hz": 50.0}), "notch_hz"),
    ):
        pipeline = Pipeline(RECORDING.info, None, other)
        assert word in pipeline.uncalibrated
        assert (pipeline.push(chunks(RECORDING.counts)[0]).state == ShareState.UNCALIBRATED).all()
    assert pipeline_for().uncalibrated == ""


def test_a_stream_without_a_pair_has_no_share():
    info = replace(RECORDING.info, channels=RECORDING.info.channels[:1])
    pipeline = Pipeline(info, None, RECORDING.calibration)
    assert pipeline.sides == ()
    assert "--channels" in pipeline.uncalibrated
    assert pipeline.push(SampleChunk(0, RECORDING.counts[:800, :1].copy(), 0.0)).share.shape == (100, 0)


def test_calibrating_in_the_middle_gives_a_share_from_there():
    pipeline = Pipeline(RECORDING.info)
    pieces = chunks(RECORDING.counts)
    before = pipeline.push(pieces[0])
    pipeline.calibrate(RECORDING.calibration)
    pipeline.set_zone("right", Zone(0.5, 0.7))
    after, _ = joined([pipeline.push(piece) for piece in pieces[1:]])
    assert np.isnan(before.percent_mvc).all()
    assert np.array_equal(after["percent_mvc"], WHOLE[0]["percent_mvc"][1000:])
    assert np.array_equal(after["state"][125:], WHOLE[0]["state"][250:])


def test_wrong_arguments_are_named():
    pipeline = pipeline_for()
    with pytest.raises(ValueError, match="does not fit 2 channels"):
        pipeline.push(SampleChunk(0, np.zeros((8, 3), dtype=np.int32), 0.0))
    with pytest.raises(ValueError, match="no side 'left' here; there is: right"):
        pipeline.set_zone("left", Zone(0.5, 0.7))


@pytest.mark.parametrize("sizes", [[16], [104], [1041], [5000, 3]])
def test_faults_are_told_at_the_same_hop_under_any_cut(sizes):
    """Long pieces are judged many blocks at once: verdicts, cautions and the order of all reps stay."""
    recording = record("left-weak", "bridge-cued", 5, 14.0, BOTH_LEGS, adc=TWELVE_BITS)
    spoilt = recording.counts.copy()
    spoilt[3000:4500, 0] = spoilt.max()
    spoilt[6000:8000, 3] = 2048
    hum = 800.0 * np.sin(2.0 * np.pi * 50.0 * np.arange(2500) / 1000.0)
    spoilt[9500:12_000, 1] = np.clip(spoilt[9500:12_000, 1] + hum.astype(np.int32), 0, 4095)

    def told(counts, sizes):
        pipeline = Pipeline(recording.info, None, recording.calibration)
        whole = push_all(cut(counts, sizes), pipeline)
        return whole, (pipeline.cautions, pipeline.mains_hz, pipeline.doubts)

    for counts in (recording.counts, spoilt):
        (whole, words), (other, other_words) = told(counts, sizes), told(counts, [len(counts)])
        assert_same(whole, other)
        assert words == other_words
        if counts is spoilt:
            assert len(set(whole[0]["quality"].ravel())) >= 4
        else:
            assert {rep.side for rep in whole[1]} == {"right", "left"}


def test_two_legs_are_as_good_as_two_streams_of_one_leg():
    recording = record("left-weak", "bridge-cued", 5, 14.0, BOTH_LEGS, adc=TWELVE_BITS)
    both = Pipeline(recording.info, None, recording.calibration)
    assert both.sides == ("right", "left")
    arrays, reps = push_all(cut(recording.counts, [160]), both)
    for column, side in enumerate(both.sides):
        columns = slice(2 * column, 2 * column + 2)
        info = replace(recording.info, channels=recording.info.channels[columns])
        one = Pipeline(info, None, recording.calibration)
        alone, own = push_all(cut(recording.counts[:, columns].copy(), [160]), one)
        assert np.allclose(arrays["percent_mvc"][:, columns], alone["percent_mvc"], rtol=0.0, atol=1e-9)
        assert np.array_equal(arrays["state"][:, column], alone["state"][:, 0])
        assert [(r.told, r.share) for r in reps if r.side == side] == [(r.told, r.share) for r in own]


def test_an_envelope_beside_raw_emg():
    """One sensor gives its own envelope: no filter, no offset lost, a mean of 80 ms."""
    raw, other = RECORDING.info.channels
    envelope = replace(other, signal="envelope", physical_range=(0.0, 5000.0))
    pipeline = Pipeline(replace(RECORDING.info, channels=(raw, envelope)))
    arrays, _ = push_all(cut(RECORDING.counts, [160]), pipeline)
    assert np.allclose(arrays["emg_uv"][:, 0], WHOLE[0]["emg_uv"][:, 0], rtol=0.0, atol=1e-9)
    uv = RECORDING.counts[:, 1] * envelope.uv_per_count
    assert np.allclose(arrays["emg_uv"][:, 1], uv)
    mean = np.convolve(uv, np.ones(80) / 80)[: len(uv)]
    assert np.allclose(arrays["envelope_uv"][79:, 1], mean[79:])


@pytest.mark.parametrize("sfreq_hz", [200.0, 500.0, 999.3, 2000.0])
def test_other_rates(sfreq_hz):
    signal = "envelope" if sfreq_hz == 200.0 else "raw"
    channels = tuple(replace(c, signal=signal) for c in RECORDING.info.channels)
    pipeline = Pipeline(replace(RECORDING.info, channels=channels, sfreq_hz=sfreq_hz))
    assert pipeline.hop == round(0.008 * sfreq_hz)
    arrays, _ = push_all(cut(RECORDING.counts, [97]), pipeline)
    assert len(arrays["hops"]) == len(RECORDING.counts) // pipeline.hop


def test_a_low_rate_for_raw_emg_is_refused():
    with pytest.raises(ValueError, match="sample faster or lower the edges"):
        Pipeline(replace(RECORDING.info, sfreq_hz=40.0))


def test_rest_reads_nothing():
    counts, _ = convert(np.zeros((12_000, 2)), 4)
    info, calibration = one_leg()
    arrays, _ = push_all(cut(counts, [160]), Pipeline(info, None, calibration))
    assert (arrays["percent_mvc"][2000:].mean(axis=0) < 2.0).all()
    assert set(arrays["state"][100:].ravel()) == {ShareState.REST}


def test_the_window_can_be_chosen():
    slow = Pipeline(RECORDING.info, ChainSettings(rms_window_s=0.25), RECORDING.calibration)
    arrays, _ = push_all(cut(RECORDING.counts, [160]), slow)
    hold = slice(*(RECORDING.true_reps[0].hold_start, RECORDING.true_reps[0].hold_stop))
    assert arrays["envelope_uv"][hold].std() < WHOLE[0]["envelope_uv"][hold].std()
