"""What host and board say to each other: one class per frame type of ``firmware_protocol.md``.

    board -> host   Data  Info  Status  Pong  Ack  Event  Text
    host -> board   Hello  Set  Start  Stop  Ping  Test

Fields hold the integers of the wire, in the units that their names or docstrings give; codes
stay plain ``int``, because a newer board may send one that ``device.codes`` does not name (P8.1).
``seq`` and ``epoch`` come from the frame's header.
"""

from dataclasses import dataclass
from fractions import Fraction
from struct import Struct
from typing import Any, ClassVar, NamedTuple, Self, TypeAlias

VERSION = 1
MOST_CHANNELS = 8
LONGEST_TEXT_BYTES = 200


class BodyError(ValueError):
    """The bytes of a body are not what its type allows; ``cause`` is the counter's name."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"malformed body: {cause}")
        self.cause = cause


class Data(NamedTuple):
    """Consecutive sample sets (P3). A tuple, because it is built a hundred times a second and more.

    ``t_us`` is the board's time of the first set's trigger in µs, modulo 2^32; ``samples`` is the
    payload as it came: ``n`` sets x channels in the epoch's encoding (``device.samples``).
    """

    epoch: int
    seq: int
    t_us: int
    flags: int
    n: int
    samples: bytes

    @property
    def kind(self) -> int:
        """Type nibble of the frame."""
        return DATA

    def pack(self) -> bytes:
        """Body bytes."""
        return _DATA.pack(self.t_us, self.flags, self.n) + self.samples


DATA = 0
_DATA = Struct("<IBB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """What every frame but DATA has: the header's sequence number and epoch, and a body."""

    kind: ClassVar[int]
    layout: ClassVar[Struct] = Struct("")

    seq: int = 0
    epoch: int = 0

    def pack(self) -> bytes:
        """Body bytes; ``struct.error`` or ``ValueError`` when a field does not fit."""
        # Slots of the class itself are the body's fields: the header's belong to the base.
        return self.layout.pack(*(getattr(self, name) for name in type(self).__slots__))

    @classmethod
    def unpack(cls, body: bytes, seq: int, epoch: int) -> Self:
        """The message of ``body``; raises ``BodyError``."""
        if len(body) != cls.layout.size:
            raise BodyError("length")
        return cls(*cls.layout.unpack(body), seq=seq, epoch=epoch)


@dataclass(frozen=True, slots=True)
class InfoChannel:
    """One channel of INFO. ``kind``: 0 raw, 1 rectified, 2 envelope, 3 aux."""

    pin: int
    kind: int
    gain_x100: int
    offset: int
    skew_tenth_us: int
    label: str

    layout: ClassVar[Struct] = Struct("<BBIHH8s")

    @property
    def gain(self) -> float:
        """Volts at the pin per volt at the electrodes."""
        return self.gain_x100 / 100

    @property
    def skew_s(self) -> float:
        """From the set's trigger to the middle of this channel's conversions, in seconds."""
        return self.skew_tenth_us * 1e-7

    def pack(self) -> bytes:
        """The channel's 18 bytes."""
        label = self.label.encode("ascii")
        if len(label) > 8:
            raise ValueError(f"label {self.label!r} is longer than 8 characters")
        return self.layout.pack(self.pin, self.kind, self.gain_x100, self.offset, self.skew_tenth_us, label)

    @classmethod
    def unpack(cls, data: bytes) -> "InfoChannel":
        """The channel of 18 bytes; raises ``BodyError``."""
        fields: list[Any] = list(cls.layout.unpack(data))
        fields[-1] = fields[-1].rstrip(b"\0").decode("ascii", "replace")
        channel = cls(*fields)
        if channel.gain_x100 == 0:
            raise BodyError("content")
        return channel


@dataclass(frozen=True, slots=True)
class Info(Framed):
    """What a board is and how it is set (P4). Rates in Hz, ``reference_mv`` in millivolts."""

    encoding: int
    k: int
    bits: int
    oversample: int
    state: int
    rate_num: int
    rate_den: int
    reference_mv: int
    firmware: int
    board_id: int
    capabilities: int
    max_rate_hz: int
    board: int
    test: int
    boot_count: int
    channels: tuple[InfoChannel, ...]

    kind = 1
    layout = Struct("<6B2I2HI2H2BH")

    @property
    def sfreq_hz(self) -> Fraction:
        """Exact sampling rate of each channel in Hz."""
        return Fraction(self.rate_num, self.rate_den)

    @property
    def period_us(self) -> Fraction:
        """Exact sample period T in µs."""
        return Fraction(self.rate_den * 1_000_000, self.rate_num)

    @property
    def streaming(self) -> bool:
        """Whether the board streams."""
        return self.state == 1

    @property
    def firmware_version(self) -> str:
        """``major.minor`` of the firmware."""
        return f"{self.firmware >> 8}.{self.firmware & 255}"

    def pack(self) -> bytes:
        """Body bytes."""
        head = self.layout.pack(
            self.encoding, len(self.channels), self.k, self.bits, self.oversample, self.state,
            self.rate_num, self.rate_den, self.reference_mv, self.firmware, self.board_id,
            self.capabilities, self.max_rate_hz, self.board, self.test, self.boot_count,
        )  # fmt: skip
        return head + b"".join(channel.pack() for channel in self.channels)

    @classmethod
    def unpack(cls, body: bytes, seq: int, epoch: int) -> Self:
        """The message of ``body``; raises ``BodyError``."""
        head, width = cls.layout.size, InfoChannel.layout.size
        if len(body) < head or len(body) != head + width * body[1]:
            raise BodyError("length")
        fields: list[Any] = list(cls.layout.unpack_from(body))
        if not 1 <= fields.pop(1) <= MOST_CHANNELS:
            raise BodyError("content")
        slices = (body[at : at + width] for at in range(head, len(body), width))
        fields.append(tuple(InfoChannel.unpack(part) for part in slices))
        info = cls(*fields, seq=seq, epoch=epoch)
        # With one of these zero (or more bits than fit) no sample could be given a time or a voltage.
        needed = (info.k, info.rate_num, info.rate_den, info.reference_mv, info.board_id, info.oversample)
        if not all(needed) or not 1 <= info.bits <= 16:
            raise BodyError("content")
        return info


