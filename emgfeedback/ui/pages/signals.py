"""Signals: what the pads deliver, what may be wrong and what to do, and how long the feedback takes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.settings import SettingsError, change_settings, load_settings
from emgfeedback.stage import Stage
from emgfeedback.ui import text_desk
from emgfeedback.ui.channel_block import ChannelBlock
from emgfeedback.ui.desk_page import DeskPage
from emgfeedback.ui.desk_words import Rule, Words
from emgfeedback.ui.leaves.delay_bars import DelayBars
from emgfeedback.ui.leaves.spectrum import Spectrum
from emgfeedback.ui.leaves.sweep_picture import Columns
from emgfeedback.ui.leaves.trace import Shows, Trace, TraceState
from emgfeedback.ui.look import Look
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.settings import when_chain_holds
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.signal_zoom import SignalZoom
from emgfeedback.ui.signals_model import SignalsModel, SignalsState
from emgfeedback.ui.sweep import Sweep
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

ValueT = TypeVar("ValueT")

if TYPE_CHECKING:
    from emgfeedback.studio import Studio
    from emgfeedback.ui.plots import Plot

#: s that a sweep may last.
WINDOWS_S: Final = (2.0, 4.0, 10.0)
SHOWS: Final = (Shows.BOTH, Shows.EMG, Shows.ENVELOPE)
#: s of the stream between two readings of the words, and between two spectra.
WORDS_S: Final = 0.25
SPECTRUM_S: Final = 0.5
#: The scale's end: part of the greatest 100 % that a set seldom exceeds; µV where there is none.
TOP_OF_MAX: Final = 0.7
TOP_UV: Final = 300.0
#: Pixels at 100 %: least height of a trace, width of the right column, width from which it is a column.
TRACE, COLUMN, WIDE = 140, 320, 900
SPECTRUM, NO_SPECTRUM, DELAYS = 172, 28, 64
#: The most channels that stand one below the other beside one column of words. More of them become close
#: rows, each trace with its own words beside it, and the spectrum moves down: the same in pixels at 100 %.
FEW: Final = 2
CLOSE_TRACE, CLOSE_COLUMN, CLOSE_SPECTRUM = 84, 400, 116


class RoomyTrace(Trace):
    """Takes the room that is left: a wish of its own would make the page scroll."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """No more than its least."""
        return QSize(super().sizeHint().width(), self.minimumHeight())


class SignalsPage(DeskPage):
    """Looks at the loop of the studio in the model while it is shown, and lets go of it when it is hidden.

    Keys: R raw, envelope or both; W window; F freeze; X mark; Z zoom; N mains notch. A recording under way
    keeps the mark.
    """

    name = "signals"
    live = True
    keys = (
        ("R", text_desk.KEY_RAW),
        ("W", text_desk.KEY_WINDOW),
        ("F", text_desk.KEY_FREEZE),
        ("X", text_desk.KEY_MARK),
        ("Z", text_desk.KEY_ZOOM),
        ("N", text_desk.KEY_NOTCH),
    )

    #: The settings, after a change that was kept.
    changed = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, scale: float = 1.0) -> None:
        look = Look(palette, scale)
        super().__init__(look, "Signals", parent)
        self.model: SignalsModel | None = None
        self._studio: Studio | None = None
        self.shows, self.seconds, self.frozen = Shows.BOTH, 4.0, False
        self.traces: list[Trace] = []
        self._zoom = SignalZoom()
        self.blocks: list[ChannelBlock] = []
        self._rows: list[QBoxLayout] = []
        self._sweep: Sweep | None = None
        self._words_at = self._spectrum_at = -1.0
        self._spectrum_height = SPECTRUM
        self._stage = Stage.IDLE
        self.state: SignalsState | None = None
        self._build(look)
        self.set_look(look)

    def _build(self, look: Look) -> None:
        directions = QBoxLayout.Direction
        self._beside = QBoxLayout(directions.LeftToRight)
        self._left, self._right, self._blocks = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._side = QWidget()
        self._side.setLayout(self._right)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._beside.addLayout(self._left, 1)
        self._beside.addWidget(self._side)
        self.column.addLayout(self._beside, 1)
        self.empty = Words(look, 22, wrap=True)
        self.empty.say(tr(text_desk.NO_SIGNAL))
        self._left.addWidget(self.empty)
        self.spectrum = Spectrum(look.palette)
        self._spectrum = QWidget()
        figure = QVBoxLayout(self._spectrum)
        figure.setContentsMargins(0, 0, 0, 0)
        figure.addLayout(self._head(text_desk.SPECTRUM, text_desk.SPECTRUM_SPAN))
        figure.addWidget(self.spectrum)
        self._right.addWidget(self._spectrum)
        self._right.addLayout(self._blocks)
        self._right.addStretch(1)
        self.column.addWidget(Rule(look, section=True))
        self._under = QBoxLayout(directions.LeftToRight)
        self._under.addLayout(self._delay_part(look), 1)
        self.column.addLayout(self._under)
        self.off: list[Words] = []
        self._offs = QVBoxLayout()
        self._offs.setSpacing(look.px(2))
        self.column.addLayout(self._offs)

    def _delay_part(self, look: Look) -> QVBoxLayout:
        """How long the feedback takes, and what is to be known beside it."""
        part = self._delay = QVBoxLayout()
        self.delay_note = Words(look, 14, soft=True, right=True)
        part.addLayout(self._head(text_desk.DELAY_HEAD, note=self.delay_note))
        self.delays = DelayBars(look.palette)
        self.apart = [Words(look, 14, soft=True, wrap=True) for _ in range(3)]
        self.link = Words(look, 14, soft=True, wrap=True)
        self.message = Words(look, 16, Face.BOLD, wrap=True)
        self._zoom.cursor_said.connect(self.message.say)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        notes = QVBoxLayout()
        notes.setSpacing(look.px(2))
        for line in (*self.apart, self.link, self.message):
            notes.addWidget(line)
        notes.addStretch(1)
        self._below.addWidget(self.delays, 5, Qt.AlignmentFlag.AlignTop)
        self._below.addLayout(notes, 4)
        part.addLayout(self._below)
        return part

    def _head(self, title: str, span: str = "", note: Words | None = None) -> QHBoxLayout:
        row = QHBoxLayout()
        head = Words(self.look, 18, Face.BOLD)
        head.say(tr(title))
        if note is None:
            note = Words(self.look, 14, soft=True, right=True)
            note.say(tr(span))
        row.addWidget(head)
        row.addWidget(note, 1)
        return row

    # Look

    def set_look(self, look: Look) -> None:
        """See ``DeskPage.set_look``."""
        super().set_look(look)
        if not hasattr(self, "off"):
            return
        for leaf, height in ((self.spectrum, self._spectrum_height), (self.delays, DELAYS)):
            leaf.set_scale(look.scale)
            leaf.setFixedHeight(look.px(height))
        for trace in self.traces:
            trace.set_scale(look.scale)
            trace.setMinimumHeight(look.px(self._least_trace))
        for plot in self.plots:
            plot.set_look(look)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Side by side, or one below the other."""
        super().resizeEvent(event)
        if hasattr(self, "off"):
            self._arrange()

    @property
    def _close(self) -> bool:
        """Whether there are too many channels for one column of words."""
        return len(self.traces) > FEW

    @property
    def _least_trace(self) -> int:
        return CLOSE_TRACE if self._close else TRACE

    def _arrange(self) -> None:
        wide = self.width() >= self.look.px(WIDE)
        directions = QBoxLayout.Direction
        beside = directions.LeftToRight if wide else directions.TopToBottom
        for row in (self._beside, self._under, *self._rows):
            row.setDirection(beside)
        self._below.setDirection(directions.TopToBottom if self._close else beside)
        self._beside.setSpacing(self.look.px(48 if wide else 16))
        self._below.setSpacing(self.look.px(24 if wide and not self._close else 8))
        for row in (self._under, *self._rows):
            row.setSpacing(self.look.px(24 if wide else 8))
        self._delay.setSpacing(self.look.px(8))
        self._left.setSpacing(self.look.px(8 if self._close else 16))
        self._side.setVisible(not self._close)
        fixed = {self._side: COLUMN, self._spectrum: CLOSE_COLUMN if self._close else 0}
        fixed |= dict.fromkeys(self.blocks, CLOSE_COLUMN if self._close else 0)
        for part, width in fixed.items():
            part.setMinimumWidth(self.look.px(width) if wide else 0)
            part.setMaximumWidth(self.look.px(width) if wide and width else 16777215)

    # What goes on

    def show_model(self, model: Model) -> None:
        """Take the columns that came; words and spectrum now and then."""
        self._stage = model.stage
        if model.studio is not self._studio:
            self._studio = model.studio
            self._let_go()
        if self._studio is None:
            return
        if self.model is None:
            self._look_at(self._studio)
        if self.model is not None and not self.frozen and not self.plots:
            self._advance(self.model)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks: the loop is let go."""
        super().hideEvent(event)
        self._let_go()

    def _look_at(self, studio: "Studio") -> None:
        self.model = SignalsModel(studio.loop, studio.opened.clock, lambda: studio.cautions.remarks)
        self._words_at = self._spectrum_at = -1.0
        self.empty.hide()
        close = len(self.model.info.channels) > FEW
        for _ in self.model.info.channels:
            self._add_channel(close=close)
        # The last one carries the seconds, too.
        self._left.setStretch(self._left.count() - 1, 5 if close else 1)
        raw = any(channel.signal == "raw" for channel in self.model.info.channels)
        self._spectrum_height = (CLOSE_SPECTRUM if close else SPECTRUM) if raw else NO_SPECTRUM
        self.spectrum.setFixedHeight(self.look.px(self._spectrum_height))
        place: QBoxLayout = self._under if close else self._right
        for layout in (self._under, self._right):
            layout.removeWidget(self._spectrum)
        place.insertWidget(1 if close else 0, self._spectrum, 0, Qt.AlignmentFlag.AlignTop)
        for sentence in self.model.off():
            line = Words(self.look, 14, soft=True, wrap=True)
            line.say(sentence)
            self.off.append(line)
            self._offs.addWidget(line)
        self._arrange()

    def _add_channel(self, *, close: bool) -> None:
        """A trace and its words: beside each other where they are many."""
        trace, block = RoomyTrace(self.look.palette), ChannelBlock(self.look, close=close)
        trace.set_scale(self.look.scale)
        trace.setMinimumHeight(self.look.px(CLOSE_TRACE if close else TRACE))
        self.traces.append(trace)
        self.blocks.append(block)
        if not close:
            self._left.addWidget(trace, 1)
            self._blocks.addWidget(block)
            return
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.addWidget(trace, 1)
        row.addWidget(block)
        self._rows.append(row)
        self._left.addLayout(row, 4)

    def _let_go(self) -> None:
        if self.model is not None:
            self.model.close()
        self.model, self.state, self._sweep = None, None, None
        self._zoom.close()
        for part in (*self.traces, *self.blocks, *self.off):
            part.hide()
            part.setParent(None)
            part.deleteLater()
        for row in self._rows:
            self._left.removeItem(row)
            row.deleteLater()
        self.off, self.traces, self.blocks, self._rows = [], [], [], []
        self.empty.show()

    def _advance(self, model: SignalsModel) -> None:
        now_s = model.now_s
        if abs(now_s - self._spectrum_at) >= SPECTRUM_S:
            self._spectrum_at = now_s
            self.spectrum.show_state(model.spectra())
        if self.state is None or abs(now_s - self._words_at) >= WORDS_S:
            self._words_at = now_s
            self._show_words(model.state())
        if self.state is not None:
            self._show_sweep(model, self.state)

    def _show_words(self, state: SignalsState) -> None:
        self.state = state
        self.delays.show_state(state.delays)
        self.delay_note.say(state.delay_note)
        for place, words in zip(self.apart, (*state.apart, "", "", ""), strict=False):
            place.say(words)
            place.setVisible(bool(words))
        self.link.say(", ".join((state.lost, *state.link)) + ".")
        for facts, block in zip(state.channels, self.blocks, strict=True):
            block.show_facts(facts)

    def _show_sweep(self, model: SignalsModel, state: SignalsState) -> None:
        window = round(self.seconds * model.info.sfreq_hz)
        columns = min(min(trace.n_columns for trace in self.traces), window)
        sweep = self._sweep
        if sweep is None or (sweep.n_columns, sweep.window) != (columns, window):
            sweep = self._sweep = Sweep(columns, window, len(self.traces))
        sweep.advance(model.tap.newest)
        top_uv = self._top_uv(model)
        for k, (trace, facts) in enumerate(zip(self.traces, state.channels, strict=True)):
            trace.show_state(
                TraceState(
                    muscle=facts.muscle,
                    name=facts.name,
                    columns=Columns(sweep.low[:, k], sweep.high[:, k], sweep.envelope[:, k]),
                    stop=sweep.stop or 0,
                    window=window,
                    seconds=self.seconds,
                    top_uv=top_uv,
                    bipolar=model.info.channels[k].signal == "raw",
                    shows=self.shows,
                    note=facts.now,
                    trouble=facts.verdict if facts.withheld or facts.sign == "trouble" else "",
                    time_axis=k == len(self.traces) - 1,
                )
            )

    @staticmethod
    def _top_uv(model: SignalsModel) -> float:
        """One scale for all channels; it changes with the calibration alone."""
        found = model.loop.setup.calibration
        if found is None:
            return TOP_UV
        return TOP_OF_MAX * max(channel.mvc_uv for channel in found.channels)

    # Keys

    def pressed(self, key: str) -> bool:
        """R W F X Z N."""
        doing = {
            "r": self.next_shows, "w": self.next_window, "f": self.freeze, "x": self.mark, "z": self.zoom,
            "n": self.notch,
        }  # fmt: skip
        work = doing.get(key.lower())
        if work is None or self.model is None:
            return False
        work()
        return True

    def next_shows(self) -> None:
        """Raw and envelope, raw, envelope."""
        self.shows = _after(SHOWS, self.shows)

    def next_window(self) -> None:
        """2, 4 or 10 s."""
        self.seconds = _after(WINDOWS_S, self.seconds)

    def freeze(self) -> None:
        """Hold the picture, or let it go on."""
        self.frozen = not self.frozen
        self.message.say(tr(text_desk.FROZEN) if self.frozen else "")

    def mark(self) -> None:
        """Note this moment in the recording."""
        if self.model is None:
            return
        loop = self.model.loop
        recorder = loop.recorder
        if recorder is None or recorder.failed:
            self.message.say(tr(text_desk.MARKED_NOT))
            return
        recorder.marker(loop.stop, text_desk.MARK_TEXT)
        seconds = f"{loop.stop / self.model.info.sfreq_hz:.1f}"
        self.message.say(tr(text_desk.MARKED).format(seconds=seconds))

    def notch(self) -> None:
        """A notch at the mains that is found, or none where there is one: it holds from the next set on."""
        if self.model is None:
            return
        try:
            has = load_settings().chain.notch_hz
            wanted = 0.0 if has else self.model.mains_hz
            if not has and not wanted:
                self.message.say(tr(text_desk.NOTCH_NOT_NEEDED))
                return
            settings = change_settings({"chain.notch_hz": wanted})
        except SettingsError as error:
            self.message.say(str(error))
            return
        kept = text_desk.NOTCH_KEPT if wanted else text_desk.NOTCH_KEPT_OFF
        holds = tr(when_chain_holds(self._stage)).removeprefix(tr(text_desk.SAVED)).strip()
        self.message.say(tr(kept).format(mains=f"{wanted:g}") + holds)
        self.changed.emit(settings)

    def zoom(self) -> None:
        """The last seconds with axes, zoom and cursor, standing still; or back to the sweeps."""
        if self.plots:
            self._zoom.close()
            self.message.say("")
        elif self.model is not None and self.state is not None:
            places = [(self._row_of(k), trace) for k, trace in enumerate(self.traces)]
            self._zoom.open(self.look, self.model, self.state.channels, places, self.seconds)

    @property
    def plots(self) -> "list[Plot]":
        """The zoomed plots, where it is zoomed."""
        return self._zoom.plots

    def _row_of(self, k: int) -> QBoxLayout:
        """Where the trace of this channel lies."""
        return self._rows[k] if self._rows else self._left


def _after(values: Sequence[ValueT], value: ValueT) -> ValueT:
    return values[(values.index(value) + 1) % len(values)]
