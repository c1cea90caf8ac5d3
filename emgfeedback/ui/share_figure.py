"""A session's glute share in large digits, with how sure it is beside it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.ui import text_desk
from emgfeedback.ui.desk_words import Words
from emgfeedback.ui.history_model import Share
from emgfeedback.ui.look import Look
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face


class ShareFigure(QWidget):
    """``60 %``, ``glute share``, ``51 to 69, 8 reps, 1 left out``."""

    def __init__(self, look: Look, share: Share) -> None:
        super().__init__()
        self.number = Words(look, 44, Face.DISPLAY)
        self.number.say(share.number)
        head = Words(look, 18, Face.BOLD)
        head.say(f"{share.side} {tr(text_desk.SHARE)}".lstrip())
        self.sure = Words(look, 16, soft=True)
        self.sure.say(", ".join(part for part in (share.spread, share.reps) if part))
        row, beside = QHBoxLayout(self), QVBoxLayout()
        self._row = row
        row.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        for part in (head, self.sure):
            beside.addWidget(part)
        row.addWidget(self.number)
        row.addLayout(beside)
        row.setAlignment(beside, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(share.said)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take the size; the words get theirs from the page."""
        self._row.setSpacing(look.px(12))
