"""The rep strip: one column a rep against the zone, so that a set is read at a glance."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from emgfeedback.ui import text
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import draw_sign, draw_triangle
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

LEFT, TOP, HEIGHT = 36.0, 8.0, 98.0
NUMBERS_BASELINE = 129.0
#: Percent shown below and above the zone; a share beyond stands at the edge.
BELOW, ABOVE = 15, 6
#: Without a zone (the first set) the strip shows the whole range.
WHOLE = (0, 100)
#: More reps than this and the strip shows the last ones.
MOST = 16


@dataclass(frozen=True, slots=True)
class RepMark:
    """One rep: its share 0..1, or ``None`` when it was left out."""

    number: int
    share: float | None


@dataclass(frozen=True, slots=True)
class RepStripState:
    """The set so far. ``current`` is the number of the rep that is being done; ``zone`` 0..1."""

    reps: tuple[RepMark, ...]
    target: int
    current: int | None = None
    zone: tuple[float, float] | None = None


class SeenStrip(NamedTuple):
    """Shares and zone in whole percent; columns by rep number."""

    reps: tuple[tuple[int, int | None], ...]
    first: int
    columns: int
    current: int | None
    zone: tuple[int, int] | None


class Heights(NamedTuple):
    """The percents at the lower and the upper edge of the strip."""

    low: int
    high: int

    def y(self, share: int) -> float:
        """Where ``share`` stands; beyond an edge it stands on the edge."""
        return TOP + (self.high - min(max(share, self.low), self.high)) / (self.high - self.low) * HEIGHT

    @property
    def middle(self) -> float:
        """Half-way between the edges."""
        return TOP + HEIGHT / 2


class RepStrip(Leaf[RepStripState, SeenStrip]):
    """Disc: in the zone or above; square: below; open triangle: left out; dash: no zone yet."""

    DESIGN = (512.0, 132.0)
    STRETCHES = True

    def see(self, state: RepStripState) -> SeenStrip:
        """Round to whole percent; the last ``MOST`` columns."""
        numbers = [rep.number for rep in state.reps]
        last = max(state.target, state.current or 0, *numbers, 1)
        first = max(1, last - MOST + 1)
        shown = tuple(
            (rep.number, None if rep.share is None else round(100 * rep.share))
            for rep in state.reps
            if rep.number >= first
        )
        zone = None if state.zone is None else (round(100 * state.zone[0]), round(100 * state.zone[1]))
        return SeenStrip(shown, first, last - first + 1, state.current, zone)

    def say(self, seen: SeenStrip) -> str:
        """``Reps so far. 1: 58 percent, 2: left out``."""
        if not seen.reps:
            return tr(text.SAY_STRIP_EMPTY).format(target=seen.columns)
        reps = (
            tr(text.SAY_STRIP_LEFT_OUT).format(number=number)
            if share is None
            else tr(text.SAY_STRIP_REP).format(number=number, share=share)
            for number, share in seen.reps
        )
        return tr(text.SAY_STRIP).format(reps=", ".join(reps))

    def still_key(self, seen: SeenStrip) -> Hashable:
        """All of it: it changes once a rep."""
        return seen

    def draw_still(self, painter: QPainter, seen: SeenStrip) -> None:
        """Zone, numbers and marks."""
        zone = seen.zone
        heights = Heights(*WHOLE) if zone is None else Heights(zone[0] - BELOW, zone[1] + ABOVE)
        self._draw_zone(painter, seen, heights)
        pitch = (self.extent[0] - LEFT) / seen.columns
        for k in range(seen.columns):
            number, x = seen.first + k, LEFT + pitch * (k + 0.5)
            now = number == seen.current
            shade, face = (self.colours.ink, Face.BOLD) if now else (self.colours.soft, Face.TEXT)
            write(painter, str(number), (x, NUMBERS_BASELINE), 14, shade, face=face, align=Align.CENTRE)
        for number, share in seen.reps:
            x = LEFT + pitch * (number - seen.first + 0.5)
            self._draw_mark(painter, x, share, seen, heights)

    def draw_live(self, painter: QPainter, seen: SeenStrip) -> None:
        """Nothing moves within a rep."""

    def _draw_zone(self, painter: QPainter, seen: SeenStrip, heights: Heights) -> None:
        width = self.extent[0] - LEFT
        labels: tuple[int, ...] = (0, 50, 100)
        if seen.zone is not None:
            labels = seen.zone
            top, bottom = heights.y(seen.zone[1]), heights.y(seen.zone[0])
            painter.fillRect(QRectF(LEFT, top, width, bottom - top), colour(self.colours.track))
        for label in labels:
            y = heights.y(label)
            if seen.zone is None:
                painter.fillRect(QRectF(LEFT, y - 0.5, width, 1.0), colour(self.colours.line))
            write(painter, str(label), (LEFT - 8.0, y + 5.0), 14, self.colours.soft, align=Align.RIGHT)

    def _draw_mark(
        self, painter: QPainter, x: float, share: int | None, seen: SeenStrip, heights: Heights
    ) -> None:
        if share is None:
            draw_triangle(painter, x, heights.middle, 8.0, self.colours.edge, 2.2)
        elif seen.zone is None:
            painter.fillRect(QRectF(x - 9.0, heights.y(share) - 2.5, 18.0, 5.0), colour(self.colours.ink))
        else:
            muscle = "glute" if share >= seen.zone[0] else "quad"
            draw_sign(painter, muscle, x, heights.y(share), 7.5, self.colours)
