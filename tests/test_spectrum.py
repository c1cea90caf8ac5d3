"""Welch's estimate equals SciPy's; mains is found where it is; gaps are left out."""

import numpy as np
import pytest
from scipy import signal

from emgfeedback.dsp.spectrum import hum, welch


@pytest.mark.parametrize(("n", "segment"), [(2000, 500), (2000, 511), (300, 500)])
def test_equal_to_scipy(n: int, segment: int) -> None:
    values = np.random.default_rng(5).normal(3.0, 20.0, (n, 2))
    frequencies_hz, density = welch(values, 1000.0, segment)
    wanted_hz, wanted = signal.welch(values, 1000.0, nperseg=min(segment, n), axis=0)
    np.testing.assert_allclose(frequencies_hz, wanted_hz)
    np.testing.assert_allclose(density, wanted, rtol=1e-9)


def test_a_gap_costs_its_segments_and_no_other() -> None:
    values = np.random.default_rng(5).normal(0.0, 20.0, (2000, 2))
    values[100:110, 1] = np.nan
    _, density = welch(values, 1000.0, 500)
    _, clean = welch(values[250:], 1000.0, 500)
    np.testing.assert_allclose(density[:, 1], clean[:, 1])
    values[:, 1] = np.nan
    assert np.isnan(welch(values, 1000.0, 500)[1][:, 1]).all()


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_mains_is_named_and_measured(mains_hz: float) -> None:
    times_s = np.arange(4000) / 1000.0
    noise = np.random.default_rng(5).normal(0.0, 10.0, 4000)
    mains = 10.0 * np.sqrt(2.0) * np.sin(2.0 * np.pi * mains_hz * times_s)
    frequencies_hz, density = welch((noise + mains)[:, None], 1000.0, 1000)
    found_hz, share, level_uv = hum(frequencies_hz, density[:, 0])
    assert found_hz == mains_hz
    assert share == pytest.approx(100.0 / (100.0 + 100.0 * 445 / 500), abs=0.05)
    assert level_uv == pytest.approx(10.0, rel=0.1)


def test_too_little_to_tell() -> None:
    with pytest.raises(ValueError, match="at least 8 samples, not 7"):
        welch(np.zeros((7, 1)), 1000.0, 500)
    assert np.isnan(hum(np.arange(0.0, 500.0), np.zeros(500))).all()
