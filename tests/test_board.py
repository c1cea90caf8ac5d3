"""The board in software, clause by clause of ``firmware_protocol.md``, through its bytes only."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from software_boards import BOARD_ID, Truth, board, scrambled

from device.board import Board
from device.board_link import VIRTUAL_STEP_S, BoardLink
from device.board_settings import BoardInput, BoardModel, Refusal, Settings, judge
from device.errors import DeviceLost, DeviceNotFound
from device.wire import (
    Ack,
    AckCode,
    Data,
    DataFlag,
    Decoder,
    Event,
    EventCode,
    Hello,
    Info,
    Ping,
    Pong,
    Set,
    Start,
    Status,
    Stop,
    Test,
    TestSignal,
    encode,
    unpack_samples,
)

THOUSAND = Set(1000, 1, 0, 0, (0, 1))


class Host:
    """Speaks to a board in bytes and hears messages; board time passes only here."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.decoder = Decoder("host")
        self.seq = 100
        board.power_on(0.0)
        self.wait(0.05)

    def wait(self, seconds: float):
        return self.decoder.feed(self.board.advance(self.board.now_s + seconds))

    def say(self, command, seconds: float = 0.05):
        self.seq += 1
        self.board.receive(encode(command, self.seq))
        return self.wait(seconds)

    def code(self, command) -> tuple[int, int]:
        """Code and limit of the one ACK that the command gets, within 50 ms (P5.2)."""
        acks = [message for message in self.say(command) if isinstance(message, Ack)]
        assert [(ack.command_seq, ack.command) for ack in acks] == [(self.seq, command.kind)]
        return acks[0].code, acks[0].limit

    def info(self) -> Info:
        return next(message for message in self.say(Hello()) if isinstance(message, Info))

    def stream(self, settings: Set = THOUSAND) -> None:
        assert self.code(settings) == (0, 0)
        assert self.code(Start()) == (0, 0)


def only(kind, messages):
    return [message for message in messages if isinstance(message, kind)]


def counts_of(frames: list[Data], channels: int = 2) -> np.ndarray:
    return unpack_samples([frame.samples for frame in frames], 0, channels, 16)


def test_p2_2_the_sequence_number_counts_every_frame_and_is_0_at_boot():
    host = Host(board())
    host.stream()
    messages = host.wait(3.0)
    seqs = [message.seq for message in messages]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    host.board.restart()
    assert host.wait(0.01)[0].seq == 0


def test_p2_3_the_epoch_goes_up_at_boot_set_and_start_only():
    host = Host(board(boot_count=7))
    first = host.info()
    assert (first.epoch, first.boot_count) == (8, 8)
    host.code(Test(1))
    host.code(Stop())
    assert host.info().epoch == 8
    host.code(THOUSAND)
    assert host.info().epoch == 9
    host.code(Start())
    assert host.info().epoch == 10
    host.code(Start())
    assert host.info().epoch == 10
    host.board.restart()
    assert (host.info().epoch, host.info().boot_count) == (11, 9)


def test_p3_samples_and_times_are_those_of_the_signal():
    truth = Truth()
    host = Host(board(truth))
    host.stream(Set(1500, 1, 0, 0, (3, 0)))
    frames = only(Data, host.wait(1.0))
    period = Fraction(10667, 16)
    t0 = frames[0].t_us
    for at, frame in enumerate(frames):
        assert abs(frame.t_us - t0 - at * 6 * period) <= 1
    start = truth.frames[-len(frames)][0]
    np.testing.assert_array_equal(counts_of(frames), scrambled(start, 6 * len(frames), (3, 0)))
    assert len(frames) == pytest.approx(250, abs=2)


def test_p3_1_flags():
    host = Host(board(signal=lambda start, n, pins, _f, /: np.full((n, len(pins)), 512)))
    assert host.code(THOUSAND) == (0, 0)
    frames = only(Data, host.say(Start()))
    assert frames[0].flags == DataFlag.FIRST
    assert {frame.flags for frame in frames[1:]} == {0}
    host.board.miss_ticks(3)
    host.board.drop_frames(2)
    frames = only(Data, host.wait(0.1))
    assert [frame.flags for frame in frames if frame.flags] == [
        DataFlag.FRAMES_DROPPED | DataFlag.TICK_MISSED
    ]


