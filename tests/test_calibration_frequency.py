"""The median frequency of a hold, and the stretch of a squeeze that another day is compared over."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from squeezing_wearer import SFREQ_HZ, SHORT, Wearer

from calibration.frequency import median_frequency_hz
from calibration.level import level
from calibration.mvc import judge_squeeze
from calibration.protocol import Procedure
from emgfeedback.simulation.generator import NoiseStream
from emgfeedback.simulation.spectrum import emg_shape

#: Median frequencies of the published spectrum at these two corners, 20 to 450 Hz (computed once, exactly).
MEDIANS_HZ = {(40.0, 90.0): 68.0, (60.0, 150.0): 99.0}


@pytest.mark.parametrize(("corners_hz", "median_hz"), MEDIANS_HZ.items())
def test_the_median_of_a_known_spectrum(corners_hz: tuple[float, float], median_hz: float) -> None:
    noise = NoiseStream(1, 1, range(20), [emg_shape(*corners_hz)] * 20, SFREQ_HZ).read(0, 4000)
    found = [median_frequency_hz(column, SFREQ_HZ) for column in noise.T]
    assert np.mean(found) == pytest.approx(median_hz, rel=0.02)
    assert np.std(found) < 0.06 * median_hz
    # Blanked spikes and a louder amplifier change nothing that matters.
    noise[1000:1100] = np.nan
    blanked = [median_frequency_hz(3.0 * column, SFREQ_HZ) for column in noise.T]
    assert np.abs(np.array(blanked) / found - 1.0).max() < 0.06


@given(st.lists(st.floats(), max_size=60), st.floats(50.0, 4000.0))
def test_any_samples_have_a_median_in_the_band_or_none(samples: list[float], sfreq_hz: float) -> None:
    with np.errstate(all="ignore"):
        found = median_frequency_hz(np.array(samples, dtype=np.float64), sfreq_hz)
    assert found == 0.0 or 20.0 <= found <= 450.0


def test_squeezes_of_three_and_five_seconds_are_measured_over_the_same_stretch() -> None:
    rng = np.random.default_rng(1)
    shape = np.repeat([0.0, 1.0, 0.7], [1000, 3000, 2500])
    signal = 100.0 * shape * rng.standard_normal(6500) + 3.0 * rng.standard_normal(6500)
    long = judge_squeeze(signal, SFREQ_HZ, 3.0, 0.3, raw=True)
    short = judge_squeeze(signal[:3900], SFREQ_HZ, 3.0, 0.3, raw=True, least_hold_s=2.0)
    assert short.accepted
    assert long.first_3s_uv == pytest.approx(level(signal[1500:4000], raw=True), rel=0.01)
    assert short.first_3s_uv == short.rms_uv == pytest.approx(long.first_3s_uv, rel=0.02)
    assert long.rms_uv < 0.92 * long.first_3s_uv


def test_a_hold_too_short_for_its_plan_is_refused_with_the_seconds_it_needs() -> None:
    signal = 100.0 * np.random.default_rng(1).standard_normal(1900)
    quiet = 3.0 * np.random.default_rng(2).standard_normal(1000)
    whole = np.concatenate([quiet, signal, quiet])
    trial = judge_squeeze(whole, SFREQ_HZ, 3.0, 0.3, raw=True, least_hold_s=2.0)
    assert re.fullmatch(r"That one ended after 1\.[6-9] s\. It needs 2\.", trial.reason)
    assert judge_squeeze(whole, SFREQ_HZ, 3.0, 0.3, raw=True, least_hold_s=1.5).accepted


def test_the_procedure_keeps_spectrum_and_crosstalk() -> None:
    wearer = Wearer(seed=1)
    procedure = wearer.follow(Procedure(wearer.specs, SFREQ_HZ, SHORT))
    glute, quad = procedure.channels
    for channel in (glute, quad):
        # White noise of 20 to 450 Hz.
        assert channel.median_hz == pytest.approx(235.0, rel=0.05)
        assert all(trial.first_3s_uv > 0.0 for trial in channel.counting)
    assert set(glute.crosstalk) == {"A1"}
    assert set(quad.crosstalk) == {"A0"}
    assert glute.crosstalk["A1"] == pytest.approx(0.0, abs=0.01)
