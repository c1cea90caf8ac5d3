"""What is pressed and written into on desk pages: buttons, one of several words, a field."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLineEdit, QSizePolicy, QWidget

from emgfeedback.ui.flow import Flow
from emgfeedback.ui.look import FOCUS, INSET, TARGET, Look
from emgfeedback.ui.palette import colour
from emgfeedback.ui.type_scale import Face

#: Pixels that Qt itself leaves inside a line edit.
_OWN_INSET = 2


class Press(QAbstractButton):
    """A button: ``plain`` is underlined text, ``filled`` is ink, ``choice`` has a bar below when chosen."""

    def __init__(
        self, look: Look, words: str, kind: Literal["plain", "filled", "choice"] = "plain", size: int = 16
    ) -> None:
        super().__init__()
        self._kind, self._text_size = kind, size
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(kind == "choice")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        self._look = look
        self.updateGeometry()
        self.update()

    def _cut(self) -> QFont:
        soft = self._kind == "choice" and not self.isChecked()
        return self._look.font(Face.TEXT if soft else Face.BOLD, self._text_size)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for the text in its boldest cut, and no less than a target."""
        metrics = QFontMetrics(self._look.font(Face.BOLD, self._text_size))
        pad = 24 if self._kind == "filled" else INSET
        width = metrics.horizontalAdvance(self.text()) + 2 * self._look.px(pad)
        height = metrics.height() + self._look.px(16)
        least = self._look.px(TARGET)
        return QSize(max(width, least), max(height, least))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the button as it stands."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = QRectF(self.rect()).adjusted(2 * FOCUS, 2 * FOCUS, -2 * FOCUS, -2 * FOCUS)
        self._paint_body(painter, inner)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour(self._look.palette.ink), FOCUS))
            half = FOCUS / 2
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 8, 8)
        painter.end()

    def _paint_body(self, painter: QPainter, inner: QRectF) -> None:
        palette = self._look.palette
        token = palette.ink
        if self._kind == "filled":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.button if self.isEnabled() else palette.track))
            painter.drawRoundedRect(inner, 8, 8)
            token = palette.on_button if self.isEnabled() else palette.soft
        elif not self.isEnabled() or (self._kind == "choice" and not self.isChecked()):
            token = palette.soft
        painter.setFont(self._cut())
        painter.setPen(colour(token))
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, self.text())
        if self._kind == "filled":
            return
        chosen = self._kind == "choice" and self.isChecked()
        thick = self._look.px(3) if chosen else 1
        line = palette.ink if chosen else (palette.line if self._kind == "choice" else palette.edge)
        painter.fillRect(QRectF(inner.left(), inner.bottom() - thick, inner.width(), thick), colour(line))


class Choices(QWidget):
    """One of several words; arrow keys go from one to the next, Tab leaves."""

    chosen = Signal(object)

    def __init__(self, look: Look, name: str, options: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._values = [value for value, _ in options]
        self._group = QButtonGroup(self)
        layout = Flow()
        self.setLayout(layout)
        for number, (_, words) in enumerate(options):
            button = Press(look, words, "choice")
            button.setAccessibleName(f"{name}: {words}")
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.idClicked.connect(lambda number: self.chosen.emit(self._values[number]))
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def value(self) -> object:
        """What is chosen, ``None`` when nothing is."""
        number = self._group.checkedId()
        return self._values[number] if number >= 0 else None

    def choose(self, value: object) -> None:
        """Mark ``value`` as chosen without telling anybody."""
        if value in self._values:
            self._group.button(self._values.index(value)).setChecked(True)

    def set_look(self, look: Look) -> None:
        """Take theme and size; the buttons get theirs from the page."""
        del look
        self.updateGeometry()


class Field(QLineEdit):
    """A line to write in."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        palette = look.palette
        inset = look.px(INSET) - FOCUS - _OWN_INSET
        self.setFont(look.font(Face.TEXT, 16))
        self.setMinimumHeight(look.px(TARGET))
        self.setStyleSheet(
            f"QLineEdit {{ color: {palette.ink}; background: {palette.ground}; padding: 0 {inset}px;"
            f" border: {FOCUS}px solid {palette.ground}; border-bottom: 1px solid {palette.edge};"
            f" selection-background-color: {palette.ink}; selection-color: {palette.ground}; }}"
            f"QLineEdit:focus {{ border: {FOCUS}px solid {palette.ink}; border-radius: 8px; }}"
        )
