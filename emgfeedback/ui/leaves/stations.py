"""The way through the calibration: one station after the other, full when done."""

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import write
from emgfeedback.ui.palette import colour
from emgfeedback.ui.type_scale import Face


@dataclass(frozen=True, slots=True)
class Station:
    """``part`` 0..1 of it is done; ``word`` and ``note`` are translated."""

    word: str
    note: str = ""
    part: float = 0.0
    now: bool = False


class Stations(Leaf[tuple[Station, ...], tuple[Station, ...]]):
    """All stations on one line."""

    DESIGN = (1168.0, 96.0)

    def see(self, state: tuple[Station, ...]) -> tuple[Station, ...]:
        """All of it."""
        return state

    def say(self, seen: tuple[Station, ...]) -> str:
        """The stations and how far each is."""
        return ", ".join(f"{station.word} {station.note}".strip() for station in seen)

    def still_key(self, seen: tuple[Station, ...]) -> Hashable:
        """All of it."""
        return seen

    def draw_still(self, painter: QPainter, seen: tuple[Station, ...]) -> None:
        """Bars and words."""
        wide = self.DESIGN[0] / max(len(seen), 1)
        for place, station in enumerate(seen):
            x = place * wide
            room = wide - (8.0 if place < len(seen) - 1 else 0.0)
            painter.fillRect(QRectF(x, 0.0, room, 10.0), colour(self.colours.track))
            painter.fillRect(QRectF(x, 0.0, room * station.part, 10.0), colour(self.colours.ink))
            face, ink = (Face.BOLD, self.colours.ink) if station.now else (Face.TEXT, self.colours.soft)
            write(painter, station.word, (x, 42.0), 17, ink, face=face, room=room)
            write(painter, station.note, (x, 68.0), 15, self.colours.soft, room=room)

    def draw_live(self, painter: QPainter, seen: tuple[Station, ...]) -> None:
        """Nothing moves."""
