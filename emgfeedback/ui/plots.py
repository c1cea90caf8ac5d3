"""Plots with axes, zoom and a cursor, in the window's own look. Imports pyqtgraph: import it late."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSizePolicy

from emgfeedback.ui.look import FOCUS, Look
from emgfeedback.ui.palette import colour
from emgfeedback.ui.type_scale import Face

Array = NDArray[np.float64]

#: Parts of the visible span by which an arrow key moves the cursor, and by which one step zooms.
STEP = 1 / 50
ZOOM = 0.8
#: Opacity of what lies behind the curves.
SHADE = 0.9


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """Curves over seconds. ``cursor_moved`` tells the time in s under the cursor; ``dashes`` for the quad.

    Wheel and drag zoom and move along the time; arrow keys move the cursor, Page Up and Page Down
    zoom around it, Home shows all. Pen width 1, no grid, no antialiasing: wider pens cost ten times as much.
    """

    cursor_moved = Signal(float)

    def __init__(self, look: Look, name: str, *, dashes: bool = True) -> None:
        super().__init__()
        self._dashes = dashes
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMenuEnabled(False)
        # It takes the room that is left: its own wish would make the page scroll.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.hideButtons()
        item = self.getPlotItem()
        item.setMouseEnabled(x=True, y=False)
        item.setDownsampling(auto=True, mode="peak")
        item.setClipToView(True)
        self._curves: list[tuple[pg.PlotDataItem, str]] = []
        self._shades: list[tuple[pg.LinearRegionItem, bool]] = []
        self._labels: list[pg.TextItem] = []
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setZValue(10)
        self.addItem(self._cursor, ignoreBounds=True)
        self._times = np.zeros(0)
        self.scene().sigMouseMoved.connect(self._follow)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size."""
        self._look = look
        palette = look.palette
        self.setBackground(colour(palette.ground))
        small = look.font(Face.TEXT, 14)
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(colour(palette.edge)))
            axis.setTextPen(pg.mkPen(colour(palette.soft)))
            axis.setTickFont(small)
            axis.setStyle(tickLength=-4, tickTextOffset=look.px(6))
        self.getPlotItem().getAxis("left").setWidth(look.px(48))
        self.getPlotItem().getAxis("bottom").setHeight(look.px(32))
        self._cursor.setPen(pg.mkPen(colour(palette.ink)))
        for curve, muscle in self._curves:
            curve.setPen(self._pen(muscle))
        for shade, hatched in self._shades:
            shade.setBrush(self._brush(hatched=hatched))
        for label in self._labels:
            label.setColor(colour(palette.ink))
            label.setFont(small)
        self._frame(focused=self.hasFocus())

    def show_curves(self, times_s: Array, curves: Sequence[tuple[str, Array]], top: float) -> None:
        """Draw one line per (muscle, values), the axis from 0 (or ``-top`` for signed ones) to ``top``."""
        for curve, _ in self._curves:
            self.removeItem(curve)
        self._times = times_s
        self._curves = []
        for muscle, values in curves:
            # NaN is where samples are missing: a gap stays a gap.
            curve = self.plot(times_s, values, pen=self._pen(muscle), connect="finite", antialias=False)
            self._curves.append((curve, muscle))
        signed = any(bool((values < 0).any()) for _, values in curves)
        self.setYRange(-top if signed else 0.0, top, padding=0)
        self.show_all()
        self.move_cursor(self._times[0] if len(times_s) else 0.0)

    def shade(self, start_s: float, stop_s: float, words: str = "", *, hatched: bool = False) -> None:
        """Mark a stretch of time, with a word at its top; ``hatched`` where no number stands."""
        area = pg.LinearRegionItem((start_s, stop_s), movable=False, brush=self._brush(hatched=hatched))
        for line in area.lines:
            line.setPen(pg.mkPen(None))
        area.setZValue(-10)
        self.addItem(area, ignoreBounds=True)
        self._shades.append((area, hatched))
        if words:
            label = pg.TextItem(words, color=colour(self._look.palette.ink), anchor=(0.5, 0.0))
            label.setFont(self._look.font(Face.TEXT, 14))
            top = self.getPlotItem().viewRange()[1][1]
            label.setPos((start_s + stop_s) / 2, top)
            self.addItem(label, ignoreBounds=True)
            self._labels.append(label)

    def show_all(self) -> None:
        """The whole time."""
        if len(self._times):
            self.setXRange(float(self._times[0]), float(self._times[-1]), padding=0.0)

    @property
    def cursor_s(self) -> float:
        """Time under the cursor in s."""
        return float(self._cursor.value())

    def move_cursor(self, time_s: float) -> None:
        """Put the cursor at a time within the data."""
        if len(self._times):
            time_s = float(np.clip(time_s, self._times[0], self._times[-1]))
        self._cursor.setValue(time_s)
        self.cursor_moved.emit(time_s)

    def values_at(self, time_s: float) -> tuple[float, ...]:
        """Each curve's value at the point nearest to a time; NaN in a gap."""
        if not len(self._times):
            return ()
        at = int(np.argmin(np.abs(self._times - time_s)))
        return tuple(float(curve.yData[at]) for curve, _ in self._curves)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Cursor and zoom by keyboard; all other keys are the page's."""
        left, right = self.getPlotItem().viewRange()[0]
        moves = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}
        zooms = {Qt.Key.Key_PageUp: ZOOM, Qt.Key.Key_PageDown: 1 / ZOOM}
        key = Qt.Key(event.key())
        if key in moves:
            self.move_cursor(self.cursor_s + moves[key] * (right - left))
        elif key in zooms:
            span = min(zooms[key] * (right - left), float(self._times[-1] - self._times[0]))
            begin = float(np.clip(self.cursor_s - span / 2, self._times[0], self._times[-1] - span))
            self.setXRange(begin, begin + span, padding=0.0)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus."""
        super().focusInEvent(event)
        self._frame(focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus no more."""
        super().focusOutEvent(event)
        self._frame(focused=False)

    def _frame(self, *, focused: bool) -> None:
        token = self._look.palette.ink if focused else self._look.palette.ground
        self.setStyleSheet(f"border: {FOCUS}px solid {token};")

    def _pen(self, muscle: str) -> object:
        dashed = Qt.PenStyle.DashLine if self._dashes and muscle == "quad" else Qt.PenStyle.SolidLine
        # Thin for raw signals, whose strokes would run together; an envelope bears more.
        weight = self._look.px(2) if self._dashes else 1
        return pg.mkPen(colour(self._look.palette.muscle(muscle)), width=weight, style=dashed)

    def _brush(self, *, hatched: bool) -> object:
        palette = self._look.palette
        made = pg.mkBrush(colour(palette.edge) if hatched else colour(palette.track, SHADE))
        made.setStyle(Qt.BrushStyle.BDiagPattern if hatched else Qt.BrushStyle.SolidPattern)
        return made

    def _follow(self, place: QPointF) -> None:
        box = self.getPlotItem().vb
        if box.sceneBoundingRect().contains(place):
            self.move_cursor(box.mapSceneToView(place).x())
