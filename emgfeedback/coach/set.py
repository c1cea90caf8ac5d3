"""When a set is over: enough reps, too long without one, or its time is up. Counted in samples."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Final

from emgfeedback.frame import Rep

_TOLD: Final = attrgetter("told")
DEFAULT_REPS: Final = 8
#: s without a rep after which a set is over.
IDLE_S: Final = 20.0
#: s. In a rep of both legs, the side that is told later is waited for this long.
OTHER_SIDE_S: Final = 1.0


class Ending(Enum):
    """Why a set ended."""

    REPS = "reps"
    IDLE = "idle"
    TIME = "time"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SetEnd:
    """The end of a set: why, at which absolute sample, and in words."""

    ending: Ending
    sample: int
    text: str


class SetLogic:
    """Follows one set from its first sample.

    ``reps`` counts repetitions of the busier side, so that a rep of both legs counts once; reps
    that are left out of the numbers were done and count here. ``idle_s`` runs from the set's start
    or from when the last rep was told; ``seconds`` from the start. Raises ``ValueError`` for
    limits that are not positive.
    """

    def __init__(
        self,
        sfreq_hz: float,
        reps: int = DEFAULT_REPS,
        seconds: float | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        if reps < 1 or idle_s <= 0 or (seconds is not None and seconds <= 0):
            raise ValueError(f"A set needs positive limits, not {reps} reps, {seconds} s, {idle_s} s idle.")
        self._wanted = reps
        self._sfreq_hz = sfreq_hz
        self._idle_s = idle_s
        self._seconds = seconds
        self._start: int | None = None
        self._last = 0
        #: How many reps there were when the earliest end was reckoned, and that end.
        self._first: tuple[int, SetEnd] | None = None
        self.reps: list[Rep] = []
        self.end: SetEnd | None = None

    @property
    def done(self) -> int:
        """Reps done so far, of the busier side."""
        return max(self._by_side.values(), default=0)

    def push(self, start: int, stop: int, reps: Sequence[Rep] = ()) -> SetEnd | None:
        """Samples ``start`` to ``stop`` have passed, and ``reps`` were told in them.

        The end, once there is one. Reps told after it do not belong to the set.
        """
        if self._start is None:
            self._start = self._last = start
        for rep in sorted(reps, key=_TOLD) if reps else ():
            if self._over(rep.told):
                return self.end
            self.reps.append(rep)
            self._last = rep.told
        self._over(stop)
        return self.end

    def stop(self, sample: int) -> SetEnd:
        """The wearer ends the set."""
        text = f"Set ended by you after {_counted(self.done)}."
        self.end = self.end or SetEnd(Ending.STOPPED, sample, text)
        return self.end

    @property
    def _by_side(self) -> Counter[str]:
        return Counter(rep.side for rep in self.reps)

    def _over(self, sample: int) -> bool:
        """Whether the set ended at ``sample`` or before; of several ends the earliest counts."""
        if self.end is None:
            # Asked at every chunk, but only a rep moves the ends.
            if self._first is None or self._first[0] != len(self.reps):
                self._first = len(self.reps), min(self._ends(), key=lambda end: end.sample)
            first = self._first[1]
            self.end = first if first.sample <= sample else None
        return self.end is not None

    def _ends(self) -> Iterator[SetEnd]:
        """The ends that the set has coming as it stands."""
        if self.done >= self._wanted:
            lagging = any(count == self._wanted - 1 for count in self._by_side.values())
            grace = round(OTHER_SIDE_S * self._sfreq_hz) if lagging else 0
            yield SetEnd(Ending.REPS, self._last + grace, f"Set done: {_counted(self.done)}.")
        idle = self._last + round(self._idle_s * self._sfreq_hz)
        yield SetEnd(Ending.IDLE, idle, f"Set ended: {self._idle_s:g} s without a rep.")
        if self._seconds is not None:
            time = (self._start or 0) + round(self._seconds * self._sfreq_hz)
            yield SetEnd(Ending.TIME, time, f"Set done: {self._seconds:g} s are over.")


def _counted(reps: int) -> str:
    return "1 rep" if reps == 1 else f"{reps} reps"
