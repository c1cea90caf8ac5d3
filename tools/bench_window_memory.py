"""What the window holds in memory: minutes of signal through the studio and onto Train as fast as it goes.

For ``tools/bench.py window``; the argument is how many minutes.
"""

import sys

import psutil

from device.source import Source
from device.stream import SampleChunk, StreamInfo
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import Opened, open_home
from emgfeedback.power import Power
from emgfeedback.simulation.board import ONE_LEG
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source
from emgfeedback.studio import Studio
from emgfeedback.ui.app import application
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.train import TrainPage
from emgfeedback.ui.palette import DARK

#: s of signal between two pictures, and of signal that is played over and over.
PICTURE_S, LOOP_S = 0.2, 60.0


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


def measure(minutes: float) -> None:
    """Print how much memory the process holds before and after, in MB."""
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


if __name__ == "__main__":
    measure(float(sys.argv[1]))
