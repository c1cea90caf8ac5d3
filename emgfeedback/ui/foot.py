"""The foot: the keys that mean something here, a hint, and the pages without a tab. All can be pressed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QEnterEvent, QPainter
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import sentences
from emgfeedback.ui.controls import Control
from emgfeedback.ui.leaves.words import Item, Line, Rule, Words
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.page import FOOT, HEIGHT, MARGIN, WIDTH, Surface
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

#: The pages that have no tab: on every foot, at its right end.
ASIDE: Final = (("A", "pads"), ("G", "glance"), ("?", "keys"))
#: Least side of what is pressed, the room around its words, between key and word, and between two of them.
TARGET, AROUND, SPACE, APART = 44.0, 8.0, 6.0, 8.0
SIZE, BASELINE = 14, 28.0
#: The widest hint, and the room around it.
HINT, AROUND_HINT = 520.0, 20.0


class KeyHint(Control):
    """A key and what it does: as quiet as a note, and pressed like the key itself."""

    def __init__(self, palette: Palette, key: str, does: str, pressed: Callable[[], object]) -> None:
        self._key, self._does = key, does
        self._after = width(key, Face.BOLD, SIZE) + SPACE
        words = self._after + width(does, Face.TEXT, SIZE)
        self.wide = max(TARGET, words + 2 * AROUND)
        self._left = (self.wide - words) / 2
        super().__init__(palette, (self.wide, TARGET), pressed, None)
        self.setText(does)
        self.setAccessibleName(f"{does}, {key}")

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """It answers the pointer."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """It is a note again."""
        super().leaveEvent(event)
        self.update()

    def draw(self, painter: QPainter) -> None:
        """The key in ink, its word soft; both in ink over a rule under the pointer."""
        ink = self.colours.ink
        x = self._left
        write(painter, self._key, (x, BASELINE), SIZE, ink, face=Face.BOLD)
        word = ink if self.underMouse() else self.colours.soft
        write(painter, self._does, (x + self._after, BASELINE), SIZE, word)
        if self.underMouse():
            painter.fillRect(QRectF(x, BASELINE + 5.0, self.wide - 2 * x, 1.0), colour(ink))


class Foot(Surface):
    """``press`` is given the name of a key whose words were pressed."""

    def __init__(self, palette: Palette, press: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(palette, (0.0, HEIGHT - FOOT, WIDTH, FOOT), parent)
        self._press = press
        self._words = Words(palette, (WIDTH, FOOT))
        self.put(self._words, (0.0, HEIGHT - FOOT, WIDTH, FOOT))
        self.hints: list[KeyHint] = []

    def show_keys(self, keys: Sequence[tuple[str, str]], hint: str, page: str = "") -> None:
        """Show ``page``'s keys in order, as far as the hint leaves room for them."""
        for old in self.hints:
            self.drop(old)
        aside = [(key, self._made(key, sentences.PAGES[name])) for key, name in ASIDE if name != page]
        room = sum(made.wide for _, made in aside) + APART * (len(aside) - 1)
        start = WIDTH - MARGIN + AROUND - room
        hint = tr(hint)
        hinted = min(width(hint, Face.TEXT, SIZE), HINT) + 2 * AROUND_HINT if hint else AROUND_HINT
        known = {key for key, _ in ASIDE}
        self.hints = []
        x = MARGIN - AROUND
        for key, does in keys:
            made = self._made(key, does)
            if key in known or x + made.wide > start - hinted:
                made.deleteLater()
                continue
            x = self._place(made, x)
        for _, made in aside:
            start = self._place(made, start)
        line = Line(
            hint, WIDTH - MARGIN + AROUND - room - AROUND_HINT, BASELINE + 2.0, SIZE,
            tone="soft", align=Align.RIGHT, room=HINT,
        )  # fmt: skip
        items: tuple[Item, ...] = (Rule(MARGIN, 0.0, WIDTH - 2 * MARGIN), line)
        self._words.show_state(items)

    def _made(self, key: str, does: str) -> KeyHint:
        return KeyHint(self.colours, tr(key), tr(does), partial(self._press, key))

    def _place(self, made: KeyHint, x: float) -> float:
        """Put it there; where the next one stands."""
        self.put(made, (x, HEIGHT - FOOT + 2.0, made.wide, TARGET))
        made.show()
        self.hints.append(made)
        return x + made.wide + APART
