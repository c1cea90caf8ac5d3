"""Sliding means: exact, without drift, the same under any cut, and as fast as promised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.dsp.amplitude import MeanAmplitude, RawAmplitude
from emgfeedback.dsp.design import emg_sections
from emgfeedback.dsp.envelope import SlidingMean
from emgfeedback.simulation.body import SHAPE_HZ
from emgfeedback.simulation.generator import NoiseStream
from emgfeedback.simulation.spectrum import emg_shape


def values_of(n, n_channels=2, seed=1):
    return np.random.default_rng(seed).normal(size=(n, n_channels)) * 30.0


def direct(values, window):
    """Mean of each sample's own window, which grows at the start."""
    return np.array([values[max(0, k - window + 1) : k + 1].mean(axis=0) for k in range(len(values))])


@pytest.mark.parametrize(("window", "block"), [(125, 8), (2, 1), (9, 8), (17, 8), (250, 8), (50, 16)])
@pytest.mark.parametrize("squares", [True, False])
def test_equals_the_definition(window, block, squares):
    values = values_of(1600)
    means = SlidingMean(window, 2, block, squares=squares).push(values)
    assert np.abs(means - direct(values**2 if squares else values, window)).max() < 1e-9


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=12),
    st.integers(0, 2**31),
    st.sampled_from([(125, 2, 8), (125, 1, 8), (13, 3, 1), (250, 8, 16), (9, 2, 8), (2, 1, 1)]),
    st.booleans(),
)
def test_any_cut_gives_the_same_bits(cuts, seed, shape, squares):
    window, n_channels, block = shape
    values = values_of(block * sum(cuts), n_channels, seed=seed)
    whole = SlidingMean(window, n_channels, block, squares=squares).push(values)
    sliding, at, parts = SlidingMean(window, n_channels, block, squares=squares), 0, []
    for blocks in cuts:
        parts.append(sliding.push(values[at : at + block * blocks]))
        at += block * blocks
    assert np.array_equal(np.concatenate(parts), whole)


def test_an_artefact_leaves_no_trace():
    """A running sum would keep 1e18 * 1e-16 of it; sums made anew keep nothing."""
    values = values_of(4000)
    spoilt = values.copy()
    spoilt[1000:1100] = 1e9
    clean = SlidingMean(125, 2, 8, squares=True).push(values)
    after = SlidingMean(125, 2, 8, squares=True).push(spoilt)
    assert np.array_equal(after[1100 + 125 :], clean[1100 + 125 :])


def test_restart_begins_with_a_growing_window():
    sliding = SlidingMean(125, 2, 8, squares=True)
    sliding.push(values_of(800))
    sliding.restart()
    values = values_of(800, seed=2)
    assert np.array_equal(sliding.push(values), SlidingMean(125, 2, 8, squares=True).push(values))


@pytest.mark.parametrize(("window", "block"), [(0, 8), (8, 8), (5, 0)])
def test_a_window_that_is_no_longer_than_a_block_is_refused(window, block):
    with pytest.raises(ValueError, match="more than a block"):
        SlidingMean(window, 2, block, squares=True)


@pytest.mark.parametrize("muscle", ["glute", "quad"])
def test_steps_show_within_a_tenth_of_a_second(muscle):
    """Samples to half the way of a sudden effort (5 to 40 %) and of its end: 20 seeds, 20 of each, 0 dB."""
    sections = emg_sections(20.0, 450.0, 0.0, 1000.0)
    level = np.tile(np.repeat([5.0, 40.0], 1000), 21)
    ups, downs = [], []
    for seed in range(20):
        emg = NoiseStream(seed, 1, [0], [emg_shape(*SHAPE_HZ[muscle])], 1000.0).read(0, len(level))
        _, envelope, _ = RawAmplitude(sections, 125, 1, 8).push(emg * level[:, None])
        low, high = envelope[level == 5.0].mean(), envelope[level == 40.0].mean()
        over = envelope[:, 0] > 0.5 * (low + high)
        ups += [int(np.argmax(over[k : k + 1000])) for k in range(3000, len(level), 2000)]
        downs += [int(np.argmax(~over[k : k + 1000])) for k in range(4000, len(level), 2000)]
    assert len(ups) >= 400
    assert np.median(ups) <= 45
    assert np.percentile(ups, 99) <= 90
    assert np.median(downs) <= 100
    assert np.percentile(downs, 99) <= 125


def test_rest_is_taken_off_in_power_for_raw_emg():
    raw = RawAmplitude(emg_sections(20.0, 450.0, 0.0, 1000.0), 125, 2, 8)
    raw.calibrate(np.array([5.0, np.nan]), np.array([200.0, np.nan]))
    _, envelope, percent = raw.push(values_of(1600))
    wanted = 100.0 * np.sqrt(np.maximum(envelope[:, 0] ** 2 - 25.0, 0.0) / (200.0**2 - 25.0))
    assert np.abs(percent[:, 0] - wanted).max() < 1e-9
    assert np.isnan(percent[:, 1]).all()


def test_rest_is_taken_off_linearly_from_a_mean():
    mean = MeanAmplitude(80, 1, 8)
    mean.calibrate(np.array([5.0]), np.array([105.0]))
    values = np.full((160, 1), 55.0)
    unfiltered, envelope, percent = mean.push(values)
    assert np.array_equal(unfiltered, values)
    assert np.allclose(envelope, 55.0)
    assert np.allclose(percent, 50.0)
