"""A walk over every page of the real window: named, reached by keyboard, large enough, nothing clipped."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import desk_pages
import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from PySide6.QtCore import QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot
from qt_window import long_words
from test_leaves import painted_outside
from test_window import opened, press, wait

from emgfeedback.live_set import SetRequest
from emgfeedback.settings import change_settings
from emgfeedback.stage import Stage
from emgfeedback.ui import lettering
from emgfeedback.ui.desk_page import DeskPage
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.words import Line, Words
from emgfeedback.ui.type_scale import SMALLEST
from emgfeedback.ui.window import Window

PAGES = ("start", "calibrate", "train", "signals", "history", "settings", "keys", "pads", "glance")


class Lettering:
    """What is written while pages are painted: cut texts, and the smallest size."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cut: list[str] = []
        self.smallest = 1000
        shorten, font = lettering.with_ellipsis, lettering.font

        def note_cut(text: str, *rest: Any) -> str:
            self.cut.append(text)
            return shorten(text, *rest)

        def note_size(face: Any, size: int) -> Any:
            self.smallest = min(self.smallest, size)
            return font(face, size)

        monkeypatch.setattr(lettering, "with_ellipsis", note_cut)
        monkeypatch.setattr(lettering, "font", note_size)
        lettering.shortened.cache_clear()


def leaves(window: Window) -> list[Leaf[Any, Any]]:
    return [leaf for leaf in window.findChildren(Leaf) if leaf.isVisible() and leaf._seen is not None]


def nameless(window: Window) -> list[str]:
    """Leaves that say nothing though something stands on them."""
    return [
        repr(leaf)
        for leaf in leaves(window)
        if not leaf.accessibleName()
        and not (
            isinstance(leaf, Words)
            and not any(item.text for item in leaf._seen or () if isinstance(item, Line))
        )
    ]


def sticking_out(window: Window) -> list[str]:
    """Leaves and controls that leave the window, and leaves that paint beyond their own place."""
    whole = window.rect().adjusted(-1, -1, 1, 1)
    found = []
    places: list[QWidget] = [*leaves(window), *controls(window)]
    for widget in places:
        desk = isinstance(window.page, DeskPage) and window.page.isAncestorOf(widget)
        if not desk and not whole.contains(
            QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
        ):
            found.append(f"{widget!r} leaves the window")
    found += [f"{leaf.accessibleName()!r} is cut" for leaf in leaves(window) if painted_outside(leaf).any()]
    return found


def controls(window: Window) -> list[QAbstractButton]:
    return [b for b in window.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]


def unreached(window: Window) -> list[str]:
    """Controls that Tab, and arrow keys within a group, do not come to; and those without a name."""
    window.activateWindow()
    QTest.qWaitForWindowActive(window, 2000)
    window.setFocus()
    reached: set[QWidget] = set()
    for _ in range(200):
        window.focusNextChild()
        focus = QApplication.focusWidget()
        if focus is None or focus in reached:
            break
        reached.add(focus)
        if isinstance(focus, QAbstractButton) and focus.group() is not None:
            reached |= set(focus.group().buttons())
    window.setFocus()
    return [repr(b) for b in controls(window) if b not in reached or not (b.accessibleName() or b.text())]


def faults(window: Window) -> list[str]:
    """All that is wrong with the page on show."""
    window.grab()
    found = [f"nameless {one}" for one in nameless(window)]
    found += sticking_out(window)
    if not window.page.whole:
        found += [f"not reached {one}" for one in unreached(window)]
    if isinstance(window.page, DeskPage):
        found += [f"nameless {one}" for one in desk_pages.nameless(window.page)]
        found += [f"small {one}" for one in desk_pages.too_small(window.page)]
        found += [f"clipped {one}" for one in desk_pages.clipped(window.page)]
    return [f"{window.page.name}, {window.model.stage.value}: {one}" for one in found]


@contextlib.contextmanager
def language(name: str) -> Iterator[None]:
    with long_words() if name == "long" else contextlib.nullcontext():
        yield


@pytest.mark.parametrize("words", ["English", "long"])
@pytest.mark.parametrize("percent", [100, 200])
def test_every_page_is_named_reached_large_enough_and_whole(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, percent: int, words: str
) -> None:
    change_settings({"window.scale_percent": percent})
    written = Lettering(monkeypatch)
    found: list[str] = []
    with language(words), opened(qtbot, WindowRequest(SetRequest(reps=4), "sim:balanced?seed=1")) as window:

        def stage(wanted: Stage) -> Callable[[], bool]:
            return lambda: window.model.stage is wanted

        def look(*pages: str) -> None:
            for name in pages:
                window.go(name)
                desk_pages.settle()
                qtbot.waitUntil(lambda: not getattr(window.page, "busy", False))
                desk_pages.settle()
                before = len(written.cut)
                found.extend(faults(window))
                found.extend(f"{name}: cut {text!r}" for text in dict.fromkeys(written.cut[before:]))

        look("start")
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        assert window.width() == 1280 * percent // 100
        look(*PAGES)
        window.go("start")
        press(qtbot, window, "c")
        wait(qtbot, lambda: window.model.squeeze_uv is not None, "the calibration begins")
        look("calibrate", "glance")
        window.conductor.stop()  # type: ignore[union-attr]
        window.draw()
        studio = window.model.studio
        assert studio is not None
        studio.use_todays(None)
        window.go("start")
        look("start")
        press(qtbot, window, " ")
        wait(qtbot, stage(Stage.TRAINING), "a set")
        wait(qtbot, lambda: bool(window.model.picture and window.model.picture.reps), "a rep")
        look("train", "glance", "signals", "train")
        press(qtbot, window, "p")
        wait(qtbot, stage(Stage.RESTING), "its end")
        look("train", "start", "history")
    lettering.shortened.cache_clear()
    assert found == []
    assert written.smallest >= SMALLEST
