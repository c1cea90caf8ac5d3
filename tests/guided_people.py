"""Simulated people guided through the whole calibration: prompts to person to pads to chain to procedure.

No wire and no waiting, so that a hundred of them can be looked at; the 12-bit board of
``own_calibrations``. Spikes, where asked for, are jumps of the cable that reach all channels.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from accuracy_runs import LEGS
from own_calibrations import SFREQ_HZ, SPIKES_PER_S, rms
from simulated_signals import TWELVE_BITS, stream_info

from calibration import ChannelCalibration
from calibration.plan import Plan
from device.stream import SampleChunk
from emgfeedback.calibrating import CalibrationStage
from emgfeedback.chain import ChainSettings
from emgfeedback.pipeline import Pipeline
from emgfeedback.prompting import asked
from emgfeedback.simulation.actions import REST, parse_action
from emgfeedback.simulation.adc import converter_noise
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS
from emgfeedback.simulation.truth import kept

#: The whole course but for the second glute position, with hardly any rest between.
SHORT = Plan(
    quiet_s=1.0,
    rest_s=2.0,
    warm_s=0.5,
    warm_rest_s=0.5,
    pause_s=1.5,
    breath_s=0.5,
    ready_s=0.5,
    position_s=0.5,
    two_positions=False,
)
#: Samples between two looks at what is asked. The result of the same signal would not depend on it.
STEP = 400


@dataclass(frozen=True)
class Measured:
    """A calibration that is over, and the realised amplitude of every sample, (n, n_channels) in µV."""

    stage: CalibrationStage
    amplitude_uv: np.ndarray

    @property
    def channels(self) -> tuple[ChannelCalibration, ...]:
        return self.stage.procedure.channels

    def texts(self, kind: str) -> list[str]:
        return [event.text for event in self.stage.events if event.kind == kind]

    def errors(self, column: int) -> tuple[float, float]:
        """Relative errors of the 100 % and of the best squeeze, of muscle alone: the rest adds in power."""
        channel = self.channels[column]
        here = [t for t in channel.trials if t.accepted and t.position == channel.position]
        best = sorted(here, key=lambda trial: -trial.rms_uv)[:2]
        gain = kept(channel.muscle, SFREQ_HZ, ChainSettings())
        true = [gain * rms(self.amplitude_uv[t.start : t.stop, column]) for t in best]
        final, single = np.sqrt(np.array([channel.mvc_uv, best[0].rms_uv]) ** 2 - channel.rest_uv**2)
        return float(final / np.mean(true) - 1.0), float(single / true[0] - 1.0)


@cache
def guided(persona: str, seed: int, *, spiked: bool = False) -> Measured:
    """One person who does as told until the calibration is over."""
    person = Person(PERSONAS[persona], EXERCISES["bridge"], seed, LEGS["right"], SFREQ_HZ, ((0.0, REST),))
    info = stream_info(person.channels, TWELVE_BITS, SFREQ_HZ)
    pads, pipeline = Pads(person, (), TWELVE_BITS.rail_uv), Pipeline(info)

    def expect(resting: bool, squeezing: tuple[int, ...]) -> None:
        pipeline.expect(resting=resting, squeezing=squeezing)

    stage = CalibrationStage(info, SHORT, lambda prompt: person.do(parse_action(asked(prompt))), expect)
    random = np.random.default_rng((seed, 4711))
    amplitude, at = [], 0
    while not stage.finished:
        uv = pads.uv(at, STEP)
        amplitude.append(person.amplitude_uv(at, STEP))
        if spiked and random.random() < SPIKES_PER_S * STEP / SFREQ_HZ:
            first = random.integers(0, STEP - 3)
            uv[first : first + 3] += random.choice([-1.0, 1.0]) * random.uniform(800.0, 3000.0)
        noise = [converter_noise(seed, k, at, STEP, 1) for k in range(uv.shape[1])]
        counts = np.stack([TWELVE_BITS.convert(uv[:, k], noise[k]) for k in range(uv.shape[1])], axis=1)
        person.position = at + STEP
        chunk = SampleChunk(at, counts, 0.0)
        stage(chunk, pipeline.push(chunk))
        at += STEP
    return Measured(stage, np.concatenate(amplitude))