@dataclass(frozen=True, slots=True)
class Status(Framed):
    """Counters since START, once a second (P5); they stop at their maximum. ``supply_mv`` 0: not measured."""

    t_us: int
    frames_sent: int
    frames_dropped: int
    ticks_missed: int
    frames_bad: int
    supply_mv: int
    free_ram_bytes: int

    kind = 2
    layout = Struct("<IIHHHHH")


@dataclass(frozen=True, slots=True)
class Pong(Framed):
    """Answer to a PING: board time in µs when it was taken and when this was queued."""

    token: int
    received_us: int
    sent_us: int

    kind = 3
    layout = Struct("<III")


@dataclass(frozen=True, slots=True)
class Ack(Framed):
    """How the command with sequence number ``command_seq`` and type ``command`` was taken (P5.2, P5.3)."""

    command_seq: int
    command: int
    code: int
    limit: int = 0

    kind = 4
    layout = Struct("<HBBH")


@dataclass(frozen=True, slots=True)
class Event(Framed):
    """Something that happened on the board at board time ``t_us``; ``code`` as in ``EventCode``."""

    t_us: int
    code: int
    value: int = 0

    kind = 6
    layout = Struct("<IBh")


@dataclass(frozen=True, slots=True)
class Text(Framed):
    """A line for people, 1 to 200 bytes of UTF-8."""

    text: str

    kind = 7

    def pack(self) -> bytes:
        """Body bytes."""
        body = self.text.encode()
        if not 1 <= len(body) <= LONGEST_TEXT_BYTES:
            raise ValueError(f"text of {len(body)} bytes: 1 to {LONGEST_TEXT_BYTES} fit a frame")
        return body

    @classmethod
    def unpack(cls, body: bytes, seq: int, epoch: int) -> Self:
        """The message of ``body``; raises ``BodyError``."""
        if not 1 <= len(body) <= LONGEST_TEXT_BYTES:
            raise BodyError("length")
        return cls(body.decode("utf-8", "replace"), seq=seq, epoch=epoch)


@dataclass(frozen=True, slots=True)
class Hello(Framed):
    """Who is there? ``version`` is the highest protocol version that the host speaks."""

    version: int = VERSION

    kind = 8
    layout = Struct("<B")


@dataclass(frozen=True, slots=True)
class Set(Framed):
    """Settings for the next START. ``k`` 0: the board chooses how many sets a frame holds."""

    rate_hz: int
    oversample: int
    encoding: int
    k: int
    pins: tuple[int, ...]

    kind = 9
    layout = Struct("<HBBBB")

    def pack(self) -> bytes:
        """Body bytes."""
        numbers = (self.rate_hz, self.oversample, self.encoding, self.k, len(self.pins))
        return self.layout.pack(*numbers) + bytes(self.pins)

    @classmethod
    def unpack(cls, body: bytes, seq: int, epoch: int) -> Self:
        """The message of ``body``; raises ``BodyError``. Pins are judged by the board (P5.2)."""
        size = cls.layout.size
        if len(body) < size or len(body) != size + body[size - 1]:
            raise BodyError("length")
        rate_hz, oversample, encoding, k, _ = cls.layout.unpack_from(body)
        return cls(rate_hz, oversample, encoding, k, tuple(body[size:]), seq=seq, epoch=epoch)


@dataclass(frozen=True, slots=True)
class Start(Framed):
    """Stream."""

    kind = 10


@dataclass(frozen=True, slots=True)
class Stop(Framed):
    """Stop streaming."""

    kind = 11


@dataclass(frozen=True, slots=True)
class Ping(Framed):
    """I am here; tell me your time. ``token`` comes back in the PONG."""

    token: int

    kind = 12
    layout = Struct("<I")


@dataclass(frozen=True, slots=True)
class Test(Framed):
    """Sample ``signal`` (``TestSignal``) instead of the pins."""

    __test__: ClassVar[bool] = False  # not a test class, whatever pytest makes of the name

    signal: int

    kind = 13
    layout = Struct("<B")


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """A whole frame of a protocol version that is not spoken here (P8.2); no frame type of its own."""

    version: int


FromBoard: TypeAlias = Data | Info | Status | Pong | Ack | Event | Text
FromHost: TypeAlias = Hello | Set | Start | Stop | Ping | Test
Sendable: TypeAlias = FromBoard | FromHost
Message: TypeAlias = FromBoard | FromHost | OtherVersion

BOARD_TYPES: dict[int, type[Framed]] = {t.kind: t for t in (Info, Status, Pong, Ack, Event, Text)}
HOST_TYPES: dict[int, type[Framed]] = {t.kind: t for t in (Hello, Set, Start, Stop, Ping, Test)}
