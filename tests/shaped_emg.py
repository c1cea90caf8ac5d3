"""EMG of any amplitude over time, for exercises that the simulated person does not do.

White noise through the muscle's spectrum, times the amplitude, times the slow fluctuation; the
electrodes' own noise, hum and movement; an Arduino Uno that sums four conversions.
"""

import numpy as np
from numpy.typing import NDArray
from simulated_signals import ONE_LEG, UNO, chunks, stream_info

from calibration import Calibration
from device.stream import StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Frame, Rep
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.adc import converter_noise
from emgfeedback.simulation.body import FLUCTUATION_TAU_S, MVC_UV, SHAPE_HZ
from emgfeedback.simulation.electrodes import Electrodes
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.generator import NoiseStream, slow_walk
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS
from emgfeedback.simulation.spectrum import emg_shape, sensor

Array = NDArray[np.float64]
MUSCLES = ("glute", "quad")


def ramp(n: int) -> Array:
    """A raised-cosine rise from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)


def reps_profile(
    seed: int,
    levels: tuple[float, float],
    timing_s: tuple[float, float, float, float],
    n_reps: int = 10,
    tension: float = 0.0,
) -> tuple[Array, list[tuple[int, int, int, int]]]:
    """Amplitudes (n, 2) of reps that rest, rise, hold and lower, and their bounds in samples.

    ``tension`` is the part of the level that stays between reps. Tempo varies by 5 %, level by 8 %
    from rep to rep and 10 % from muscle to muscle.
    """
    rng = np.random.default_rng(seed)
    usual = np.array(levels)
    low = tension * usual
    parts = [np.tile(low, (2000, 1))]
    bounds = []
    for _ in range(n_reps):
        level = usual * np.exp(0.08 * rng.normal()) * np.exp(0.10 * rng.normal(size=2))
        rest, rise, hold, lower = (round(1000 * s * (1.0 + 0.05 * rng.normal())) for s in timing_s)
        parts.append(np.tile(low, (rest, 1)))
        start = sum(map(len, parts))
        parts.append(low + ramp(rise)[:, None] * (level - low))
        parts.append(np.tile(level, (hold, 1)))
        parts.append(level - ramp(lower)[:, None] * (level - low))
        bounds.append((start, start + rise, start + rise + hold, start + rise + hold + lower))
    parts.append(np.tile(low, (3000, 1)))
    return np.concatenate(parts), bounds


def convert(profile: Array, seed: int, fluctuation_db: float = 1.5) -> tuple[NDArray[np.int32], Array]:
    """Counts of a profile in parts of the maximum, and the amplitude that it really had."""
    n = len(profile)
    shapes = [emg_shape(*SHAPE_HZ[muscle]) for muscle in MUSCLES]
    emg = NoiseStream(seed, 1, (0, 1), shapes, 1000.0, after=sensor).read(0, n)
    walk = NoiseStream(seed, 2, (0, 1), [slow_walk(FLUCTUATION_TAU_S)] * 2, 1000.0).read(0, n)
    amplitude = profile * 10.0 ** (fluctuation_db * walk / 20.0)
    speed = np.abs(np.gradient(profile.mean(axis=1)))
    speed /= max(float(speed.max()), 1e-9)
    electrodes = Electrodes(seed, (0, 1), 1000.0)
    uv = emg * amplitude * np.array([MVC_UV[muscle, "right"] for muscle in MUSCLES])
    uv += electrodes.hum_uv(0, n) + electrodes.noise_uv(0, n)
    uv += speed[:, None] * electrodes.movement_uv(0, n)
    columns = [UNO.convert(uv[:, k], converter_noise(seed, k, 0, n, UNO.oversample)) for k in range(2)]
    return np.stack(columns, axis=1), amplitude


def one_leg() -> tuple[StreamInfo, Calibration]:
    """The stream of these counts, and a perfect calibration for it."""
    info = stream_info(ONE_LEG, UNO, 1000.0)
    person = Person(PERSONAS["balanced"], EXERCISES["bridge"], 1, ONE_LEG)
    return info, person.perfect_calibration(info, ChainSettings(), "2026-01-01T00:00:00+00:00", "test")


def run_profile(profile: Array, seed: int, fluctuation_db: float = 1.5) -> tuple[list[Frame], list[Rep]]:
    """Frames and reps of a profile."""
    pipeline = Pipeline(*one_leg_in_order())
    counts, _ = convert(profile, seed, fluctuation_db)
    frames = [pipeline.push(chunk) for chunk in chunks(counts)]
    return frames, [rep for frame in frames for rep in frame.reps]


def one_leg_in_order() -> tuple[StreamInfo, None, Calibration]:
    """``one_leg`` in the order of the pipeline's arguments."""
    info, calibration = one_leg()
    return info, None, calibration
