"""Our side of ``tools/bench.py signal``: the chain alone, and the whole pipeline, offline and streaming."""

import math
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench_ours import perfect_calibration, stream_info
from bench_signal_peers import Input, Measure
from bench_worker import answer_rounds, in_child
from numpy.typing import NDArray

from device.stream import SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.amplitude import amplitude_for
from emgfeedback.pipeline import Pipeline
from emgfeedback.session.analysis import BLOCK

Array = NDArray[np.float64]

HOP = 8
#: Samples that offline work pushes at once: as the analysis of a session does.
OFFLINE_CHUNK = BLOCK
#: Parts of the hour after which the memory is read.
EARLY = 0.1


@dataclass(frozen=True)
class Chain:
    """What is the same in every round: the board, the settings, and the samples as counts."""

    info: StreamInfo
    settings: ChainSettings
    given: Input
    counts: NDArray[np.int32]

    @classmethod
    def of(cls, given: Input) -> "Chain":
        """For the input of all contestants."""
        info = stream_info(2, given.rate)
        counts = np.rint(given.microvolts / info.channels[0].uv_per_count + 2048).astype(np.int32)
        return cls(info, ChainSettings(notch_hz=50.0 if given.mains else 0.0), given, counts)

    def shares(self, pieces: list[Array]) -> tuple[Array, float]:
        """Envelopes (n, 2) through filters, RMS, %MVC and share, and the CPU time that they took."""
        amplitude = amplitude_for(self.info, self.settings, hop=HOP)
        amplitude.calibrate(np.full(2, 5.0), np.full(2, 200.0))
        envelopes = []
        began = time.process_time()
        for piece in pieces:
            _, envelope, percent = amplitude.push(piece)
            glute, quad = percent.T
            _share = glute / (glute + quad)
            envelopes.append(envelope)
        spent = time.process_time() - began
        return np.concatenate(envelopes), spent

    def pipeline(self) -> Pipeline:
        """A new one, calibrated."""
        pipeline = Pipeline(self.info, self.settings, perfect_calibration(self.info, self.settings))
        if pipeline.uncalibrated:
            raise AssertionError(pipeline.uncalibrated)
        return pipeline

    def frames(self, size: int, n: int) -> float:
        """CPU time of Pipeline.push over the first ``n`` samples in chunks of ``size``."""
        pipeline = self.pipeline()
        made = [SampleChunk(k, self.counts[k : min(k + size, n)].copy(), 0.0) for k in range(0, n, size)]
        hops = reps = 0
        began = time.process_time()
        for chunk in made:
            frame = pipeline.push(chunk)
            hops, reps = hops + len(frame.hops), reps + len(frame.reps)
        spent = time.process_time() - began
        if hops != n // HOP or abs(reps - n / self.given.rate / 4.0) > 2.0:
            raise AssertionError(f"the pipeline gave {hops} hops and {reps} reps of {n} samples")
        return spent


def minute(chain: Chain) -> Measure:
    """The tasks that every library does."""
    given = chain.given

    def measure() -> dict[str, float]:
        n = len(given.microvolts) // HOP * HOP
        pieces = [given.microvolts[k : min(k + OFFLINE_CHUNK, n)] for k in range(0, n, OFFLINE_CHUNK)]
        whole, offline_s = chain.shares(pieces)
        given.check(whole[:, 0])
        _, chain_s = chain.shares(given.chunks())
        push_s = chain.frames(given.chunk, given.stream)
        return {
            "offline_ms": offline_s * 1e3,
            "chain_us": chain_s / len(given.chunks()) * 1e6,
            "push_us": push_s / len(given.chunks()) * 1e6,
            "found_ms": chain.frames(OFFLINE_CHUNK, len(given.microvolts)) * 1e3,
        }

    return measure


def live(chain: Chain) -> Measure:
    """The stream alone."""
    given = chain.given

    def measure() -> dict[str, float]:
        _, chain_s = chain.shares(given.chunks())
        push_s = chain.frames(given.chunk, given.stream)
        n = len(given.chunks())
        return {"chain_us": chain_s / n * 1e6, "push_us": push_s / n * 1e6}

    return measure


def hour(chain: Chain) -> Measure:
    """A whole recording, in a process that has not done one before, and then once more."""
    values = chain.given.microvolts
    pieces = [values[k : k + OFFLINE_CHUNK] for k in range(0, len(values) // HOP * HOP, OFFLINE_CHUNK)]

    def measure() -> dict[str, float]:
        whole, first_s = chain.shares(pieces)
        chain.given.check(whole[:, 0])
        _, again_s = chain.shares(pieces)
        return {"hour_s": first_s, "again_s": again_s}

    def whole() -> dict[str, float]:
        return {"analysis_s": chain.frames(OFFLINE_CHUNK, len(values))}

    return lambda: {**in_child(measure), **in_child(whole), **in_child(lambda: memory(chain))}


def memory(chain: Chain) -> dict[str, float]:
    """How much the highest memory of the process grows from a tenth of the recording to its end, in MB."""
    pipeline, counts = chain.pipeline(), chain.counts
    early_mb = math.nan
    for k in range(0, len(counts), OFFLINE_CHUNK):
        if math.isnan(early_mb) and k >= EARLY * len(counts):
            early_mb = highest_mb()
        pipeline.push(SampleChunk(k, counts[k : k + OFFLINE_CHUNK].copy(), 0.0))
    return {"grown_mb": highest_mb() - early_mb}


def highest_mb() -> float:
    """Most memory that this process has held so far, in MB."""
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


SUBJECTS: dict[str, Callable[[Chain], Measure]] = {"minute": minute, "live": live, "hour": hour}

if __name__ == "__main__":
    answer_rounds(SUBJECTS[sys.argv[1]](Chain.of(Input.load(Path(sys.argv[2])))))
