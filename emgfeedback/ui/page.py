"""What every page is: leaves and controls placed in the units of the design, scaled as one picture."""

from typing import ClassVar

from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.model import Model, Moved
from emgfeedback.ui.palette import Palette, colour

#: The window's design, and the heights of its strip and foot.
WIDTH, HEIGHT = 1280.0, 800.0
STRIP, FOOT = 64.0, 48.0
#: Left and right margin.
MARGIN = 56.0
#: A place in the window's design: x, y, width, height.
Place = tuple[float, float, float, float]


class Surface(QWidget):
    """A widget whose children stand at places of the window's 1280 x 800 design.

    ``origin`` and ``extent`` are the part of the design that the widget covers.
    """

    def __init__(self, palette: Palette, extent: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours = palette
        self._extent = extent
        self._places: list[tuple[QWidget, Place]] = []
        self._told: dict[str, tuple[object, ...]] = {}

    def news(self, part: str, *told: object) -> bool:
        """Whether what ``part`` of this surface depends on differs from what it was told last.

        Most pictures move a bar or the split and nothing else: no word is looked up or measured for them.
        """
        if self._told.get(part) == told:
            return False
        self._told[part] = told
        return True

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """All words anew in another language."""
        if event.type() is QEvent.Type.LanguageChange:
            self._told.clear()
        super().changeEvent(event)

    def put(self, widget: QWidget, place: Place) -> None:
        """Place a child."""
        widget.setParent(self)
        self._places.append((widget, place))
        widget.setGeometry(self.pixels(place))

    def drop(self, widget: QWidget) -> None:
        """Do without a child from now on; the focus must not fall on whatever stands beside it."""
        self._places = [(child, place) for child, place in self._places if child is not widget]
        if widget.hasFocus():
            self.window().setFocus()
        widget.hide()
        widget.deleteLater()

    def move_to(self, widget: QWidget, place: Place) -> None:
        """Give a child another place."""
        known = next((k for k, (child, _) in enumerate(self._places) if child is widget), None)
        if known is not None and self._places[known][1] != place:
            self._places[known] = (widget, place)
            widget.setGeometry(self.pixels(place))

    def pixels(self, place: Place) -> QRect:
        """The pixels of a place of the design."""
        left, top, width, height = self._extent
        scale = min(self.width() / width, self.height() / height)
        x = (self.width() - scale * width) / 2 + (place[0] - left) * scale
        y = (self.height() - scale * height) / 2 + (place[1] - top) * scale
        right, bottom = x + place[2] * scale, y + place[3] * scale
        return QRect(round(x), round(y), round(right) - round(x), round(bottom) - round(y))

    def set_theme(self, palette: Palette) -> None:
        """Paint in other colours."""
        self.colours = palette
        for widget, _ in self._places:
            if isinstance(widget, Leaf | Surface | Themed):
                widget.set_theme(palette)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put all children where they belong now."""
        super().resizeEvent(event)
        for widget, place in self._places:
            widget.setGeometry(self.pixels(place))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self.colours.ground))
        painter.end()


class Themed:
    """A control that can change its colours."""

    def set_theme(self, palette: Palette) -> None:
        """Paint in other colours."""
        raise NotImplementedError


class Page(Surface):
    """One page of the window. ``live`` pages are drawn at every frame, the others ten times a second.

    ``keys`` are shown in the foot as (key, what it does); ``hint`` stands at its right end.
    """

    name: ClassVar[str]
    live: ClassVar[bool] = False
    #: Whether it covers strip and foot.
    whole: ClassVar[bool] = False
    #: Whether it takes all room of a wide window instead of scaling as one picture.
    desk: ClassVar[bool] = False
    keys: ClassVar[tuple[tuple[str, str], ...]] = ()
    hint: ClassVar[str] = ""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        extent = (0.0, 0.0, WIDTH, HEIGHT) if self.whole else (0.0, STRIP, WIDTH, HEIGHT - STRIP - FOOT)
        super().__init__(palette, extent, parent)

    def show_model(self, model: Model) -> None:
        """Show what goes on now."""
        raise NotImplementedError

    def foot(self, model: Model) -> tuple[tuple[tuple[str, str], ...], str]:
        """Keys and hint that hold now."""
        del model
        return self.keys, self.hint

    def follow(self, model: Model, moved: Moved) -> bool:
        """Show what has moved since that model, the last one; ``False``: this page wants a whole one."""
        del model, moved
        return False

    def pressed(self, key: str) -> bool:
        """Take a key that means something on this page only; whether it did."""
        del key
        return False
