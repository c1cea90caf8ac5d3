"""Two days of one wearer as arrays: what changes from day to day, and what a person cannot keep the same.

Each squeeze reaches its own part of the maximum (spread ``effort_cv``), its amplitude wanders slowly
(0.7 dB, time constant 0.25 s), the muscle's noise has the published spectrum, the other muscle of the leg
works along a little (2 to 8 % of its own maximum), and the resting noise is up to 30 % more or less in each
channel on the other day. On top comes what the day is about: gain, pads, leads. Band-pass 20 to 450 Hz.
Not simulated: skin, sweat, learning, tiredness, and that people squeeze harder on some days than on others.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal as scipy_signal

from calibration.comparison import ChannelToday, Today
from calibration.contact import crosstalk_part
from calibration.findings import told_crosstalk
from calibration.level import level
from calibration.mvc import judge_squeeze, repeatability
from calibration.plan import ChannelSpec
from calibration.record import Calibration, ChannelCalibration, Trial
from calibration.rest import Rest, resting_level
from emgfeedback.simulation.body import FLUCTUATION_TAU_S
from emgfeedback.simulation.spectrum import emg_shape

Array = NDArray[np.float64]

SFREQ_HZ = 1000.0
MVC_UV = np.array([170.0, 280.0])
CORNERS_HZ = ((40.0, 90.0), (60.0, 150.0))
NOISE_UV, HUM_UV = 2.0, 3.0
BAND = scipy_signal.butter(2, (20.0, 450.0), btype="bandpass", fs=SFREQ_HZ, output="sos")
SPECS = (
    ChannelSpec("A0", "glute", "right", "raw", 200.0, 1.5),
    ChannelSpec("A1", "quad", "right", "raw", 200.0, 1.5),
)
THEN, NOW = "2025-03-04T18:30:00+01:00", "2025-03-06T18:30:00+01:00"
CHAIN = {"band_low_hz": 20.0, "notch_hz": 0.0}


@dataclass(frozen=True)
class Day:
    """What is different on a day, per channel (glute, quad).

    ``level`` and ``spectrum`` are factors on the muscle's amplitude and frequencies as the pads see it,
    ``heard`` the part of the other muscle's µV that arrives in these pads, ``gain`` turns all up or down.
    """

    effort_cv: float = 0.05
    gain: tuple[float, float] = (1.0, 1.0)
    level: tuple[float, float] = (1.0, 1.0)
    spectrum: tuple[float, float] = (1.0, 1.0)
    heard: tuple[float, float] = (0.03, 0.03)
    swapped: bool = False
    rest_spread: float = 0.0
    coarse: bool = False


def shaped(rng: np.random.Generator, n: int, samples: int, corners_hz: tuple[float, float]) -> Array:
    """Unit-variance noise of a muscle's spectrum, (n, samples)."""
    hz = np.fft.rfftfreq(samples, 1.0 / SFREQ_HZ)
    hz[-1] *= 1.0 - 1e-9
    gain = np.abs(emg_shape(*corners_hz)(hz, SFREQ_HZ))
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal((n, samples)), axis=1) * gain, samples, axis=1)
    return noise / np.sqrt(np.mean(noise**2))


def wandering(rng: np.random.Generator, n: int, samples: int, spread_db: float = 0.7) -> Array:
    """The slow amplitude fluctuation as factors, (n, samples)."""
    memory = np.exp(-1.0 / (FLUCTUATION_TAU_S * SFREQ_HZ))
    step = np.sqrt(1.0 - memory**2)
    first = rng.standard_normal((n, 1)) * memory
    slow, _ = scipy_signal.lfilter(
        [step], [1.0, -memory], rng.standard_normal((n, samples)), axis=1, zi=first
    )
    return np.asarray(10.0 ** (spread_db * slow / 20.0))


def squeezes_uv(rng: np.random.Generator, day: Day, n: int, squeeze_s: float, noise: Array) -> Array:
    """``n`` squeezes of each muscle behind the chain: (muscle asked, n, samples, channel) in µV."""
    samples = round((0.8 + squeeze_s) * SFREQ_HZ)
    rise = np.clip((np.arange(samples) / SFREQ_HZ - 0.5) / 0.5, 0.0, 1.0)
    recorded = np.empty((2, n, samples, 2))
    for asked in (0, 1):
        muscles = np.empty((2, n, samples))
        for muscle in (0, 1):
            effort = (
                np.maximum(1.0 + day.effort_cv * rng.standard_normal((n, 1)), 0.3)
                if muscle == asked
                else rng.uniform(0.02, 0.08, (n, 1))
            )
            low, high = (day.spectrum[muscle] * corner for corner in CORNERS_HZ[muscle])
            muscles[muscle] = (
                MVC_UV[muscle]
                * effort
                * rise
                * wandering(rng, n, samples)
                * shaped(rng, n, samples, (low, high))
            )
        for channel in (0, 1):
            own, other = (1 - channel, channel) if day.swapped else (channel, 1 - channel)
            pads = day.level[channel] * muscles[own] + day.heard[channel] * muscles[other]
            recorded[asked, :, :, channel] = day.gain[channel] * (
                pads + noise[channel] * resting_noise(rng, n, samples)
            )
    return behind_the_chain(recorded, day)


