"""What simulated people's own squeezes come to, on arrays: three a muscle, through the chain's band-pass.

The steps of the procedure without its state machine, so that a hundred people can be looked at: rest, then
squeezes that the person is told to do at fixed times. Spikes, where asked for, are jumps of the cable.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from accuracy_runs import LEGS
from scipy import signal as scipy_signal
from simulated_signals import TWELVE_BITS, stream_info

from calibration import Calibration, ChannelCalibration, Trial
from calibration.mvc import judge_squeeze, repeatability
from calibration.rest import resting_level
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.design import butterworth_band_pass
from emgfeedback.simulation.actions import Action, Script
from emgfeedback.simulation.adc import converter_noise
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS

SFREQ_HZ = 1000.0
REST_S, SQUEEZE_S, EACH_S, TRIALS = 6.0, 5.9, 7.5, 3
SPIKES_PER_S = 0.5


@dataclass(frozen=True)
class Own:
    """A person's own calibration, the trials of each channel, and whether the best two of them agree."""

    calibration: Calibration
    trials: tuple[tuple[Trial, ...], ...]
    agrees: tuple[bool, ...]


@cache
def own_calibration(persona: str, seed: int, side: str = "right", *, spiked: bool = False) -> Own:
    """Rest and three squeezes of glute and quad of one person, of whom each sample is known."""
    channels = LEGS[side]
    worn = [(c.muscle, c.side) for c in channels]
    begins = [(REST_S + EACH_S * k, worn[k // TRIALS]) for k in range(TRIALS * len(worn))]
    script = [(0.0, Action("rest"))]
    for at_s, muscle in begins:
        script += [(at_s, Action("squeeze", *muscle)), (at_s + SQUEEZE_S, Action("rest"))]
    n = round(SFREQ_HZ * (REST_S + EACH_S * len(begins)))
    emg_uv = band_passed(persona, seed, side, n, tuple(script), spiked=spiked)
    found, trials, agrees = [], [], []
    for column, muscle in enumerate(worn):
        rest = resting_level(emg_uv[1000 : round(SFREQ_HZ * REST_S), column], SFREQ_HZ, raw=True)
        starts = [round(SFREQ_HZ * at_s) for at_s, asked in begins if asked == muscle]
        length = round(SFREQ_HZ * SQUEEZE_S)
        own = tuple(
            judge_squeeze(
                emg_uv[start : start + length, column],
                SFREQ_HZ,
                rest.level_uv,
                rest.sd_uv,
                raw=True,
                start=start,
            )
            for start in starts
        )
        result = repeatability([t.rms_uv for t in own if t.accepted])
        trials.append(own)
        agrees.append(result.agrees)
        found.append(
            ChannelCalibration(
                channels[column].pin, *muscle, "raw", 200.0, rest.level_uv, rest.sd_uv, result.mvc_uv,
                max(t.best_500ms_uv for t in own), "good", own,
            )
        )  # fmt: skip
    record = Calibration(
        "test",
        "2026-01-01T00:00:00+00:00",
        "board",
        SFREQ_HZ,
        True,
        tuple(found),
        ChainSettings().as_record(),
    )
    return Own(record, tuple(trials), tuple(agrees))


@lru_cache(maxsize=1)
def at_the_pads(persona: str, seed: int, side: str, n: int, script: Script) -> np.ndarray:
    """What the pads of one person give, (n, n_channels) in µV: kept for the same one with spikes."""
    person = Person(PERSONAS[persona], EXERCISES["bridge"], seed, LEGS[side], SFREQ_HZ, script)
    pads = Pads(person, (), TWELVE_BITS.rail_uv)
    uv = np.concatenate([pads.uv(at, min(4096, n - at)) for at in range(0, n, 4096)])
    uv.flags.writeable = False
    return uv


def band_passed(
    persona: str, seed: int, side: str, n: int, script: Script, *, spiked: bool = False
) -> np.ndarray:
    """The first ``n`` samples of a person behind pads, converter and band-pass, (n, n_channels) in µV."""
    uv = at_the_pads(persona, seed, side, n, script)
    if spiked:
        uv, random = uv.copy(), np.random.default_rng((seed, 4711))
        for at in random.integers(0, n - 10, round(SPIKES_PER_S * n / SFREQ_HZ)):
            uv[at : at + 3] += random.choice([-1.0, 1.0]) * random.uniform(800.0, 3000.0)
    info = stream_info(LEGS[side], TWELVE_BITS, SFREQ_HZ)
    counts = np.stack(
        [TWELVE_BITS.convert(uv[:, k], converter_noise(seed, k, 0, n, 1)) for k in range(uv.shape[1])],
        axis=1,
    )
    chain = ChainSettings()
    band = butterworth_band_pass(chain.band_low_hz, chain.band_high_hz, SFREQ_HZ)
    return scipy_signal.sosfilt(band, info.to_microvolts(counts), axis=0)


def rms(values: np.ndarray) -> float:
    """Root of the mean square of (n,)."""
    return float(np.sqrt(np.mean(values**2)))
