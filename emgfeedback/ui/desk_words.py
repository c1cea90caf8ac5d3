"""What stands written on desk pages: words, a muscle's name, a verdict with its sign, rules."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from emgfeedback.ui.leaves.quality_light import Light, draw_light
from emgfeedback.ui.look import Look
from emgfeedback.ui.palette import colour
from emgfeedback.ui.signs import draw_sign
from emgfeedback.ui.type_scale import Face


class Words(QLabel):
    """A text of one size, in ink or ``soft``: text is never coloured."""

    def __init__(
        self,
        look: Look,
        size: int = 16,
        face: Face = Face.TEXT,
        *,
        soft: bool = False,
        wrap: bool = False,
        right: bool = False,
    ) -> None:
        super().__init__()
        self._size, self._face, self._soft = size, face, soft
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if right:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        self.setFont(look.font(self._face, self._size))
        colours = self.palette()
        colours.setColor(self.foregroundRole(), colour(look.palette.soft if self._soft else look.palette.ink))
        self.setPalette(colours)

    def say(self, words: str) -> None:
        """Show ``words``; nothing happens when they stand there already."""
        if words != self.text():
            self.setText(words)


class MuscleName(Words):
    """A muscle's sign and its name."""

    def __init__(self, look: Look, muscle: str, name: str, size: int = 16) -> None:
        self._muscle = muscle
        super().__init__(look, size, Face.BOLD)
        self.say(name)

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        self._look = look
        super().set_look(look)
        self.setContentsMargins(look.px(24), 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the sign before the name."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._look.px(8)
        draw_sign(painter, self._muscle, radius, self.height() / 2, radius, self._look.palette)
        painter.end()


class Verdict(Words):
    """A sentence with the sign of its quality before it."""

    def __init__(self, look: Look, size: int = 18) -> None:
        self._light = Light.NONE
        super().__init__(look, size, Face.BOLD, wrap=True)

    def show_verdict(self, light: Light, words: str) -> None:
        """Show this sign and sentence."""
        self.say(words)
        if light is not self._light:
            self._light = light
            self.update()

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        self._look = look
        super().set_look(look)
        self.setContentsMargins(look.px(32), 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the sign before the first line."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._look.scale, self._look.scale)
        palette = self._look.palette
        draw_light(painter, self._light, 0.0, 1.0, palette.ink, palette.soft)
        painter.end()


class Rule(QWidget):
    """A hairline of 1 px, or a section rule of 3 px in ink."""

    def __init__(self, look: Look, *, section: bool = False) -> None:
        super().__init__()
        self._section = section
        self.setFixedHeight(3 if section else 1)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take the theme."""
        self._token = look.palette.ink if self._section else look.palette.line
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the line."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self._token))
        painter.end()
