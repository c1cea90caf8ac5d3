"""Laws of the chain for any draw: scale, order of channels, time; garbage never reaches the share."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_signals import TWELVE_BITS, chunks, record

from device.channel_map import parse_channel_map
from device.stream import SampleChunk
from emgfeedback.frame import Contact, Frame, Rep, ShareState
from emgfeedback.pipeline import Pipeline

FIVE = parse_channel_map("A0=glute:right,A1=quad:right,A2=hamstring:right,A3=glute:left,A4=quad:left")
RECORDING = record("left-weak", "bridge-cued", 6, 9.0, FIVE, adc=TWELVE_BITS)
LOW, HIGH = RECORDING.info.channels[0].digital_range


def push(pipeline: Pipeline, counts: np.ndarray, start: int = 0) -> list[Frame]:
    return [pipeline.push(chunk) for chunk in chunks(counts, 1000, start)]


def joined(frames: list[Frame], name: str) -> np.ndarray:
    return np.concatenate([getattr(frame, name) for frame in frames])


def told(frames: list[Frame]) -> list[tuple[str, int, int, float]]:
    """Side, begin, moment of being told and share of each rep, by side."""
    reps: list[Rep] = [rep for frame in frames for rep in frame.reps]
    return sorted((rep.side, rep.start, rep.told, rep.share) for rep in reps)


WHOLE = push(Pipeline(RECORDING.info, None, RECORDING.calibration), RECORDING.counts)


def test_the_recording_is_worth_the_laws() -> None:
    assert {side for side, *_ in told(WHOLE)} == {"right", "left"}
    assert (joined(WHOLE, "quality")[63:] == Contact.GOOD).all()
    assert (joined(WHOLE, "state") == ShareState.LIVE).any(axis=0).all()


@settings(deadline=None, max_examples=10)
@given(st.integers(2, 40))
def test_a_finer_converter_of_the_same_voltage_reads_the_same(factor: int) -> None:
    finer = tuple(replace(c, digital_range=(factor * LOW, factor * HIGH)) for c in RECORDING.info.channels)
    pipeline = Pipeline(replace(RECORDING.info, channels=finer), None, RECORDING.calibration)
    frames = push(pipeline, RECORDING.counts * factor)
    for name in ("emg_uv", "percent_mvc"):
        np.testing.assert_allclose(joined(frames, name), joined(WHOLE, name), rtol=0.0, atol=1e-9)
    assert told(frames) == told(WHOLE)


@settings(deadline=None, max_examples=10)
@given(st.floats(0.8, 1.25))
def test_a_person_with_more_or_less_microvolts_has_the_same_percents_and_shares(factor: float) -> None:
    """All voltages and the calibration times one factor."""
    inputs, records = [], []
    for channel, known in zip(RECORDING.info.channels, RECORDING.calibration.channels, strict=True):
        low_uv, high_uv = channel.physical_range
        inputs.append(replace(channel, physical_range=(factor * low_uv, factor * high_uv)))
        levels = {name: factor * getattr(known, name) for name in ("rest_uv", "rest_sd_uv", "mvc_uv")}
        records.append(replace(known, **levels, best_500ms_uv=factor * known.best_500ms_uv))
    calibration = replace(RECORDING.calibration, channels=tuple(records))
    pipeline = Pipeline(replace(RECORDING.info, channels=tuple(inputs)), None, calibration)
    assert pipeline.uncalibrated == ""
    frames = push(pipeline, RECORDING.counts)
    np.testing.assert_allclose(joined(frames, "percent_mvc"), joined(WHOLE, "percent_mvc"), atol=1e-9)
    np.testing.assert_allclose(joined(frames, "share"), joined(WHOLE, "share"), atol=1e-3)
    assert [rep[:3] for rep in told(frames)] == [rep[:3] for rep in told(WHOLE)]


@settings(deadline=None, max_examples=12)
@given(st.permutations(range(5)))
def test_the_order_of_channels_does_not_matter(order: list[int]) -> None:
    info = replace(RECORDING.info, channels=tuple(RECORDING.info.channels[k] for k in order))
    pipeline = Pipeline(info, None, RECORDING.calibration)
    frames = push(pipeline, RECORDING.counts[:, order].copy())
    for name in ("emg_uv", "percent_mvc", "quality"):
        np.testing.assert_allclose(
            joined(frames, name), joined(WHOLE, name)[:, order], rtol=0.0, atol=1e-9, err_msg=name
        )
    sides = [frames[0].sides.index(side) for side in WHOLE[0].sides]
    assert np.array_equal(joined(frames, "state")[:, sides], joined(WHOLE, "state"))
    assert told(frames) == told(WHOLE)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**40))
def test_a_shift_by_whole_hops_shifts_everything(hops: int) -> None:
    pipeline = Pipeline(RECORDING.info, None, RECORDING.calibration)
    frames = push(pipeline, RECORDING.counts, hops * pipeline.hop)
    assert np.array_equal(joined(frames, "hops"), joined(WHOLE, "hops") + hops)
    assert np.array_equal(joined(frames, "percent_mvc"), joined(WHOLE, "percent_mvc"))
    moved = [(s, a - hops * pipeline.hop, b - hops * pipeline.hop, share) for s, a, b, share in told(frames)]
    assert moved == told(WHOLE)


def garbage(kind: str, n: int, seed: int) -> np.ndarray:
    """Counts (n,) that no muscle gives."""
    random = np.random.default_rng(seed)
    return {
        "low rail": np.full(n, LOW),
        "high rail": np.full(n, HIGH),
        "rail to rail": np.where(np.arange(n) // (1 + seed % 9) % 2, LOW, HIGH),
        "beyond the range": random.integers(-(2**31), 2**31, n),
        "noise": random.integers(LOW, HIGH + 1, n),
        "ramp": np.linspace(LOW, HIGH, n).astype(np.int64),
    }[kind].astype(np.int32)


KINDS = st.sampled_from(["low rail", "high rail", "rail to rail", "beyond the range", "noise", "ramp"])
PIECES = st.lists(
    st.tuples(KINDS, st.integers(0, 8500), st.integers(1, 3000), st.integers(0, 4), st.integers(0, 99)),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(PIECES)
def test_no_garbage_reaches_the_share(pieces: list[tuple[str, int, int, int, int]]) -> None:
    """Whatever comes, a share is a number from 0 to 1 or none, and there is none while a channel is bad."""
    counts = RECORDING.counts.copy()
    for kind, start, n, column, seed in pieces:
        part = counts[start : start + n, column]
        part[:] = garbage(kind, len(part), seed)
    frames = push(Pipeline(RECORDING.info, None, RECORDING.calibration), counts)
    for name in ("emg_uv", "envelope_uv", "percent_mvc"):
        assert np.isfinite(joined(frames, name)).all(), name
    share, state, quality = (joined(frames, name) for name in ("share", "state", "quality"))
    live = state == ShareState.LIVE
    assert np.array_equal(live, np.isfinite(share))
    assert ((share[live] >= 0.0) & (share[live] <= 1.0)).all()
    bad = quality > Contact.STARTING
    for k, side in enumerate(frames[0].sides):
        own = [
            c
            for c, channel in enumerate(RECORDING.info.channels)
            if channel.side == side and channel.muscle in ("glute", "quad")
        ]
        assert not (live[:, k] & bad[:, own].any(axis=1)).any()
    for rep in (rep for frame in frames for rep in frame.reps):
        assert np.isnan(rep.share) if rep.left_out else 0.0 <= rep.share <= 1.0


@settings(deadline=None, max_examples=8)
@given(st.sampled_from(["low rail", "high rail", "rail to rail"]), st.integers(0, 1), st.integers(0, 99))
def test_a_channel_on_its_rails_has_no_share_half_a_second_later_and_comes_back(
    kind: str, column: int, seed: int
) -> None:
    counts = RECORDING.counts.copy()
    counts[4000:5000, column] = garbage(kind, 1000, seed)
    frames = push(Pipeline(RECORDING.info, None, RECORDING.calibration), counts)
    right = frames[0].sides.index("right")
    state = joined(frames, "state")[:, right]
    assert (state[4600 // 8 : 5000 // 8] == ShareState.WITHHELD).all()
    assert (joined(frames, "quality")[6500 // 8 :, column] == Contact.GOOD).all()
    assert np.array_equal(state[6800 // 8 :], joined(WHOLE, "state")[6800 // 8 :, right])


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=0, max_size=200), st.integers(0, 2**40))
def test_any_few_samples_are_taken(values: list[int], start: int) -> None:
    counts = np.array(values, dtype=np.int32)[: len(values) // 5 * 5].reshape(-1, 5)
    frame = Pipeline(RECORDING.info, None, RECORDING.calibration).push(SampleChunk(start, counts, 0.0))
    assert not np.isfinite(frame.share).any()