def resting_noise(rng: np.random.Generator, n: int, samples: int) -> Array:
    """Hum and the electrodes' own noise, (n, samples) µV."""
    phase = rng.uniform(0.0, 2.0 * np.pi, (n, 1))
    hum = np.sqrt(2.0) * HUM_UV * np.sin(2.0 * np.pi * 50.0 * np.arange(samples) / SFREQ_HZ + phase)
    return np.asarray(NOISE_UV * rng.standard_normal((n, samples)) + hum)


def behind_the_chain(pads_uv: Array, day: Day) -> Array:
    """Through a 10-bit converter where the day is ``coarse``, then band-passed along the samples."""
    if day.coarse:
        pads_uv = COARSE_UV * np.round(pads_uv / COARSE_UV)
    return np.asarray(scipy_signal.sosfilt(BAND, pads_uv, axis=-2))


#: µV of one count of a 10-bit converter of 5 V behind a gain of 200.
COARSE_UV = 24.4


def channels_of(seed: int, day: Day, squeeze_s: float, n: int) -> tuple[ChannelToday, ...]:
    """Rest and ``n`` squeezes of each channel as the procedure measures them."""
    rng = np.random.default_rng(seed)
    spread = 1.0 + day.rest_spread * rng.uniform(-1.0, 1.0, 2)
    still = np.stack([day.gain[k] * spread[k] * resting_noise(rng, 1, 5000) for k in (0, 1)], axis=-1)
    still_uv = behind_the_chain(still, day)[0]
    rests = [resting_level(still_uv[:, k], SFREQ_HZ, raw=True) for k in (0, 1)]
    recorded = squeezes_uv(rng, day, n, squeeze_s, spread)
    return tuple(_channel(k, day, rests, recorded[k]) for k in (0, 1))


def _channel(channel: int, day: Day, rests: list[Rest], squeezes: Array) -> ChannelToday:
    rest, other = rests[channel], 1 - channel
    trials: list[Trial] = []
    parts, others = [], []
    for whole in squeezes:
        trial = judge_squeeze(
            whole[:, channel], SFREQ_HZ, rest.level_uv, rest.sd_uv, raw=True, least_hold_s=2.0
        )
        held = whole[trial.start : trial.stop]
        trials.append(trial)
        others.append(level(held[:, other], raw=True))
        if trial.accepted:
            parts.append(crosstalk_part(held[:, channel], held[:, other], SFREQ_HZ))
    spec = replace(SPECS[channel], uv_per_count=COARSE_UV if day.coarse else SPECS[channel].uv_per_count)
    pin = SPECS[other].pin
    told = told_crosstalk(parts, float(MVC_UV[other]))
    # What the other pads hear of this muscle is kept with the other channel: see ``gathered``.
    return ChannelToday(
        spec, rest, tuple(trials), {pin: float(np.median(others))}, {} if told is None else {pin: told}
    )


def gathered(channels: tuple[ChannelToday, ...]) -> tuple[ChannelToday, ...]:
    """Crosstalk where it arrives: under the channel that hears it, by the pin of the muscle it is from."""
    glute, quad = channels
    return (
        replace(glute, crosstalk=dict(zip(["A1"], quad.crosstalk.values(), strict=False))),
        replace(quad, crosstalk=dict(zip(["A0"], glute.crosstalk.values(), strict=False))),
    )


def calibrated(seed: int, day: Day, squeeze_s: float = 5.0, n: int = 3) -> Calibration:
    """The calibration of that day: ``n`` squeezes a muscle, two more where the best two do not agree."""
    channels = channels_of(seed, day, squeeze_s, max(n, 5) if n > 1 else 1)
    return Calibration(
        "Ann", THEN, "F00D-42", SFREQ_HZ, simulated=False, chain=dict(CHAIN),
        channels=tuple(_record(channel, n) for channel in gathered(channels)),
    )  # fmt: skip


def _record(channel: ChannelToday, n: int) -> ChannelCalibration:
    counting = [trial for trial in channel.trials if trial.accepted]
    kept = counting[:n]
    while not repeatability([t.rms_uv for t in kept]).agrees and len(kept) < len(counting):
        kept = counting[: len(kept) + 1]
    found = repeatability([trial.rms_uv for trial in kept])
    rest = channel.rest or Rest()
    return ChannelCalibration(
        pin=channel.spec.pin,
        muscle=channel.spec.muscle or "",
        side=channel.spec.side or "",
        signal="raw",
        gain=channel.spec.gain,
        rest_uv=rest.level_uv,
        rest_sd_uv=rest.sd_uv,
        mvc_uv=found.mvc_uv,
        best_500ms_uv=max(trial.best_500ms_uv for trial in kept),
        quality="quick" if n == 1 else "good" if found.agrees else "low repeatability",
        trials=tuple(kept),
        median_hz=float(np.median([trial.median_hz for trial in kept])),
        crosstalk=dict(channel.crosstalk),
    )


def today(seed: int, day: Day, n: int = 3) -> Today:
    """Three squeezes of 3 s a muscle on another day of the same wearer, whose rest is another one."""
    day = replace(day, rest_spread=0.3)
    channels = gathered(channels_of(seed + 100_000, day, 3.0, n))
    return Today("Ann", NOW, "F00D-42", SFREQ_HZ, simulated=False, chain=dict(CHAIN), channels=channels)
