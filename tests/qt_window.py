"""What tests of the window share: a platform without a screen, pictures as numbers, repaints, long words."""

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTranslator
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

Pixels = NDArray[np.uint8]
ACCENTED = str.maketrans("aeiouAEIOU", "àéîõüÀÉÎÕÜ")


def pixels(picture: QWidget | QPixmap | QImage) -> Pixels:
    """(height, width, 3) RGB of a widget as it paints itself now, or of a picture."""
    if isinstance(picture, QWidget):
        picture = picture.grab()
    image = picture if isinstance(picture, QImage) else picture.toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), 2::-1].copy()


def expose(qtbot: Any, widget: QWidget) -> None:
    """Show a widget, and come back when it stands on the screen and the screen has nothing more to say."""
    with qtbot.waitExposed(widget):
        widget.show()
    for _ in range(2):
        widget.screen().grabWindow(widget.winId())  # there and back: what the screen sent before is here
        qtbot.wait(20)


class PaintCounter(QObject):
    """Counts the paint events of one widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return super().eventFilter(watched, event)


#: Everything that a person can do to a window.
INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TouchEnd,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletRelease,
        QEvent.Type.NativeGesture,
        QEvent.Type.Gesture,
        QEvent.Type.InputMethod,
        QEvent.Type.Shortcut,
        QEvent.Type.ContextMenu,
        QEvent.Type.Drop,
        QEvent.Type.Clipboard,
    }
)


class InputWatch(QObject):
    """Notes every input event that reaches any object of the application from now on, by its name.

    A real one passes the native window and then the widgets, and is noted at each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT:
            self.seen.append(event.type().name)
        return super().eventFilter(watched, event)

    def end(self) -> list[str]:
        """What was seen; nothing is noted any more."""
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self)
        return self.seen


class LongWords(QTranslator):
    """A language two fifths longer than English, with accents: what it changes went through ``tr``."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: Any, source: str, disambiguation: Any = None, n: int = -1) -> str:
        return longer(source)


def longer(sentence: str) -> str:
    """``sentence`` in the long language; what stands in braces stays."""
    pieces = sentence.replace("{", "\0{").replace("}", "}\0").split("\0")
    accented = "".join(piece if piece.startswith("{") else piece.translate(ACCENTED) for piece in pieces)
    return f"{accented} {'·' * max(1, round(0.4 * len(sentence)) - 1)}"


@contextmanager
def long_words() -> Iterator[None]:
    """The application speaks the long language."""
    translator = LongWords()
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)


def in_long_words(state: Any, *, keep: tuple[str, ...] = ("muscle", "side", "pose", "site")) -> Any:
    """A state whose words are in the long language; the fields ``keep`` are no words."""
    if isinstance(state, str):
        return longer(state) if state else state
    if isinstance(state, tuple):
        return tuple(in_long_words(part, keep=keep) for part in state)
    if dataclasses.is_dataclass(state) and not isinstance(state, type):
        names = [field.name for field in dataclasses.fields(state) if field.name not in keep]
        return dataclasses.replace(
            state, **{name: in_long_words(getattr(state, name), keep=keep) for name in names}
        )
    return state
