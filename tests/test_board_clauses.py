"""firmware_protocol.md, clause by clause: what a board says and does (P5 to P7), on the board in software.

The firmware is held to the same clauses in a simulated chip by its own tests.
"""

import re
from dataclasses import replace

import numpy as np
import pytest
from board_talk import BoardTalk, counting, only
from protocol_vectors import PROTOCOL, read_vectors

from device.board_settings import BoardModel
from device.handshake import PATIENCE_S, REPEAT_S, Handshake, Phase, StreamRequest
from device.timeline import Timeline
from device.wire import (
    Ack,
    AckCode,
    Data,
    DataFlag,
    Decoder,
    Event,
    EventCode,
    FromHost,
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
    Text,
    encode,
    frame_crc,
    stuff,
    unpack_samples,
)

TEXT = PROTOCOL.read_text("utf-8")
VECTORS = read_vectors(TEXT)
PLAIN = Set(1000, 1, 0, 0, (0, 1))
#: At 115200 the wire limits the rate, not the converter; the real rate is what such a board reckons with.
SLOW_WIRE = BoardModel(baud=117_647)


def lengths(*names: str) -> dict[str, set[int]]:
    """Decoded lengths of the vectors of these types."""
    return {
        name: {len(frame.wire) - 2 for frame in VECTORS.frames if frame.fields["type"] == name}
        for name in names
    }


def ack(talk: BoardTalk, command: FromHost) -> Ack:
    """The one ACK to ``command``, which must name it."""
    (answer,) = only(Ack, talk.say(command))
    assert (answer.command_seq, answer.command) == (talk.seq - 1, command.kind)
    return answer


def streaming(model: BoardModel | None = None, settings: Set = PLAIN) -> BoardTalk:
    talk = BoardTalk(model)
    talk.say(settings)
    talk.say(Start())
    assert talk.board.streaming
    return talk


def samples(frames: list[Data], info: Info) -> np.ndarray:
    return unpack_samples([frame.samples for frame in frames], info.encoding, len(info.channels), info.bits)


# P5 What boards say.


def test_p5_1_frames_of_boards_have_their_lengths() -> None:
    fixed = lengths("STATUS", "PONG", "ACK", "EVENT")
    assert fixed == {"STATUS": {24}, "PONG": {18}, "ACK": {12}, "EVENT": {13}}
    for text in ("x", "µ" * 100):
        wire = encode(Text(text))
        assert len(wire) - 2 == 6 + len(text.encode())
        assert Decoder("host").feed(wire) == [Text(text)]
    for text in ("", "x" * 201):
        with pytest.raises(ValueError, match="1 to 200 fit a frame"):
            encode(Text(text))
    for message in (Status(1, 2, 3, 4, 5, 6, 7), Pong(1, 2, 3), Ack(1, 2, 3), Event(1, 2)):
        for body in (message.pack()[:-1], message.pack() + b"\1"):
            with pytest.raises(ValueError, match="malformed body: length"):
                type(message).unpack(body, 0, 0)
    talk = streaming()
    talk.run(3.05)
    statuses = only(Status, talk.heard)
    assert np.diff([status.t_us for status in statuses]) == pytest.approx(1e6, abs=2e4)
    assert statuses[-1].frames_sent > statuses[0].frames_sent


def test_p5_2_commands_but_hello_and_ping_are_acknowledged_within_50_ms() -> None:
    talk = BoardTalk()
    for command in (PLAIN, Test(0), Start(), Start(), Stop(), Stop()):
        assert ack(talk, command).code == AckCode.DONE
    for command in (Hello(), Ping(5)):
        assert only(Ack, talk.say(command)) == []
    refusals = {
        AckCode.MALFORMED: Set(0, 1, 0, 0, (0, 1)),
        AckCode.PINS: Set(1000, 1, 0, 0, (0, 200)),
        AckCode.OVERSAMPLING: Set(1000, 3, 0, 0, (0, 1)),
        AckCode.ENCODING: Set(1000, 1, 9, 0, (0, 1)),
        AckCode.TOO_FAST_FOR_CONVERTER: Set(60_000, 16, 0, 0, (0, 1)),
        AckCode.TEST_SIGNAL: Test(99),
    }
    for code, command in refusals.items():
        assert ack(talk, command).code == code
    assert ack(BoardTalk(SLOW_WIRE), Set(2000, 1, 0, 0, (0, 1, 2, 3))).code == AckCode.TOO_FAST_FOR_WIRE
    talk.say(Start())
    assert ack(talk, PLAIN).code == ack(talk, Test(1)).code == AckCode.STREAMING
    clause = TEXT.partition("codes: 0 done")[2].partition("**P5.3")[0]
    assert [int(code) for code in re.findall(r", ?\n?(\d) [a-z]", clause)] == list(AckCode)[1:]


