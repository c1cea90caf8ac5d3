"""The framed source over a board in software: what is sent arrives, what is lost is counted."""

from itertools import cycle, repeat
from random import Random

import numpy as np
import pytest
from damaged_link import DamagedLink, noise
from hypothesis import given, settings
from hypothesis import strategies as st
from software_boards import BOARD_ID, Truth, assert_as_sent, board, scrambled

from device.board import Board
from device.board_link import BoardLink
from device.board_settings import BoardInput, BoardModel
from device.channel_map import parse_channel_map
from device.errors import DeviceLost, HandshakeFailed, Reason
from device.framed import ANSWER_S, SILENCE_S, FramedSource
from device.handshake import StreamRequest
from device.stream import SampleChunk
from device.wire import Data, Decoder, Info, encode


def open_board(box: Board, request: StreamRequest | None = None, **options) -> FramedSource:
    link = BoardLink(box, realtime=False)
    return FramedSource(link, request or StreamRequest(), clock=link.clock, **options)


def read_for(source: FramedSource, seconds: float) -> list[SampleChunk]:
    """All chunks of ``seconds`` of the board's time."""
    until = source._clock() + seconds
    chunks = []
    while source._clock() < until:
        chunk = source.read()
        if chunk is not None:
            chunks.append(chunk)
    return chunks


class GatheringLink:
    """A link that gives the bytes of a millisecond at a time, or as many together as are asked for."""

    name = "gathering"

    def __init__(self, box: Board) -> None:
        self._link = BoardLink(box, realtime=False)
        self.clock, self.write, self.close = self._link.clock, self._link.write, self._link.close

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        data = b""
        waited_ms = 0
        while len(data) < max(1, gather) and waited_ms < (12 if gather else 1000 * timeout_s):
            self._link.sleep(0.001)
            waited_ms += 1
            data += self._link.read(0.0)
        return data


@pytest.mark.parametrize(("rate_hz", "gather"), [(1000, 8), (2000, 16), (500, 4), (1000, 7)])
def test_what_the_reader_takes_at_a_time_comes_at_a_time(rate_hz, gather):
    """As far as frames end there; a frame of another kind among them (PONG) seldom brings one early."""
    truth = Truth()
    link = GatheringLink(board(truth))
    source = FramedSource(link, StreamRequest(rate_hz=rate_hz), clock=link.clock)
    source.gather = gather
    chunks = read_for(source, 8.0)
    assert_as_sent(chunks, truth.first)
    frame = source._frame_n
    # The first frame that reaches a whole gathering ends it.
    assert np.mean([chunk.stop % gather < frame for chunk in chunks]) > 0.95
    assert np.mean([len(chunk.counts) >= gather - frame for chunk in chunks]) > 0.95
    assert max(len(chunk.counts) for chunk in chunks) < 2 * gather + frame


# What the stream is.


def test_info_is_that_of_the_board_and_the_wearers_map():
    inputs = (BoardInput(), BoardInput(kind=2, gain=10_200.0, skew_us=56.0), BoardInput(kind=1))
    box = Board(BOARD_ID, scrambled, BoardModel(inputs=inputs, firmware=0x0203))
    source = open_board(
        box,
        StreamRequest(rate_hz=1500, oversample=4),
        channel_map=parse_channel_map("A1=quad:left,A0=glute:left"),
    )
    info = source.info
    assert info.source_id == f"efp:{BOARD_ID:08x}"
    assert (info.firmware, info.protocol, info.bits, info.oversample) == ("2.3", 1, 12, 4)
    assert info.sfreq_hz == pytest.approx(16e6 / 10667)
    assert info.simulated
    quad, glute = info.channels
    assert (quad.pin, quad.label, quad.signal, quad.gain) == ("A1", "quad left", "envelope", 10_200.0)
    assert quad.skew_s == pytest.approx(56e-6)
    assert (glute.pin, glute.label, glute.signal) == ("A0", "glute left", "raw")
    assert glute.digital_range == (0, 4095)


def test_p4_3_counts_become_microvolts_at_the_electrodes():
    source = open_board(board(), StreamRequest(pins=(0,)))
    counts = np.array([[0], [512], [513], [1023]], dtype=np.int16)
    expected = (counts - 512.0) * 5000 * 1000 / 1024 / 200
    np.testing.assert_allclose(source.info.to_microvolts(counts), expected, rtol=1e-12, atol=1e-9)


def test_pins_without_a_map_keep_no_muscle():
    source = open_board(board(), StreamRequest(pins=(5, 2, 7)))
    assert [(channel.pin, channel.muscle) for channel in source.info.channels] == [
        ("A5", None), ("A2", None), ("A7", None)]  # fmt: skip


