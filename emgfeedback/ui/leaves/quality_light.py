"""The quality light: tick, wave, triangle or dash, told apart by shape, with its word beside it."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath

from emgfeedback.ui import text
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import write
from emgfeedback.ui.signs import draw_triangle, round_pen
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

ICON, SPACE = 20.0, 8.0
SIZE = 15


class Light(Enum):
    """What the light shows."""

    GOOD = "good"
    WATCH = "watch"
    TROUBLE = "trouble"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class QualityLightState:
    """One channel's name and the word for its signal, both translated."""

    light: Light
    name: str
    word: str


class SeenLight(NamedTuple):
    """All of the state meets the eye."""

    light: Light
    name: str
    word: str


class QualityLight(Leaf[QualityLightState, SeenLight]):
    """A line of text with its sign; ``width_of`` says how wide a state is in design units."""

    DESIGN = (160.0, 24.0)
    STRETCHES = True

    def see(self, state: QualityLightState) -> SeenLight:
        """As it is."""
        return SeenLight(state.light, state.name, state.word)

    def say(self, seen: SeenLight) -> str:
        """``Glute: loose``."""
        return tr(text.SAY_CHANNEL).format(name=seen.name, word=seen.word) if seen.name else seen.word

    def still_key(self, seen: SeenLight) -> Hashable:
        """All of it."""
        return seen

    def draw_still(self, painter: QPainter, seen: SeenLight) -> None:
        """Sign, name and word."""
        draw_light(painter, seen.light, 0.0, 2.0, self.colours.ink, self.colours.soft)
        x, room = ICON + SPACE, self.extent[0] - ICON - SPACE
        write(painter, seen.name, (x, 17.5), SIZE, self.colours.ink, room=room)
        if seen.name:
            taken = width(seen.name, Face.TEXT, SIZE) + SPACE
            x, room = x + taken, max(room - taken, 1.0)
        write(painter, seen.word, (x, 17.5), SIZE, self.colours.soft, room=room)

    def draw_live(self, painter: QPainter, seen: SeenLight) -> None:
        """Nothing moves."""

    @staticmethod
    def width_of(state: QualityLightState) -> float:
        """Design units that the whole line takes."""
        names = [name for name in (state.name, state.word) if name]
        return ICON + sum(SPACE + width(name, Face.TEXT, SIZE) for name in names) + 1.0


def draw_light(painter: QPainter, light: Light, x: float, y: float, ink: str, soft: str) -> None:
    """The sign alone, 20 units wide and high, with its corner at (x, y)."""
    painter.save()
    painter.translate(x, y)
    if light is Light.TROUBLE:
        draw_triangle(painter, 10.0, 11.0, 8.2, ink, 2.4, marked=True)
    else:
        painter.strokePath(_stroke(light), round_pen(soft if light is Light.NONE else ink, 2.6))
    painter.restore()


def _stroke(light: Light) -> QPainterPath:
    if light is Light.GOOD:
        path = QPainterPath(QPointF(3.5, 10.5))
        path.lineTo(8.0, 15.0)
        path.lineTo(16.5, 5.0)
    elif light is Light.WATCH:
        path = QPainterPath(QPointF(2.5, 12.0))
        path.cubicTo(5.0, 6.5, 7.5, 6.5, 10.0, 10.5)
        path.cubicTo(12.5, 14.5, 15.0, 14.5, 17.5, 8.5)
    else:
        path = QPainterPath(QPointF(4.0, 10.0))
        path.lineTo(16.0, 10.0)
    return path