@pytest.mark.parametrize("model", [BoardModel(), SLOW_WIRE, BoardModel(baud=250_000)])
@pytest.mark.parametrize("pins", [(0,), (0, 1), (0, 1, 2, 3), (0, 1, 2, 3, 4, 5)])
@pytest.mark.parametrize("oversample", [1, 4])
@pytest.mark.parametrize("encoding", [0, 1])
def test_p5_3_the_limit_is_what_would_be_taken(
    model: BoardModel, pins: tuple[int, ...], oversample: int, encoding: int
) -> None:
    talk = BoardTalk(model)
    refused = ack(talk, Set(60_000, oversample, encoding, 0, pins))
    assert refused.code in {AckCode.TOO_FAST_FOR_CONVERTER, AckCode.TOO_FAST_FOR_WIRE}
    taken = Set(refused.limit, oversample, encoding, 0, pins)
    assert ack(talk, taken).code == AckCode.DONE
    assert only(Info, talk.heard)[-1].max_rate_hz == refused.limit
    assert ack(talk, replace(taken, rate_hz=refused.limit + 1)).code != AckCode.DONE
    pin = ack(talk, Set(500, 1, 0, 0, (200,)))
    assert ack(talk, Set(500, 1, 0, 0, (pin.limit,))).code == AckCode.DONE
    assert ack(talk, Set(500, 1, 0, 0, (pin.limit + 1,))).code == AckCode.PINS
    most = ack(talk, Set(500, 255, 0, 0, (0,)))
    assert (most.code, most.limit) == (AckCode.OVERSAMPLING, 16)
    assert ack(talk, Set(500, 16, 0, 0, (0,))).code == AckCode.DONE
    assert ack(talk, Set(0, 1, 0, 0, (0,))).limit == 0


# P6 Commands.


def test_p6_1_commands_have_their_lengths() -> None:
    assert lengths("HELLO", "START", "STOP", "PING", "TEST") == {
        "HELLO": {7}, "START": {6}, "STOP": {6}, "PING": {10}, "TEST": {7},
    }  # fmt: skip
    for channels in range(9):
        command = Set(1000, 1, 0, 0, tuple(range(channels)))
        assert len(encode(command)) - 2 == 12 + channels
        assert Decoder("board").feed(encode(command)) == [command]
    talk = BoardTalk()
    talk.run(0.1)
    for command in (Hello(), PLAIN, Start(), Stop(), Ping(1), Test(1)):
        decoded = bytes((0x10 | command.kind, 0, 0, 0)) + command.pack() + b"\1"
        talk.board.receive(stuff(decoded + frame_crc(decoded).to_bytes(2, "big")) + b"\0")
        assert talk.run(0.1) == []


def test_p6_2_commands_may_be_repeated() -> None:
    talk = BoardTalk()
    talk.say(PLAIN)
    first = talk.say(Stop())
    assert [type(message) for message in first] == [Ack]
    (started,) = only(Info, talk.say(Start()))
    talk.run(0.1)
    (again,) = only(Info, talk.say(Start()))
    assert (again.epoch, again.state) == (started.epoch, 1)
    frames = only(Data, talk.heard)
    times_us = [frame.t_us for frame in frames]
    assert np.diff(times_us).tolist() == [frames[0].n * 1000] * (len(frames) - 1)
    handshake = Handshake(StreamRequest())
    said_s = [tick * 0.01 for tick in range(100) if handshake.poll(tick * 0.01)]
    assert np.diff(said_s) == pytest.approx(REPEAT_S, abs=0.011)


