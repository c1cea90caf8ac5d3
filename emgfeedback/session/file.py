"""Reading a session file: what it holds, checked, as the nouns of the project."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from calibration import Calibration
from device import Marker, SampleChunk, StreamInfo
from emgfeedback.frame import Rep
from emgfeedback.session import rows
from emgfeedback.session.database import DAMAGE, open_to_read, reading, sentence
from emgfeedback.session.digest import seal
from emgfeedback.session.errors import DamagedSession
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.rows import Event, Gap

#: s. A first sample comes this long before (it was under way) and after the file was made, at most.
_EARLIEST_START_S = 5.0
_LATEST_START_S = 3600.0


class SessionFile:
    """Read access to one session file; raises ``SessionError``. Use as a context manager.

    ``damage`` is one sentence once reading the samples met bytes that are not as they were written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.damage = ""
        self._connection = open_to_read(self.path)
        try:
            with reading(self.path):
                self._calibrations = self._read_calibrations()
                self._header = self._read_header()
        except BaseException:
            self._connection.close()
            raise

    def _select(self, columns: tuple[str, ...], table: str, order: str) -> sqlite3.Cursor:
        # Names come from the constants of this package alone.
        return self._connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}")  # noqa: S608

    def _read_calibrations(self) -> dict[int, Calibration]:
        found = self._select(("id", "record"), "calibration", "id")
        return {number: rows.calibration_from(record) for number, record in found}

    def _read_header(self) -> SessionHeader:
        found = self._select(rows.CHANNEL_COLUMNS, "channel", "position")
        channels = tuple(rows.channel_from(row) for row in found)
        row = self._select(rows.HEADER_COLUMNS, "session", "id").fetchone()
        if row is None:
            raise ValueError("its session table is empty")
        return rows.header_from(row, channels, self._calibrations)

    @property
    def header(self) -> SessionHeader:
        """What was known before the first sample."""
        return self._header

    @property
    def info(self) -> StreamInfo:
        """The stream's description, equal to the live source's."""
        return self._header.info

    @property
    def calibrations(self) -> Mapping[int, Calibration]:
        """All calibrations that held at some time, by the number that events use."""
        return self._calibrations

    def _session_value(self, column: str) -> str | None:
        with reading(self.path):
            (value,) = self._select((column,), "session", "id").fetchone()
            return msgspec.convert(value, str | None)

    @property
    def stopped(self) -> str | None:
        """Wall clock at the clean end, ISO 8601 with offset; ``None`` if the recording was cut off."""
        return self._session_value("stopped")

    @property
    def complete(self) -> bool:
        """Whether the recording was closed, not cut off."""
        return self.stopped is not None

    @property
    def seal(self) -> str | None:
        """Digest written at the clean end over all that arrived; see ``verify``."""
        return self._session_value("seal")

    @property
    def span(self) -> tuple[int, int]:
        """Index of the first sample and one past the last; ``(0, 0)`` when there is none."""
        query = "SELECT start, start + n_samples FROM chunk ORDER BY start "
        with reading(self.path):
            first = self._connection.execute(query + "ASC LIMIT 1").fetchone()
            last = self._connection.execute(query + "DESC LIMIT 1").fetchone()
            return msgspec.convert((first[0], last[1]) if first else (0, 0), tuple[int, int])

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the last, gaps included."""
        start, stop = self.span
        return (stop - start) / self.info.sfreq_hz

    @property
    def first_sample_at(self) -> datetime:
        """Time of day of the first sample, with the wearer's offset, good to the jitter of its arrival."""
        query = "SELECT host_time_s, n_samples FROM chunk ORDER BY start LIMIT 1"
        with reading(self.path):
            started = datetime.fromisoformat(self._header.started)
            row = self._connection.execute(query).fetchone()
            if row is None:
                return started
            host_time_s, n_samples = msgspec.convert(row, tuple[float, int])
            later_s = host_time_s - n_samples / self.info.sfreq_hz - self._header.started_host_s
            # Another clock than the anchor's, such as a simulated one, says nothing.
            plausible = -_EARLIEST_START_S < later_s < _LATEST_START_S
            return started + timedelta(seconds=later_s) if plausible else started

    def chunks(self) -> Iterator[SampleChunk]:
        """The chunks as they arrived, in order; damaged ones are left out, see ``damage``.

        ``lost`` is the jump before the chunk, so that a chunk left out counts as lost.
        """
        gaps = {gap.stop: gap.n_samples for gap in self.gaps()}
        n_channels = len(self.info.channels)
        stop: int | None = None
        for row in self._chunk_rows():
            try:
                lost = gaps.get(row[0], 0) if stop is None else row[0] - stop
                if lost < 0:
                    raise ValueError(f"the chunk at sample {row[0]} begins inside the one before")
                chunk = rows.chunk_from(row, n_channels, lost)
            except DAMAGE as error:
                self.damage = sentence(self.path, error)
                continue
            stop = chunk.stop
            yield chunk

    def _chunk_rows(self) -> Iterator[tuple[int, ...]]:
        """Rows of ``chunk`` up to the first that SQLite cannot reach."""
        try:
            with reading(self.path):
                yield from self._select(rows.CHUNK_COLUMNS, "chunk", "start")
        except DamagedSession as error:
            self.damage = str(error)

    def gaps(self) -> tuple[Gap, ...]:
        """Where samples are missing, in order."""
        with reading(self.path):
            found = self._select(("start", "n_samples", "cause"), "gap", "start")
            gaps = [{"start": start, "n_samples": n, "cause": cause} for start, n, cause in found]
            return msgspec.convert(gaps, tuple[Gap, ...])

    def markers(self) -> tuple[Marker, ...]:
        """Markers in the order in which they were set."""
        with reading(self.path):
            found = self._select(("sample", "text"), "marker", "id")
            return msgspec.convert([{"sample": s, "text": t} for s, t in found], tuple[Marker, ...])

    def events(self) -> tuple[Event, ...]:
        """Events in the order in which they happened."""
        with reading(self.path):
            found = self._select(("sample", "kind", "data"), "event", "id")
            return tuple(rows.event_from(row) for row in found)

    def has_table(self, name: str) -> bool:
        """Whether the file has this table; ``rep`` and ``summary`` can be rebuilt and may be missing."""
        query = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?"
        with reading(self.path):
            return bool(self._connection.execute(query, (name,)).fetchone()[0])

    def reps(self) -> tuple[Rep, ...]:
        """The rep table as it was made live; empty when the table is missing."""
        if not self.has_table("rep"):
            return ()
        with reading(self.path):
            return tuple(rows.rep_from(row) for row in self._select(rows.REP_COLUMNS, "rep", "id"))

    def summary(self) -> dict[str, object]:
        """What was known at the end, by name: ``link`` (LinkStats), ``delay``, and what the app added."""
        if not self.has_table("summary"):
            return {}
        with reading(self.path):
            found = self._select(("name", "value"), "summary", "name")
            return {str(name): msgspec.json.decode(str(value)) for name, value in found}

    def seal_now(self, samples_sha256: str) -> str:
        """The seal that fits the content as it is, given the digest of its samples."""
        with reading(self.path):
            return seal(self._connection, samples_sha256)

    def integrity(self) -> tuple[str, ...]:
        """What SQLite's own check finds wrong with the file; empty when it finds nothing."""
        with reading(self.path):
            found = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(5)")]
            lines = [line for text in found for line in text.splitlines() if not line.startswith("***")]
            return () if found == ["ok"] else tuple(lines)

    def close(self) -> None:
        """Let go of the file. May be called again."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
