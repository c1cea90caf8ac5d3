"""The simulated person: muscles that do as they are told, and what they really did."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from calibration import Calibration
from device.channel_map import MUSCLES, SIDES, ChannelMap
from device.stream import StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.simulation.actions import DEFAULT_SCRIPT, Action, Script
from emgfeedback.simulation.body import FLUCTUATION_TAU_S, MVC_UV, SHAPE_HZ, TIRED_SCALE
from emgfeedback.simulation.exercises import Exercise
from emgfeedback.simulation.generator import NoiseStream, slow_walk
from emgfeedback.simulation.personas import Persona
from emgfeedback.simulation.plan import MotorPlan, PlannedRep
from emgfeedback.simulation.spectrum import emg_shape, sensor
from emgfeedback.simulation.tiring import TiringNoise
from emgfeedback.simulation.truth import perfect_calibration
from emgfeedback.simulation.twitches import Twitch, twitches

Array = NDArray[np.float64]

#: Samples that are worked out at once. What they are does not depend on it, only how fast they come.
BLOCK = 512
KEPT_BLOCKS = 16

#: Names these uses of the seed among the streams of random numbers.
EMG_STREAM, FLUCTUATION_STREAM = 1, 2


@dataclass(frozen=True, slots=True)
class TrueRep:
    """What one leg really did in one rep: bounds as sample indices, and its true share.

    ``share`` is mean G / mean (G + Q) of the realised amplitudes in parts of the true maximum over
    rise and hold, NaN unless glute and quad of the leg both carry pads. ``percent`` holds the
    mean of each channel over the same time, in % of its true maximum. A rep that was broken off
    before its hold is not ``complete``. ``onsets`` are the samples at which the channels began to rise.
    ``spectral_scale`` is the mean factor on the frequencies of the EMG over the hold: below 1 when tired.
    """

    number: int
    side: str
    start: int
    hold_start: int
    hold_stop: int
    stop: int
    share: float
    percent: tuple[float, ...]
    complete: bool
    onsets: tuple[int, ...] = ()
    spectral_scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    amplitude: Array
    emg_uv: Array
    movement: Array


class Person:
    """One simulated person wearing pads as ``channels`` say. Columns are in the order of ``channels``.

    The same persona, exercise, seed and actions give the same samples, however they are read. A
    one-legged exercise is done with ``side``, by default that of the first channel. ``position`` is one past
    the last sample that was taken; an action takes effect from there on. Samples may be read in one
    thread while another one says what to do.

    Not simulated: single motor units, crosstalk between pads, trial-to-trial change of a
    maximal squeeze, reaction times that vary, sweat, slow drift of the pads, heartbeat in the signal.
    """

    def __init__(
        self,
        persona: Persona,
        exercise: Exercise,
        seed: int,
        channels: ChannelMap,
        sfreq_hz: float = 1000.0,
        script: Script = DEFAULT_SCRIPT,
        side: str | None = None,
    ) -> None:
        self.persona = persona
        self.exercise = exercise
        self.seed = seed
        self.channels = channels
        self.sfreq_hz = sfreq_hz
        self.working_side = side or channels[0].side
        self.position = 0
        self.revision = 0
        muscles = tuple((channel.muscle, channel.side) for channel in channels)
        self.mvc_uv = np.array([MVC_UV[muscle] for muscle in muscles])
        self._plan = MotorPlan(persona, exercise, seed, muscles, self.working_side)
        self._plan.follow(script)
        shapes_hz = [SHAPE_HZ[muscle] for muscle, _ in muscles]
        shapes = [emg_shape(*shape_hz) for shape_hz in shapes_hz]
        self._emg = NoiseStream(seed, EMG_STREAM, self.keys, shapes, sfreq_hz, after=sensor)
        self._tiring_emg = (
            TiringNoise(seed, EMG_STREAM, self.keys, shapes_hz, sfreq_hz) if persona.tires else None
        )
        walks = [slow_walk(FLUCTUATION_TAU_S)] * len(channels)
        self._fluctuation = NoiseStream(seed, FLUCTUATION_STREAM, self.keys, walks, sfreq_hz)
        self._blocks: OrderedDict[int, _Block] = OrderedDict()
        self._lock = RLock()
        self._true_reps: dict[tuple[int, str], TrueRep] = {}

    @property
    def keys(self) -> tuple[int, ...]:
        """A number for each muscle, the same wherever its pads are plugged in."""
        return tuple(MUSCLES.index(c.muscle) * len(SIDES) + SIDES.index(c.side) for c in self.channels)

    def at_rate(self, sfreq_hz: float) -> "Person":
        """The same person, doing the same, sampled at another rate."""
        other = Person(
            self.persona, self.exercise, self.seed, self.channels, sfreq_hz, script=(), side=self.working_side
        )
        other._plan = self._plan
        other.position = round(self.position * sfreq_hz / self.sfreq_hz)
        return other

    def working_uv(self, column: int) -> float:
        """RMS in µV that the muscle of that column is meant to have in the first rep."""
        worn = self.channels[column]
        level = self.exercise.levels(worn.side, self.working_side).of(worn.muscle)
        return float(level * self.persona.factor(worn.muscle, worn.side, 0) * self.mvc_uv[column])

    def do(self, action: Action) -> None:
        """Do ``action`` from the next sample on, after a reaction time of 0.3 s."""
        with self._lock:
            self._plan.do(action, self.position / self.sfreq_hz)
            self.revision += 1
            self._blocks.clear()

    def follow(self, script: Script) -> None:
        """Append actions, each at its time in seconds since the first sample; times ascend."""
        with self._lock:
            self._plan.follow(script)
            self.revision += 1
            self._blocks.clear()

    def take(self, start: int, n: int) -> Array:
        """EMG as ``emg_uv`` gives it, and ``position`` moves to its end."""
        self.position = max(self.position, start + n)
        return self.emg_uv(start, n)

    def emg_uv(self, start: int, n: int) -> Array:
        """EMG behind the sensor's own filter, (n, n_channels) µV at the electrodes."""
        return np.concatenate([block.emg_uv[rows] for block, rows in self._over(start, n)])

    def amplitude_uv(self, start: int, n: int) -> Array:
        """Realised amplitude, (n, n_channels) µV RMS at the electrodes before the sensor's filter."""
        amplitude_uv: Array = self.amplitude(start, n) * self.mvc_uv
        return amplitude_uv

    def amplitude(self, start: int, n: int) -> Array:
        """Realised amplitude as a fraction of each muscle's true maximum, (n, n_channels)."""
        return np.concatenate([block.amplitude[rows] for block, rows in self._over(start, n)])

    def movement(self, start: int, n: int) -> Array:
        """How fast the body moves, (n,), 0 when still and 1 at its fastest."""
        return np.concatenate([block.movement[rows] for block, rows in self._over(start, n)])

    @property
    def reps(self) -> tuple[TrueRep, ...]:
        """The reps that ended by ``position``, one entry for each working leg that carries pads."""
        sides = [side for side in SIDES if any(channel.side == side for channel in self.channels)]
        with self._lock:
            self._plan.extend(self.position / self.sfreq_hz)
            return tuple(
                self._told(rep, side)
                for rep in self._plan.reps
                if round(rep.stop_s * self.sfreq_hz) <= self.position
                for side in sides
                if self.exercise.works(side, self.working_side)
            )

    @property
    def twitches(self) -> tuple[Twitch, ...]:
        """The twitches that began before ``position``, in legs that carry pads."""
        worn = {channel.side for channel in self.channels}
        return tuple(twitch for twitch in self._twitches(0, self.position) if twitch.side in worn)

    def _twitches(self, start: int, stop: int) -> tuple[Twitch, ...]:
        if not self.persona.twitches:
            return ()
        return twitches(self.seed, start / self.sfreq_hz, stop / self.sfreq_hz)

    def _told(self, rep: PlannedRep, side: str) -> TrueRep:
        # What ended by ``position`` can no longer change.
        key = (rep.number, side)
        if key not in self._true_reps:
            self._true_reps[key] = self._true_rep(rep, side)
        return self._true_reps[key]

    def perfect_calibration(
        self, info: StreamInfo, chain: ChainSettings, created: str, wearer: str
    ) -> Calibration:
        """The calibration that an endless squeeze and an endless rest would give; see ``truth``."""
        return perfect_calibration(self.channels, info, chain, created, wearer)

    def _true_rep(self, rep: PlannedRep, side: str) -> TrueRep:
        bounds = (rep.start_s, rep.hold_start_s, rep.hold_stop_s, rep.stop_s)
        start, hold_start, hold_stop, stop = (round(at_s * self.sfreq_hz) for at_s in bounds)
        mean = self.amplitude(start, max(hold_stop - start, 1)).mean(axis=0)
        part = {(c.muscle, c.side): value for c, value in zip(self.channels, mean.tolist(), strict=True)}
        glute, quad = part.get(("glute", side), np.nan), part.get(("quad", side), np.nan)
        percent = tuple(100.0 * float(value) for value in mean)
        # Broken off before either muscle moved: nothing to share.
        share = float(glute / (glute + quad)) if glute + quad != 0.0 else np.nan
        onsets = tuple(round(at_s * self.sfreq_hz) for at_s in rep.onsets_s)
        scale = float(self.spectral_scale(hold_start, max(hold_stop - hold_start, 1)).mean())
        bounds = (start, hold_start, hold_stop, stop)
        return TrueRep(rep.number, side, *bounds, share, percent, rep.complete, onsets, scale)

    def spectral_scale(self, start: int, n: int) -> Array:
        """Factor on f_l and f_h of every muscle's spectrum, (n,): 1 when rested."""
        fatigue = self._fatigue(np.arange(start, start + n) / self.sfreq_hz)
        return np.asarray(TIRED_SCALE**fatigue)

    def _fatigue(self, times_s: Array) -> Array:
        if not self.persona.tires:
            return np.zeros(len(times_s))
        with self._lock:
            self._plan.extend(float(times_s[-1]))
            return self._plan.fatigue.levels(times_s)

    def _over(self, start: int, n: int) -> list[tuple[_Block, slice]]:
        """The blocks that hold samples ``start`` to ``start + n``, with the rows wanted of each."""
        numbers = range(start // BLOCK, max(start + n - 1, start) // BLOCK + 1)
        with self._lock:
            return [
                (self._block(k), slice(max(start - k * BLOCK, 0), min(start + n - k * BLOCK, BLOCK)))
                for k in numbers
            ]

    def _block(self, number: int) -> _Block:
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = self._work_out(number * BLOCK)
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return block

    def _work_out(self, start: int) -> _Block:
        times_s = np.arange(start, start + BLOCK) / self.sfreq_hz
        plan = self._plan
        plan.extend((start + BLOCK) / self.sfreq_hz)
        levels = np.stack([track.levels(times_s) for track in plan.levels], axis=1)
        for twitch in self._twitches(start, start + BLOCK):
            hit = [channel.side == twitch.side for channel in self.channels]
            levels[:, hit] += twitch.levels(times_s)[:, np.newaxis]
        amplitude = levels * self._fluctuate(start, plan.fluctuation_db.levels(times_s))
        noise = (
            self._emg.read(start, BLOCK)
            if self._tiring_emg is None
            else self._tiring_emg.read(start, plan.fatigue.levels(times_s))
        )
        emg_uv = amplitude * self.mvc_uv * noise
        return _Block(amplitude, emg_uv, plan.movement.levels(times_s))

    def _fluctuate(self, start: int, spread_db: Array) -> Array:
        """Factors with the given spread in dB and a mean square of 1, (n, n_channels)."""
        spread = (spread_db * (np.log(10.0) / 20.0))[:, np.newaxis]
        factor: Array = np.exp(spread * self._fluctuation.read(start, BLOCK) - spread**2)
        return factor
