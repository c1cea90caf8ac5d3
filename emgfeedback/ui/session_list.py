"""The list of sessions on History: when, what, what must be known, and the glute share with its spread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from emgfeedback.ui import text_desk
from emgfeedback.ui.history_model import Row, Share
from emgfeedback.ui.lettering import Align, fitting_size, lines_of, write
from emgfeedback.ui.look import FOCUS, TARGET, Look
from emgfeedback.ui.palette import colour
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import SMALLEST, Face, width

#: Pixels at 100 %: around a row, between its halves, the line pitch, sizes of the texts and of the share.
AROUND, BETWEEN, PITCH = 12.0, 16.0, 21.0
WORDS, MARKS, NUMBER = 16, 14, 28
_ROW: Final = Qt.ItemDataRole.UserRole
#: Keys that mean something to a list; all others are the window's.
OWN: Final = frozenset(
    {
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown, Qt.Key.Key_Space,
    }
)  # fmt: skip


class SessionList(QListWidget):
    """Rows with a number at the right; arrow keys go from one to the next."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setAccessibleName(tr(text_desk.SAY_LIST))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self._painter = _RowPainter(self)
        self.setItemDelegate(self._painter)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        self.look = look
        # The row that is chosen shows the focus: a frame around an almost empty list would shout.
        self.setStyleSheet(
            f"QListWidget {{ background: {look.palette.ground}; border: none; outline: none; }}"
        )
        self._measure()

    def show_rows(self, rows: Sequence[Row], chosen: int) -> None:
        """Show these without telling anybody; ``chosen`` below 0 is none."""
        self.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.clear()
        for row in rows:
            numbers = (f"{share.side} {share.number} {share.spread}".strip() for share in row.shares)
            item = QListWidgetItem(
                "\n".join(part for part in (row.when, row.what, row.marks, *numbers) if part)
            )
            item.setData(_ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.said)
            self.addItem(item)
        self._measure()
        self.setCurrentRow(chosen)
        self.blockSignals(False)  # noqa: FBT003 - Qt's own

    def _measure(self) -> None:
        for k in range(self.count()):
            item = self.item(k)
            item.setSizeHint(
                QSize(0, self._painter.height(item.data(_ROW), self.viewport().width(), self.look))
            )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Lines break anew."""
        super().resizeEvent(event)
        self._measure()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus no more."""
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Letters are no search here: they are keys of the window."""
        if event.key() in OWN:
            super().keyPressEvent(event)
        else:
            event.ignore()


class _RowPainter(QStyledItemDelegate):
    """Paints a ``Row`` in pixels at 100 %, scaled."""

    def height(self, row: Row, pixels: int, look: Look) -> int:
        """Pixels that a row of this width needs."""
        lines = len(_lines(row, pixels / look.scale))
        shares = (NUMBER + (4.0 + MARKS if any(s.spread for s in row.shares) else 0.0)) * len(row.shares)
        return max(look.px(max(lines * PITCH, shares) + 2 * AROUND), look.px(TARGET))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The row as it stands."""
        view = self.parent()
        row = index.data(_ROW)
        if not isinstance(view, SessionList) or not isinstance(row, Row):
            return
        look, palette = view.look, view.look.palette
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.topLeft())
        painter.scale(look.scale, look.scale)
        wide, high = rect.width() / look.scale, rect.height() / look.scale
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRectF(0.0, 0.0, wide, high), colour(palette.track))
            painter.fillRect(QRectF(0.0, 0.0, FOCUS, high), colour(palette.ink))
            if view.hasFocus():
                painter.setPen(QPen(colour(palette.ink), FOCUS))
                painter.drawRect(QRectF(0.0, 0.0, wide, high).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.fillRect(QRectF(0.0, high - 1.0, wide, 1.0), colour(palette.line))
        y = AROUND + 16.0
        for line, face, size, token in _lines(row, wide):
            write(painter, line, (AROUND, y), size, getattr(palette, token), face=face, room=_room(row, wide))
            y += PITCH
        y = AROUND
        for share in row.shares:
            y = _draw_share(painter, share, (wide - AROUND, y), palette.ink, palette.soft)
        painter.restore()


def _draw_share(painter: QPainter, share: Share, at: tuple[float, float], ink: str, soft: str) -> float:
    """The number over its spread; where the next one begins."""
    x, y = at[0], at[1] + 0.8 * NUMBER
    write(painter, share.number, (x, y), NUMBER, ink, face=Face.DISPLAY, align=Align.RIGHT)
    if share.side:
        x -= width(share.number, Face.DISPLAY, NUMBER) + 6.0
        write(painter, share.side, (x, y), MARKS, soft, align=Align.RIGHT)
    if share.spread:
        y += 4.0 + MARKS
        write(painter, share.spread, (at[0], y), MARKS, soft, align=Align.RIGHT)
    return y + 6.0


def _room(row: Row, wide: float) -> float:
    """What the shares leave for the words."""
    taken = [
        max(
            width(share.number, Face.DISPLAY, NUMBER)
            + (width(share.side, Face.TEXT, MARKS) + 6.0 if share.side else 0.0),
            width(share.spread, Face.TEXT, MARKS),
        )
        for share in row.shares
    ]
    return max(wide - 2 * AROUND - (max(taken) + BETWEEN if taken else 0.0), 80.0)


def _lines(row: Row, wide: float) -> list[tuple[str, Face, int, str]]:
    """Text, cut, size and colour of each line: smaller where the row is narrow, then broken."""
    room = _room(row, wide)
    found = []
    for text, face, size, token in (
        (row.when, Face.BOLD, WORDS, "ink"),
        (row.what, Face.TEXT, WORDS, "ink"),
        (row.marks, Face.TEXT, MARKS, "soft"),
    ):
        fitting = max(fitting_size(text, face, size, room), SMALLEST)
        found += [(line, face, fitting, token) for line in lines_of(text, face, fitting, room)]
    return found
