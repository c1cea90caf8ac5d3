"""The acquisition thread takes what comes, keeps its fault for the screen, and closes in order."""

import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from command_line import wait_for
from recorded_sessions import CHAIN, ZONE, perfect, record
from session_samples import counts, stream_info

from device import DeviceLost, Reason, SampleChunk, Source, StreamInfo
from emgfeedback.frame import Frame
from emgfeedback.session.acquisition import Acquisition
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.loop import Loop
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.replay import ReplaySource
from emgfeedback.session.ring import DisplayRing
from emgfeedback.session.setup import Setup
from emgfeedback.session.verify import verify
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source


def real_time(url: str = "sim:balanced?seed=1&exercise=bridge") -> SimulatedSource:
    source = open_source(url)
    assert isinstance(source, SimulatedSource)
    return source


@pytest.mark.real_time
def test_a_live_stream_reaches_ring_recorder_and_view(tmp_path: Path) -> None:
    """In real time, so a bad moment of the machine gets two more attempts."""
    source = real_time()
    recorder = Recorder(
        tmp_path / "a.emgsession",
        SessionHeader(source.info, CHAIN, perfect(source), {"right": ZONE}, started_host_s=source.clock()),
    )
    ring = DisplayRing(500, len(source.info.channels))

    def show(chunk: SampleChunk, frame: Frame) -> None:
        if len(frame.hops):
            ring.push(int(frame.samples[0]), frame.percent_mvc)

    loop = Loop(source, recorder=recorder, sinks=[show])
    began_s = time.monotonic()
    with Acquisition(loop) as acquisition:
        wait_for(lambda: loop.stop > 2000, "two seconds of samples")
        assert acquisition.running
        assert acquisition.trouble == ""
        assert loop.newest is not None
        assert loop.uncalibrated == ""
        assert time.monotonic() - loop.stepped_at_s < 0.5
    assert not acquisition.running
    assert loop.stop <= 1000 * (time.monotonic() - began_s) + 500  # a live stream is not ahead of the clock
    assert not np.isnan(ring.view()).any()
    assert loop.delay.n_added > 50
    assert 0.0 < loop.delay.percentile(50) < 0.1
    verdict = verify(recorder.path)
    assert verdict.ok
    assert verdict.complete
    assert verdict.n_samples == source.stats.samples_delivered
    with SessionFile(recorder.path) as session:
        assert session.span[1] == loop.stop
        assert session.summary()["delay"]["n"] == loop.delay.n_added  # type: ignore[index]


