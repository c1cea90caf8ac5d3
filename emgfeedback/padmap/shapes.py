"""What a drawing is made of: paths, discs and labels in drawing units, painted by whoever can.

Colours are names of the palette's tokens (``ink``, ``body``, ``glute`` ...): a drawing follows the theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
#: A start and the segments after it: first control point, second control point, end.
Segment = tuple[Point, Point, Point]
#: Which end of a text stands at its place.
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Paint:
    """Fill and stroke by token, empty for none; ``opacity`` of the fill, 0 to 1; ``dash`` in units."""

    fill: str = ""
    stroke: str = ""
    width: float = 2.0
    dash: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, smooth or straight. ``mark`` names it for tests and in the SVG file."""

    points: tuple[Point, ...]
    paint: Paint
    closed: bool = False
    smooth: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    centre: Point
    radius: float
    paint: Paint
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text with its baseline at ``at``, no wider than ``room``."""

    text: str
    at: Point
    size: int = 16
    bold: bool = False
    align: Align = "left"
    tone: str = "ink"
    room: float = 200.0


Shape = Path | Disc | Label


def segments(points: Sequence[Point], *, closed: bool) -> list[Segment]:
    """Cubic segments of a smooth line through ``points`` (Catmull-Rom), one for each step to the next."""
    count = len(points)
    found: list[Segment] = []
    for k in range(count if closed else count - 1):
        before, here, there, after = (_at(points, k + step, closed=closed) for step in (-1, 0, 1, 2))
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        found.append((first, second, there))
    return found


def _at(points: Sequence[Point], k: int, *, closed: bool) -> Point:
    return points[k % len(points)] if closed else points[min(max(k, 0), len(points) - 1)]
