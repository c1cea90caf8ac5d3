"""Lines at 45 degrees: on a shape of their own they say "no number here", over a fill "too much"."""

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from emgfeedback.ui.palette import colour


def hatch(painter: QPainter, shape: QPainterPath | QRectF, step: float, width: float, token: str) -> None:
    """Fill ``shape`` with lines of ``width`` every ``step``, both measured across the lines."""
    box = shape if isinstance(shape, QRectF) else shape.boundingRect()
    apart = step * 2**0.5
    first = (box.left() + box.top()) // apart
    last = (box.right() + box.bottom()) // apart + 1
    lines = [
        QLineF(k * apart - box.top(), box.top(), k * apart - box.bottom(), box.bottom())
        for k in range(int(first), int(last) + 1)
    ]
    pen = QPen(colour(token), width)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.save()
    if isinstance(shape, QRectF):
        painter.setClipRect(shape, Qt.ClipOperation.IntersectClip)
    else:
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.setPen(pen)
    painter.drawLines(lines)
    painter.restore()
