"""firmware_protocol.md, clause by clause: the wire (P1 to P4), versions and the budget (P8, P9)."""

import ast
import os
import re
from binascii import crc_hqx
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from board_talk import BoardTalk, only
from damaged_streams import Epoch
from protocol_vectors import PROTOCOL, read_vectors

from device.describe import describe
from device.errors import HandshakeFailed
from device.handshake import PATIENCE_S, Handshake, StreamRequest
from device.serial_link import SerialLink
from device.timeline import Timeline
from device.wire import (
    Ack,
    Data,
    DataFlag,
    Decoder,
    Event,
    Hello,
    Info,
    OtherVersion,
    Ping,
    Pong,
    Set,
    Start,
    Status,
    Stop,
    Test,
    Text,
    encode,
    frame_crc,
    pack_samples,
    payload_bytes,
    stuff,
    unpack_samples,
)

WRAP_US = 1 << 32
TEXT = PROTOCOL.read_text("utf-8")
VECTORS = read_vectors(TEXT)
EPOCH = Epoch(7, 2, 1000, 4, 0, 1.0)


def listening_host() -> Decoder:
    """A host that has heard INFO of ``EPOCH``."""
    decoder = Decoder("host")
    decoder.feed(encode(EPOCH.info()))
    return decoder


def data(n: int = 4, seq: int = 0, t_us: int = 0, epoch: int = EPOCH.number) -> Data:
    return Data(epoch, seq, t_us, 0, n, pack_samples(np.full((n, 2), 2048), 0))


def framed(decoded: bytes) -> bytes:
    return stuff(decoded + frame_crc(decoded).to_bytes(2, "big")) + b"\0"


def test_the_document_and_the_tests_name_the_same_clauses() -> None:
    clauses = {tuple(map(int, clause)) for clause in re.findall(r"\*\*P(\d+)\.(\d+)\*\*", TEXT)}
    tested = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and (
                found := re.match(r"test_p(\d+)_(\d+)(?:_|$)", node.name)
            ):
                tested.add((int(found[1]), int(found[2])))
    assert tested == clauses
    assert len(clauses) >= 37


# P1 Link and framing.


@pytest.mark.skipif(os.name != "posix", reason="needs a pty")
def test_p1_1_the_link_is_500000_8n1_with_dtr_and_rts_set() -> None:
    import termios

    board_end, host_end = os.openpty()
    link = SerialLink(os.ttyname(host_end))
    try:
        flags = termios.tcgetattr(host_end)
        assert flags[2] & termios.CSIZE == termios.CS8
        assert not flags[2] & (termios.PARENB | termios.CSTOPB)
        assert flags[4] == flags[5] == termios.B500000
        assert link.baud == 500_000
        assert link._port.dtr
        assert link._port.rts
        # Bytes pass both ways, every one of them, untouched by the terminal driver.
        every = bytes(range(256))
        os.write(board_end, every)
        assert link.read(1.0) == every
        link.write(every)
        assert os.read(board_end, 300) == every
    finally:
        link.close()
        os.close(board_end)
        os.close(host_end)
    assert 16_000_000 // 8 % 500_000 == 0


def test_p1_2_a_wire_frame_is_two_bytes_longer_and_its_only_zero_ends_it() -> None:
    for payload in (b"", bytes(247), b"\1" * 247, bytes(range(247)), b"\xff\0" * 120):
        decoded = b"\x1c\0\0\0" + payload
        wire = framed(decoded)
        assert len(wire) == len(decoded) + 2 + 2
        assert wire.index(0) == len(wire) - 1
    longest = data(n=15)._replace(samples=b"\1" * 241)
    assert len(encode(longest)) == 255
    with pytest.raises(ValueError, match="frame of 254 bytes"):
        encode(longest._replace(samples=b"\1" * 242))
    for length in (5, 254):
        decoder = Decoder("board")
        assert decoder.feed(framed(b"\x1a" + b"\1" * (length - 3))) == []
        assert decoder.stats.bad_by_cause == {"length": 1}


