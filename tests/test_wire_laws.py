"""What holds for every byte sequence: cutting changes nothing, damage costs what it touches, work is linear.

The bound on false messages. A damaged frame is taken for a good one only if its CRC fits by chance.
For bytes that damage has made random that is 2^-16 (for fewer than four wrong bits, or a burst of up
to 16, it is 0), so of N frames that fail or falsely pass the check at most a Poisson number of mean
N / 65536 gets through. The tests count N, and allow the number that chance exceeds once in 10^9 runs.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from math import exp
from types import FrameType
from typing import Any, Literal

import damaged_streams
import numpy as np
import pytest
from damaged_streams import DAMAGES, Epoch, Stream, board_stream, many_epochs, reads
from hypothesis import given, settings
from hypothesis import strategies as st

import device.wire
from device.samples import payload_bytes
from device.timeline import Timeline
from device.wire import (
    Data,
    Decoder,
    Info,
    Message,
    OtherVersion,
    Set,
    encode,
    pack_samples,
    stuff,
    unpack_samples,
)

FOUR_CHANNELS = Epoch(7, 4, 1000, 4, 0, 300.0)
TURNS = 3


def poisson_bound(mean: float, chance: float = 1e-9) -> int:
    """The count that a Poisson number of this mean exceeds with less than ``chance``."""
    term = total = exp(-mean)
    count = 0
    while 1.0 - total > chance:
        count += 1
        term *= mean / count
        total += term
    return count


def decode(chunks: list[bytes]) -> tuple[list[Message], Decoder]:
    decoder = Decoder("host")
    messages: list[Message] = []
    for chunk in chunks:
        messages += decoder.feed(chunk)
        assert decoder.pending_bytes <= 254
    return messages, decoder


@pytest.fixture(scope="module")
def long_stream() -> Stream:
    """Four minutes of a board that is set anew thirty times: 3 MB."""
    return board_stream(many_epochs(30, 8.0, seed=1), seed=2)


@pytest.fixture(scope="module")
def one_epoch() -> Stream:
    """Five minutes of four channels at 1 kHz; the clock wraps after 9 s."""
    return board_stream([FOUR_CHANNELS], seed=3)


# Nothing damaged: nothing lost.


def test_an_undamaged_stream_comes_out_as_it_was_sent(long_stream: Stream) -> None:
    messages, decoder = decode([long_stream.wire])
    assert messages == long_stream.messages
    assert decoder.stats.frames_bad == 0
    assert decoder.stats.bytes_in == len(long_stream.wire)


# Chunking does not matter.


def damaged(stream: Stream, seed: int, size: int) -> bytes:
    """Some ``size`` bytes from anywhere in ``stream``, damaged in every way."""
    rng = np.random.default_rng(seed)
    whole = np.frombuffer(stream.wire, np.uint8)
    start = int(rng.integers(0, len(whole) - size))
    wire = whole[start : start + size]
    for damage in DAMAGES.values():
        wire = damage(wire, rng)
    return wire.tobytes()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), edges=st.lists(st.integers(0, 4000), max_size=60))
def test_whole_byte_by_byte_and_in_any_chunks_is_the_same(
    long_stream: Stream, seed: int, edges: list[int]
) -> None:
    wire = damaged(long_stream, seed, 4000)
    bounds = [0, *sorted(edges), len(wire)]
    chunks = [wire[start:stop] for start, stop in pairwise(bounds)]
    whole, first = decode([wire])
    for parts in ([wire[i : i + 1] for i in range(len(wire))], chunks):
        messages, decoder = decode(parts)
        assert messages == whole
        assert decoder.stats == first.stats


@settings(max_examples=300, deadline=None)
@given(chunks=st.lists(st.binary(max_size=600), max_size=8))
def test_any_bytes_are_taken_in_any_chunks(chunks: list[bytes]) -> None:
    messages, decoder = decode(chunks)
    whole, other = decode([b"".join(chunks)])
    assert messages == whole
    assert decoder.stats == other.stats


def framed(decoded: bytes) -> bytes:
    return stuff(decoded + device.wire.frame_crc(decoded).to_bytes(2, "big")) + b"\0"


@settings(max_examples=500, deadline=None)
@given(
    kind=st.integers(0, 15),
    epoch=st.sampled_from([7, 8, 200]),
    body=st.binary(max_size=250),
    side=st.sampled_from(["host", "board"]),
)
def test_any_contents_with_a_good_checksum_are_taken_or_counted(
    kind: int, epoch: int, body: bytes, side: Literal["host", "board"]
) -> None:
    decoder = Decoder(side)
    decoder.feed(encode(Epoch(7, 2, 1000, 4, 0, 1.0).info()))
    before = decoder.stats.frames_bad
    messages = decoder.feed(framed(bytes((0x10 | kind, epoch, 1, 2)) + body))
    waits = side == "host" and kind == 0 and epoch == 8
    assert len(messages) + decoder.stats.frames_bad - before == 1 or waits
    for message in messages:
        assert not isinstance(message, OtherVersion)
        assert (message.kind, message.epoch, message.seq) == (kind, epoch, 0x0201)


@pytest.mark.parametrize("kind", range(16))
@pytest.mark.parametrize("side", ["host", "board"])
def test_frames_of_every_length_with_a_good_checksum_are_taken_or_counted(
    kind: int, side: Literal["host", "board"]
) -> None:
    for fill in (0, 1, 255):
        decoder = Decoder(side)
        decoder.feed(encode(Epoch(7, 2, 1000, 4, 0, 1.0).info()))
        before = decoder.stats.frames_bad
        heard = [
            len(decoder.feed(framed(bytes((0x10 | kind, 7)) + bytes([fill]) * length)))
            for length in range(250)
        ]
        assert max(heard) <= 1
        assert sum(heard) + decoder.stats.frames_bad - before == 250


def test_nothing_read_changes_nothing() -> None:
    decoder = Decoder("host")
    assert decoder.feed(b"") == []
    assert decoder.stats == Decoder("host").stats


# Ten million damaged bytes.


def false_messages(messages: list[Message], stream: Stream) -> int:
    true = set(stream.messages)
    return sum(message not in true for message in messages)


def test_ten_million_damaged_bytes_give_no_false_sample_beyond_the_crc(long_stream: Stream) -> None:
    whole = np.frombuffer(long_stream.wire, np.uint8)
    total = candidates = false = 0
    for name, damage in list(DAMAGES.items()) * TURNS:
        rng = np.random.default_rng([total, *name.encode()])
        wire = damage(whole, rng)
        messages, decoder = decode(reads(wire, rng))
        stats = decoder.stats
        assert stats.frames_bad == sum(stats.bad_by_cause.values()) > 500, name
        assert stats.frames_ok == sum(not isinstance(m, OtherVersion) for m in messages)
        assert len(messages) > 0.5 * len(long_stream.messages), name
        wrong = false_messages(messages, long_stream)
        candidates += stats.bad_by_cause["crc"] + wrong
        total, false = total + len(wire), false + wrong
    assert total > 10_000_000
    assert candidates > 30_000
    assert false <= poisson_bound(candidates / 65536), (false, candidates)


def test_noise_gives_no_false_sample_beyond_the_crc() -> None:
    rng = np.random.default_rng(11)
    decoder = Decoder("host")
    decoder.feed(encode(Epoch(7, 2, 1000, 4, 0, 1.0).info()))
    messages: list[Message] = []
    for zero_rate in (0.0, 1 / 256, 1 / 60, 1 / 20):
        noise = rng.integers(1, 256, 600_000, dtype=np.uint8)
        noise[rng.random(len(noise)) < zero_rate] = 0
        # Small values, too: they are codes that lead to another code, as in frames.
        noise[::2] %= 16
        for chunk in reads(noise, rng):
            messages += decoder.feed(chunk)
    candidates = decoder.stats.bad_by_cause["crc"] + len(messages)
    assert candidates > 1000
    assert len(messages) <= poisson_bound(candidates / 65536)


def test_frames_right_in_all_but_the_checksum_pass_as_often_as_chance_says() -> None:
    """The bound is the true rate: header, epoch, length and COBS are right, only the CRC can tell."""
    epoch, n = Epoch(7, 2, 1000, 4, 0, 1.0), 200_000
    rng = np.random.default_rng(12)
    decoder = Decoder("host")
    decoder.feed(encode(epoch.info()))
    rest = rng.integers(0, 256, (n, 6 + 1 + 16 + 2), dtype=np.uint8)
    heads = bytes((0x10, epoch.number))
    passed: list[Message] = []
    for row in rest:
        body = row.tobytes()
        passed += decoder.feed(stuff(heads + body[:7] + b"\x04" + body[7:]) + b"\0")
    assert all(isinstance(message, Data) for message in passed)
    assert decoder.stats.bad_by_cause == {"crc": n - len(passed)}
    assert 0 < len(passed) <= poisson_bound(n / 65536)


# Every sample that is not delivered is accounted for.


@pytest.mark.parametrize("name", DAMAGES)
def test_every_sample_not_delivered_is_counted_as_lost(one_epoch: Stream, name: str) -> None:
    whole = np.frombuffer(one_epoch.wire, np.uint8)
    rng = np.random.default_rng(21)
    # The first second comes whole, so that all that follows is counted from the same sample.
    head, wire = whole[:15_000], whole[15_000:]
    messages, decoder = decode([head.tobytes(), *reads(DAMAGES[name](wire, rng), rng)])
    true = set(one_epoch.messages)
    timeline = Timeline(FOUR_CHANNELS.period_us)
    delivered = lost_in_all = 0
    for message in messages:
        if not isinstance(message, Data) or message not in true:
            continue
        index = one_epoch.index[message.epoch, message.t_us]
        placed = timeline.place(message.t_us, message.n, 1000.0 + index * 1e-3)
        if placed is None:
            assert index < timeline.next_index
            continue
        start, lost = placed
        assert start == index
        delivered, lost_in_all = delivered + message.n, lost_in_all + lost
    assert delivered + lost_in_all == timeline.next_index
    assert timeline.next_index > 290_000
    assert lost_in_all > 1000
    assert decoder.stats.frames_bad > 0


# Damage costs what it touches.


@pytest.fixture(scope="module")
def short_stream() -> Stream:
    """INFO, STATUS, PONG and ten DATA frames, of both encodings."""
    return board_stream([Epoch(1, 3, 1000, 4, 1, 0.02), Epoch(2, 2, 1000, 4, 0, 0.02)], seed=5)


def survivors(stream: Stream, touched: set[int]) -> list[Message]:
    return [message for at, message in enumerate(stream.messages) if at not in touched]


def frame_ends(stream: Stream) -> list[int]:
    return np.cumsum([len(frame) for frame in stream.frames]).tolist()


def owner(stream: Stream, position: int) -> int:
    return next(at for at, end in enumerate(frame_ends(stream)) if position < end)


def with_its_data(stream: Stream, touched: set[int]) -> set[int]:
    """A lost INFO keeps the DATA of its epoch waiting (P3.6): not lost, but not out yet."""
    waiting = {stream.messages[at].epoch for at in touched if isinstance(stream.messages[at], Info)}
    behind = {
        at
        for at, message in enumerate(stream.messages)
        if isinstance(message, Data) and message.epoch in waiting
    }
    return touched | behind


def test_a_flipped_bit_costs_the_frame_and_a_flipped_delimiter_two(short_stream: Stream) -> None:
    wire = short_stream.wire
    ends = frame_ends(short_stream)
    flips = 0
    for position in range(len(wire)):
        at = owner(short_stream, position)
        touched = {at, at + 1} if position == ends[at] - 1 else {at}
        expected = survivors(short_stream, with_its_data(short_stream, touched & set(range(len(ends)))))
        for bit in range(8):
            broken = bytearray(wire)
            broken[position] ^= 1 << bit
            messages, _ = decode([bytes(broken)])
            assert messages == expected, (position, bit)
            flips += 1
    assert flips == 8 * len(wire) > 2000


@pytest.mark.parametrize("change", ["dropped", "doubled", "zero before", "noise before"])
def test_a_lost_or_added_byte_costs_the_frame_and_at_a_delimiter_two(
    short_stream: Stream, change: str
) -> None:
    wire = short_stream.wire
    ends = frame_ends(short_stream)
    for position in range(len(wire)):
        at = owner(short_stream, position)
        first_of_frame = position == 0 or position in ends
        delimiter = position == ends[at] - 1
        before, byte, after = wire[:position], wire[position : position + 1], wire[position + 1 :]
        touched = {at}
        if change == "dropped":
            broken = before + after
            touched = {at, at + 1} if delimiter else {at}
        elif change == "doubled":
            broken = before + byte + byte + after
            touched = set() if delimiter else {at}
        elif change == "zero before":
            broken = before + b"\0" + byte + after
            touched = set() if first_of_frame or delimiter else {at}
        else:
            broken = before + b"\x99" + byte + after
        messages, _ = decode([broken])
        touched = with_its_data(short_stream, touched & set(range(len(ends))))
        assert messages == survivors(short_stream, touched), position


def test_a_lost_info_costs_no_sample(one_epoch: Stream) -> None:
    frames = [
        frame
        for frame, message in zip(one_epoch.frames, one_epoch.messages, strict=True)
        if not (isinstance(message, Info) and message.seq < 100)
    ][: 250 * 5]
    messages, decoder = decode(frames)
    data = [message for message in messages if isinstance(message, Data)]
    sent = [message for message in one_epoch.messages if isinstance(message, Data)]
    assert data == sent[: len(data)]
    assert len(data) > 1200
    assert decoder.stats.frames_bad == 0


# Work is linear.


@contextmanager
def counted_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Counts the lines of ``device.wire`` that run, and the bytes that the CRC reads."""
    work = {"lines": 0, "crc_bytes": 0}
    crc_hqx = device.wire.crc_hqx

    def counting_crc(data: bytes, start: int) -> int:
        work["crc_bytes"] += len(data)
        return crc_hqx(data, start)

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename != device.wire.__file__:
            return None
        if event == "line":
            work["lines"] += 1
        return trace

    before = sys.gettrace()
    with monkeypatch.context() as patch:
        patch.setattr(device.wire, "crc_hqx", counting_crc)
        sys.settrace(trace)
        try:
            yield work
        finally:
            sys.settrace(before)


