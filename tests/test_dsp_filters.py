"""The streaming cascade against SciPy, and its start."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from emgfeedback.dsp.design import emg_sections
from emgfeedback.dsp.filters import StreamingFilter, block_matrix, settled_state

SECTIONS = emg_sections(20.0, 450.0, 50.0, 1000.0)


def noise(n, n_channels=2, seed=1, offset=0.0):
    return np.random.default_rng(seed).normal(size=(n, n_channels)) * 50.0 + offset


def expected(values):
    """SciPy's cascade, begun as if the first sample had always been there."""
    start = signal.sosfilt_zi(SECTIONS)[:, :, None] * values[0]
    return signal.sosfilt(SECTIONS, values, axis=0, zi=start)[0]


@pytest.mark.parametrize("block", [1, 4, 8, 16])
@pytest.mark.parametrize("n_channels", [1, 2, 8])
def test_equals_sosfilt(block, n_channels):
    values = noise(4800, n_channels)
    filtered = StreamingFilter(SECTIONS, n_channels, block).push(values)
    assert filtered.shape == values.shape
    assert np.abs(filtered - expected(values)).max() < 1e-9


def test_equals_sosfilt_on_a_mid_rail_signal():
    values = noise(4800, offset=12_500.0)
    filtered = StreamingFilter(SECTIONS, 2, 8).push(values)
    assert np.abs(filtered - expected(values)).max() < 1e-9


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 90), min_size=1, max_size=12),
    st.integers(0, 2**31),
    st.sampled_from([(2, 8), (1, 8), (3, 8), (8, 8), (2, 1), (1, 1), (2, 2), (4, 32)]),
)
def test_any_cut_gives_the_same_bits(cuts, seed, shape):
    n_channels, block = shape
    values = noise(block * sum(cuts), n_channels, seed=seed)
    whole = StreamingFilter(SECTIONS, n_channels, block).push(values)
    streaming, at, parts = StreamingFilter(SECTIONS, n_channels, block), 0, []
    for blocks in cuts:
        parts.append(streaming.push(values[at : at + block * blocks]))
        at += block * blocks
    assert np.array_equal(np.concatenate(parts), whole)


def test_more_than_fits_at_once_gives_the_same_bits():
    values = noise(8 * 8 * (StreamingFilter.MOST_SPANS + 3) + 40)
    streaming = StreamingFilter(SECTIONS, 2, 8)
    single = np.concatenate([streaming.push(values[k : k + 8]) for k in range(0, len(values), 8)])
    assert np.array_equal(StreamingFilter(SECTIONS, 2, 8).push(values), single)


def test_results_stay_when_more_is_pushed():
    streaming = StreamingFilter(SECTIONS, 2, 8)
    first = streaming.push(noise(8))
    before = first.copy()
    streaming.push(noise(8, seed=2))
    assert np.array_equal(first, before)


@pytest.mark.parametrize("offset_uv", [12_500.0, -12_500.0])
def test_an_offset_does_not_ring(offset_uv):
    filtered = StreamingFilter(SECTIONS, 1, 8).push(np.full((800, 1), offset_uv))
    assert np.abs(filtered).max() < 1e-6


def test_restart_begins_from_the_next_sample():
    streaming = StreamingFilter(SECTIONS, 2, 8)
    streaming.push(noise(800, offset=12_500.0))
    streaming.restart()
    values = noise(800, seed=3, offset=-4000.0)
    assert np.array_equal(streaming.push(values), StreamingFilter(SECTIONS, 2, 8).push(values))


def test_a_day_of_samples_leaves_no_drift():
    """The state decays: after any history the filter is within 1e-9 of one that has just begun."""
    streaming = StreamingFilter(SECTIONS, 1, 8)
    for seed in range(5):
        streaming.push(noise(80_000, 1, seed) * 1e4)
    quiet = streaming.push(np.zeros((16_000, 1)))
    assert np.abs(quiet[-800:]).max() < 1e-9


def test_block_matrix_of_one_sample_is_the_state_space():
    matrix = block_matrix(SECTIONS, 1)
    state = settled_state(SECTIONS)
    after = matrix @ np.append(state, 1.0)
    assert np.allclose(after[:-1], state, atol=1e-12)
    assert abs(after[-1]) < 1e-12