def test_p1_3_the_crc_is_genibus_big_endian_and_complemented() -> None:
    assert frame_crc(b"123456789") == 0xD64E  # the check value of the CRC catalogue
    decoded = b"\x1a\0\x03\0"
    whole = decoded + frame_crc(decoded).to_bytes(2, "big")
    assert crc_hqx(whole, 0xFFFF) == 0x1D0F
    assert crc_hqx(whole + b"\0", 0xFFFF) != 0x1D0F
    plain = decoded + crc_hqx(decoded, 0xFFFF).to_bytes(2, "big")
    assert crc_hqx(plain, 0xFFFF) == crc_hqx(plain + b"\0", 0xFFFF) == 0
    decoder = Decoder("board")
    assert len(decoder.feed(stuff(whole) + b"\0")) == 1
    assert decoder.feed(stuff(whole + b"\0") + b"\0" + stuff(plain) + b"\0") == []
    assert decoder.stats.bad_by_cause == {"crc": 2}


def test_p1_4_a_frame_that_fails_a_check_is_counted_by_cause_and_the_stream_goes_on() -> None:
    good = encode(data())
    documented = re.findall(r"^\| `([a-z ]+)`(?:, `([a-z ]+)`)? \|", TEXT, re.MULTILINE)
    causes = {cause for row in documented for cause in row if cause}
    decoder = listening_host()
    for row in VECTORS.discarded:
        if row.listener == "host":
            messages = decoder.feed(row.wire + good)
            assert [m for m in messages if isinstance(m, Data)] == [data()]
    board = Decoder("board")
    for row in VECTORS.discarded:
        if row.listener == "board":
            assert board.feed(row.wire + encode(Stop()))[-1] == Stop()
    seen = {*decoder.stats.bad_by_cause, *board.stats.bad_by_cause}
    assert seen == causes - {"no info"}
    for stats in (decoder.stats, board.stats):
        assert stats.frames_bad == sum(stats.bad_by_cause.values())


def test_p1_5_a_receiver_starts_at_any_byte_and_skips_empty_frames() -> None:
    first, second = encode(data(t_us=0)), encode(data(seq=1, t_us=4000))
    for start in range(len(first)):
        decoder = listening_host()
        messages = decoder.feed(first[start:] + second)
        assert messages[-1:] == [data(seq=1, t_us=4000)]
        assert len(messages) == (2 if start == 0 else 1)
    decoder = Decoder("board")
    assert decoder.feed(b"\0\0\0" + encode(Stop()) + b"\0\0") == [Stop()]
    assert decoder.stats.frames_bad == 0
    # A delimiter in front saves the frame from what stood on the line.
    assert decoder.feed(b"boot loader" + b"\0" + encode(Stop())) == [Stop()]


@pytest.mark.parametrize("length", [255, 256, 1000, 100_000])
def test_p1_6_a_long_run_is_given_up_counted_once_and_never_kept(length: int) -> None:
    for chunk in (1, 100, length):
        decoder = Decoder("board")
        run = b"\x55" * length
        for start in range(0, length, chunk):
            assert decoder.feed(run[start : start + chunk]) == []
            assert decoder.pending_bytes <= 254
        assert decoder.stats.frames_bad == 0
        assert decoder.feed(b"\0" + encode(Stop())) == [Stop()]
        assert decoder.stats.bad_by_cause == {"length": 1}


# P2 Common header.


