"""The signs: circle = glute, square = quad, open triangle = trouble; a diamond for any other muscle."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from emgfeedback.ui.arcs import circle
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.type_scale import SMALLEST, Face


def shape(muscle: str, x: float, y: float, radius: float) -> QPainterPath:
    """The outline of a muscle's sign around (x, y)."""
    path = QPainterPath()
    if muscle == "glute":
        path.addEllipse(circle(x, y, radius))
    elif muscle == "quad":
        half, corner = 0.9 * radius, 0.12 * radius
        path.addRoundedRect(QRectF(x - half, y - half, 2 * half, 2 * half), corner, corner)
    else:
        for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0)):
            point = QPointF(x + dx * radius, y + dy * radius)
            path.lineTo(point) if path.elementCount() else path.moveTo(point)
        path.closeSubpath()
    return path


def draw_sign(
    painter: QPainter, muscle: str, x: float, y: float, radius: float, palette: Palette, letter: str = ""
) -> None:
    """A muscle's sign in its colour, with the side's letter inside."""
    painter.fillPath(shape(muscle, x, y, radius), colour(palette.muscle(muscle)))
    if letter:
        size = max(SMALLEST, round(1.3 * radius))
        at = (x, y + 0.364 * size)
        write(painter, letter, at, size, palette.on_muscle(muscle), face=Face.BOLD, align=Align.CENTRE)


def triangle(x: float, y: float, radius: float) -> QPainterPath:
    """The outline of the sign of trouble."""
    path = QPainterPath(QPointF(x, y - radius))
    path.lineTo(x + 1.05 * radius, y + 0.82 * radius)
    path.lineTo(x - 1.05 * radius, y + 0.82 * radius)
    path.closeSubpath()
    return path


def draw_triangle(
    painter: QPainter, x: float, y: float, radius: float, token: str, width: float, *, marked: bool = False
) -> None:
    """The open triangle, with an exclamation mark inside where it stands for a warning of its own."""
    painter.setPen(round_pen(token, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(triangle(x, y, radius))
    if marked:
        painter.drawLine(QPointF(x, y - 0.4 * radius), QPointF(x, y + 0.12 * radius))
        painter.drawPoint(QPointF(x, y + 0.46 * radius))


def round_pen(token: str, width: float) -> QPen:
    """A pen with round ends and joins."""
    style, cap, join = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour(token), width, style, cap, join)


def flat_pen(token: str, width: float) -> QPen:
    """A pen with flat ends and sharp joins: its length is exactly that of the line."""
    style, cap, join = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin
    return QPen(colour(token), width, style, cap, join)
