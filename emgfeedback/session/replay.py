"""A recorded session as a source: the same chunks again, at any speed."""

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from device import SampleChunk, Source, StreamInfo
from emgfeedback.session.analysis import split
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.loop import Loop
from emgfeedback.session.setup import setups


class ReplaySource(Source):
    """Gives the chunks of a session file as they were stored: same indices, counts and losses.

    A chunk within which the setup changes comes in two pieces; recorders note changes between chunks.

    ``speed`` is how many times faster than the wearer; ``math.inf`` waits for nobody. It is not
    live: nothing is lost while nobody reads. ``header`` holds calibration, settings and zones of the
    session's begin, ``setups`` which of them hold from which sample on; ``damage`` says in a sentence
    why it ended early. Raises ``SessionError``.
    """

    live = False

    def __init__(
        self,
        path: Path | str,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        if not speed > 0.0:
            raise ValueError(f"The speed of a replay is more than 0, not {speed}.")
        self._session = SessionFile(path)
        self.setups = setups(self._session)
        self._chunks = self._pieces()
        self._speed = speed
        self._clock, self._sleep = clock, sleep
        self._began_s: float | None = None
        self._first = self._session.span[0]
        self._next = self._take()

    @property
    def info(self) -> StreamInfo:
        """See ``Source.info``; equal to that of the live source."""
        return self._session.info

    @property
    def header(self) -> SessionHeader:
        """What was known before the first sample."""
        return self._session.header

    @property
    def session(self) -> SessionFile:
        """The file being played: events, markers, reps as they were."""
        return self._session

    @property
    def damage(self) -> str:
        """Why samples are missing that the file should hold, or ``""``."""
        return self._session.damage

    def loop(self) -> Loop:
        """A loop over this source under the session's setups, each from its sample on, as it was live."""
        return Loop(self, self.setups[0][1], coming=self.setups[1:])

    def _pieces(self) -> Iterator[SampleChunk]:
        changes = [sample for sample, _ in self.setups[1:]]
        for chunk in self._session.chunks():
            yield from split(chunk, changes, self.info.sfreq_hz)

    def _take(self) -> SampleChunk | None:
        chunk = next(self._chunks, None)
        self.finished = chunk is None
        return chunk

    def _read(self, timeout_s: float) -> SampleChunk | None:
        chunk = self._next
        if chunk is None or not self._due(chunk, timeout_s):
            return None
        self._next = self._take()
        self.stats.samples_delivered += len(chunk.counts)
        self.stats.samples_lost += chunk.lost
        return chunk

    def _due(self, chunk: SampleChunk, timeout_s: float) -> bool:
        """Wait for the moment of ``chunk``, at most ``timeout_s``; whether it has come."""
        if math.isinf(self._speed):
            return True
        now_s = self._clock()
        if self._began_s is None:
            self._began_s = now_s
        due_s = self._began_s + (chunk.stop - self._first) / self.info.sfreq_hz / self._speed
        if due_s > now_s:
            self._sleep(min(due_s - now_s, timeout_s))
        return due_s - now_s <= timeout_s

    def _close(self) -> None:
        self._session.close()
