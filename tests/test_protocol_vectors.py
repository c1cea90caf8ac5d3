"""The vectors of firmware_protocol.md hold in both directions, and none of their bytes could be another."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from protocol_vectors import (
    PROTOCOL,
    TYPES,
    Discarded,
    Frame,
    check_discarded,
    check_frame,
    read_vectors,
)

TEXT = PROTOCOL.read_text("utf-8")
VECTORS = read_vectors(TEXT)
MASKS = (0x01, 0x80, 0xFF)


@pytest.mark.parametrize("frame", VECTORS.frames, ids=lambda frame: frame.name)
def test_p11_1_frames_decode_and_encode(frame: Frame) -> None:
    check_frame(frame, VECTORS)


@pytest.mark.parametrize("row", VECTORS.discarded, ids=lambda row: row.name)
def test_p11_2_discarded_frames_are_counted_by_cause(row: Discarded) -> None:
    check_discarded(row, VECTORS)


def test_every_type_and_every_cause_has_a_vector() -> None:
    assert {frame.fields["type"] for frame in VECTORS.frames} == {*TYPES, "DATA"}
    causes = {"length", "cobs", "crc", "version", "type", "content", "old epoch"}
    assert {row.cause for row in VECTORS.discarded} == causes


def test_every_vector_names_a_clause_of_the_document() -> None:
    clauses = set(re.findall(r"\*\*(P\d+\.\d+)\*\*", TEXT))
    assert {row.clause for row in (*VECTORS.frames, *VECTORS.discarded)} <= clauses


def flipped(wire: bytes) -> Iterator[bytes]:
    for index in range(len(wire)):
        for mask in MASKS:
            yield wire[:index] + bytes((wire[index] ^ mask,)) + wire[index + 1 :]


@pytest.mark.parametrize("frame", VECTORS.frames, ids=lambda frame: frame.name)
def test_no_byte_of_a_frame_can_change_unseen(frame: Frame) -> None:
    for wire in flipped(frame.wire):
        with pytest.raises(AssertionError):
            check_frame(replace(frame, wire=wire), VECTORS)


@pytest.mark.parametrize("row", VECTORS.discarded, ids=lambda row: row.name)
def test_no_byte_of_a_discarded_frame_can_change_unseen(row: Discarded) -> None:
    for wire in flipped(row.wire):
        with pytest.raises(AssertionError):
            check_discarded(replace(row, wire=wire), VECTORS)


def other_fields(value: Any) -> Iterator[Any]:
    """``value`` with one number or letter in it changed, in every place."""
    if isinstance(value, dict):
        for key in value:
            for other in other_fields(value[key]):
                yield deepcopy(value) | {key: other}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for other in other_fields(item):
                yield [*value[:index], other, *value[index + 1 :]]
    elif isinstance(value, int):
        yield value ^ 1
    elif value not in TYPES and value != "DATA":
        yield value + "x" if len(value) < 8 else value[:-1]


@pytest.mark.parametrize("frame", VECTORS.frames, ids=lambda frame: frame.name)
def test_no_field_of_a_frame_can_change_unseen(frame: Frame) -> None:
    for fields in other_fields(frame.fields):
        with pytest.raises((AssertionError, ValueError, StopIteration)):
            check_frame(replace(frame, fields=fields), VECTORS)


def test_the_receiver_in_the_document_reads_the_frames_and_no_other() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    line = b"".join(frame.wire for frame in VECTORS.frames)
    heads = [frame[0] for frame in namespace["frames"](b"noise\0" + line + b"noise")]
    assert heads == [0x10 + kind_number(frame) for frame in VECTORS.frames]
    framing = [row for row in VECTORS.discarded if row.cause in {"cobs", "crc"}]
    assert framing
    assert list(namespace["frames"](b"".join(row.wire for row in framing))) == []


def kind_number(frame: Frame) -> int:
    name = frame.fields["type"]
    return 0 if name == "DATA" else TYPES[name].kind
