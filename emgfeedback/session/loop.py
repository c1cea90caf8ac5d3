"""One turn of the work: samples from the source, through the pipeline, to those who want frames."""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, replace

from device import SampleChunk, Source
from emgfeedback.frame import Frame
from emgfeedback.pipeline import Pipeline
from emgfeedback.session.delay import DelayMeter
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.setup import Expected, Setup

#: Called after each push that completed a hop, in the thread that turns the loop: must be quick and must
#: not raise.
Sink = Callable[[SampleChunk, Frame], None]


#: s. The longest rest between two reads: whatever a sink said, the samples of a slow screen are read in time.
LONGEST_REST_S = 0.02


class Loop:
    """``Source.read`` -> ``Pipeline.push`` -> sinks, and every sample to the recorder.

    Turned by ``step``: by the acquisition thread live, by the caller itself where nothing waits
    for a clock. ``change`` and ``record`` may be called from any thread; they take hold between two
    chunks. ``newest`` is the last frame with at least one hop. ``delay`` measures from the arrival
    of a chunk's last sample to its frame, ``gathered`` how long its first hop had waited for the read;
    both stay empty for sources that are not live. ``drawn`` and ``painted`` are filled by whoever paints:
    until its drawing begins, and to the painted picture. ``arrived_at_s`` is when samples last came. A
    sink that shows frames may set ``wanted_by_s`` (on ``time.monotonic``) to spare work that nobody would
    see: until then the samples of a live source gather unread.

    ``coming`` are setups that take hold by themselves: each before the first chunk that starts at its
    sample or later. A recorder brings its own setup: that of its header. The pipeline starts afresh with
    it, so that the file alone gives the same frames.
    """

    def __init__(
        self,
        source: Source,
        setup: Setup | None = None,
        sinks: Sequence[Sink] = (),
        recorder: Recorder | None = None,
        clock: Callable[[], float] = time.monotonic,
        coming: Sequence[tuple[int, Setup]] = (),
    ) -> None:
        if setup is not None and recorder is not None:
            raise ValueError("A recorder brings its own setup; give one of the two.")
        self.source = source
        self.sinks = list(sinks)
        self.newest: Frame | None = None
        self.delay = DelayMeter()
        self.gathered = DelayMeter()
        self.drawn = DelayMeter()
        self.painted = DelayMeter()
        self.stepped_at_s = self.arrived_at_s = clock()
        self.stop = 0
        self.wanted_by_s = 0.0
        self._rests = source.live and clock is time.monotonic
        self._clock = clock
        self._lock = threading.Lock()
        self._recorder = recorder
        self._coming = deque(coming)
        self._setup = setup or Setup()
        if recorder is not None:
            self._setup = Setup.of(recorder.header)
        self._pipeline = self._setup.pipeline(source.info)

    @property
    def setup(self) -> Setup:
        """Settings, calibration and zones that hold now."""
        return self._setup

    @property
    def recorder(self) -> Recorder | None:
        """Who records now."""
        return self._recorder

    @property
    def pipeline(self) -> Pipeline:
        """The chain of now, to ask what it remarks on the channels; only the loop pushes into it."""
        return self._pipeline

    @property
    def uncalibrated(self) -> str:
        """One sentence why there is no share, ``""`` when there can be one."""
        return self._pipeline.uncalibrated

    def change(self, setup: Setup) -> None:
        """Use another setup from the next sample on; the recorder notes at which."""
        with self._lock:
            self._change(setup)

    def _change(self, setup: Setup) -> None:
        if self._recorder is not None:
            self._setup.note_change(setup, self.stop, self._recorder)
        if self._pipeline.info != self.source.info:
            # Muscles were given other pins.
            self._pipeline = setup.pipeline(self.source.info)
        self._pipeline = setup.succeed(self._setup, self._pipeline)
        self._setup = setup

    def expect(self, *, resting: bool, squeezing: Collection[int]) -> None:
        """What the wearer was told to do, from the next sample on: see ``Pipeline.expect``. From a sink.

        The recorder notes it, for verdicts depend on it; it holds until it is changed.
        """
        with self._lock:
            expected = Expected(resting, tuple(sorted(squeezing)))
            self._change(replace(self._setup, expected=expected))

    def record(self, recorder: Recorder | None) -> Recorder | None:
        """Give the samples from now on to this recorder, or to none; returns the one before.

        The loop does not touch the one before any more: its owner completes it with ``complete``.
        """
        with self._lock:
            before, self._recorder = self._recorder, recorder
            if recorder is not None:
                expected = self._setup.expected
                self._setup = Setup.of(recorder.header)
                self._pipeline = self._setup.pipeline(self.source.info)
                self._change(replace(self._setup, expected=expected))
            return before

    def attach(self, sink: Sink) -> None:
        """Give the frames from now on to this sink, too. From any thread."""
        self.sinks = [*self.sinks, sink]

    def detach(self, sink: Sink) -> None:
        """No more frames to this sink, but for one that may be under way. From any thread."""
        self.sinks = [other for other in self.sinks if other is not sink]

    def step(self, timeout_s: float = 0.1) -> Frame | None:
        """Read once and pass on what came; ``None`` when nothing came in time.

        Raises what the source raises (``DeviceLost``) and what a sink raises.
        """
        if self._rests:
            rest_s = self.wanted_by_s - self._clock()
            if rest_s > 0.0:
                time.sleep(min(rest_s, LONGEST_REST_S))
        # What ends within a hop decides nothing yet.
        self.source.gather = self._pipeline.hop
        chunk = self.source.read(timeout_s)
        self.stepped_at_s = self._clock()
        if chunk is None:
            return None
        self.arrived_at_s = self.stepped_at_s
        with self._lock:
            frame = self._take(chunk)
        if len(frame.hops):
            for sink in self.sinks:
                sink(chunk, frame)
        return frame

    def _take(self, chunk: SampleChunk) -> Frame:
        while self._coming and self._coming[0][0] <= chunk.start:
            self._change(self._coming.popleft()[1])
        if self._recorder is not None:
            self._recorder.put(chunk)
        frame = self._pipeline.push(chunk)
        self.stop = chunk.stop
        if len(frame.hops):
            self.newest = frame
            if self.source.live:
                self.delay.add(self._clock() - chunk.host_time_s)
                first = (int(frame.hops[0]) + 1) * frame.hop
                self.gathered.add(max(0, chunk.stop - first) / self.source.info.sfreq_hz)
        if self._recorder is not None:
            for rep in frame.reps:
                self._recorder.rep(rep)
        return frame

    def frames(self, timeout_s: float = 0.1) -> Iterator[Frame]:
        """Turn until the source has given its last sample; yields the frame of each chunk."""
        while not self.source.finished:
            frame = self.step(timeout_s)
            if frame is not None:
                yield frame

    def complete(self, recorder: Recorder) -> None:
        """Note link statistics and delay in a recording and close it."""
        recorder.summary("link", asdict(self.source.stats))
        others = {"painted": self.painted.as_record(), "gathered": self.gathered.as_record()}
        known = {name: record for name, record in others.items() if record}
        recorder.summary("delay", self.delay.as_record() | known)
        recorder.close()

    def close(self) -> None:
        """Complete the recording and close the source. May be called again."""
        recorder = self.record(None)
        try:
            if recorder is not None:
                self.complete(recorder)
        finally:
            self.source.close()