def test_p2_1_types_below_8_come_from_boards_and_the_others_from_hosts() -> None:
    for frame in VECTORS.frames:
        number = frame.wire[1] & 15  # no frame begins with a zero, so its first byte is in place
        assert (number < 8) == (frame.sender == "board")
        wrong_side = Decoder("board" if frame.sender == "board" else "host")
        assert wrong_side.feed(frame.wire) == []
        assert wrong_side.stats.bad_by_cause == {"type": 1}
    table = re.findall(r"^\| (\d+) \| ([A-Z]+) \| (?:(\d+) \| ([A-Z]+)|\|) ?\|?$", TEXT, re.MULTILINE)
    numbers = {name: int(number) for row in table for number, name in (row[:2], row[2:]) if name}
    kinds = (Data, Info, Status, Pong, Ack, Event, Text, Hello, Set, Start, Stop, Ping, Test)
    real = {kind.__name__.upper(): 0 if kind is Data else kind.kind for kind in kinds}
    assert numbers == real


def test_p2_2_the_sequence_number_counts_every_frame_of_a_direction_and_wraps() -> None:
    talk = BoardTalk()
    for command in (Hello(), Set(1000, 1, 0, 0, (0, 1)), Start()):
        talk.say(command)
    talk.run(4.0)
    assert len({type(message) for message in talk.heard}) == 4
    assert [message.seq for message in talk.heard] == list(range(len(talk.heard)))
    (wrapped,) = Decoder("board").feed(encode(Stop(), 65536 + 5))
    assert wrapped.seq == 5
    handshake, board = Handshake(None), Decoder("board")
    said = [board.feed(handshake.poll(0.2 * tick))[0] for tick in range(10)]
    assert [message.seq for message in said] == list(range(10))


def test_p2_3_the_epoch_steps_at_boot_set_and_start_and_hosts_send_0() -> None:
    talk = BoardTalk()
    talk.run(0.1)
    commands = (Set(1000, 1, 0, 0, (0, 1)), Start(), Start(), Stop(), Hello(), Set(0, 1, 0, 0, (0,)))
    epochs = [talk.heard[-1].epoch, *(talk.say(command)[-1].epoch for command in commands)]
    talk.board.restart()
    epochs.append(talk.run(0.1)[-1].epoch)
    assert np.diff(epochs).tolist() == [1, 1, 0, 0, 0, 0, 1]
    (hello,) = Decoder("board").feed(Handshake(None).poll(0.0))
    assert hello.epoch == 0
    talk.board.receive(encode(Stop(), 9, epoch=200))
    assert only(Ack, talk.run(0.1))[-1].command_seq == 9
    talk.board.epoch = 255
    assert talk.say(Set(1000, 1, 0, 0, (0, 1)))[-1].epoch == 0


# P3 DATA.


def test_p3_1_flags_say_what_befell_the_frame() -> None:
    def rails(start: int, n: int, pins: tuple[int, ...], sfreq_hz: float) -> np.ndarray:
        sets = np.full((n, 2), 512)
        index = np.arange(start, start + n)
        sets[index == 401, 0] = 0
        sets[index == 409, 1] = 1023
        return sets

    talk = BoardTalk(signal=rails)
    talk.say(Start())
    talk.board.drop_frames(2)
    talk.run(0.1)
    talk.board.miss_ticks(3)
    talk.run(0.5)
    frames = only(Data, talk.heard)
    by_flag = {flag: [at for at, frame in enumerate(frames) if frame.flags & flag] for flag in DataFlag}
    assert by_flag[DataFlag.FIRST] == [0]
    assert {flag: len(at) for flag, at in by_flag.items()} == {
        DataFlag.TICK_MISSED: 1, DataFlag.FRAMES_DROPPED: 1, DataFlag.CLIP_LOW: 1, DataFlag.CLIP_HIGH: 1,
        DataFlag.TEST_SIGNAL: 0, DataFlag.FIRST: 1,
    }  # fmt: skip
    assert not any(frame.flags & (1 << 4 | 1 << 6) for frame in frames)
    talk.say(Stop(), Test(1), Start())
    assert all(frame.flags & DataFlag.TEST_SIGNAL for frame in only(Data, talk.heard)[-2:])


