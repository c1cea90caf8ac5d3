"""A channel's block on Signals: the verdict, what to do about it, and what its converter allows."""

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgfeedback.ui.desk_words import Rule, Verdict, Words
from emgfeedback.ui.leaves.quality_light import Light
from emgfeedback.ui.look import Look
from emgfeedback.ui.signals_model import ChannelFacts

LIGHTS: Final = {"good": Light.GOOD, "hum": Light.WATCH, "trouble": Light.TROUBLE, "none": Light.NONE}
#: Pixels at 100 %: what follows the verdict begins below its words, not below its sign.
INDENT = 32
#: Pixels at 100 % above and below the rule.
ABOVE, BELOW = 8, 8


class ChannelBlock(QWidget):
    """``close``: one of many, with less room around it."""

    def __init__(self, look: Look, *, close: bool = False) -> None:
        super().__init__()
        self._close = close
        self._layout = QVBoxLayout(self)
        self.verdict = Verdict(look)
        self.fix = Words(look, 16, wrap=True)
        self.resolution = Words(look, 14, soft=True, wrap=True)
        for part in (Rule(look), self.verdict, self.fix, self.resolution):
            self._layout.addWidget(part)
        self._layout.addStretch(1)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size; the words get theirs from the page."""
        self._layout.setContentsMargins(0, 0 if self._close else look.px(ABOVE), 0, 0)
        self._layout.setSpacing(look.px(2 if self._close else BELOW / 2))
        for part in (self.fix, self.resolution):
            part.setContentsMargins(look.px(INDENT), 0, 0, 0)

    def show_facts(self, facts: ChannelFacts) -> None:
        """Show what is known of the channel now."""
        self.verdict.show_verdict(LIGHTS[facts.sign], facts.verdict)
        self.fix.say(facts.fix)
        self.resolution.say(facts.resolution)