def test_p6_3_set_applies_whole_or_not_at_all_and_info_tells_the_exact_rate() -> None:
    talk = BoardTalk()
    talk.say(Set(700, 4, 0, 0, (2, 3)))
    before = only(Info, talk.say(Hello()))[-1]
    assert before.sfreq_hz == pytest.approx(700, rel=1e-4)
    assert before.sfreq_hz != 700
    wrong = [
        (Set(0, 1, 0, 0, (0,)), AckCode.MALFORMED),
        (Set(1000, 1, 0, 0, ()), AckCode.MALFORMED),
        (Set(1000, 1, 0, 61, (0, 1)), AckCode.MALFORMED),
        (Set(1000, 1, 0, 0, (1, 1)), AckCode.PINS),
        (Set(1000, 1, 7, 0, (0, 1)), AckCode.ENCODING),
        (Set(1000, 4, 0, 0, (0, 99)), AckCode.PINS),
    ]
    for command, code in wrong:
        assert ack(talk, command).code == code
        after = only(Info, talk.say(Hello()))[-1]
        assert replace(after, seq=0) == replace(before, seq=0)
    assert ack(talk, Set(1000, 1, 0, 60, (0, 1))).code == AckCode.DONE
    talk.say(Start())
    assert ack(talk, PLAIN).code == AckCode.STREAMING
    assert only(Info, talk.say(Hello()))[-1].k == 60


@pytest.mark.parametrize(("rate_hz", "k"), [(100, 1), (250, 1), (251, 2), (500, 2), (1000, 4), (2000, 8)])
def test_p6_4_a_frame_lasts_4_ms_and_up_to_8_when_the_wire_is_full(rate_hz: int, k: int) -> None:
    talk = BoardTalk()
    talk.say(Set(rate_hz, 1, 0, 0, (0, 1)))
    assert only(Info, talk.heard)[-1].k == k
    # At 115200 four channels at 1 kHz fit only in longer frames (P9.1: 98 % with k 4, 83 % with k 8).
    slow = BoardTalk(SLOW_WIRE)
    assert ack(slow, Set(1000, 1, 0, 0, (0, 1, 2, 3))).code == AckCode.DONE
    chosen = only(Info, slow.heard)[-1].k
    loads = {sets: 1000 / sets * (14 + 8 * sets) * 10 / 117_647 for sets in (chosen - 1, chosen)}
    assert loads[chosen] <= 0.85 < loads[chosen - 1]
    assert 4 < chosen <= 8
    assert ack(slow, Set(1000, 1, 0, 4, (0, 1, 2, 3))).code == AckCode.TOO_FAST_FOR_WIRE
    assert ack(slow, Set(2000, 1, 0, 0, (0, 1, 2, 3))).code == AckCode.TOO_FAST_FOR_WIRE


def test_p6_5_a_board_that_hears_no_host_for_5_s_stops() -> None:
    talk = streaming()
    started_s = talk.board.now_s
    # What is no valid frame does not count as a host.
    for _ in range(20):
        talk.board.receive(b"noise\0" + encode(Ping(1))[:-3] + b"\0")
        talk.run(0.25)
    assert not talk.board.streaming
    events = only(Event, talk.heard)
    assert [event.code for event in events] == [EventCode.NO_HOST]
    assert events[0].t_us * 1e-6 == pytest.approx(started_s - 0.05 + 5.0, abs=0.05)
    assert only(Data, talk.run(1.0)) == []
    talk = streaming()
    for token in range(20):
        assert only(Pong, talk.say(Ping(token)))[0].token == token
        talk.run(0.95)
    assert talk.board.streaming