def test_p3_2_encoding_1_holds_two_samples_in_three_bytes() -> None:
    assert pack_samples([0x1234], 0) == bytes((0x34, 0x12))
    assert pack_samples([0xABC, 0xDEF], 1) == bytes((0xBC, 0xFA, 0xDE))
    assert pack_samples([0xABC, 0xDEF, 0x123], 1) == bytes((0xBC, 0xFA, 0xDE, 0x23, 0x01))
    packed = bytes((0xBC, 0xFA, 0xDE, 0x23, 0x01))
    assert unpack_samples([packed, packed], 1, 3).tolist() == [[0xABC, 0xDEF, 0x123]] * 2
    decoder = Decoder("host")
    decoder.feed(encode(replace(EPOCH.info(), encoding=2)))
    assert decoder.feed(encode(data())) == []
    assert decoder.stats.bad_by_cause == {"length": 1}


def test_p3_3_the_sets_of_a_frame_are_consecutive() -> None:
    talk = BoardTalk()
    talk.say(Set(800, 1, 0, 8, (0, 1)), Start())
    for _ in range(5):
        talk.run(0.233)
        talk.board.miss_ticks(2)
    talk.run(0.1)
    frames = only(Data, talk.heard)
    assert {len(frame.samples) // 4 for frame in frames} > {8}
    period_us = only(Info, talk.heard)[-1].period_us
    sets, times_us = [], []
    for frame in frames:
        counts = unpack_samples([frame.samples], 0, 2)
        assert (np.diff(counts[:, 0]) % 500 == 1).all()
        sets += counts[:, 0].tolist()
        times_us += [frame.t_us + int(at * period_us) for at in range(frame.n)]
    ticks = np.round(np.diff(times_us) / float(period_us))
    assert ticks.tolist() == (np.diff(sets) % 500).tolist()
    assert sorted(set(ticks)) == [1, 3]
    assert sum(ticks == 3) == 5


def test_p3_4_the_length_follows_from_n_channels_and_encoding() -> None:
    for encoding in (0, 1):
        for channels in range(1, 9):
            for n in range(1, 16):
                size = 2 * n * channels if encoding == 0 else (3 * n * channels + 1) // 2
                if size > 241:
                    continue
                assert payload_bytes(encoding, n * channels) == size
                epoch = Epoch(3, channels, 1000, 15, encoding, 1.0)
                sent = Data(3, 0, 0, 0, n, pack_samples(np.ones((n, channels), int), encoding))
                wire = encode(sent)
                assert len(wire) == 2 + 12 + size
                decoder = Decoder("host")
                decoder.feed(encode(epoch.info()))
                payloads = (sent.samples + b"\1", sent.samples[:-1])
                wrong = [sent._replace(samples=payload) for payload in payloads]
                assert decoder.feed(b"".join(map(encode, wrong)) + wire) == [sent]
                assert decoder.stats.bad_by_cause == {"length": 2}


@pytest.mark.parametrize("rate_den", [16_000, 15_999, 7_001, 64_007])
def test_p3_5_losses_follow_from_the_boards_clock_alone(rate_den: int) -> None:
    info = replace(EPOCH.info(), rate_den=rate_den)
    period_us = info.period_us
    timeline = Timeline(period_us)
    rng = np.random.default_rng(rate_den)
    start_us, index, expected = WRAP_US - 1_000_000, 0, 0
    for gap in [0, 0, 1, 0, 7, 0, 0, 250, 3, *rng.integers(0, 3000, 400).tolist()]:
        index += gap
        t_us = (start_us + int(index * period_us)) % WRAP_US
        placed = timeline.place(t_us, 4, float(index * period_us) * 1e-6)
        assert placed == (index, index - expected)
        index += 4
        expected = index
    # Whole wraps are the host clock's to tell: three of them went by in silence.
    wraps = int(3 * WRAP_US / period_us)
    index += wraps
    t_us = (start_us + int(index * period_us)) % WRAP_US
    placed = timeline.place(t_us, 4, float(index * period_us) * 1e-6 * 1.002)
    assert placed == (index, wraps)


def test_p3_6_data_waits_for_its_info_and_older_epochs_are_dropped() -> None:
    decoder = Decoder("host")
    early = [data(seq=at, t_us=(WRAP_US - 500_000 + 4000 * at) % WRAP_US) for at in range(800)]
    assert decoder.feed(b"".join(map(encode, early))) == []
    # What another epoch sent before is older than the INFO that comes at last.
    older = Decoder("host")
    assert older.feed(encode(data(epoch=6)) + encode(data(epoch=8)) + encode(EPOCH.info())) == [EPOCH.info()]
    assert older.stats.bad_by_cause == {"old epoch": 1}
    # 3.2 s came, the last 2.5 s of it are kept.
    kept = decoder.feed(encode(EPOCH.info()))[1:]
    assert kept == early[-len(kept) :]
    assert len(kept) == 2_500_000 // 4000 + 1
    assert decoder.stats.bad_by_cause == {"no info": 800 - len(kept)}
    for age in (1, 2, 127, 128):
        assert decoder.feed(encode(data(epoch=(EPOCH.number - age) % 256))) == []
    assert decoder.stats.bad_by_cause["old epoch"] == 4
    newer = data(epoch=EPOCH.number + 1)
    assert decoder.feed(encode(newer._replace(n=3))) == []
    assert decoder.feed(encode(newer)) == []
    assert decoder.feed(encode(replace(EPOCH.info(), epoch=EPOCH.number + 1)))[1:] == [newer]
    assert decoder.stats.bad_by_cause["length"] == 1


# P4 INFO.


def test_p4_1_info_comes_at_boot_for_hello_set_and_start_and_every_2_s() -> None:
    talk = BoardTalk()
    assert [message.state for message in only(Info, talk.run(0.1))] == [0]
    for command, state in ((Hello(), 0), (Set(1000, 1, 0, 0, (0, 1)), 0), (Start(), 1), (Hello(), 1)):
        assert [message.state for message in only(Info, talk.say(command))] == [state]
    for command in (Ping(1), Stop(), Test(0)):
        assert only(Info, talk.say(command)) == []
    talk.say(Start())
    for _ in range(4):
        assert len(only(Info, talk.run(2.0))) == 1
        talk.say(Ping(1))


def test_p4_2_info_is_as_long_as_its_channels_say_and_must_make_sense() -> None:
    for channels in range(1, 9):
        info = replace(EPOCH, n_channels=channels).info()
        wire = encode(info)
        assert len(wire) == 2 + 36 + 18 * channels
        assert Decoder("host").feed(wire) == [info]
    info = EPOCH.info()
    gainless = (replace(info.channels[0], gain_x100=0),)
    senseless = [
        *(replace(info, **{name: 0}) for name in ("k", "oversample", "rate_num", "rate_den", "bits")),
        *(replace(info, **{name: 0}) for name in ("reference_mv", "board_id")),
        replace(info, bits=17),
        replace(info, channels=()),
        replace(info, channels=gainless),
        replace(info, channels=info.channels[:1] * 9),
    ]
    for wrong in senseless:
        decoder = Decoder("host")
        assert decoder.feed(encode(wrong)) == []
        assert decoder.stats.bad_by_cause == {"content": 1}


def test_p4_3_counts_become_microvolts_at_the_electrodes() -> None:
    info = EPOCH.info()
    channel = replace(info.channels[0], gain_x100=101_000, offset=2000)
    info = replace(info, bits=12, reference_mv=3300, channels=(channel,))
    counts = np.array([[0], [1999], [2000], [2001], [4095]], dtype=np.int16)
    microvolts = describe(info, None).to_microvolts(counts)
    expected = (counts - 2000.0) * 3300 * 1000 / 2**12 / 1010
    assert microvolts == pytest.approx(expected, abs=1e-9)
    assert microvolts[2, 0] == pytest.approx(0.0, abs=1e-9)


def test_p4_4_oversampling_sums_and_does_not_divide() -> None:
    for oversample, bits in ((1, 10), (4, 12), (16, 14)):
        talk = BoardTalk(signal=lambda start, n, pins, sfreq_hz: np.full((n, len(pins)), 1 << 20))
        talk.say(Set(500, oversample, 0, 0, (0, 1)), Start())
        talk.run(0.1)
        info = only(Info, talk.heard)[-1]
        assert (info.bits, info.oversample) == (bits, oversample)
        frame = only(Data, talk.heard)[-1]
        # The sum of full-scale conversions: 16 x 1023, not 2^14 - 1.
        assert set(unpack_samples([frame.samples], 0, 2).ravel()) == {1023 * oversample}


# P8 Versions.


def test_p8_1_what_a_newer_board_adds_is_ignored_and_lengths_never_change() -> None:
    decoder = listening_host()
    newer = [
        Ack(1, 99, 250, 7),
        Event(5, 200, -1),
        replace(EPOCH.info(), capabilities=0xFFFF, board=200, test=77, state=1),
        data()._replace(flags=0xFF),
    ]
    assert decoder.feed(b"".join(map(encode, newer))) == newer
    assert decoder.feed(framed(b"\x15\x07\x01\x00" + b"new")) == []
    assert decoder.stats.bad_by_cause == {"type": 1}
    handshake = Handshake(StreamRequest())
    for message in newer[:2]:
        handshake.receive(message, 0.0)
    lengths = {frame.fields["type"]: len(frame.wire) - 2 for frame in VECTORS.frames}
    fixed = {"STATUS": 24, "PONG": 18, "ACK": 12, "EVENT": 13, "HELLO": 7, "START": 6, "STOP": 6}
    assert lengths.items() >= (fixed | {"PING": 10, "TEST": 7}).items()


@pytest.mark.parametrize("version", [0, 2, 15])
def test_p8_2_another_version_is_named_with_both_numbers(version: int) -> None:
    decoder = Decoder("host")
    handshake = Handshake(StreamRequest(), "COM3", decoder.stats)
    handshake.poll(0.0)
    messages = decoder.feed(framed(bytes((version << 4 | 1,)) + b"\x07\0\0whatever that may be"))
    assert messages == [OtherVersion(version)]
    assert decoder.stats.bad_by_cause == {"version": 1}
    handshake.receive(messages[0], 0.1)
    with pytest.raises(HandshakeFailed, match=f"version {version}, this app version 1"):
        handshake.poll(PATIENCE_S)


# P9 Wire budget.


def budget_rows() -> list[tuple[str, ...]]:
    section = TEXT.partition("## P9")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if re.match(r"\| \d", line)]
    return [tuple(cell.strip() for cell in row) for row in rows]


def test_p9_1_every_figure_of_the_budget_follows_from_the_formula() -> None:
    rows = budget_rows()
    assert len(rows) == 8
    real_baud = [Fraction(2_000_000, round(2_000_000 / nominal)) for nominal in (115200, 250000, 500000)]
    assert [int(baud) for baud in real_baud] == [117647, 250000, 500000]
    for channels, rate_hz, encoding, k, bytes_a_second, *loads in rows:
        payload = payload_bytes(("u16", "12 bit").index(encoding), int(k) * int(channels))
        sent = Fraction(int(rate_hz), int(k)) * (14 + payload)
        assert sent == int(bytes_a_second)
        assert [round(sent * 10 / baud * 100) for baud in real_baud] == [
            int(load.removesuffix(" %")) for load in loads
        ]
    # A frame is as long as the formula says.
    assert len(encode(data(n=4))) == 14 + payload_bytes(0, 8)
    # And the rest of the stream: INFO every 2 s, STATUS and PONG every second.
    for channels in range(1, 9):
        rest = (len(encode(replace(EPOCH, n_channels=channels).info())) / 2) + 26 + 20
        assert rest == 65 + 9 * channels
    assert "65 + 9 x channels bytes/s, 83 with two" in TEXT
