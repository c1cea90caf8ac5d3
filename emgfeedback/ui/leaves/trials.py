"""The squeezes so far as bars against the best one."""

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import write
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import flat_pen
from emgfeedback.ui.type_scale import Face

HEIGHT, WIDE, PITCH, TOP = 78.0, 104.0, 136.0, 56.0


@dataclass(frozen=True, slots=True)
class TrialBar:
    """One squeeze in µV, its translated word, and whether it counts."""

    microvolts: float
    word: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class TrialsState:
    """Up to three squeezes of ``muscle`` at as many ``places``; ``title`` is translated."""

    muscle: str
    title: str
    bars: tuple[TrialBar, ...] = ()
    places: int = 3


class Trials(Leaf[TrialsState, TrialsState]):
    """Bars on one scale, the best one as a dashed line across."""

    DESIGN = (416.0, 184.0)

    def see(self, state: TrialsState) -> TrialsState:
        """Whole microvolts."""
        bars = tuple(TrialBar(round(bar.microvolts), bar.word, bar.counts) for bar in state.bars)
        return TrialsState(state.muscle, state.title, bars, state.places)

    def say(self, seen: TrialsState) -> str:
        """``Squeezes so far: 148 µV, 155 µV, now``."""
        return f"{seen.title}: {', '.join(bar.word for bar in seen.bars)}"

    def still_key(self, seen: TrialsState) -> Hashable:
        """The title."""
        return seen.title

    def draw_still(self, painter: QPainter, seen: TrialsState) -> None:
        """The rule and the title."""
        painter.setPen(flat_pen(self.colours.ink, 3.0))
        painter.drawLine(QPointF(8.0, 1.5), QPointF(408.0, 1.5))
        write(painter, seen.title, (8.0, 35.0), 18, self.colours.ink, face=Face.BOLD, room=400.0)

    def draw_live(self, painter: QPainter, seen: TrialsState) -> None:
        """Three places, filled as squeezes come."""
        counting = [bar.microvolts for bar in seen.bars if bar.counts]
        end = 1.12 * max([*(bar.microvolts for bar in seen.bars), 1.0])
        for place in range(seen.places):
            x = 8.0 + PITCH * place
            painter.fillRect(QRectF(x, TOP, WIDE, HEIGHT), colour(self.colours.track))
            if place < len(seen.bars):
                bar = seen.bars[place]
                token = self.colours.muscle(seen.muscle) if bar.counts else self.colours.edge
                high = HEIGHT * bar.microvolts / end
                painter.fillRect(QRectF(x, TOP + HEIGHT - high, WIDE, high), colour(token))
                at = (x, TOP + HEIGHT + 24.0)
                write(painter, bar.word, at, 17, self.colours.ink, face=Face.BOLD, room=WIDE + 20.0)
        if len(counting) > 1:
            y = TOP + HEIGHT - HEIGHT * max(counting) / end
            pen = QPen(colour(self.colours.ink), 2.0, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3.5, 3.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(2.0, y), QPointF(PITCH * seen.places - 10.0, y))
