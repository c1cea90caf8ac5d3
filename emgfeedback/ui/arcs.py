"""Points on circles and sectors of rings. Degrees run counter-clockwise from three o'clock, y points down."""

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

#: Degrees. A curve that is cut elsewhere is flattened otherwise: its edge would shift by a tenth of a pixel.
PIECE = 30.0


def on_circle(x: float, y: float, radius: float, degrees: float) -> QPointF:
    """The point of the circle around (x, y) at that angle."""
    angle = math.radians(degrees)
    return QPointF(x + radius * math.cos(angle), y - radius * math.sin(angle))


def swept(x: float, y: float, radius: float, width: float, start: float, stop: float) -> QRectF:
    """The box of all that differs between a ``ring_sector`` that ends at ``start`` and one at ``stop``."""
    low, high = PIECE * math.floor(min(start, stop) / PIECE), PIECE * math.ceil(max(start, stop) / PIECE)
    axes = range(math.ceil(low / 90.0), math.floor(high / 90.0) + 1)
    angles = [low, high, *(90.0 * axis for axis in axes)]
    edges = (radius - width / 2, radius + width / 2)
    xs = [edge * math.cos(math.radians(angle)) for angle in angles for edge in edges]
    ys = [edge * math.sin(math.radians(angle)) for angle in angles for edge in edges]
    return QRectF(x + min(xs), y - max(ys), max(xs) - min(xs), max(ys) - min(ys))


def circle(x: float, y: float, radius: float) -> QRectF:
    """The square around a circle, as Qt draws ellipses and arcs."""
    return QRectF(x - radius, y - radius, 2 * radius, 2 * radius)


def ring_sector(x: float, y: float, radius: float, width: float, start: float, stop: float) -> QPainterPath:
    """The part of a ring of mean ``radius`` from angle ``start`` to ``stop``, to be filled.

    It is made of pieces that end at fixed angles: away from a moved end it is the same to the last bit.
    """
    outer, inner = circle(x, y, radius + width / 2), circle(x, y, radius - width / 2)
    low, high = min(start, stop), max(start, stop)
    inside = range(math.floor(low / PIECE) + 1, math.ceil(high / PIECE))
    ends = [low, *(PIECE * k for k in inside), high]
    path = QPainterPath()
    path.arcMoveTo(outer, low)
    for one, other in pairwise(ends):
        path.arcTo(outer, one, other - one)
    for one, other in pairwise(reversed(ends)):
        path.arcTo(inner, one, other - one)
    path.closeSubpath()
    return path


def ring(x: float, y: float, radius: float, width: float) -> QPainterPath:
    """A whole ring of mean ``radius``, to be filled."""
    path = QPainterPath()
    path.addEllipse(circle(x, y, radius + width / 2))
    path.addEllipse(circle(x, y, radius - width / 2))
    return path