@pytest.mark.parametrize(
    ("value", "flag"), [(-5, DataFlag.CLIP_LOW), (0, DataFlag.CLIP_LOW), (4092, DataFlag.CLIP_HIGH),
                        (9999, DataFlag.CLIP_HIGH), (4091, 0)],
)  # fmt: skip
def test_p3_1_rails_of_oversampled_counts(value, flag):
    host = Host(board(signal=lambda _s, n, pins, _f, /: np.full((n, len(pins)), value)))
    host.stream(Set(1000, 4, 0, 0, (0, 1)))
    frames = only(Data, host.wait(0.1))
    assert {frame.flags for frame in frames} == {flag}
    assert set(counts_of(frames).flat) == {min(max(value, 0), 4092)}


def test_p3_2_encoding_1_holds_the_same_samples():
    truth = Truth()
    host = Host(board(truth))
    host.stream(Set(1000, 1, 1, 5, (0, 1, 2)))
    frames = only(Data, host.wait(0.5))
    sent = np.concatenate([counts for _, counts in truth.frames[-len(frames) :]])
    np.testing.assert_array_equal(unpack_samples([frame.samples for frame in frames], 1, 3), sent)


def test_p3_3_a_missed_tick_ends_the_frame_before_it():
    truth = Truth()
    host = Host(board(truth))
    host.stream()
    host.wait(0.0015)
    host.board.miss_ticks(3)
    frames = only(Data, host.wait(0.1))
    index = [(start, len(counts)) for start, counts in truth.frames[-len(frames) :]]
    holes = [b[0] - a[0] - a[1] for a, b in pairwise(index)]
    assert sum(holes) == 3
    assert sorted(set(holes)) == [0, 3]
    after = holes.index(3) + 1
    assert frames[after].flags & DataFlag.TICK_MISSED
    assert frames[after].t_us - frames[after - 1].t_us == 1000 * (frames[after - 1].n + 3)
    assert host.board.ticks_missed == 3


def test_p3_5_the_clock_of_the_board_wraps():
    host = Host(board(t_us_start=2**32 - 200_000))
    host.stream()
    frames = only(Data, host.wait(1.0))
    steps = {(b.t_us - a.t_us) % 2**32 for a, b in pairwise(frames)}
    assert steps == {4000}
    assert frames[-1].t_us < frames[0].t_us


def test_p4_info_tells_what_the_board_is():
    inputs = (BoardInput(), BoardInput(kind=2, gain=10_200.0, skew_us=112.0, label="ENV"))
    host = Host(Board(BOARD_ID, scrambled, BoardModel(inputs=inputs, converter_bits=12, reference_mv=3300)))
    assert host.code(Set(997, 4, 0, 0, (1, 0))) == (0, 0)
    info = host.info()
    assert (info.bits, info.oversample, info.reference_mv, info.board_id) == (14, 4, 3300, BOARD_ID)
    assert info.sfreq_hz == Fraction(16_000_000, round(16_000_000 / 997))
    envelope, raw = info.channels
    assert (envelope.pin, envelope.kind, envelope.gain, envelope.offset, envelope.label) == (
        1,
        2,
        10200.0,
        0,
        "ENV",
    )
    assert envelope.skew_s == pytest.approx(112e-6)
    assert (raw.pin, raw.kind, raw.gain, raw.offset) == (0, 0, 200.0, 8192)


def test_p4_1_info_at_boot_in_answers_and_every_2_s():
    box = board()
    box.power_on(0.0)
    decoder = Decoder("host")
    assert len(only(Info, decoder.feed(box.advance(0.05)))) == 1
    host = Host(box)
    assert len(only(Info, host.say(Hello()))) == 1
    assert len(only(Info, host.say(THOUSAND))) == 1
    assert len(only(Info, host.say(Start()))) == 1
    assert len(only(Info, host.say(Start()))) == 1
    messages = [message for _ in range(100) for message in host.say(Ping(1), 0.1)]
    assert len(only(Info, messages)) == 5


