"""What is decided once per hop: the share and its state, the zone, and the reps, side by side."""

import math
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from calibration.record import ChannelCalibration
from device.stream import StreamInfo
from emgfeedback.activation import ShareTracker, ZoneGate, floor_percent
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact, Rep, ShareState, Zone
from emgfeedback.reps import LOST, RepDetector
from emgfeedback.resolution import REP_PART, smallest_percent
from emgfeedback.sides import Ruler, SideColumns

Array = NDArray[np.float64]
States = NDArray[np.int8]
#: Share, state and zone, (n_hops, n_sides) each, and the reps that were completed.
Decided = tuple[Array, States, States, tuple[Rep, ...]]

#: Adding and taking away this rounds a float64 to a multiple of 1/1024: decisions see %MVC in these
#: quanta, whose sums are exact.
_ROUNDER = 1.5 * 2.0**42
_FEW = 4

_GOOD = int(Contact.GOOD)
_TOLD = attrgetter("told")
_WORDS = {
    int(Contact.STARTING): LOST,
    int(Contact.CLIPPING): "{} signal clipped",
    int(Contact.LOOSE): "{} pad loose",
    int(Contact.NO_DATA): "no {} signal",
    int(Contact.MAINS): "mains in the {} signal",
    int(Contact.MOTION): "{} cable moved",
    int(Contact.RESTLESS): "{} did not rest",
}
#: The muscle is seen to work, louder than the converter can say: a rep that is counted and left out.
_SEEN = {int(Contact.CLIPPING)}
_RANK = [contact.rank for contact in Contact]


class _Side:
    """One side's share, zone and reps; without a calibration it has none of them."""

    __slots__ = ("bad", "columns", "gate", "rep_limits", "reps", "seen", "tracker", "trouble")

    def __init__(self, columns: SideColumns) -> None:
        self.columns = columns
        self.tracker: ShareTracker | None = None
        self.reps: RepDetector | None = None
        self.gate: ZoneGate | None = None
        #: %MVC of glute and quad below which a rep has no share.
        self.rep_limits = (0.0, 0.0)
        self.bad = True
        self.seen = False
        self.trouble = LOST


