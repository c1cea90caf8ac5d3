"""Text on a leaf: by its baseline, made smaller where its place is narrow, never clipped.

Every text has its place and width; a longer translation shrinks to ``SMALLEST``, then wraps or is
shortened with an ellipsis.
"""

from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from emgfeedback.ui.palette import colour
from emgfeedback.ui.type_scale import SMALLEST, Face, font, width

#: Space before a unit, in pixels at any size.
UNIT_SPACE = 4.0


class Align(Enum):
    """Which point of the text stands at x: its start, middle or end, as a fraction of its width."""

    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


@lru_cache(maxsize=1024)
def fitting_size(text: str, face: Face, size: int, room: float) -> int:
    """The greatest size <= ``size`` at which ``text`` is no wider than ``room``; ``SMALLEST`` at least."""
    if width(text, face, size) <= room:
        return size
    wanted = int(size * room / width(text, face, size))
    return max(min(SMALLEST, size), wanted)


def write(
    painter: QPainter,
    text: str,
    at: tuple[float, float],
    size: int,
    token: str,
    *,
    face: Face = Face.TEXT,
    align: Align = Align.LEFT,
    room: float | None = None,
) -> None:
    """Draw ``text`` with its baseline through ``at``, no wider than ``room``."""
    if not text:
        return
    if room is not None:
        size = fitting_size(text, face, size, room)
        text = shortened(text, face, size, room)
    x = at[0] - align.value * width(text, face, size) if align is not Align.LEFT else at[0]
    painter.setFont(font(face, size))
    painter.setPen(colour(token))
    painter.drawText(QPointF(x, at[1]), text)


@lru_cache(maxsize=256)
def shortened(text: str, face: Face, size: int, room: float) -> str:
    """``text``, or its beginning with an ellipsis where even that is wider than ``room``."""
    if width(text, face, size) <= room + 0.5:
        return text
    return with_ellipsis(text, face, size, room)


def with_ellipsis(text: str, face: Face, size: int, room: float) -> str:
    """The longest beginning of ``text`` that leaves room for an ellipsis."""
    for length in range(len(text) - 1, 0, -1):
        cut = text[:length].rstrip() + "…"
        if width(cut, face, size) <= room:
            return cut
    return "…"


def write_number(
    painter: QPainter,
    digits: str,
    unit: str,
    at: tuple[float, float],
    sizes: tuple[int, int],
    token: str,
    *,
    align: Align = Align.CENTRE,
    room: float | None = None,
) -> None:
    """A number in display type and its smaller unit, as one text with its baseline through ``at``."""
    size, unit_size = number_sizes(digits, unit, sizes, room)
    advance = width(digits, Face.DISPLAY, size)
    space = UNIT_SPACE * size / sizes[0] if unit else 0.0
    whole = advance + space + width(unit, Face.DISPLAY, unit_size)
    x = at[0] - align.value * whole
    write(painter, digits, (x, at[1]), size, token, face=Face.DISPLAY)
    write(painter, unit, (x + advance + space, at[1]), unit_size, token, face=Face.DISPLAY)


def number_sizes(digits: str, unit: str, sizes: tuple[int, int], room: float | None) -> tuple[int, int]:
    """Sizes of the number and its unit that fit ``room`` together."""
    if room is None:
        return sizes
    space = UNIT_SPACE if unit else 0.0
    whole = width(digits, Face.DISPLAY, sizes[0]) + space + width(unit, Face.DISPLAY, sizes[1])
    share = min(1.0, room / whole)
    return max(SMALLEST, int(sizes[0] * share)), max(SMALLEST, int(sizes[1] * share))


@lru_cache(maxsize=256)
def lines_of(text: str, face: Face, size: int, room: float) -> tuple[str, ...]:
    """``text`` broken at spaces into lines no wider than ``room``."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, face, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