def test_p5_status_once_a_second_counts_since_start():
    host = Host(board())
    host.stream()
    host.board.miss_ticks(2)
    host.board.drop_frames(5)
    host.board.receive(b"\x05garbage\x00")
    statuses = only(Status, host.wait(4.0))
    assert len(statuses) == 4
    last = statuses[-1]
    assert (last.frames_dropped, last.ticks_missed, last.frames_bad) == (5, 2, 1)
    host.code(Stop())
    host.stream()
    assert only(Status, host.wait(1.1))[0].frames_dropped == 0


def test_p5_pong_has_the_boards_own_time():
    host = Host(board(clock_ppm=-2000.0))
    first = only(Pong, host.say(Ping(77), 10.0))[0]
    second = only(Pong, host.say(Ping(78)))[0]
    assert (first.token, second.token) == (77, 78)
    assert second.received_us - first.received_us == pytest.approx(10e6 * (1 - 2000e-6), abs=2)


#: Limits by hand: 2 channels at 32 µs convert 15625 sets a second at the most, 4 with x4 1953; by
#: P9.1 at 115200 baud 4 channels of u16 carry r/8 x 78 x 10 <= 0.85 x 115200 up to 1004 Hz.
@pytest.mark.parametrize(
    ("baud", "asked", "code", "limit"),
    [
        (500_000, Set(1000, 1, 0, 0, ()), AckCode.MALFORMED, 0),
        (500_000, Set(0, 1, 0, 0, (0,)), AckCode.MALFORMED, 0),
        (500_000, Set(1000, 1, 0, 200, (0, 1)), AckCode.MALFORMED, 0),
        (500_000, Set(1000, 1, 0, 0, (0, 8)), AckCode.PINS, 7),
        (500_000, Set(1000, 1, 0, 0, (1, 1)), AckCode.PINS, 7),
        (500_000, Set(1000, 3, 0, 0, (0, 1)), AckCode.OVERSAMPLING, 16),
        (500_000, Set(1000, 16, 1, 0, (0,)), AckCode.ENCODING, 0),
        (500_000, Set(1000, 1, 2, 0, (0, 1)), AckCode.ENCODING, 0),
        (2_000_000, Set(16_000, 1, 0, 0, (0, 1)), AckCode.TOO_FAST_FOR_CONVERTER, 15625),
        (500_000, Set(2000, 4, 0, 0, (0, 1, 2, 3)), AckCode.TOO_FAST_FOR_CONVERTER, 1953),
        (115_200, Set(2000, 1, 0, 0, (0, 1, 2, 3)), AckCode.TOO_FAST_FOR_WIRE, 1004),
        (115_200, Set(1000, 1, 0, 1, (0, 1)), AckCode.TOO_FAST_FOR_WIRE, 544),
    ],
)
def test_p5_3_a_refusal_names_the_limit(baud, asked, code, limit):
    host = Host(board(baud=baud))
    before = host.info()
    assert host.code(asked) == (code, limit)
    after = host.info()
    assert (after.epoch, after.channels, after.sfreq_hz) == (before.epoch, before.channels, before.sfreq_hz)
    if code in (AckCode.TOO_FAST_FOR_CONVERTER, AckCode.TOO_FAST_FOR_WIRE):
        at_limit = Set(limit, asked.oversample, asked.encoding, asked.k, asked.pins)
        above = Set(limit + 1, asked.oversample, asked.encoding, asked.k, asked.pins)
        assert host.code(above)[0] in (AckCode.TOO_FAST_FOR_CONVERTER, AckCode.TOO_FAST_FOR_WIRE)
        assert host.code(at_limit) == (0, 0)
        assert host.info().max_rate_hz == limit


