"""The guided calibration as a state machine: signal in, prompts and numbers out, driven by sample count.

    rest -> per muscle and side: ready -> squeeze -> relax -> ready -> ... -> done
                                      any step -> failed, after several refusals or a minute of trouble

No hands are needed: steps follow each other by themselves, a refused one is repeated and says why.
All decisions are made on a 20 ms grid counted from the first sample, so that the same signal has
the same result however it arrives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from calibration.contact import Verdict
from calibration.findings import Findings
from calibration.mvc import repeatability
from calibration.plan import ChannelSpec, Plan
from calibration.prompt import EventKind, Kind, ProcedureEvent, Prompt
from calibration.record import Calibration, ChannelCalibration, Quality, Trial
from calibration.regrid import Regrid
from calibration.rest import Rest
from calibration.steps import Block, ContactWatch, Grid, Outcome, Resting, Squeezing, Step, Waiting

Array = NDArray[np.float64]


@dataclass(slots=True)
class _Muscle:
    """What is known so far about one channel."""

    column: int
    spec: ChannelSpec
    rest: Rest = field(default_factory=Rest)
    trials: list[Trial] = field(default_factory=list)
    last_squeeze: int | None = None
    result: ChannelCalibration | None = None

    @property
    def counting(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.accepted]


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
        self._muscles = [_Muscle(i, spec) for i, spec in enumerate(self._specs) if spec.calibrated]
        if not self._muscles:
            raise ValueError("No channel has a muscle: say which pin is on which, as in A0=glute:right.")
        self._findings = Findings(self._specs, sfreq_hz)
        self._current = self._muscles[0]
        self._repeats = 0
        self._again = False
        self._why = ""
        self._now = 0
        self._events: list[ProcedureEvent] = []
        self._kind: Kind = "rest"
        self._step: Step = self._resting()

    @property
    def prompt(self) -> Prompt:
        """What the wearer does now."""
        if self._kind in ("done", "failed"):
            text = "Done." if self._kind == "done" else "Stopped. Nothing was saved."
            return Prompt(self._kind, text=text, why=self._why)
        if self._kind == "rest":
            text = self._step.remedy or "Rest. Let go."
            return Prompt("rest", text=text, seconds_left=self._step.seconds_left, why=self._why)
        spec = self._current.spec
        trial, trials = self._count
        return Prompt(
            self._kind,
            spec.muscle or "",
            spec.side or "",
            trial,
            trials,
            self._step.remedy or self._words(),
            self._step.seconds_left,
            self._why,
        )

    @property
    def channels(self) -> tuple[ChannelCalibration, ...]:
        """The calibrated channels in column order; empty until all are done."""
        results = ((muscle.column, muscle.result) for muscle in self._muscles if muscle.result)
        if self._kind != "done":
            return ()
        return tuple(replace(found, crosstalk=self._findings.heard(column)) for column, found in results)

    @property
    def verdicts(self) -> dict[str, tuple[Verdict, ...]]:
        """When done, by pin: signal to noise, rest, heartbeat and crosstalk of each calibrated channel."""
        results = {m.column: m.result for m in self._muscles if m.result}
        if self._kind != "done":
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
        if self._kind != "done":
            raise ValueError("The calibration is not done yet.")
        return Calibration(
            wearer, created, board_id, self._grid.sfreq_hz, simulated, self.channels, dict(chain)
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

    # Rest

    def _rested(self, outcome: Outcome) -> None:
        if outcome.reason:
            if not self._refused(outcome.reason, "the rest"):
                self._enter("rest", self._resting())
            return
        for muscle, rest in zip(self._muscles, outcome.rests, strict=True):
            muscle.rest = rest
        if outcome.signal_uv is not None:
            self._findings.rested(outcome.signal_uv, [muscle.column for muscle in self._muscles])
        self._tell("rested", "Resting levels are set.")
        self._repeats, self._why = 0, ""
        self._enter("ready", self._waiting(self._plan.position_s))

    # Squeezes

    def _squeezed(self, outcome: Outcome) -> None:
        muscle, trial = self._current, outcome.trial
        if trial is not None:
            muscle.trials.append(trial)
            muscle.last_squeeze = self._now if trial.rms_uv > 0.0 else muscle.last_squeeze
        if trial is not None and trial.accepted:
            self._repeats, self._why = 0, ""
            if outcome.signal_uv is not None:
                self._findings.squeezed(muscle.column, outcome.signal_uv)
            self._tell("trial", f"That one counts: {trial.rms_uv:.0f} µV.", muscle.spec.pin, trial)
            self._conclude(muscle)
        elif self._refused(outcome.reason, f"squeezes of the {muscle.spec.name}", muscle.spec.pin, trial):
            return
        self._advance()

    def _conclude(self, muscle: _Muscle) -> None:
        """Set the channel's 100 % once enough squeezes agree, or all were used."""
        least, greatest = self._plan.squeezes
        held = [trial.rms_uv for trial in muscle.counting]
        if len(held) < least:
            return
        found = repeatability(held)
        if not found.agrees and len(held) < greatest:
            self._why = f"Squeezes differ by {100 * found.difference:.0f} %. One more."
            return
        quality: Quality = "quick" if self._plan.quick else "good" if found.agrees else "low repeatability"
        spec = muscle.spec
        muscle.result = ChannelCalibration(
            pin=spec.pin,
            muscle=spec.muscle or "",
            side=spec.side or "",
            signal=spec.signal,
            gain=spec.gain,
            rest_uv=muscle.rest.level_uv,
            rest_sd_uv=muscle.rest.sd_uv,
            mvc_uv=found.mvc_uv,
            best_500ms_uv=max(trial.best_500ms_uv for trial in muscle.counting),
            quality=quality,
            trials=tuple(muscle.trials),
            median_hz=float(np.median([trial.median_hz for trial in muscle.counting])),
        )
        name = spec.name.capitalize()
        self._tell("channel", f"{name}: your 100 % is {found.mvc_uv:.0f} µV.", spec.pin)
        if quality == "low repeatability":
            differ = f"{100 * found.difference:.0f} %"
            self._tell("note", f"{name}: low repeatability, squeezes still differ by {differ}.", spec.pin)

    def _advance(self) -> None:
        """Go on with the next squeeze, or finish."""
        before = self._current
        upcoming = self._next()
        if upcoming is None:
            levels = (f"{m.spec.name} {m.result.mvc_uv:.0f} µV" for m in self._muscles if m.result)
            self._why = f"Your 100 %: {', '.join(levels)}."
            self._enter("done", self._step)
            self._note_findings()
            self._tell("done", self._why)
            return
        self._current, self._again = upcoming, upcoming is before
        if upcoming.spec.muscle != before.spec.muscle:
            self._enter("ready", self._waiting(self._plan.position_s))
        else:
            self._enter("relax", self._waiting(self._pause_s(upcoming)))

    def _note_findings(self) -> None:
        """Tell what is not well about the channels."""
        names = {spec.pin: spec.name.capitalize() for spec in self._specs}
        for pin, verdicts in self.verdicts.items():
            for verdict in verdicts:
                if verdict.grade in ("warn", "bad"):
                    self._tell("note", f"{names[pin]}: {verdict.text} {verdict.remedy}", pin)

    def _next(self) -> _Muscle | None:
        """The unfinished channel of the current muscle with the fewest squeezes, else of the next muscle."""
        unfinished = [muscle for muscle in self._muscles if muscle.result is None]
        same = [muscle for muscle in unfinished if muscle.spec.muscle == self._current.spec.muscle]
        first = [muscle for muscle in unfinished if muscle.spec.muscle == unfinished[0].spec.muscle]
        return min(same or first, key=lambda muscle: len(muscle.counting), default=None)

    def _pause_s(self, muscle: _Muscle) -> float:
        """What is left of the pause since this muscle's last squeeze, but never less than a breath."""
        if muscle.last_squeeze is None:
            return self._plan.breath_s
        since_s = (self._now - muscle.last_squeeze) / self._grid.sfreq_hz
        return max(self._plan.breath_s, self._plan.pause_s - self._plan.ready_s - since_s)

    # Steps and words

    def _resting(self) -> Resting:
        return Resting(ContactWatch(self._specs, [m.column for m in self._muscles]), self._grid, self._plan)

    def _waiting(self, wait_s: float) -> Waiting:
        return Waiting(ContactWatch(self._specs, [self._current.column]), self._grid, self._plan, wait_s)

    def _squeezing(self) -> Squeezing:
        watch = ContactWatch(self._specs, [self._current.column])
        return Squeezing(watch, self._grid, self._plan, self._current.rest)

    @property
    def _count(self) -> tuple[int, int]:
        """Number of the coming or running squeeze, and how many there will be as far as is known."""
        trial = len(self._current.counting) + 1
        return trial, max(trial, self._plan.squeezes[0])

    def _words(self) -> str:
        if self._kind == "squeeze":
            return "Squeeze. Hold."
        name = self._current.spec.name.capitalize()
        if self._kind == "ready":
            return f"{name} next. Get ready."
        return "Rest. Once more." if self._again else f"Rest. {name} is next."

    def _enter(self, kind: Kind, step: Step) -> None:
        self._kind, self._step = kind, step
        if kind not in ("done", "failed"):
            self._tell("prompt", self.prompt.text, "" if kind == "rest" else self._current.spec.pin)

    def _refused(self, reason: str, what: str, pin: str = "", trial: Trial | None = None) -> bool:
        """Note a refusal; whether it was one too many."""
        self._why = reason
        self._repeats += 1
        self._tell("refused", reason, pin, trial)
        if self._repeats >= self._plan.max_repeats:
            self._fail(f"{self._repeats} tries at {what} did not count. The last one: {reason}")
            return True
        return False

    def _fail(self, reason: str) -> None:
        self._why = reason
        self._enter("failed", self._step)
        self._tell("failed", reason)

    def _tell(self, kind: EventKind, text: str, pin: str = "", trial: Trial | None = None) -> None:
        self._events.append(ProcedureEvent(kind, self._now, text, pin, trial))
