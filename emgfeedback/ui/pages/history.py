"""History: the sessions of this computer, and one of them open with its course and its words."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback import words
from emgfeedback.exports import export
from emgfeedback.session.course import Course
from emgfeedback.session.library import Entry, Library
from emgfeedback.settings import data_folder
from emgfeedback.ui import text_desk
from emgfeedback.ui.desk_page import FOCUS, TARGET, DeskPage, Look, MuscleName, Press, Rule, Words
from emgfeedback.ui.errand import Errand
from emgfeedback.ui.flow import Flow
from emgfeedback.ui.history_model import Review, facts, free_name, review, title
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.signals_model import channel_name
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

if TYPE_CHECKING:
    from emgfeedback.ui.plots import Plot

#: Pixels at 100 %: the list, the least height of the plot, and the width from which they stand side by side.
LIST = 336
PLOT = 220
WIDE = 900
#: Part of the greatest value that stays free above it, and the least end of the scale (% or µV).
HEADROOM = 1.15
LEAST_TOP = 20.0


class HistoryPage(DeskPage):
    """``replay_wanted`` gives the path of a session to be played into Train.

    Files are read in a thread of their own; the newest wish wins. ``refresh`` reads the folder again,
    as showing the page does; ``close_errands`` waits for what is under way.
    """

    name = "history"
    keys = (("Tab", text_desk.KEY_NEXT), ("Esc", text_desk.KEY_BACK))

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
        self.entry: Entry | None = None
        self.review: Review | None = None
        self.plot: Plot | None = None
        self.head = Words(look, 28, Face.DISPLAY)
        self.message = Words(look, 16, wrap=True)
        self.sessions = QListWidget()
        self.sessions.setAccessibleName(tr(text_desk.SAY_LIST))
        self.sessions.setFrameShape(QFrame.Shape.NoFrame)
        self.sessions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sessions.setWordWrap(True)
        self.sessions.setTabKeyNavigation(False)
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
        self.cursor_words = Words(look, 16)
        self.summary = Words(look, 16, wrap=True)
        self._place = QVBoxLayout()
        self.replay = self._action(text_desk.REPLAY, self._replay, filled=True)
        self.csv = self._action(text_desk.EXPORT_CSV, lambda: self._export(".csv"))
        self.edf = self._action(text_desk.EXPORT_EDF, lambda: self._export(".edf"))
        self.delete = self._action(text_desk.DELETE, self._ask)
        self.question = Words(look, 16, Face.BOLD, wrap=True)
        self.question.say(tr(text_desk.DELETE_ASK))
        self.keep = self._action(text_desk.DELETE_NO, self._keep, filled=True)
        self.delete_for_good = self._action(text_desk.DELETE_YES, self._delete)
        self.doing, self.asking = QWidget(), QWidget()
        for place, buttons in (
            (self.doing, (self.replay, self.csv, self.edf, self.delete)),
            (self.asking, (self.keep, self.delete_for_good)),
        ):
            row = Flow(8)
            for button in buttons:
                row.addWidget(button)
            place.setLayout(row)
            policy = place.sizePolicy()
            policy.setHeightForWidth(True)
            place.setSizePolicy(policy)
        self._column.addWidget(self.session_title)
        self._column.addWidget(self.session_facts)
        self.legend = QWidget()
        self._legend = Flow(16)
        self.legend.setLayout(self._legend)
        self._column.addWidget(self.legend)
        self._column.addLayout(self._place, 1)
        below: tuple[QWidget, ...] = (
            self.cursor_words, Rule(look), self.summary, self.message, self.question, self.doing, self.asking,
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
        palette = look.palette
        self.sessions.setFont(look.font(Face.TEXT, 16))
        self.sessions.setStyleSheet(
            f"QListWidget {{ background: {palette.ground}; color: {palette.ink};"
            f" border: {FOCUS}px solid {palette.ground}; border-radius: 8px; outline: none; }}"
            f"QListWidget:focus {{ border-color: {palette.ink}; }}"
            f"QListWidget::item {{ padding: {look.px(8)}px; border-bottom: 1px solid {palette.line}; }}"
            f"QListWidget::item:selected {{ background: {palette.track}; color: {palette.ink};"
            f" border-left: {FOCUS}px solid {palette.ink}; }}"
        )
        self._list()
        self._arrange()
        if self.plot is not None:
            self.plot.set_look(look)
            self.plot.setMinimumHeight(look.px(PLOT))

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
        self.sessions.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)

    def refresh(self) -> None:
        """Read the folder."""
        self._send(self._library.entries, self._take_entries)

    def _take_entries(self, entries: tuple[Entry, ...]) -> None:
        # Newest first; damaged files stay last.
        whole = [entry for entry in entries if not entry.damage]
        self._entries = (*reversed(whole), *(entry for entry in entries if entry.damage))
        self._list()
        if self.entry is None or self.entry not in self._entries:
            self._open(None)
        empty = not self._entries
        for part in (self.sessions, self.detail):
            part.setVisible(not empty)
        self.empty.say(tr(text_desk.EMPTY) if empty else "")
        self.empty.setVisible(empty)

    def _list(self) -> None:
        self.sessions.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.sessions.clear()
        for entry in self._entries:
            item = QListWidgetItem(f"{title(entry)}\n{facts(entry)}")
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                tr(text_desk.SAY_SESSION).format(title=title(entry), facts=facts(entry)),
            )
            item.setSizeHint(QSize(0, max(self.look.px(64), 0)))
            self.sessions.addItem(item)
        if self.entry in self._entries:
            self.sessions.setCurrentRow(self._entries.index(self.entry))
        self.sessions.blockSignals(False)  # noqa: FBT003 - Qt's own

    def _choose(self, row: int) -> None:
        self._open(self._entries[row] if 0 <= row < len(self._entries) else None)

    def _open(self, entry: Entry | None) -> None:
        if entry is not None:
            self.tell("")
        self.entry, self.review = entry, None
        self._ask(asking=False)
        self.session_title.say(title(entry) if entry else tr(text_desk.CHOOSE))
        self.session_facts.say(facts(entry) if entry else "")
        self.summary.say("")
        self.cursor_words.say("")
        self.legend.setVisible(False)
        if self.plot is not None:
            self.plot.hide()
        whole = entry is not None and not entry.damage
        for button in (self.replay, self.csv, self.edf):
            button.setEnabled(whole)
        self.doing.setVisible(entry is not None)
        if entry is not None and entry.damage:
            self.summary.say(entry.damage)
        elif entry is not None:
            self.summary.say(tr(text_desk.READING))
            path = entry.path
            self._send(lambda: review(path), lambda found: self._take_review(path, found), self.summary.say)

    def _take_review(self, path: Path, found: Review) -> None:
        if self.entry is None or self.entry.path != path:
            return
        self.review = found
        self.summary.say("\n".join(found.lines))
        self._draw(found.course)

    def _draw(self, course: Course) -> None:
        from emgfeedback.ui.plots import Plot

        self._discard_plot()
        unit = tr(f"% {words.OF[course.method]}" if course.calibrated else text_desk.MICROVOLT)
        seconds = f"{course.times_s[-1]:.0f}" if len(course.times_s) else "0"
        reps = tr(text_desk.REPS_ONE if len(course.reps) == 1 else text_desk.REPS).format(n=len(course.reps))
        name = tr(text_desk.SAY_COURSE).format(seconds=seconds, reps=reps)
        self.plot = plot = Plot(self.look, name)
        plot.setMinimumHeight(self.look.px(PLOT))
        curves = [
            (channel.muscle or channel.pin, course.values[:, k]) for k, channel in enumerate(course.channels)
        ]
        known = course.values[~(course.values != course.values)]
        top = HEADROOM * max(LEAST_TOP, float(known.max()) if known.size else 0.0)
        plot.cursor_moved.connect(self._say_cursor)
        plot.show_curves(course.times_s, curves, top)
        for rep in course.reps:
            share = f"{rep.number}" if rep.left_out else f"{100 * rep.share:.0f}"
            plot.shade(course.seconds(rep.start), course.seconds(rep.stop), share)
        for gap in course.gaps:
            plot.shade(course.seconds(gap.start), course.seconds(gap.stop), hatched=True)
        self._show_legend(course, unit)
        self.legend.setVisible(True)
        self._place.addWidget(plot, 1)
        self.setTabOrder(self.sessions, plot)

    def _show_legend(self, course: Course, unit: str) -> None:
        while (item := self._legend.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        sides = {channel.side for channel in course.channels}
        for channel in course.channels:
            name = channel_name(channel, with_side=len(sides) > 1)
            self._legend.addWidget(MuscleName(self.look, channel.muscle or channel.pin, name))
        words = Words(self.look, 14, soft=True)
        words.say(tr(text_desk.COURSE_LEGEND).format(unit=unit))
        self._legend.addWidget(words)

    def _discard_plot(self) -> None:
        if self.plot is not None:
            self._place.removeWidget(self.plot)
            self.plot.close()
            self.plot.deleteLater()
            self.plot = None

    def _say_cursor(self, time_s: float) -> None:
        if self.plot is None or self.review is None:
            return
        course = self.review.course
        sides = {channel.side for channel in course.channels}
        unit = "%" if course.calibrated else tr(text_desk.MICROVOLT)
        values = []
        for channel, value in zip(course.channels, self.plot.values_at(time_s), strict=False):
            number = "–" if math.isnan(value) else f"{value:.0f} {unit}"
            values.append(f"{channel_name(channel, with_side=len(sides) > 1)} {number}")
        rep = next(
            (r for r in course.reps if course.seconds(r.start) <= time_s <= course.seconds(r.stop)), None
        )
        if rep is not None and rep.left_out:
            values.append(tr(text_desk.IN_REP_LEFT_OUT).format(number=rep.number, why=rep.left_out))
        elif rep is not None:
            values.append(tr(text_desk.IN_REP).format(number=rep.number, percent=f"{100 * rep.share:.0f}"))
        self.cursor_words.say(f"{time_s:.1f} s   " + ",  ".join(values))

    # Doing

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
        self._discard_plot()
