"""What must hold for every desk page: reached by keyboard, named, readable, not clipped."""

import os
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QListWidget, QWidget

from emgfeedback.ui.desk_page import DeskPage
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.look import Look
from emgfeedback.ui.palette import DARK, LIGHT
from emgfeedback.ui.type_scale import SMALLEST, load_fonts

LOOKS = {"light": Look(LIGHT, 1.0), "dark": Look(DARK, 1.0), "light 200 %": Look(LIGHT, 2.0)}
CONTROLS = (QAbstractButton, QLineEdit, QListWidget)


def prepare() -> None:
    """Fonts, and a screen that needs no server where there is none."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def shown(page: DeskPage, width: int = 1280, height: int = 688) -> DeskPage:
    """The page as it lies in the window of 1280 x 800."""
    load_fonts()
    page.resize(width, height)
    page.show()
    settle()
    return page


def settle() -> None:
    """Let Qt lay out and paint."""
    for _ in range(5):
        QApplication.processEvents()


def controls(page: DeskPage) -> list[QWidget]:
    """Everything that can be used now."""
    found = [w for kind in CONTROLS for w in page.findChildren(kind)]
    return [w for w in found if w.isVisibleTo(page) and w.isEnabled() and isinstance(w, QWidget)]


def reached_by_tab(page: DeskPage) -> set[QWidget]:
    """Where the focus gets by Tab, and by arrow keys inside a group of choices."""
    page.activateWindow()
    QTest.qWaitForWindowActive(page, 2000)
    page.setFocus()
    reached: set[QWidget] = set()
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in reached:
            break
        reached.add(focused)
        reached |= set(_by_arrows(focused))
    return reached


def _by_arrows(button: QWidget) -> Iterator[QWidget]:
    if isinstance(button, QAbstractButton) and button.group() is not None:
        yield from button.group().buttons()


def nameless(page: DeskPage) -> list[str]:
    """Controls and leaves without an accessible name."""
    leaves = [leaf for leaf in page.findChildren(Leaf) if leaf.isVisibleTo(page)]
    return [repr(w) for w in [*controls(page), *leaves] if not w.accessibleName()]


def too_small(page: DeskPage) -> list[str]:
    """Texts below the smallest size."""
    texts = [w for w in page.findChildren(QLabel) if w.text()]
    return [w.text() for w in texts if w.font().pixelSize() < SMALLEST]


def clipped(page: DeskPage) -> list[str]:
    """Texts and buttons that find less room than they need, or that stick out of the page's width."""
    found = []
    for widget in [*page.content.findChildren(QLabel), *page.content.findChildren(QAbstractButton)]:
        if not widget.isVisibleTo(page) or not widget.text():
            continue
        needed = widget.sizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            metrics = widget.fontMetrics()
            longest = max(metrics.horizontalAdvance(word) for word in widget.text().split(" "))
            short = widget.heightForWidth(widget.width()) > widget.height() or longest > widget.width()
        else:
            short = needed.width() > widget.width() or needed.height() > widget.height()
        place = QRect(widget.mapTo(page.content, QPoint(0, 0)), widget.size())
        if short or place.left() < 0 or place.right() >= page.area.viewport().width():
            found.append(f"{widget.text()!r} {place.getRect()} needs {needed.width()} x {needed.height()}")
    return found
