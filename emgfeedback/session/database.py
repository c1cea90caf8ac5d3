"""Opening and creating the SQLite file behind a session."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emgfeedback.session import schema
from emgfeedback.session.errors import DamagedSession, NotASession, RecordingFailed

_MAGIC = b"SQLite format 3\x00"
#: Bytes. No field is longer; a damaged length must not ask for the memory of the machine.
_LONGEST_FIELD = 64 * 1024 * 1024
#: s. How long a reader waits while a recorder commits.
_READER_WAIT_S = 5.0
#: s. How long a recorder's commit waits for a reader before it is put off.
_WRITER_WAIT_S = 0.2
#: What values that are not as they were written throw where they are read.
DAMAGE = (ValueError, TypeError, LookupError, OverflowError)


def sentence(path: Path, error: Exception) -> str:
    """What is wrong with a damaged file, on one line."""
    return f"{path} is damaged: {' '.join(str(error).split()).rstrip('.')}."


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program's lock is all that is wrong."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what a damaged file throws into one sentence (``DamagedSession``)."""
    try:
        yield
    except sqlite3.Error as error:
        if is_busy(error):
            raise NotASession(f"{path} is in use by another program; try again when that is done.") from error
        raise DamagedSession(sentence(path, error)) from error
    except DAMAGE as error:
        raise DamagedSession(sentence(path, error)) from error


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection to an existing session file of a version that can be read; raises ``SessionError``."""
    _check_first_bytes(path)
    connection = _connect(path, "ro")
    try:
        with reading(path):
            if _rolls_back(connection):
                connection.close()
                connection = _connect(path, "rw")
            _check_version(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_first_bytes(path: Path) -> None:
    if not path.is_file():
        raise NotASession(f"There is no session file {path}.")
    try:
        with path.open("rb") as file:
            first = file.read(len(_MAGIC))
    except OSError as error:
        raise NotASession(f"{path} cannot be opened: {error.strerror}.") from error
    if not first:
        raise NotASession(f"{path} is empty.")
    if first != _MAGIC:
        raise NotASession(f"{path} is not a session file: it is no SQLite database.")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    with reading(path):
        connection = sqlite3.connect(
            address, uri=True, timeout=_READER_WAIT_S, isolation_level=None, check_same_thread=False
        )
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_FIELD)
        return connection


def _rolls_back(connection: sqlite3.Connection) -> bool:
    """Whether a killed recorder left a commit half done, which only a writing connection can undo."""
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        if str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            return True
        raise
    return False


def _check_version(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != schema.APPLICATION_ID:
        raise NotASession(f"{path} is not a session file: it is an SQLite database of another program.")
    if version > schema.SCHEMA_VERSION:
        raise NotASession(
            f"{path} was written by a newer emgfeedback (format {version}, this version reads up to "
            f"{schema.SCHEMA_VERSION}); update emgfeedback to read it."
        )
    if version < 1:
        raise DamagedSession(f"{path} is damaged: its format is {version}.")


def create(path: Path) -> sqlite3.Connection:
    """A new file with all tables committed; raises ``RecordingFailed``, also when the file exists.

    The connection may be used from another thread, by one at a time.
    """
    if path.exists():
        raise RecordingFailed(f"{path} exists already; record to another file.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError as error:
        raise RecordingFailed(f"{path} cannot be created: {error.strerror}.") from error
    connection = sqlite3.connect(path, timeout=_WRITER_WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        # See docs/decisions/0004-session-file-journal.md.
        connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_spill = OFF")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
        for table in schema.TABLES:
            connection.execute(table)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        path.unlink(missing_ok=True)
        raise RecordingFailed(f"{path} cannot be written: {error}.") from error
    return connection
