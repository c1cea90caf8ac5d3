"""Coming back after the plug was pulled: the same board only, and the time away is counted."""

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pty_board import board_on_pty
from software_boards import BOARD_ID, Truth, assert_as_sent, board, scrambled

from device import open_source
from device.board import Board
from device.board_link import BoardLink
from device.channel_map import parse_channel_map
from device.errors import DeviceLost, DeviceNotFound, Reason
from device.framed import FramedSource
from device.handshake import StreamRequest
from device.reconnect import ReconnectingSource
from device.source import Source
from device.stream import SampleChunk, StreamInfo


class Bench:
    """A board, its virtual link, and a reconnecting source over it; ``plugged`` is what hangs on the port."""

    def __init__(self, box: Board, request: StreamRequest | None = None) -> None:
        self.plugged, self.request, self.opened = box, request or StreamRequest(), 0
        self.link = BoardLink(box, realtime=False)
        self.source = ReconnectingSource(self.open, self.open(), self.link.clock, sleep=self.link.sleep)

    def open(self) -> FramedSource:
        self.opened += 1
        link = BoardLink(self.plugged, realtime=False)
        return FramedSource(link, self.request, clock=link.clock)

    def read_for(self, seconds: float) -> list[SampleChunk]:
        until = self.link.clock() + seconds
        chunks = []
        for _ in range(5000):
            if self.link.clock() >= until:
                break
            chunk = self.source.read()
            if chunk is not None:
                chunks.append(chunk)
        return chunks


def test_without_trouble_it_is_the_source_itself():
    truth = Truth()
    bench = Bench(board(truth))
    chunks = bench.read_for(2.0)
    assert_as_sent(chunks, truth.first)
    assert bench.source.connected
    assert bench.source.trouble == ""
    assert bench.source.info == bench.source.source.info
    assert bench.source.stats == bench.source.source.stats
    assert bench.source.live
    bench.source.close()
    assert not bench.plugged.streaming


def test_the_board_comes_back_and_the_time_away_is_lost():
    truth = Truth()
    box = board(truth)
    bench = Bench(box)
    before = bench.read_for(1.0)
    box.unplug()
    assert bench.read_for(1.5) == []
    assert not bench.source.connected
    assert "plug it in again" in bench.source.trouble
    assert bench.opened <= 1 + 4
    box.replug()
    after = bench.read_for(1.0)
    assert bench.source.connected
    assert bench.source.trouble == ""
    assert_as_sent(before, truth.first)
    assert after[0].lost == after[0].start - before[-1].stop
    assert 1500 <= after[0].lost <= 1500 + 600
    stats = bench.source.stats
    assert stats.reconnects == 1
    assert stats.samples_delivered + stats.samples_lost == after[-1].stop
    for first, second in pairwise(after):
        assert (second.start, second.lost) == (first.stop, 0)


def test_the_index_after_coming_back_is_that_of_the_hosts_clock():
    truth = Truth()
    box = board(truth)
    bench = Bench(box)
    bench.read_for(1.0)
    for away_s in (0.6, 2.0, 7.0):
        box.unplug()
        bench.read_for(away_s)
        truth.frames.clear()
        box.replug()
        first = bench.read_for(1.5)[0]
        # The board counts its own time from the first START; the link moves in steps of 8 ms.
        assert first.start == pytest.approx(truth.first, abs=20)
    assert bench.source.stats.reconnects == 3


class Scripted(Source):
    """Chunks that were written down, then the loss of the board."""

    def __init__(self, info: StreamInfo, chunks: list[tuple[int, int, float]]) -> None:
        super().__init__()
        self._info, self._chunks = info, chunks

    @property
    def info(self) -> StreamInfo:
        return self._info

    def _read(self, timeout_s: float) -> SampleChunk | None:
        if not self._chunks:
            raise DeviceLost("The board was unplugged; plug it in again.", Reason.UNPLUGGED)
        start, n, host_time_s = self._chunks.pop(0)
        return SampleChunk(start, np.zeros((n, 2), dtype=np.int16), host_time_s)

    def _close(self) -> None:
        self._chunks = []


