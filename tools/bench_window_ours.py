"""Our side of ``tools/bench.py window``: the whole window behind a real serial port, and its start.

train, signals   the window as the user has it: a simulated board on a pseudo-terminal in another process,
                 serial link, decoder, pipeline, recorder, and the page, painted when frames wake it
start            prints a line at the first painted picture of live data, and ends

As in the command, nothing of the window or of the signal is imported before the collector rests.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench_worker import answer_rounds

#: s that opening a board, and a page's first pictures, may take.
PATIENCE_S = 30.0
WARM_UP_S = 2.0

if TYPE_CHECKING:
    from emgfeedback.studio import Studio


class Live:
    """The window on a source, with its event loop turned for as long as is asked."""

    def __init__(self, source: str, calibration: Path | None) -> None:
        from emgfeedback.ui import collector

        collector.rest()
        from emgfeedback.live_set import SetRequest
        from emgfeedback.power import Power
        from emgfeedback.simulation.board import ONE_LEG
        from emgfeedback.ui.app import application, open_window
        from emgfeedback.ui.entrance import WindowRequest

        self.app = application()
        wanted = SetRequest(isolated=True)
        request = WindowRequest(wanted, source, ONE_LEG, calibration=calibration, begins=True)
        self.window = open_window(request, lambda: Power.BATTERY)

    @property
    def studio(self) -> "Studio | None":
        """What the window opened, or ``None``."""
        return self.window.model.studio

    @property
    def n_painted(self) -> int:
        """Pictures of live data that were painted."""
        return self.studio.loop.painted.n_added if self.studio else 0

    def turn(self, seconds: float) -> None:
        """Let the window live. An event loop of its own: leaving the application's closes the window."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def begin_afresh(self) -> None:
        """A new set, so that no round meets the end of one."""
        conductor = self.window.conductor
        if conductor is not None:
            conductor.stop()
            conductor.begin()


def live_page(folder: Path, page: str, seconds: float) -> None:
    """CPU and pictures a second of one page of the window while a set runs; ``folder`` has the board."""
    live = Live(f"serial:{folder / 'board'}", folder / "calibration.json")
    deadline = time.monotonic() + PATIENCE_S
    while not live.n_painted:
        live.turn(0.2)
        if time.monotonic() > deadline:
            raise RuntimeError(live.window.model.fault or "the window showed nothing")

    def measure() -> Mapping[str, float]:
        live.begin_afresh()
        live.turn(WARM_UP_S)
        live.window.go(page)
        live.turn(0.2)
        painted, began, at = live.n_painted, time.process_time(), time.monotonic()
        live.turn(seconds)
        spent, took = time.process_time() - began, time.monotonic() - at
        if live.window.page.name != page:
            raise RuntimeError(f"the window left the page {page}")
        return {"cpu_percent": 100.0 * spent / took, "fps": (live.n_painted - painted) / took}

    answer_rounds(measure)
    live.window.close()


def start(calibration: Path) -> None:
    """Say when the first picture of live data is painted: a set of the simulated person."""
    live = Live("sim:balanced", calibration)
    from PySide6.QtCore import QTimer

    watch = QTimer()

    def look() -> None:
        if live.n_painted:
            print("painted", flush=True)
            watch.stop()
            live.app.quit()

    watch.timeout.connect(look)
    watch.start(1)
    live.app.exec()
    live.window.close()


def main() -> None:
    """Play the role that the first argument names."""
    role, arguments = sys.argv[1], sys.argv[2:]
    if role == "start":
        start(Path(arguments[0]))
    else:
        live_page(Path(arguments[0]), role, float(arguments[1]))


if __name__ == "__main__":
    main()
