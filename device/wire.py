"""Bytes <-> messages (``firmware_protocol.md`` P1, P2): framing, checks, counters; no port, clock, thread.

A wire frame is COBS(header, body, CRC) and one delimiter ``00``. Damage is counted by cause in
``LinkStats.bad_by_cause``, never raised:

    length     fewer than 6 or more than 253 bytes, or not the length of the type and contents
    cobs       a code points past the end of the frame
    crc        checksum wrong
    version    of another protocol version
    type       unknown, or one that only this side sends
    content    a field that no board can mean: no channels, a rate or gain of zero
    old epoch  DATA of settings that are no longer in force
    no info    DATA that waited too long for the INFO of its epoch
"""

import struct
from binascii import crc_hqx
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, TypeAlias

from device.codes import AckCode, Capability, DataFlag, Encoding, EventCode, TestSignal
from device.messages import (
    BOARD_TYPES,
    DATA,
    HOST_TYPES,
    VERSION,
    Ack,
    BodyError,
    Data,
    Event,
    Framed,
    FromBoard,
    FromHost,
    Hello,
    Info,
    InfoChannel,
    Message,
    OtherVersion,
    Ping,
    Pong,
    Sendable,
    Set,
    Start,
    Status,
    Stop,
    Test,
    Text,
)
from device.samples import pack_samples, payload_bytes, unpack_samples
from device.stream import LinkStats

__all__ = [
    "Ack", "AckCode", "Capability", "Data", "DataFlag", "Decoder", "Encoding", "Event", "EventCode",
    "FromBoard", "FromHost", "Hello", "Info", "InfoChannel", "Message", "OtherVersion", "Ping", "Pong",
    "Sendable", "Set", "Start", "Status", "Stop", "Test", "TestSignal", "Text", "encode", "frame_crc",
    "pack_samples", "payload_bytes", "unpack_samples",
]  # fmt: skip

Side: TypeAlias = Literal["host", "board"]
Unpack: TypeAlias = Callable[[bytearray], tuple[Any, ...]]

SHORTEST_FRAME = 6
LONGEST_FRAME = 253
LONGEST_WAIT_US = 2_500_000
MOST_WAITING_FRAMES = 10_000

_HEADER = struct.Struct("<BBH")
_DATA_HEADER = VERSION << 4 | DATA
_DATA_OVERHEAD = 12
_SIZES = LONGEST_FRAME + 2
# The decoder leaves COBS's first code, set to 0, in front of the frame. Starting the CRC from the
# value that a zero byte turns into 0xFFFF spares it a copy of every frame.
_CRC_START = 0x1E0C
_CRC_GOOD = 0x1D0F
# Past the argument names of Data's own constructor, which would cost as much as the checksum.
_new = tuple.__new__


def frame_crc(data: bytes) -> int:
    """CRC-16/GENIBUS of ``data`` (P1.3)."""
    return crc_hqx(data, 0xFFFF) ^ 0xFFFF


def encode(message: Sendable, seq: int | None = None, epoch: int | None = None) -> bytes:
    """Wire bytes of ``message`` with their delimiter.

    ``seq`` (taken modulo 65536) and ``epoch`` go into the header; without them the message's own
    do. Raises ``ValueError`` when a field does not fit the wire.
    """
    number = message.seq if seq is None else seq
    settings = message.epoch if epoch is None else epoch
    try:
        head = _HEADER.pack(VERSION << 4 | message.kind, settings, number & 0xFFFF)
        decoded = head + message.pack()
    except struct.error as error:
        raise ValueError(f"{type(message).__name__} does not fit the wire: {error}") from error
    decoded += frame_crc(decoded).to_bytes(2, "big")
    if len(decoded) > LONGEST_FRAME:
        raise ValueError(f"frame of {len(decoded)} bytes: at most {LONGEST_FRAME} fit the wire")
    return stuff(decoded) + b"\0"


def stuff(decoded: bytes) -> bytes:
    """COBS of at most 253 bytes: each zero, and a byte in front, becomes the way to the next zero."""
    return b"".join(bytes((len(run) + 1,)) + run for run in decoded.split(b"\0"))


def data_frame_bytes(encoding: int, n_values: int) -> int:
    """Bytes on the wire of a DATA frame with ``n_values`` samples (sets x channels), delimiter included."""
    return 2 + _DATA_OVERHEAD + payload_bytes(encoding, n_values)


@cache
def _data_struct(size: int) -> struct.Struct:
    return struct.Struct(f"<2xBHIBB{size - _DATA_OVERHEAD - 1}s2x")


@cache
def _data_layout(encoding: int, n_channels: int, k: int) -> tuple[list[int], list[Unpack]]:
    """By the stuffed size of a DATA frame: its n (0: no such size), and what unpacks it."""
    n_by_size = [0] * _SIZES
    unpack: list[Unpack] = [_data_struct(_DATA_OVERHEAD + 1).unpack] * _SIZES
    for n in range(1, k + 1 if encoding in tuple(Encoding) else 0):
        size = 1 + _DATA_OVERHEAD + payload_bytes(encoding, n * n_channels)
        if size < _SIZES:
            n_by_size[size], unpack[size] = n, _data_struct(size).unpack
    return n_by_size, unpack


