"""Counts of a simulated person without the way over the wire, and a pipeline run over them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from calibration import Calibration
from device.channel_map import ChannelMap
from device.stream import ChannelInfo, SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Frame, Rep
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import DEFAULT_SCRIPT, Script
from emgfeedback.simulation.adc import Adc, converter_noise
from emgfeedback.simulation.board import BOTH_LEGS, ONE_LEG
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.faults import parse_faults
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person, TrueRep
from emgfeedback.simulation.personas import PERSONAS

__all__ = ["BOTH_LEGS", "ONE_LEG", "Recording", "chunks", "record", "run"]

#: An Arduino Uno that sums four conversions of 10 bits, and a 12-bit board at 3.3 V.
UNO = Adc()
TWELVE_BITS = Adc(reference_mv=3300.0, converter_bits=12, oversample=1)


@dataclass(frozen=True)
class Recording:
    """What the board sent, and the truth behind it."""

    info: StreamInfo
    counts: NDArray[np.int32]
    person: Person
    calibration: Calibration

    @property
    def true_reps(self) -> tuple[TrueRep, ...]:
        return tuple(rep for rep in self.person.reps if rep.complete)


def stream_info(channels: ChannelMap, adc: Adc, sfreq_hz: float) -> StreamInfo:
    """A stream as a board with that converter announces it."""
    top = adc.oversample * ((1 << adc.converter_bits) - 1)
    middle = adc.oversample * (1 << (adc.converter_bits - 1))
    step = adc.step_uv / adc.oversample
    inputs = tuple(
        ChannelInfo(
            c.pin, c.muscle, c.side, "raw", (0, top), (-middle * step, (top - middle) * step), adc.gain
        )
        for c in channels
    )
    return StreamInfo(
        "test", "board", sfreq_hz, inputs, "1", 1, True, adc.bits, adc.oversample, adc.reference_mv
    )


@cache
def record(
    persona: str = "balanced",
    exercise: str = "bridge",
    seed: int = 1,
    seconds: float = 60.0,
    channels: ChannelMap = ONE_LEG,
    faults: str = "",
    script: Script = DEFAULT_SCRIPT,
    adc: Adc = UNO,
    sfreq_hz: float = 1000.0,
) -> Recording:
    """Let a simulated person do ``script``, and convert what the pads give."""
    person = Person(PERSONAS[persona], EXERCISES[exercise], seed, channels, sfreq_hz, script)
    info = stream_info(channels, adc, sfreq_hz)
    n = round(seconds * sfreq_hz)
    pads = Pads(person, parse_faults(faults, channels), adc.rail_uv)
    uv = np.concatenate([pads.uv(k, min(4096, n - k)) for k in range(0, n, 4096)])
    person.position = n
    columns = [
        adc.convert(uv[:, k], converter_noise(seed, k, 0, n, adc.oversample)) for k in range(len(channels))
    ]
    calibration = person.perfect_calibration(info, ChainSettings(), "2026-01-01T00:00:00+00:00", "test")
    counts = np.stack(columns, axis=1)
    counts.flags.writeable = False
    return Recording(info, counts, person, calibration)


def chunks(counts: NDArray[np.int32], size: int = 1000, start: int = 0) -> list[SampleChunk]:
    """Counts in pieces of ``size`` samples."""
    return [
        SampleChunk(start + k, counts[k : k + size].copy(), (start + k) / 1000.0)
        for k in range(0, len(counts), size)
    ]


def run(recording: Recording, settings: ChainSettings | None = None) -> tuple[list[Frame], list[Rep]]:
    """Frames and reps of a whole recording."""
    pipeline = Pipeline(recording.info, settings, recording.calibration)
    frames = [pipeline.push(chunk) for chunk in chunks(recording.counts)]
    return frames, [rep for frame in frames for rep in frame.reps]
