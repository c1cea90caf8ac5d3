"""What every desk page is: read sitting at the computer, its text keeps its size and the page gains room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.look import TARGET, Look
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import Page
from emgfeedback.ui.palette import Palette

#: Pixels at 100 %: page margins, and from which width a page of large text has room for whole ones.
MARGIN = 56
WIDE = 1200


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
            "QScrollBar::add-page, QScrollBar::sub-page { background: none; }" + self.area_style(look)
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
