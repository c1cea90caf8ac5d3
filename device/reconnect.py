"""A source that survives the board's going away: it looks for the same board until it is back."""

import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from device.errors import DeviceError, DeviceLost
from device.source import Source
from device.stream import LinkStats, SampleChunk, StreamInfo
from device.timeline import resume_index

RETRY_S = 0.5
_COUNTERS = tuple(field.name for field in fields(LinkStats) if field.type is int)


class ReconnectingSource(Source):
    """``first``, and after each ``DeviceLost`` whatever ``open_again`` brings, if it is the same board.

    ``read`` never raises ``DeviceLost``: while ``connected`` is false it returns ``None`` and
    ``trouble`` says why, in a sentence. Another board, or other channels, are let go again. The
    sample index goes on by the host's clock, so the time away is ``lost``. ``open_again`` runs
    inside ``read`` and may take longer than its timeout (up to 4 s when a port is there but silent).
    ``clock`` is the host's in seconds, ``sleep`` waits on it.
    """

    def __init__(
        self,
        open_again: Callable[[], Source],
        first: Source,
        clock: Callable[[], float] = time.monotonic,
        retry_s: float = RETRY_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self._open_again, self._source, self._info = open_again, first, first.info
        self._named = self._info
        self._clock, self._retry_s, self._sleep = clock, retry_s, sleep
        self.live, self.finished = first.live, first.finished
        self.connected = True
        self.trouble = ""
        self._retry_at_s = 0.0
        self._before = LinkStats()
        self._shift = 0
        self._last, self._last_host_s = -1, clock()
        self._resuming = False

    @property
    def info(self) -> StreamInfo:
        """See ``Source.info``."""
        return self._named

    def rename(self, muscles: Mapping[str, tuple[str | None, str | None]]) -> None:
        """Let ``info`` name these (muscle, side) on their pins from now on; other pins stay as they are."""
        self._named = replace(
            self._info,
            channels=tuple(
                replace(c, muscle=muscles[c.pin][0], side=muscles[c.pin][1]) if c.pin in muscles else c
                for c in self._info.channels
            ),
        )

    @property
    def source(self) -> Source:
        """The source that is read now, or was read last."""
        return self._source

    @property
    def drift_ppm(self) -> float | None:
        """See ``Source.drift_ppm``."""
        return self._source.drift_ppm

    def _read(self, timeout_s: float) -> SampleChunk | None:
        if not self.connected and not self._look_again(timeout_s):
            return None
        self._source.gather = self.gather
        try:
            chunk = self._source.read(timeout_s)
        except DeviceLost as error:
            self._lose(error)
            return None
        finally:
            self._add_up()
        self.finished = self._source.finished
        return None if chunk is None else self._placed(chunk)

    def _close(self) -> None:
        self._source.close()

    def _placed(self, chunk: SampleChunk) -> SampleChunk:
        """The chunk with its index in the whole stream."""
        lost = chunk.lost
        if self._resuming:
            self._resuming = False
            sfreq_hz = self._info.sfreq_hz
            last = resume_index(self._last, self._last_host_s, chunk.host_time_s, sfreq_hz)
            start = max(self._last + 1, last - len(chunk.counts) + 1)
            self._shift = start - chunk.start
            lost = start - self._last - 1
            self._before.samples_lost += lost - chunk.lost
            self._add_up()
        if self._shift:
            chunk = SampleChunk(chunk.start + self._shift, chunk.counts, chunk.host_time_s, lost)
        self._last, self._last_host_s = chunk.stop - 1, chunk.host_time_s
        return chunk

    def _lose(self, error: DeviceLost) -> None:
        self.connected, self._resuming = False, True
        self.trouble = str(error)
        self._retry_at_s = self._clock() + self._retry_s
        self._source.close()

    def _look_again(self, timeout_s: float) -> bool:
        """Wait for the next try and make it, if it is due within ``timeout_s``."""
        wait_s = self._retry_at_s - self._clock()
        if wait_s > 0.0:
            self._sleep(min(wait_s, timeout_s))
            if self._clock() < self._retry_at_s:
                return False
        try:
            source = self._open_again()
        except DeviceError as error:
            self.trouble = str(error)
            return False
        finally:
            self._retry_at_s = self._clock() + self._retry_s
        difference = self._difference(source.info)
        if difference:
            self.trouble = difference
            source.close()
            return False
        self._add_up()
        self._before = replace(self.stats, reconnects=self.stats.reconnects + 1)
        self._source = source
        self.connected, self.trouble = True, ""
        return True

    def _difference(self, found: StreamInfo) -> str:
        """Why ``found`` cannot go on with this stream, in a sentence; empty if it can."""
        wanted = self._info
        if found.source_id != wanted.source_id:
            return f"Another board ({found.source_id}) answers; plug {wanted.source_id} in again."
        if (found.channels, found.sfreq_hz) != (wanted.channels, wanted.sfreq_hz):
            return f"The board {found.source_id} came back with other channels or another rate; start anew."
        return ""

    def _add_up(self) -> None:
        """Counters of this source and of all before it, into ``stats``."""
        now, before, total = self._source.stats, self._before, self.stats
        for name in _COUNTERS:
            setattr(total, name, getattr(before, name) + getattr(now, name))
        causes = now.bad_by_cause
        if causes:
            total.bad_by_cause = before.bad_by_cause | {
                c: n + before.bad_by_cause.get(c, 0) for c, n in causes.items()
            }
