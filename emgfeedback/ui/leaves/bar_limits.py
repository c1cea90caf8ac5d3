"""Goal and ceiling of a muscle bar: brackets outside the data, a line with a casing across it."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from emgfeedback.ui.leaves.bar_columns import WIDTH, Column
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.signs import flat_pen
from emgfeedback.ui.type_scale import Face


class LimitLine(NamedTuple):
    """A limit at ``y``: the bracket runs from there to ``end``, the top for a goal, the bottom for a ceiling.

    ``kept`` is ``None`` while there is no number to compare. Only two bars leave room for brackets.
    """

    column: Column
    y: float
    end: float
    label: str
    kept: bool | None
    bracketed: bool


def draw_limit(painter: QPainter, line: LimitLine, colours: Palette, ground: str) -> None:
    """Draw the line and its bracket: thick where the limit is kept."""
    column = line.column
    token = colours.edge if line.kept is None else colours.ink
    painter.fillRect(QRectF(column.x, line.y - 5.5, column.width, 11.0), colour(ground))
    on_left = column.middle < WIDTH / 2
    outside = column.x - 16.0 if on_left else column.x + column.width + 16.0
    painter.setPen(flat_pen(token, 3.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not line.bracketed:
        painter.drawLine(QPointF(column.x, line.y), QPointF(column.x + column.width, line.y))
        return
    path = QPainterPath(QPointF(outside, line.end))
    path.lineTo(outside, line.y)
    path.lineTo(column.x + column.width if on_left else column.x, line.y)
    painter.drawPath(path)
    if line.kept:
        painter.setPen(flat_pen(token, 9.0))
        corner = line.y + (-1.5 if line.end > line.y else 1.5)
        painter.drawLine(QPointF(outside, corner), QPointF(outside, line.end))
    x, align = (column.x - 26.0, Align.RIGHT) if on_left else (column.x + column.width + 26.0, Align.LEFT)
    write(painter, line.label, (x, line.y + 6.0), 17, colours.ink, face=Face.BOLD, align=align)
