"""The display ring always hands out one contiguous view of the newest rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.session.delay import DelayMeter
from emgfeedback.session.ring import DisplayRing


def ramp(start: int, stop: int) -> np.ndarray:
    return np.column_stack([np.arange(start, stop), -np.arange(start, stop)]).astype(float)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=20), st.integers(0, 25))
def test_the_view_is_the_newest_rows_whatever_came(steps: list[tuple[int, int]], margin: int) -> None:
    ring = DisplayRing(25, 2, margin)
    whole = np.full((25, 2), np.nan)
    at = 0
    for jump, n in steps:
        at += jump
        ring.push(at, ramp(at, at + n))
        whole = np.vstack([whole, np.full((jump, 2), np.nan), ramp(at, at + n)])
        at += n
        assert ring.stop == at
        np.testing.assert_array_equal(ring.view(), whole[-25:])
        np.testing.assert_array_equal(ring.view(7), whole[len(whole) - 7 :])
    assert ring.view().base is not None


def test_a_view_stays_as_it_was_while_the_margin_lasts() -> None:
    ring = DisplayRing(100, 1, margin=50)
    ring.push(0, np.arange(100.0)[:, None])
    view = ring.view()
    before = view.copy()
    for start in range(100, 150, 10):
        ring.push(start, np.arange(start, start + 10.0)[:, None])
    np.testing.assert_array_equal(view, before)


def test_a_view_cannot_be_written() -> None:
    ring = DisplayRing(4, 1)
    with pytest.raises(ValueError, match="read-only"):
        ring.view()[0, 0] = 1.0
    ring.push(0, np.ones((1, 1)))


@pytest.mark.parametrize(("rows", "columns"), [(0, 1), (1, 0)])
def test_an_empty_ring_is_refused(rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match="needs rows and columns"):
        DisplayRing(rows, columns)


def test_rows_of_the_past_and_too_long_views_are_refused() -> None:
    ring = DisplayRing(4, 1)
    ring.push(10, np.ones((2, 1)))
    with pytest.raises(ValueError, match="Row 11 comes after row 11"):
        ring.push(11, np.ones((1, 1)))
    with pytest.raises(ValueError, match="up to 4 rows, not 5"):
        ring.view(5)


def test_delays_are_those_of_the_last_ones() -> None:
    meter = DelayMeter(size=10)
    assert np.isnan(meter.percentile(50))
    assert meter.as_record() == {}
    for k in range(25):
        meter.add(k / 1000.0)
    assert meter.percentile(0) == pytest.approx(0.015)
    expected = {"median_ms": 19.5, "p95_ms": 23.55, "p99_ms": 23.91, "max_ms": 24.0, "n": 25}
    assert meter.as_record() == pytest.approx(expected)


def test_what_was_told_of_few_delays_is_not_told_again_of_many() -> None:
    meter = DelayMeter()
    for k in range(1, 701):
        meter.add(float(k))
        if k in (5, 10):
            assert meter.percentile(100.0) == float(k)
    assert meter.percentile(100.0) == 700.0
    assert meter.as_record()["max_ms"] == 700_000.0
