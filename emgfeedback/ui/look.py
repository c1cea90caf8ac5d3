"""The theme and the size of a desk page: its text keeps its size, and the page gains room."""

from dataclasses import dataclass

from PySide6.QtGui import QFont

from emgfeedback.ui.palette import LIGHT, Palette
from emgfeedback.ui.type_scale import Face, font

#: Pixels at 100 %: least side of anything that is pressed, the focus outline and its gap.
TARGET = 44
FOCUS = 3
#: Pixels at 100 % from the edge of a button or field to its text.
INSET = 12


@dataclass(frozen=True, slots=True)
class Look:
    """The theme and the size of everything, 1.0 to 2.0."""

    palette: Palette = LIGHT
    scale: float = 1.0

    def px(self, size: float) -> int:
        """Logical pixels for a size at 100 %."""
        return round(size * self.scale)

    def font(self, face: Face, size: int) -> QFont:
        """A cut at a size at 100 %."""
        return font(face, self.px(size))
