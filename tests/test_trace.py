"""The trace: painted column by column it is the same picture as painted whole; gaps stay gaps."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QColor
from qt_window import PaintCounter, Pixels, expose, pixels

from emgfeedback.ui.leaves.sweep_picture import Columns, runs
from emgfeedback.ui.leaves.trace import Shows, Trace, TraceState, ticks
from emgfeedback.ui.palette import LIGHT
from emgfeedback.ui.sweep import Sweep
from emgfeedback.ui.type_scale import load_fonts

WINDOW = 2000
LOST = slice(2600, 2800)


@pytest.fixture(autouse=True)
def fonts(qapp) -> None:
    assert load_fonts() == ()


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    """EMG and envelope (n, 2) in µV of a signal that swells and fades, with a loss."""
    random = np.random.default_rng(7)
    time_s = np.arange(6000) / 1000
    emg = random.normal(size=6000) * (3 + 40 * np.clip(np.sin(3 * time_s), 0, 1))
    made = np.column_stack([emg, np.sqrt(np.convolve(emg**2, np.ones(125) / 125, mode="full")[:6000])])
    made[LOST] = np.nan
    return made


class Feed:
    """A trace with the sweep that feeds it."""

    def __init__(self, rows: np.ndarray, size: tuple[int, int] = (816, 250), **look: object) -> None:
        self.rows, self.look = rows, look
        self.trace = Trace(LIGHT)
        self.trace.resize(*size)
        self.sweep = Sweep(self.trace.n_columns, WINDOW, 1)

    def until(self, stop: int) -> None:
        """Give the sweep all samples before ``stop`` and the trace its new state."""
        self.advance(stop)
        self.show()

    def advance(self, stop: int) -> None:
        """Give the sweep all samples before ``stop``."""
        self.sweep.advance(lambda n: (stop, self.rows[max(0, stop - n) : stop]))

    def show(self) -> None:
        sweep = self.sweep
        columns = Columns(sweep.low[:, 0], sweep.high[:, 0], sweep.envelope[:, 0])
        self.trace.show_state(
            TraceState("glute", "Glute", columns, sweep.stop or 0, WINDOW, 2.0, 120.0, **self.look)
        )


def is_tint(picture: Pixels) -> np.ndarray:
    """Where the picture is bluish: the EMG of the glute, bright or dim."""
    return picture[..., 2].astype(int) - picture[..., 0] > 25


@pytest.mark.parametrize("seed", range(4))
def test_painted_in_pieces_it_equals_painted_whole(rows, seed) -> None:
    random = np.random.default_rng(seed)
    pieces, whole = Feed(rows), Feed(rows)
    stop = 0
    while stop < 3000 + 700 * seed:
        stop += int(random.integers(1, 90))
        pieces.until(stop)
        pieces.trace.grab()
        whole.advance(stop)
    whole.show()
    apart = np.abs(pixels(pieces.trace).astype(int) - pixels(whole.trace)).max(axis=2)
    # The ends of stroked lines may differ by a shade, and the sweep before by what the gap cut off.
    assert (apart > 60).mean() < 2e-4
    assert (apart > 0).mean() < 2e-3


@pytest.mark.parametrize("factor", ["1.25", "2"])
def test_on_a_screen_of_more_pixels_it_holds_as_well(factor) -> None:
    """The ratio of device pixels is fixed when a process starts."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", "in_pieces"]
    env = os.environ | {"QT_SCALE_FACTOR": factor, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.OK, done.stdout


def test_what_is_new_is_all_that_is_repainted(rows, qtbot) -> None:
    feed = Feed(rows)
    qtbot.addWidget(feed.trace)
    feed.until(1200)
    expose(qtbot, feed.trace)
    for stop in range(1216, 5200, 16):
        feed.until(stop)
        qtbot.wait(1)
    in_window = feed.trace.screen().grabWindow(feed.trace.winId())
    assert np.array_equal(pixels(in_window), pixels(feed.trace))


def test_no_new_column_no_repaint(rows, qtbot) -> None:
    feed = Feed(rows)
    qtbot.addWidget(feed.trace)
    feed.until(1200)
    expose(qtbot, feed.trace)
    paints = PaintCounter(feed.trace)
    feed.show()
    qtbot.wait(5)
    assert paints.count == 0
    feed.until(1216)
    qtbot.wait(5)
    assert paints.count == 1


def test_a_gap_stays_a_gap(rows) -> None:
    feed = Feed(rows)
    feed.until(3500)
    tint = is_tint(pixels(feed.trace)[40:])
    left, plot = 48, 768
    first, stop = (left + (edge % WINDOW) / WINDOW * plot for edge in (LOST.start, LOST.stop))
    assert not tint[:, round(first) + 2 : round(stop) - 2].any()
    assert tint[:, round(first) - 40 : round(first) - 2].any()
    assert tint[:, round(stop) + 2 : round(stop) + 60].any()


def test_old_samples_stand_still_and_the_gap_runs_ahead(rows) -> None:
    feed = Feed(rows, shows=Shows.EMG)
    feed.until(1500)
    before = pixels(feed.trace)
    feed.until(1600)
    after = pixels(feed.trace)
    head = 48 + round(1500 / WINDOW * 768)
    assert np.array_equal(before[34:, 48 : head - 4], after[34:, 48 : head - 4])
    feed.until(2300)
    ahead = 48 + round(300 / WINDOW * 768)
    assert not is_tint(pixels(feed.trace)[40:, ahead + 4 : ahead + 12]).any()


def test_more_columns_than_samples_leave_no_holes(rows) -> None:
    """A short window on a wide screen: columns are wider than a pixel and still touch."""
    trace = Trace(LIGHT)
    trace.resize(1632, 500)
    ramp = np.linspace(-100.0, 100.0, 300)
    columns = Columns(ramp, ramp, np.full(300, np.nan))
    trace.show_state(TraceState("glute", "Glute", columns, 300, 300, 0.3, 120.0, shows=Shows.EMG))
    tint = is_tint(pixels(trace)[80:, 100:])
    assert tint.any(axis=0)[:-4].all()


def test_beyond_the_scale_it_ends_at_the_edge_of_the_plot() -> None:
    columns = Columns(np.full(300, -1e6), np.full(300, 1e6), np.full(300, 1e6))
    trace = Trace(LIGHT)
    trace.resize(816, 250)
    trace.show_state(TraceState("glute", "Glute", columns, 300, 300, 1.0, 120.0, time_axis=True))
    tint = is_tint(pixels(trace))
    assert not tint[22:34].any()
    assert not tint[226:].any()


def test_every_sample_is_nan_paints_the_grid_alone(qtlog) -> None:
    nothing = np.full(300, np.nan)
    trace = Trace(LIGHT)
    trace.resize(816, 250)
    trace.show_state(TraceState("glute", "Glute", Columns(nothing, nothing, nothing), 900, 300, 1.0, 120.0))
    assert not is_tint(pixels(trace)[30:]).any()
    assert [record.message for record in qtlog.records] == []


def test_a_step_back_in_time_paints_what_is_true_there(rows) -> None:
    feed, fresh = Feed(rows), Feed(rows)
    for stop in (1000, 4000, 5000):
        feed.until(stop)
        feed.trace.grab()
    for one in (feed, fresh):
        one.until(900)
    assert np.array_equal(pixels(feed.trace), pixels(fresh.trace))


@pytest.mark.parametrize("top_uv", [20.0, 60.0, 160.0, 300.0, 1000.0, 5000.0])
@pytest.mark.parametrize("bipolar", [True, False])
def test_the_grid_is_round_and_few(top_uv, bipolar) -> None:
    values = ticks(top_uv, bipolar=bipolar)
    assert 0.0 in values
    assert 2 <= len(values) <= 7
    assert max(values) <= 0.9 * top_uv
    assert max(values) >= 0.4 * top_uv


def test_runs_are_stretches_without_a_gap() -> None:
    nan = np.nan
    assert list(runs(np.array([1.0, 2.0, nan, 3.0, nan, 4.0, 5.0, 6.0]))) == [(0, 2), (5, 8)]
    assert list(runs(np.array([nan, nan]))) == []
    assert list(runs(np.array([]))) == []


def test_the_ground_is_the_themes() -> None:
    trace = Trace(LIGHT, on_sheet=True)
    trace.resize(100, 60)
    assert tuple(pixels(trace)[30, 30]) == QColor(LIGHT.sheet).getRgb()[:3]
