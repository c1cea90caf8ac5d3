"""The rep card: one rep in a number, a split bar and a few words, or why it was left out."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from emgfeedback.ui import text
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, lines_of, write, write_number
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.signs import draw_triangle
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

WIDTH = 240.0
TITLE_BASELINE, SPLIT_TOP, SPLIT_HEIGHT = 54.0, 76.0, 16.0
FIRST_LINE, LINE = 124.0, 26.0
#: Half the space between the two parts of the split bar.
SPLIT_GAP = 2.0


@dataclass(frozen=True, slots=True)
class RepCardState:
    """The rep that was done last. ``share`` 0..1, or ``None`` when ``left_out`` says why.

    ``facts`` (two at most) and ``comparison``, with yourself only, are translated. ``number`` 0: no rep yet.
    """

    number: int
    share: float | None = None
    facts: tuple[str, ...] = ()
    comparison: str = ""
    left_out: str = ""


class SeenCard(NamedTuple):
    """The share in whole percent; the rest as it is."""

    number: int
    share: int | None
    facts: tuple[str, ...]
    comparison: str
    left_out: str


class RepCard(Leaf[RepCardState, SeenCard]):
    """One rep, under a hairline."""

    DESIGN = (WIDTH, 184.0)

    def see(self, state: RepCardState) -> SeenCard:
        """Round the share to whole percent."""
        share = None if state.share is None or state.left_out else round(100 * state.share)
        return SeenCard(state.number, share, state.facts[:2], state.comparison, state.left_out)

    def say(self, seen: SeenCard) -> str:
        """``Rep 4: glute share 71 percent. Held 2.1 s. Best rep of this set``."""
        if not seen.number:
            return tr(text.NO_REP)
        if seen.share is None:
            return tr(text.SAY_CARD_LEFT_OUT).format(number=seen.number, reason=seen.left_out)
        facts = ". ".join(words for words in (*seen.facts, seen.comparison) if words)
        return tr(text.SAY_CARD).format(number=seen.number, share=seen.share, facts=facts)

    def still_key(self, seen: SeenCard) -> Hashable:
        """All of it: it changes once a rep."""
        return seen

    def draw_live(self, painter: QPainter, seen: SeenCard) -> None:
        """Nothing moves between reps."""

    def draw_still(self, painter: QPainter, seen: SeenCard) -> None:
        """Hairline, title, number, split and words."""
        colours = self.colours
        painter.fillRect(QRectF(0.0, 0.0, WIDTH, 1.0), colour(colours.line))
        if not seen.number:
            write(painter, tr(text.NO_REP), (0.0, TITLE_BASELINE), 20, colours.soft, room=WIDTH)
            draw_split(painter, None, QRectF(0.0, SPLIT_TOP, WIDTH, SPLIT_HEIGHT), colours)
            return
        title = tr(text.REP).format(number=seen.number)
        if seen.share is None:
            self._draw_left_out(painter, title, seen)
            return
        write(painter, title, (0.0, TITLE_BASELINE), 20, colours.ink, face=Face.BOLD, room=116.0)
        at = (WIDTH, TITLE_BASELINE)
        sizes = (44, 22)
        write_number(painter, str(seen.share), "%", at, sizes, colours.ink, align=Align.RIGHT, live=False)
        draw_split(painter, seen.share / 100, QRectF(0.0, SPLIT_TOP, WIDTH, SPLIT_HEIGHT), colours)
        shades = [(fact, colours.ink) for fact in seen.facts] + [(seen.comparison, colours.soft)]
        for k, (line, shade) in enumerate(pair for pair in shades if pair[0]):
            write(painter, line, (0.0, FIRST_LINE + k * LINE), 17, shade, room=WIDTH)

    def _draw_left_out(self, painter: QPainter, title: str, seen: SeenCard) -> None:
        ink = self.colours.ink
        draw_triangle(painter, 12.0, TITLE_BASELINE - 6.0, 9.5, ink, 2.6, marked=True)
        write(painter, title, (32.0, TITLE_BASELINE), 20, ink, face=Face.BOLD, room=WIDTH - 32.0)
        reason = tr(text.LEFT_OUT).format(reason=seen.left_out)
        for k, line in enumerate(lines_of(reason, Face.TEXT, 17, WIDTH - 32.0)[:4]):
            write(painter, line, (32.0, TITLE_BASELINE + (k + 1) * LINE), 17, ink, room=WIDTH - 32.0)


def draw_split(painter: QPainter, share: float | None, place: QRectF, colours: Palette) -> None:
    """A rep's split in one line: glute from the left, quad from the right; an empty track without a share."""
    if share is None:
        painter.fillRect(place, colour(colours.track))
        return
    at = place.width() * min(1.0, max(0.0, share))
    if at > SPLIT_GAP:
        glute = QRectF(place.x(), place.y(), at - SPLIT_GAP, place.height())
        painter.fillRect(glute, colour(colours.glute))
    if place.width() - at > SPLIT_GAP:
        left = place.x() + at + SPLIT_GAP
        painter.fillRect(QRectF(left, place.y(), place.right() - left, place.height()), colour(colours.quad))
