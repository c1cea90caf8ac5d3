"""The safety banner: the only place where the alarm colour is used, always with words."""

from collections.abc import Hashable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import write
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import draw_triangle
from emgfeedback.ui.type_scale import Face


class Banner(Leaf[str, str]):
    """One translated sentence across the window."""

    DESIGN = (1280.0, 56.0)

    def see(self, state: str) -> str:
        """The sentence."""
        return state

    def say(self, seen: str) -> str:
        """The sentence."""
        return seen

    def still_key(self, seen: str) -> Hashable:
        """The sentence."""
        return seen

    def draw_still(self, painter: QPainter, seen: str) -> None:
        """Triangle and words on the alarm colour."""
        painter.fillRect(QRectF(0.0, 0.0, *self.DESIGN), colour(self.colours.alarm))
        draw_triangle(painter, 73.0, 30.0, 14.0, self.colours.on_alarm, 3.0, marked=True)
        write(painter, seen, (104.0, 37.0), 24, self.colours.on_alarm, face=Face.BOLD, room=1120.0)

    def draw_live(self, painter: QPainter, seen: str) -> None:
        """Nothing moves."""
