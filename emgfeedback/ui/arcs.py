"""Points on circles and sectors of rings. Degrees run counter-clockwise from three o'clock, y points down."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath


def on_circle(x: float, y: float, radius: float, degrees: float) -> QPointF:
    """The point of the circle around (x, y) at that angle."""
    angle = math.radians(degrees)
    return QPointF(x + radius * math.cos(angle), y - radius * math.sin(angle))


def swept(x: float, y: float, radius: float, width: float, start: float, stop: float) -> QRectF:
    """The least box around the part of a ring between two angles, either of which may be the greater."""
    low, high = min(start, stop), max(start, stop)
    angles = [low, high] + [axis for axis in (-90.0, 0.0, 90.0, 180.0, 270.0) if low < axis < high]
    edges = (radius - width / 2, radius + width / 2)
    xs = [edge * math.cos(math.radians(angle)) for angle in angles for edge in edges]
    ys = [edge * math.sin(math.radians(angle)) for angle in angles for edge in edges]
    return QRectF(x + min(xs), y - max(ys), max(xs) - min(xs), max(ys) - min(ys))


def circle(x: float, y: float, radius: float) -> QRectF:
    """The square around a circle, as Qt draws ellipses and arcs."""
    return QRectF(x - radius, y - radius, 2 * radius, 2 * radius)


def ring_sector(x: float, y: float, radius: float, width: float, start: float, stop: float) -> QPainterPath:
    """The part of a ring of mean ``radius`` from angle ``start`` to ``stop``, to be filled."""
    outer, inner = circle(x, y, radius + width / 2), circle(x, y, radius - width / 2)
    path = QPainterPath()
    path.arcMoveTo(outer, start)
    path.arcTo(outer, start, stop - start)
    path.arcTo(inner, stop, start - stop)
    path.closeSubpath()
    return path


def ring(x: float, y: float, radius: float, width: float) -> QPainterPath:
    """A whole ring of mean ``radius``, to be filled."""
    path = QPainterPath()
    path.addEllipse(circle(x, y, radius + width / 2))
    path.addEllipse(circle(x, y, radius - width / 2))
    return path
