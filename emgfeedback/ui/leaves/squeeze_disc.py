"""The squeeze disc of Calibrate: the squeeze now against the best so far, in a ring of seconds."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import text
from emgfeedback.ui.arcs import ring, ring_sector
from emgfeedback.ui.hatching import hatch
from emgfeedback.ui.held_digits import HeldDigits
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.signs import draw_sign, shape
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, font, width

MIDDLE = (224.0, 224.0)
RADIUS, WIDTH = 204.0, 28.0
#: Radius of the disc at level 1, and the largest one that the ring leaves room for.
BEST_RADIUS, GREATEST_RADIUS = 140.0, 182.0
#: A square as tall as the disc's circle looks larger: half its side as a part of the radius.
SQUARE = 0.74
LEGEND_Y = 492.0
#: The digit's baseline, and the room around it on a shape that is too small to hold it.
DIGIT, HALO = (MIDDLE[0], MIDDLE[1] + 66.0), 16.0
#: Half units of radius from which the shape holds the whole digit.
COVERS_DIGIT = 210


@dataclass(frozen=True, slots=True)
class SqueezeDiscState:
    """The squeeze of ``muscle`` now.

    ``level`` and ``best`` count in one scale, in which 1.0 is the dashed outline's usual size: the best so
    far, or what is expected before there is one (``best`` ``None``: no outline). ``level`` is ``None`` while
    the signal cannot be trusted. ``seconds_left`` of ``seconds_whole`` fill the ring; ``None``: not running.
    ``note`` is translated and stands beside the sign: ``resting``, or why there is no level.
    """

    muscle: str
    level: float | None
    best: float | None = None
    seconds_left: float | None = None
    seconds_whole: float = 5.0
    note: str = ""


class SeenSqueeze(NamedTuple):
    """Radii in half units, the ring in 1200ths, the digit, and whole percent of the best."""

    muscle: str
    radius: int | None
    best: int | None
    ring: int
    digit: str
    percent: str
    note: str


class SqueezeDisc(Leaf[SqueezeDiscState, SeenSqueeze]):
    """A disc for the glute, a square for the quad; the digit is ground where it is whole within, else ink."""

    DESIGN = (448.0, 520.0)

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, on_sheet: bool = False) -> None:
        super().__init__(palette, parent, on_sheet=on_sheet)
        self._percent = HeldDigits()

    def see(self, state: SqueezeDiscState) -> SeenSqueeze:
        """Round radii to half a unit and the ring to half a unit of its length; the percent stands 0.2 s."""
        left = state.seconds_left
        percent = _percent(state.level, state.best)
        ring_part = 0.0 if left is None else min(1.0, max(0.0, left / state.seconds_whole))
        running = left is not None and left > 0.0
        return SeenSqueeze(
            muscle=state.muscle,
            radius=_half_units(state.level),
            best=_half_units(state.best),
            ring=round(1200 * ring_part),
            digit=str(math.ceil(left - 1e-9)) if running and left is not None else "",
            percent=percent if left is None else self._percent.at(-left, percent),
            note=state.note,
        )

    def say(self, seen: SeenSqueeze) -> str:
        """``Glute squeeze, now, 105 % of best, 3 seconds left``."""
        squeeze = tr(text.SAY_SQUEEZE_FIRST).format(muscle=text.muscle_name(seen.muscle))
        left = tr(text.SAY_SECONDS_LEFT).format(seconds=seen.digit) if seen.digit else ""
        return ", ".join(words for words in (squeeze, _legend(seen), left) if words)

    def still_key(self, seen: SeenSqueeze) -> Hashable:
        """The empty ring, and the words below."""
        return (seen.muscle, seen.percent, seen.note)

    def draw_still(self, painter: QPainter, seen: SeenSqueeze) -> None:
        """Ring track and legend."""
        painter.fillPath(ring(*MIDDLE, RADIUS, WIDTH), colour(self.colours.track))
        left, legend = tr(text.SECONDS_LEFT), _legend(seen)
        first = 44.0 + min(170.0, width(left, Face.TEXT, 17))
        space, second = 42.0, 28.0 + min(190.0, width(legend, Face.TEXT, 17))
        x = MIDDLE[0] - (first + space + second) / 2
        painter.fillRect(QRectF(x, LEGEND_Y - 6.0, 34.0, 12.0), colour(self.colours.ink))
        at = (x + 44.0, LEGEND_Y + 6.0)
        write(painter, left, at, 17, self.colours.ink, room=170.0)
        x += first + space
        draw_sign(painter, seen.muscle, x + 10.0, LEGEND_Y, 10.0, self.colours)
        write(painter, legend, (x + 28.0, LEGEND_Y + 6.0), 17, self.colours.ink, room=190.0)

    def draw_live(self, painter: QPainter, seen: SeenSqueeze) -> None:
        """Seconds, shape, digit, outline of the best."""
        colours = self.colours
        if seen.ring >= 1200:
            painter.fillPath(ring(*MIDDLE, RADIUS, WIDTH), colour(colours.ink))
        elif seen.ring > 0:
            stop = 90.0 - 360.0 * seen.ring / 1200
            painter.fillPath(ring_sector(*MIDDLE, RADIUS, WIDTH, 90.0, stop), colour(colours.ink))
        if seen.radius is None:
            self._draw_withheld(painter, seen.muscle)
            return
        painter.fillPath(_outline(seen.muscle, seen.radius / 2), colour(colours.muscle(seen.muscle)))
        whole = seen.radius >= COVERS_DIGIT
        if seen.digit and not whole:
            painter.fillPath(_halo(seen.digit), colour(self.ground))
        write(painter, seen.digit, DIGIT, 184, self.ground if whole else colours.ink,
              face=Face.DISPLAY, align=Align.CENTRE)  # fmt: skip
        if seen.best is not None:
            self._draw_best(painter, seen.muscle, seen.best, inside=seen.best < seen.radius)

    def _draw_withheld(self, painter: QPainter, muscle: str) -> None:
        empty = _outline(muscle, BEST_RADIUS)
        painter.fillPath(empty, colour(self.colours.track))
        hatch(painter, empty, 12.0, 3.0, self.colours.edge)
        dash = QRectF(MIDDLE[0] - 60.0, MIDDLE[1] - 10.0, 120.0, 20.0)
        painter.fillRect(dash.adjusted(-10.0, -10.0, 10.0, 10.0), colour(self.colours.track))
        painter.fillRect(dash, colour(self.colours.ink))

    def _draw_best(self, painter: QPainter, muscle: str, best: int, *, inside: bool) -> None:
        token = self.ground if inside else self.colours.ink
        pen = QPen(colour(token), 3.0, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([3.0, 7 / 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_outline(muscle, best / 2))


def _half_units(level: float | None) -> int | None:
    if level is None:
        return None
    return round(2 * min(GREATEST_RADIUS, max(4.0, BEST_RADIUS * level)))


def _outline(muscle: str, radius: float) -> QPainterPath:
    """The shape of a squeeze; a square has rounded corners like the sign's."""
    if muscle == "quad":
        half = SQUARE * radius
        path = QPainterPath()
        corner = min(12.0, 0.2 * radius)
        path.addRoundedRect(QRectF(MIDDLE[0] - half, MIDDLE[1] - half, 2 * half, 2 * half), corner, corner)
        return path
    path = shape(muscle, 0.0, 0.0, radius)
    path.translate(QPointF(*MIDDLE))
    return path


@lru_cache(maxsize=16)
def _halo(digit: str) -> QPainterPath:
    """What parts the digit from a shape that is too small to hold it."""
    glyph = QPainterPath()
    left = DIGIT[0] - width(digit, Face.DISPLAY, 184) / 2
    glyph.addText(QPointF(left, DIGIT[1]), font(Face.DISPLAY, 184), digit)
    pen = QPainterPathStroker(QPen(Qt.GlobalColor.black, 2 * HALO))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen.createStroke(glyph).united(glyph)


def _percent(level: float | None, best: float | None) -> str:
    return "" if level is None or not best else f"{100 * level / best:.0f}"


def _legend(seen: SeenSqueeze) -> str:
    """What stands beside the sign: the note, or the squeeze in percent of the best."""
    if seen.note:
        return seen.note
    return tr(text.NOW_OF_BEST).format(percent=seen.percent) if seen.percent else tr(text.NOW)
