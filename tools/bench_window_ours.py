"""Our side of ``tools/bench.py window``: the whole window behind a real serial port, its start, its memory.

train, signals   the window as the user has it: a simulated board on a pseudo-terminal in another process,
                 serial link, decoder, pipeline, recorder, and the page, painted when frames wake it
start            prints a line at the first painted picture of live data, and ends
memory           minutes of signal through the studio and onto the page Train as fast as it goes
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from bench_worker import answer_rounds
from PySide6.QtCore import QEventLoop, QTimer

from device.source import Source
from device.stream import SampleChunk, StreamInfo
from emgfeedback.power import Power
from emgfeedback.simulation.board import ONE_LEG

#: s that opening a board, and a page's first pictures, may take.
PATIENCE_S = 30.0
WARM_UP_S = 2.0
#: s of signal between two pictures, and of signal that is played over and over, in the test of memory.
PICTURE_S, LOOP_S = 0.2, 60.0


if TYPE_CHECKING:
    from emgfeedback.studio import Studio


class Live:
    """The window on a source, with its event loop turned for as long as is asked."""

    def __init__(self, source: str, calibration: Path | None) -> None:
        from emgfeedback.live_set import SetRequest
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


class Looped(Source):
    """The same minute of a simulated person over and over, with indices that go on."""

    live = False

    def __init__(self, info: StreamInfo, chunks: list[SampleChunk]) -> None:
        super().__init__()
        self._info, self._chunks = info, chunks
        self._at, self.stop = 0, 0

    @property
    def info(self) -> StreamInfo:
        """That of the recorded person."""
        return self._info

    def clock(self) -> float:
        """Time of the newest sample in s."""
        return self.stop / self._info.sfreq_hz

    def _read(self, timeout_s: float) -> SampleChunk:
        counts = self._chunks[self._at].counts
        self._at = (self._at + 1) % len(self._chunks)
        start, self.stop = self.stop, self.stop + len(counts)
        return SampleChunk(start, counts, self.clock())

    def _close(self) -> None:
        """Nothing to let go of."""


def memory(minutes: float) -> None:
    """Print how much memory the process holds before and after, in MB."""
    from emgfeedback.live_set import SetRequest
    from emgfeedback.opening import Opened, open_home
    from emgfeedback.simulation.source import SimulatedSource
    from emgfeedback.sources import open_source
    from emgfeedback.studio import Studio
    from emgfeedback.ui.app import application
    from emgfeedback.ui.model import Model
    from emgfeedback.ui.pages.train import TrainPage
    from emgfeedback.ui.palette import DARK

    person = open_source("sim:balanced?fast=1", ONE_LEG)
    assert isinstance(person, SimulatedSource)
    calibration = person.perfect_calibration(open_home().settings.chain, "2025-03-01T10:00:00+01:00", "kim")
    chunks: list[SampleChunk] = []
    while not chunks or chunks[-1].stop < LOOP_S * person.info.sfreq_hz:
        chunk = person.read(0.1)
        if chunk is not None:
            chunks.append(chunk)
    person.close()
    source = Looped(person.info, chunks)
    app, page = application(), TrainPage(DARK)
    page.resize(1280, 688)
    page.show()
    process = psutil.Process()
    readings: list[float] = []
    pictures = 0
    opened = Opened(source, "kim", source.clock, None)
    with Studio(open_home(), opened, SetRequest(), lambda: Power.BATTERY) as studio:
        studio.use(calibration)
        # The first tenth fills rings, caches and fonts.
        for until_min in (0.1 * minutes, 1.1 * minutes):
            while source.clock() < 60.0 * until_min:
                if studio.live_set is None or studio.live_set.ended:
                    studio.advance()
                    studio.train()
                drawn_s = source.clock()
                while source.clock() < drawn_s + PICTURE_S:
                    studio.loop.step()
                model = Model(
                    stage=studio.stage,
                    calibrated=True,
                    picture=studio.picture(),
                    time_s=source.clock(),
                    studio=studio,
                )
                page.show_model(model)
                app.processEvents()
                pictures += 1
            readings.append(process.memory_info().rss / 1e6)
    print(f'{{"before_mb": {readings[0]:.2f}, "after_mb": {readings[1]:.2f}, "pictures": {pictures}}}')


def main() -> None:
    """Play the role that the first argument names."""
    role, arguments = sys.argv[1], sys.argv[2:]
    if role == "start":
        start(Path(arguments[0]))
    elif role == "memory":
        memory(float(arguments[0]))
    else:
        live_page(Path(arguments[0]), role, float(arguments[1]))


if __name__ == "__main__":
    main()
