"""Faults in the middle of a set, in the real window: right words, no stale number, it goes on by itself."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from pytestqt.qtbot import QtBot
from qt_window import InputWatch
from test_session_recorder import small_disk
from test_window import opened, path_of, perfect, spoken, wait  # noqa: F401 - a fixture

from emgfeedback.frame import Contact
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import open_home
from emgfeedback.session.file import SessionFile
from emgfeedback.stage import Stage
from emgfeedback.ui.conductor import Conductor
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.leaves.glance_field import GlanceField
from emgfeedback.ui.leaves.muscle_bars import MuscleBars
from emgfeedback.ui.leaves.rep_strip import RepStrip
from emgfeedback.ui.leaves.share_gauge import ShareGauge
from emgfeedback.ui.leaves.squeeze_disc import SqueezeDisc
from emgfeedback.ui.window import Window


def said(window: Window) -> str:
    """What the leaves on show say: gauge, bars, strip, and all words."""
    shown = [
        leaf.accessibleName()
        for kind in (ShareGauge, MuscleBars, GlanceField, SqueezeDisc, RepStrip)
        for leaf in window.page.findChildren(kind)
        if leaf.isVisible()
    ]
    return " ".join([*shown, spoken(window)])


class Watched:
    """A set under faults, with all that the page Train said, moment by moment."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self._qtbot, self._window = qtbot, window
        self.inputs = InputWatch()
        #: (contact of the quad, whether a share stood in the gauge, what was said).
        self.moments: list[tuple[Contact, bool, str]] = []

    def until(self, done: Callable[[], bool], what: str) -> None:
        def look() -> bool:
            model = self._window.model
            if model.picture is not None and model.stage is Stage.TRAINING:
                gauge = self._window.page.findChildren(ShareGauge)[0].accessibleName()
                number = "percent" in gauge.partition("zone")[0]
                self.moments.append((model.picture.bars[1].contact, number, said(self._window)))
            return done()

        wait(self._qtbot, look, what)

    @property
    def all_said(self) -> str:
        return " | ".join(dict.fromkeys(words for _, _, words in self.moments))


@pytest.mark.real_time
def test_saturation_and_losses_in_a_set_say_so_and_go_on(
    qtbot: QtBot,
    perfect: Path,  # noqa: F811 - the fixture
) -> None:
    """In real time: up to three attempts."""
    faults = "saturation@7+4:quad,loss@13+5"
    url = f"sim:balanced?seed=1&fault={faults}"
    request = WindowRequest(SetRequest(reps=4), url, calibration=perfect, begins=True)
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the set begins")
        watched = Watched(qtbot, window)
        watched.until(lambda: window.model.stage is Stage.RESTING, "the set goes on and ends by itself")
        finished = window.model.finished
        assert watched.inputs.end() == []
        assert finished is not None
        assert finished.ended.startswith("Set done: 4 reps")
        path = path_of(window)
    clipping = [moment for moment in watched.moments if moment[0] is Contact.CLIPPING]
    assert clipping
    assert not any(number for _, number, _ in clipping), "a number stood beside a signal that clips"
    for _, _, words in clipping:
        assert "Quad signal clips" in words
        assert "Turn the quad gain down, then calibrate." in words
    after = watched.moments[watched.moments.index(clipping[-1]) + 1 :]
    assert any(number for _, number, _ in after), "the number came back by itself"
    lost = [moment for moment in watched.moments if "Samples lost" in moment[2]]
    assert lost
    assert not any(number for _, number, _ in lost), "a number stood beside lost samples"
    left_out = {rep.left_out for rep in finished.reps if rep.left_out}
    assert any("clipped" in why for why in left_out), left_out
    assert any(not rep.left_out for rep in finished.reps)
    with SessionFile(path) as session:
        assert session.complete
        assert len(session.gaps()) > 3
        assert [rep.left_out for rep in session.reps()] == [rep.left_out for rep in finished.reps]


@pytest.mark.real_time
def test_a_disk_that_fills_up_in_a_set_is_a_sentence_and_the_next_set_is_recorded(
    qtbot: QtBot,
    perfect: Path,  # noqa: F811 - the fixture
) -> None:
    """In real time: up to three attempts."""
    home = open_home()
    home.folder.mkdir(parents=True, exist_ok=True)
    url = "sim:balanced?seed=1"
    with small_disk(home.sessions) as folder:
        request = WindowRequest(SetRequest(reps=2), url, calibration=perfect, begins=True)
        with opened(qtbot, request) as window:
            wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the set begins")
            watched = Watched(qtbot, window)

            def working() -> bool:
                picture = window.model.picture
                return picture is not None and picture.working.share is not None

            watched.until(working, "the middle of a rep")
            with contextlib.suppress(OSError), (folder / "something else").open("wb", buffering=0) as other:
                while True:
                    other.write(bytes(1024))
            sentence = "Not recording: the disk is full. Training goes on."
            watched.until(lambda: sentence in said(window), "the sentence")
            watched.until(lambda: window.model.stage is Stage.RESTING, "the set goes on and ends by itself")
            assert watched.inputs.end() == []
            finished = window.model.finished
            assert finished is not None
            assert len(finished.reps) == 2
            assert any(number for _, number, words in watched.moments if sentence not in words)
            wait(qtbot, lambda: "the disk is full" in said(window), "the summary says so, too")
            cut_off = path_of(window)
            (folder / "something else").unlink()
            assert isinstance(window.conductor, Conductor)
            window.conductor.begin()
            wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the next set")
            qtbot.wait(1500)  # three commits
            assert "Not recording" not in said(window)
            window.conductor.begin()
            wait(qtbot, lambda: window.model.stage is Stage.RESTING, "its end")
            whole = path_of(window)
        with SessionFile(cut_off) as session:
            assert not session.complete
            assert session.duration_s > 0.0
        with SessionFile(whole) as session:
            assert session.complete
