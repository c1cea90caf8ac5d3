"""The guided calibration as a state machine: signal in, prompts and numbers out, driven by sample count.

    safety -> which lead is which -> pads -> rest -> warm-ups
           -> per muscle, side and position: ready -> squeeze -> relax -> ready -> ... -> done
                                    any step -> failed, after several refusals or a minute of trouble

No hands are needed: steps follow each other by themselves, a refused one is repeated and says why.
All decisions are made on a 20 ms grid counted from the first sample, so that the same signal has
the same result however it arrives. The course itself is written down once, in order, as a generator:
it hands out one ``Act`` after the other and gets back how each ended.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration import wording
from calibration.act import Act
from calibration.contact import Verdict
from calibration.findings import Findings
from calibration.lead_steps import Answering, Quiet
from calibration.leads import answering, put_right
from calibration.mvc import UNFELT
from calibration.plan import LEAD_EFFORT, ChannelSpec, Plan
from calibration.prompt import EventKind, Kind, Part, ProcedureEvent, Prompt
from calibration.record import Calibration, ChannelCalibration, Trial
from calibration.regrid import Regrid
from calibration.squeezes import Muscle, Task, next_task, tasks_of
from calibration.steps import Block, ContactWatch, Grid, Outcome, Resting, Squeezing, Waiting
from calibration.wording import said

Array = NDArray[np.float64]
#: Acts out, outcomes in.
Course = Generator[Act, Outcome, None]

#: s of good contact that the look at the pads takes.
CHECK_S = 1.0
#: How often a muscle that nobody feels is asked for its lead before the names are left as they are.
LEAD_TRIES = 2


class _Ended(Exception):
    """The procedure cannot go on, for the reason in the message."""


class Procedure:
    """The guided calibration of the channels that have a muscle.

    ``push`` takes what the signal chain makes of the stream; ``prompt`` says what the wearer does
    now; ``channels`` holds the result once ``prompt.kind`` is ``done``. After ``done`` or
    ``failed`` further samples change nothing. Raises ``ValueError`` when no channel has a muscle.
    """

    def __init__(self, channels: Sequence[ChannelSpec], sfreq_hz: float, plan: Plan | None = None) -> None:
        self._specs = tuple(channels)
        self._plan = plan or Plan()
        self._grid = Grid.at(sfreq_hz)
        self._regrid = Regrid(self._grid, [spec.raw for spec in self._specs])
        self._muscles = [Muscle(i, spec) for i, spec in enumerate(self._specs) if spec.calibrated]
        if not self._muscles:
            raise ValueError("No channel has a muscle: say which pin is on which, as in A0=glute:right.")
        self._findings = Findings(self._specs, sfreq_hz)
        self._swapped = False
        self._repeats = 0
        self._why = ""
        self._now = 0
        self._events: list[ProcedureEvent] = []
        self._over: Literal["", "done", "failed"] = ""
        self._course = self._all()
        self._act = next(self._course)

    @property
    def prompt(self) -> Prompt:
        """What the wearer does now."""
        if self._over:
            text = wording.DONE if self._over == "done" else wording.STOPPED
            return Prompt(self._over, text=text, why=self._why)
        return self._act.prompt

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that this course has, in order."""
        plan, whole = self._plan, not self._plan.quick
        has: dict[Part, bool] = {
            "safety": whole and plan.safety_pace > 0.0,
            "leads": whole and plan.leads and len(self._muscles) > 1,
            "pads": whole and plan.pads,
            "rest": True,
            "warm-up": bool(plan.warming),
            "squeezes": True,
        }
        return tuple(part for part, there in has.items() if there)

    @property
    def specs(self) -> tuple[ChannelSpec, ...]:
        """The channels as they are named now: other names than were given once leads were put right."""
        return self._specs

    @property
    def swapped(self) -> bool:
        """Whether leads were found swapped, and their names put right."""
        return self._swapped

    @property
    def expected(self) -> tuple[bool, tuple[int, ...]]:
        """Whether all should rest now, and the columns that must give something now or are dead."""
        step = self._act.step
        if self._over:
            return False, ()
        overdue = isinstance(step, Squeezing) and step.overdue
        return self._act.kind == "rest", (step.column,) if overdue and isinstance(step, Squeezing) else ()

    @property
    def channels(self) -> tuple[ChannelCalibration, ...]:
        """The calibrated channels in column order; empty until all are done."""
        if self._over != "done":
            return ()
        found = ((muscle.column, muscle.result) for muscle in self._muscles if muscle.result)
        heard = self._findings.heard
        return tuple(replace(result, crosstalk=heard(column, result.mvc_uv)) for column, result in found)

    @property
    def verdicts(self) -> dict[str, tuple[Verdict, ...]]:
        """When done, by pin: signal to noise, rest, heartbeat, crosstalk and joint work of each channel."""
        results = {m.column: m.result for m in self._muscles if m.result}
        if self._over != "done":
            return {}
        return {self._specs[k].pin: found for k, found in self._findings.verdicts(results).items()}

    def calibration(
        self,
        *,
        wearer: str,
        created: str,
        board_id: str,
        simulated: bool,
        chain: Mapping[str, float | str],
    ) -> Calibration:
        """The finished record; ``created`` is ISO 8601 with offset. Raises ``ValueError`` before ``done``."""
        if self._over != "done":
            raise ValueError("The calibration is not done yet.")
        return Calibration(
            wearer,
            created,
            board_id,
            self._grid.sfreq_hz,
            simulated,
            self.channels,
            dict(chain),
            "reference" if self._plan.reference else "mvc",
        )

    def push(
        self, emg_uv: Array, envelope_uv: Array, contact: Sequence[str], start: int | None = None
    ) -> tuple[ProcedureEvent, ...]:
        """Take samples; what happened in them.

        ``emg_uv`` and ``envelope_uv`` are (n, C) in µV with NaN where samples were lost or blanked;
        ``contact`` names each column's state for all n samples (GOOD, STARTING, CLIPPING, LOOSE,
        NO_DATA). ``start`` is the absolute index of the first row; without it, rows follow each
        other. A jump counts as lost samples. Raises ``ValueError`` for shapes that do not
        fit and for a ``start`` that goes back.
        """
        self._events = []
        for block in self._regrid.push(emg_uv, envelope_uv, contact, start):
            if self._over:
                break
            self._now = block.start + self._grid.block
            self._take(block)
        return tuple(self._events)

    def _take(self, block: Block) -> None:
        outcome = self._act.step.push(block)
        if outcome is None:
            return
        if outcome.hopeless:
            self._give_up(outcome.reason)
            return
        try:
            self._act = self._course.send(outcome)
        except StopIteration:
            self._finish()
        except _Ended as end:
            self._give_up(str(end))
        else:
            spec = self._act.spec
            self._tell("prompt", self.prompt.text, spec.pin if spec else "")

    # The course

    def _all(self) -> Course:
        """All acts in order."""
        plan, parts = self._plan, self.parts
        if "safety" in parts:
            yield from self._safety()
        if "leads" in parts:
            yield from self._leads()
        if "pads" in parts:
            yield from self._pads()
        yield from self._rest()
        yield from self._warm_up()
        tasks_of(self._muscles, plan)
        before: Task | None = None
        while (task := next_task(self._muscles, plan)) is not None:
            yield from self._get_ready(task, before)
            yield from self._squeeze(task)
            before = task

    def _safety(self) -> Course:
        for text, why in wording.SAFETY:
            stands_s = wording.takes_s(f"{text} {why}") + wording.BREATH_S
            yield Act("safety", self._waiting(self._plan.safety_pace * stands_s), text, why)

    def _leads(self) -> Course:
        """Ask every muscle for a short squeeze; put the names right where the answers say so."""
        answers: dict[int, int | None] = {}
        for muscle in self._muscles:
            answers[muscle.column] = yield from self._ask(muscle)
        named = put_right(self._specs, answers)
        if named is None:
            self._tell("note", wording.CONTRADICTION)
        elif named != self._specs:
            yield from self._offer(named)

    def _ask(self, muscle: Muscle) -> Generator[Act, Outcome, int | None]:
        """The column that answers for ``muscle``; ``None`` when that cannot be told."""
        columns, spec, plan = [m.column for m in self._muscles], muscle.spec, self._plan
        why = ""
        for tried in range(plan.max_repeats):
            quiet = yield Act(
                "relax", Quiet(self._watch(columns), self._grid, plan), wording.QUIET, why, part="leads"
            )
            if quiet.levels_uv is None:
                continue
            step = Answering(
                self._watch(columns),
                self._grid,
                plan,
                quiet.levels_uv,
                lambda rise_uv: answering(rise_uv, columns) is not None,
            )
            outcome = yield Act(
                "lead", step, said(wording.ASK, spec.name), wording.ASK_WHY, spec, effort=LEAD_EFFORT
            )
            if outcome.levels_uv is not None:
                found = answering(outcome.levels_uv, columns)
                self._tell_answer(muscle, found)
                return found
            why = outcome.reason
            self._tell("refused", why, spec.pin)
            if tried + 1 >= LEAD_TRIES and outcome.reason == UNFELT:
                break
        return None

    def _tell_answer(self, muscle: Muscle, found: int | None) -> None:
        if found is None:
            self._tell("note", wording.UNCLEAR, muscle.spec.pin)
        else:
            pin = self._specs[found].pin
            self._tell("lead", said(wording.RIGHT_LEAD, muscle.spec.name, pin=pin), pin)

    def _offer(self, named: tuple[ChannelSpec, ...]) -> Course:
        """Say that leads are swapped; who does not stop it now gets the names put right."""
        changed = [new for new, old in zip(named, self._specs, strict=True) if new != old]
        places = ", ".join(said(wording.PLACE, spec.name, pin=spec.pin) for spec in changed)
        why = wording.SWAPPED_WHY.format(places=places)
        self._tell("note", f"{wording.SWAPPED} {why}")
        yield Act("lead", self._waiting(self._plan.swapped_s), wording.SWAPPED, why)
        self._specs, self._swapped = named, True
        for muscle in self._muscles:
            muscle.spec = named[muscle.column]
        self._findings = Findings(named, self._grid.sfreq_hz)
        self._tell("swapped", wording.SWAPPED_TAKEN.format(places=places))

    def _pads(self) -> Course:
        columns = [muscle.column for muscle in self._muscles]
        yield Act("check", Waiting(self._watch(columns), self._grid, self._plan, CHECK_S), wording.CHECK)
        for muscle in self._muscles:
            self._tell("checked", said(wording.GOOD_PAD, muscle.spec.name), muscle.spec.pin)

    def _rest(self) -> Course:
        columns = [muscle.column for muscle in self._muscles]
        while True:
            step = Resting(self._watch(columns), self._grid, self._plan)
            outcome = yield Act("rest", step, wording.REST, self._why)
            if not outcome.reason:
                break
            self._refused(outcome.reason, "the rest")
        for muscle, rest in zip(self._muscles, outcome.rests, strict=True):
            muscle.rest = rest
        if outcome.signal_uv is not None:
            self._findings.rested(outcome.signal_uv, columns)
        for column in outcome.tense:
            self._tell("note", said(wording.STILL_TENSE, self._specs[column].name), self._specs[column].pin)
        self._tell("rested", wording.RESTED)
        self._accepted()

    def _warm_up(self) -> Course:
        columns = [muscle.column for muscle in self._muscles]
        for part in self._plan.warming:
            text = wording.WARM.get(part, wording.WARM_OTHER.format(percent=100 * part))
            step = Waiting(self._watch(columns), self._grid, self._plan, self._plan.warm_s)
            yield Act("warm", step, text, wording.WARM_WHY, effort=part)
            yield Act("relax", self._waiting(self._plan.warm_rest_s), wording.WARM_REST, part="warm-up")

    def _get_ready(self, task: Task, before: Task | None) -> Course:
        """The pause since this muscle's last squeeze, the way into position, and the count-in."""
        plan, spec = self._plan, task.muscle.spec
        moves = before is None or _posture(before) != _posture(task)
        pause_s = self._pause_s(task.muscle, plan.ready_s)
        position_s = max(0.0, plan.position_s - plan.ready_s)
        if moves:
            # What the pause takes beyond finding the position; nothing where it is shorter than that.
            pause_s = max(0.0, pause_s - position_s) if task.muscle.last_squeeze is not None else 0.0
        elif before is not None:
            pause_s = max(plan.breath_s, pause_s)
        again = before is task
        if pause_s > 0.0:
            text = wording.ONCE_MORE if again else said(wording.NEXT, spec.name)
            yield self._of(task, "relax", self._waiting_for(task, pause_s), text, self._why)
        text = said(wording.READY, spec.name)
        key = (spec.muscle or "", task.position)
        doing = wording.TASKS.get(key, "").format(side=spec.side)
        if moves and position_s > 0.0:
            there = wording.POSITIONS.get(key, text).format(side=spec.side)
            yield self._of(task, "ready", self._waiting_for(task, position_s), there, doing or self._why)
        yield self._of(task, "ready", self._waiting_for(task, plan.ready_s), text, self._why or doing)

    def _squeeze(self, task: Task) -> Course:
        """One squeeze; what it comes to."""
        muscle, plan = task.muscle, self._plan
        self._why = ""
        step = Squeezing(self._watch([muscle.column]), self._grid, plan, muscle.rest)
        text, why = (wording.REFERENCE, wording.SAME) if plan.reference else (wording.SQUEEZE, wording.HARD)
        outcome = yield self._of(task, "squeeze", step, text, why)
        trial = outcome.trial
        if trial is not None:
            trial = replace(trial, position=task.position)
            task.trials.append(trial)
            muscle.last_squeeze = self._now if trial.rms_uv > 0.0 else muscle.last_squeeze
        if trial is None or not trial.accepted:
            self._refused(outcome.reason, f"squeezes of the {muscle.spec.name}", muscle.spec.pin, trial)
            return
        self._accepted()
        if outcome.signal_uv is not None:
            self._findings.squeezed(muscle.column, outcome.signal_uv)
        self._tell("trial", wording.COUNTS.format(uv=trial.rms_uv), muscle.spec.pin, trial)
        self._conclude(task)

    def _conclude(self, task: Task) -> None:
        """Set the channel's 100 % once enough squeezes agree in every position, or all were used."""
        plan, muscle = self._plan, task.muscle
        if not task.settled(plan):
            if len(task.counting) >= plan.squeezes[0]:
                self._why = wording.DIFFER.format(percent=100 * task.found.difference)
            return
        if not all(other.settled(plan) for other in muscle.tasks):
            return
        result, spec = muscle.conclude(plan), muscle.spec
        hundred = wording.REFERENCE_HUNDRED if plan.reference else wording.HUNDRED
        text = said(wording.FULL, spec.name, uv=result.mvc_uv, hundred=hundred)
        if len(muscle.tasks) > 1:
            text += wording.BETTER.format(position=wording.POSITION_WORDS[muscle.best.position])
        self._tell("channel", text, spec.pin)
        if result.quality == "low repeatability":
            percent = 100 * muscle.best.found.difference
            self._tell("note", said(wording.NOT_ALIKE, spec.name, percent=percent), spec.pin)

    def _give_up(self, why: str) -> None:
        self._over, self._why = "failed", why
        self._tell("failed", why)

    def _finish(self) -> None:
        levels = (f"{m.spec.name} {m.result.mvc_uv:.0f} µV" for m in self._muscles if m.result)
        hundred = wording.REFERENCE_HUNDRED if self._plan.reference else wording.HUNDRED
        self._over, self._why = "done", f"Your {hundred}: {', '.join(levels)}."
        names = {spec.pin: wording.capital(spec.name) for spec in self._specs}
        for pin, verdicts in self.verdicts.items():
            for verdict in verdicts:
                if verdict.grade in ("warn", "bad"):
                    self._tell("note", f"{names[pin]}: {verdict.text} {verdict.remedy}".strip(), pin)
        self._tell("done", self._why)

    # Parts of acts

    def _watch(self, columns: Sequence[int]) -> ContactWatch:
        return ContactWatch(self._specs, columns)

    def _waiting(self, wait_s: float) -> Waiting:
        return Waiting(self._watch(()), self._grid, self._plan, wait_s)

    def _waiting_for(self, task: Task, wait_s: float) -> Waiting:
        return Waiting(self._watch([task.muscle.column]), self._grid, self._plan, wait_s)

    def _of(self, task: Task, kind: Kind, step: Waiting | Squeezing, text: str, why: str) -> Act:
        trial = len(task.counting) + 1
        trials = max(trial, self._plan.squeezes[0])
        effort = self._plan.effort
        return Act(kind, step, text, why, task.muscle.spec, trial, trials, task.position, effort)

    def _pause_s(self, muscle: Muscle, ready_s: float) -> float:
        """What is left of the pause since this muscle's last squeeze, the count-in taken off."""
        if muscle.last_squeeze is None:
            return 0.0
        since_s = (self._now - muscle.last_squeeze) / self._grid.sfreq_hz
        return max(0.0, self._plan.pause_s - ready_s - since_s)

    # What happened

    def _accepted(self) -> None:
        self._repeats, self._why = 0, ""

    def _refused(self, reason: str, what: str, pin: str = "", trial: Trial | None = None) -> None:
        """Note a refusal. Raises ``_Ended`` when it was one too many."""
        self._why = reason
        self._repeats += 1
        self._tell("refused", reason, pin, trial)
        if self._repeats >= self._plan.max_repeats:
            raise _Ended(wording.TRIES.format(times=self._repeats, what=what, why=reason))

    def _tell(self, kind: EventKind, text: str, pin: str = "", trial: Trial | None = None) -> None:
        self._events.append(ProcedureEvent(kind, self._now, text, pin, trial))


def _posture(task: Task) -> tuple[str, str]:
    """How the wearer lies, sits or stands: on one leg's turn as on the other's, but by muscle."""
    return task.muscle.spec.muscle or "", task.position
