"""The foot of the real window: what it says can be pressed, and leads to the pages that have no tab."""

import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from qt_window import expose

from emgfeedback.ui.foot import TARGET, KeyHint
from emgfeedback.ui.pages.settings import SettingsPage
from emgfeedback.ui.pages.start import StartPage
from emgfeedback.ui.palette import LIGHT
from emgfeedback.ui.type_scale import load_fonts
from emgfeedback.ui.window import Window

PAGES = ("start", "calibrate", "train", "signals", "history", "settings", "pads", "keys")


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    """Nobody behind it: nothing here asks what goes on."""
    load_fonts()
    shown = Window(LIGHT)
    qtbot.addWidget(shown)
    expose(qtbot, shown)
    shown.activateWindow()
    QTest.qWaitForWindowActive(shown, 2000)
    return shown


def hint(window: Window, key: str) -> KeyHint:
    return next(made for made in window.foot.hints if made._key == key)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())


@pytest.mark.parametrize(("key", "page"), [("A", "pads"), ("?", "keys")])
def test_a_click_opens_a_page_without_a_tab_and_esc_leads_back(
    qtbot: QtBot, window: Window, key: str, page: str
) -> None:
    window.go("history")
    click(hint(window, key))
    assert window.page.name == page
    assert key not in [made._key for made in window.foot.hints]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page.name == "history"
    click(hint(window, key))
    click(hint(window, "Esc"))
    assert window.page.name == "history"


def test_glance_is_opened_and_left_by_a_click(window: Window) -> None:
    window.go("train")
    click(hint(window, "G"))
    assert window.page.name == "glance"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page.name == "train"
    click(hint(window, "G"))
    click(window.page.childAt(200, 200) or window.page, QPoint(200, 200))
    assert window.page.name == "train"
    assert window.foot.isVisible()


def test_start_shows_the_way_to_the_pads(window: Window) -> None:
    assert isinstance(window.page, StartPage)
    click(window.page.where)
    assert window.page.name == "pads"


def test_every_hint_is_large_named_and_comes_last_in_reading_order(window: Window) -> None:
    for page in (*PAGES, *PAGES):  # a page that was left and is shown again, too
        window.go(page)
        hints = window.foot.hints
        assert [made._key for made in hints][-2:] in (["G", "?"], ["A", "G"]), page
        for made in hints:
            assert made.width() >= TARGET
            assert made.height() >= TARGET
            assert made.accessibleName().endswith(f", {made._key}")
        window.setFocus()
        order: list[QWidget] = []
        while window.focusNextChild() and (focus := QApplication.focusWidget()) not in order:
            assert focus is not None
            order.append(focus)
        assert [widget for widget in order if widget is not window][-len(hints) :] == hints, page
        placed = [widget.mapTo(window, QPoint(0, 0)) for widget in order if widget is not window]
        assert page not in ("start", "calibrate", "train", "keys") or placed == sorted(
            placed, key=lambda place: (place.y() // 60, place.x() // 640, place.y(), place.x())
        ), page


def test_a_key_pressed_on_the_foot_does_what_the_key_does(window: Window) -> None:
    window.go("calibrate")
    theme = window.colours.name
    click(hint(window, "T"))
    assert window.colours.name != theme
    hint(window, "T").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(hint(window, "T"), Qt.Key.Key_Space)
    assert window.colours.name == theme


def test_the_focus_does_not_fall_on_something_else_when_the_page_changes(window: Window) -> None:
    hint(window, "?").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(hint(window, "?"), Qt.Key.Key_Space)
    assert window.page.name == "keys"
    assert QApplication.focusWidget() is window


def test_space_presses_nothing_of_the_page_that_was_left(window: Window) -> None:
    window.go("settings")
    page = window.page
    assert isinstance(page, SettingsPage)
    page.wearer.setFocus()
    assert page.wearer.hasFocus()
    window.go("train")
    assert QApplication.focusWidget() is window
