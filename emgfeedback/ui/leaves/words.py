"""Words on a page: lines of text and rules at places of their own, with the whole as accessible name."""

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, lines_of, write
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.signs import draw_sign, flat_pen
from emgfeedback.ui.type_scale import Face


@dataclass(frozen=True, slots=True)
class Line:
    """One text with its baseline at ``y``; ``tone`` names a colour of the palette.

    With ``leading`` it is broken into as many lines as it needs in ``room``, that far apart.
    """

    text: str
    x: float
    y: float
    size: int = 18
    face: Face = Face.TEXT
    tone: str = "ink"
    align: Align = Align.LEFT
    room: float | None = None
    leading: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across, ``width`` units wide and ``weight`` thick."""

    x: float
    y: float
    width: float
    weight: float = 1.0
    tone: str = "line"


@dataclass(frozen=True, slots=True)
class Mark:
    """A muscle's sign."""

    muscle: str
    x: float
    y: float
    radius: float


Item = Line | Rule | Mark
WordsState = tuple[Item, ...]


class Words(Leaf[WordsState, WordsState]):
    """A part of a page of the given size that holds nothing but words, rules and signs."""

    DESIGN = (1280.0, 688.0)

    def __init__(
        self,
        palette: Palette,
        size: tuple[float, float],
        parent: QWidget | None = None,
        *,
        on_sheet: bool = False,
    ) -> None:
        super().__init__(palette, parent, on_sheet=on_sheet)
        self.DESIGN = size  # type: ignore[misc]  # each place has its own size

    def see(self, state: WordsState) -> WordsState:
        """All of it."""
        return state

    def say(self, seen: WordsState) -> str:
        """The texts one after the other."""
        return " ".join(item.text for item in seen if isinstance(item, Line) and item.text)

    def still_key(self, seen: WordsState) -> Hashable:
        """All of it."""
        return seen

    def draw_still(self, painter: QPainter, seen: WordsState) -> None:
        """Draw the items in order."""
        for item in seen:
            if isinstance(item, Line):
                self._draw_line(painter, item)
            elif isinstance(item, Rule):
                painter.setPen(flat_pen(getattr(self.colours, item.tone), item.weight))
                y = item.y + item.weight / 2
                painter.drawLine(QPointF(item.x, y), QPointF(item.x + item.width, y))
            else:
                draw_sign(painter, item.muscle, item.x, item.y, item.radius, self.colours)

    def draw_live(self, painter: QPainter, seen: WordsState) -> None:
        """Nothing moves."""

    def _draw_line(self, painter: QPainter, line: Line) -> None:
        token = getattr(self.colours, line.tone)
        texts: tuple[str, ...] = (line.text,)
        if line.leading and line.room is not None:
            texts = lines_of(line.text, line.face, line.size, line.room)
        for number, text in enumerate(texts):
            at = (line.x, line.y + number * line.leading)
            write(painter, text, at, line.size, token, face=line.face, align=line.align, room=line.room)
