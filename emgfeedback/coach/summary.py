"""What a set came to: numbers first, then the same in words. Nothing is rounded up to please."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

from emgfeedback.coach.zone import STEP
from emgfeedback.frame import Rep, Zone

NOT_ONE_AXIS: Final = "Not compared: one set counts in % of max, the other in % of a reference."
#: share. Two sets of one day, pads untouched, differ for real from here on (the project's own choice).
REAL_WITHIN: Final = 0.05
#: share. Between days, after pads were moved: two calibrations with a 15 % spread each allow no less.
REAL_BETWEEN: Final = STEP


@dataclass(frozen=True, slots=True)
class SideSummary:
    """One side of a set. Shares are fractions 0..1, NaN when no rep counts.

    ``done`` reps were seen, ``counted`` of them have a share, ``left_out`` says for each other one
    its number and why. ``in_zone`` counts the reps whose share lies in ``zone``.
    """

    side: str
    done: int
    counted: int
    median_share: float
    mean_share: float
    least_share: float
    greatest_share: float
    in_zone: int
    zone: Zone | None
    left_out: tuple[tuple[int, str], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The summary in plain sentences, numbers first."""
        return tuple(line for line in (self._share(), self._zone(), *self.left_out_lines) if line)

    @property
    def beside_share(self) -> tuple[str, ...]:
        """Those sentences for who shows the share, and how sure it is, otherwise; all where there is none."""
        return self.lines[1:] if self.counted else self.lines

    @property
    def left_out_lines(self) -> tuple[str, ...]:
        """A sentence for each rep that does not count."""
        return tuple(f"Rep {number} left out: {why}." for number, why in self.left_out)

    def _share(self) -> str:
        reps = f"{self.done} {'rep' if self.done == 1 else 'reps'} {self.side}"
        if not self.counted:
            return f"{reps}, none with a share."
        spread = f"{100 * self.least_share:.0f} to {100 * self.greatest_share:.0f}"
        middle = f"{100 * self.median_share:.0f}"
        if self.counted == 1:
            return f"{reps}, glute share {middle} % in the one that counts."
        return f"{reps}, glute share {middle} % (median; {spread} over {self.counted} reps)."

    def _zone(self) -> str:
        if not self.counted:
            return ""
        if self.zone is None:
            return "No zone yet: this set is your baseline."
        edges = f"{100 * self.zone.low:.0f} to {100 * self.zone.high:.0f}"
        return f"{self.in_zone} of {self.counted} in your zone ({edges})."


def summarise(reps: Iterable[Rep], zones: Mapping[str, Zone] | None = None) -> tuple[SideSummary, ...]:
    """The summary of each side that has reps, sides in alphabetical order."""
    by_side: dict[str, list[Rep]] = {}
    for rep in reps:
        by_side.setdefault(rep.side, []).append(rep)
    return tuple(_of_side(side, by_side[side], (zones or {}).get(side)) for side in sorted(by_side))


def compare(
    before: float, now: float, *, same_fitting: bool, methods: tuple[str, str] = ("mvc", "mvc")
) -> str:
    """Two median shares (0..1) in words; ``same_fitting``: same day, pads not moved in between.

    ``methods`` are those of the two calibrations: a share of % of reference and one of %MVC do not compare.
    """
    if methods[0] != methods[1]:
        return NOT_ONE_AXIS
    needed = REAL_WITHIN if same_fitting else REAL_BETWEEN
    change = f"{100 * before:.0f} to {100 * now:.0f}"
    # Half a millionth: 0.65 - 0.5 is a little less than 0.15 in binary.
    if abs(now - before) < needed - 5e-7:
        return f"{change}: no clear change yet ({100 * needed:.0f} points needed)."
    return f"{change}: {'more' if now > before else 'less'} glute than before."


def _of_side(side: str, reps: list[Rep], zone: Zone | None) -> SideSummary:
    shares = [rep.share for rep in reps if not rep.left_out and math.isfinite(rep.share)]
    inside = [share for share in shares if zone is not None and zone.low <= share <= zone.high]
    return SideSummary(
        side=side,
        done=len(reps),
        counted=len(shares),
        median_share=median(shares) if shares else math.nan,
        mean_share=mean(shares) if shares else math.nan,
        least_share=min(shares, default=math.nan),
        greatest_share=max(shares, default=math.nan),
        in_zone=len(inside),
        zone=zone,
        left_out=tuple((rep.number, rep.left_out.rstrip(".")) for rep in reps if rep.left_out),
    )