class Decoder:
    """Wire bytes in, messages out. Never raises, whatever comes; time is linear in the bytes fed.

    ``side`` is the end that listens: a ``host`` takes the frames of boards, a ``board`` those of
    hosts. DATA comes out only after the INFO of its epoch (it waits up to 2.5 s of board time for
    one, P3.6) and only if its length fits, so its samples can always be unpacked.
    """

    def __init__(self, side: Side = "host", stats: LinkStats | None = None) -> None:
        self.stats = LinkStats() if stats is None else stats
        self._types = BOARD_TYPES if side == "host" else HOST_TYPES
        self._data_header = _DATA_HEADER if side == "host" else -1
        self._tail = b""
        self._overlong = False
        self._epoch = -1
        self._n_by_size, self._unpack = _data_layout(0, 1, 0)
        self._waiting: deque[Data] = deque()

    @property
    def pending_bytes(self) -> int:
        """Bytes kept since the last delimiter, at most 254 (P1.6)."""
        return len(self._tail)

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by ``data``, in the order of the wire."""
        stats = self.stats
        stats.bytes_in += len(data)
        pieces = data.split(b"\0")
        last = pieces.pop()
        if last or self._tail or self._overlong:
            self._join(pieces, last)
        out: list[Message] = []
        taken = 0
        # DATA of the epoch in force takes a short way: there is much of it.
        data_header, epoch, n_by_size, unpack = self._data_header, self._epoch, self._n_by_size, self._unpack
        for piece in pieces:
            size = len(piece)
            if not SHORTEST_FRAME < size < _SIZES:
                if size:
                    self._bad("length")
                continue
            frame = bytearray(piece)
            at, frame[0] = frame[0], 0
            while at < size:
                step = frame[at]
                frame[at] = 0
                at += step
            if at != size:
                self._bad("cobs")
            elif crc_hqx(frame, _CRC_START) != _CRC_GOOD:
                self._bad("crc")
            elif frame[1] == data_header and frame[2] == epoch and 0 < n_by_size[size] == frame[10]:
                out.append(_new(Data, unpack[size](frame)))
                taken += 1
            else:
                self._take(frame, out)
                epoch, n_by_size, unpack = self._epoch, self._n_by_size, self._unpack
        stats.frames_ok += taken
        return out

    def _join(self, pieces: list[bytes], last: bytes) -> None:
        """What was kept goes before the first piece, and ``last`` is kept; an overlong run is not (P1.6)."""
        if not pieces:
            last = b"" if self._overlong else self._tail + last
        elif self._overlong:
            self._overlong = False
            self._bad("length")
            del pieces[0]
        else:
            pieces[0] = self._tail + pieces[0]
        if len(last) >= _SIZES:
            self._overlong, last = True, b""
        self._tail = last

    def _bad(self, cause: str, frames: int = 1) -> None:
        self.stats.frames_bad += frames
        causes = self.stats.bad_by_cause
        causes[cause] = causes.get(cause, 0) + frames

    def _take(self, frame: bytearray, out: list[Message]) -> None:
        """A frame with a good checksum that is not DATA of the epoch in force."""
        first, epoch, seq = _HEADER.unpack_from(frame, 1)
        if first >> 4 != VERSION:
            self._bad("version")
            out.append(OtherVersion(first >> 4))
        elif first == self._data_header:
            self._take_data(frame, epoch)
        else:
            self._take_other(self._types.get(first & 15), bytes(frame[5:-2]), seq, epoch, out)

    def _take_other(
        self, kind: type[Framed] | None, body: bytes, seq: int, epoch: int, out: list[Message]
    ) -> None:
        if kind is None:
            self._bad("type")
            return
        try:
            message = kind.unpack(body, seq, epoch)
        except BodyError as error:
            self._bad(error.cause)
            return
        self.stats.frames_ok += 1
        out.append(message)  # type: ignore[arg-type]  # the tables hold the members of Message only
        if isinstance(message, Info):
            self._enter(message, out)

    def _take_data(self, frame: bytearray, epoch: int) -> None:
        if len(frame) <= _DATA_OVERHEAD + 1 or not frame[10] or epoch == self._epoch:
            self._bad("length")
        elif self._epoch >= 0 and (epoch - self._epoch) % 256 >= 128:
            self._bad("old epoch")
        else:
            self._wait(_new(Data, _data_struct(len(frame)).unpack(frame)))

    def _wait(self, data: Data) -> None:
        waiting = self._waiting
        waiting.append(data)
        while (data.t_us - waiting[0].t_us) % 2**32 > LONGEST_WAIT_US or len(waiting) > MOST_WAITING_FRAMES:
            waiting.popleft()
            self._bad("no info")

    def _enter(self, info: Info, out: list[Message]) -> None:
        """INFO names the epoch in force: DATA that waited for it goes on, older DATA never will."""
        self._epoch = info.epoch
        self._n_by_size, self._unpack = _data_layout(info.encoding, len(info.channels), info.k)
        waiting, self._waiting = self._waiting, deque()
        for data in waiting:
            if data.epoch != info.epoch:
                if (data.epoch - info.epoch) % 256 >= 128:
                    self._bad("old epoch")
                else:
                    self._waiting.append(data)
            elif self._n_by_size[1 + _DATA_OVERHEAD + len(data.samples)] == data.n:
                self.stats.frames_ok += 1
                out.append(data)
            else:
                self._bad("length")
