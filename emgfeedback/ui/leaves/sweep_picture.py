"""The picture of a sweep: only new columns are painted, old ones stand where they are.

It is transparent and in device pixels. The min/max of each column is a line in the muscle's colour, the
envelope a line of ink in a casing of the ground; columns without a sample stay empty.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from emgfeedback.ui.palette import colour

#: Opacity of the min/max lines.
EMG_OPACITY = 0.55
#: Widths of the envelope and its casing, in pixels at 100 %.
ENVELOPE_PX, CASING_PX = 2.6, 6.0
#: Part of the picture that is empty ahead of the write head.
GAP = 0.018
#: Points of the envelope that are stroked in one go: long wide lines are slow to paint.
STROKE_POINTS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Least, greatest and envelope value (n_columns,) of one channel in µV, NaN where there is none."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    envelope: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SweepStyle:
    """Colours, what is shown, the µV at both edges of the picture, and pixels per pixel at 100 %."""

    muscle: str
    ink: str
    ground: str
    shows_emg: bool
    shows_envelope: bool
    bottom_uv: float
    top_uv: float
    scale: float


class SweepPicture:
    """A pixmap of ``size`` in device pixels over ``n_columns`` columns."""

    def __init__(self, size: QSize, n_columns: int, style: SweepStyle) -> None:
        self.pixmap = QPixmap(size)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        self.n_columns = n_columns
        self.style = style
        self._painted: int | None = None

    @property
    def gap(self) -> int:
        """Pixels that are empty ahead of the write head."""
        return max(math.ceil(8 * self.style.scale), round(GAP * self.pixmap.width()))

    @property
    def margin(self) -> int:
        """Pixels behind the newest column that a longer envelope may change."""
        return math.ceil(CASING_PX / 2 * self.style.scale) + 2

    def x(self, column: int) -> float:
        """Left edge of a column (0..n_columns) in pixels."""
        return column * self.pixmap.width() / self.n_columns

    def paint_until(self, newest: int, columns: Columns) -> None:
        """Paint what came since the last time; ``newest`` counts columns from sample 0.

        A step back, or more than a whole sweep at once, paints everything anew.
        """
        last = self._painted
        if newest == last:
            return
        self._painted = newest
        if last is None or newest < last or newest - last >= self.n_columns - 1:
            self._paint_all(newest, columns)
            return
        back = math.ceil(self.margin * self.n_columns / self.pixmap.width())
        first, stop = last % self.n_columns, newest % self.n_columns
        if first <= stop and newest - last < self.n_columns:
            self._paint(max(0, first - back), stop, columns)
        else:
            self._paint(max(0, first - back), self.n_columns - 1, columns)
            self._paint(0, stop, columns)

    def _paint_all(self, newest: int, columns: Columns) -> None:
        """The sweep before from the end of the gap on, then this one up to its head."""
        self.pixmap.fill(Qt.GlobalColor.transparent)
        head = newest % self.n_columns
        after = head + 1 + math.ceil(self.gap * self.n_columns / self.pixmap.width())
        if after < self.n_columns:
            self._paint(after, self.n_columns - 1, columns)
        self._paint(0, head, columns)

    def _paint(self, first: int, last: int, columns: Columns) -> None:
        """Columns ``first`` to ``last`` of the ring, and the empty gap after them."""
        left, right = math.floor(self.x(first)), math.ceil(self.x(last + 1))
        place = QRect(left, 0, right + self.gap - left, self.pixmap.height())
        with QPainter(self.pixmap) as painter:
            painter.setClipRect(place)
            # Ten times faster than CompositionMode_Clear, with the same result.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(place, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            if self.style.shows_emg:
                self._paint_emg(painter, first, last, columns)
            if self.style.shows_envelope:
                self._paint_envelope(painter, first, last, columns)

    def _y(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        span, height = self.style.top_uv - self.style.bottom_uv, self.pixmap.height()
        return np.clip((self.style.top_uv - values) / span, 0.0, 1.0) * height

    def _paint_emg(self, painter: QPainter, first: int, last: int, columns: Columns) -> None:
        low, high = columns.low[first : last + 1], columns.high[first : last + 1]
        # Neighbours touch, as a drawn line would: without it a slow signal falls apart into steps.
        # fmin and fmax pass over the NaN of a gap; of column 0 the neighbour is another sweep's.
        before = np.arange(first, last + 1) - 1
        before[0] = max(before[0], 0)
        joined_low, joined_high = np.fmin(low, columns.high[before]), np.fmax(high, columns.low[before])
        there = np.nonzero(low == low)[0]
        tops, bottoms = self._y(joined_high[there]), self._y(joined_low[there])
        step, least = self.pixmap.width() / self.n_columns, self.style.scale
        rects = [
            QRectF((first + k) * step, top, step, max(bottom - top, least))
            for k, top, bottom in zip(there.tolist(), tops.tolist(), bottoms.tolist(), strict=True)
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self.style.muscle, EMG_OPACITY))
        painter.drawRects(rects)

    def _paint_envelope(self, painter: QPainter, first: int, last: int, columns: Columns) -> None:
        from_column = max(0, first - 3)
        values = columns.envelope[from_column : last + 1]
        ys = self._y(values)
        step = self.pixmap.width() / self.n_columns
        xs = (np.arange(from_column, last + 1) + 0.5) * step
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for token, width in ((self.style.ground, CASING_PX), (self.style.ink, ENVELOPE_PX)):
            pen = QPen(colour(token), width * self.style.scale)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
            painter.setPen(pen)
            for begin, end in runs(values):
                for start in range(begin, end - 1, STROKE_POINTS):
                    # One line more than its own, so that the corner between two strokes is closed.
                    chunk = slice(max(begin, start - 1), min(start + STROKE_POINTS + 1, end))
                    points = zip(xs[chunk].tolist(), ys[chunk].tolist(), strict=True)
                    painter.drawPolyline([QPointF(x, y) for x, y in points])


def runs(values: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """(begin, end) of each stretch of ``values`` without NaN that is two long at least."""
    there = np.concatenate(([False], ~np.isnan(values), [False]))
    edges = np.nonzero(there[1:] != there[:-1])[0].tolist()
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin > 1:
            yield begin, end
