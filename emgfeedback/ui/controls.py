"""The few controls: painted from the palette, reached by Tab, with a focus ring that is seen."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, lines_of, write
from emgfeedback.ui.page import Themed
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.type_scale import Face, width

#: Size of the words of a link.
LINK = 17


class Control(QAbstractButton, Themed):
    """A button that paints in design units of ``size`` and scales with its place."""

    def __init__(
        self,
        palette: Palette,
        size: tuple[float, float],
        pressed: Callable[[], object],
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.colours = palette
        self._size = size
        self.clicked.connect(lambda: pressed())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def ground(self) -> str:
        """What it stands on."""
        return self.colours.ground

    def set_theme(self, palette: Palette) -> None:
        """Paint in other colours."""
        self.colours = palette
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint it, and the ring where it has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour(self.ground))
        painter.scale(self.width() / self._size[0], self.height() / self._size[1])
        self.draw(painter)
        if self.hasFocus():
            painter.setPen(QPen(colour(self.colours.ink), 3.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1.5, 1.5, self._size[0] - 3.0, self._size[1] - 3.0))
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Paint it in design units."""
        raise NotImplementedError


class BigAction(Control):
    """The one big action of a page: a word, and the key that does it."""

    def __init__(
        self, palette: Palette, pressed: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(palette, (572.0, 124.0), pressed, parent)
        self._word, self._key, self._waits = "", "", False

    def show_action(self, word: str, key: str, *, waits: bool = False) -> None:
        """``waits``: it cannot be done now, and says so by its looks."""
        if (word, key, waits) != (self._word, self._key, self._waits):
            self._word, self._key, self._waits = word, key, waits
            self.setText(word)
            self.setAccessibleName(f"{word}, {key}")
            self.setEnabled(not waits)
            self.update()

    def draw(self, painter: QPainter) -> None:
        """A dark field with its word on the left and its key on the right."""
        field, ink = self.colours.button, self.colours.on_button
        if self._waits:
            field, ink = self.colours.track, self.colours.soft
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(field))
        painter.drawRoundedRect(QRectF(6.0, 6.0, 560.0, 112.0), 8.0, 8.0)
        write(painter, self._word, (42.0, 77.0), 44, ink, face=Face.DISPLAY, room=400.0)
        write(painter, self._key, (530.0, 68.0), 18, ink, align=Align.RIGHT, room=120.0)


class Link(Control):
    """A quiet way to another page: underlined words at the left of its place."""

    def __init__(
        self, palette: Palette, words: str, pressed: Callable[[], object], *, on_sheet: bool = True
    ) -> None:
        self.wide = width(words, Face.TEXT, LINK) + 16.0
        super().__init__(palette, (self.wide, 44.0), pressed, None)
        self._on_sheet = on_sheet
        self.setText(words)
        self.setAccessibleName(words)

    @property
    def ground(self) -> str:
        """What it stands on."""
        return self.colours.sheet if self._on_sheet else self.colours.ground

    def draw(self, painter: QPainter) -> None:
        """The words over their line."""
        write(painter, self.text(), (8.0, 28.0), LINK, self.colours.ink, room=self._size[0] - 16.0)
        painter.fillRect(QRectF(8.0, 33.0, self._size[0] - 16.0, 1.0), colour(self.colours.edge))


class Tab(Control):
    """A word that leads to a page or chooses one of several; the chosen one is underlined."""

    def __init__(
        self,
        palette: Palette,
        word: str,
        pressed: Callable[[], object],
        size: tuple[float, float],
        text_size: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(palette, size, pressed, parent)
        self._word, self._text_size = word, text_size
        self.setText(word)
        self.setAccessibleName(word)
        self.setCheckable(True)
        self._figure: Leaf[Any, Any] | None = None

    def carry(self, figure: Leaf[Any, Any]) -> None:
        """Draw this leaf above the word; it takes no events of its own."""
        self._figure = figure

    def set_theme(self, palette: Palette) -> None:
        """Paint in other colours."""
        if self._figure is not None:
            self._figure.set_theme(palette)
        super().set_theme(palette)

    def nextCheckState(self) -> None:  # noqa: N802
        """A click does not check it: the page does, when it has happened."""

    def draw(self, painter: QPainter) -> None:
        """The word, on one line or two, over its rule."""
        chosen = self.isChecked()
        face, ink = (Face.BOLD, self.colours.ink) if chosen else (Face.TEXT, self.colours.soft)
        wide, high = self._size
        lines = lines_of(self._word, Face.BOLD, self._text_size, wide - 4.0)
        middle = (high - 6.0) / 2 if self._figure is None else high - 27.0
        if self._figure is not None:
            painter.save()
            share = wide / self._figure.DESIGN[0]
            painter.scale(share, share)
            self._figure.draw(painter)
            painter.restore()
        top = middle - (len(lines) - 1) * 0.6 * self._text_size + 0.36 * self._text_size
        for number, line in enumerate(lines):
            at = (wide / 2, top + number * 1.2 * self._text_size)
            write(painter, line, at, self._text_size, ink, face=face, align=Align.CENTRE, room=wide - 4.0)
        if chosen:
            painter.fillRect(QRectF(0.0, high - 4.0, wide, 3.0), colour(self.colours.ink))
