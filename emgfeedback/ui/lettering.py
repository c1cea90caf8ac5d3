"""Text on a leaf: by its baseline, made smaller where its place is narrow, never clipped.

Every text has its place and width; a longer translation shrinks to ``SMALLEST``, then wraps or is
shortened with an ellipsis.
"""

from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from emgfeedback.ui.arcs import Box
from emgfeedback.ui.palette import colour
from emgfeedback.ui.type_scale import SMALLEST, Face, font, width

#: Space before a unit, in pixels at any size.
UNIT_SPACE = 4.0
#: How far digits and ``%`` reach above and below the baseline, in parts of their size.
DIGIT_ABOVE, DIGIT_BELOW = 0.74, 0.02


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
    live: bool = True,
) -> None:
    """A number in display type and its smaller unit, as one text with its baseline through ``at``.

    Each digit of a ``live`` number stands in the middle of a cell of its own: it must not jitter.
    """
    size, unit_size = number_sizes(digits, unit, sizes, room)
    space = UNIT_SPACE * size / sizes[0] if unit else 0.0
    parts = tuple(digits) if live else (digits,)
    cells = [cell_width(part, size) for part in parts]
    x = at[0] - align.value * (sum(cells) + space + width(unit, Face.DISPLAY, unit_size))
    painter.setFont(font(Face.DISPLAY, size))
    painter.setPen(colour(token))
    for part, cell in zip(parts, cells, strict=True):
        painter.drawText(QPointF(x + (cell - width(part, Face.DISPLAY, size)) / 2, at[1]), part)
        x += cell
    write(painter, unit, (x + space, at[1]), unit_size, token, face=Face.DISPLAY)


def number_place(
    digits: str,
    unit: str,
    at: tuple[float, float],
    sizes: tuple[int, int],
    *,
    align: Align = Align.CENTRE,
    room: float | None = None,
) -> Box:
    """The place of a live number of ``write_number``."""
    size, unit_size = number_sizes(digits, unit, sizes, room)
    space = UNIT_SPACE * size / sizes[0] if unit else 0.0
    wide = number_width(digits, size) + space + width(unit, Face.DISPLAY, unit_size)
    left = at[0] - align.value * wide
    return left, at[1] - DIGIT_ABOVE * size, left + wide, at[1] + DIGIT_BELOW * size


@lru_cache(maxsize=1024)
def cell_width(part: str, size: int) -> float:
    """The place of a part of a number: for a single digit that of the widest one."""
    # The display cut of Inter 4.0 beta 7 has tabular digits in name only: its 1 is narrower than its 8.
    alike = tuple("0123456789") if len(part) == 1 and part.isdigit() else (part,)
    return max(width(one, Face.DISPLAY, size) for one in alike)


def number_width(digits: str, size: int) -> float:
    """Width of a number: the same for all numbers of as many digits."""
    return sum(cell_width(character, size) for character in digits)


def number_sizes(digits: str, unit: str, sizes: tuple[int, int], room: float | None) -> tuple[int, int]:
    """Sizes of the number and its unit that fit ``room`` together."""
    if room is None:
        return sizes
    space = UNIT_SPACE if unit else 0.0
    whole = number_width(digits, sizes[0]) + space + width(unit, Face.DISPLAY, sizes[1])
    share = min(1.0, room / max(whole, 1.0))
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
