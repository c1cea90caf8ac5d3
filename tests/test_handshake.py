"""The dialogue that starts a stream, held with the board in software over a line that may lose frames."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.board import Board
from device.board_settings import BoardModel
from device.errors import HandshakeFailed, Reason
from device.handshake import PATIENCE_S, REPEAT_S, Handshake, Phase, StreamRequest
from device.keepalive import READINGS_KEPT, UNANSWERED_KEPT, KeepAlive
from device.wire import (
    Ack,
    AckCode,
    Data,
    Decoder,
    Hello,
    Info,
    Message,
    OtherVersion,
    Ping,
    Pong,
    Set,
    Start,
    Stop,
    encode,
)

STEP_S = 0.01
Loses = Callable[[Message], bool]


def flat(start: int, n: int, pins: tuple[int, ...], sfreq_hz: float) -> np.ndarray:
    """A signal at half the rail."""
    return np.full((n, len(pins)), 512)


def nothing(message: Message) -> bool:
    return False


class Line:
    """A board, a handshake, and a line between them on one clock; ``loses`` names the frames that vanish."""

    def __init__(
        self,
        request: StreamRequest | None,
        board: Board | None = None,
        loses: Loses = nothing,
    ) -> None:
        self.board = board or Board(0xC0FFEE, flat)
        self.host, self._ear = Decoder("host"), Decoder("board")
        self.handshake = Handshake(request, "COM3", self.host.stats)
        self.loses = loses
        self.now_s = self.board.now_s
        self.said: list[tuple[float, Message]] = []
        self.heard: list[Message] = []

    @property
    def commands(self) -> list[str]:
        """What the host said, HELLO and PING left out."""
        return [type(m).__name__ for _, m in self.said if not isinstance(m, Hello | Ping)]

    def step(self) -> None:
        self.now_s += STEP_S
        for message in self.host.feed(self.board.advance(self.now_s)):
            if not self.loses(message):
                self.heard.append(message)
                self.handshake.receive(message, self.now_s)
        for message in self._ear.feed(self.handshake.poll(self.now_s)):
            self.said.append((self.now_s, message))
            if not self.loses(message):
                assert not isinstance(message, OtherVersion | Data)
                self.board.receive(encode(message))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.step()

    def until_streaming(self, seconds: float = 10.0) -> Info:
        """Run until the handshake says that samples come; fails after ``seconds``."""
        for _ in range(round(seconds / STEP_S)):
            self.step()
            if self.handshake.info is not None:
                return self.handshake.info
        pytest.fail(f"no stream after {seconds} s, in {self.handshake.phase}")


def powered(model: BoardModel | None = None) -> Board:
    board = Board(0xC0FFEE, flat, model)
    board.power_on(0.0)
    return board


def streaming_board() -> Board:
    """A board that some other host left streaming, three channels at 500 Hz."""
    board = powered()
    board.receive(encode(Set(500, 1, 0, 0, (3, 4, 5)), 0) + encode(Start(), 1))
    board.advance(1.0)
    assert board.streaming
    return board


def loses_first(kind: type[Message], n: int) -> Loses:
    """Loses the first ``n`` messages of a kind."""
    left = [n]

    def loses(message: Message) -> bool:
        if isinstance(message, kind) and left[0]:
            left[0] -= 1
            return True
        return False

    return loses


def test_an_idle_board_streams_what_was_asked() -> None:
    line = Line(StreamRequest(rate_hz=800, oversample=4, pins=(2, 0)), powered())
    info = line.until_streaming()
    assert line.commands == ["Set", "Start"]
    assert [channel.pin for channel in info.channels] == [2, 0]
    assert (info.sfreq_hz, info.oversample, info.bits, info.streaming) == (800, 4, 12, True)
    line.run(0.1)
    epochs = {message.epoch for message in line.heard if isinstance(message, Data)}
    assert epochs == {info.epoch}


def test_a_start_takes_less_than_a_tenth_of_a_second() -> None:
    line = Line(StreamRequest(), powered())
    line.until_streaming(0.1)


def test_the_first_byte_sent_is_a_delimiter() -> None:
    assert Handshake(StreamRequest()).poll(0.0).startswith(b"\0")


@pytest.mark.parametrize("lost", [1, 3])
@pytest.mark.parametrize("kind", [Ack, Info, Set, Start, Hello])
def test_each_lost_frame_costs_one_repetition(kind: type[Message], lost: int) -> None:
    line = Line(StreamRequest(), powered(), loses_first(kind, lost))
    line.until_streaming(0.1 + lost * (REPEAT_S + 2 * STEP_S))
    assert tuple(channel.pin for channel in line.handshake.info.channels) == (0, 1)


def test_a_board_whose_acks_never_come_is_given_up_by_name() -> None:
    line = Line(StreamRequest(), powered(), lambda message: isinstance(message, Ack))
    words = "^COM3 answered at first, but not to SET: unplug it"
    with pytest.raises(HandshakeFailed, match=words) as failed:
        line.run(PATIENCE_S + 1)
    assert failed.value.reason is Reason.SILENT


def test_a_board_that_boots_for_two_seconds_is_waited_for() -> None:
    line = Line(StreamRequest(), powered(BoardModel(boot_s=2.0)))
    line.until_streaming(2.0 + REPEAT_S)
    hellos = [at_s for at_s, message in line.said if isinstance(message, Hello)]
    assert np.diff(hellos) == pytest.approx(REPEAT_S, abs=STEP_S + 1e-9)
    assert len(hellos) == 10


def test_the_patience_for_settings_begins_when_the_board_answers() -> None:
    line = Line(StreamRequest(), powered(BoardModel(boot_s=3.9)), loses_first(Ack, 3))
    line.until_streaming(3.9 + 4 * REPEAT_S + 0.1)


def test_silence_is_given_up_after_four_seconds() -> None:
    line = Line(StreamRequest(), powered(BoardModel(boot_s=60.0)))
    with pytest.raises(HandshakeFailed, match=r"^COM3 gave no answer within 4 s: check that") as failed:
        line.run(5.0)
    assert failed.value.reason is Reason.NO_BOARD
    assert line.now_s == pytest.approx(PATIENCE_S, abs=3 * STEP_S)


def test_bytes_that_are_no_frames_are_not_ours() -> None:
    line = Line(StreamRequest(), powered(BoardModel(boot_s=60.0)))
    assert line.host.feed(b"512,498\r\n\0\x17" * 500) == []
    with pytest.raises(HandshakeFailed, match=r"^COM3 sends bytes, but not those of") as failed:
        line.run(5.0)
    assert failed.value.reason is Reason.NOT_OURS


@pytest.mark.parametrize(("version", "update"), [(2, "the app"), (0, "the firmware on the board")])
def test_another_version_is_named_with_both_numbers(version: int, update: str) -> None:
    handshake = Handshake(StreamRequest(), "COM3")
    handshake.poll(0.0)
    handshake.receive(OtherVersion(version), 0.1)
    words = f"COM3 speaks protocol version {version}, this app version 1: update {update}"
    with pytest.raises(HandshakeFailed, match=f"^{words}$") as failed:
        handshake.poll(PATIENCE_S)
    assert failed.value.reason is Reason.VERSION


def test_a_streaming_board_is_stopped_first() -> None:
    line = Line(StreamRequest(), streaming_board())
    info = line.until_streaming()
    assert line.commands == ["Stop", "Set", "Start"]
    assert (info.sfreq_hz, len(info.channels)) == (1000, 2)


def test_a_streaming_board_whose_acks_get_lost_is_stopped_all_the_same() -> None:
    line = Line(StreamRequest(), streaming_board(), loses_first(Ack, 2))
    line.until_streaming()
    assert line.commands == ["Stop", "Stop", "Stop", "Set", "Start"]


def test_a_board_that_another_host_starts_meanwhile_is_stopped() -> None:
    line = Line(StreamRequest(rate_hz=500), powered(), loses_first(Set, 1))
    while line.handshake.phase is not Phase.SETTING:
        line.step()
    line.board.receive(encode(Start(), 0))
    assert line.until_streaming().sfreq_hz == 500
    assert line.commands == ["Set", "Set", "Stop", "Set", "Start"]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (
            StreamRequest(rate_hz=9000, pins=(0, 1, 2, 3)),
            r"COM3 cannot convert 4 channels at 9000 Hz with oversampling x1: ask for at most (\d+) Hz, ",
        ),
        (
            StreamRequest(rate_hz=5000, pins=(0, 1, 2, 3, 4)),
            r"the line to COM3 cannot carry 5 channels at 5000 Hz with oversampling x1: "
            r"ask for at most (\d+) Hz or use a higher baud rate",
        ),
    ],
)
def test_a_refusal_names_the_highest_rate_and_that_rate_is_taken(
    request_: StreamRequest, sentence: str
) -> None:
    line = Line(request_, powered())
    with pytest.raises(HandshakeFailed, match=f"^{sentence}") as failed:
        line.until_streaming()
    assert failed.value.reason is Reason.REFUSED
    highest_hz = int(next(word for word in str(failed.value).split("at most ")[1].split()))
    again = Line(StreamRequest(highest_hz, request_.oversample, request_.pins), line.board)
    assert again.until_streaming().sfreq_hz == pytest.approx(highest_hz, rel=1e-3)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (StreamRequest(pins=(0, 9)), "COM3 cannot sample the pins A0, A9: name each once, none above A7"),
        (StreamRequest(oversample=5), "COM3 cannot oversample x5: ask for at most x16"),
        (StreamRequest(encoding=3), "COM3 cannot send encoding 3: ask for encoding 0"),
        (StreamRequest(test=77), "COM3 has no test signal 77: ask for another, or for 0 (off)"),
        (StreamRequest(rate_hz=0), "COM3 refused command 9 with code 2: update its firmware"),
    ],
)
def test_a_refusal_says_what_was_asked_and_what_can_be(request_: StreamRequest, sentence: str) -> None:
    with pytest.raises(HandshakeFailed) as failed:
        Line(request_, powered()).until_streaming()
    assert str(failed.value) == sentence
    assert failed.value.reason is Reason.REFUSED


@pytest.mark.parametrize("code", AckCode)
def test_every_refusal_is_one_sentence(code: AckCode) -> None:
    handshake = Handshake(StreamRequest(), "COM3")
    handshake.poll(0.0)
    handshake.receive(idle_info(boot_count=1), 0.0)
    handshake.poll(0.0)
    refusal = Ack(1, Set.kind, code)
    if code in {AckCode.DONE, AckCode.STREAMING}:
        handshake.receive(refusal, 0.1)
        assert handshake.phase is (Phase.STARTING if code == AckCode.DONE else Phase.STOPPING)
        return
    with pytest.raises(HandshakeFailed) as failed:
        handshake.receive(refusal, 0.1)
    assert "COM3" in str(failed.value)
    assert "\n" not in str(failed.value)


def idle_info(boot_count: int) -> Info:
    board = Board(0xC0FFEE, flat, boot_count=boot_count - 1)
    board.power_on(0.0)
    (info,) = Decoder("host").feed(board.advance(0.1))
    assert isinstance(info, Info)
    return info


def test_an_ack_of_another_command_is_ignored() -> None:
    handshake = Handshake(StreamRequest())
    handshake.poll(0.0)
    handshake.receive(idle_info(boot_count=1), 0.0)
    handshake.poll(0.0)
    handshake.receive(Ack(999, Set.kind, AckCode.PINS), 0.0)
    assert handshake.phase is Phase.SETTING


def test_a_test_signal_is_set_when_it_differs_and_left_alone_when_not() -> None:
    board = powered()
    line = Line(StreamRequest(test=1), board)
    assert line.until_streaming().test == 1
    assert line.commands == ["Set", "Test", "Start"]
    board.receive(encode(Stop(), 9))
    again = Line(StreamRequest(test=1), board)
    again.until_streaming()
    assert again.commands == ["Set", "Start"]
    board.receive(encode(Stop(), 9))
    off = Line(StreamRequest(), board)
    assert off.until_streaming().test == 0
    assert off.commands == ["Set", "Test", "Start"]


def test_a_restarted_board_is_started_again() -> None:
    line = Line(StreamRequest(rate_hz=500), powered(BoardModel(boot_s=1.5)))
    first = line.until_streaming()
    line.board.restart()
    line.run(1.6)
    second = line.until_streaming(0.3)
    assert second.boot_count == first.boot_count + 1
    assert second.sfreq_hz == 500
    assert line.commands == ["Set", "Start", "Set", "Start"]


def test_a_board_that_restarts_in_the_middle_of_the_dialogue_is_set_again() -> None:
    line = Line(StreamRequest(rate_hz=500), powered(), loses_first(Start, 3))
    while line.handshake.phase is not Phase.STARTING:
        line.step()
    line.board.restart()
    assert line.until_streaming().sfreq_hz == 500
    assert line.commands.count("Set") == 2


def test_a_board_that_stopped_because_it_heard_no_host_is_started_again() -> None:
    line = Line(StreamRequest(), powered())
    line.until_streaming()
    line.loses = lambda message: isinstance(message, Ping)
    while line.board.streaming:
        line.step()
    line.loses = nothing
    line.run(0.05)
    assert line.until_streaming(0.5).streaming
    assert line.board.streaming


def test_a_board_that_says_it_is_idle_or_set_anew_is_no_longer_streaming() -> None:
    line = Line(StreamRequest(), powered())
    info = line.until_streaming()
    line.handshake.receive(info, line.now_s)
    assert line.handshake.phase is Phase.STREAMING
    line.handshake.receive(replace(info, epoch=info.epoch + 1), line.now_s)
    assert line.handshake.phase is Phase.STOPPING
    line.until_streaming()
    line.board.receive(encode(Stop(), 0) + encode(Hello(), 1))
    line.run(0.05)
    assert line.handshake.phase is Phase.STREAMING
    assert line.commands[-2:] == ["Set", "Start"]


def test_a_board_that_grants_other_pins_than_asked_is_not_taken_for_ours() -> None:
    handshake = Handshake(StreamRequest(pins=(4, 5)), "COM3")
    handshake.poll(0.0)
    idle = idle_info(boot_count=1)
    handshake.receive(idle, 0.0)
    handshake.poll(0.0)
    handshake.receive(Ack(1, Set.kind, AckCode.DONE), 0.0)
    board = powered()
    board.receive(encode(Start(), 0))
    for message in Decoder("host").feed(board.advance(0.1)):
        if isinstance(message, Info) and message.streaming:
            handshake.receive(message, 0.1)
    assert handshake.info is None
    assert handshake.phase is Phase.STOPPING


def test_without_a_request_only_hello_is_ever_said() -> None:
    line = Line(None, streaming_board())
    line.run(3.0)
    assert line.handshake.board is not None
    assert line.handshake.board.board_id == 0xC0FFEE
    assert {type(message) for _, message in line.said} == {Hello}
    assert len(line.said) == 1
    assert line.handshake.info is None


def test_ping_goes_out_every_second_and_keeps_the_board_streaming() -> None:
    line = Line(StreamRequest(), powered())
    line.until_streaming()
    line.run(12.0)
    pings = [at_s for at_s, message in line.said if isinstance(message, Ping)]
    assert np.diff(pings) == pytest.approx(1.0, abs=2 * STEP_S)
    assert line.board.streaming


def test_the_boards_clock_is_read_to_half_a_round_trip() -> None:
    line = Line(StreamRequest(), powered(BoardModel(t_us_start=2**32 - 3_000_000)))
    line.until_streaming()
    line.run(8.0)
    reading = line.handshake.clock
    assert reading is not None
    assert reading.round_trip_s <= 2 * STEP_S
    board_s = (reading.board_us - (2**32 - 3_000_000)) % 2**32 * 1e-6
    assert reading.host_s == pytest.approx(board_s, abs=reading.round_trip_s / 2 + 1e-5)


def test_keep_alive_keeps_the_shortest_way_and_forgets_old_ones() -> None:
    keeper = KeepAlive()
    assert keeper.reading is None
    for second in range(READINGS_KEPT + 5):
        ping = keeper.poll(float(second))
        assert ping is not None
        assert keeper.poll(second + 0.5) is None
        delay_s = 0.001 if second == 1 else 0.02 + 0.001 * second
        keeper.receive(Pong(ping.token, 100, 100), second + delay_s)
        keeper.receive(Pong(ping.token, 999, 999), second + delay_s)
        keeper.receive(Pong(12345, 0, 0), second + 0.0)
        if 1 <= second <= READINGS_KEPT:
            assert keeper.reading is not None
            assert keeper.reading.round_trip_s == pytest.approx(0.001)
    assert keeper.reading is not None
    assert keeper.reading.round_trip_s > 0.02


def test_keep_alive_takes_out_the_time_that_the_board_needed() -> None:
    keeper = KeepAlive()
    ping = keeper.poll(10.0)
    assert ping is not None
    keeper.receive(Pong(ping.token, 2**32 - 2000, 4000), 10.010)
    assert keeper.reading is not None
    assert keeper.reading.round_trip_s == pytest.approx(0.004)
    assert keeper.reading.host_s == pytest.approx(10.005)
    assert keeper.reading.board_us == 1000


def test_keep_alive_forgets_what_is_never_answered() -> None:
    keeper = KeepAlive()
    pings = [keeper.poll(float(second)) for second in range(20)]
    for ping in pings[:-UNANSWERED_KEPT]:
        assert ping is not None
        keeper.receive(Pong(ping.token, 0, 0), 20.0)
    assert keeper.reading is None


def test_stop_is_one_stop_frame() -> None:
    line = Line(StreamRequest(), powered())
    line.until_streaming()
    line.board.receive(line.handshake.stop())
    assert not line.board.streaming


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), loss=st.floats(0.0, 0.5), found_streaming=st.booleans())
def test_whatever_is_lost_a_stream_is_as_asked_or_the_board_is_given_up(
    seed: int, loss: float, found_streaming: bool
) -> None:
    rng = np.random.default_rng(seed)
    board = streaming_board() if found_streaming else powered()
    line = Line(StreamRequest(rate_hz=700, pins=(1, 5, 3), test=2), board, lambda _: rng.random() < loss)
    try:
        info = line.until_streaming(9.0)
    except HandshakeFailed as failed:
        # Twenty tries have to fail.
        assert loss > 0.1
        assert failed.reason in {Reason.SILENT, Reason.NO_BOARD}  # noqa: PT017
        return
    assert ([c.pin for c in info.channels], round(float(info.sfreq_hz)), info.test) == ([1, 5, 3], 700, 2)
    assert line.board.streaming
    assert line.board.settings.pins == (1, 5, 3)