def test_the_last_sample_of_the_first_chunk_is_placed_by_its_arrival():
    info = Bench(board()).source.info
    second = Scripted(info, [(0, 8, 12.0), (8, 4, 12.004), (12, 4, 12.008)])
    source = ReconnectingSource(
        lambda: second, Scripted(info, [(0, 100, 10.0)]), clock=lambda: 9.0, retry_s=0.0
    )
    placed = [(chunk.start, len(chunk.counts), chunk.lost) for chunk in map(source.read, [0.0] * 6) if chunk]
    # Sample 99 came at 10.0 s and the eighth new one at 12.0 s: that is sample 2099.
    assert placed == [(0, 100, 0), (2092, 8, 1992), (2100, 4, 0), (2104, 4, 0)]


def test_another_board_is_let_go_again():
    box = board()
    bench = Bench(box)
    bench.read_for(0.5)
    box.unplug()
    other = Board(BOARD_ID + 1, scrambled)
    other.advance(box.now_s)
    bench.plugged = other
    assert bench.read_for(1.0) == []
    assert "Another board (efp:1a2b3c4e)" in bench.source.trouble
    assert not other.streaming
    bench.plugged = box
    box.replug()
    assert bench.read_for(1.5)
    assert bench.source.stats.reconnects == 1


def test_the_same_board_with_other_channels_is_let_go_again():
    box = board()
    bench = Bench(box)
    bench.read_for(0.5)
    box.unplug()
    bench.read_for(0.1)
    box.replug()
    bench.request = StreamRequest(pins=(2, 3))
    assert bench.read_for(1.0) == []
    assert "other channels" in bench.source.trouble
    assert not box.streaming


def test_damage_is_added_up_over_all_connections():
    box = board()
    bench = Bench(box)
    bench.read_for(0.5)
    bench.source.source.stats.frames_bad += 3
    bench.source.source.stats.bad_by_cause["crc"] = 3
    box.unplug()
    bench.read_for(0.6)
    box.replug()
    bench.read_for(1.0)
    bench.source.source.stats.frames_bad += 2
    bench.source.source.stats.bad_by_cause["crc"] = 2
    bench.read_for(0.1)
    assert bench.source.stats.frames_bad == 5
    assert bench.source.stats.bad_by_cause == {"crc": 5}


def test_a_board_that_was_never_there_is_not_reconnected_to():
    def nowhere() -> FramedSource:
        raise DeviceNotFound("There is no port x; plug the board in.", Reason.NO_PORT)

    with pytest.raises(DeviceNotFound):
        ReconnectingSource(nowhere, nowhere())


@pytest.mark.real_time
def test_a_real_pty_vanishes_and_comes_back_under_the_same_name(tmp_path: Path):
    """The whole way: serial URL, symlink to a pty, the plug pulled and put back, in real time.

    What went by while it was away is known to 60 ms: up to three attempts.
    """
    truth = Truth()
    port = tmp_path / "board"
    url = f"serial:{port}?oversample=1"
    channels = parse_channel_map("A0=glute:right,A1=quad:right")
    with board_on_pty(board(truth), port) as served:
        reopened = lambda: open_source(url, channels)  # noqa: E731
        with ReconnectingSource(reopened, open_source(url, channels), retry_s=0.1) as source:
            before = read_for(source, 0.5)
            served.do(served.server.unplug)
            pulled_s = time.monotonic()
            assert sum(len(chunk.counts) for chunk in read_for(source, 0.5)) <= 50
            assert not source.connected
            assert str(port) in source.trouble
            served.do(served.server.replug)
            after = read_for(source, 1.0)
            away_s = after[0].host_time_s - pulled_s
            assert source.connected
            assert source.stats.reconnects == 1
    assert_as_sent(before, truth.first)
    assert after[0].lost == pytest.approx(away_s * 1000, abs=60)


def read_for(source: ReconnectingSource, seconds: float) -> list[SampleChunk]:
    until = time.monotonic() + seconds
    chunks = []
    while time.monotonic() < until:
        chunk = source.read(0.05)
        if chunk is not None:
            chunks.append(chunk)
    return chunks