def test_p6_2_commands_may_be_repeated():
    host = Host(board())
    assert host.code(Stop()) == (0, 0)
    host.stream()
    before = only(Data, host.wait(0.1))[-1]
    assert host.code(Start()) == (0, 0)
    after = only(Data, host.wait(0.1))
    assert {frame.epoch for frame in after} == {before.epoch}
    assert not any(frame.flags for frame in after)


def test_p6_3_set_and_test_are_taken_while_idle_only():
    host = Host(board())
    host.stream()
    assert host.code(THOUSAND) == (AckCode.STREAMING, 0)
    assert host.code(Test(1)) == (AckCode.STREAMING, 0)
    host.code(Stop())
    assert host.code(Test(5)) == (AckCode.TEST_SIGNAL, 0)


@pytest.mark.parametrize(
    ("baud", "channels", "rate", "encoding", "k"),
    [
        (500_000, 2, 1000, 0, 4),
        (500_000, 2, 2000, 0, 8),
        (500_000, 6, 1000, 0, 4),
        (500_000, 2, 999, 0, 4),
        (500_000, 2, 1001, 0, 5),
        (115_200, 4, 1000, 0, 8),
        (115_200, 2, 1000, 0, 4),
        (500_000, 2, 100, 0, 1),
        (250_000, 2, 4000, 0, 16),
    ],
)
def test_p6_4_the_board_chooses_frames_of_4_ms_or_more_if_the_wire_is_full(baud, channels, rate, encoding, k):
    settings = judge(Set(rate, 1, encoding, 0, tuple(range(channels))), BoardModel(baud=baud))
    assert isinstance(settings, Settings)
    assert settings.k == k


def test_p9_1_what_the_table_says_exceeds_the_wire_is_refused():
    for baud, channels, rate, encoding in [
        (115_200, 4, 2000, 0),
        (115_200, 6, 1000, 1),
        (250_000, 6, 2000, 0),
    ]:
        verdict = judge(Set(rate, 1, encoding, 0, tuple(range(channels))), BoardModel(baud=baud))
        assert isinstance(verdict, Refusal)
        assert verdict.code == AckCode.TOO_FAST_FOR_WIRE


def test_p6_5_five_seconds_without_a_host_stop_the_stream():
    host = Host(board())
    host.stream()
    host.board.receive(b"\x03not a frame\x00")
    events = only(Event, host.wait(4.9))
    assert events == []
    messages = host.wait(0.2)
    assert [event.code for event in only(Event, messages)] == [EventCode.NO_HOST]
    assert host.wait(1.0) == []
    assert not host.info().streaming


def test_p6_5_a_ping_each_second_keeps_it_going():
    host = Host(board())
    host.stream()
    assert all(len(only(Data, host.say(Ping(n), 1.0))) == 250 for n in range(12))


