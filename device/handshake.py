"""The host's side of the dialogue that starts a stream and keeps it (P6, P7): no port, clock or thread.

    GREETING --INFO--> [STOPPING --ACK-->] SETTING --ACK--> [TESTING --ACK-->] STARTING --INFO--> STREAMING
        ^                                                                                            |
        +------ the board restarted, or stopped because it heard no host: INFO idle, EVENT ----------+

Each step repeats its command every 200 ms until its answer comes, so a lost ACK costs 200 ms.
"""

from dataclasses import dataclass
from enum import Enum

from device.codes import AckCode, Encoding, EventCode
from device.errors import HandshakeFailed, Reason
from device.keepalive import ClockReading, KeepAlive
from device.messages import (
    VERSION,
    Ack,
    Event,
    FromHost,
    Hello,
    Info,
    Message,
    OtherVersion,
    Pong,
    Set,
    Start,
    Stop,
    Test,
)
from device.stream import LinkStats
from device.wire import encode

REPEAT_S = 0.2
PATIENCE_S = 4.0


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """What to ask of a board: ``pins`` are the n of An, in column order; ``k`` 0 lets the board choose."""

    rate_hz: int = 1000
    oversample: int = 1
    pins: tuple[int, ...] = (0, 1)
    test: int = 0
    encoding: int = Encoding.U16
    k: int = 0


class Phase(Enum):
    """Where the dialogue stands."""

    GREETING = "greeting"
    STOPPING = "stopping"
    SETTING = "setting"
    TESTING = "testing"
    STARTING = "starting"
    STREAMING = "streaming"