class Failing(Source):
    """A source that breaks after some samples."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.given = 0
        self.closed = False

    @property
    def info(self) -> StreamInfo:
        return stream_info()

    def _read(self, timeout_s: float) -> SampleChunk | None:
        if self.given >= 160:
            raise self.error
        chunk = SampleChunk(self.given, counts(self.given, 8, self.info), time.monotonic())
        self.given = chunk.stop
        return chunk

    def _close(self) -> None:
        self.closed = True


class Coming(Source):
    """Hops of a live source; how many each read finds is given."""

    def __init__(self, hops: Sequence[int], live: bool = True) -> None:
        super().__init__()
        self.live, self.hops, self.given = live, iter(hops), 0

    @property
    def info(self) -> StreamInfo:
        return stream_info()

    def _read(self, timeout_s: float) -> SampleChunk | None:
        chunk = SampleChunk(self.given, counts(self.given, 8 * next(self.hops), self.info), 0.0)
        self.given = chunk.stop
        return chunk

    def _close(self) -> None:
        pass


def test_samples_gather_until_a_sink_wants_them() -> None:
    loop = Loop(Coming([1] * 9))

    def show(chunk: SampleChunk, frame: Frame) -> None:
        loop.wanted_by_s = time.monotonic() + 0.01

    loop.attach(show)
    for _ in range(3):
        wanted_by_s = loop.wanted_by_s
        loop.step()
        assert loop.stepped_at_s >= wanted_by_s
    assert loop.source.gather == 8
    # Whatever a sink says, a rest is short; where nobody waits for a clock there is none.
    far_s = time.monotonic() + 3600.0
    for other in (loop, Loop(Coming([1] * 9, live=False)), Loop(Coming([1] * 9), clock=lambda: 0.0)):
        other.wanted_by_s = far_s
        assert other.step() is not None
    assert time.monotonic() < far_s


def test_how_long_hops_gathered_is_noted() -> None:
    loop = Loop(Coming([1, 2, 3]), clock=lambda: 0.25)
    gathered = []
    for _ in range(3):
        loop.step()
        gathered.append(loop.gathered.percentile(100.0))
    assert gathered == pytest.approx([0.0, 0.008, 0.016])
    assert loop.delay.as_record()["max_ms"] == pytest.approx(250.0)


LOST = DeviceLost("The board on /dev/ttyUSB0 was unplugged; plug it in again.", Reason.UNPLUGGED)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (LOST, "The board on /dev/ttyUSB0 was unplugged; plug it in again."),
        (
            ZeroDivisionError("x"),
            "The feedback stopped through an error of the program: ZeroDivisionError('x').",
        ),
    ],
)
@pytest.mark.real_time
def test_a_fault_is_kept_and_shown_within_a_second(tmp_path: Path, error: Exception, sentence: str) -> None:
    """Up to three attempts."""
    source = Failing(error)
    recorder = Recorder(tmp_path / "a.emgsession", SessionHeader(source.info))
    with Acquisition(Loop(source, recorder=recorder)) as acquisition:
        assert acquisition.wait(1.0)
        assert acquisition.fault is error
        assert acquisition.trouble == sentence
        assert not acquisition.done
    assert source.closed
    with SessionFile(recorder.path) as session:
        assert session.span == (0, 160)
        assert session.complete


def test_a_sink_that_raises_is_seen_and_the_samples_are_kept(tmp_path: Path) -> None:
    def raises(chunk: SampleChunk, frame: Frame) -> None:
        raise RuntimeError("no sound")

    source = real_time()
    recorder = Recorder(tmp_path / "a.emgsession", SessionHeader(source.info))
    with Acquisition(Loop(source, recorder=recorder, sinks=[raises])) as acquisition:
        assert acquisition.wait(60.0)
        assert "no sound" in acquisition.trouble
    assert verify(recorder.path).n_samples > 0


def test_trouble_of_the_recorder_is_shown_while_the_feedback_goes_on(tmp_path: Path) -> None:
    source = real_time()
    recorder = Recorder(tmp_path / "a.emgsession", SessionHeader(source.info), commit_s=0.01)
    recorder._give_up("Recording to a.emgsession stopped: the disk is full.")
    with Acquisition(Loop(source, recorder=recorder)) as acquisition:
        wait_for(lambda: acquisition.loop.stop > 300, "samples")
        assert acquisition.running
        assert acquisition.trouble == "Recording to a.emgsession stopped: the disk is full."
        before = acquisition.loop.stop
        wait_for(lambda: acquisition.loop.stop > before, "more samples")


def test_a_finite_source_ends_the_thread(tmp_path: Path) -> None:
    recorded = record(tmp_path / "a.emgsession", "sim:balanced?seed=1&exercise=bridge&fast=1", 3.0)
    with Acquisition(Loop(ReplaySource(recorded.path, math.inf))) as acquisition:
        assert acquisition.wait(60.0)
        assert acquisition.done
        assert acquisition.loop.stop == recorded.chunks[-1].stop
        assert acquisition.loop.delay.n_added == 0
    acquisition.close()


def test_a_recorder_brings_its_own_setup(tmp_path: Path) -> None:
    source = real_time()
    recorder = Recorder(tmp_path / "a.emgsession", SessionHeader(source.info))
    with pytest.raises(ValueError, match="brings its own setup"):
        Loop(source, Setup(), recorder=recorder)
    recorder.close()
    source.close()


def test_an_acquisition_that_never_started_closes() -> None:
    source = real_time()
    Acquisition(Loop(source)).close()
    with pytest.raises(ValueError, match="closed"):
        source.read()
