"""Points on circles and sectors of rings. Degrees run counter-clockwise from three o'clock, y points down."""

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

#: Degrees. A curve that is cut elsewhere is flattened otherwise: its edge would shift by a tenth of a pixel.
PIECE = 30.0
#: A place in design units: left, top, right, bottom.
Box = tuple[float, float, float, float]


def on_circle(x: float, y: float, radius: float, degrees: float) -> QPointF:
    """The point of the circle around (x, y) at that angle."""
    angle = math.radians(degrees)
    return QPointF(x + radius * math.cos(angle), y - radius * math.sin(angle))


def swept(x: float, y: float, radius: float, width: float, start: float, stop: float) -> Box:
    """The box of all that differs between a ``ring_sector`` that ends at ``start`` and one at ``stop``."""
    low, high = min(start, stop), max(start, stop)
    return _box(x, y, radius, width, math.floor(low / PIECE), math.ceil(high / PIECE))


def touched(
    x: float,
    y: float,
    radius: float,
    width: float,
    span: tuple[float, float],
    touches: Callable[[float, float, float, float], bool],
) -> tuple[float, float] | None:
    """The part of the ring within ``span`` (low, high) whose pieces lie where ``touches`` says so.

    A sector cut there is the same as the whole one in all places that are touched.
    """
    first, last = math.floor(span[0] / PIECE), math.ceil(span[1] / PIECE)
    pieces = [k for k in range(first, last) if touches(*_box(x, y, radius, width, k, k + 1))]
    if not pieces:
        return None
    return max(span[0], PIECE * pieces[0]), min(span[1], PIECE * (pieces[-1] + 1))


@lru_cache(maxsize=256)
def _box(x: float, y: float, radius: float, width: float, first: int, last: int) -> Box:
    """The box of the ring's pieces from ``first`` up to ``last``."""
    low, high = PIECE * first, PIECE * last
    axes = range(math.ceil(low / 90.0), math.floor(high / 90.0) + 1)
    angles = [low, high, *(90.0 * axis for axis in axes)]
    edges = (radius - width / 2, radius + width / 2)
    xs = [edge * math.cos(math.radians(angle)) for angle in angles for edge in edges]
    ys = [edge * math.sin(math.radians(angle)) for angle in angles for edge in edges]
    return x + min(xs), y - max(ys), x + max(xs), y - min(ys)


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