def test_p6_6_test_signals_replace_the_pins_until_the_next_test_or_boot() -> None:
    talk = BoardTalk()
    talk.say(Set(1000, 1, 0, 0, (0, 1, 2)))
    assert ack(talk, Test(TestSignal.RAMP)).code == AckCode.DONE
    for _ in range(2):
        talk.heard.clear()
        talk.say(Start())
        talk.run(1.5)
        ramp = samples(only(Data, talk.heard), only(Info, talk.heard)[-1])
        index = np.arange(len(ramp))[:, np.newaxis]
        assert len(ramp) > 1024
        assert (ramp == (index + 1000 * np.arange(3)) % 1024).all()
        talk.say(Stop())
    expected = {TestSignal.SQUARE: {0, 1023}, TestSignal.GROUND: {0}, TestSignal.BAND_GAP: {225}}
    for signal, values in expected.items():
        talk.heard.clear()
        talk.say(Test(signal))
        talk.say(Start())
        talk.run(0.3)
        info = only(Info, talk.heard)[-1]
        counts = samples(only(Data, talk.heard), info)
        assert info.test == signal
        assert set(counts.ravel().tolist()) == values
        if signal == TestSignal.SQUARE:
            assert (counts[:, 0] == np.where(np.arange(len(counts)) // 64 % 2, 1023, 0)).all()
        talk.say(Stop())
    talk.board.restart()
    assert only(Info, talk.run(0.1))[-1].test == TestSignal.OFF


def test_p6_7_a_full_buffer_drops_whole_frames_and_sampling_goes_on() -> None:
    talk = streaming()
    talk.run(0.1)
    talk.board.stall(0.5)
    talk.run(1.0)
    assert talk.decoder.stats.frames_bad == 0
    frames = only(Data, talk.heard)
    info = only(Info, talk.heard)[-1]
    gaps = [at for at, step in enumerate(np.diff([frame.t_us for frame in frames]), 1) if step != 4000]
    assert len(gaps) == 1
    assert [at for at, frame in enumerate(frames) if frame.flags & DataFlag.FRAMES_DROPPED] == gaps
    timeline = Timeline(info.period_us)
    lost = [timeline.place(frame.t_us, frame.n, frame.t_us * 1e-6)[1] for frame in frames]
    assert 4 * talk.board.frames_dropped == sum(lost) > 100
    # Not one tick of the grid went by unsampled: the signal goes on where the clock says.
    counts = samples(frames, info)[:, 0].astype(int)
    steps = np.diff(counts) % 500
    assert sorted(set(steps.tolist())) == [1, (1 + sum(lost)) % 500]
    assert only(Status, talk.run(1.0))[-1].frames_dropped == talk.board.frames_dropped


# P7 States.


def test_p7_1_a_board_boots_idle_and_never_streams_unasked() -> None:
    talk = BoardTalk(BoardModel(boot_s=1.5))
    said = talk.run(10.0)
    assert [type(message) for message in said] == [Info]
    assert (said[0].state, said[0].boot_count) == (0, 1)
    for command in (Hello(), PLAIN, Test(1), Ping(1), Stop()):
        talk.say(command)
    talk.run(5.0)
    assert only(Data, talk.heard) == []
    talk.say(Start())
    talk.board.restart()
    talk.heard.clear()
    talk.run(10.0)
    assert [message.state for message in only(Info, talk.heard)] == [0]
    assert only(Data, talk.heard) == []


def test_p7_2_a_host_says_hello_for_4_s_and_stop_before_set() -> None:
    handshake, ear = Handshake(StreamRequest()), Decoder("board")
    hellos = []
    for tick in range(int(PATIENCE_S / 0.01) - 1):
        hellos += [(tick * 0.01, message) for message in ear.feed(handshake.poll(tick * 0.01))]
    assert {type(message) for _, message in hellos} == {Hello}
    assert np.diff([at_s for at_s, _ in hellos]) == pytest.approx(0.2, abs=0.011)
    assert 19 <= len(hellos) <= 20
    talk = streaming(settings=Set(500, 1, 0, 0, (4, 5, 6)))
    handshake = Handshake(StreamRequest())
    said: list[type] = []
    while handshake.info is None:
        now_s = talk.board.now_s
        for message in ear.feed(handshake.poll(now_s)):
            said.append(type(message))
            talk.board.receive(encode(message))
        for message in talk.run(0.01):
            handshake.receive(message, now_s)
    assert said == [Hello, Stop, Set, Start]
    assert [channel.pin for channel in handshake.info.channels] == [0, 1]


def test_p7_3_a_restart_is_known_by_the_boot_count_and_the_board_is_started_again() -> None:
    talk = BoardTalk(BoardModel(boot_s=1.0), counting)
    handshake, ear = Handshake(StreamRequest(rate_hz=500)), Decoder("board")
    phases = []

    def run(seconds: float) -> None:
        for _ in range(round(seconds / 0.01)):
            for message in talk.run(0.01):
                handshake.receive(message, talk.board.now_s)
            for message in ear.feed(handshake.poll(talk.board.now_s)):
                talk.board.receive(encode(message))
            phases.append(handshake.phase)

    run(2.0)
    before = handshake.info
    assert before is not None
    talk.board.restart()
    restarted_at = len(talk.heard)
    run(2.0)
    after = handshake.info
    assert after is not None
    assert after.boot_count == before.boot_count + 1
    assert after.epoch != before.epoch
    assert after.sfreq_hz == 500
    assert Phase.SETTING in phases[200:]
    # Samples begin anew: the first frame says so, and the board's clock began at zero.
    first = only(Data, talk.heard[restarted_at:])[0]
    assert first.flags & DataFlag.FIRST
    assert first.t_us < 2_000_000
