"""The other side of ``tools/bench.py window``. Imports nothing of ours.

dashboard   a plain pyqtgraph window with the content of a training page: two curves of 5 s at 1 kHz, two
            bars, a number, redrawn by a timer every 16 ms
chords      chordspy's own EMG envelope window, its own file and its own timer of 15 ms; only its LSL inlet is
            replaced by one that hands out samples by the clock (500 a second, the faster of its two rates).
            Where there is no PyQt5, on PySide6
start       a window that imports pyqtgraph, scipy.signal and serial; prints a line at its first paint
"""

import importlib.util
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from bench_worker import answer_rounds

CURVE_S, RATE_HZ, CHORDS_RATE_HZ = 5.0, 1000, 500
ENVELOPE = 125


class Clocked:
    """Noise that comes and goes, handed out as a clock says: one row a sample."""

    def __init__(self, rate_hz: int, n_channels: int) -> None:
        random = np.random.default_rng(20)
        times_s = np.arange(20 * rate_hz) / rate_hz
        strength = 10 + 140 * np.clip(np.sin(2 * np.pi * times_s / 4.0), 0, None)[:, None]
        self._rows = random.normal(0, 1, (len(times_s), n_channels)) * strength
        self._rate_hz, self._began_s, self._given = rate_hz, time.monotonic(), 0

    def take(self, most: int) -> Any:
        """What came since the last call, up to ``most`` rows; what is older than that is left out."""
        due = int((time.monotonic() - self._began_s) * self._rate_hz)
        if due - self._given > self._rate_hz:
            self._given = due - most
        stop = min(due, self._given + most)
        rows = self._rows[np.arange(self._given, stop) % len(self._rows)]
        self._given = stop
        return rows


def rounds(core: Any, count: list[int], seconds: float) -> None:
    """Answer rounds by turning the event loop; ``core`` is Qt's module QtCore, whichever Qt that is."""

    def measure() -> Mapping[str, float]:
        turn(core, 1.0)
        count[0] = 0
        began, at = time.process_time(), time.monotonic()
        turn(core, seconds)
        spent, took = time.process_time() - began, time.monotonic() - at
        return {"cpu_percent": 100.0 * spent / took, "fps": count[0] / took}

    answer_rounds(measure)


def turn(core: Any, seconds: float) -> None:
    """Let the window live. An event loop of its own: leaving the application's closes the windows."""
    loop = core.QEventLoop()
    core.QTimer.singleShot(round(1000 * seconds), loop.quit)
    (loop.exec if hasattr(loop, "exec") else loop.exec_)()


def dashboard(seconds: float) -> None:
    """Curves scroll, as a plain dashboard's do: the newest 5 s, set anew at each tick."""
    import pyqtgraph as pg
    from PySide6 import QtCore
    from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

    _app = QApplication([])
    count = [0]

    class Plot(pg.PlotWidget):  # type: ignore[misc]
        def paintEvent(self, event: Any) -> None:  # noqa: N802
            count[0] += 1
            super().paintEvent(event)

    window = QWidget()
    window.resize(1280, 800)
    row, column = QHBoxLayout(window), QVBoxLayout()
    curves, colours = [], ("#1D3FB8", "#C67200")
    for number, colour in enumerate(colours):
        plot = (Plot if number == 0 else pg.PlotWidget)()
        plot.setYRange(-400, 400)
        plot.setXRange(0, CURVE_S)
        column.addWidget(plot)
        curves.append(plot.plot(pen=pg.mkPen(colour)))
    bars_plot = pg.PlotWidget()
    bars_plot.setYRange(0, 100)
    bars = pg.BarGraphItem(x=[0, 1], height=[0, 0], width=0.6, brushes=list(colours))
    bars_plot.addItem(bars)
    number_label = QLabel("--")
    number_label.setStyleSheet("font-size: 152px")
    row.addLayout(column, 2)
    row.addWidget(bars_plot, 1)
    row.addWidget(number_label, 1)
    source, values = Clocked(RATE_HZ, 2), np.zeros((int(CURVE_S * RATE_HZ), 2))
    times_s = np.arange(len(values)) / RATE_HZ

    def draw() -> None:
        nonlocal values
        new = source.take(RATE_HZ)
        if not len(new):
            return
        values = np.concatenate([values, new])[-len(times_s) :]
        for k, curve in enumerate(curves):
            curve.setData(times_s, values[:, k])
        rms = np.sqrt(np.mean(values[-ENVELOPE:] ** 2, axis=0))
        bars.setOpts(height=rms / 2)
        number_label.setText(f"{100 * rms[0] / rms.sum():.0f} %")

    timer = QtCore.QTimer()
    timer.timeout.connect(draw)
    timer.start(16)
    window.show()
    rounds(QtCore, count, seconds)


