"""The gallery: one page that shows every leaf in every state."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import gallery_states as states
from emgfeedback.ui.gallery_states import Example
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import Palette, colour

WIDTH, MARGIN, SPACE, CAPTION = 1280, 24, 16, 30


class Row(NamedTuple):
    """Examples side by side, each as wide as its part of the page; more than ``across`` begin a new line."""

    examples: Callable[[], tuple[Example, ...]]
    across: int


ROWS = (
    Row(states.gauges, 5),
    Row(states.bars, 8),
    Row(states.rings, 8),
    Row(states.cards, 5),
    Row(states.strips, 3),
    Row(states.lights, 8),
    Row(states.squeezes, 5),
    Row(states.trials, 3),
    Row(states.stations, 1),
    Row(states.glances, 6),
    Row(states.bodies, 8),
    Row(states.pad_maps, 3),
    Row(states.traces, 2),
)


class Gallery(QWidget):
    """All examples in one theme, ``WIDTH`` pixels wide at 100 % and as high as they need."""

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, scale: float = 1.0) -> None:
        super().__init__(parent)
        self._palette = palette
        self._scale = scale
        self._captions: list[tuple[QRect, str]] = []
        y = MARGIN
        for row in ROWS:
            y = self._place(row, y)
        self.resize(self._scaled(QRect(0, 0, WIDTH, y)).size())

    def _place(self, row: Row, y: int) -> int:
        """Put a row's leaves at ``y``; returns where the next row begins."""
        width = (WIDTH - 2 * MARGIN + SPACE) // row.across - SPACE
        examples = row.examples()
        height = 0
        for k, example in enumerate(examples):
            if k and k % row.across == 0:
                y += CAPTION + height + SPACE
            leaf = example.leaf(self._palette, self)
            height = round(width * leaf.DESIGN[1] / leaf.DESIGN[0])
            place = QRect(MARGIN + (k % row.across) * (width + SPACE), y + CAPTION, width, height)
            leaf.setGeometry(self._scaled(place))
            leaf.show_state(example.state)
            self._captions.append((place, example.caption))
        return y + CAPTION + height + SPACE

    def _scaled(self, place: QRect) -> QRect:
        parts = (place.x(), place.y(), place.width(), place.height())
        return QRect(*(round(self._scale * part) for part in parts))

    @property
    def leaves(self) -> list[Leaf[Any, Any]]:
        """The leaves on the page."""
        return [child for child in self.children() if isinstance(child, Leaf)]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground and the captions."""
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), colour(self._palette.ground))
            painter.scale(self._scale, self._scale)
            for place, caption in self._captions:
                at, room = (place.center().x(), place.y() - 10), place.width() + SPACE - 4
                write(painter, caption, at, 14, self._palette.soft, align=Align.CENTRE, room=room)
