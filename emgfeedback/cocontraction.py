"""Phases of a rep: the glute's share in each, and how much both muscles worked at once. For reports.

Co-contraction after Falconer & Winter: twice the area that both %MVC curves have in common, as a part
of their total. It tells how much the muscles work together, not which works more: that is the share.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgfeedback.frame import Rep

Array = NDArray[np.float64]

#: Phases shorter than this many samples have no share.
FEWEST_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class PhaseFacts:
    """One rep: share 0..1 while rising, holding and lowering, and co-contraction 0..1; NaN where unknown."""

    rise_share: float = math.nan
    hold_share: float = math.nan
    lower_share: float = math.nan
    cocontraction: float = math.nan


def phase_facts(rep: Rep, percent: Array) -> PhaseFacts:
    """Facts of a rep from ``percent`` (n, 2): %MVC of glute and quad at the muscle's time from start to stop.

    May end before ``rep.stop`` when the rep was told before its envelope was over.
    """
    bounds = [at - rep.start for at in (rep.start, rep.hold_start, rep.hold_stop, rep.stop)]
    rise, hold, lower = (share(percent[first:stop]) for first, stop in pairwise(bounds))
    return PhaseFacts(rise, hold, lower, falconer_winter(percent[:, 0], percent[:, 1]))


def share(percent: Array) -> float:
    """Mean G / mean (G + Q) over rows of (G, Q), 0..1; NaN for too few rows or no activity."""
    if len(percent) < FEWEST_SAMPLES:
        return math.nan
    glute, quad = percent.mean(axis=0).tolist()
    return glute / (glute + quad) if glute + quad > 0.0 else math.nan


def falconer_winter(one: Array, other: Array) -> float:
    """2 x common area / total area of two %MVC curves (n,), 0..1; NaN without activity."""
    total = float(one.sum() + other.sum())
    return 2.0 * float(np.minimum(one, other).sum()) / total if total > 0.0 else math.nan