def fake_lsl() -> ModuleType:
    """What chordspy asks of pylsl, with samples by the clock behind it."""

    class Stream:
        def name(self) -> str:
            return "bench"

        def nominal_srate(self) -> float:
            return float(CHORDS_RATE_HZ)

    class Inlet:
        def __init__(self, stream: Stream) -> None:
            self._stream, self._source = stream, Clocked(CHORDS_RATE_HZ, 1)

        def info(self) -> Stream:
            return self._stream

        def pull_chunk(self, timeout: float, max_samples: int) -> tuple[Any, None]:
            return self._source.take(max_samples).tolist(), None

    module = ModuleType("pylsl")
    module.resolve_streams = lambda: [Stream()]  # type: ignore[attr-defined]
    module.StreamInlet = Inlet  # type: ignore[attr-defined]
    return module


def chords(folder: Path, seconds: float) -> None:
    """chordspy's window as it stands in its package's ``folder``."""
    sys.modules["pylsl"] = fake_lsl()
    if importlib.util.find_spec("PyQt5") is None:
        # It asks PyQt5 for four widgets that PySide6 has, too.
        import PySide6.QtWidgets

        sys.modules["PyQt5"] = sys.modules["PySide6"]
        sys.modules["PyQt5.QtWidgets"] = PySide6.QtWidgets
    path = folder / "emgenvelope.py"
    spec = importlib.util.spec_from_file_location("emgenvelope", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # It talks on standard output, which belongs to the rounds.
    spoken, sys.stdout = sys.stdout, sys.stderr
    spec.loader.exec_module(module)
    _app = module.pg.mkQApp()
    window = module.EMGMonitor()
    sys.stdout = spoken
    count = [0]
    painted = window.emg_plot.paintEvent

    def count_paint(event: Any) -> None:
        count[0] += 1
        painted(event)

    window.emg_plot.paintEvent = count_paint
    window.show()
    rounds(module.pg.QtCore, count, seconds)


def start() -> None:
    """What a window of the usual parts costs before its first paint."""
    import pyqtgraph as pg
    import scipy.signal
    import serial
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication([])

    class Plot(pg.PlotWidget):  # type: ignore[misc]
        def paintEvent(self, event: Any) -> None:  # noqa: N802
            super().paintEvent(event)
            print("painted", flush=True)
            QTimer.singleShot(0, app.quit)

    sections = scipy.signal.butter(4, [20, 450], "bandpass", fs=1000, output="sos")
    plot = Plot()
    plot.resize(1280, 800)
    plot.plot(scipy.signal.sosfilt(sections, np.zeros(int(CURVE_S * RATE_HZ))))
    plot.setWindowTitle(serial.__name__)
    plot.show()
    app.exec()


def main() -> None:
    """Play the role that the first argument names."""
    role = sys.argv[1]
    if role == "start":
        start()
    elif role == "chords":
        chords(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        dashboard(float(sys.argv[3]))


if __name__ == "__main__":
    main()
