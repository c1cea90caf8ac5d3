"""What the reps of a set say together: which muscle starts first, spectral shift, co-contraction.

Information, never a judgement: healthy people differ by some 90 ms from rep to rep in which muscle
starts first (Lewis & Sahrmann 2009), so the middle is told with its spread.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from emgfeedback.fatigue import Fatigue
from emgfeedback.onset import FEWEST_REPS, RESOLUTION_S, SetLag, set_lag
from emgfeedback.rep_findings import RepFindings

#: ms. Lags are told in these steps: no finer difference is real.
STEP_MS: Final = 5
#: s. Least half of the middle range that is believed: what one rep's lag is uncertain by (the project's
#: own choice, of the order that docs/onset_and_fatigue.md has for rises of half a second).
LEAST_SPREAD_S: Final = 0.02
#: 95 % interval of a median over the root of the number of reps, in halves of the middle range (Gauss).
MEDIAN_REACH: Final = 1.96 * 1.2533 / 0.6745


@dataclass(frozen=True, slots=True)
class SetFindings:
    """One side of a set.

    ``lag`` is the glute's behind the quad, ``None`` where ``why_no_lag`` says why; ``fatigue`` what all holds
    say together; ``cocontraction`` the median of the reps (0..1, Falconer & Winter), NaN where unknown.
    """

    side: str
    lag: SetLag | None
    why_no_lag: str
    fatigue: Fatigue
    cocontraction: float

    @property
    def onset_line(self) -> str:
        """Which muscle starts first, in the middle of the reps and with half of their middle range."""
        lag = self.lag
        if lag is None:
            return f"Which muscle starts first is not told: {self.why_no_lag}."
        middle, spread = _ms(abs(lag.median_s)), max(_ms(_spread_s(lag)), STEP_MS)
        if abs(lag.median_s) < RESOLUTION_S:
            return f"Glute and quad start together, give or take {spread} ms ({_middle(lag)})."
        if abs(lag.median_s) < MEDIAN_REACH * max(_spread_s(lag), LEAST_SPREAD_S) / math.sqrt(lag.n_reps):
            return f"Which muscle starts first: too close to call in {lag.n_reps} reps."
        first, second = ("quad", "Glute") if lag.median_s > 0.0 else ("glute", "Quad")
        return f"{second} starts {middle} ms after the {first}, give or take {spread} ({_middle(lag)})."

    @property
    def fatigue_line(self) -> str:
        """The shift of the spectrum, or why it cannot be told."""
        if self.fatigue.why_not:
            return f"Fatigue is not told: {self.fatigue.why_not}."
        change = f"mean frequency {100 * self.fatigue.change:+.0f} %".replace("-", "\N{MINUS SIGN}")
        text = self.fatigue.text
        return f"{text[:1].upper()}{text[1:]} ({change})."

    @property
    def cocontraction_line(self) -> str:
        """How much both muscles worked at once, or nothing."""
        if not math.isfinite(self.cocontraction):
            return ""
        return f"Both at once (co-contraction) {100 * self.cocontraction:.0f} %."

    @property
    def lines(self) -> tuple[str, str]:
        """Two lines for a person: how the muscles work together, and whether they tire."""
        return f"{self.onset_line} {self.cocontraction_line}".strip(), self.fatigue_line


def gather(found: Iterable[RepFindings]) -> tuple[SetFindings, ...]:
    """The findings of each side that has reps, sides in alphabetical order; ``found`` in order of time."""
    by_side: dict[str, list[RepFindings]] = {}
    for one in found:
        by_side.setdefault(one.rep.side, []).append(one)
    return tuple(_of_side(side, by_side[side]) for side in sorted(by_side))


def told(found: Iterable[SetFindings]) -> tuple[str, ...]:
    """The lines of all sides, each with its side before it where there are two."""
    sides = tuple(found)
    if len(sides) < 2:
        return tuple(line for side in sides for line in side.lines)
    return tuple(on_side(side.side, line) for side in sides for line in side.lines)


def on_side(side: str, line: str) -> str:
    """``Left: glute starts 80 ms after the quad``."""
    return f"{side.capitalize()}: {line[:1].lower()}{line[1:]}"


def _of_side(side: str, found: list[RepFindings]) -> SetFindings:
    lags = [one.onsets for one in found]
    lag = set_lag(lags)
    known = [one.phases.cocontraction for one in found if math.isfinite(one.phases.cocontraction)]
    return SetFindings(
        side=side,
        lag=lag,
        why_no_lag="" if lag is not None else _why_no_lag([one.why_not for one in lags]),
        fatigue=found[-1].fatigue,
        cocontraction=median(known) if known else math.nan,
    )


def _why_no_lag(whys: list[str]) -> str:
    """Too few reps, and what kept most of the others from being told."""
    clear = whys.count("")
    most = Counter(why for why in whys if why).most_common(1)
    if most and len(whys) >= FEWEST_REPS:
        why, times = most[0]
        return f"{why} (in {times} of {len(whys)} reps)"
    return f"it takes {FEWEST_REPS} clear reps; there {'is' if clear == 1 else 'are'} {clear}"


def _spread_s(lag: SetLag) -> float:
    return (lag.high_quartile_s - lag.low_quartile_s) / 2.0


def _ms(seconds: float) -> int:
    return STEP_MS * round(1000.0 * seconds / STEP_MS)


def _middle(lag: SetLag) -> str:
    return f"of {lag.n_reps} reps"
