"""The drawn wearer, who carries the signs where the pads sit."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from emgfeedback.ui import text
from emgfeedback.ui.arcs import circle
from emgfeedback.ui.leaves.body_poses import POSES, Circle, Part, Pose
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import flat_pen, round_pen, shape, triangle
from emgfeedback.ui.text import tr


class Pad(Enum):
    """What is known of a pad: its sign stands, a triangle takes its place, or it is drawn as an outline."""

    GOOD = "good"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


PAD_WORDS = {Pad.GOOD: text.PAD_GOOD, Pad.TROUBLE: text.PAD_TROUBLE, Pad.UNKNOWN: text.PAD_UNKNOWN}


@dataclass(frozen=True, slots=True)
class BodyState:
    """``pose`` is a key of ``POSES``: an exercise's id, or ``face-down``, ``sitting``, ``standing``.

    ``lift`` draws the arrow of the movement; ``small`` draws signs and floor heavier, for a thumbnail.
    """

    pose: str
    glute: Pad = Pad.GOOD
    quad: Pad = Pad.GOOD
    lift: bool = False
    small: bool = False


class SeenBody(NamedTuple):
    """All of the state meets the eye."""

    pose: str
    glute: Pad
    quad: Pad
    lift: bool
    small: bool


class Body(Leaf[BodyState, SeenBody]):
    """One pose with its two pads."""

    DESIGN = (640.0, 420.0)

    def see(self, state: BodyState) -> SeenBody:
        """As it is; raises ``KeyError`` for a pose that is not drawn."""
        POSES[state.pose]
        return SeenBody(state.pose, state.glute, state.quad, state.lift, state.small)

    def say(self, seen: SeenBody) -> str:
        """``Hip bridge. Glute pad: in place, Quad pad: trouble``."""
        pads = (
            tr(text.SAY_PAD).format(name=text.muscle_name(muscle), word=tr(PAD_WORDS[pad]))
            for muscle, pad in (("glute", seen.glute), ("quad", seen.quad))
        )
        return tr(text.SAY_BODY).format(pose=tr(text.POSES[seen.pose]), pads=", ".join(pads))

    def still_key(self, seen: SeenBody) -> Hashable:
        """All of it."""
        return seen

    def draw_live(self, painter: QPainter, seen: SeenBody) -> None:
        """Nothing moves."""

    def draw_still(self, painter: QPainter, seen: SeenBody) -> None:
        """Bench, far parts, near parts, floor, arrow, pads."""
        pose, colours = POSES[seen.pose], self.colours
        if pose.bench is not None:
            self._draw_bench(painter, pose, pose.bench, 12.0 if seen.small else 8.0)
        for parts, token in ((pose.far, colours.body_far), (pose.near, colours.body)):
            for part in parts:
                painter.fillPath(outline(part), colour(token))
        edge, height = (24.0, 8.0) if seen.small else (0.0, 2.0)
        floor = QRectF(edge, pose.floor - height / 2, self.DESIGN[0] - 2 * edge, height)
        painter.fillRect(floor, colour(colours.edge))
        if seen.lift and pose.lift is not None:
            self._draw_arrow(painter, pose.lift)
        size = 1.5 if seen.small else 1.0
        self._draw_pad(painter, "glute", pose.glute, 20.0 * size, seen.glute)
        self._draw_pad(painter, "quad", pose.quad, 19.0 * size, seen.quad)

    def _draw_bench(
        self, painter: QPainter, pose: Pose, bench: tuple[float, float, float], width: float
    ) -> None:
        left, right, seat = bench
        painter.setPen(flat_pen(self.colours.edge, width))
        painter.drawLine(QPointF(left, seat), QPointF(right, seat))
        for x in (left + 24.0, right - 22.0):
            painter.drawLine(QPointF(x, seat), QPointF(x, pose.floor))

    def _draw_arrow(self, painter: QPainter, lift: tuple[float, float, float]) -> None:
        x, start, stop = lift
        arrow = QPainterPath(QPointF(x, start))
        arrow.lineTo(x, stop)
        arrow.moveTo(x - 11.0, stop + 12.0)
        arrow.lineTo(x, stop)
        arrow.lineTo(x + 11.0, stop + 12.0)
        painter.strokePath(arrow, round_pen(self.colours.ink, 4.5))

    def _draw_pad(
        self, painter: QPainter, muscle: str, at: tuple[float, float], radius: float, pad: Pad
    ) -> None:
        sign = triangle(*at, radius) if pad is Pad.TROUBLE else shape(muscle, *at, radius)
        painter.strokePath(sign, round_pen(self.ground, 0.55 * radius))
        painter.fillPath(sign, colour(self.ground))
        if pad is Pad.GOOD:
            painter.fillPath(sign, colour(self.colours.muscle(muscle)))
        elif pad is Pad.TROUBLE:
            painter.strokePath(sign, round_pen(self.colours.ink, 0.22 * radius))
        else:
            painter.strokePath(sign, round_pen(self.colours.edge, 0.2 * radius))


def outline(part: Part) -> QPainterPath:
    """The outline of a circle, or of the hull of two circles."""
    path = QPainterPath()
    if len(part) == 1:
        path.addEllipse(circle(*part[0]))
        return path
    first, second = part
    lean = math.degrees(math.atan2(second[1] - first[1], second[0] - first[0]))
    distance = math.hypot(second[0] - first[0], second[1] - first[1])
    if distance <= abs(first[2] - second[2]):
        path.addEllipse(circle(*max(part, key=_radius)))
        return path
    half = math.degrees(math.acos((first[2] - second[2]) / distance))
    # Qt counts angles upward, the drawing's y points down: hence the minus signs.
    path.arcMoveTo(circle(*first), -(lean + half))
    path.arcTo(circle(*first), -(lean + half), -(360.0 - 2 * half))
    path.arcTo(circle(*second), -(lean - half), -2 * half)
    path.closeSubpath()
    return path


def _radius(part: Circle) -> float:
    return part[2]
