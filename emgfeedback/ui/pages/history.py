"""History: the sessions of this computer, and one of them open with what it came to and its course."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.exports import export
from emgfeedback.session.library import Entry, Library
from emgfeedback.settings import data_folder
from emgfeedback.ui import text_desk
from emgfeedback.ui.desk_controls import Press
from emgfeedback.ui.desk_page import DeskPage
from emgfeedback.ui.desk_words import Rule, Words
from emgfeedback.ui.errand import Errand
from emgfeedback.ui.flow import Flow
from emgfeedback.ui.history_model import (
    Review,
    Row,
    facts,
    free_name,
    hundred,
    review,
    rows,
    shares,
    title,
    verdict_lines,
)
from emgfeedback.ui.look import TARGET, Look
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.session_course import SessionCourse
from emgfeedback.ui.session_list import SessionList
from emgfeedback.ui.share_figure import ShareFigure
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

if TYPE_CHECKING:
    from emgfeedback.ui.plots import Plot

#: Pixels at 100 %: the list, and the width from which list and session stand side by side.
LIST = 368
WIDE = 900


class HistoryPage(DeskPage):
    """``replay_wanted`` gives the path of a session to be played into Train.

    Files are read in a thread of their own; the newest wish wins. ``refresh`` reads the folder again,
    as showing the page does; ``close_errands`` waits for what is under way.
    """

    name = "history"
    keys = (
        ("R", text_desk.KEY_REPLAY),
        ("X", text_desk.KEY_CSV),
        ("D", text_desk.KEY_EDF),
        ("O", text_desk.KEY_FOLDER),
        ("Del", text_desk.KEY_DELETE),
        ("Esc", text_desk.KEY_BACK),
    )

    replay_wanted = Signal(object)

    def __init__(
        self,
        palette: Palette,
        parent: QWidget | None = None,
        *,
        scale: float = 1.0,
        library: Library | None = None,
    ) -> None:
        look = Look(palette, scale)
        super().__init__(look, tr(text_desk.HISTORY), parent)
        self._library = library or Library(data_folder() / "sessions")
        self._errands: list[Errand] = []
        self._entries: tuple[Entry, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self.entry: Entry | None = None
        self.review: Review | None = None
        self.head = Words(look, 28, Face.DISPLAY)
        self.message = Words(look, 16, wrap=True)
        self.sessions = SessionList(look)
        self.sessions.currentRowChanged.connect(self._choose)
        self._build_detail(look)
        self.column.addWidget(self.head)
        self.empty = Words(look, 22, wrap=True)
        self.column.addWidget(self.empty)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.addWidget(self.sessions)
        self._beside.addWidget(self.detail, 1)
        self.column.addLayout(self._beside, 1)
        self.head.say(tr(text_desk.HISTORY))
        self.set_look(look)

    # Building

    def _build_detail(self, look: Look) -> None:
        self.detail = QWidget()
        self._column = QVBoxLayout(self.detail)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.session_title = Words(look, 22, Face.BOLD, wrap=True)
        self.session_facts = Words(look, 16, soft=True, wrap=True)
        self.course = SessionCourse(look)
        self.cursor_words = self.course.cursor_words
        self.summary = Words(look, 16, wrap=True)
        self.shares: list[ShareFigure] = []
        self._figures = QWidget()
        self._shares = Flow(32)
        self._figures.setLayout(self._shares)
        self.replay = self._action(text_desk.REPLAY, self._replay, filled=True)
        self.csv = self._action(text_desk.EXPORT_CSV, lambda: self._export(".csv"))
        self.edf = self._action(text_desk.EXPORT_EDF, lambda: self._export(".edf"))
        self.folder = self._action(text_desk.OPEN_FOLDER, self._open_folder)
        self.delete = self._action(text_desk.DELETE, self._ask)
        self.question = Words(look, 16, Face.BOLD, wrap=True)
        self.question.say(tr(text_desk.DELETE_ASK))
        self.keep = self._action(text_desk.DELETE_NO, self._keep, filled=True)
        self.delete_for_good = self._action(text_desk.DELETE_YES, self._delete)
        self.doing, self.asking = QWidget(), QWidget()
        for place, buttons in (
            (self.doing, (self.replay, self.csv, self.edf, self.folder, self.delete)),
            (self.asking, (self.keep, self.delete_for_good)),
        ):
            row = Flow(8)
            for button in buttons:
                row.addWidget(button)
            place.setLayout(row)
            policy = place.sizePolicy()
            policy.setHeightForWidth(True)
            place.setSizePolicy(policy)
        for part in (self.session_title, self.session_facts, self._figures):
            self._column.addWidget(part)
        self._column.addWidget(self.course, 1)
        below: tuple[QWidget, ...] = (
            Rule(look), self.summary, self.message, self.question, self.doing, self.asking,
        )  # fmt: skip
        for part in below:
            self._column.addWidget(part)

    def _action(self, words: str, work: Callable[[], None], *, filled: bool = False) -> Press:
        button = Press(self.look, tr(words), "filled" if filled else "plain")
        button.clicked.connect(lambda: work())
        return button

    # Showing

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Read the folder again."""
        super().showEvent(event)
        self.refresh()

    def set_look(self, look: Look) -> None:
        """See ``DeskPage.set_look``."""
        super().set_look(look)
        if not hasattr(self, "sessions"):
            return
        self._arrange()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        """Side by side, or one below the other."""
        super().resizeEvent(event)
        if hasattr(self, "_beside"):
            self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= self.look.px(WIDE)
        self._beside.setSpacing(self.look.px(32))
        if wide:
            self._beside.setDirection(QBoxLayout.Direction.LeftToRight)
            self.sessions.setFixedWidth(self.look.px(LIST))
            self.sessions.setMaximumHeight(16777215)
            self.sessions.setMinimumHeight(self.look.px(2 * TARGET))
        else:
            self._beside.setDirection(QBoxLayout.Direction.TopToBottom)
            self.sessions.setMinimumWidth(0)
            self.sessions.setMaximumWidth(16777215)
            self.sessions.setFixedHeight(self.look.px(4 * TARGET))
        # Beside the session its own wish would make the page scroll; above it, it has its height.
        high = QSizePolicy.Policy.Ignored if wide else QSizePolicy.Policy.Fixed
        self.sessions.setSizePolicy(QSizePolicy.Policy.Preferred, high)

    def refresh(self) -> None:
        """Read the folder."""
        self._send(self._library.entries, self._take_entries)

    def _take_entries(self, entries: tuple[Entry, ...]) -> None:
        # Newest first; damaged files stay last.
        whole = [entry for entry in entries if not entry.damage]
        self._entries = (*reversed(whole), *(entry for entry in entries if entry.damage))
        self._list()
        if self.entry is None or self.entry not in self._entries:
            # The newest is what one has come for.
            self._open(self._entries[0] if self._entries else None)
            self._list()
        empty = not self._entries
        for part in (self.sessions, self.detail):
            part.setVisible(not empty)
        if not empty and self.isVisible() and self.window().focusWidget() in (None, self.window()):
            # Arrow keys choose at once; letters are still the page's.
            self.sessions.setFocus()
        self.empty.say(tr(text_desk.EMPTY) if empty else "")
        self.empty.setVisible(empty)

    def _list(self) -> None:
        chosen = self._entries.index(self.entry) if self.entry in self._entries else -1
        self._rows = rows(self._entries, QDate.currentDate())
        self.sessions.show_rows(self._rows, chosen)

    def _choose(self, row: int) -> None:
        self._open(self._entries[row] if 0 <= row < len(self._entries) else None)

    def _open(self, entry: Entry | None) -> None:
        if entry is not None:
            self.tell("")
        self.entry, self.review = entry, None
        self._ask(asking=False)
        self.session_title.say(self._title(entry) if entry else tr(text_desk.CHOOSE))
        self.session_facts.say(facts(entry) if entry else "")
        self.course.clear()
        self._show_shares(entry)
        whole = entry is not None and not entry.damage
        for button in (self.replay, self.csv, self.edf):
            button.setEnabled(whole)
        self.doing.setVisible(entry is not None)
        self.summary.say("")
        if entry is not None and entry.damage:
            self.summary.say(entry.damage)
        elif entry is not None:
            self.summary.say("\n".join((*verdict_lines(entry), hundred(entry), tr(text_desk.READING))))
            path = entry.path
            self._send(lambda: review(path), lambda found: self._take_review(entry, found), self.summary.say)

    def _title(self, entry: Entry) -> str:
        row = self._rows[self._entries.index(entry)] if entry in self._entries else None
        return title(entry) if entry.damage or row is None else row.what

    def _show_shares(self, entry: Entry | None) -> None:
        for old in self.shares:
            self._shares.removeWidget(old)
            old.hide()
            old.deleteLater()
        known = shares(entry) if entry is not None and not entry.damage else ()
        self.shares = [ShareFigure(self.look, share) for share in known]
        for figure in self.shares:
            self._shares.addWidget(figure)
        self._figures.setVisible(bool(self.shares))

    def _take_review(self, entry: Entry, found: Review) -> None:
        if self.entry is None or self.entry.path != entry.path:
            return
        self.review = found
        self.summary.say("\n".join((*verdict_lines(entry), *found.lines, hundred(entry))))
        plot = self.course.draw_course(found.course)
        self.setTabOrder(self.sessions, plot)
        self.setTabOrder(plot, self.replay)

    @property
    def plot(self) -> "Plot | None":
        """The course of the session that is open."""
        return self.course.plot

    # Doing

    def pressed(self, key: str) -> bool:
        """R X D O Del: what the buttons do, where they can do it."""
        buttons = {"r": self.replay, "x": self.csv, "d": self.edf, "o": self.folder, "\x7f": self.delete}
        button = buttons.get(key)
        if button is None:
            return False
        if button.isVisibleTo(self) and button.isEnabled():
            button.click()
        return True

    def _open_folder(self) -> None:
        if self.entry is None:
            return
        folder = self.entry.path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.tell(tr(text_desk.FOLDER_NOT_OPEN).format(folder=folder))

    def _replay(self) -> None:
        if self.entry is not None and not self.entry.damage:
            self.replay_wanted.emit(self.entry.path)

    def _export(self, suffix: str) -> None:
        if self.entry is None or self.entry.damage:
            return
        session, target = self.entry.path, free_name(self.entry.path, suffix)
        self.tell(tr(text_desk.EXPORTING))

        def done(files: tuple[Path, ...]) -> None:
            self.tell("\n".join(tr(text_desk.EXPORTED).format(path=path) for path in files))

        self._send(lambda: export(session, target), done, self.tell)

    def _ask(self, *, asking: bool = True) -> None:
        self.question.setVisible(asking)
        self.asking.setVisible(asking)
        self.doing.setVisible(not asking)
        if asking:
            self.keep.setFocus()

    def _keep(self) -> None:
        self._ask(asking=False)
        self.delete.setFocus()

    def _delete(self) -> None:
        if self.entry is None:
            return
        try:
            self._library.delete(self.entry.path.name)
        except OSError as error:
            self.tell(f"{self.entry.path}: {error.strerror}.")
            return
        self.tell(tr(text_desk.DELETED).format(name=title(self.entry)))
        self._open(None)
        self.refresh()
        self.sessions.setFocus()

    def tell(self, words: str) -> None:
        """Say this below the session."""
        self.message.say(words)
        self.message.setVisible(bool(words))

    # Errands

    def _send(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        self._errands = [errand for errand in self._errands if errand.under_way]
        self._errands.append(Errand(work, done, failed or self.tell))

    @property
    def busy(self) -> bool:
        """Whether something is being read or written."""
        return any(errand.under_way for errand in self._errands)

    def close_errands(self) -> None:
        """Wait for what is under way; nobody is told any more. Call it before the window goes."""
        for errand in self._errands:
            errand.close()
        self.course.clear()
