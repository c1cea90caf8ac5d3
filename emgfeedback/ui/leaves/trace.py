"""The trace: a sweep of one channel's EMG and envelope on a scale of µV that stays."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import text
from emgfeedback.ui.arcs import Box
from emgfeedback.ui.held_digits import HeldDigits
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.quality_light import Light, draw_light
from emgfeedback.ui.leaves.sweep_picture import Columns, SweepPicture, SweepStyle
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.signs import draw_sign
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

#: Room for the title above, the µV labels at the left, and the seconds below the plot.
TITLE, LABELS, AXIS = 34.0, 48.0, 26.0
#: Least distance between two labels of the scale.
LABEL_PITCH = 17.0
#: Opacity of the sweep before, ahead of the write head.
OLD_OPACITY = 0.45
TICK_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)


class Shows(Enum):
    """What is drawn of the signal."""

    BOTH = "both"
    EMG = "emg"
    ENVELOPE = "envelope"


@dataclass(frozen=True, slots=True, eq=False)
class TraceState:
    """The newest ``window`` samples of one channel as columns.

    Column k of ``columns`` holds the samples i with (i * n_columns // window) % n_columns == k; ``stop`` is
    one past the newest sample, counted from sample 0 of the stream. The arrays may be views that the next
    samples are written into. ``seconds`` is what the window lasts. ``top_uv`` is the upper edge of the plot
    and its mirror image the lower one, which is 0 when the sensor is not ``bipolar``. ``note``
    (translated) stands at the right; ``trouble`` takes its place, with its sign.
    """

    muscle: str
    name: str
    columns: Columns
    stop: int
    window: int
    seconds: float
    top_uv: float
    bipolar: bool = True
    shows: Shows = Shows.BOTH
    note: str = ""
    trouble: str = ""
    time_axis: bool = False


class SeenTrace(NamedTuple):
    """What of a state meets the eye.

    ``newest``, a column counted from sample 0, stands for the signal in the array at address ``memory``.
    """

    muscle: str
    name: str
    newest: int | None
    n_columns: int
    memory: int
    seconds: float
    top_uv: float
    bipolar: bool
    shows: Shows
    note: str
    trouble: str
    time_axis: bool


class Trace(Leaf[TraceState, SeenTrace]):
    """One channel. The plot takes all room; ``n_columns`` is how many columns it can show."""

    DESIGN = (816.0, 250.0)
    STRETCHES = True

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, on_sheet: bool = False) -> None:
        super().__init__(palette, parent, on_sheet=on_sheet)
        self._columns: Columns | None = None
        self._sweep: SweepPicture | None = None
        self._made_for: tuple[object, ...] = ()
        self._note = HeldDigits()

    @property
    def n_columns(self) -> int:
        """Device pixels that the plot is wide."""
        return self._plot(time_axis=False).width()

    def show_state(self, state: TraceState) -> None:
        """Show the columns that came since the last state."""
        self._columns = state.columns
        super().show_state(state)

    def see(self, state: TraceState) -> SeenTrace:
        """The newest column; a note that stands for 0.2 s of the signal."""
        n = len(state.columns.low)
        time_s = state.stop * state.seconds / state.window
        return SeenTrace(
            muscle=state.muscle,
            name=state.name,
            newest=(state.stop - 1) * n // state.window if state.stop > 0 else None,
            n_columns=n,
            memory=state.columns.low.__array_interface__["data"][0],
            seconds=state.seconds,
            top_uv=state.top_uv,
            bipolar=state.bipolar,
            shows=state.shows,
            note=self._note.at(time_s, "" if state.trouble else state.note),
            trouble=state.trouble,
            time_axis=state.time_axis,
        )

    def say(self, seen: SeenTrace) -> str:
        """``Glute signal, last 4 seconds, now 48 µV``."""
        signal = tr(text.SAY_TRACE).format(name=seen.name, seconds=f"{seen.seconds:g}")
        return ", ".join(words for words in (signal, seen.trouble or seen.note) if words)

    def still_key(self, seen: SeenTrace) -> Hashable:
        """All but the signal and the note."""
        return seen._replace(newest=None, note="")

    def changed(self, before: SeenTrace, seen: SeenTrace) -> Sequence[Box] | None:
        """The new columns with the gap ahead of them, and the note."""
        if before.newest is None or seen.newest is None:
            return None
        places: list[Box] = []
        if before.note != seen.note:
            places.append((self.extent[0] / 3, 0.0, self.extent[0], TITLE))
        if before.newest == seen.newest:
            return places
        n = seen.n_columns
        if seen.newest < before.newest or seen.newest // n != before.newest // n:
            return None
        left, plot_width = LABELS, self.extent[0] - LABELS
        first, last = before.newest % n, seen.newest % n
        # Behind: what a longer envelope changes; ahead: the gap and the head, as in SweepPicture.
        x = left + first / n * plot_width - 8.0
        stop = left + (last + 1) / n * plot_width + 12.0 + 0.02 * plot_width
        places.append((x, TITLE, min(stop, self.extent[0]), self.extent[1]))
        return places

    def draw_still(self, painter: QPainter, seen: SeenTrace) -> None:
        """Name, scale, grid and seconds."""
        colours, extent = self.colours, self.extent
        draw_sign(painter, seen.muscle, 9.0, 11.0, 8.0, colours)
        write(painter, seen.name, (26.0, 17.0), 18, colours.ink, face=Face.BOLD, room=extent[0] / 3 - 30.0)
        values = self._ticks(seen)
        right = (LABELS - 8.0, TITLE + 10.0)
        if self._y(max(values), seen) + 5.0 >= right[1] + LABEL_PITCH:
            write(painter, tr(text.MICROVOLT), right, 14, colours.soft, align=Align.RIGHT)
        for value in values:
            y = self._y(value, seen)
            painter.fillRect(QRectF(LABELS, y - 0.5, extent[0] - LABELS, 1.0), colour(colours.line))
            at = (LABELS - 8.0, y + 5.0)
            write(painter, f"{value:g}".replace("-", "−"), at, 14, colours.soft, align=Align.RIGHT)
        if seen.time_axis:
            self._draw_seconds(painter, seen.seconds)

    def draw_live(self, painter: QPainter, seen: SeenTrace) -> None:
        """The note, the signal, the write head."""
        if seen.trouble:
            self._draw_trouble(painter, seen.trouble)
        else:
            at, room = (self.extent[0], 17.0), 2 * self.extent[0] / 3
            write(painter, seen.note, at, 15, self.colours.soft, align=Align.RIGHT, room=room)
        if seen.newest is not None and self._columns is not None:
            self._draw_signal(painter, seen, seen.newest, self._columns)

    def _draw_trouble(self, painter: QPainter, trouble: str) -> None:
        room = 2 * self.extent[0] / 3 - 28.0
        x = self.extent[0] - min(room, width(trouble, Face.BOLD, 15))
        draw_light(painter, Light.TROUBLE, x - 28.0, 2.0, self.colours.ink, self.colours.soft)
        write(painter, trouble, (x, 17.0), 15, self.colours.ink, face=Face.BOLD, room=room)

    def _draw_seconds(self, painter: QPainter, seconds: float) -> None:
        step = 1.0 if seconds <= 5.0 else 2.0
        plot_width, marks = self.extent[0] - LABELS, int(seconds / step)
        for k in range(marks + 1):
            align = Align.LEFT if k == 0 else Align.RIGHT if k * step == seconds else Align.CENTRE
            at = (LABELS + k * step / seconds * plot_width, self.extent[1] - 6.0)
            label = tr(text.SECONDS).format(seconds=f"{k * step:g}")
            write(painter, label, at, 14, self.colours.soft, align=align)

    def _draw_signal(self, painter: QPainter, seen: SeenTrace, newest: int, columns: Columns) -> None:
        plot = self._plot(time_axis=seen.time_axis)
        sweep = self._sweep_picture(plot, seen)
        sweep.paint_until(newest, columns)
        head = round(sweep.x(newest % seen.n_columns + 1))
        painter.save()
        # From here on in device pixels, as the sweep is: old samples must stand still to the pixel.
        painter.resetTransform()
        ratio = self.devicePixelRatioF()
        painter.scale(1.0 / ratio, 1.0 / ratio)
        at, height = plot.x() + head, plot.height()
        painter.drawPixmap(QPointF(plot.topLeft()), sweep.pixmap, QRectF(0.0, 0.0, head, height))
        painter.setOpacity(OLD_OPACITY)
        old = QRectF(head, 0.0, plot.width() - head, height)
        painter.drawPixmap(QPointF(at, plot.y()), sweep.pixmap, old)
        painter.setOpacity(1.0)
        half = self.scale * ratio
        painter.fillRect(QRectF(at - half, plot.y(), 2 * half, height), colour(self.colours.ink))
        painter.restore()

    def _sweep_picture(self, plot: QRect, seen: SeenTrace) -> SweepPicture:
        colours = self.colours
        style = SweepStyle(
            muscle=colours.muscle(seen.muscle),
            ink=colours.ink,
            ground=self.ground,
            shows_emg=seen.shows is not Shows.ENVELOPE,
            shows_envelope=seen.shows is not Shows.EMG,
            bottom_uv=-seen.top_uv if seen.bipolar else 0.0,
            top_uv=seen.top_uv,
            scale=self.scale * self.devicePixelRatioF(),
        )
        made_for = (plot.size(), style, seen.n_columns, seen.memory, seen.seconds)
        if self._sweep is None or self._made_for != made_for:
            self._sweep, self._made_for = SweepPicture(plot.size(), seen.n_columns, style), made_for
        return self._sweep

    def _plot(self, *, time_axis: bool) -> QRect:
        """The plot in device pixels."""
        ratio = self.devicePixelRatioF()
        unit = self.scale * ratio
        below = AXIS if time_axis else 0.0
        left, top = round(LABELS * unit), round(TITLE * unit)
        right, bottom = round(self.width() * ratio), round(self.height() * ratio - below * unit)
        return QRect(left, top, max(1, right - left), max(1, bottom - top))

    def _ticks(self, seen: SeenTrace) -> tuple[float, ...]:
        """As many as stand apart: in a low plot zero alone, or the outermost and zero."""
        values = ticks(seen.top_uv, bipolar=seen.bipolar)
        for few in (values, tuple(dict.fromkeys((values[0], 0.0, values[-1])))):
            if len(few) < 2 or self._y(few[0], seen) - self._y(few[1], seen) >= LABEL_PITCH:
                return few
        return (0.0,)

    def _y(self, value: float, seen: SeenTrace) -> float:
        height = self.extent[1] - TITLE - (AXIS if seen.time_axis else 0.0)
        span = seen.top_uv * (2.0 if seen.bipolar else 1.0)
        return TITLE + (seen.top_uv - value) / span * height


def ticks(top_uv: float, *, bipolar: bool) -> tuple[float, ...]:
    """Round µV at which the grid is drawn: one to three on each side of zero, off the plot's edge."""
    step = next((step for step in TICK_STEPS if top_uv / step <= 2.5), TICK_STEPS[-1])
    most = int(0.9 * top_uv / step)
    return tuple(k * step for k in range(-most if bipolar else 0, most + 1))
