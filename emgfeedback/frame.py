"""What the pipeline makes of samples: frames on the hop grid, and reps."""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


class ShareState(IntEnum):
    """Whether one side's share is a number now, and if not, why."""

    UNCALIBRATED = 0
    REST = 1
    LIVE = 2
    QUAD_QUIET = 3
    GLUTE_QUIET = 4
    WITHHELD = 5


class ZoneState(IntEnum):
    """Where the share stands against the wearer's zone, after hysteresis and dwell."""

    NONE = 0
    BELOW = 1
    IN = 2
    ABOVE = 3


class Contact(IntEnum):
    """The state of one channel's signal. Numbers are names for files; ``rank`` says which is worse."""

    GOOD = 0
    STARTING = 1
    CLIPPING = 2
    LOOSE = 3
    NO_DATA = 4
    MAINS = 5
    MOTION = 6
    RESTLESS = 7

    @property
    def rank(self) -> int:
        """The higher one is shown when several hold."""
        return _RANKS[self]

    @property
    def severity(self) -> "Severity":
        """Whether a channel in this state may be used; a state seen as a caution alone is a WARN."""
        if self is Contact.GOOD:
            return Severity.GOOD
        return Severity.WARN if self is Contact.STARTING else Severity.BAD


class Severity(IntEnum):
    """How far a channel can be trusted. BAD withholds its number, its rep and its seconds in a report."""

    GOOD = 0
    WARN = 1
    BAD = 2


_RANKS = {
    contact: rank
    for rank, contact in enumerate(
        (
            Contact.GOOD,
            Contact.STARTING,
            Contact.RESTLESS,
            Contact.MOTION,
            Contact.MAINS,
            Contact.CLIPPING,
            Contact.LOOSE,
            Contact.NO_DATA,
        )
    )
}


@dataclass(frozen=True, slots=True)
class Zone:
    """The share that the wearer trains for, as fractions 0..1."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low < self.high <= 1.0:
            raise ValueError(f"A zone runs from low to high within 0..1, not {self.low} to {self.high}.")


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition, as absolute sample indices and facts of its channels.

    Phases: rise from ``start``, hold from ``hold_start``, lower from ``hold_stop``, end at ``stop``;
    ``told`` is the sample at which it was known. ``mean_percent`` and ``peak_percent`` are %MVC over
    rise and hold, one value per channel of the stream. ``share`` = mean G / mean (G + Q) over rise
    and hold, 0..1, or NaN when ``left_out`` names why it is withheld.
    """

    number: int
    side: str
    start: int
    hold_start: int
    hold_stop: int
    stop: int
    told: int
    mean_percent: tuple[float, ...]
    peak_percent: tuple[float, ...]
    share: float
    left_out: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What one push of the pipeline produced: zero or more whole hops.

    A hop is ``hop`` samples counted from sample 0 of the stream; ``hops`` holds the absolute hop
    numbers (n_hops,), which jump over long gaps. Per-sample arrays are (n_hops * hop, n_channels),
    float64; per-hop arrays are (n_hops, n_sides) or (n_hops, n_channels).

    ``emg_uv`` band-passed EMG (raw) or the sensor's own value; ``envelope_uv`` its RMS (raw) or
    mean; ``percent_mvc`` NaN while uncalibrated; ``blank`` (n_samples,) true where samples were
    lost or the envelope's window still holds a loss; ``share`` 0..1, NaN unless ``state`` is LIVE;
    ``state`` ShareState, ``zone`` ZoneState, ``quality`` Contact, all int8.
    """

    hop: int
    hops: NDArray[np.int64]
    sides: tuple[str, ...]
    emg_uv: NDArray[np.float64]
    envelope_uv: NDArray[np.float64]
    percent_mvc: NDArray[np.float64]
    blank: NDArray[np.bool_]
    share: NDArray[np.float64]
    state: NDArray[np.int8]
    zone: NDArray[np.int8]
    quality: NDArray[np.int8]
    reps: tuple[Rep, ...] = ()

    @property
    def samples(self) -> NDArray[np.int64]:
        """Absolute index of each row of the per-sample arrays."""
        return (self.hops[:, None] * self.hop + np.arange(self.hop)).ravel()

    @property
    def runs(self) -> list[slice]:
        """Rows of ``hops`` that follow each other without a jump: one slice, but where a gap lies within."""
        n = len(self.hops)
        if n and self.hops[-1] - self.hops[0] == n - 1:
            return [slice(0, n)]
        edges = [0, *(np.flatnonzero(np.diff(self.hops) != 1) + 1).tolist(), n] if n else []
        return [slice(first, last) for first, last in pairwise(edges)]
