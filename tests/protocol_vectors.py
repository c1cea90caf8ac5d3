"""Reads the vectors of firmware_protocol.md (P11), and says what each must be."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from device.messages import BOARD_TYPES, HOST_TYPES, Data, Info, InfoChannel, OtherVersion, Sendable
from device.samples import pack_samples, unpack_samples
from device.wire import Decoder, encode, frame_crc, stuff

PROTOCOL = Path(__file__).resolve().parent.parent / "firmware_protocol.md"
TYPES = {kind.__name__.upper(): kind for kind in (BOARD_TYPES | HOST_TYPES).values()}


@dataclass(frozen=True, slots=True)
class Frame:
    """A row of the first table."""

    name: str
    clause: str
    sender: str
    fields: dict[str, Any]
    wire: bytes


@dataclass(frozen=True, slots=True)
class Discarded:
    """A row of the second table."""

    name: str
    clause: str
    listener: str
    cause: str
    made: dict[str, Any]
    wire: bytes


@dataclass(frozen=True, slots=True)
class Vectors:
    """Both tables of P11."""

    frames: tuple[Frame, ...]
    discarded: tuple[Discarded, ...]

    def frame(self, name: str) -> Frame:
        """The row of that name."""
        return next(frame for frame in self.frames if frame.name == name)

    def info(self, epoch: int) -> Frame:
        """The INFO of ``epoch``."""
        return next(f for f in self.frames if f.fields["type"] == "INFO" and f.fields["epoch"] == epoch)


def read_vectors(text: str) -> Vectors:
    """The vectors in the text of the protocol."""
    frames = (
        Frame(name, clause, sender, json.loads(fields), bytes.fromhex(wire))
        for name, clause, sender, fields, wire in _rows(text, "### Frames")
    )
    discarded = (
        Discarded(name, clause, listener, cause, json.loads(made), bytes.fromhex(wire))
        for name, clause, listener, cause, made, wire in _rows(text, "### Discarded")
    )
    return Vectors(tuple(frames), tuple(discarded))


def _rows(text: str, heading: str) -> Iterator[list[str]]:
    section = text.partition(heading)[2].partition("\n#")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    for line in table[2:]:
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def message_of(fields: dict[str, Any]) -> Sendable:
    """The message that ``fields`` describe."""
    values = {name: value for name, value in fields.items() if name not in {"type", "counts"}}
    if fields["type"] == "DATA":
        samples = pack_samples(fields["counts"], values.pop("encoding"))
        return Data(n=len(fields["counts"]), samples=samples, **values)
    if "channels" in values:
        values["channels"] = tuple(InfoChannel(**channel) for channel in values["channels"])
    if "pins" in values:
        values["pins"] = tuple(values["pins"])
    message = TYPES[fields["type"]](**values)
    assert isinstance(message, Sendable)
    return message


def fields_of(message: Sendable, info: Info | None) -> dict[str, Any]:
    """The fields of a message as the table writes them; DATA is read by ``info``."""
    if isinstance(message, Data):
        assert info is not None
        counts = unpack_samples([message.samples], info.encoding, len(info.channels))
        assert len(counts) == message.n
        fields = message._asdict() | {"encoding": info.encoding, "counts": counts.tolist()}
        del fields["samples"], fields["n"]
    else:
        fields = json.loads(json.dumps(asdict(message)))
    return {"type": type(message).__name__.upper()} | fields


def check_frame(frame: Frame, vectors: Vectors) -> None:
    """Assert that ``frame`` holds in both directions (P11.1)."""
    decoder = Decoder("host" if frame.sender == "board" else "board")
    info = None
    if frame.fields["type"] == "DATA":
        (message,) = decoder.feed(vectors.info(frame.fields["epoch"]).wire)
        assert isinstance(message, Info)
        info = message
    messages = decoder.feed(frame.wire)
    assert len(messages) == 1, (messages, decoder.stats.bad_by_cause)
    (message,) = messages
    assert not isinstance(message, OtherVersion)
    assert fields_of(message, info) == frame.fields
    assert encode(message_of(frame.fields)) == frame.wire


def check_discarded(row: Discarded, vectors: Vectors) -> None:
    """Assert that ``row`` is what it says, is thrown away for its cause, and does no harm (P11.2)."""
    assert _made(row.made, vectors) == row.wire
    decoder = Decoder("host" if row.listener == "host" else "board")
    known = vectors.frames[0] if row.listener == "host" else vectors.frame("hello")
    assert len(decoder.feed(known.wire)) == 1
    heard = [message for message in decoder.feed(row.wire) if not isinstance(message, OtherVersion)]
    assert heard == []
    assert decoder.stats.bad_by_cause == {row.cause: 1}
    assert decoder.stats.frames_bad == 1
    assert len(decoder.feed(known.wire)) == 1


def _made(made: dict[str, Any], vectors: Vectors) -> bytes:
    if "decoded" in made:
        decoded = bytes.fromhex(made["decoded"])
        return stuff(decoded + frame_crc(decoded).to_bytes(2, "big")) + b"\0"
    if "byte" in made:
        return bytes.fromhex(made["byte"]) * made["times"] + b"\0"
    wire = bytearray(vectors.frame(made["vector"]).wire)
    for index, byte in made.get("put", {}).items():
        wire[int(index)] = int(byte, 16)
    if "drop" in made:
        del wire[made["drop"]]
    return bytes(wire) + bytes.fromhex(made.get("append", ""))
