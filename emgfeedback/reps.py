"""Repetitions, from the %MVC of both muscles of one side, hop by hop.

The drive is glute + quad in %MVC: the sum rises with every rep whichever muscle leads, and two
muscles together flicker less than one. A rep opens where the drive leaves its resting level by part
of what the last reps reached, and closes where most of the last moments lie below about half of its
height: a median, which is late by half of these moments however slowly the muscles let go, and which
a shorter dip does not move. A twitch is too short, and a shift of weight too low, to count.

All limits below are the project's own choices, made on simulated exercises
(tests/test_reps.py prints what they attain).
"""

import math
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.frame import Rep

Array = NDArray[np.float64]

#: %MVC (glute + quad) above rest that opens a rep while nothing is known about the wearer's reps.
LEAST_RISE_PERCENT = 8.0
#: The same as a part of the resting level: muscles that stay tense flicker in proportion.
LEAST_RISE_OVER_REST = 0.75
#: Part of a usual rep's rise that opens a rep, and that it must reach.
OPEN_AT = 0.45
#: Part of its own rise below which most of the last moments (s) lie when a rep is over.
CLOSE_AT = 0.55
CLOSE_OVER_S = 0.44
#: s at more than half height: less is a twitch, more is a posture.
SHORTEST_S = 0.5
LONGEST_S = 20.0
#: Parts of the rise at which rise and hold begin (and hold and lowering end).
FOOT, SHOULDER = 0.15, 0.85
#: s. Mean over the drive, and time constants of the resting level downwards and upwards.
SMOOTHING_S = 0.12
REST_FALLS_S = 0.15
REST_CLIMBS_S = 3.0
#: Time constants after which the resting level has fallen from a rep.
SETTLES = 4.0
#: s. Time constant of the height that is compared with the drive.
HEIGHT_S = 0.4
#: s. The usual height is believed this long after a rep, then halved as often again.
BELIEVED_S = 5.0
#: Part by which a lower rep lowers the usual height; a higher one sets it.
FORGETS = 0.3
#: Part of its height that the very first rep sets the usual one to: one rep alone may be an odd one, and
#: those after it must not be lost for that.
FIRST_BELIEVED = 0.5
#: %MVC (glute + quad). A clipped rep above this is a wrong gain, and says nothing of the usual height.
HIGHEST_CLIPPED_PERCENT = 250.0
#: s. How far before its opening a rep may have started.
LOOK_BACK_S = 3.0
#: s. A rep that cannot be seen for longer is forgotten.
LONGEST_BLIND_S = 2.0


#: The trouble of samples that never came, or of an envelope that still holds some.
LOST = "lost"


@dataclass(frozen=True, slots=True)
class _Blind:
    """Hops ``first`` to ``stop`` (not included) that are no measure of the muscles, and why.

    ``seen``: they still show that the muscles work, as a clipped signal does.
    """

    first: int
    stop: int
    trouble: str
    lost: int
    seen: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """Indices of a rep's turning points, and its median height (%MVC, glute + quad)."""

    start: int
    first_half: int
    hold_start: int
    hold_stop: int
    last_half: int
    stop: int
    height: float


