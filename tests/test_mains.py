"""Mains by name: 50 or 60 Hz with the multiples that are there, and none in clean EMG."""

import numpy as np
import pytest
from simulated_signals import record

from emgfeedback.dsp.mains import name_mains
from emgfeedback.simulation.exercises import EXERCISES

N = 10_000


def tone(hz: float, rms_uv: float) -> np.ndarray:
    return rms_uv * np.sqrt(2.0) * np.sin(2.0 * np.pi * hz * np.arange(N) / 1000.0)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_the_base_and_its_multiples_are_named(mains_hz: float) -> None:
    noise = np.random.default_rng(2).normal(0.0, 20.0, N)
    mains = name_mains(noise + tone(mains_hz, 6.0) + tone(2 * mains_hz, 6.0), 1000.0)
    assert mains is not None
    assert [hz for hz, _ in mains.lines] == [mains_hz, 2 * mains_hz]
    assert mains.level_uv == pytest.approx(9.0, abs=2.0)


def test_nothing_is_named_without_mains() -> None:
    """Noise of any colour that EMG has: none of 1000 spectra of 5 s names mains that is not there."""
    named = 0
    for seed in range(500):
        rng = np.random.default_rng(seed)
        white = rng.normal(0.0, 20.0, 5200)
        for noise in (white, np.convolve(white, np.ones(4), mode="valid")):
            named += name_mains(noise[:5000], 1000.0) is not None
    assert named == 0


def test_the_simulated_hum_is_named_at_rest_and_never_as_60_hz() -> None:
    """3 µV of hum is most of a rest, and little beside a working muscle."""
    for exercise in EXERCISES:
        uv = record("balanced", exercise, 4, 60.0)
        found = [name_mains(uv.info.to_microvolts(uv.counts)[:, k], 1000.0) for k in range(2)]
        assert all(mains is None or mains.hz == 50.0 for mains in found)


def test_too_short_or_silent_is_nothing() -> None:
    assert name_mains(tone(50.0, 10.0)[:4000], 1000.0) is None
    assert name_mains(np.zeros(N), 1000.0) is None
