"""A session as one wide table: a row for each sample that was measured, with all that was made of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device import SampleChunk
from device.stream import Counts
from emgfeedback.frame import Frame, Rep
from emgfeedback.session.analysis import frames
from emgfeedback.session.file import SessionFile

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Integers = NDArray[np.int64]
#: Stands for "not known" in the columns of codes.
UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows, in time order. Per channel: (n_rows, n_channels). Per side: (n_rows, n_sides).

    ``index`` is the absolute sample index, ``gap_samples`` how many samples were lost just before
    the row, ``rep`` the number of the rep that the sample belongs to, 0 for none. Where the
    pipeline made nothing of the sample (in the unfinished hop before a long gap and at the end),
    ``emg_uv``, ``envelope_uv``, ``percent_mvc`` and ``share`` are NaN, and ``blank``, ``state``,
    ``zone`` and ``quality`` are ``UNKNOWN``.
    """

    index: Integers
    gap_samples: Integers
    counts: Counts
    emg_uv: Floats
    envelope_uv: Floats
    percent_mvc: Floats
    blank: Codes
    quality: Codes
    share: Floats
    state: Codes
    zone: Codes
    rep: Integers


def rows(session: SessionFile, reps: tuple[Rep, ...]) -> Iterator[Rows]:
    """The table of a session in blocks; ``reps`` is its rep table. Raises ``SessionError``."""
    waiting: list[SampleChunk] = []
    frame = None
    for chunk, frame in frames(session):
        waiting.append(chunk)
        if len(frame.hops):
            ready, waiting = _cut(waiting, int(frame.hops[-1] + 1) * frame.hop)
            yield _rows(ready, frame, reps)
    if waiting and frame is not None:
        yield _rows(waiting, frame, reps)


def _cut(chunks: list[SampleChunk], end: int) -> tuple[list[SampleChunk], list[SampleChunk]]:
    """Chunks up to sample ``end``, and those from there on."""
    before: list[SampleChunk] = []
    after: list[SampleChunk] = []
    for chunk in chunks:
        n = min(max(end - chunk.start, 0), len(chunk.counts))
        if n:
            before.append(SampleChunk(chunk.start, chunk.counts[:n], chunk.host_time_s, chunk.lost))
        if n < len(chunk.counts):
            lost = 0 if n else chunk.lost
            after.append(SampleChunk(chunk.start + n, chunk.counts[n:], chunk.host_time_s, lost))
    return before, after


def _rows(chunks: list[SampleChunk], frame: Frame, reps: tuple[Rep, ...]) -> Rows:
    """Rows of ``chunks``, with what ``frame`` holds of their samples."""
    index = np.concatenate([np.arange(chunk.start, chunk.stop) for chunk in chunks])
    gap_samples = np.zeros(len(index), dtype=np.int64)
    gap_samples[np.cumsum([0, *(len(chunk.counts) for chunk in chunks[:-1])])] = [c.lost for c in chunks]
    made = _Made.of(index, frame)
    return Rows(
        index=index,
        gap_samples=gap_samples,
        counts=np.concatenate([chunk.counts for chunk in chunks]),
        emg_uv=made.values(frame.emg_uv),
        envelope_uv=made.values(frame.envelope_uv),
        percent_mvc=made.values(frame.percent_mvc),
        blank=made.codes(frame.blank.astype(np.int8)),
        quality=made.codes(frame.quality, frame.hop),
        share=made.values(frame.share, frame.hop),
        state=made.codes(frame.state, frame.hop),
        zone=made.codes(frame.zone, frame.hop),
        rep=_rep_numbers(index, reps, frame.sides),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """Which rows of the table a frame has something for (``rows``), and where in the frame (``at``)."""

    n_rows: int
    rows: NDArray[np.intp]
    at: NDArray[np.intp]

    @classmethod
    def of(cls, index: Integers, frame: Frame) -> "_Made":
        samples = frame.samples
        if not len(samples):
            nothing = np.empty(0, dtype=np.intp)
            return cls(len(index), nothing, nothing)
        at = np.searchsorted(samples, index)
        known = np.flatnonzero(samples[np.minimum(at, len(samples) - 1)] == index)
        return cls(len(index), known, at[known])

    def values(self, of_frame: Floats, hop: int = 1) -> Floats:
        """Values of the frame, given once for ``hop`` samples, as rows of the table."""
        values = np.full((self.n_rows, *of_frame.shape[1:]), np.nan)
        values[self.rows] = of_frame[self.at // hop]
        return values

    def codes(self, of_frame: Codes, hop: int = 1) -> Codes:
        """Codes of the frame, given once for ``hop`` samples, as rows of the table."""
        codes = np.full((self.n_rows, *of_frame.shape[1:]), UNKNOWN, dtype=np.int8)
        codes[self.rows] = of_frame[self.at // hop]
        return codes


def _rep_numbers(index: Integers, reps: tuple[Rep, ...], sides: tuple[str, ...]) -> Integers:
    numbers = np.zeros((len(index), len(sides)), dtype=np.int64)
    for rep in reps:
        first, last = np.searchsorted(index, (rep.start, rep.stop))
        numbers[first:last, sides.index(rep.side)] = rep.number
    return numbers
