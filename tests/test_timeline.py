"""The timeline: exact loss, exact wraps, and the drift of a board against the host."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.timeline import FIT_LEAST_S, WRAP_US, Timeline, resume_index

MILLISECOND = Fraction(1000)
#: 16 MHz timer: 1500 Hz becomes 16e6 / 10667, a period of no whole number of microseconds.
ODD_PERIOD = Fraction(10667, 16)


def stamp(index: int, period: Fraction, t0: int = 0) -> int:
    """The 32-bit stamp of a sample, truncated to whole microseconds as a board does."""
    return (t0 + index * period.numerator // period.denominator) % WRAP_US


@given(
    period=st.sampled_from([MILLISECOND, ODD_PERIOD, Fraction(250), Fraction(500_000, 3)]),
    t0=st.integers(0, WRAP_US - 1),
    frames=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 30)), min_size=1, max_size=40),
)
def test_p3_5_every_lost_sample_is_counted_exactly(period, t0, frames):
    timeline, index, first = Timeline(period), 0, True
    host_s = 1000.0
    for lost, n in frames:
        index += 0 if first else lost
        host_s += float((n + lost) * period) * 1e-6
        assert timeline.place(stamp(index, period, t0), n, host_s) == (index, 0 if first else lost)
        index += n
        first = False
    assert timeline.next_index == index


def test_p3_5_no_rounding_builds_up_over_a_day():
    timeline = Timeline(ODD_PERIOD)
    n = 250
    for index in range(0, 1500 * 3600 * 24, n * 997):
        # One frame in 997 arrives: each gap is large, and each is exact.
        expected = 0 if index == 0 else n * 996
        host_s = index * float(ODD_PERIOD) * 1e-6
        assert timeline.place(stamp(index, ODD_PERIOD), n, host_s) == (index, expected)


@pytest.mark.parametrize("wraps", [0, 1, 2, 7])
@pytest.mark.parametrize("late_s", [-60.0, 0.0, 60.0])
def test_p3_5_the_host_clock_decides_between_whole_wraps(wraps, late_s):
    timeline = Timeline(MILLISECOND)
    timeline.place(WRAP_US - 4000, 4, 0.0)
    gap_us = (wraps * WRAP_US + 1_000_000_000) // 1000 * 1000
    placed = timeline.place(gap_us % WRAP_US, 4, gap_us * 1e-6 + late_s)
    assert placed == (4 + gap_us // 1000, gap_us // 1000)


def test_wrap_without_loss():
    timeline = Timeline(MILLISECOND)
    assert timeline.place(WRAP_US - 3000, 4, 0.0) == (0, 0)
    assert timeline.place(1000, 4, 0.004) == (4, 0)


def test_a_frame_that_comes_twice_is_refused_and_changes_nothing():
    timeline = Timeline(MILLISECOND)
    timeline.place(0, 4, 0.0)
    timeline.place(4000, 4, 0.004)
    assert timeline.place(4000, 4, 0.005) is None
    assert timeline.place(0, 4, 0.006) is None
    assert timeline.place(8000, 4, 0.008) == (8, 0)


def test_samples_before_the_first_frame_do_not_exist():
    assert Timeline(MILLISECOND).place(123_456_789, 8, 5.0) == (0, 0)


def test_after_a_restart_of_the_board_the_host_clock_bridges():
    timeline = Timeline(MILLISECOND)
    timeline.place(3_000_000, 4, 10.000)
    timeline.board_clock_lost()
    # The last sample of the new frame came 1.5 s after sample 3, so it is sample 1503.
    assert timeline.place(77, 4, 11.500) == (1500, 1496)
    assert timeline.place(4077, 4, 11.504) == (1504, 0)


def test_a_restart_never_goes_back_in_time():
    timeline = Timeline(MILLISECOND)
    timeline.place(0, 8, 10.0)
    timeline.board_clock_lost()
    assert timeline.place(0, 8, 10.0) == (8, 0)


def test_resume_index_is_always_later():
    assert resume_index(99, 10.0, 10.0, 1000.0) == 100
    assert resume_index(99, 10.0, 12.0, 1000.0) == 2099


@pytest.mark.parametrize("ppm", [-2021.0, 0.0, 35.0, 900.0])
def test_drift_and_host_time_through_link_jitter(ppm):
    """60 s of frames, late by 1 ms plus an exponential of mean 3 ms (a busy host, a USB bridge)."""
    rng = np.random.default_rng(4)
    timeline, n = Timeline(MILLISECOND), 4
    true_period_s = 1e-3 / (1 + ppm * 1e-6)
    for index in range(0, 60_000, n):
        taken_s = 500.0 + (index + n - 1) * true_period_s
        timeline.place(index * 1000, n, taken_s + 1e-3 + rng.exponential(3e-3))
    assert timeline.drift_ppm == pytest.approx(ppm, abs=5.0)
    for index in (0, 30_000, 59_999):
        assert timeline.host_time(index) == pytest.approx(500.0 + index * true_period_s + 1e-3, abs=1e-3)


def test_no_drift_is_stated_before_enough_was_seen():
    timeline = Timeline(MILLISECOND)
    for index in range(0, int(FIT_LEAST_S * 1000) - 1000, 10):
        timeline.place(index * 1000, 10, 100.0 + index * 1e-3)
    assert timeline.drift_ppm is None
    assert timeline.host_time(5) == pytest.approx(100.005 - 0.009, abs=0.01)


def test_a_time_asked_too_early_or_an_impossible_period_is_a_value_error():
    with pytest.raises(ValueError, match="No sample"):
        Timeline(MILLISECOND).host_time(0)
    with pytest.raises(ValueError, match="positive"):
        Timeline(Fraction(0))
