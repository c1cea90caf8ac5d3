"""The recorder: a thread that takes what arrives to the disk and never holds up the training."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from calibration import Calibration
from calibration.form import dump
from device import SampleChunk
from emgfeedback.frame import Rep
from emgfeedback.session import rows, writer
from emgfeedback.session.errors import RecordingFailed
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.writer import Busy, Insert, SessionWriter

#: s. From the arrival of a sample to the commit that holds it: half of the second that a crash may cost.
COMMIT_S = 0.5
#: s of signal that may wait for a slow disk before samples are dropped and counted.
QUEUE_S = 30.0
#: s. How long another program may keep the file locked before the recording is given up.
_PATIENCE_S = 20.0


class Recorder:
    """Writes one session file from a thread of its own. Use as a context manager.

    Creating it commits the header and raises ``RecordingFailed`` when the file cannot be made. From
    then on nothing here raises for the disk's sake: ``failed`` is one sentence once writing had to
    stop (the file holds everything up to then and is whole), ``overflow`` counts the samples that
    a slow disk could not take. ``waits`` is for finite sources: ``put`` then waits for space
    instead of dropping.
    """

    def __init__(
        self,
        path: Path | str,
        header: SessionHeader,
        *,
        waits: bool = False,
        commit_s: float = COMMIT_S,
        queue_s: float = QUEUE_S,
    ) -> None:
        self.path = Path(path)
        self.header = header
        self.overflow = 0
        self.failed = ""
        self._waits = waits
        self._commit_s = commit_s
        self._room = round(queue_s * header.info.sfreq_hz)
        self._changed = threading.Condition()
        self._chunks: list[tuple[SampleChunk, str]] = []
        self._others: list[Insert] = []
        self._waiting = 0
        self._dropped_from: int | None = None
        self._dropped_to = 0
        self._calibrations = 1
        self._closing = False
        self._writer = SessionWriter(self.path, header)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still writes."""
        return self._thread.is_alive() and not self.failed

    def put(self, chunk: SampleChunk) -> None:
        """Hand over samples; returns at once unless this recorder ``waits`` for space."""
        n_samples = len(chunk.counts)
        with self._changed:
            self._refuse_when_closed()
            while self._waits and self._full(n_samples):
                self._changed.wait()
            if self.failed or not n_samples:
                return
            if self._full(n_samples):
                self.overflow += n_samples
                if self._dropped_from is None:
                    self._dropped_from = chunk.start - chunk.lost
                self._dropped_to = chunk.stop
                return
            self._chunks.append((chunk, "link" if self._dropped_from is None else "overflow"))
            self._dropped_from = None
            self._waiting += n_samples
            if len(self._chunks) == 1 or self._half_full():
                self._changed.notify_all()

    def marker(self, sample: int, text: str) -> None:
        """Note a marker at a sample index."""
        self._add((writer.MARKER, (int(sample), text)))

    def event(self, sample: int, kind: str, data: Mapping[str, object] | None = None) -> None:
        """Note what the app did at a sample index; ``data`` becomes JSON, NaN in it null."""
        self._add(writer.event_insert(sample, kind, data or {}))

    def calibration(self, sample: int, calibration: Calibration | None) -> None:
        """Note that another calibration, or none, holds from a sample index on."""
        if calibration is None:
            self.event(sample, "calibration", {"calibration": None})
            return
        self._calibrations += 1
        record = (self._calibrations, int(sample), dump(calibration))
        change = writer.event_insert(sample, "calibration", {"calibration": self._calibrations})
        self._add((writer.CALIBRATION, record), change)

    def rep(self, rep: Rep) -> None:
        """Add a row to the rep table."""
        self._add((writer.REP, rows.rep_row(rep)))

    def summary(self, name: str, value: object) -> None:
        """Set a named value of the summary; ``value`` becomes JSON, NaN in it null."""
        self._add((writer.SUMMARY, (name, writer.as_json(value))))

    def _add(self, *inserts: Insert) -> None:
        with self._changed:
            self._refuse_when_closed()
            if not self.failed:
                self._others += inserts
                self._changed.notify_all()

    def _refuse_when_closed(self) -> None:
        if self._closing:
            raise ValueError("the recorder is closed")

    def close(self) -> None:
        """Write what is left, seal the file and end the thread. May be called again."""
        with self._changed:
            if not self._closing and self._dropped_from is not None:
                lost = (self._dropped_from, self._dropped_to - self._dropped_from, "overflow")
                self._others.append((writer.GAP, lost))
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _full(self, n_samples: int) -> bool:
        return not self.failed and 0 < self._waiting > self._room - n_samples

    def _half_full(self) -> bool:
        return 2 * self._waiting >= self._room

    def _run(self) -> None:
        try:
            while self._work():
                pass
            self._patiently(self._writer.finish)
        except RecordingFailed as error:
            self._give_up(str(error))
        except Exception as error:  # noqa: BLE001 - the thread's top: its death must be seen
            self._give_up(f"Recording to {self.path} stopped: {type(error).__name__}: {error}.")
        finally:
            self._writer.close()

    def _work(self) -> bool:
        """Wait for a batch and commit it; false when the recorder is closing and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._chunks or self._others)
            if not self._chunks and not self._others:
                return False
            # A source that does not wait for the clock fills the queue long before the time is up.
            self._changed.wait_for(lambda: self._closing or self._half_full(), timeout=self._commit_s)
            chunks, self._chunks = self._chunks, []
            others, self._others = self._others, []
            self._waiting = 0
            self._changed.notify_all()
        self._patiently(lambda: self._writer.commit(chunks, others))
        return True

    def _patiently(self, write: Callable[[], None]) -> None:
        """Try again while another program holds the file, up to a limit; the queue fills meanwhile."""
        give_up_at = time.monotonic() + _PATIENCE_S
        while True:
            try:
                write()
            except Busy as error:
                if time.monotonic() > give_up_at:
                    raise RecordingFailed(
                        f"Recording to {self.path} stopped: another program has kept the file locked for "
                        f"{_PATIENCE_S:.0f} s; close that program before the next session."
                    ) from error
            else:
                return

    def _give_up(self, why: str) -> None:
        with self._changed:
            self.failed = why
            self._chunks, self._others = [], []
            self._changed.notify_all()
