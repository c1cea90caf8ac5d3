"""The hold ring: how much of the hold is done, with the rep's number inside and words below."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath

from emgfeedback.ui import text
from emgfeedback.ui.arcs import Box, circle, ring, ring_sector, swept, touched
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write, write_number
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import round_pen
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

MIDDLE = (116.0, 116.0)
RADIUS, WIDTH = 98.0, 18.0
#: Steps of the ring that an eye can tell: half a unit of its length.
STEPS = 1200
#: Below it stand the words.
NOTE_TOP = 232.0


@dataclass(frozen=True, slots=True)
class HoldRingState:
    """The rep that is being done, of ``target`` (``None``: open end), and its hold.

    ``part`` 0..1 of the hold asked for, by sample count; 0 while none is asked for or counted.
    ``held`` puts a tick on the full ring. ``note`` is translated: what to do, or why nothing counts.
    """

    rep: int
    target: int | None = None
    part: float = 0.0
    held: bool = False
    note: str = ""


class SeenRing(NamedTuple):
    """What of a state meets the eye: the hold in ``STEPS``."""

    rep: int
    target: int | None
    part: int
    held: bool
    note: str


class HoldRing(Leaf[HoldRingState, SeenRing]):
    """A ring that fills clockwise from the top."""

    DESIGN = (232.0, 272.0)

    def see(self, state: HoldRingState) -> SeenRing:
        """Round to half a unit of the ring."""
        part = STEPS if state.held else round(STEPS * min(1.0, max(0.0, state.part)))
        return SeenRing(state.rep, state.target, part, state.held, state.note)

    def say(self, seen: SeenRing) -> str:
        """``Rep 5 of 8, held``; the hold in tenths, so that the name does not change with every sample."""
        target, tenths = seen.target, 10 * (10 * seen.part // STEPS)
        rep = (
            tr(text.SAY_REP).format(number=seen.rep)
            if target is None
            else tr(text.SAY_REP_OF).format(number=seen.rep, target=target)
        )
        hold = tr(text.SAY_HELD) if seen.held else tr(text.SAY_HOLD).format(percent=tenths) if tenths else ""
        return ", ".join(words for words in (rep, hold, seen.note) if words)

    def still_key(self, seen: SeenRing) -> Hashable:
        """The numbers."""
        return (seen.rep, seen.target)

    def spoken_of(self, seen: SeenRing) -> Hashable:
        """The hold in tenths, and the words."""
        return 10 * seen.part // STEPS, seen.held, seen.note

    def changed(self, before: SeenRing, seen: SeenRing) -> Sequence[Box] | None:
        """The way of the ring's end, and the words."""
        if before.held != seen.held or (before.part >= STEPS) != (seen.part >= STEPS):
            return None
        places = []
        if before.part != seen.part:
            places.append(swept(*MIDDLE, RADIUS, WIDTH, _angle(before.part), _angle(seen.part)))
        if before.note != seen.note:
            places.append((0.0, NOTE_TOP, *self.DESIGN))
        return places

    def draw_still(self, painter: QPainter, seen: SeenRing) -> None:
        """The empty ring and the rep."""
        ink, soft = self.colours.ink, self.colours.soft
        painter.fillPath(ring(*MIDDLE, RADIUS, WIDTH), colour(self.colours.track))
        at = (MIDDLE[0], MIDDLE[1] + 34.0)
        write_number(painter, str(seen.rep), "", at, (112, 44), ink, room=164.0, live=False)
        below = tr(text.REPS) if seen.target is None else tr(text.OF_REPS).format(target=seen.target)
        at = (MIDDLE[0], MIDDLE[1] + 66.0)
        write(painter, below, at, 18, soft, align=Align.CENTRE, room=116.0)

    def draw_live(self, painter: QPainter, seen: SeenRing) -> None:
        """The part that is done, and the words."""
        ink = colour(self.colours.ink)
        if self.touches(0.0, NOTE_TOP, *self.DESIGN):
            at = (MIDDLE[0], 260.0)
            token, face = self.colours.ink, Face.BOLD
            write(painter, seen.note, at, 22, token, face=face, align=Align.CENTRE, room=228.0)
        if seen.part >= STEPS:
            painter.fillPath(ring(*MIDDLE, RADIUS, WIDTH), ink)
        elif seen.part > 0:
            arc = touched(*MIDDLE, RADIUS, WIDTH, (_angle(seen.part), _angle(0)), self.touches)
            if arc is not None:
                painter.fillPath(ring_sector(*MIDDLE, RADIUS, WIDTH, *arc), ink)
        if seen.held:
            self._draw_tick(painter)

    def _draw_tick(self, painter: QPainter) -> None:
        patch = QPainterPath()
        patch.addEllipse(circle(MIDDLE[0], 18.0, 17.0))
        painter.fillPath(patch, colour(self.ground))
        painter.setPen(round_pen(self.colours.ink, 4.0))
        tick = QPainterPath(QPointF(MIDDLE[0] - 8.0, 18.0))
        tick.lineTo(MIDDLE[0] - 2.0, 24.5)
        tick.lineTo(MIDDLE[0] + 9.0, 11.5)
        painter.strokePath(tick, painter.pen())


def _angle(part: int) -> float:
    """Degrees at which the ring ends."""
    return 90.0 - 360.0 * part / STEPS
