"""How long the feedback takes: a bar for each measured way, dark to the median, lighter to 95 of 100."""

from collections.abc import Hashable
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from emgfeedback.ui import text_desk
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import write
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signals_model import Delay, milliseconds
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

#: Design units: from row to row, height of a bar, where bars begin, and ms that fill all their room.
ROW, BAR, BARS = 36.0, 24.0, 128.0
FULL_MS = 50.0
#: Most and least room of a bar; what the words behind it need.
ROOM, LEAST_ROOM, WORDS = 260.0, 48.0, 290.0


class SeenDelay(NamedTuple):
    """A label, tenths of ms, the words, and the parts of the median in tenths of ms."""

    label: str
    p50: int | None
    p95: int | None
    value: str
    within: str
    stages: tuple[int, ...] = ()


class DelayBars(Leaf[tuple[Delay, ...], tuple[SeenDelay, ...]]):
    """One row a way: solid to the median, lighter to the 95th of 100."""

    DESIGN = (760.0, 76.0)
    STRETCHES = True

    def see(self, state: tuple[Delay, ...]) -> tuple[SeenDelay, ...]:
        """Milliseconds to one decimal below 10, whole above."""
        return tuple(_seen(delay) for delay in state)

    def say(self, seen: tuple[SeenDelay, ...]) -> str:
        """``to the decision: 2.1 ms, 95 of 100 within 4.0 ms``, row after row."""
        sentence = tr(text_desk.SAY_DELAY)
        return ". ".join(sentence.format(label=s.label, value=s.value, within=s.within) for s in seen)

    def still_key(self, seen: tuple[SeenDelay, ...]) -> Hashable:
        """The labels."""
        return tuple(one.label for one in seen)

    def draw_still(self, painter: QPainter, seen: tuple[SeenDelay, ...]) -> None:
        """Labels and empty bars."""
        for row, one in enumerate(seen):
            y = ROW * row
            write(painter, one.label, (0.0, y + 18.0), 16, self.colours.ink, room=BARS - 8.0)
            painter.fillRect(QRectF(BARS, y, self._room, BAR), colour(self.colours.track))

    def draw_live(self, painter: QPainter, seen: tuple[SeenDelay, ...]) -> None:
        """Bars and values."""
        for row, one in enumerate(seen):
            y = ROW * row
            for tenths, token in ((one.p95, self.colours.band), (one.p50, self.colours.ink)):
                if tenths is not None:
                    painter.fillRect(QRectF(BARS, y, self._long(tenths), BAR), colour(token))
            self._draw_stages(painter, one, y)
            at = BARS + self._room + 14.0
            write(painter, one.value, (at, y + 18.0), 18, self.colours.ink, face=Face.BOLD)
            at += max(72.0, width(one.value, Face.BOLD, 18) + 12.0)
            write(painter, one.within, (at, y + 18.0), 16, self.colours.soft, room=self.extent[0] - at)

    def _draw_stages(self, painter: QPainter, one: SeenDelay, y: float) -> None:
        """The parts of the median, each in a tone of its own with a gap before it."""
        if one.p50 is None or not one.stages:
            return
        total, at, end = max(sum(one.stages), 1), 0, self._long(one.p50)
        tones = (self.colours.ink, self.colours.soft, self.colours.edge)
        for stage, token in zip(one.stages, tones, strict=False):
            left, right = (round(end * part / total) for part in (at, at + stage))
            painter.fillRect(QRectF(BARS + left, y, right - left, BAR), colour(token))
            if left:
                painter.fillRect(QRectF(BARS + left - 1.0, y, 2.0, BAR), colour(self.colours.ground))
            at += stage

    def _long(self, tenths: int) -> float:
        return min(tenths / 10.0 / FULL_MS, 1.0) * self._room

    @property
    def _room(self) -> float:
        return min(max(self.extent[0] - BARS - WORDS, LEAST_ROOM), ROOM)


def _seen(delay: Delay) -> SeenDelay:
    if delay.p50_ms is None or delay.p95_ms is None:
        return SeenDelay(delay.label, None, None, "–", tr(text_desk.NOT_MEASURED))
    value = tr(text_desk.MILLISECONDS).format(value=milliseconds(delay.p50_ms))
    within = tr(text_desk.WITHIN).format(value=milliseconds(delay.p95_ms))
    stages = tuple(round(10 * part) for _, part in delay.stages)
    return SeenDelay(delay.label, round(10 * delay.p50_ms), round(10 * delay.p95_ms), value, within, stages)
