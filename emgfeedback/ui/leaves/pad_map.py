"""Where a pair of pads goes: the drawing of a site, in the colours of the theme."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from calibration.placement import site
from emgfeedback.padmap import Disc, Label, Path, padmap
from emgfeedback.padmap.scene import HEIGHT, WIDTH
from emgfeedback.padmap.shapes import Paint, segments
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import round_pen
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

_ALIGN = {"left": Align.LEFT, "centre": Align.CENTRE, "right": Align.RIGHT}


@dataclass(frozen=True, slots=True)
class PadMapState:
    """``site`` is an id of ``calibration.placement.SITES``; ``side`` is left or right."""

    site: str
    side: str


class SeenPadMap(NamedTuple):
    """All of the state meets the eye."""

    site: str
    side: str


class PadMap(Leaf[PadMapState, SeenPadMap]):
    """The body, the muscle, two landmarks, the line and the pads."""

    DESIGN = (WIDTH, HEIGHT)

    def see(self, state: PadMapState) -> SeenPadMap:
        """As it is; raises ``ValueError`` for a site that there is not."""
        return SeenPadMap(site(state.site).id, state.side)

    def say(self, seen: SeenPadMap) -> str:
        """The drawing in words."""
        return padmap(site(seen.site), seen.side, tr).words

    def still_key(self, seen: SeenPadMap) -> Hashable:
        """All of it."""
        return seen

    def draw_live(self, painter: QPainter, seen: SeenPadMap) -> None:
        """Nothing moves."""

    def draw_still(self, painter: QPainter, seen: SeenPadMap) -> None:
        """Every shape of the scene in its order."""
        painter.setClipRect(0, 0, round(WIDTH), round(HEIGHT))
        for shape in padmap(site(seen.site), seen.side, tr).shapes:
            if isinstance(shape, Label):
                self._write(painter, shape)
            else:
                self._paint(painter, _outline(shape), shape.paint)

    def _write(self, painter: QPainter, label: Label) -> None:
        face = Face.BOLD if label.bold else Face.TEXT
        token = getattr(self.colours, label.tone)
        align = _ALIGN[label.align]
        write(painter, label.text, label.at, label.size, token, face=face, align=align, room=label.room)

    def _paint(self, painter: QPainter, path: QPainterPath, paint: Paint) -> None:
        if paint.fill:
            painter.fillPath(path, colour(getattr(self.colours, paint.fill), paint.opacity))
        if paint.stroke:
            painter.strokePath(path, _pen(getattr(self.colours, paint.stroke), paint))


def _pen(token: str, paint: Paint) -> QPen:
    pen = round_pen(token, paint.width)
    if paint.dash:
        # Qt counts dashes in widths of the pen.
        pen.setDashPattern([paint.dash / paint.width] * 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _outline(shape: Path | Disc) -> QPainterPath:
    path = QPainterPath()
    if isinstance(shape, Disc):
        path.addEllipse(QPointF(*shape.centre), shape.radius, shape.radius)
        return path
    path.moveTo(*shape.points[0])
    if shape.smooth:
        for first, second, end in segments(shape.points, closed=shape.closed):
            path.cubicTo(*first, *second, *end)
    else:
        for point in shape.points[1:]:
            path.lineTo(*point)
    if shape.closed:
        path.closeSubpath()
    return path