class Handshake:
    """Brings a board from whatever state it is in to streaming, and keeps it there.

    Call ``poll`` often and send what it returns; give every message to ``receive``. Both raise
    ``HandshakeFailed``. Times are the host's monotonic clock in seconds. Without a ``request`` the
    dialogue stops at the first INFO (``board``): nothing but HELLO is ever sent. ``where`` names
    the port in error messages; ``stats`` are those of the decoder, which tell noise from silence.
    """

    def __init__(
        self, request: StreamRequest | None, where: str = "the board", stats: LinkStats | None = None
    ) -> None:
        self.board: Info | None = None
        self.phase = Phase.GREETING
        self._identify_only = request is None
        self._request = request or StreamRequest()
        self._where = where
        self._stats = LinkStats() if stats is None else stats
        self._bytes_before = self._stats.bytes_in
        self._other_version: int | None = None
        self._seq = 0
        self._asked: set[int] = set()
        self._repeat_s = float("-inf")
        self._deadline_s: float | None = None
        self._keep_alive = KeepAlive()

    @property
    def info(self) -> Info | None:
        """The INFO of the running stream, ``None`` while there is none."""
        return self.board if self.phase is Phase.STREAMING else None

    @property
    def clock(self) -> ClockReading | None:
        """The best reading of the board's clock of late, once a PONG has come."""
        return self._keep_alive.reading

    def poll(self, now_s: float) -> bytes:
        """Bytes to send now, often none. Raises ``HandshakeFailed`` when the board's time is up."""
        if self.phase is Phase.STREAMING:
            ping = self._keep_alive.poll(now_s)
            return self._encode(ping) if ping else b""
        if self._identify_only and self.board is not None:
            return b""
        if self._deadline_s is None:
            self._deadline_s = now_s + PATIENCE_S
        if now_s >= self._deadline_s:
            raise self._gave_up()
        if now_s < self._repeat_s:
            return b""
        self._repeat_s = now_s + REPEAT_S
        self._asked.add(self._seq)
        # A delimiter in front cuts off whatever stood on the line (P1.5).
        return b"\0" + self._encode(self._command())

    def stop(self) -> bytes:
        """The STOP to send before the link is closed."""
        return self._encode(Stop())

    def receive(self, message: Message, now_s: float) -> None:
        """Take a message of the board. Raises ``HandshakeFailed`` when it refuses what was asked."""
        if isinstance(message, Info):
            self._receive_info(message)
        elif isinstance(message, Ack):
            self._receive_ack(message)
        elif isinstance(message, Pong):
            self._keep_alive.receive(message, now_s)
        elif isinstance(message, OtherVersion):
            self._other_version = message.version
        elif isinstance(message, Event) and self.info and message.code == EventCode.NO_HOST:
            self._enter(Phase.GREETING)

    def _receive_info(self, info: Info) -> None:
        before, self.board = self.board, info
        if self._identify_only:
            return
        if self.phase is Phase.GREETING or _boot(before) != _boot(info):
            self._begin(info)
        elif self.phase is Phase.STARTING and info.streaming:
            self._enter(Phase.STREAMING if self._granted(info) else Phase.STOPPING)
        elif self.phase is Phase.STREAMING and not (info.streaming and before and info.epoch == before.epoch):
            self._begin(info)

    def _begin(self, info: Info) -> None:
        """Greeted, or greeted anew by a board that restarted."""
        if self.phase in (Phase.GREETING, Phase.STREAMING):
            self._deadline_s = None
        self._enter(Phase.STOPPING if info.streaming else Phase.SETTING)

    def _granted(self, info: Info) -> bool:
        """Whether a streaming board has the settings asked for; the rate may be rounded (P6.3)."""
        request = self._request
        given = (tuple(channel.pin for channel in info.channels), info.oversample, info.encoding, info.test)
        return given == (request.pins, request.oversample, request.encoding, request.test)

    def _receive_ack(self, ack: Ack) -> None:
        if ack.command_seq not in self._asked or ack.command != self._command().kind:
            return
        if ack.code == AckCode.STREAMING:
            self._enter(Phase.STOPPING)
        elif ack.code != AckCode.DONE:
            raise HandshakeFailed(_refusal(ack, self._request, self._where), Reason.REFUSED)
        elif self.phase is Phase.STOPPING:
            self._enter(Phase.SETTING)
        elif self.phase is Phase.SETTING:
            test_held = self.board is not None and self.board.test == self._request.test
            self._enter(Phase.STARTING if test_held else Phase.TESTING)
        elif self.phase is Phase.TESTING:
            self._enter(Phase.STARTING)
        # START is answered by its INFO: an ACK alone does not tell the exact rate.

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._asked.clear()
        self._repeat_s = float("-inf")
        if phase is Phase.STREAMING:
            self._keep_alive = KeepAlive()
            self._deadline_s = None

    def _command(self) -> FromHost:
        request = self._request
        match self.phase:
            case Phase.STOPPING:
                return Stop()
            case Phase.SETTING:
                return Set(request.rate_hz, request.oversample, request.encoding, request.k, request.pins)
            case Phase.TESTING:
                return Test(request.test)
            case Phase.STARTING:
                return Start()
            case _:
                return Hello(VERSION)

    def _encode(self, command: FromHost) -> bytes:
        wire = encode(command, self._seq)
        self._seq = (self._seq + 1) % 65536
        return wire

    def _gave_up(self) -> HandshakeFailed:
        where = self._where
        if self.phase is not Phase.GREETING:
            command = type(self._command()).__name__.upper()
            return HandshakeFailed(
                f"{where} answered at first, but not to {command}: unplug it, plug it in again and retry",
                Reason.SILENT,
            )
        if self._other_version is not None:
            older = "app" if self._other_version > VERSION else "firmware on the board"
            return HandshakeFailed(
                f"{where} speaks protocol version {self._other_version}, this app version {VERSION}: "
                f"update the {older}",
                Reason.VERSION,
            )
        if self._stats.bytes_in > self._bytes_before:
            return HandshakeFailed(
                f"{where} sends bytes, but not those of emgfeedback firmware: "
                "check the baud rate, or upload the firmware to the board",
                Reason.NOT_OURS,
            )
        return HandshakeFailed(
            f"{where} gave no answer within {PATIENCE_S:g} s: check that the board is powered "
            "and holds emgfeedback firmware",
            Reason.NO_BOARD,
        )


def _boot(info: Info | None) -> tuple[int, int] | None:
    return (info.board_id, info.boot_count) if info else None


def _refusal(ack: Ack, request: StreamRequest, where: str) -> str:
    """Why the board refused, and the most that it would take (P5.3)."""
    channels = f"{len(request.pins)} channel{'s' if len(request.pins) > 1 else ''}"
    asked = f"{channels} at {request.rate_hz} Hz with oversampling x{request.oversample}"
    most_hz = f"ask for at most {ack.limit} Hz" if ack.limit else "ask for fewer channels"
    match ack.code:
        case AckCode.TOO_FAST_FOR_CONVERTER:
            return f"{where} cannot convert {asked}: {most_hz}, fewer channels or less oversampling"
        case AckCode.TOO_FAST_FOR_WIRE:
            return f"the line to {where} cannot carry {asked}: {most_hz} or use a higher baud rate"
        case AckCode.PINS:
            pins = ", ".join(f"A{pin}" for pin in request.pins)
            return f"{where} cannot sample the pins {pins}: name each once, none above A{ack.limit}"
        case AckCode.OVERSAMPLING:
            return f"{where} cannot oversample x{request.oversample}: ask for at most x{ack.limit}"
        case AckCode.ENCODING:
            return f"{where} cannot send encoding {request.encoding}: ask for encoding 0"
        case AckCode.TEST_SIGNAL:
            return f"{where} has no test signal {request.test}: ask for another, or for 0 (off)"
        case _:
            return f"{where} refused command {ack.command} with code {ack.code}: update its firmware"
