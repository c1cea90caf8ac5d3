"""Who squeezes next, and what the squeezes so far come to: muscles, and their tasks in one position each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from calibration.mvc import Repeatability, repeatability
from calibration.plan import ORDER, SITES, ChannelSpec, Plan
from calibration.record import ChannelCalibration, Quality, Trial
from calibration.rest import Rest


@dataclass(slots=True, eq=False)
class Task:
    """The squeezes of one muscle in one position."""

    muscle: "Muscle"
    position: str
    trials: list[Trial] = field(default_factory=list)

    @property
    def counting(self) -> list[Trial]:
        """The squeezes that count."""
        return [trial for trial in self.trials if trial.accepted]

    @property
    def found(self) -> Repeatability:
        """What those come to. Raises ``ValueError`` without any."""
        return repeatability([trial.rms_uv for trial in self.counting])

    def settled(self, plan: Plan) -> bool:
        """Whether no further squeeze is needed here: they agree, all were used, or the other is better."""
        least, greatest = plan.squeezes
        n = len(self.counting)
        if n < least:
            return False
        if n >= greatest or self.found.agrees:
            return True
        others = [task for task in self.muscle.tasks if task is not self and task.settled_by_itself(plan)]
        return any(task.found.mvc_uv > self.found.mvc_uv for task in others)

    def settled_by_itself(self, plan: Plan) -> bool:
        """Whether enough squeezes agree, or all were used."""
        least, greatest = plan.squeezes
        n = len(self.counting)
        return n >= greatest or (n >= least and self.found.agrees)


@dataclass(slots=True, eq=False)
class Muscle:
    """What is known so far about one channel."""

    column: int
    spec: ChannelSpec
    rest: Rest = field(default_factory=Rest)
    tasks: list[Task] = field(default_factory=list)
    last_squeeze: int | None = None
    result: ChannelCalibration | None = None

    @property
    def best(self) -> Task:
        """The task of the better position."""
        return max((task for task in self.tasks if task.counting), key=lambda task: task.found.mvc_uv)

    def conclude(self, plan: Plan) -> ChannelCalibration:
        """The channel's 100 %: that of the better position, with all squeezes beside it."""
        best, spec = self.best, self.spec
        found = best.found
        quality: Quality = "quick" if plan.quick else "good" if found.agrees else "low repeatability"
        trials = sorted((trial for task in self.tasks for trial in task.trials), key=lambda t: t.start)
        self.result = ChannelCalibration(
            pin=spec.pin,
            muscle=spec.muscle or "",
            side=spec.side or "",
            signal=spec.signal,
            gain=spec.gain,
            rest_uv=self.rest.level_uv,
            rest_sd_uv=self.rest.sd_uv,
            mvc_uv=found.mvc_uv,
            best_500ms_uv=max(trial.best_500ms_uv for trial in best.counting),
            quality=quality,
            trials=tuple(trials),
            site=SITES.get(spec.muscle or "", ""),
            position=best.position,
            median_hz=float(np.median([trial.median_hz for trial in best.counting])),
        )
        return self.result


def tasks_of(muscles: Sequence[Muscle], plan: Plan) -> None:
    """Give every muscle its tasks."""
    for muscle in muscles:
        muscle.tasks = [Task(muscle, position) for position in plan.positions(muscle.spec.muscle or "")]


def next_task(muscles: Sequence[Muscle], plan: Plan) -> Task | None:
    """Who is next: in the first group of positions that is not done, whoever has squeezed least.

    Of equals, the one whose last squeeze is longest ago; of those, sitting before standing.
    """
    for group in ORDER:
        tasks = [
            task
            for position in group
            for muscle in muscles
            for task in muscle.tasks
            if task.position == position and not task.settled(plan)
        ]
        if tasks:
            return min(tasks, key=lambda task: (len(task.counting), task.muscle.last_squeeze or -1))
    return None