def noise(size: int) -> bytes:
    return np.random.default_rng(31).integers(0, 256, size, dtype=np.uint8).tobytes()


GARBAGE: dict[str, Callable[[int], bytes]] = {
    "noise": noise,
    "no delimiter at all": lambda size: b"\x55" * size,
    "nothing but delimiters": lambda size: bytes(size),
    "nothing but codes": lambda size: (b"\x01" * 253 + b"\0") * (size // 254),
    "frames of the shortest length": lambda size: b"\1\1\1\1\1\1\1\0" * (size // 8),
    "starts of frames without an end": lambda size: (
        encode(Epoch(1, 8, 1000, 8, 0, 1.0).info())[:-1] * (size // 181)
    ),
    "data that nobody announces": lambda size: encode(Data(9, 0, 0, 0, 1, b"\1\2")) * (size // 16),
}


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("chunk", [1, 97, 100_000])
def test_work_is_linear_in_the_bytes_fed(kind: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[dict[str, int]] = []
    for size in (8_000, 32_000):
        wire = GARBAGE[kind](size)
        with counted_work(monkeypatch) as work:
            _, decoder = decode([wire[at : at + chunk] for at in range(0, len(wire), chunk)])
        assert decoder.stats.bytes_in == len(wire)
        assert work["crc_bytes"] <= len(wire)
        # One read costs some lines, one byte some more; nothing grows with what came before.
        assert work["lines"] <= 20 * (len(wire) / chunk + 1) + 6 * len(wire), work
        spent.append(work)
    assert spent[1]["lines"] <= 4.5 * spent[0]["lines"]


def test_memory_is_bounded_whatever_comes() -> None:
    decoder = Decoder("host")
    for _ in range(1000):
        decoder.feed(b"\x55" * 1000)
    assert decoder.pending_bytes == 0
    assert decoder.stats.frames_bad == 0
    unknown = [encode(Data(9, 0, 0, 0, 1, b"\1\2"), seq) for seq in range(12_000)]
    decoder.feed(b"\0" + b"".join(unknown))
    assert decoder.stats.bad_by_cause == {"length": 1, "no info": 2000}


def test_a_data_frame_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines per frame of a read, the guard against slow paths; what they cost in time is tools/bench.py's."""
    epoch = Epoch(7, 2, 1000, 8, 0, 1.0)
    counts = np.random.default_rng(1).integers(1900, 2200, (8, 2))
    wire = encode(Data(7, 300, 123_456, 0, 8, pack_samples(counts, 0)))
    decoder = Decoder("host")
    decoder.feed(encode(epoch.info()))
    spent = []
    for frames in (1, 2):
        with counted_work(monkeypatch) as work:
            assert len(decoder.feed(wire * frames)) == frames
        spent.append(work["lines"])
    assert spent[1] - spent[0] <= 20
    assert spent[0] <= 40


# Samples.


@settings(max_examples=200, deadline=None)
@given(data=st.data(), encoding=st.sampled_from([0, 1]), channels=st.integers(1, 8))
def test_samples_of_many_frames_come_back_in_one_array(
    data: st.DataObject, encoding: int, channels: int
) -> None:
    top = 4095 if encoding else 65535
    frames = data.draw(
        st.lists(st.lists(st.integers(0, top), min_size=1, max_size=20), min_size=1, max_size=6)
    )
    counts = [np.repeat(np.array(frame)[:, np.newaxis], channels, axis=1) for frame in frames]
    payloads = [pack_samples(frame, encoding) for frame in counts]
    assert [len(payload) for payload in payloads] == [payload_bytes(encoding, c.size) for c in counts]
    read = unpack_samples(payloads, encoding, channels)
    assert read.dtype == np.int32
    assert (read == np.concatenate(counts)).all()
    if top < 2**15:
        short = unpack_samples(payloads, encoding, channels, bits=12)
        assert short.dtype == np.int16
        assert (short == read).all()


@pytest.mark.parametrize(("encoding", "counts"), [(0, [65536]), (0, [-1]), (1, [4096])])
def test_counts_that_do_not_fit_are_refused(encoding: int, counts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"do not fit 0 to"):
        pack_samples(counts, encoding)


def test_fields_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^Set does not fit the wire: "):
        encode(Set(70_000, 1, 0, 0, (0, 1)))
    info = Epoch(7, 2, 1000, 4, 0, 1.0).info()
    with pytest.raises(ValueError, match=r"label 'nine char' is longer than 8"):
        encode(replace(info, channels=(replace(info.channels[0], label="nine char"),)))


def test_a_reserved_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match=r"encoding 2 is reserved"):
        unpack_samples([b"\0\0"], 2, 1)
    with pytest.raises(ValueError, match=r"encoding 2 is reserved"):
        payload_bytes(2, 1)


def test_every_damage_has_a_name() -> None:
    assert {damaged_streams.flips, damaged_streams.splices} <= set(DAMAGES.values())
