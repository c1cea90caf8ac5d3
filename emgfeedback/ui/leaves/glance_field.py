"""The field of Glance: one colour, one shape, one number, one word, read from three metres."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from emgfeedback import words
from emgfeedback.frame import Zone, ZoneState
from emgfeedback.ui import text
from emgfeedback.ui.arcs import Box, circle
from emgfeedback.ui.hatching import hatch
from emgfeedback.ui.held_digits import HeldDigits
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write, write_number
from emgfeedback.ui.palette import FLAGS, Palette, colour
from emgfeedback.ui.signs import round_pen
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

MIDDLE = (640.0, 400.0)
DISC_RADIUS, SQUARE_HALF, SQUARE_CORNER = 352.0, 324.0, 40.0
#: Number 43 % and word 13 % of the height.
NUMBER, WORD = 344, 104
NUMBER_BASELINE, WORD_BASELINE = 462.0, 604.0
#: The band of words under the triangle.
BAND_TOP = 640.0
RIM = 20.0
#: s. A flag stands at least this long, so that the field does not flash; WITHHELD comes at once.
FLAG_STANDS_S, WITHHELD_STANDS_S = 0.5, 1.0


class Flag(Enum):
    """What the field says."""

    GLUTE = "glute"
    QUAD = "quad"
    NEUTRAL = "neutral"
    WORD = "word"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class GlanceState:
    """GLUTE: at or above the lower edge of the wearer's own zone; QUAD: below it; NEUTRAL: a share but no
    zone yet; WORD: only ``word``, as in a rest or a blind rep; WITHHELD: ``word`` is the reason.

    ``share`` 0..1 and ``hold`` (0..1 of the hold, in the shape's rim) are painted with the first three.
    ``word`` is translated. ``zone`` is the wearer's own, where there is one. ``time_s`` is the time of the
    signal.
    """

    flag: Flag
    share: float | None = None
    word: str = ""
    hold: float = 0.0
    zone: Zone | None = None
    zone_state: ZoneState = ZoneState.NONE
    time_s: float = field(kw_only=True, compare=False)


class SeenGlance(NamedTuple):
    """The flag on show, the digits, the word, and the hold in 1200ths."""

    flag: Flag
    digits: str
    word: str
    hold: int


class GlanceField(Leaf[GlanceState, SeenGlance]):
    """Fills the widget with the flag; shape and words keep their proportions in the middle."""

    DESIGN = (1280.0, 800.0)

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, on_sheet: bool = False) -> None:
        super().__init__(palette, parent, on_sheet=on_sheet)
        self._digits = HeldDigits()
        self._shown: SeenGlance | None = None
        self._since_s = 0.0

    def see(self, state: GlanceState) -> SeenGlance:
        """The flag on show changes at most twice a second; a withheld number goes at once."""
        numbered = state.flag in (Flag.GLUTE, Flag.QUAD, Flag.NEUTRAL)
        flag = Flag.WITHHELD if numbered and state.share is None else state.flag
        share = state.share if numbered else None
        hold = round(1200 * min(1.0, max(0.0, state.hold)))
        shown = self._shown
        if shown is None or flag is shown.flag or self._may_change(shown.flag, flag, state.time_s):
            if shown is not None and flag is not shown.flag:
                self._since_s = state.time_s
            self._shown = SeenGlance(flag, self._digits_of(state, share, flag), state.word, hold)
        elif shown.digits and share is not None:
            # The old flag stands with its own word, and the newest number on its side of the zone's edge.
            self._shown = shown._replace(digits=self._digits_of(state, share, shown.flag), hold=hold)
        return self._shown or SeenGlance(flag, "", state.word, hold)

    def _digits_of(self, state: GlanceState, share: float | None, flag: Flag) -> str:
        if share is None:
            return self._digits.at(state.time_s, "")
        beside = side_of(flag, state.zone_state)
        return self._digits.at(state.time_s, words.share_digits(share, state.zone, beside), beside)

    def _may_change(self, shown: Flag, wanted: Flag, time_s: float) -> bool:
        if wanted is Flag.WITHHELD or (wanted is Flag.WORD and shown is not Flag.WITHHELD):
            return True
        stands = WITHHELD_STANDS_S if shown is Flag.WITHHELD else FLAG_STANDS_S
        return not 0.0 <= time_s - self._since_s < stands - 1e-6

    def say(self, seen: SeenGlance) -> str:
        """``Glute 70 percent``, or the words."""
        if not seen.digits:
            return seen.word
        return tr(text.SAY_GLANCE).format(word=seen.word, percent=text.said_digits(seen.digits))

    def still_key(self, seen: SeenGlance) -> Hashable:
        """Flag and word."""
        return seen._replace(digits="", hold=0)

    def changed(self, before: SeenGlance, seen: SeenGlance) -> Sequence[Box] | None:
        """The number, and the way of the hold along the rim."""
        places = []
        if before.digits != seen.digits:
            top = NUMBER_BASELINE - 0.8 * NUMBER
            places.append((MIDDLE[0] - 290.0, top, MIDDLE[0] + 290.0, top + 0.85 * NUMBER))
        if before.hold != seen.hold:
            places.append(_way_of_hold(seen.flag, before.hold / 1200, seen.hold / 1200))
        return places

    def draw_still(self, painter: QPainter, seen: SeenGlance) -> None:
        """Field, shape and word."""
        if seen.flag is Flag.WITHHELD:
            self._draw_withheld(painter, seen.word)
            return
        if seen.flag is Flag.WORD:
            at = (MIDDLE[0], MIDDLE[1] + 67.0)
            self._write(painter, seen.word, at, 184, self.colours.ink, room=1168.0)
            return
        painter.fillRect(self._whole(), colour(_field(seen.flag, self.ground)))
        if seen.flag is not Flag.NEUTRAL:
            painter.fillPath(_shape(seen.flag, 0.0), colour(_figure(seen.flag)))
        at = (MIDDLE[0], WORD_BASELINE)
        self._write(painter, seen.word, at, WORD, self._lettering(seen.flag), room=540.0)

    def draw_live(self, painter: QPainter, seen: SeenGlance) -> None:
        """The number, and the hold around it."""
        if not seen.digits:
            return
        token = self._lettering(seen.flag)
        at = (MIDDLE[0], NUMBER_BASELINE)
        write_number(painter, seen.digits, "", at, (NUMBER, WORD), token, room=560.0)
        if seen.hold and seen.flag is not Flag.NEUTRAL:
            _draw_rim(painter, seen.flag, seen.hold / 1200, token)

    def _draw_withheld(self, painter: QPainter, word: str) -> None:
        whole = self._whole()
        painter.fillRect(whole, colour(FLAGS.none))
        hatch(painter, whole, 44.0, 16.0, FLAGS.stripe)
        figure = QPainterPath(QPointF(640.0, 48.0))
        figure.lineTo(962.0, 588.0)
        figure.lineTo(318.0, 588.0)
        figure.closeSubpath()
        painter.fillPath(figure, colour(FLAGS.light))
        painter.strokePath(figure, round_pen(FLAGS.dark, 36.0))
        painter.fillRect(QRectF(524.0, 416.0, 232.0, 48.0), colour(FLAGS.dark))
        band = QRectF(whole.x(), BAND_TOP, whole.width(), whole.bottom() - BAND_TOP)
        painter.fillRect(band, colour(FLAGS.dark))
        self._write(painter, word, (MIDDLE[0], 756.0), WORD, FLAGS.light, room=1200.0)

    def _whole(self) -> QRectF:
        """The whole widget in design units."""
        wide, high = self.width() / self.scale, self.height() / self.scale
        return QRectF(MIDDLE[0] - wide / 2, MIDDLE[1] - high / 2, wide, high)

    def _lettering(self, flag: Flag) -> str:
        return {Flag.GLUTE: FLAGS.dark, Flag.QUAD: FLAGS.light}.get(flag, self.colours.ink)

    @staticmethod
    def _write(
        painter: QPainter, words_: str, at: tuple[float, float], size: int, token: str, *, room: float
    ) -> None:
        write(painter, words_, at, size, token, face=Face.DISPLAY, align=Align.CENTRE, room=room)


def side_of(flag: Flag, state: ZoneState) -> ZoneState:
    """Where a share stands against its zone by what ``flag`` says: a flag may lag behind ``state``."""
    if flag is Flag.QUAD:
        return ZoneState.BELOW
    if flag is not Flag.GLUTE:
        return ZoneState.NONE
    return ZoneState.ABOVE if state is ZoneState.ABOVE else ZoneState.IN


def _field(flag: Flag, ground: str) -> str:
    return {Flag.GLUTE: FLAGS.glute, Flag.QUAD: FLAGS.quad}.get(flag, ground)


def _figure(flag: Flag) -> str:
    return FLAGS.light if flag is Flag.GLUTE else FLAGS.dark


def _shape(flag: Flag, inset: float) -> QPainterPath:
    """The disc or the square, smaller by ``inset`` all around; both begin at the top and run clockwise."""
    path = QPainterPath()
    if flag is Flag.GLUTE:
        around = circle(*MIDDLE, DISC_RADIUS - inset)
        path.arcMoveTo(around, 90.0)
        path.arcTo(around, 90.0, -360.0)
        return path
    half, corner = SQUARE_HALF - inset, SQUARE_CORNER - inset
    left, top, right, bottom = MIDDLE[0] - half, MIDDLE[1] - half, MIDDLE[0] + half, MIDDLE[1] + half
    path.moveTo(MIDDLE[0], top)
    for (x, y), start in (
        ((right - 2 * corner, top), 90.0),
        ((right - 2 * corner, bottom - 2 * corner), 0.0),
        ((left, bottom - 2 * corner), -90.0),
        ((left, top), 180.0),
    ):
        path.arcTo(QRectF(x, y, 2 * corner, 2 * corner), start, -90.0)
    path.closeSubpath()
    return path


def _way_of_hold(flag: Flag, before: float, after: float) -> Box:
    """The place that holds the rim between two parts of the hold."""
    path = _rim(flag)
    ends = (path.pointAtPercent(before + k * (after - before) / 8) for k in range(9))
    box = QPolygonF(list(ends)).boundingRect()
    return box.left() - RIM, box.top() - RIM, box.right() + RIM, box.bottom() + RIM


def _rim(flag: Flag) -> QPainterPath:
    return _shape(flag, 0.5 * RIM + 8.0)


def _draw_rim(painter: QPainter, flag: Flag, hold: float, token: str) -> None:
    path = _rim(flag)
    pen = QPen(colour(token), RIM, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    length = path.length() / RIM
    pen.setDashPattern([max(1e-3, hold * length), 2 * length])
    painter.strokePath(path, pen)
