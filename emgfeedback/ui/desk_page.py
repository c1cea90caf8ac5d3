"""What desk pages are made of: words, buttons, choices, fields and rules in one look.

A desk page is read sitting at the computer: its text keeps its size and the page gains room. Sizes are
pixels at 100 %; a ``Look`` multiplies them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.ui.flow import Flow
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.quality_light import Light, draw_light
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import Page
from emgfeedback.ui.palette import LIGHT, Palette, colour
from emgfeedback.ui.signs import draw_sign
from emgfeedback.ui.type_scale import Face, font

#: Pixels at 100 %: least side of anything that is pressed, the focus outline and its gap, page margins.
TARGET = 44
FOCUS = 3
MARGIN = 56
#: Pixels at 100 % from which a page of large text has room for whole margins.
WIDE = 1200
#: Pixels at 100 % from the edge of a button or field to its text.
INSET = 12
#: Pixels that Qt itself leaves inside a line edit.
_OWN_INSET = 2


@dataclass(frozen=True, slots=True)
class Look:
    """The theme and the size of everything, 1.0 to 2.0."""

    palette: Palette = LIGHT
    scale: float = 1.0

    def px(self, size: float) -> int:
        """Logical pixels for a size at 100 %."""
        return round(size * self.scale)

    def font(self, face: Face, size: int) -> QFont:
        """A cut at a size at 100 %."""
        return font(face, self.px(size))


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


class DeskPage(Page):
    """A page of text that scrolls where it finds no room. ``content`` takes the page's layout.

    Its sizes follow the ``Look``, not the window: the page gains room where other pages grow.
    """

    desk = True

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look.palette, parent)
        self.look = look
        self.setAccessibleName(title)
        self.area = QScrollArea(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.content = QWidget()
        self.column = QVBoxLayout(self.content)
        self.area.setWidget(self.content)
        self.set_look(look)

    def set_theme(self, palette: Palette) -> None:
        """Paint in other colours."""
        self.set_look(Look(palette, self.look.scale))

    def set_scale(self, scale: float) -> None:
        """Text and controls in another size, 1.0 to 2.0."""
        if scale != self.look.scale:
            self.set_look(Look(self.look.palette, scale))

    def _keep_margins(self) -> None:
        """As wide as those of the strip; half of that where large text needs the room."""
        wide = self.look.scale <= 1.5 or self.width() >= self.look.px(WIDE)
        margin = self.look.px(MARGIN if wide else MARGIN / 2)
        self.column.setContentsMargins(margin, self.look.px(24), margin, self.look.px(24))

    def set_look(self, look: Look) -> None:
        """Take theme and size, with all that stands on the page."""
        self.look = look
        self.colours = palette = look.palette
        self._keep_margins()
        self.column.setSpacing(look.px(8))
        self.area.setStyleSheet(
            f"QScrollArea, QScrollArea > QWidget > QWidget {{ background: {palette.ground}; }}"
            f"QScrollBar:vertical {{ background: {palette.ground}; width: {look.px(12)}px; }}"
            f"QScrollBar::handle:vertical {{ background: {palette.edge}; border-radius: {look.px(4)}px;"
            f" min-height: {look.px(TARGET)}px; margin: 2px; }}"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
            "QScrollBar::add-page, QScrollBar::sub-page { background: none; }"
            + self.area_style(look)
        )
        for child in self.content.findChildren(QWidget):
            if isinstance(child, Leaf):
                child.set_theme(palette)
            elif hasattr(child, "set_look"):
                child.set_look(look)
        self.update()

    def area_style(self, look: Look) -> str:
        """More style for the scrolled area: a second style sheet would undo the labels' colours."""
        del look
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The page fills its place."""
        super().resizeEvent(event)
        self._keep_margins()
        self.area.setGeometry(self.rect())

    def show_model(self, model: Model) -> None:
        """Nothing on a desk page depends on what goes on, unless it says so."""