@pytest.mark.parametrize(
    ("bits", "oversample", "kind"),
    [(10, 1, np.int16), (10, 16, np.int16), (14, 1, np.int16), (14, 4, np.int32)],
)
def test_counts_are_as_narrow_as_their_bits_allow(bits, oversample, kind):
    top = oversample * (2**bits - 1)
    box = board(signal=lambda _s, n, pins, _f, /: np.full((n, len(pins)), top), converter_bits=bits)
    chunk = open_board(box, StreamRequest(rate_hz=500, oversample=oversample)).read()
    assert chunk is not None
    assert chunk.counts.dtype == kind
    assert set(chunk.counts.flat) == {top}
    assert not chunk.counts.flags.writeable


# Law: what was sent, at its index, however it came.


def test_a_clean_minute_arrives_whole():
    truth = Truth()
    source = open_board(board(truth))
    chunks = read_for(source, 60.0)
    assert_as_sent(chunks, truth.first)
    assert source.stats.samples_lost == source.stats.frames_bad == 0
    assert source.stats.samples_delivered == chunks[-1].stop == pytest.approx(60_000, abs=20)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    sizes=st.lists(st.integers(1, 80), min_size=1, max_size=20),
    rate_hz=st.sampled_from([250, 1000, 1500, 2000]),
    pins=st.sampled_from([(0, 1), (3,), (0, 1, 2, 3), (1, 2, 0)]),
    encoding=st.sampled_from([0, 1]),
)
def test_any_chunking_gives_the_same_samples(sizes, rate_hz, pins, encoding):
    truth = Truth()
    link = BoardLink(board(truth), realtime=False)
    request = StreamRequest(rate_hz=rate_hz, pins=pins, encoding=encoding)
    source = FramedSource(DamagedLink(link, cycle(sizes)), request, clock=link.clock)
    chunks = read_for(source, 0.5)
    assert_as_sent(chunks, truth.first, pins)
    assert source.stats.samples_lost == 0
    # The last frame may still be on its way.
    assert 0 <= truth.samples - chunks[-1].stop <= 2 * 16


def where_is(chunk: SampleChunk, truth: Truth) -> int:
    """Board index of the chunk's first sample, found by its content alone."""
    return next(
        start + at
        for start, counts in truth.frames
        for at in range(len(counts))
        if np.array_equal(scrambled(start + at, len(chunk.counts), (0, 1)), chunk.counts)
    )


@settings(deadline=None, max_examples=60, derandomize=True)
@given(seed=st.integers(0, 2**32), damaged=st.sampled_from([1e-4, 1e-3, 5e-3, 2e-2]))
def test_any_damage_every_lost_sample_is_accounted_and_none_is_false(seed, damaged):
    truth, random = Truth(), Random(seed)
    box = board(truth, t_us_start=random.randrange(2**32))
    link = BoardLink(box, realtime=False)
    sizes = iter(lambda: random.randrange(1, 64), None)
    damage, opening = noise(seed, damaged), damaged > 0.01
    source = FramedSource(
        # A handshake cannot be had through the worst of it: there the damage begins with the stream.
        DamagedLink(link, sizes, lambda data: data if opening else damage(data)),
        StreamRequest(),
        clock=link.clock,
    )
    opening = False
    chunks = read_for(source, 1.0)
    box.miss_ticks(random.randrange(1, 9))
    chunks += read_for(source, 0.3)
    box.drop_frames(random.randrange(1, 9))
    chunks += read_for(source, 0.3)
    assert chunks
    offset = where_is(chunks[0], truth)
    assert_as_sent(chunks, offset)
    assert source.stats.samples_delivered + source.stats.samples_lost == chunks[-1].stop
    assert source.stats.samples_delivered == sum(len(chunk.counts) for chunk in chunks)
    assert source.stats.reconnects == 0
    last = truth.frames[-1]
    assert chunks[-1].stop + offset <= last[0] + len(last[1])


def test_one_read_gives_one_chunk_per_run_without_a_gap():
    box = board(Truth())
    source = open_board(box)
    read_for(source, 0.1)
    box.advance(box.now_s + 0.050)  # Reading here would move the time on: these bytes are lost.
    source._link.sleep(0.050)
    box.drop_frames(1)
    source._link.sleep(0.050)
    first, second = source.read(0.0), source.read(0.0)
    assert first is not None
    assert second is not None
    assert (first.lost > 0, second.lost) == (True, 4)
    assert first.stop + 4 == second.start
    assert len(first.counts) + len(second.counts) >= 80
    assert source.read(0.0) is None


