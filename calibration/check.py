"""The guided check of an older calibration: rest, three squeezes of 3 s a muscle, a verdict.

    rest -> per squeeze: ready -> squeeze -> relax -> ready -> ... -> done
                                  any step -> failed, after several refusals or a minute of trouble

A pure state machine that speaks the prompts and events of the guided calibration, so that all who show
or follow those can show and follow this. Decisions are made on the same 20 ms grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.comparable import compare, rest_verdict, swapped_with
from calibration.comparison import ChannelToday, Comparison, Today
from calibration.findings import Findings
from calibration.level import blank_spikes, level
from calibration.plan import REFERENCE_EFFORT, ChannelSpec, Plan
from calibration.prompt import EventKind, Kind, Part, ProcedureEvent, Prompt
from calibration.record import Calibration, ChannelCalibration, Trial
from calibration.regrid import Regrid
from calibration.rest import Rest
from calibration.steps import Block, ContactWatch, Grid, Outcome, Resting, Squeezing, Step, Waiting

Array = NDArray[np.float64]

#: Rest 5 s, then three squeezes of 3 s a muscle, 12 s from one to the next of the same muscle: a minute and
#: a half for one leg. Squeezes so short hardly tire, so no minute is needed between (the project's choice).
CHECK: Final = Plan(
    rest_s=5.0, squeeze_s=3.0, least_hold_s=2.0, pause_s=12.0, trials=3, max_trials=3, position_s=8.0,
    safety_pace=0.0, leads=False, warm_ups=(), two_positions=False)  # fmt: skip
#: A lead that answered for another muscle so many times is on that muscle.
SWAPS_NEEDED: Final = 2


@dataclass(slots=True)
class _Muscle:
    """What one channel showed so far; ``then`` is what the calibration knows of it."""

    column: int
    today: ChannelToday
    then: ChannelCalibration | None
    last_squeeze: int | None = None
    others_uv: list[dict[str, float]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.today.spec.name.capitalize()

    @property
    def counting(self) -> int:
        return sum(trial.accepted for trial in self.today.trials)

    @property
    def position(self) -> str:
        return self.then.position if self.then else ""

    def squeezed(self, trial: Trial, others_uv: dict[str, float]) -> None:
        self.others_uv.append(others_uv)
        middle = {pin: float(np.median([uv[pin] for uv in self.others_uv])) for pin in others_uv}
        self.today = replace(self.today, trials=(*self.today.trials, trial), others_uv=middle)


class CheckProcedure:
    """The check of ``then`` on the day that ``today`` names; one entry of ``today.channels`` a column.

    Driven and shown like ``Procedure``. ``comparison`` is the verdict once ``prompt.kind`` is ``done``.
    Raises ``ValueError`` when no channel has a muscle.
    """

    def __init__(self, today: Today, then: Calibration, plan: Plan = CHECK) -> None:
        self._today, self._then, self._plan = today, then, plan
        self._specs = tuple(channel.spec for channel in today.channels)
        self._grid = Grid.at(today.sfreq_hz)
        self._regrid = Regrid(self._grid, [spec.raw for spec in self._specs])
        self._muscles = [
            _Muscle(column, channel, then.channel(channel.spec.pin))
            for column, channel in enumerate(today.channels)
            if channel.spec.calibrated
        ]
        if not self._muscles:
            raise ValueError("No channel has a muscle: say which pin is on which, as in A0=glute:right.")
        self.comparison: Comparison | None = None
        self._findings = Findings(self._specs, today.sfreq_hz)
        self._current = self._muscles[0]
        self._turned = False
        self._repeats = self._now = 0
        self._why = ""
        self._events: list[ProcedureEvent] = []
        self._kind: Kind = "rest"
        self._step: Step = self._resting()

    @property
    def prompt(self) -> Prompt:
        """What the wearer does now."""
        if self._kind in ("done", "failed"):
            return Prompt(self._kind, text=self._last_words(), why=self._why)
        if self._kind == "rest":
            text = self._step.remedy or "Rest. Let go."
            left_s = self._step.seconds_left
            return Prompt("rest", text=text, seconds_left=left_s, why=self._why, part="rest")
        own = self._current
        return Prompt(
            self._kind,
            own.today.spec.muscle or "",
            own.today.spec.side or "",
            own.counting + 1,
            self._plan.trials,
            self._step.remedy or self._words(),
            self._step.seconds_left,
            self._why,
            own.position,
            REFERENCE_EFFORT if self._then.method == "reference" else 1.0,
            "squeezes",
        )

    @property
    def specs(self) -> tuple[ChannelSpec, ...]:
        """Its columns: a check does not rename them."""
        return self._specs

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a check."""
        return ("rest", "squeezes")

    @property
    def expected(self) -> tuple[bool, tuple[int, ...]]:
        """Whether all should rest now, and the columns that must give something now or are dead."""
        step = self._step
        if self._kind in ("done", "failed"):
            return False, ()
        overdue = isinstance(step, Squeezing) and step.overdue
        return self._kind == "rest", (self._current.column,) if overdue else ()

    def push(
        self, emg_uv: Array, envelope_uv: Array, contact: Sequence[str], start: int | None = None
    ) -> tuple[ProcedureEvent, ...]:
        """Take samples; what happened in them. All as in ``Procedure.push``."""
        self._events = []
        for block in self._regrid.push(emg_uv, envelope_uv, contact, start):
            if self._kind in ("done", "failed"):
                break
            self._now = block.start + self._grid.block
            self._take(block)
        return tuple(self._events)

    def _take(self, block: Block) -> None:
        outcome = self._step.push(block)
        if outcome is None:
            return
        if outcome.hopeless:
            self._fail(outcome.reason)
        elif self._kind == "rest":
            self._rested(outcome)
        elif self._kind == "squeeze":
            self._squeezed(outcome)
        elif self._kind == "relax":
            self._enter("ready", self._waiting(self._plan.ready_s))
        else:
            self._why = ""
            self._enter("squeeze", self._squeezing())

    def _rested(self, outcome: Outcome) -> None:
        if outcome.reason:
            if not self._refused(outcome.reason, "the rest"):
                self._enter("rest", self._resting())
            return
        for muscle, rest in zip(self._muscles, outcome.rests, strict=True):
            muscle.today = replace(muscle.today, rest=rest)
        self._repeats = 0
        self._tell("rested", "Resting levels are set.")
        self._get_ready()

    def _squeezed(self, outcome: Outcome) -> None:
        muscle, trial = self._current, outcome.trial
        pin = muscle.today.spec.pin
        if trial is not None and outcome.signal_uv is not None:
            muscle.squeezed(trial, self._others(outcome.signal_uv))
            muscle.last_squeeze = self._now if trial.rms_uv > 0.0 else muscle.last_squeeze
        if trial is not None and trial.accepted:
            self._repeats, self._why = 0, ""
            if outcome.signal_uv is not None:
                self._findings.squeezed(muscle.column, outcome.signal_uv)
            self._tell("trial", f"That one counts: {trial.rms_uv:.0f} µV.", pin, trial)
            if muscle.counting >= self._plan.trials:
                self._tell("channel", f"{muscle.name} is done.", pin)
        elif self._refused(outcome.reason, f"squeezes of the {muscle.today.spec.name}", pin, trial):
            return
        self._advance()

    def _others(self, signal_uv: Array) -> dict[str, float]:
        """Levels of the other muscles in a squeeze of the current one, by pin."""
        return {
            m.today.spec.pin: level(
                blank_spikes(signal_uv[:, m.column], self._grid.sfreq_hz), raw=m.today.spec.raw
            )
            for m in self._muscles
            if m is not self._current
        }

    @property
    def _answered_elsewhere(self) -> bool:
        """Whether another lead answered for the current muscle, several times."""
        today = self._current.today
        often = len(today.trials) >= SWAPS_NEEDED and not self._current.counting
        return often and swapped_with(self._then, today) is not None

    def _advance(self) -> None:
        """Go on with the next squeeze, or finish."""
        before = self._current
        unfinished = [m for m in self._muscles if m.counting < self._plan.trials]
        if not unfinished or self._answered_elsewhere:
            self._finish()
            return
        same = [m for m in unfinished if m.today.spec.muscle == before.today.spec.muscle]
        first = [m for m in unfinished if m.today.spec.muscle == unfinished[0].today.spec.muscle]
        self._current = min(same or first, key=lambda muscle: muscle.counting)
        self._turned = self._current is not before
        if not same:
            self._get_ready()
        else:
            self._enter("relax", self._waiting(self._pause_s()))

    def _get_ready(self) -> None:
        """Time to find the position in which the 100 % was made."""
        position = self._current.position.replace("-", " ")
        self._why = f"As when you calibrated: {position}." if position else ""
        self._enter("ready", self._waiting(self._plan.position_s))

    def _finish(self) -> None:
        for muscle in self._muscles:
            mvc_uv = muscle.then.mvc_uv if muscle.then else 0.0
            heard = self._findings.heard(muscle.column, mvc_uv)
            muscle.today = replace(muscle.today, crosstalk=heard)
            self._note_rest(muscle)
        channels = tuple(muscle.today for muscle in self._muscles)
        self.comparison = found = compare(self._then, replace(self._today, channels=channels))
        for channel in found.channels:
            if channel.text and channel.text != found.reason:
                self._tell("note", channel.text[:1].upper() + channel.text[1:], channel.pin)
        self._why = "" if found.word == "comparable" else found.reason[:1].upper() + found.reason[1:]
        self._enter("done", self._step)
        self._tell("done", found.sentence)

    def _note_rest(self, muscle: _Muscle) -> None:
        """Tell of a rest that is far louder than then: it decides nothing, but a pad may be loose."""
        if muscle.then is None or muscle.today.rest is None:
            return
        spec, rest_uv = muscle.today.spec, muscle.today.rest.level_uv
        found = rest_verdict(muscle.then.rest_uv, rest_uv, spec.uv_per_count)
        if found.grade == "warn":
            self._tell("note", f"{muscle.name}: {found.text} {found.remedy}", spec.pin)

    def _pause_s(self) -> float:
        """What is left of the pause since this muscle's last squeeze, but never less than a breath."""
        last = self._current.last_squeeze
        if last is None:
            return self._plan.breath_s
        since_s = (self._now - last) / self._grid.sfreq_hz
        return max(self._plan.breath_s, self._plan.pause_s - self._plan.ready_s - since_s)

    # Steps and words

    def _watch(self, muscles: Sequence[_Muscle]) -> ContactWatch:
        return ContactWatch(self._specs, [muscle.column for muscle in muscles])

    def _resting(self) -> Resting:
        return Resting(self._watch(self._muscles), self._grid, self._plan)

    def _waiting(self, wait_s: float) -> Waiting:
        return Waiting(self._watch([self._current]), self._grid, self._plan, wait_s)

    def _squeezing(self) -> Squeezing:
        rest = self._current.today.rest or Rest()
        return Squeezing(self._watch([self._current]), self._grid, self._plan, rest)

    def _words(self) -> str:
        if self._kind == "squeeze":
            return "Squeeze. Hold."
        if self._kind == "ready":
            return f"{self._current.name} next. Get ready."
        return f"Rest. {self._current.name} is next." if self._turned else "Rest. Once more."

    def _last_words(self) -> str:
        if self.comparison is None:
            return "Stopped. Nothing was saved."
        found = self.comparison
        return found.sentence if found.word == "comparable" else f"{found.word.capitalize()}."

    def _enter(self, kind: Kind, step: Step) -> None:
        self._kind, self._step = kind, step
        if kind not in ("done", "failed"):
            pin = "" if kind == "rest" else self._current.today.spec.pin
            self._tell("prompt", self.prompt.text, pin)

    def _refused(self, reason: str, what: str, pin: str = "", trial: Trial | None = None) -> bool:
        """Note a refusal; whether it was one too many."""
        self._why = reason
        self._repeats += 1
        self._tell("refused", reason, pin, trial)
        if self._repeats >= self._plan.max_repeats and not self._answered_elsewhere:
            self._fail(f"{self._repeats} tries at {what} did not count. The last one: {reason}")
            return True
        return False

    def _fail(self, reason: str) -> None:
        self._why = reason
        self._enter("failed", self._step)
        self._tell("failed", reason)

    def _tell(self, kind: EventKind, text: str, pin: str = "", trial: Trial | None = None) -> None:
        self._events.append(ProcedureEvent(kind, self._now, text, pin, trial))
