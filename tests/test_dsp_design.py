"""The chain's filters are the ones that SciPy designs."""

import numpy as np
import pytest
from scipy import signal

from emgfeedback.dsp.design import butterworth_band_pass, emg_sections, notch, response

RATES_HZ = (250.0, 500.0, 860.0, 999.3, 1000.0, 2000.0, 4000.0)


@pytest.mark.parametrize("sfreq_hz", RATES_HZ)
@pytest.mark.parametrize("low_hz", [10.0, 20.0, 30.0])
def test_band_pass_equals_scipy(sfreq_hz, low_hz):
    high_hz = min(450.0, 0.45 * sfreq_hz)
    frequencies = np.linspace(0.0, sfreq_hz / 2, 2001)
    ours = response(butterworth_band_pass(low_hz, high_hz, sfreq_hz), frequencies, sfreq_hz)
    theirs = signal.butter(2, [low_hz, high_hz], "bandpass", fs=sfreq_hz, output="sos")
    _, expected = signal.freqz_sos(theirs, frequencies, fs=sfreq_hz)
    assert np.abs(ours - expected).max() < 1e-9


@pytest.mark.parametrize("sfreq_hz", RATES_HZ)
@pytest.mark.parametrize("centre_hz", [50.0, 60.0])
def test_notch_equals_scipy(sfreq_hz, centre_hz):
    b, a = signal.iirnotch(centre_hz, 30.0, fs=sfreq_hz)
    assert np.allclose(notch(centre_hz, sfreq_hz), [[*b, *a]], rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("sfreq_hz", RATES_HZ)
@pytest.mark.parametrize("notch_hz", [0.0, 50.0])
def test_outputs_equal_sosfilt(sfreq_hz, notch_hz):
    noise = np.random.default_rng(1).normal(size=5000)
    reference = signal.butter(2, [20.0, min(450.0, 0.45 * sfreq_hz)], "bandpass", fs=sfreq_hz, output="sos")
    if notch_hz:
        reference = np.vstack([reference, signal.tf2sos(*signal.iirnotch(notch_hz, 30.0, fs=sfreq_hz))])
    ours = signal.sosfilt(emg_sections(20.0, 450.0, notch_hz, sfreq_hz), noise)
    assert np.abs(ours - signal.sosfilt(reference, noise)).max() < 1e-9


def test_upper_edge_stays_clear_of_the_nyquist_frequency():
    assert np.array_equal(
        emg_sections(20.0, 450.0, 0.0, 500.0), butterworth_band_pass(20.0, 0.45 * 500.0, 500.0)
    )


@pytest.mark.parametrize(("low_hz", "high_hz"), [(0.0, 100.0), (100.0, 100.0), (200.0, 100.0), (20.0, 500.0)])
def test_a_band_that_does_not_fit_is_refused(low_hz, high_hz):
    with pytest.raises(ValueError, match="does not fit"):
        butterworth_band_pass(low_hz, high_hz, 1000.0)


def test_a_notch_beyond_half_the_rate_is_refused():
    with pytest.raises(ValueError, match="more than 120 samples a second"):
        notch(60.0, 100.0)


def test_most_of_the_muscle_passes():
    """PSD of the simulated muscles (SCIENCE 10) times the filter: the RMS kept is 0.90 and 0.95."""
    frequencies = np.linspace(0.5, 499.5, 2000)
    gain = np.abs(response(emg_sections(20.0, 450.0, 0.0, 1000.0), frequencies, 1000.0)) ** 2
    for low_hz, high_hz, least in ((40.0, 90.0, 0.90), (60.0, 150.0, 0.95)):
        power = frequencies**2 / ((frequencies**2 + low_hz**2) * (frequencies**2 + high_hz**2) ** 2)
        assert np.sqrt(np.sum(power * gain) / np.sum(power)) > least
    inside = (frequencies >= 20.0) & (frequencies <= 450.0)
    assert gain[inside].mean() > 0.90