def test_reading_without_waiting_returns_at_once():
    source = open_board(board())
    read_for(source, 0.1)
    before = source._clock()
    assert source.read(0.0) is None
    assert source._clock() == before


# What goes wrong while it streams.


def test_the_wrap_of_the_boards_clock_is_nothing_special():
    truth = Truth()
    source = open_board(board(truth, t_us_start=2**32 - 1_000_000))
    assert_as_sent(read_for(source, 3.0), truth.first)
    assert source.stats.samples_lost == 0


def test_a_slow_board_is_measured_and_its_samples_stay_exact():
    truth = Truth()
    source = open_board(board(truth, clock_ppm=-2021.0))
    assert source.drift_ppm is None
    assert_as_sent(read_for(source, 40.0), truth.first)
    # The virtual clock moves in steps of 8 ms, so this is a jitter of up to 8 ms.
    assert source.drift_ppm == pytest.approx(-2021.0, abs=100.0)
    assert source.info.sfreq_hz == 1000.0
    assert source.host_time(39_000) - source.host_time(0) == pytest.approx(39.0 * 1.002025, abs=0.01)
    assert source.board_clock is not None


def test_flags_count_at_once_and_status_counts_exactly():
    box = board()
    source = open_board(box)
    read_for(source, 0.1)
    box.drop_frames(7)
    box.miss_ticks(5)
    read_for(source, 0.2)
    assert (source.stats.frames_dropped_by_board, source.stats.ticks_missed) == (1, 1)
    assert source.stats.samples_lost == 33
    read_for(source, 1.0)
    assert (source.stats.frames_dropped_by_board, source.stats.ticks_missed) == (7, 5)
    box.drop_frames(1)
    read_for(source, 0.1)
    assert source.stats.frames_dropped_by_board == 7  # Two flags say less than the last STATUS.
    read_for(source, 1.0)
    assert source.stats.frames_dropped_by_board == 8


def test_a_stall_shorter_than_two_seconds_gives_none_and_then_an_exact_gap():
    truth = Truth()
    box = board(truth)
    source = open_board(box)
    chunks = read_for(source, 0.5)
    box.stall(1.5)
    assert read_for(source, 1.4) == []
    chunks += read_for(source, 0.5)
    assert_as_sent(chunks, truth.first)
    assert source.stats.samples_lost == pytest.approx(1500, abs=50)
    assert source.stats.reconnects == 0


def test_p7_3_a_restarted_board_is_started_again_and_the_host_clock_carries_the_index_on():
    truth = Truth()
    box = board(truth, boot_s=1.2)
    source = open_board(box)
    before = read_for(source, 1.0)
    box.restart()
    after = read_for(source, 2.0)
    assert_as_sent(before, truth.first)
    assert after[0].lost == after[0].start - before[-1].stop > 1150
    # 8 ms steps of the virtual clock, and the board's index runs by its own time.
    assert where_is(after[0], truth) - truth.first == pytest.approx(after[0].start, abs=20)
    assert source.stats.reconnects == 1
    assert source.stats.samples_delivered + source.stats.samples_lost == after[-1].stop
    assert source.info.channels == source.info.channels


def test_a_board_that_restarts_as_something_else_is_lost():
    box = board()
    source = open_board(box)
    read_for(source, 0.5)
    box.model = BoardModel(reference_mv=3300)
    box.restart()
    with pytest.raises(DeviceLost, match="other settings; open it again") as caught:
        read_for(source, 1.0)
    assert caught.value.reason is Reason.REFUSED


def test_a_board_that_stopped_for_want_of_a_host_is_started_again_exactly():
    """The host slept for 20 s: the board stopped after 5, and its clock ran on."""
    truth = Truth()
    box = board(truth)
    source = open_board(box)
    chunks = read_for(source, 1.0)
    source._link.sleep(20.0)
    chunks += read_for(source, 1.0)
    assert_as_sent(chunks, truth.first)
    assert source.stats.reconnects == 1
    # The last PING was up to a second old.
    assert 15_000 <= sum(chunk.lost for chunk in chunks) <= 16_050


def test_silence_asks_and_then_says_that_the_board_is_lost():
    box = board()
    source = open_board(box)
    read_for(source, 0.5)
    box.hang()
    begin = source._clock()
    with pytest.raises(DeviceLost, match="fell silent; check its power") as caught:
        read_for(source, 10.0)
    assert caught.value.reason is Reason.SILENT
    assert source._clock() - begin == pytest.approx(SILENCE_S + ANSWER_S, abs=0.3)


