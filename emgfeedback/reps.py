"""Repetitions, from the %MVC of both muscles of one side, hop by hop.

The drive is glute + quad in %MVC: the sum rises with every rep whichever muscle leads, and two
muscles together flicker less than one. A rep opens where the drive leaves its resting level by part
of what the last reps reached, and closes where it has fallen most of the way back and stayed there.
A twitch is too short, and a shift of weight too low, to count.

All limits below are the project's own choices, made on simulated exercises
(tests/test_reps.py prints what they attain).
"""

import math
from collections import deque

from emgfeedback.frame import Rep

#: %MVC (glute + quad) above rest that opens a rep while nothing is known about the wearer's reps.
LEAST_RISE_PERCENT = 8.0
#: Part of a usual rep's rise that opens a rep, and that it must reach.
OPEN_AT = 0.45
#: Part of its own rise below which a rep is over, and how long (s) it must stay there.
CLOSE_AT = 0.4
CLOSE_AFTER_S = 0.16
#: s at more than half height: less is a twitch, more is a posture.
SHORTEST_S = 0.5
LONGEST_S = 20.0
#: Parts of the rise at which rise and hold begin (and hold and lowering end).
FOOT, SHOULDER = 0.15, 0.85
#: s. Mean over the drive, and time constants of the resting level downwards and upwards.
SMOOTHING_S = 0.12
REST_FALLS_S = 0.15
REST_CLIMBS_S = 3.0
#: s. Time constant of the height that is compared with the drive.
HEIGHT_S = 0.25
#: s. What a usual rep is, is believed this long, then halved as often again.
BELIEVED_S = 5.0
#: s. A rep that cannot be seen for longer is forgotten.
LONGEST_BLIND_S = 2.0


#: The trouble of samples that never came, or of an envelope that still holds some.
LOST = "lost"


