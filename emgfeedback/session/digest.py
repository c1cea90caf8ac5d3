"""Fingerprints of what a session holds, the same however the samples were cut into chunks."""

import hashlib
import json
import sqlite3
import struct
from collections.abc import Iterable

from device import SampleChunk
from emgfeedback.frame import Rep
from emgfeedback.session.rows import CHANNEL_COLUMNS, HEADER_COLUMNS


class SampleDigest:
    """SHA-256 over sample indices and counts, fed chunk by chunk.

    A run is samples without a jump between them. Each run enters as its first index (int64), its
    counts as int32 in time order, channel by channel, and the index after its end (int64); all
    little-endian. How the run arrived in chunks, and whether in 16 or 32 bits, makes no difference.
    """

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self._stop: int | None = None

    def add(self, chunk: SampleChunk) -> None:
        """Take in the next samples; ``chunk.start`` must not lie before those already taken."""
        if not len(chunk.counts):
            return
        if chunk.start != self._stop:
            self._end_run()
            self._sha.update(struct.pack("<q", chunk.start))
        self._sha.update(chunk.counts.astype("<i4").tobytes())
        self._stop = chunk.stop

    def _end_run(self) -> None:
        if self._stop is not None:
            self._sha.update(struct.pack("<q", self._stop))
            self._stop = None

    def hexdigest(self) -> str:
        """The digest of all samples so far, as 64 hexadecimal digits. Ends the current run."""
        self._end_run()
        return self._sha.hexdigest()


#: What a seal covers besides the samples: everything that cannot be rebuilt from them.
_SEALED = (
    # Names come from the constants of this package alone.
    f"SELECT {', '.join(HEADER_COLUMNS)} FROM session",  # noqa: S608
    f"SELECT {', '.join(CHANNEL_COLUMNS)} FROM channel ORDER BY position",  # noqa: S608
    "SELECT id, sample, record FROM calibration ORDER BY id",
    "SELECT start, n_samples, cause FROM gap ORDER BY start",
    "SELECT id, sample, text FROM marker ORDER BY id",
    "SELECT id, sample, kind, data FROM event ORDER BY id",
)


def seal(connection: sqlite3.Connection, samples_sha256: str) -> str:
    """SHA-256 over all that arrived, 64 hexadecimal digits.

    First the digest of the samples in ASCII and a newline; then of each query above each row, as
    compact JSON in ASCII with a newline. ``rep`` and ``summary`` are left out: they can be rebuilt.
    """
    sha = hashlib.sha256(samples_sha256.encode("ascii") + b"\n")
    for query in _SEALED:
        for row in connection.execute(query):
            sha.update(json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n")
    return sha.hexdigest()


def reps_digest(reps: Iterable[Rep]) -> str:
    """SHA-256 over a rep table, exact to the last bit of every number, 64 hexadecimal digits."""
    sha = hashlib.sha256()
    for rep in reps:
        whole = (rep.number, rep.start, rep.hold_start, rep.hold_stop, rep.stop, rep.told)
        real = (*rep.mean_percent, *rep.peak_percent, rep.share)
        sha.update(f"{rep.side}\x1f{rep.left_out}\x1f".encode())
        sha.update(struct.pack(f"<6q{len(real)}d", *whole, *(float("nan") if x != x else x for x in real)))
    return sha.hexdigest()


def content_digest(samples_sha256: str, reps: Iterable[Rep]) -> str:
    """SHA-256 over the digests of samples and reps, each in ASCII with a newline; 64 hexadecimal digits."""
    return hashlib.sha256(f"{samples_sha256}\n{reps_digest(reps)}\n".encode("ascii")).hexdigest()