class Decisions:
    """All sides of one stream, hop by hop."""

    def __init__(
        self, info: StreamInfo, settings: ChainSettings, columns: Sequence[SideColumns], hop: int
    ) -> None:
        self._info, self._settings, self._hop = info, settings, hop
        self._hop_s = hop / info.sfreq_hz
        self._sides = [_Side(side) for side in columns]

    def calibrate(self, ruler: Ruler) -> None:
        """Start shares and reps under a new ruler; the count of reps starts again."""
        for side in self._sides:
            glute, quad = ruler.channels[side.columns.glute], ruler.channels[side.columns.quad]
            if glute is None or quad is None:
                side.tracker = side.reps = None
                continue
            limits = self._limit(side.columns.glute, glute), self._limit(side.columns.quad, quad)
            least = self._settings.floor_percent
            floors = floor_percent(glute, least), floor_percent(quad, least)
            side.tracker = ShareTracker(self._settings, self._hop_s, *floors, *limits)
            side.rep_limits = (REP_PART * limits[0], REP_PART * limits[1])
            side.reps = RepDetector(
                side.columns.name,
                side.columns.glute,
                side.columns.quad,
                self._hop,
                self._info.sfreq_hz,
                round(self._settings.rms_window_s * self._info.sfreq_hz / 2.0),
            )

    def _limit(self, column: int, record: ChannelCalibration) -> float:
        """%MVC from which on the converter of that column gives an honest share."""
        return smallest_percent(self._info.channels[column], self._info.oversample, record)

    def set_zone(self, index: int, zone: Zone | None) -> None:
        """Judge side number ``index`` against ``zone``, or against none."""
        gate = None if zone is None else ZoneGate(zone, self._settings, self._hop_s)
        self._sides[index].gate = gate

    def judge(self, verdict: tuple[int, ...]) -> None:
        """Take the contact of every channel, for the hops that follow."""
        for side in self._sides:
            pair = (("glute", verdict[side.columns.glute]), ("quad", verdict[side.columns.quad]))
            muscle, worst = max(pair, key=lambda item: _RANK[item[1]])
            side.bad = worst != _GOOD
            side.seen = worst in _SEEN
            side.trouble = _WORDS[worst].format(muscle) if side.bad else ""

    def skip(self, first_hop: int, next_hop: int, lost: int) -> None:
        """The hops from ``first_hop`` to ``next_hop`` never came."""
        for side in self._sides:
            if side.reps is not None and side.tracker is not None:
                side.reps.skip(next_hop, next_hop - first_hop, lost)
                side.tracker.restart()

    def push(self, first_hop: int, ends: Array, blank: list[bool] | None, lost: list[int] | None) -> Decided:
        """%MVC at the end of each hop (n_hops, n_channels) -> share, state, zone per side, and reps."""
        rows = _rounded(ends)
        shape = (len(rows), len(self._sides))
        shares = np.empty(shape)
        states, zones = np.empty(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
        reps: list[Rep] = []
        for k, side in enumerate(self._sides):
            columns = shares[:, k], states[:, k], zones[:, k]
            self._take(side, first_hop, rows, blank, lost, *columns, reps)
        if len(reps) > 1:
            reps.sort(key=_TOLD)  # hop by hop, whichever side it is
        return shares, states, zones, tuple(reps)

    def _take(
        self,
        side: _Side,
        first_hop: int,
        rows: list[list[float]],
        blank: list[bool] | None,
        lost: list[int] | None,
        shares: Array,
        states: States,
        zones: States,
        reps: list[Rep],
    ) -> None:
        """Fill in share, state and zone of one side from rounded %MVC (a row a hop), and add its reps."""
        tracker, detector, gate = side.tracker, side.reps, side.gate
        if tracker is None or detector is None:
            shares[:] = math.nan
            states[:] = ShareState.UNCALIBRATED
            return
        glute, quad = side.columns.glute, side.columns.quad
        bad, trouble, unseen = side.bad, side.trouble, side.bad and not side.seen
        for k, row in enumerate(rows):
            gap = blank is not None and blank[k]
            states[k] = tracker.push(row[glute], row[quad], bad or gap)
            shares[k] = tracker.share
            if gate is not None:
                # A short gap holds the zone; only a real reason empties it.
                zones[k] = gate.state if gap else gate.push(tracker.balance)
            if gap or unseen:
                missing = 0 if lost is None else lost[k]
                detector.push_blind(first_hop + k, row, trouble or LOST, missing)
                continue
            rep = detector.push(first_hop + k, row, trouble)
            if rep is not None:
                reps.append(_resolved(rep, side))


def one_after_another(parts: Sequence[Decided]) -> Decided:
    """What was decided on hops that follow each other, as one."""
    if len(parts) == 1:
        return parts[0]
    shares, states, zones, reps = zip(*parts, strict=True)
    return (
        np.concatenate(shares),
        np.concatenate(states),
        np.concatenate(zones),
        tuple(rep for told in reps for rep in told),
    )


def _rounded(percents: Array) -> list[list[float]]:
    """Rows of %MVC in quanta; a few numbers are sooner rounded one by one than as an array."""
    if len(percents) > _FEW:
        rows: list[list[float]] = ((percents + _ROUNDER) - _ROUNDER).tolist()
        return rows
    return [[(v + _ROUNDER) - _ROUNDER for v in row] for row in percents.tolist()]


def _resolved(rep: Rep, side: _Side) -> Rep:
    """``rep``, without its share where the converter is too coarse for one of its muscles."""
    if rep.left_out:
        return rep
    quiet = [
        name
        for name, column, limit in (
            ("quad", side.columns.quad, side.rep_limits[1]),
            ("glute", side.columns.glute, side.rep_limits[0]),
        )
        if rep.mean_percent[column] < limit
    ]
    return replace(rep, share=math.nan, left_out=f"{quiet[0]} quiet") if quiet else rep