class _Hop:
    """What one hop leaves for the reckoning at the end of a rep."""

    __slots__ = ("drive", "lost", "number", "percents", "trouble")

    def __init__(self, number: int, drive: float, percents: list[float], trouble: str, lost: int) -> None:
        self.number = number
        self.drive = drive
        self.percents = percents
        self.trouble = trouble
        self.lost = lost


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
        self._climbs = 1.0 - math.exp(-hop_s / REST_CLIMBS_S)
        self._heightens = 1.0 - math.exp(-hop_s / HEIGHT_S)
        self._halves = 0.5 ** (hop_s / BELIEVED_S)
        self._close_after = max(1, round(CLOSE_AFTER_S / hop_s))
        self._shortest = SHORTEST_S / hop_s
        self._believed = BELIEVED_S / hop_s
        self._longest = LONGEST_S / hop_s
        self._longest_blind = LONGEST_BLIND_S / hop_s
        self._past: deque[_Hop] = deque(maxlen=round((LONGEST_S + 5.0) / hop_s))
        self._number = 0
        self._usual = 0.0
        self._since_rep = 0
        self._last_stop = 0
        self._opened = 0
        self._rest = math.nan
        self.restart()

    def restart(self) -> None:
        """Forget what was going on; the count, the resting level and the usual height stay."""
        self._window = deque([0.0] * self._smoothing)
        self._sum = 0.0
        self._filled = 0
        self._drive = 0.0
        self._open = False
        self._height = 0.0
        self._top = 0.0
        self._low_hops = 0
        self._blind_hops = 0
        self._past.clear()

    def skip(self, hop: int, n_hops: int, lost: int) -> None:
        """``n_hops`` before ``hop`` never came: a rep goes on over a short gap, a long one ends it."""
        self._blind_hops += n_hops
        if self._blind_hops > self._longest_blind or not self._past:
            self.restart()
            return
        self._past.append(_Hop(hop - 1, self._drive, self._past[-1].percents, LOST, lost))

    def push(self, hop: int, percents: list[float]) -> Rep | None:
        """One hop's %MVC of all channels; the rep that it completes, if it does.

        The percents must be multiples of one quantum (a power of two): their sums are then exact.
        """
        self._blind_hops = 0
        window = self._window
        new = percents[self._glute] + percents[self._quad]
        self._sum += new - window.popleft()
        window.append(new)
        if self._filled < self._smoothing:
            self._filled += 1
        drive = self._drive = self._sum / self._filled
        self._past.append(_Hop(hop, drive, percents, "", 0))
        if self._open:
            return self._inside(hop, drive)
        self._outside(drive)
        return None

    def push_blind(self, hop: int, percents: list[float], trouble: str, lost: int) -> None:
        """A hop whose values are not the muscle's, for the reason ``trouble``, with missing samples."""
        self._blind_hops += 1
        if self._blind_hops > self._longest_blind:
            if self._open or self._past:
                self.restart()
            self._blind_hops = int(self._longest_blind) + 1
            return
        self._past.append(_Hop(hop, self._drive, percents, trouble, lost))

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
        if drive - rest > self._least_rise():
            self._open = True
            self._height = self._top = drive
            self._low_hops = 0
            self._opened = self._past[-1].number

    def _least_rise(self) -> float:
        rise = OPEN_AT * (self._usual - self._rest)
        return rise if rise > LEAST_RISE_PERCENT else LEAST_RISE_PERCENT

    def _inside(self, hop: int, drive: float) -> Rep | None:
        self._height += self._heightens * (drive - self._height)
        if self._height > self._top:
            self._top = self._height
        if drive > self._rest + CLOSE_AT * (self._top - self._rest):
            self._low_hops = 0
            return None
        self._low_hops += 1
        if self._low_hops < self._close_after:
            return None
        self._open = False
        return self._close(hop)

    def _close(self, told: int) -> Rep | None:
        hops = list(self._past)
        shape = self._shape(hops)
        if shape is None:
            return None
        start, hold_start, hold_stop, stop, height = shape
        self._usual = height if self._usual < height else self._usual + 0.3 * (height - self._usual)
        self._since_rep = 0
        self._number += 1
        self._last_stop = min(stop, told)
        left_out = self._left_out([h for h in hops if start <= h.number <= stop])
        means, peaks = self._facts(hops, start, hold_stop)
        both = means[self._glute] + means[self._quad]
        counts = both > 0.0 and not left_out
        return Rep(
            self._number,
            self._side,
            self._sample(start, told),
            self._sample(hold_start, told),
            self._sample(hold_stop, told),
            self._sample(stop, told),
            (told + 1) * self._hop,
            means,
            peaks,
            means[self._glute] / both if counts else math.nan,
            left_out,
        )

    def _shape(self, hops: list[_Hop]) -> tuple[int, int, int, int, float] | None:
        """Hop numbers of start, hold start, hold stop, stop, and the height; None if it is no rep."""
        inside = [k for k, h in enumerate(hops) if h.number >= self._opened]
        rest = self._rest
        upper = sorted(hops[k].drive for k in inside if hops[k].drive > rest + 0.5 * (self._top - rest))
        if not upper:
            return None
        height = upper[len(upper) // 2]
        rise = height - rest
        high = [k for k in inside if hops[k].drive >= rest + 0.5 * rise]
        held = [k for k in high if hops[k].drive >= rest + SHOULDER * rise]
        first, last = high[0], high[-1]
        if hops[last].number - hops[first].number + 1 < self._shortest or rise < self._least_rise():
            return None
        blind = sum(1 for k in range(first, last + 1) if hops[k].trouble)
        if 2 * blind > last - first:
            return None
        start = first
        while (
            start > 0 and hops[start].drive > rest + FOOT * rise and hops[start - 1].number >= self._last_stop
        ):
            start -= 1
        mirrored = 2 * hops[last].number - hops[held[-1]].number
        return hops[start].number, hops[held[0]].number, hops[held[-1]].number, mirrored, height

    def _facts(
        self, hops: list[_Hop], start: int, hold_stop: int
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and peak %MVC per channel from start to hold stop, as the envelope saw it."""
        ahead = self._lag - self._envelope_lag
        rows = [h.percents for h in hops if start <= h.number + ahead <= hold_stop and not h.trouble]
        if not rows:
            nothing = (math.nan,) * len(hops[-1].percents)
            return nothing, nothing
        columns = list(zip(*rows, strict=True))
        return tuple(math.fsum(c) / len(rows) for c in columns), tuple(max(c) for c in columns)

    def _left_out(self, hops: list[_Hop]) -> str:
        """Why the rep is no measure of the muscles, in words, or nothing."""
        for h in hops:
            if h.trouble and not h.lost and h.trouble != LOST:
                return h.trouble
        lost = sum(h.lost for h in hops)
        if lost or any(h.trouble for h in hops):
            return f"{round(1000.0 * lost / self._sfreq_hz)} ms lost"
        return ""

    def _sample(self, number: int, told: int) -> int:
        """The sample at which the muscle did what the drive showed at the end of hop ``number``."""
        return max(0, (min(number, told) + 1 - self._lag) * self._hop)
