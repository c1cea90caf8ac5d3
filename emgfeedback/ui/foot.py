"""The foot: the keys that mean something here, and one hint."""

from collections.abc import Sequence

from emgfeedback.ui.leaves.words import Item, Line, Rule, Words
from emgfeedback.ui.lettering import Align
from emgfeedback.ui.page import FOOT, MARGIN, WIDTH
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width


class Foot(Words):
    """One line of keys."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, (WIDTH, FOOT))

    def show_keys(self, keys: Sequence[tuple[str, str]], hint: str) -> None:
        """Show the keys in order, as far as the hint leaves room for them."""
        hint = tr(hint)
        items: list[Item] = [
            Rule(MARGIN, 0.0, WIDTH - 2 * MARGIN),
            Line(hint, WIDTH - MARGIN, 30.0, 14, tone="soft", align=Align.RIGHT, room=520.0),
        ]
        end = WIDTH - MARGIN - min(width(hint, Face.TEXT, 14), 520.0) - 24.0
        x = MARGIN
        for key, does in ((tr(key), tr(does)) for key, does in keys):
            after = x + width(key, Face.BOLD, 14) + 6.0
            stop = after + width(does, Face.TEXT, 14)
            if stop > end:
                break
            items += [Line(key, x, 30.0, 14, Face.BOLD), Line(does, after, 30.0, 14, tone="soft")]
            x = stop + 28.0
        self.show_state(tuple(items))
