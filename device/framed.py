"""Any byte link + wire + handshake + timeline = a source of samples.

    link.read -> Decoder.feed -> Data ---> Timeline.place -> SampleChunk
                              -> others -> Handshake ------> link.write

What can happen while it streams, and what is done:

    a frame is damaged or dropped       counted; the sample index jumps over it, exact by the board's clock
    the board restarted (P7.3)          it is started again; the host's clock carries the index on
    the board stopped: no host heard    it is started again; the board's clock carries the index on
    no DATA for 2 s                     HELLO every 200 ms; no answer for 2 s: ``DeviceLost``, SILENT
    the link breaks                     ``DeviceLost`` from the link
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from device.board_counters import NOTED_FLAGS, BoardCounters
from device.channel_map import ChannelMap
from device.describe import describe
from device.errors import DeviceError, DeviceLost, HandshakeFailed, Reason
from device.handshake import Handshake, Phase, StreamRequest
from device.keepalive import ClockReading
from device.messages import Data, Info, Message, Status
from device.samples import unpack_samples
from device.source import ByteLink, Source
from device.stream import SampleChunk, StreamInfo
from device.timeline import Timeline
from device.wire import Decoder, data_frame_bytes

#: No DATA for this long: ask the board whether it is still there.
SILENCE_S = 2.0
#: No answer for this long after that: it is not.
ANSWER_S = 2.0
#: Samples that take longer than this are handed on one frame at a time.
GATHER_S = 0.01
#: How often the dialogue is asked whether it has something to send (commands repeat every 200 ms).
POLL_S = 0.1


class FramedSource(Source):
    """Samples of a board that speaks ``firmware_protocol.md``, over any ``ByteLink``.

    The constructor brings the board to streaming and raises ``HandshakeFailed`` or ``DeviceLost``
    (the link is closed then). The pins asked for are those of ``channel_map``, in its order, if
    one is given. The first sample that arrives has index 0. ``clock`` is the host's monotonic
    clock in seconds; a virtual link brings its own.
    """

    def __init__(
        self,
        link: ByteLink,
        request: StreamRequest,
        channel_map: ChannelMap | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        simulated: bool = False,
    ) -> None:
        super().__init__()
        if channel_map:
            request = replace(request, pins=tuple(channel.pin_number for channel in channel_map))
        self._link, self._request, self._clock = link, request, clock
        self._decoder = Decoder("host", self.stats)
        self._handshake = self._new_handshake()
        self._before_silence: Handshake | None = None
        self._silent_since_s = self._last_data_s = clock()
        self._poll_s = float("-inf")
        self._ready: deque[SampleChunk] = deque()
        self._wire_info: Info | None = None
        self._epoch = -1
        self._board_counters = BoardCounters(self.stats)
        self._layout = (0, 1, 16)
        #: Samples of each channel, and bytes, of a DATA frame; most samples that may wait for each other.
        self._frame_n = self._frame_bytes = self._most_gathered = 0
        self._timeline: Timeline
        try:
            started = self._shake_hands()
        except DeviceError:
            link.close()
            raise
        self._info = describe(started, channel_map, simulated=simulated)

    @property
    def info(self) -> StreamInfo:
        """See ``Source.info``."""
        return self._info

    @property
    def drift_ppm(self) -> float | None:
        """How much the board's clock runs fast against the host's, in ppm; ``None`` in the first 10 s."""
        return self._timeline.drift_ppm

    @property
    def board_clock(self) -> ClockReading | None:
        """Best of the last readings of the board's clock by PING, once there is one."""
        return self._handshake.clock

    def host_time(self, sample: int) -> float:
        """Host clock (s) of ``sample``, jitter and drift taken out; see ``Timeline.host_time``."""
        return self._timeline.host_time(sample)

    # Reading.

    def _read(self, timeout_s: float) -> SampleChunk | None:
        ready = self._ready
        deadline_s = self._clock() + timeout_s
        while not ready:
            now_s = self._clock()
            if now_s >= self._poll_s:
                self._poll(now_s)
            left_s = deadline_s - now_s
            data = self._link.read(min(left_s, POLL_S) if left_s > 0.0 else 0.0, self._due_bytes())
            if data:
                self._take(self._decoder.feed(data), self._clock())
                continue
            self._listen_for_life(now_s)
            if left_s <= 0.0:
                return None
        return ready.popleft()

    def _take(self, messages: list[Message], now_s: float) -> None:
        frames: list[Data] = []
        for message in messages:
            if type(message) is Data:
                frames.append(message)
                continue
            if type(message) is Info and frames:
                self._deliver(frames, now_s)
                frames = []
            self._converse(message, now_s)
        if frames:
            self._deliver(frames, now_s)

    def _deliver(self, frames: list[Data], now_s: float) -> None:
        """Queue one chunk for each run of frames without a gap; all frames are of one epoch."""
        if frames[0].epoch != self._epoch:
            return  # What an earlier host had started, or this one before a restart.
        self._last_data_s = now_s
        if self._before_silence is not None:
            self._end_silence()
        place = self._timeline.place
        payloads: list[bytes] = []
        run_start = run_lost = 0
        for _, _, t_us, flags, n, samples in frames:
            placed = place(t_us, n, now_s)
            if flags & NOTED_FLAGS:
                self._board_counters.note_flags(flags)
            if placed is None:
                self._count_repeated()
                continue
            start, lost = placed
            if lost and payloads:
                self._queue(run_start, run_lost, payloads, now_s)
                payloads = []
            if not payloads:
                run_start, run_lost = start, lost
            payloads.append(samples)
        if payloads:
            self._queue(run_start, run_lost, payloads, now_s)

    def _queue(self, start: int, lost: int, payloads: list[bytes], now_s: float) -> None:
        encoding, n_channels, bits = self._layout
        counts = unpack_samples(payloads, encoding, n_channels, bits)
        self._ready.append(SampleChunk(start, counts, now_s, lost))
        self.stats.samples_delivered += len(counts)
        self.stats.samples_lost += lost

    def _due_bytes(self) -> int:
        """Bytes until the frame that completes what the reader takes at a time; 0 where that is far off."""
        gather = self.gather
        if not 1 < gather <= self._most_gathered:
            return 0
        missing = gather - self._timeline.next_index % gather
        return -(-missing // self._frame_n) * self._frame_bytes - self._decoder.pending_bytes

    def _count_repeated(self) -> None:
        self.stats.frames_bad += 1
        causes = self.stats.bad_by_cause
        causes["repeated"] = causes.get("repeated", 0) + 1

    # Talking.

    def _new_handshake(self) -> Handshake:
        return Handshake(self._request, self._link.name, self.stats)

    def _shake_hands(self) -> Info:
        while self._wire_info is None:
            self._poll(self._clock())
            data = self._link.read(POLL_S)
            if data:
                self._take(self._decoder.feed(data), self._clock())
        return self._wire_info

    def _poll(self, now_s: float) -> None:
        self._poll_s = now_s + POLL_S
        try:
            to_send = self._handshake.poll(now_s)
        except HandshakeFailed as error:
            raise self._ended(error) from error
        if to_send:
            self._link.write(to_send)

    def _converse(self, message: Message, now_s: float) -> None:
        if type(message) is Status:
            self._board_counters.note_status(message)
        try:
            self._handshake.receive(message, now_s)
        except HandshakeFailed as error:
            raise self._ended(error) from error
        info = self._handshake.info
        if info is None:
            self._poll_s = now_s  # The next command is due at once.
        elif self._wire_info is None or _start(info) != _start(self._wire_info):
            self._enter(info, now_s)

    def _enter(self, info: Info, now_s: float) -> None:
        """The board streams: for the first time, or again after a restart."""
        before, self._wire_info = self._wire_info, info
        if before is None:
            self._timeline = Timeline(info.period_us)
            self._layout = (info.encoding, len(info.channels), info.bits)
            self._frame_n = info.k
            self._frame_bytes = data_frame_bytes(info.encoding, info.k * len(info.channels))
            self._most_gathered = int(GATHER_S * info.sfreq_hz)
        elif _settings(info) != _settings(before):
            raise DeviceLost(
                f"The board on {self._link.name} restarted with other settings; open it again.",
                Reason.REFUSED,
            )
        else:
            self.stats.reconnects += 1
            if info.boot_count != before.boot_count:
                self._timeline.board_clock_lost()
        self._epoch, self._last_data_s, self._before_silence = info.epoch, now_s, None
        self._board_counters.start(info.epoch)

    def _listen_for_life(self, now_s: float) -> None:
        """Nothing has come: ask whether the board is there, and say when it is not."""
        if self._before_silence is None:
            if self._handshake.info is not None and now_s - self._last_data_s > SILENCE_S:
                self._before_silence, self._handshake = self._handshake, self._new_handshake()
                self._silent_since_s, self._poll_s = now_s, now_s
        elif self._handshake.phase is Phase.GREETING and now_s - self._silent_since_s > ANSWER_S:
            raise DeviceLost(
                f"The board on {self._link.name} fell silent; check its power and its cable.", Reason.SILENT
            )

    def _end_silence(self) -> None:
        """DATA of the running epoch came after all: go on, unless a restart is under way."""
        if self._before_silence is not None and self._handshake.phase is Phase.GREETING:
            self._handshake = self._before_silence
        self._before_silence = None

    def _ended(self, error: HandshakeFailed) -> DeviceError:
        """A dialogue that fails while opening is a failed handshake; later the board is lost."""
        return error if self._wire_info is None else DeviceLost(str(error), error.reason)

    def _close(self) -> None:
        with suppress(DeviceError):
            self._link.write(self._handshake.stop())
        self._link.close()


def _start(info: Info) -> tuple[int, int]:
    """What tells one START from another."""
    return info.boot_count, info.epoch


def _settings(info: Info) -> Info:
    """INFO without what differs from START to START."""
    return replace(info, seq=0, epoch=0, boot_count=0)
