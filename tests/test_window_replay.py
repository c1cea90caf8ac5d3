"""In the window: a recording played again, and a look that is kept."""

from dataclasses import replace
from pathlib import Path

import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from recorded_sessions import CHAIN, ZONE, open_simulation, perfect, record
from test_window import opened, press, spoken, wait

from emgfeedback.live_set import SetRequest
from emgfeedback.opening import open_home
from emgfeedback.session.file import SessionFile
from emgfeedback.session.setup import Setup
from emgfeedback.settings import load_settings
from emgfeedback.stage import Stage
from emgfeedback.ui.conductor import Conductor
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.leaves.glance_field import GlanceField
from emgfeedback.ui.pages.history import HistoryPage
from emgfeedback.ui.pages.settings import SettingsPage

REQUEST = WindowRequest(SetRequest(), "sim:balanced?seed=1")


@pytest.fixture
def recording() -> Path:
    """A session of 14 s in the folder of sessions; after 3 s another 100 % holds for the glute."""
    folder = open_home().sessions
    folder.mkdir(parents=True)
    url = "sim:balanced?seed=1&fast=1"
    with open_simulation(url) as source:
        glute, quad = perfect(source).channels
        stronger = replace(perfect(source), channels=(replace(glute, mvc_uv=2.0 * glute.mvc_uv), quad))
    changes = {3000: Setup(CHAIN, stronger, {"right": ZONE})}
    return record(folder / "one.emgsession", url, 14, changes).path


def test_a_session_is_played_into_train_marked_and_never_taken_for_live(
    qtbot: QtBot, recording: Path
) -> None:
    before = recording.read_bytes()
    with opened(qtbot, REQUEST) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        press(qtbot, window, "5")
        history = window.page
        assert isinstance(history, HistoryPage)
        wait(qtbot, lambda: history.sessions.count() == 1 and not history.busy, "the list")
        history.sessions.setCurrentRow(0)
        wait(qtbot, lambda: not history.busy, "the session")
        QTest.keyClick(history.replay, Qt.Key.Key_Space)
        assert window.page.name == "train"
        wait(qtbot, lambda: window.model.picture is not None and not window.model.picture.stale, "samples")
        assert "Replay, not live: one" in spoken(window)
        assert "Replay, simulated" in spoken(window)
        assert window.model.studio is None  # its pictures count in no delay
        wait(qtbot, lambda: bool(window.model.picture and window.model.picture.working.share), "a share")
        press(qtbot, window, "g")
        said = [field.accessibleName() for field in window.page.findChildren(GlanceField)]
        assert "Replay" in said[0]
        press(qtbot, window, "g")
        wait(qtbot, lambda: bool(window.model.picture and window.model.picture.reps), "a rep of the file")
        wait(qtbot, lambda: window.model.stage is Stage.RESTING, "the end of the recording")
        assert "End of the recording" in spoken(window)
        shares = [rep.share for rep in window.model.finished.reps]  # type: ignore[union-attr]
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert window.page.name == "history"
        assert window.model.replay == ""
        conductor = window.conductor
        assert isinstance(conductor, Conductor)
        assert conductor.finished == []
    with SessionFile(recording) as session:
        assert shares == pytest.approx([rep.share for rep in session.reps()], nan_ok=True)
    assert recording.read_bytes() == before


@pytest.mark.parametrize("key", [" ", "1", "c"])
def test_every_way_out_of_a_replay_leads_back_to_what_is_live(
    qtbot: QtBot, recording: Path, key: str
) -> None:
    with opened(qtbot, REQUEST) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        window.replay(recording)
        assert window.model.replay
        press(qtbot, window, key)
        if key == " ":
            assert "Replay ended" in spoken(window)
            press(qtbot, window, key)
        assert not window.model.replay
        assert window.model.studio is not None
        wait(qtbot, lambda: bool(window.model.picture and not window.model.picture.stale), "live samples")


def test_a_replay_waits_until_a_set_is_over_and_a_damaged_file_is_a_sentence(
    qtbot: QtBot, recording: Path
) -> None:
    with opened(qtbot, REQUEST) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        conductor = window.conductor
        assert isinstance(conductor, Conductor)
        recording.with_name("two.emgsession").write_bytes(b"this is no database")
        assert "two.emgsession" in conductor.replay(recording.with_name("two.emgsession"))
        press(qtbot, window, "c")
        assert conductor.replay(recording) == "A set is under way. End it first, then replay."


def test_theme_and_size_by_key_are_kept_and_reach_every_page(qtbot: QtBot) -> None:
    with opened(qtbot, REQUEST) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        press(qtbot, window, "6")
        settings = window.page
        assert isinstance(settings, SettingsPage)
        first = window.colours.name
        press(qtbot, window, "t")
        press(qtbot, window, "+")
        other = window.colours.name
        assert {first, other} == {"light", "dark"}
        look = load_settings().window
        assert (look.theme, look.scale_percent) == (other, 125)
        assert settings.settings.window == look
        qtbot.waitUntil(lambda: (window.width(), window.height()) == (1600, 1000))
        for key in "123456":
            press(qtbot, window, key)
            scale = getattr(getattr(window.page, "look", None), "scale", window.page.width() / 1280)
            assert scale == pytest.approx(1.25)
            assert window.page.colours.name == other
    with opened(qtbot, REQUEST) as window:
        wait(qtbot, lambda: window.conductor is not None, "settings are read")
        assert window.colours.name == other
        qtbot.waitUntil(lambda: (window.width(), window.height()) == (1600, 1000))
        press(qtbot, window, "-")
        assert load_settings().window.scale_percent == 100
