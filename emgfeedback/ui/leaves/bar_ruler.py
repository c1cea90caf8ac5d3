"""The ruler of the muscle bars: one scale for all muscles, with an end that never moves in a set."""

import math
from dataclasses import dataclass

#: Labels along the ruler at most, beside zero.
LABELS_MOST = 5


@dataclass(frozen=True, slots=True)
class BarRuler:
    """A ruler from 0 to ``end`` drawn from y = ``bottom`` up to ``bottom - height``, in design units."""

    end: float
    bottom: float
    height: float

    def y(self, value: float) -> float:
        """Where ``value`` stands; beyond the end it runs 4 % on, no further."""
        return self.bottom - min(max(value, 0.0), 1.04 * self.end) / self.end * self.height

    @property
    def step(self) -> float:
        """Distance of the labels: a round number that divides the end, so that the end is printed."""
        least = self.end / LABELS_MOST
        power = 10.0 ** math.floor(math.log10(least))
        steps = [factor * power for factor in (1.0, 2.0, 3.0, 4.0, 5.0, 10.0)]
        fitting = [step for step in steps if step >= least - 1e-9 and divides(step, self.end)]
        return fitting[0] if fitting else self.end

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """(value, label) from 0 to the end; every other one has no label."""
        half = self.step / 2
        count = round(self.end / half)
        return tuple((k * half, f"{k * half:g}" if k % 2 == 0 else "") for k in range(count + 1))


def divides(step: float, end: float) -> bool:
    """Whether ``end`` is a whole number of steps."""
    return abs(end / step - round(end / step)) < 1e-9
