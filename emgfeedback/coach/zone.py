"""The zone that a wearer trains in: from their own first set, never from a table of other people."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from statistics import median
from typing import Final

from emgfeedback.frame import Rep, Zone

#: share. A zone's height: what has to change between two days before it counts as a change.
STEP: Final = 0.15
#: share. Where the live share ends: the log-ratio is clamped to +-3.
LEAST_SHARE: Final = 0.11
GREATEST_SHARE: Final = 0.89
#: Reps that make a baseline (the project's own choice: the median of three bears one odd rep).
LEAST_REPS: Final = 3
#: share. Lower edges for the simulated person, who has no first set (the project's own choice).
SIMULATED: Final = {
    "bridge": 0.65,
    "bridge-cued": 0.65,
    "single-leg-bridge": 0.68,
    "single-leg-deadlift": 0.60,
    "squat": 0.30,
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """The wearer's own first set of one exercise on one side: median share (0..1) of ``reps`` reps.

    ``created`` is ISO 8601, given by the caller.
    """

    share: float
    reps: int
    created: str

    def __post_init__(self) -> None:
        if not (0.0 <= self.share <= 1.0 and self.reps >= LEAST_REPS):
            raise ValueError(
                f"A baseline needs a share in 0..1 of {LEAST_REPS} reps or more, "
                f"not {self.share} of {self.reps}."
            )


def baseline(reps: Iterable[Rep], side: str, created: str) -> Baseline | None:
    """Median share of the reps of ``side`` that count; ``None`` when fewer than three do."""
    shares = [rep.share for rep in reps if rep.side == side and not rep.left_out and isfinite(rep.share)]
    if len(shares) < LEAST_REPS:
        return None
    return Baseline(float(median(shares)), len(shares), created)


def zone_above(share: float) -> Zone:
    """From ``share`` to 15 points more, moved down where that would leave the range of the live share."""
    low = min(max(share, LEAST_SHARE), GREATEST_SHARE - STEP)
    return Zone(low, low + STEP)


def zone_for(exercise: str, own: Baseline | None, *, simulated: bool) -> Zone | None:
    """The zone of a set; ``None`` for a first set, which runs without one and becomes the baseline.

    The simulated person has fixed zones. An exercise without one has no zone there either.
    """
    if simulated:
        return zone_above(SIMULATED[exercise]) if exercise in SIMULATED else None
    return zone_above(own.share) if own else None


def zone_words(zone: Zone | None) -> str:
    """``Your zone: 65 to 80.``, or that this set makes the baseline."""
    if zone is None:
        return "First set: this one is your baseline."
    return f"Your zone: {100 * zone.low:.0f} to {100 * zone.high:.0f}."
