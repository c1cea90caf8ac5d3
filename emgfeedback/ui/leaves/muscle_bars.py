"""The muscle bars: every muscle on one ruler between them, with the true number above each."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import text
from emgfeedback.ui.arcs import Box
from emgfeedback.ui.hatching import hatch
from emgfeedback.ui.held_digits import HeldDigits
from emgfeedback.ui.leaves.bar_columns import RULER_HALF, WIDTH, Column, columns
from emgfeedback.ui.leaves.bar_limits import LimitLine, draw_limit
from emgfeedback.ui.leaves.bar_ruler import BarRuler
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write, write_number
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.signs import draw_sign, flat_pen
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

TOP, BOTTOM = 112.0, 512.0
NOTE_BASELINE = BOTTOM + 32.0
#: Half a design unit: finer steps of a bar are not told apart.
STEPS = 2 * (BOTTOM - TOP)
#: Narrower than this, a muscle's name stands below its sign.
NARROW = 100.0


class Unit(Enum):
    """What the ruler counts."""

    PERCENT = "%"
    MICROVOLT = "µV"


@dataclass(frozen=True, slots=True)
class MuscleBar:
    """One muscle now, in the ruler's unit.

    ``value`` is ``None`` while there is none to trust: then ``note`` says why. ``peak`` stands until the
    rep ends. ``goal`` is a floor, ``ceiling`` a limit, each only while it counts. ``note`` is translated.
    """

    muscle: str
    side: str = ""
    value: float | None = None
    peak: float | None = None
    goal: float | None = None
    ceiling: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MuscleBarsState:
    """The bars from left to right, and the end of the ruler that all of them share.

    ``blind`` empties all bars and takes the numbers away: a blind rep leaks nothing.
    """

    bars: tuple[MuscleBar, ...]
    ruler_end: float
    unit: Unit = Unit.PERCENT
    blind: bool = False
    time_s: float = field(kw_only=True, compare=False)


class SeenBar(NamedTuple):
    """One bar with its heights in ``STEPS`` of the ruler and its number as text."""

    muscle: str
    side: str
    height: int | None
    digits: str
    peak: int | None
    goal: float | None
    ceiling: float | None
    beyond: bool
    note: str


class SeenBars(NamedTuple):
    """What of a state meets the eye."""

    bars: tuple[SeenBar, ...]
    end: float
    unit: Unit
    blind: bool


class MuscleBars(Leaf[MuscleBarsState, SeenBars]):
    """Two to eight muscles on one ruler."""

    DESIGN = (WIDTH, 556.0)

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, on_sheet: bool = False) -> None:
        super().__init__(palette, parent, on_sheet=on_sheet)
        self._digits: dict[tuple[int, Unit], HeldDigits] = {}

    def see(self, state: MuscleBarsState) -> SeenBars:
        """Round heights to half a unit; whole numbers that stand for 0.2 s."""
        bars = tuple(self._see_bar(k, bar, state) for k, bar in enumerate(state.bars))
        return SeenBars(bars, state.ruler_end, state.unit, state.blind)

    def _see_bar(self, place: int, bar: MuscleBar, state: MuscleBarsState) -> SeenBar:
        value, end = None if state.blind else bar.value, state.ruler_end
        return SeenBar(
            muscle=bar.muscle,
            side=bar.side,
            height=_steps(value, end),
            digits=self._number(place, state.unit, value, state.time_s),
            peak=None if value is None else _steps(bar.peak, end),
            goal=None if state.blind else bar.goal,
            ceiling=None if state.blind else bar.ceiling,
            beyond=value is not None and value > end,
            note=bar.note,
        )

    def _number(self, place: int, unit: Unit, value: float | None, time_s: float) -> str:
        held = self._digits.setdefault((place, unit), HeldDigits())
        return held.at(time_s, "" if value is None else f"{value:.0f}")

    def show_values(
        self, values: Sequence[float | None], peaks: Sequence[float | None], time_s: float
    ) -> None:
        """Show other values and peaks of the bars before; a bar has a value where it had one."""
        seen = self._seen
        if seen is None or seen.blind:
            return
        end, unit = seen.end, seen.unit
        bars = tuple(
            bar._replace(
                height=_steps(value, end),
                digits=self._number(place, unit, value, time_s),
                peak=_steps(peaks[place], end),
                beyond=value is not None and value > end,
            )
            for place, (bar, value) in enumerate(zip(seen.bars, values, strict=True))
        )
        self.move_to(seen._replace(bars=bars))

    def say(self, seen: SeenBars) -> str:
        """``Muscle activity. Glute 31 percent of max, Quad 13 percent of max``."""
        if seen.blind:
            return tr(text.SAY_BARS).format(bars=tr(text.BLIND_REP))
        return tr(text.SAY_BARS).format(bars=", ".join(_say_bar(bar, seen) for bar in seen.bars))

    def still_key(self, seen: SeenBars) -> Hashable:
        """All but heights, peaks and numbers; whether there is a number decides between track and hatch."""
        bars = tuple((b.muscle, b.side, b.height is None, b.goal, b.ceiling, b.note) for b in seen.bars)
        return bars, seen.end, seen.unit, seen.blind

    def spoken_of(self, seen: SeenBars) -> Hashable:
        """The numbers."""
        return tuple(bar.digits for bar in seen.bars)

    def changed(self, before: SeenBars, seen: SeenBars) -> Sequence[Box] | None:
        """The bars between their old and new tops, and the numbers."""
        places = []
        for column, old, new in zip(columns(len(seen.bars)), before.bars, seen.bars, strict=True):
            if (old.height, old.peak, old.beyond) != (new.height, new.peak, new.beyond):
                places.append(self._moved(column, old, new))
            if old.digits != new.digits:
                places.append((column.x - 6.0, 26.0, column.x + column.cell + 6.0, TOP - 18.0))
        return places

    @staticmethod
    def _moved(column: Column, old: SeenBar, new: SeenBar) -> Box:
        marked = new.goal is not None or new.ceiling is not None or old.beyond or new.beyond
        moved = [steps for steps in ((old.height, new.height), (old.peak, new.peak)) if steps[0] != steps[1]]
        ends = [end for steps in moved for end in steps if end is not None]
        low, high = (0.0, 1.05 * STEPS) if marked or not ends else (min(ends), max(ends))
        margin = 20.0 if marked else 0.0
        top, bottom = BOTTOM - high / 2 - 8.0, BOTTOM - low / 2 + 6.0
        return column.x - margin, top, column.x + column.width + margin, bottom

    def draw_still(self, painter: QPainter, seen: SeenBars) -> None:
        """Names, tracks, hatches, ruler and the words below."""
        ruler = BarRuler(seen.end, BOTTOM, BOTTOM - TOP)
        places = columns(len(seen.bars))
        lettered = len({bar.side for bar in seen.bars}) > 1
        self._draw_ruler(painter, seen, ruler)
        for column, bar in zip(places, seen.bars, strict=True):
            self._draw_name(painter, column, bar, lettered=lettered)
            self._draw_track(painter, column, bar, seen, ruler)
            at = (column.middle, NOTE_BASELINE)
            size = 18 if len(places) <= 2 else 16
            write(painter, bar.note, at, size, self.colours.ink, align=Align.CENTRE, room=column.cell)

    def draw_live(self, painter: QPainter, seen: SeenBars) -> None:
        """The bars themselves, their peaks, limits and numbers."""
        for column, bar in zip(columns(len(seen.bars)), seen.bars, strict=True):
            if bar.height is not None:
                self._draw_fill(painter, column, bar, seen.end)
                if self.touches(column.x - 30.0, 20.0, column.x + column.cell + 30.0, TOP):
                    self._draw_number(painter, column, bar, seen)
            if bar.goal is not None or bar.ceiling is not None:
                self._draw_limits(painter, column, bar, seen)

    def _draw_ruler(self, painter: QPainter, seen: SeenBars, ruler: BarRuler) -> None:
        left, right = WIDTH / 2 - RULER_HALF + 8.0, WIDTH / 2 + RULER_HALF - 8.0
        painter.setPen(flat_pen(self.colours.edge, 1.5))
        for value, label in ruler.ticks():
            y, length = ruler.y(value), 9.0 if label and len(label) < 3 else 5.0
            painter.drawLine(QPointF(left, y), QPointF(left + length, y))
            painter.drawLine(QPointF(right - length, y), QPointF(right, y))
        for value, label in ruler.ticks():
            at = (WIDTH / 2, ruler.y(value) + 5.0)
            write(painter, label, at, 15, self.colours.soft, align=Align.CENTRE, room=2 * RULER_HALF - 26.0)
        unit = tr(text.MICROVOLT) if seen.unit is Unit.MICROVOLT else ""
        at = (WIDTH / 2, TOP - 16.0)
        write(painter, unit, at, 15, self.colours.soft, align=Align.CENTRE)

    def _draw_name(self, painter: QPainter, column: Column, bar: SeenBar, *, lettered: bool) -> None:
        letter = text.side_letter(bar.side) if lettered else ""
        radius = 11.0 if lettered else 9.0
        draw_sign(painter, bar.muscle, column.x + radius, 14.0, radius, self.colours, letter)
        if column.cell >= NARROW:
            x, name = column.x + 2 * radius + 9.0, text.muscle_name(bar.muscle)
            room = column.x + column.cell - x
            write(painter, name, (x, 21.0), 20, self.colours.ink, face=Face.BOLD, room=room)
        else:
            at, name = (column.x, 44.0), text.short_muscle_name(bar.muscle)
            write(painter, name, at, 15, self.colours.ink, face=Face.BOLD, room=column.cell)

    def _draw_track(
        self, painter: QPainter, column: Column, bar: SeenBar, seen: SeenBars, ruler: BarRuler
    ) -> None:
        track = QRectF(column.x, TOP, column.width, BOTTOM - TOP)
        painter.fillRect(track, colour(self.colours.track))
        if bar.goal is not None:
            above = QRectF(column.x, TOP, column.width, ruler.y(bar.goal) - TOP)
            painter.fillRect(above, colour(self.colours.band, 0.75))
        if bar.height is None and not seen.blind:
            hatch(painter, track, 10.0, 2.5, self.colours.edge)
            length = min(62.0, 0.65 * column.width)
            painter.fillRect(QRectF(column.x + 2.0, 57.0, length, 10.0), colour(self.colours.ink))

    def _draw_fill(self, painter: QPainter, column: Column, bar: SeenBar, end: float) -> None:
        tint, y = colour(self.colours.muscle(bar.muscle)), _y(bar.height)
        painter.fillRect(QRectF(column.x, y, column.width, BOTTOM - y), tint)
        if bar.ceiling is not None:
            ceiling = BarRuler(end, BOTTOM, BOTTOM - TOP).y(bar.ceiling)
            if y < ceiling:
                excess = QRectF(column.x, y, column.width, ceiling - y)
                hatch(painter, excess, 9.0, 4.0, self.ground)
        if bar.beyond:
            self._draw_chevrons(painter, column, y)
        if bar.peak:
            top = min(_y(bar.peak), BOTTOM - 5.0)
            painter.fillRect(QRectF(column.x, top - 2.5, column.width, 5.0), tint)

    def _draw_chevrons(self, painter: QPainter, column: Column, y: float) -> None:
        pen = flat_pen(self.ground, 5.0)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for low in (28.0, 44.0):
            path = QPainterPath(QPointF(column.middle - 18.0, y + low))
            path.lineTo(column.middle, y + low - 14.0)
            path.lineTo(column.middle + 18.0, y + low)
            painter.drawPath(path)

    def _draw_number(self, painter: QPainter, column: Column, bar: SeenBar, seen: SeenBars) -> None:
        two = len(seen.bars) <= 2
        unit = "%" if seen.unit is Unit.PERCENT and (two or len(bar.digits) < 3) else ""
        sizes = (68, 28) if two else (44, 18)
        at = (column.x - 2.0, 84.0)
        write_number(
            painter, bar.digits, unit, at, sizes, self.colours.ink, align=Align.LEFT, room=column.cell
        )

    def _draw_limits(self, painter: QPainter, column: Column, bar: SeenBar, seen: SeenBars) -> None:
        ruler = BarRuler(seen.end, BOTTOM, BOTTOM - TOP)
        value = None if bar.height is None else bar.height / STEPS * seen.end
        for limit, end, keeps in ((bar.goal, TOP, 1.0), (bar.ceiling, BOTTOM, -1.0)):
            if limit is None:
                continue
            kept = None if value is None else keeps * value >= keeps * limit
            bracketed = len(seen.bars) <= 2
            line = LimitLine(column, ruler.y(limit), end, f"{limit:.0f}", kept, bracketed)
            draw_limit(painter, line, self.colours, self.ground)


def _steps(value: float | None, end: float) -> int | None:
    """Height of ``value`` in half units; a bar beyond the end runs 4 % on."""
    return None if value is None else round(STEPS * min(max(value / end, 0.0), 1.04))


def _y(height: int | None) -> float:
    return BOTTOM - (height or 0) / 2


def _say_bar(bar: SeenBar, seen: SeenBars) -> str:
    side = f"{tr(text.SIDES[bar.side])} " if bar.side and len({b.side for b in seen.bars}) > 1 else ""
    name = side + text.muscle_name(bar.muscle)
    if bar.height is None:
        return tr(text.SAY_BAR_WITHHELD).format(name=name, note=bar.note)
    sentence = text.SAY_BAR_PERCENT if seen.unit is Unit.PERCENT else text.SAY_BAR_MICROVOLT
    of = bar.note.removeprefix("% ") if bar.note.startswith("% ") else tr(text.OF_MAX)
    return tr(sentence).format(name=name, value=bar.digits, of=of)
