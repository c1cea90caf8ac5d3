"""The page Settings: each choice goes into settings.toml at once, refusals stand in place."""

import tomllib
from pathlib import Path

import desk_pages
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from qt_window import long_words

from emgfeedback.settings import Settings, change_settings, load_settings
from emgfeedback.ui.desk_controls import Choices, Field
from emgfeedback.ui.look import Look
from emgfeedback.ui.pages.settings import SettingsPage

desk_pages.prepare()


def open_page(qtbot: QtBot, folder: Path, look: Look = desk_pages.LOOKS["light"]) -> SettingsPage:
    page = SettingsPage(look.palette, scale=look.scale, folder=folder)
    qtbot.addWidget(page)
    desk_pages.shown(page)
    return page


def press(choices: Choices, words: str) -> None:
    """Press a choice by keyboard."""
    button = next(b for b in choices._group.buttons() if b.text() == words)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def write(field: Field, words: str) -> None:
    """Write words in place of what stands there, and press Return."""
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


def kept(folder: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((folder / "settings.toml").read_text("utf-8"))


def test_every_choice_is_kept_at_once_and_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[sound]\nvolume = 3\n")
    page = open_page(qtbot, tmp_path)
    told: list[Settings] = []
    page.changed.connect(told.append)
    press(page.theme, "Dark")
    press(page.size_percent, "150 %")
    press(page.average, "Responsive, 50 ms")
    press(page.notch, "50 Hz")
    press(page.sound, "Tones")
    press(page.source, "Simulated person")
    write(page.wearer, "Ann")
    assert kept(tmp_path) == {
        "sound": {"volume": 3, "mode": "tones"},
        "window": {"theme": "dark", "scale_percent": 150},
        "chain": {"rms_window_s": 0.05, "notch_hz": 50.0},
        "source": {"url": "sim:balanced"},
        "wearer": {"name": "Ann"},
    }
    assert len(told) == 7
    assert told[-1] == load_settings(tmp_path / "settings.toml") == page.settings
    assert "Calibrate again" in page.note("chain.notch_hz")


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "wearer.name must be text of 1 to 60 characters"), ("x" * 61, "wearer.name must be")],
)
def test_a_refused_name_is_one_sentence_in_place(qtbot: QtBot, tmp_path: Path, name: str, words: str) -> None:
    page = open_page(qtbot, tmp_path)
    write(page.wearer, name)
    assert page.note("wearer.name").startswith(words)
    assert str(tmp_path) not in page.note("wearer.name")
    assert not (tmp_path / "settings.toml").exists()


def test_a_source_is_judged_before_it_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(qtbot, tmp_path)
    press(page.source, "Another source")
    write(page.url, "sim:nobody")
    assert "nobody" in page.note("source.url")
    assert not (tmp_path / "settings.toml").exists()
    write(page.url, "sim:learner?seed=3")
    assert kept(tmp_path) == {"source": {"url": "sim:learner?seed=3"}}


def test_a_file_that_cannot_be_written_is_one_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "a file"
    page = open_page(qtbot, folder)
    folder.write_text("")
    press(page.theme, "Dark")
    assert page.note("window.theme").endswith(".")
    assert page.settings.window.theme == "system"


def test_a_damaged_file_is_named_and_stays(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[window\n")
    page = open_page(qtbot, tmp_path)
    assert "it is not TOML" in page.damage.text()
    press(page.theme, "Dark")
    assert "it is not TOML" in page.note("window.theme")
    assert (tmp_path / "settings.toml").read_text() == "[window\n"


def test_values_of_the_file_that_have_no_name_are_shown(qtbot: QtBot, tmp_path: Path) -> None:
    change_settings({"chain.rms_window_s": 0.1, "source.url": "serial:auto"}, tmp_path / "settings.toml")
    page = open_page(qtbot, tmp_path)
    assert page.average.value == 0.1
    assert page.url.text() == "serial:auto"
    assert page.source.value is None
    assert page.folder.text() == str(tmp_path)


@pytest.mark.parametrize("look", desk_pages.LOOKS)
def test_readable_named_reachable(qtbot: QtBot, tmp_path: Path, look: str) -> None:
    page = open_page(qtbot, tmp_path, desk_pages.LOOKS[look])
    assert desk_pages.nameless(page) == []
    assert desk_pages.too_small(page) == []
    assert desk_pages.clipped(page) == []
    assert set(desk_pages.controls(page)) <= desk_pages.reached_by_tab(page)


def test_all_settings_are_seen_at_once_at_the_designs_size(qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(qtbot, tmp_path)
    assert page.area.verticalScrollBar().maximum() == 0
    with long_words():
        assert open_page(qtbot, tmp_path).area.verticalScrollBar().maximum() == 0