def test_a_long_stall_that_ends_in_time_costs_nothing_but_its_gap():
    truth = Truth()
    box = board(truth)
    source = open_board(box)
    chunks = read_for(source, 0.5)
    box.stall(3.0)
    chunks += read_for(source, 4.0)
    assert_as_sent(chunks, truth.first)
    assert source.stats.samples_lost == pytest.approx(3000, abs=50)
    assert source.stats.reconnects == 0


def test_the_unplugged_board_is_lost():
    box = board()
    source = open_board(box)
    read_for(source, 0.1)
    box.unplug()
    with pytest.raises(DeviceLost) as caught:
        source.read()
    assert caught.value.reason is Reason.UNPLUGGED
    source.close()
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.read()


def test_p2_3_a_board_found_streaming_is_taken_over():
    truth = Truth()
    box = board(truth)
    first = open_board(box, StreamRequest(pins=(3, 4)))
    read_for(first, 0.5)
    second = open_board(box)  # The first went away without a word.
    sent_before = len(truth.frames)
    chunks = read_for(second, 0.5)
    begin = next(start for start, counts in truth.frames[sent_before - 3 :] if np.array_equal(
        counts, scrambled(start, len(counts), (0, 1))))  # fmt: skip
    assert_as_sent(chunks, begin)


def test_close_stops_the_board():
    box = board()
    with open_board(box):
        assert box.streaming
    assert not box.streaming


# Opening.


def test_refused_settings_name_the_boards_maximum():
    with pytest.raises(HandshakeFailed, match="1953") as caught:
        open_board(board(), StreamRequest(rate_hz=2000, oversample=4, pins=(0, 1, 2, 3)))
    assert caught.value.reason is Reason.REFUSED


def test_a_board_in_its_boot_loader_is_waited_for():
    assert open_board(board(boot_s=1.9)).read() is not None


def test_no_answer_is_a_failed_handshake_after_four_seconds():
    box = board(boot_s=60.0)
    link = BoardLink(box, realtime=False)
    with pytest.raises(HandshakeFailed) as caught:
        FramedSource(link, StreamRequest(), clock=link.clock)
    assert caught.value.reason is Reason.NO_BOARD
    assert link.clock() == pytest.approx(4.0, abs=0.3)
    with pytest.raises(DeviceLost):
        link.read(0.0)


class WithoutInfo(DamagedLink):
    """Loses each INFO of a streaming board until ``until_s``."""

    def __init__(self, link: BoardLink, until_s: float) -> None:
        super().__init__(link, repeat(10_000), self._without_info)
        self._until_s, self._clock = until_s, link.clock

    def _without_info(self, data: bytes) -> bytes:
        frames = data.split(b"\0")
        kept = [frame for frame in frames if not (self._clock() < self._until_s and self._is_info(frame))]
        return b"\0".join(kept)

    @staticmethod
    def _is_info(frame: bytes) -> bool:
        messages = Decoder("host").feed(frame + b"\0")
        return any(isinstance(message, Info) and message.streaming for message in messages)


@pytest.mark.parametrize(("late_s", "kept"), [(1.0, True), (2.4, True), (3.5, False)])
def test_p3_6_samples_wait_up_to_two_and_a_half_seconds_for_their_info(late_s, kept):
    truth = Truth()
    link = BoardLink(board(truth), realtime=False)
    source = FramedSource(WithoutInfo(link, late_s), StreamRequest(), clock=link.clock)
    chunks = read_for(source, 0.5)
    assert truth.first == 0
    assert_as_sent(chunks, where_is(chunks[0], truth))
    assert (where_is(chunks[0], truth) == 0) == kept


def test_a_frame_that_comes_twice_counts_once():
    truth = Truth()
    link = BoardLink(board(truth), realtime=False)

    def twice(data: bytes) -> bytes:
        return b"".join((frame + b"\0") * (1 + (at % 5 == 0)) for at, frame in enumerate(data.split(b"\0")))

    source = FramedSource(DamagedLink(link, repeat(10_000), twice), StreamRequest(), clock=link.clock)
    chunks = read_for(source, 2.0)
    assert_as_sent(chunks, truth.first)
    assert source.stats.bad_by_cause["repeated"] > 50
    assert source.stats.samples_lost == 0


def test_frames_are_whole_only_with_the_length_of_their_epoch():
    """A well-formed DATA frame of a wrong size is no sample."""
    box = board()
    link = BoardLink(box, realtime=False)
    odd = encode(Data(0, 0, 0, 0, 3, b"\1\0" * 5))
    source = FramedSource(
        DamagedLink(link, repeat(10_000), lambda data: data + odd), StreamRequest(), clock=link.clock
    )
    read_for(source, 0.5)
    assert source.stats.samples_lost == 0
    assert source.stats.samples_delivered % 4 == 0
