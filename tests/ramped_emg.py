"""Reps of two muscles whose onsets, rises and signal-to-noise ratios are given, through the pipeline."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from simulated_signals import ONE_LEG

from calibration import Calibration, ChannelCalibration
from device.stream import ChannelInfo, SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.design import emg_sections
from emgfeedback.dsp.filters import StreamingFilter
from emgfeedback.frame import Frame
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.body import FLUCTUATION_TAU_S, SHAPE_HZ
from emgfeedback.simulation.generator import NoiseStream, slow_walk
from emgfeedback.simulation.spectrum import emg_shape, flat, sensor

Array = NDArray[np.float64]
MUSCLES = ("glute", "quad")
FS = 1000.0
#: µV a count, µV RMS of both plateaus at the electrodes, and the part of the maximum that they are.
STEP_UV, PLATEAU_UV, PLATEAU = 0.05, 80.0, 0.4
REST_S, HOLD_S, LOWER_S = 1.5, 2.0, 0.6
N_REPS = 10


@dataclass(frozen=True)
class Ramps:
    """``rises_s`` and ``above_noise_db`` of glute and quad; the glute begins ``lag_s`` after the quad."""

    rises_s: tuple[float, float]
    lag_s: float = 0.0
    above_noise_db: tuple[float, float] = (20.0, 20.0)
    fluctuation_db: float = 0.7
    shape: str = "raised cosine"


def info() -> StreamInfo:
    """Two raw channels with a converter so fine that it adds nothing."""
    top = 1 << 19
    reach = (-top * STEP_UV, top * STEP_UV)
    inputs = tuple(ChannelInfo(c.pin, c.muscle, c.side, "raw", (-top, top), reach, 200.0) for c in ONE_LEG)
    return StreamInfo("test", "board", FS, inputs, "1", 1, True, 20, 1, 3300.0)


def profile(ramps: Ramps) -> tuple[Array, list[tuple[float, float]]]:
    """Amplitudes (n, 2) in parts of the plateau, and the onsets of glute and quad in each rep, in s."""
    spare = max(ramps.rises_s) + abs(ramps.lag_s)
    period = REST_S + spare + HOLD_S + LOWER_S
    time_s = np.arange(round((1.0 + N_REPS * period + 2.0) * FS)) / FS
    amplitude = np.zeros((len(time_s), 2))
    onsets = []
    for rep in range(N_REPS):
        first = 1.0 + rep * period + REST_S
        onset = (first + max(ramps.lag_s, 0.0), first + max(-ramps.lag_s, 0.0))
        fall = first + spare + HOLD_S
        for k in range(2):
            up = np.clip((time_s - onset[k]) / ramps.rises_s[k], 0.0, 1.0)
            down = np.clip((time_s - fall) / LOWER_S, 0.0, 1.0)
            risen = up if ramps.shape == "straight" else 0.5 - 0.5 * np.cos(np.pi * up)
            amplitude[:, k] += risen * (0.5 + 0.5 * np.cos(np.pi * down))
        onsets.append(onset)
    return amplitude, onsets


def counts_of(ramps: Ramps, seed: int) -> NDArray[np.int32]:
    """What the board would send, (n, 2)."""
    amplitude, _ = profile(ramps)
    n = len(amplitude)
    emg = NoiseStream(seed, 1, (0, 1), [emg_shape(*SHAPE_HZ[m]) for m in MUSCLES], FS, after=sensor).read(
        0, n
    )
    walk = NoiseStream(seed, 2, (0, 1), [slow_walk(FLUCTUATION_TAU_S)] * 2, FS).read(0, n)
    noise = NoiseStream(seed, 3, (0, 1), [flat] * 2, FS, after=sensor).read(0, n)
    # The ratio is that of RMS behind the band-pass.
    loud, soft = _behind_chain(emg), _behind_chain(noise)
    level = loud / soft * 10.0 ** (-np.array(ramps.above_noise_db) / 20.0)
    uv = PLATEAU_UV * (emg * amplitude * 10.0 ** (ramps.fluctuation_db * walk / 20.0) + level * noise)
    return np.round(uv / STEP_UV).astype(np.int32)


def _behind_chain(values: Array) -> Array:
    chain = ChainSettings()
    sections = emg_sections(chain.band_low_hz, chain.band_high_hz, 0.0, FS)
    whole = len(values) // 8 * 8
    filtered = StreamingFilter(sections, values.shape[1], 8).push(values[:whole])
    return np.asarray(np.sqrt((filtered**2).mean(axis=0)))


def calibration(ramps: Ramps) -> Calibration:
    """Plateaus at 40 % of the maximum, and the resting level of the noise."""
    rest = PLATEAU_UV * 0.93 * 10.0 ** (-np.array(ramps.above_noise_db) / 20.0)
    full = PLATEAU_UV * 0.93 / PLATEAU
    channels = tuple(
        ChannelCalibration(
            c.pin, c.muscle, c.side, "raw", 200.0, float(uv), float(uv) / 9, full, full, "good"
        )
        for c, uv in zip(ONE_LEG, rest, strict=True)
    )
    chain = ChainSettings().as_record()
    return Calibration("test", "2026-01-01T00:00:00+00:00", "board", FS, True, channels, chain)


def frames_of(ramps: Ramps, seed: int, size: int = 4000) -> tuple[Frame, ...]:
    """The pipeline over the reps, in chunks of ``size`` samples."""
    pipeline = Pipeline(info(), None, calibration(ramps))
    counts = counts_of(ramps, seed)
    parts = range(0, len(counts), size)
    return tuple(pipeline.push(SampleChunk(k, counts[k : k + size], k / FS)) for k in parts)