def test_p6_6_test_signals():
    host = Host(board())
    expected = {
        TestSignal.RAMP: lambda i, c: (i + 1000 * c) % 4096,
        TestSignal.SQUARE: lambda i, c: 4095 * (i // 64 % 2) + 0 * c,
        TestSignal.GROUND: lambda i, c: 0 * i + 0 * c,
        TestSignal.BAND_GAP: lambda i, c: 1100 * 4096 // 5000 + 0 * i + 0 * c,
    }
    for test, value in expected.items():
        assert host.code(Test(test)) == (0, 0)
        assert host.info().test == test
        assert host.code(Set(1000, 4, 0, 4, (0, 1))) == (0, 0)
        frames = only(Data, host.say(Start(), 5.0))
        assert all(frame.flags & DataFlag.TEST_SIGNAL for frame in frames)
        index = np.arange(4 * len(frames))[:, np.newaxis]
        np.testing.assert_array_equal(counts_of(frames), value(index, np.arange(2)))
        host.code(Stop())
    host.code(Test(0))
    host.stream()
    assert not any(frame.flags & DataFlag.TEST_SIGNAL for frame in only(Data, host.wait(0.1)))


def test_p6_7_a_stalled_line_drops_whole_frames_and_says_so():
    truth = Truth()
    host = Host(board(truth))
    host.stream()
    host.wait(0.1)
    host.board.stall(0.4)
    assert host.wait(0.39) == []
    frames = only(Data, host.wait(0.5))
    flagged = [at for at, frame in enumerate(frames) if frame.flags & DataFlag.FRAMES_DROPPED]
    assert len(flagged) == 1
    # 256 bytes hold 8 frames of 30 bytes; the next one that goes out has waited for room.
    assert flagged[0] == 8
    assert frames[8].t_us - frames[7].t_us - 4000 == 4000 * host.board.frames_dropped
    assert host.board.frames_dropped > 80


def test_p7_1_a_board_boots_idle_and_is_deaf_until_it_is_up():
    box = board(boot_s=1.5)
    box.power_on(0.0)
    assert box.advance(0.5) == b""
    box.receive(encode(Hello(), 1))
    assert box.advance(1.4) == b""
    messages = Decoder("host").feed(box.advance(10.0))
    assert [type(message) for message in messages] == [Info]
    assert not messages[0].streaming


def test_p7_3_a_brown_out_is_told_and_starts_anew():
    host = Host(board())
    host.stream()
    host.board.restart()
    info, event = host.wait(0.05)
    assert (info.boot_count, info.streaming, event.code) == (2, False, EventCode.RESTARTED)
    host.board.restart(brown_out=False)
    assert [type(message) for message in host.wait(0.05)] == [Info]


def test_the_index_of_the_signal_runs_on_over_stop_and_restart():
    truth = Truth()
    host = Host(board(truth))
    host.stream()
    first = host.board.now_s - 0.05
    assert truth.first == 0
    host.wait(0.95)
    host.code(Stop())
    host.wait(1.0)
    truth.frames.clear()
    host.code(Start())
    assert truth.first == pytest.approx((host.board.now_s - 0.05 - first) * 1000, abs=1)
    host.board.restart()
    host.wait(1.0)
    truth.frames.clear()
    host.stream()
    assert truth.first == pytest.approx((host.board.now_s - 0.05 - first) * 1000, abs=1)


def test_a_virtual_link_moves_time_only_when_the_host_waits():
    box = board()
    link = BoardLink(box, realtime=False)
    link.write(encode(Hello(), 0))
    assert link.clock() == 0.0
    assert link.read(1.0)
    assert link.clock() == VIRTUAL_STEP_S
    assert link.read(0.1) == b""
    assert link.clock() == pytest.approx(VIRTUAL_STEP_S + 0.1)


def test_a_link_dies_with_the_plug_and_a_new_one_works_after_it_is_back():
    box = board()
    link = BoardLink(box, realtime=False)
    box.unplug()
    with pytest.raises(DeviceLost, match="plug it in again"):
        link.read(0.0)
    with pytest.raises(DeviceLost):
        link.write(b"\0")
    with pytest.raises(DeviceNotFound, match="plug it in again"):
        BoardLink(box, realtime=False)
    box.replug()
    with pytest.raises(DeviceLost):
        link.read(0.0)
    again = BoardLink(box, realtime=False)
    (info,) = Decoder("host").feed(again.read(0.1))
    assert info.boot_count == 2


def test_the_signal_itself_may_pull_the_plug():
    def failing(start, n, pins, _f, /):
        if start + n > 100:
            box.unplug()
        return np.zeros((n, len(pins)), dtype=np.int64)

    box = board(signal=failing)
    host = Host(box)
    host.stream()
    host.wait(1.0)
    assert host.say(Hello()) == []
    assert not box.powered


def test_impossible_boards_are_value_errors():
    with pytest.raises(ValueError, match="id is 1 to"):
        Board(0, scrambled)
    with pytest.raises(ValueError, match="1 kHz on two pins"):
        board(baud=9600)
    with pytest.raises(ValueError, match="own clock"):
        BoardLink(board(), clock=lambda: 0.0, realtime=False)
