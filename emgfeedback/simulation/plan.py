"""What the person's muscles are about to do: levels, movement and reps, planned ahead in seconds.

The plan is worked out as far as somebody looks (``extend``). ``do`` changes it from a time on and leaves
everything before that time as it was, however far it had been worked out.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from device.channel_map import MUSCLES, SIDES
from emgfeedback.simulation.actions import REST, Action, Script
from emgfeedback.simulation.body import POSITION_ALLOWS, TIRED_AFTER_S
from emgfeedback.simulation.exercises import Exercise
from emgfeedback.simulation.personas import Persona
from emgfeedback.simulation.track import Track

#: s. From being told to the first change, and the ramp of a squeeze or of letting go.
REACTION_S = 0.3
RAMP_S = 0.5
#: Fraction of their maximum at which all other muscles join a maximal squeeze.
CO_CONTRACTION = 0.05
#: dB. Spread of the slow amplitude fluctuation: while holding still, and in movement.
HOLDING_DB = 0.7
MOVING_DB = 1.5
#: Spread from rep to rep: of both muscles together, of each muscle, and of the length of each phase.
REP_SPREAD = 0.08
MUSCLE_SPREAD = 0.10
TEMPO_SPREAD = 0.05
#: s. The glute starts after the quad: mean, spread, and the most that is ever drawn.
GLUTE_LAG_S = 0.040
GLUTE_LAG_SPREAD_S = 0.050
MOST_LAG_S = 0.150

#: Names this use of the seed among the streams of random numbers.
REP_STREAM = 9

Muscle = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlannedRep:
    """Bounds of one rep in seconds; ``complete`` unless broken off before its hold.

    ``onsets_s`` says when each muscle of the plan began to rise.
    """

    number: int
    start_s: float
    hold_start_s: float
    hold_stop_s: float
    stop_s: float
    complete: bool = True
    onsets_s: tuple[float, ...] = ()


class MotorPlan:
    """Levels (fractions of the true maximum) of ``muscles``, (muscle, side) each, over time."""

    def __init__(
        self, persona: Persona, exercise: Exercise, seed: int, muscles: tuple[Muscle, ...], working_side: str
    ) -> None:
        self._persona = persona
        self._exercise = exercise
        self._seed = seed
        self._muscles = muscles
        self._working_side = working_side
        self._commands: list[tuple[float, Action]] = []
        self._forget_all()

    def _forget_all(self) -> None:
        self.levels = tuple(Track() for _ in self._muscles)
        self.fluctuation_db = Track(HOLDING_DB)
        self.movement = Track()
        #: From 0, rested, to 1, tired; every set of reps tires, whether the persona shows it or not.
        self.fatigue = Track()
        self._set_start_s = 0.0
        self.reps: list[PlannedRep] = []
        self._applied = 0
        self._action = REST
        self._reps_left: int | None = 0
        self._next_rep_s = np.inf

    def follow(self, script: Script) -> None:
        """Do each action at its time; times ascend, and a later ``do`` drops what is still to come.

        Raises ``ValueError`` when the times do not ascend.
        """
        for at_s, action in script:
            if self._commands and at_s < self._commands[-1][0]:
                raise ValueError(
                    f"The times of a script must ascend; {at_s} s comes after {self._commands[-1][0]} s."
                )
            self._commands.append((at_s, action))

    def do(self, action: Action, at_s: float) -> None:
        """From ``at_s`` on do ``action``, after the reaction time; forgets the rest of a script."""
        earlier = [command for command in self._commands if command[0] < at_s]
        if self._applied > len(earlier):
            # Somebody looked ahead into a part of the script that will not happen: plan anew.
            self._forget_all()
        self._commands = [*earlier, (at_s, action)]

    def extend(self, until_s: float) -> None:
        """Work the plan out at least to ``until_s``."""
        while self._applied < len(self._commands) and self._commands[self._applied][0] < until_s:
            at_s, action = self._commands[self._applied]
            self._plan_reps(at_s + REACTION_S)
            self._begin(action, at_s + REACTION_S)
            self._applied += 1
        self._plan_reps(until_s)

    def _begin(self, action: Action, from_s: float) -> None:
        if action.kind == "reps" and self._action.kind == "reps":
            self._go_on(from_s)
        else:
            self._break_off(from_s)
            self._start(action, from_s)
        self._action = action
        self._reps_left = action.count if action.kind == "reps" else 0

    def _go_on(self, from_s: float) -> None:
        """More reps while doing reps: only those not yet begun are counted anew."""
        begun = [rep for rep in self.reps if rep.start_s < from_s]
        if len(begun) < len(self.reps):
            self._next_rep_s = self.reps[len(begun)].start_s
            self._forget_from(max([from_s, *(rep.stop_s for rep in begun[-1:])]))
            self.reps = begun
        elif not np.isfinite(self._next_rep_s):
            self._next_rep_s = max([from_s, *(rep.stop_s for rep in begun[-1:])]) + self._exercise.rest_s

    def _break_off(self, from_s: float) -> None:
        self.reps = [rep for rep in self.reps if rep.start_s < from_s]
        if self.reps and self.reps[-1].stop_s > from_s:
            rep = self.reps[-1]
            self.reps[-1] = replace(
                rep,
                hold_start_s=min(rep.hold_start_s, from_s),
                hold_stop_s=min(rep.hold_stop_s, from_s),
                stop_s=min(rep.stop_s, from_s + RAMP_S),
                complete=rep.hold_start_s <= from_s,
            )
        self._forget_from(from_s)

    def _forget_from(self, at_s: float) -> None:
        for track in (*self.levels, self.fluctuation_db, self.movement, self.fatigue):
            track.forget_from(at_s)

    def _start(self, action: Action, from_s: float) -> None:
        moving = action.kind == "reps"
        busy = any(track.at(from_s) > 0.0 for track in self.levels)
        self._next_rep_s = np.inf
        if moving:
            self._next_rep_s = from_s + (RAMP_S + self._exercise.rest_s if busy else 0.0)
        self.movement.ramp(from_s, RAMP_S, 0.0)
        self._set_start_s = from_s
        if not moving:
            self.fatigue.ramp(from_s, TIRED_AFTER_S, 0.0)
        self.fluctuation_db.ramp(from_s, RAMP_S, MOVING_DB if moving else HOLDING_DB)
        for track, muscle in zip(self.levels, self._muscles, strict=True):
            if busy or not moving:
                track.ramp(from_s, RAMP_S, self._squeezed(action, muscle))

    def _squeezed(self, action: Action, muscle: Muscle) -> float:
        if action.kind != "squeeze":
            return 0.0
        meant = action.muscle in (None, muscle[0]) and action.side in (None, muscle[1])
        if not meant:
            return CO_CONTRACTION * action.effort
        allowed = POSITION_ALLOWS.get((muscle[0], action.position), 1.0)
        return self._persona.effort * action.effort * allowed

    def _plan_reps(self, until_s: float) -> None:
        while self._next_rep_s < until_s:
            self._plan_rep(self._next_rep_s)
            if self._reps_left is not None:
                self._reps_left -= 1
                if self._reps_left == 0:
                    self._next_rep_s = np.inf

    def _plan_rep(self, start_s: float) -> None:
        number = len(self.reps)
        drawn = RepSpread.draw(self._seed, number)
        exercise = self._exercise
        usual_s = np.array([exercise.rest_s, exercise.rise_s, exercise.hold_s, exercise.lower_s])
        rest_s, rise_s, hold_s, lower_s = (drawn.tempo * usual_s).tolist()
        hold_stop_s = start_s + rise_s + hold_s
        latest = start_s
        fatigue = self.fatigue.at(start_s)
        # Between reps some stay tense; after the last one everybody lets go.
        tension = 0.0 if self._reps_left == 1 else self._persona.tension
        onsets_s = []
        for track, (muscle, side) in zip(self.levels, self._muscles, strict=True):
            delay_s = drawn.delay_s(muscle, side) if exercise.works(side, self._working_side) else 0.0
            level = exercise.levels(side, self._working_side).of(muscle) * drawn.gain(muscle, side)
            level *= self._persona.factor(muscle, side, number) * self._persona.tired_factor(muscle, fatigue)
            track.ramp(start_s + delay_s, rise_s, level)
            onsets_s.append(start_s + delay_s)
            track.ramp(hold_stop_s, lower_s, tension * level)
            latest = max(latest, start_s + delay_s)
        for begin_s, phase_s in ((start_s, rise_s), (hold_stop_s, lower_s)):
            self.movement.ramp(begin_s, phase_s / 2, 1.0)
            self.movement.ramp(begin_s + phase_s / 2, phase_s / 2, 0.0)
        stop_s = hold_stop_s + lower_s
        self._next_rep_s = stop_s + rest_s
        worked = (self._next_rep_s - self._set_start_s) / TIRED_AFTER_S
        self.fatigue.ramp(start_s, self._next_rep_s - start_s, max(fatigue, min(worked, 1.0)))
        self.reps.append(
            PlannedRep(number, start_s, latest + rise_s, hold_stop_s, stop_s, onsets_s=tuple(onsets_s))
        )


@dataclass(frozen=True, slots=True)
class RepSpread:
    """What chance makes of one rep: drawn for all muscles at once, whichever carry pads."""

    common: float
    muscles: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    tempo: NDArray[np.float64]

    @classmethod
    def draw(cls, seed: int, number: int) -> "RepSpread":
        """The spread of the rep ``number`` of the person ``seed``."""
        random = np.random.default_rng((seed, REP_STREAM, number))
        z = random.standard_normal(1 + len(MUSCLES) * len(SIDES) + len(SIDES) + 4)
        own, rest = z[1 : 1 + len(MUSCLES) * len(SIDES)], z[1 + len(MUSCLES) * len(SIDES) :]
        lag_s = np.clip(GLUTE_LAG_S + GLUTE_LAG_SPREAD_S * rest[: len(SIDES)], -MOST_LAG_S, MOST_LAG_S)
        tempo = np.exp(TEMPO_SPREAD * np.clip(rest[len(SIDES) :], -3.0, 3.0))
        return cls(float(np.exp(REP_SPREAD * z[0])), np.exp(MUSCLE_SPREAD * own), lag_s, tempo)

    def gain(self, muscle: str, side: str) -> float:
        """Factor on the muscle's level in this rep."""
        return self.common * float(self.muscles[MUSCLES.index(muscle) * len(SIDES) + SIDES.index(side)])

    def delay_s(self, muscle: str, side: str) -> float:
        """How long after the rep's start this muscle begins; the first begins at 0."""
        lag_s = float(self.lag_s[SIDES.index(side)])
        return max(0.0, -lag_s) if muscle == "quad" else max(0.0, lag_s)
