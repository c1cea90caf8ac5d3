"""A synthetic wearer who follows a calibration's prompts: Gaussian EMG with known amplitude.

Band-limited Gaussian noise (20-450 Hz) under a slow amplitude fluctuation (Ornstein-Uhlenbeck in dB,
time constant 0.25 s), over a resting noise floor. Not the simulated person: no board, no filter, no
faults but those put in here, so that a failing test points at the calibration.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import signal as scipy_signal

from calibration.plan import ChannelSpec, Plan
from calibration.prompt import ProcedureEvent, Prompt
from calibration.protocol import Procedure

SFREQ_HZ = 1000.0
BAND = scipy_signal.butter(2, (20.0, 450.0), btype="bandpass", fs=SFREQ_HZ, output="sos")
SPECS = (
    ChannelSpec("A0", "glute", "right", "raw", 200.0),
    ChannelSpec("A1", "quad", "right", "raw", 200.0),
)
SHORT = Plan.squeezes_alone(rest_s=5.0, pause_s=4.0, breath_s=1.0, ready_s=1.0, position_s=1.0)

#: (trial number counted over all squeezes, seconds since the prompt) -> wanted part of the maximum.
Manner = Callable[[int, float], float]


def willing(_squeeze: int, since_s: float) -> float:
    """Reacts after 0.3 s, is at the maximum 0.5 s later, and holds until told to rest."""
    return min(1.0, max(0.0, (since_s - 0.3) / 0.5))


@dataclass
class Wearer:
    """Follows the prompts of one procedure; ``realised_uv`` keeps the true amplitude of every sample."""

    seed: int
    mvc_uv: tuple[float, ...] = (150.0, 300.0)
    noise_uv: float = 3.0
    fluctuation_db: float = 0.7
    manner: Manner = willing
    spikes_per_s: float = 0.0
    #: Part of the other muscle's µV in each channel.
    heard: float = 0.0
    specs: tuple[ChannelSpec, ...] = SPECS
    length_s: float = 200.0
    contact: Callable[[Prompt, int], tuple[str, ...]] | None = None
    #: (muscle, side) that really sits under each column, where that is not what the specs say.
    worn: tuple[tuple[str, str], ...] | None = None
    #: Part of the maximum that a position allows, by muscle and position.
    allows: dict[tuple[str, str], float] = field(default_factory=dict)
    #: Part of another muscle's work at which all others work along.
    along: float = 0.0
    realised_uv: list[np.ndarray] = field(default_factory=list)
    events: list[ProcedureEvent] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    sent: list[tuple[np.ndarray, np.ndarray, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        shape = (round(self.length_s * SFREQ_HZ), len(self.specs))
        carrier = scipy_signal.sosfilt(BAND, rng.standard_normal(shape), axis=0)
        self.carrier = carrier / carrier.std(axis=0)
        self.noise = self.noise_uv * rng.standard_normal(shape)
        step = np.exp(-1.0 / (0.25 * SFREQ_HZ))
        slow = scipy_signal.lfilter([np.sqrt(1 - step**2)], [1, -step], rng.standard_normal(shape), axis=0)
        self.gain = 10 ** (self.fluctuation_db * slow / 20)
        self.spikes = np.zeros(shape)
        for at in rng.integers(0, shape[0] - 20, round(self.spikes_per_s * self.length_s)):
            self.spikes[at : at + 5] += rng.choice([-1, 1]) * rng.uniform(2000.0, 5000.0)
        self.now = 0

    def sent_without_spikes(self) -> list[tuple[np.ndarray, np.ndarray, tuple[str, ...]]]:
        """What was sent, as it would have been without the spikes."""
        emg = np.concatenate([emg for emg, _, _ in self.sent])
        emg -= self.spikes[: len(emg)]
        envelope = rms_125ms(np.vstack([np.zeros((125, emg.shape[1])), emg]))
        edges = np.cumsum([len(part) for part, _, _ in self.sent])
        parts = zip(np.split(emg, edges[:-1]), np.split(envelope, edges[:-1]), self.sent, strict=True)
        return [(part, level, contact) for part, level, (_, _, contact) in parts]

    def follow(self, procedure: Procedure, chunk: int = 50) -> Procedure:
        """Drive ``procedure`` until it is over or the signal ends."""
        squeeze, since = 0, 0
        while procedure.prompt.kind not in ("done", "failed") and self.now + chunk <= len(self.carrier):
            prompt = procedure.prompt
            if not self.prompts or prompt.kind != self.prompts[-1].kind:
                since = self.now
                squeeze += prompt.kind == "squeeze"
            self.prompts.append(prompt)
            contact = self.contact(prompt, self.now) if self.contact else ("GOOD",) * len(self.specs)
            emg, envelope = self._samples(prompt, squeeze, since, chunk)
            self.sent.append((emg, envelope, contact))
            self.events += procedure.push(emg, envelope, contact)
        return procedure

    def _asked(self, prompt: Prompt, muscle: tuple[str, str]) -> float:
        """The part of its maximum that the prompt asks of a muscle."""
        if prompt.kind == "warm":
            return prompt.effort
        if prompt.kind not in ("squeeze", "lead") or not prompt.muscle:
            return 0.0
        meant = muscle == (prompt.muscle, prompt.side)
        return prompt.effort * (self.allows.get((muscle[0], prompt.position), 1.0) if meant else self.along)

    def _samples(self, prompt: Prompt, squeeze: int, since: int, chunk: int) -> tuple[np.ndarray, np.ndarray]:
        part = np.zeros((chunk, len(self.specs)))
        worn = self.worn or tuple((spec.muscle or "", spec.side or "") for spec in self.specs)
        for column, muscle in enumerate(worn):
            most = self._asked(prompt, muscle)
            if most > 0.0:
                # The manner is asked every 10 ms; a ramp of half a second does not need more.
                asked = np.arange(self.now - since, self.now - since + chunk + 10, 10)
                wanted = [most * self.manner(squeeze, sample / SFREQ_HZ) for sample in asked.tolist()]
                part[:, column] = np.interp(np.arange(asked[0], asked[0] + chunk), asked, wanted)
        here = slice(self.now, self.now + chunk)
        amplitude = part * self.gain[here] * np.asarray(self.mvc_uv)
        self.realised_uv.append(amplitude)
        muscles = amplitude * self.carrier[here]
        emg = muscles + self.heard * muscles[:, ::-1] + self.noise[here] + self.spikes[here]
        self.now += chunk
        recent = np.concatenate([e for e, _, _ in self.sent[-130 // chunk - 1 :]] + [emg])
        before = np.zeros((max(0, chunk + 125 - len(recent)), len(self.specs)))
        return emg, rms_125ms(np.vstack([before, recent]))[-chunk:]


def kinds(prompts: list[Prompt]) -> list[tuple[str, str, int]]:
    """Kind, muscle and trial of each prompt, as they change."""
    seen = [(p.kind, p.muscle, p.trial) for p in prompts]
    return [now for i, now in enumerate(seen) if i == 0 or now != seen[i - 1]]


def three_squeezes_each() -> list[tuple[str, str, int]]:
    """What ``kinds`` gives of a rest and three squeezes of glute and quad, one muscle after the other."""
    steps = [("rest", "", 0)]
    for muscle in ("glute", "quad"):
        steps += [("ready", muscle, 1), ("squeeze", muscle, 1)]
        for trial in (2, 3):
            steps += [("relax", muscle, trial), ("ready", muscle, trial), ("squeeze", muscle, trial)]
    return steps


def rms_125ms(emg_uv: np.ndarray) -> np.ndarray:
    """RMS of the last 125 samples, for all but the first 125: (n, C) -> (n - 125, C)."""
    squares = np.cumsum(np.vstack([np.zeros((1, emg_uv.shape[1])), emg_uv**2]), axis=0)
    return np.sqrt(np.maximum(squares[126:] - squares[1:-125], 0.0) / 125)
