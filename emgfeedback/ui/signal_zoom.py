"""The last seconds of each channel with axes, zoom and one cursor for all, standing still."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout

from emgfeedback.ui import text_desk
from emgfeedback.ui.leaves.trace import Trace
from emgfeedback.ui.look import Look
from emgfeedback.ui.signals_model import ChannelFacts, SignalsModel
from emgfeedback.ui.text import tr

if TYPE_CHECKING:
    from emgfeedback.ui.plots import Plot


class SignalZoom(QObject):
    """Plots in the places of traces, from ``open`` to ``close``; ``cursor_said`` tells what lies there."""

    cursor_said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.plots: list[Plot] = []
        self._places: list[tuple[QBoxLayout, Trace]] = []
        self._names: list[str] = []

    def open(
        self,
        look: Look,
        model: SignalsModel,
        channels: Sequence[ChannelFacts],
        places: Sequence[tuple[QBoxLayout, Trace]],
        seconds: float,
    ) -> None:
        """Put a plot of the last ``seconds`` in the place of each trace, in its layout."""
        from emgfeedback.ui.plots import Plot

        self._places, self._names = list(places), [facts.name for facts in channels]
        rows = round(seconds * model.info.sfreq_hz)
        stop, values = model.tap.newest(min(rows, max(model.tap.ring.stop, 1)))
        values = np.array(values)
        times_s = (stop - len(values) + np.arange(len(values))) / model.info.sfreq_hz
        for k, (facts, (layout, trace)) in enumerate(zip(channels, places, strict=True)):
            plot = Plot(look, tr(text_desk.SAY_ZOOM).format(name=facts.name), dashes=False)
            plot.setMinimumHeight(trace.minimumHeight())
            known = np.abs(values[:, k][np.isfinite(values[:, k])])
            plot.show_curves(
                times_s, [(facts.muscle, values[:, k])], 1.1 * float(known.max()) if known.size else 1.0
            )
            plot.cursor_moved.connect(self._say_cursor)
            layout.replaceWidget(trace, plot)
            trace.hide()
            self.plots.append(plot)
        self._say_cursor(float(times_s[-1]))
        self.plots[0].setFocus()

    def close(self) -> None:
        """The traces are back."""
        for plot, (layout, trace) in zip(self.plots, self._places, strict=False):
            layout.replaceWidget(plot, trace)
            trace.show()
            plot.close()
            plot.deleteLater()
        self.plots, self._places = [], []

    def _say_cursor(self, time_s: float) -> None:
        words = []
        for plot, name in zip(self.plots, self._names, strict=False):
            if plot.cursor_s != time_s:
                plot.blockSignals(True)  # noqa: FBT003 - Qt's own
                plot.move_cursor(time_s)
                plot.blockSignals(False)  # noqa: FBT003 - Qt's own
            words += [f"{name} {value:.0f} µV" for value in plot.values_at(time_s)]
        self.cursor_said.emit(f"{time_s:.3f} s   " + ",  ".join(words))
