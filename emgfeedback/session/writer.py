"""Writing a session file: one transaction at a time, in the thread of the caller."""

import contextlib
import json
import math
import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.form import dump
from device import SampleChunk
from emgfeedback.session import rows
from emgfeedback.session.database import create, is_busy
from emgfeedback.session.digest import SampleDigest, seal
from emgfeedback.session.errors import RecordingFailed
from emgfeedback.session.header import SessionHeader, now
from emgfeedback.session.rows import Row


def _insert(table: str, columns: Sequence[str]) -> str:
    # Names come from the constants of this package alone.
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


SESSION = _insert("session", ("id", *rows.HEADER_COLUMNS))
CHANNEL = _insert("channel", rows.CHANNEL_COLUMNS)
CALIBRATION = _insert("calibration", ("id", "sample", "record"))
CHUNK = _insert("chunk", rows.CHUNK_COLUMNS)
GAP = _insert("gap", ("start", "n_samples", "cause"))
MARKER = _insert("marker", ("sample", "text"))
EVENT = _insert("event", ("sample", "kind", "data"))
REP = _insert("rep", rows.REP_COLUMNS)
SUMMARY = _insert("summary", ("name", "value")).replace("INSERT", "INSERT OR REPLACE", 1)

#: Bytes. A file that is being recorded is longer than its content by about this, twice over.
_ROOM = 128 * 1024

#: One row for one table: the statement and its values.
Insert = tuple[str, Row]


class Busy(Exception):
    """Another program holds the file just now; the same commit may be tried again."""


class SessionWriter:
    """The one who writes a session file. Each ``commit`` is on the disk when it returns, or not at all.

    Creating raises ``RecordingFailed``. All header rows are committed before the first sample.
    """

    def __init__(self, path: Path, header: SessionHeader) -> None:
        self.path = path
        self._digest = SampleDigest()
        self._stop: int | None = None
        inserts = _header_inserts(header)
        self._connection = create(path)
        self.commit((), inserts)

    def commit(self, chunks: Sequence[tuple[SampleChunk, str]], others: Sequence[Insert]) -> None:
        """Write chunks, each with the cause of a jump before it, and rows of other tables.

        Raises ``Busy`` when it may be tried again and ``RecordingFailed`` when it may not.
        """
        inserts = list(others)
        stop = self._stop
        for chunk, cause in chunks:
            inserts += _chunk_inserts(chunk, cause, stop, self.path)
            stop = chunk.stop
        try:
            self._transaction(inserts)
        except sqlite3.Error as error:
            if is_busy(error):
                raise Busy from error
            raise RecordingFailed(_why(self.path, error)) from error
        except OSError as error:
            text = f"Recording to {self.path} stopped: {error.strerror}; check the disk."
            raise RecordingFailed(text) from error
        self._stop = stop
        for chunk, _ in chunks:
            self._digest.add(chunk)

    def _transaction(self, inserts: Sequence[Insert]) -> None:
        self._make_room(sum(len(v) for _, values in inserts for v in values if isinstance(v, bytes | str)))
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in inserts:
                self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            # A full disk makes SQLite roll back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _used(self) -> int:
        """Bytes of the file that SQLite counts as its own."""
        (n_pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        (size,) = self._connection.execute("PRAGMA page_size").fetchone()
        return int(n_pages * size)

    def _make_room(self, n_bytes: int) -> None:
        """Let the file end well behind its last page.

        A commit writes the first page, which counts the others, before those that it adds. Cut off
        in between, a file that is shorter than its count would not open.
        """
        end = self._used() + 2 * n_bytes + _ROOM
        if self.path.stat().st_size < end:
            os.truncate(self.path, (end // _ROOM + 2) * _ROOM)

    def finish(self) -> None:
        """Mark the file as closed in order and seal it; raises as ``commit`` does."""
        sealed = seal(self._connection, self._digest.hexdigest())
        self.commit((), [("UPDATE session SET stopped = ?, seal = ?", (now(), sealed))])

    def close(self) -> None:
        """Let go of the file and leave nothing beside it. May be called again."""
        # It may be closed already, or the disk beyond hope; the file itself is whole either way.
        with contextlib.suppress(sqlite3.Error, OSError):
            self._connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            os.truncate(self.path, self._used())
        self._connection.close()


def _header_inserts(header: SessionHeader) -> list[Insert]:
    inserts: list[Insert] = [(SESSION, (1, *rows.session_row(header)))]
    inserts += [(CHANNEL, row) for row in rows.channel_rows(header.info)]
    if header.calibration is not None:
        try:
            inserts.append((CALIBRATION, (1, 0, dump(header.calibration))))
        except CalibrationError as error:
            raise RecordingFailed(f"The session cannot be recorded: {error}") from error
    return inserts


def _chunk_inserts(chunk: SampleChunk, cause: str, stop: int | None, path: Path) -> list[Insert]:
    before = chunk.start - chunk.lost if stop is None else stop
    jump = chunk.start - before
    if jump < 0:
        raise RecordingFailed(
            f"Recording to {path} stopped: samples from {chunk.start} on came after sample {before - 1}."
        )
    inserts: list[Insert] = [(CHUNK, rows.chunk_row(chunk))]
    if jump:
        inserts.append((GAP, (before, jump, cause)))
    return inserts


def event_insert(sample: int, kind: str, data: Mapping[str, object]) -> Insert:
    """A row of ``event``; raises ``TypeError`` when ``data`` is nothing that JSON knows."""
    return EVENT, (int(sample), kind, as_json(data))


def as_json(value: object) -> str:
    """JSON text; a number that is not finite becomes null."""
    return json.dumps(_finite(value))


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _why(path: Path, error: sqlite3.Error) -> str:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name == "SQLITE_FULL":
        return f"Recording to {path} stopped: the disk is full; free some space before the next session."
    if name.startswith("SQLITE_IOERR"):
        return f"Recording to {path} stopped: the disk takes no more ({error}); check its space."
    return f"Recording to {path} stopped: {error}."
