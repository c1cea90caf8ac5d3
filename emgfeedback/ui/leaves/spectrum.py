"""The spectrum of each channel: solid for the glute, dashed for the quad, mains named where it stands out."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from emgfeedback.ui import text_desk
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, write
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.spectra import Spectra
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

#: Design units below the curves for the frequencies, above them for the name of mains; greatest shown value.
AXIS, TITLE = 26.0, 22.0
TOP = 1.25
#: Hz between two lines of the grid, and two labels.
GRID_HZ, LABEL_HZ = 100.0, 100.0


class SeenSpectrum(NamedTuple):
    """Which spectrum, the frequencies' end in Hz, and the words."""

    number: int
    end_hz: float
    mains: tuple[tuple[float, str], ...]
    note: str


class Spectrum(Leaf[Spectra, SeenSpectrum]):
    """Amplitude of each channel against its own greatest outside mains; what is higher is cut off."""

    DESIGN = (304.0, 200.0)
    STRETCHES = True

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._spectra: Spectra | None = None
        self._number = 0

    def see(self, state: Spectra) -> SeenSpectrum:
        """Each new spectrum is another picture."""
        if state is not self._spectra:
            self._number += 1
            self._spectra = state
        end_hz = float(state.frequencies_hz[-1]) if len(state.frequencies_hz) else 500.0
        return SeenSpectrum(self._number, end_hz, state.mains, state.note)

    def say(self, seen: SeenSpectrum) -> str:
        """``Spectrum of the last 2 seconds. 50 Hz mains, quad``."""
        if seen.note:
            return seen.note
        hum = ", ".join(words for _, words in seen.mains) or tr(text_desk.SAY_NO_HUM)
        return tr(text_desk.SAY_SPECTRUM).format(hum=hum)

    def still_key(self, seen: SeenSpectrum) -> Hashable:
        """The axis."""
        return seen.end_hz

    def draw_still(self, painter: QPainter, seen: SeenSpectrum) -> None:
        """Frequencies and their lines."""
        bottom = self.extent[1] - AXIS
        hz = 0.0
        while hz <= seen.end_hz:
            x = self._x(hz, seen)
            painter.fillRect(
                QRectF(min(x, self.extent[0] - 1.0), 0.0, 1.0, bottom), colour(self.colours.line)
            )
            last = hz + LABEL_HZ > seen.end_hz
            align = Align.LEFT if hz == 0.0 else Align.RIGHT if last else Align.CENTRE
            label = f"{hz:.0f} Hz" if last else f"{hz:.0f}"
            # The last label stands to the left of its line: the one before would lie under it.
            if last or self._x(hz, seen) < self.extent[0] - 80.0:
                write(painter, label, (x, bottom + 20.0), 14, self.colours.soft, align=align)
            hz += GRID_HZ

    def draw_live(self, painter: QPainter, seen: SeenSpectrum) -> None:
        """The curves, and the name of mains."""
        spectra, bottom = self._spectra, self.extent[1] - AXIS
        if spectra is None or seen.note:
            write(painter, seen.note, (0.0, bottom / 2), 14, self.colours.soft, room=self.extent[0])
            return
        for column, muscle in enumerate(spectra.muscles):
            self._draw_curve(painter, seen, spectra, column, muscle)
        for row, (hz, words) in enumerate(seen.mains[:3]):
            x = self._x(hz, seen) + 12.0
            at, room = (x, 14.0 + 18.0 * row), self.extent[0] - x
            # A curve that runs through a word makes it unreadable.
            wide = min(width(words, Face.BOLD, 14), room) + 8.0
            painter.fillRect(QRectF(x - 4.0, at[1] - 14.0, wide, 18.0), colour(self.ground))
            write(painter, words, at, 14, self.colours.ink, face=Face.BOLD, room=room)

    def _draw_curve(
        self, painter: QPainter, seen: SeenSpectrum, spectra: Spectra, column: int, muscle: str
    ) -> None:
        values = spectra.relative[:, column]
        if np.isnan(values).any():
            return
        height = self.extent[1] - AXIS - 2.0
        ys = height * (1.0 - np.minimum(values, TOP) / TOP) + 1.0
        xs = spectra.frequencies_hz / seen.end_hz * self.extent[0]
        pen = QPen(colour(self.colours.muscle(muscle)), 2.2)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        if muscle == "quad":
            pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.drawPolyline(
            QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])
        )

    def _x(self, hz: float, seen: SeenSpectrum) -> float:
        return hz / seen.end_hz * self.extent[0]
