"""Keys: every key and what it does."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from emgfeedback.ui import sentences
from emgfeedback.ui.leaves.words import Item, Line, Rule, Words
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import Page
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face


class KeysPage(Page):
    """Help on one page."""

    name: ClassVar[str] = "keys"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "back"),)
    hint: ClassVar[str] = sentences.INTENDED_USE

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._words = Words(palette, (1168.0, 640.0))
        self.put(self._words, (56.0, 88.0, 1168.0, 640.0))

    def show_model(self, model: Model) -> None:
        """Always the same."""
        del model
        items: list[Item] = [Line(tr("Keys"), 0.0, 56.0, 60, Face.DISPLAY)]
        # As many as there are find room; few do not drift apart.
        pitch = min(44.0, 520.0 / len(sentences.KEYS))
        size = 22 if pitch >= 38.0 else 18
        for row, (key, does) in enumerate(sentences.KEYS):
            top = 98.0 + pitch * row
            y = top + pitch / 2 + 0.36 * size
            items += [
                Rule(0.0, top, 1168.0),
                Line(tr(key), 0.0, y, size, Face.BOLD, room=180.0),
                Line(tr(does), 200.0, y, size, room=960.0),
            ]
        self._words.show_state(tuple(items))
