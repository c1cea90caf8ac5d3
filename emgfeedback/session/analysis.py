"""The samples of a session through the same pipeline that ran live, in larger pieces."""

from collections.abc import Iterable, Iterator

import numpy as np

from device import SampleChunk, StreamInfo
from emgfeedback.frame import Frame, Rep
from emgfeedback.session.database import reading
from emgfeedback.session.file import SessionFile
from emgfeedback.session.setup import Setup, setups

#: Samples that are run at once: large for speed, small enough to stay in the cache.
BLOCK = 4096


def blocks(chunks: Iterable[SampleChunk], size: int = BLOCK) -> Iterator[SampleChunk]:
    """Chunks joined where nothing is missing between them, to about ``size`` samples each."""
    held: list[SampleChunk] = []
    n_held = 0
    for chunk in chunks:
        if held and (chunk.start != held[-1].stop or n_held >= size):
            yield _joined(held)
            held, n_held = [], 0
        held.append(chunk)
        n_held += len(chunk.counts)
    if held:
        yield _joined(held)


def _joined(chunks: list[SampleChunk]) -> SampleChunk:
    if len(chunks) == 1:
        return chunks[0]
    counts = np.concatenate([chunk.counts for chunk in chunks])
    return SampleChunk(chunks[0].start, counts, chunks[-1].host_time_s, chunks[0].lost)


def split(chunk: SampleChunk, samples: Iterable[int], sfreq_hz: float) -> Iterator[SampleChunk]:
    """``chunk`` cut before each of ``samples`` that lies inside it."""
    start, lost = chunk.start, chunk.lost
    for stop in [*(s for s in samples if chunk.start < s < chunk.stop), chunk.stop]:
        counts = chunk.counts[start - chunk.start : stop - chunk.start]
        yield SampleChunk(start, counts, chunk.host_time_s - (chunk.stop - stop) / sfreq_hz, lost)
        start, lost = stop, 0


def run(
    chunks: Iterable[SampleChunk], info: StreamInfo, held: list[tuple[int, Setup]]
) -> Iterator[tuple[SampleChunk, Frame]]:
    """Push chunks through one pipeline; ``held`` says which setup holds from which sample on."""
    setup = held[0][1]
    pipeline = setup.pipeline(info)
    coming = held[1:]
    for chunk in chunks:
        for part in split(chunk, [sample for sample, _ in coming], info.sfreq_hz):
            while coming and coming[0][0] <= part.start:
                pipeline = coming[0][1].succeed(setup, pipeline)
                setup = coming.pop(0)[1]
            yield part, pipeline.push(part)


def frames(session: SessionFile) -> Iterator[tuple[SampleChunk, Frame]]:
    """The samples of a session in blocks, each with the frame that it completes.

    The frames hold what the live ones held, cut elsewhere. Raises ``SessionError``.
    """
    with reading(session.path):
        yield from run(blocks(session.chunks()), session.info, setups(session))


def rebuild(session: SessionFile) -> tuple[Rep, ...]:
    """The rep table, made anew from the samples. Raises ``SessionError``."""
    return tuple(rep for _, frame in frames(session) for rep in frame.reps)