class RepDetector:
    """Finds the reps of one side.

    ``glute`` and ``quad`` are columns of the stream, ``hop`` is in samples, ``envelope_lag`` is half
    the envelope's window in samples: times are given as the muscle's, not as the envelope's.
    """

    def __init__(
        self, side: str, glute: int, quad: int, hop: int, sfreq_hz: float, envelope_lag: int
    ) -> None:
        self._side, self._glute, self._quad = side, glute, quad
        self._hop, self._sfreq_hz = hop, sfreq_hz
        hop_s = hop / sfreq_hz
        self._smoothing = max(1, round(SMOOTHING_S / hop_s))
        self._envelope_lag = round(envelope_lag / hop)
        self._lag = self._envelope_lag + self._smoothing // 2
        self._falls = 1.0 - math.exp(-hop_s / REST_FALLS_S)
        self._settling = round(SETTLES * REST_FALLS_S / hop_s)
        self._climbs = 1.0 - math.exp(-hop_s / REST_CLIMBS_S)
        self._heightens = 1.0 - math.exp(-hop_s / HEIGHT_S)
        self._halves = 0.5 ** (hop_s / BELIEVED_S)
        self._lows: deque[bool] = deque(maxlen=max(1, round(CLOSE_OVER_S / hop_s)))
        self._most = max(1, round(CLOSE_OVER_S / hop_s)) // 2 + 1
        self._shortest = SHORTEST_S / hop_s
        self._believed = BELIEVED_S / hop_s
        self._longest = LONGEST_S / hop_s
        self._longest_blind = LONGEST_BLIND_S / hop_s
        kept = round((LONGEST_S + LOOK_BACK_S) / hop_s)
        self._look_back = round(LOOK_BACK_S / hop_s)
        self._drives: deque[float] = deque(maxlen=kept)
        self._rows: deque[list[float]] = deque(maxlen=kept)
        self._blinds: deque[_Blind] = deque(maxlen=kept)
        self._number = 0
        self._usual = 0.0
        self._since_rep = 0
        self._last_stop = 0
        self._rest = math.nan
        self._below, self._falls_until = math.inf, 0
        self.restart()

    def restart(self) -> None:
        """Forget what was going on; the count, the resting level and the usual height stay."""
        self._window = deque([0.0] * self._smoothing)
        self._sum = 0.0
        self._filled = 0
        self._drive = 0.0
        self._open_hops = 0
        self._n_low = 0
        self._height = 0.0
        self._top = 0.0
        self._blind_hops = 0
        self._drives.clear()
        self._rows.clear()
        self._blinds.clear()

    def push(self, hop: int, percents: list[float], trouble: str = "") -> Rep | None:
        """One hop's %MVC of all channels; the rep that it completes, if it does.

        The percents must be multiples of one quantum (a power of two): their sums are then exact.
        ``trouble`` says why they are no measure, although they show that the muscles work.
        """
        if trouble:
            self._blinds.append(_Blind(hop, hop + 1, trouble, 0, seen=True))
        self._blind_hops = 0
        window = self._window
        new = percents[self._glute] + percents[self._quad]
        self._sum += new - window.popleft()
        window.append(new)
        if self._filled < self._smoothing:
            self._filled += 1
        drive = self._drive = self._sum / self._filled
        self._drives.append(drive)
        self._rows.append(percents)
        if self._open_hops:
            return self._inside(hop, drive)
        self._outside(drive)
        return None

    def push_blind(self, hop: int, percents: list[float], trouble: str, lost: int) -> None:
        """A hop whose values are not the muscle's, for the reason ``trouble``, with missing samples."""
        self.skip(hop + 1, 1, lost, trouble, percents)

    def skip(
        self, hop: int, n_hops: int, lost: int, trouble: str = LOST, percents: list[float] | None = None
    ) -> None:
        """``n_hops`` before ``hop`` show nothing: a rep goes on over a short gap, a long one ends it."""
        self._blind_hops += n_hops
        if hop - n_hops <= self._falls_until:  # a rest that was still falling from a rep did so unseen
            self._rest = min(self._rest, self._below)
        if self._blind_hops > self._longest_blind or not self._rows:
            unseen = self._blind_hops > self._longest_blind or bool(self._blinds)
            self.restart()
            if unseen:
                # What is under way when sight returns began unseen: it reaches back to this hop.
                self._blinds.append(_Blind(hop - 1, hop + 1, trouble, lost))
            return
        self._blinds.append(_Blind(hop - n_hops, hop, trouble, lost))
        self._drives.extend([self._drive] * n_hops)
        self._rows.extend([percents or self._rows[-1]] * n_hops)
        if self._open_hops:
            self._open_hops += n_hops

    def _outside(self, drive: float) -> None:
        rest = self._rest
        if drive < rest:
            rest += self._falls * (drive - rest)
        elif drive > rest:
            rest += self._climbs * (drive - rest)
        else:  # the first value of all
            rest = drive
        self._rest = rest
        self._since_rep += 1
        if self._since_rep > self._believed:
            self._usual *= self._halves
        # The usual cases first: this runs at every hop of rest.
        rise = drive - rest
        if rise > LEAST_RISE_PERCENT and rise > self._least_rise():
            self._height = self._top = drive
            self._lows.clear()
            self._n_low = 0
            self._open_hops = 1

    def _least_rise(self) -> float:
        rest = self._rest
        return max(LEAST_RISE_PERCENT, LEAST_RISE_OVER_REST * rest, OPEN_AT * (self._usual - rest))

    def _inside(self, hop: int, drive: float) -> Rep | None:
        self._open_hops += 1
        self._height += self._heightens * (drive - self._height)
        if self._height > self._top:
            self._top = self._height
        lows = self._lows
        if len(lows) == lows.maxlen:
            self._n_low -= lows[0]
        # The median smooths by itself: the mean over the drive would only make it later.
        low = self._window[-1] < self._rest + CLOSE_AT * (self._top - self._rest)
        lows.append(low)
        self._n_low += low
        over = self._n_low >= self._most
        if not over and self._open_hops <= self._longest:
            return None
        rep = self._close(hop) if over else None
        self._open_hops = 0
        # What a posture takes is the new rest; from where a rep was left the rest falls on, quickly.
        self._below, self._falls_until = (self._rest, hop + self._settling) if over else (math.inf, 0)
        self._rest = max(self._rest, drive)
        return rep

    def _close(self, told: int) -> Rep | None:
        """The rep that is over now, or ``None`` if it was too short, too low, or mostly unseen."""
        n = min(len(self._drives), self._open_hops + self._look_back)
        origin = told - n + 1
        drives = _newest(self._drives, n)
        shape = _shape(drives, n - self._open_hops, self._rest, self._top)
        if shape is None or shape.height - self._rest < self._least_rise():
            return None
        blind = self._blind(origin, n)
        between = blind[shape.first_half : shape.last_half + 1]
        if len(between) < self._shortest or 2 * np.count_nonzero(between) > len(between):
            return None
        start = max(shape.start, self._last_stop - origin)
        stop = min(shape.stop, n - 1 + self._lag)
        hold_start = max(shape.hold_start, start)
        means, peaks = self._facts(n, start, shape.hold_stop, blind)
        left_out = self._left_out(origin + start, origin + stop)
        both = means[self._glute] + means[self._quad]
        clipped = any(b.seen and b.stop > origin + start for b in self._blinds)
        if not clipped or shape.height <= HIGHEST_CLIPPED_PERCENT:
            self._believe(shape.height)
        self._number += 1
        self._last_stop = origin + stop
        return Rep(
            self._number,
            self._side,
            self._sample(origin + start),
            self._sample(origin + hold_start),
            self._sample(origin + max(shape.hold_stop, hold_start)),
            self._sample(origin + stop),
            (told + 1) * self._hop,
            means,
            peaks,
            means[self._glute] / both if both > 0.0 and not left_out else math.nan,
            left_out,
        )

    def _believe(self, height: float) -> None:
        weight = 1.0 if self._usual < height else FORGETS
        self._usual += (weight if self._number else FIRST_BELIEVED) * (height - self._usual)
        self._since_rep = 0

    def _blind(self, origin: int, n: int) -> NDArray[np.bool_]:
        """Which of the ``n`` hops from ``origin`` on show nothing."""
        blind = np.zeros(n, dtype=np.bool_)
        for b in self._blinds:
            if b.seen:
                continue
            blind[max(b.first - origin, 0) : max(b.stop - origin, 0)] = True
        return blind

    def _facts(
        self, n: int, start: int, hold_stop: int, blind: NDArray[np.bool_]
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and peak %MVC per channel from start to hold stop, at the times of the envelope."""
        ahead = self._lag - self._envelope_lag
        first, stop = max(start - ahead, 0), max(hold_stop - ahead + 1, 0)
        rows = _newest(self._rows, n)[first:stop][~blind[first:stop]]
        if not len(rows):
            nothing = (math.nan,) * len(self._rows[-1])
            return nothing, nothing
        return tuple((rows.sum(axis=0) / len(rows)).tolist()), tuple(rows.max(axis=0).tolist())

    def _left_out(self, first: int, last: int) -> str:
        """Why hops ``first`` to ``last`` are no measure of the muscles, in words, or nothing."""
        blinds = [b for b in self._blinds if b.stop > first and b.first <= last]
        reason = next((b.trouble for b in blinds if b.trouble != LOST), "")
        if reason or not blinds:
            return reason
        return f"{round(1000.0 * sum(b.lost for b in blinds) / self._sfreq_hz)} ms lost"

    def _sample(self, hop: int) -> int:
        """The sample at which the muscle did what the drive showed at the end of ``hop``."""
        return max(0, (hop + 1 - self._lag) * self._hop)


def _newest(values: deque[Any], n: int) -> Array:
    return np.array(list(islice(values, len(values) - n, None)))


def _shape(drives: Array, opened: int, rest: float, top: float) -> _Shape | None:
    """Where a rep that opened at index ``opened`` starts, holds and stops, as indices of ``drives``."""
    inside = drives[opened:]
    upper = inside[inside > rest + 0.5 * (top - rest)]
    if not len(upper):
        return None
    height = float(np.median(upper))
    rise = height - rest
    halves = opened + np.flatnonzero(inside >= rest + 0.5 * rise)
    held = opened + np.flatnonzero(inside >= rest + SHOULDER * rise)
    first, last = int(halves[0]), int(halves[-1])
    feet = np.flatnonzero(drives[:first] <= rest + FOOT * rise)
    foot = int(feet[-1]) if len(feet) else 0
    # The ends of a ramp drown in the flicker. From half height to foot or shoulder it has gone half of
    # that half of its time (a raised cosine has); the end of the lowering mirrors its beginning.
    start = max(2 * foot - first, 0)
    hold_start, hold_stop = 2 * int(held[0]) - first, 2 * int(held[-1]) - last
    if hold_start > hold_stop:
        hold_start = hold_stop = (hold_start + hold_stop) // 2
    return _Shape(start, first, hold_start, hold_stop, last, 2 * last - hold_stop, height)
