"""The steps of a guided calibration: each takes blocks of signal and says when it is over, and how."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from calibration.mvc import judge_squeeze, rise_threshold_uv
from calibration.plan import ChannelSpec, Plan
from calibration.prompt import trouble_remedy, trouble_sentence
from calibration.record import Trial
from calibration.rest import Rest, resting_level
from calibration.wording import SILENT, said

Array = NDArray[np.float64]

#: s. The grid of all decisions, counted from the first sample: about this, in whole samples.
BLOCK_S: Final = 0.02
#: s. Trouble that lasts this long within a step repeats the step.
TROUBLE_S: Final = 0.1
#: s. Good contact that ends the wait after trouble.
SETTLED_S: Final = 0.5
#: s. A rise counts when it lasts (a spike fills the envelope's window for 0.125 s); a fall likewise.
RISEN_S: Final = 0.3
FALLEN_S: Final = 0.5
#: s. What falls again sooner was a twitch, not a squeeze.
TWITCH_S: Final = 1.0
#: s before the end of patience from which a channel without any squeeze is asked whether it is dead.
OVERDUE_S: Final = 2.0
#: s. Tension in a rest is told for so long; then the rest is taken, as the 100 % that calls it tension
#: is that of an earlier fitting.
TENSE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The decision grid of one stream: ``block`` samples at ``sfreq_hz``."""

    sfreq_hz: float
    block: int

    @classmethod
    def at(cls, sfreq_hz: float) -> "Grid":
        """The grid for a sampling rate in Hz."""
        return cls(sfreq_hz, max(1, round(BLOCK_S * sfreq_hz)))

    def blocks(self, duration_s: float) -> int:
        """How many blocks a duration in seconds takes."""
        return round(duration_s * self.sfreq_hz / self.block)

    def seconds(self, blocks: int) -> float:
        """How many seconds some blocks take."""
        return blocks * self.block / self.sfreq_hz


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the decision grid: signal to measure and envelope (n, C) in µV, contact per column."""

    start: int
    signal_uv: Array
    envelope_uv: Array
    contact: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended; ``reason`` is empty when it did what it should."""

    reason: str = ""
    rests: tuple[Rest, ...] = ()
    trial: Trial | None = None
    #: What was measured: a rest of the watched columns, or the hold of a squeeze in all columns.
    signal_uv: Array | None = None
    #: Level of every column in µV: before a short squeeze, or how far it rose in it.
    levels_uv: Array | None = None
    #: Columns that stayed tense in a rest.
    tense: tuple[int, ...] = ()
    #: Whether waiting longer is pointless.
    hopeless: bool = False


class Step(Protocol):
    """One step: fed block by block until it returns its outcome."""

    def push(self, block: Block) -> Outcome | None:
        """Take the next block; the outcome once the step is over."""

    @property
    def seconds_left(self) -> float:
        """Seconds until the step is over, as far as it is known."""

    @property
    def remedy(self) -> str:
        """What the wearer has to do about a channel in trouble, or nothing."""


@dataclass(slots=True)
class ContactWatch:
    """How long, in blocks, one of the watched columns has been in trouble, or all have been well."""

    channels: Sequence[ChannelSpec]
    columns: Sequence[int]
    bad: int = 0
    well: int = 0
    sentence: str = ""
    remedy: str = ""
    state: str = ""
    #: Contact states that are no trouble here.
    forgiven: frozenset[str] = frozenset()

    def push(self, block: Block) -> None:
        """Look at the watched columns of the next block."""
        worst = self._worst(block)
        if worst is None:
            self.bad, self.well = 0, self.well + 1
            return
        channel, self.state = worst
        state = self.state
        self.bad, self.well = self.bad + 1, 0
        self.sentence, self.remedy = trouble_sentence(channel, state), trouble_remedy(channel, state)

    def _worst(self, block: Block) -> tuple[ChannelSpec, str] | None:
        troubles = [
            (self.channels[column], state)
            for column in self.columns
            for state in sorted(block.contact[column] - {"GOOD"} - self.forgiven)
        ]
        # Trouble with a remedy comes before a signal that only needs time.
        return min(troubles, key=lambda trouble: trouble[1] == "STARTING", default=None)


class Waiting:
    """A pause or a count-in: over when its time is and the watched pads are well."""

    def __init__(self, watch: ContactWatch, grid: Grid, plan: Plan, wait_s: float) -> None:
        self._watch = watch
        self._grid = grid
        self._left = grid.blocks(wait_s)
        self._patience = grid.blocks(plan.trouble_wait_s)

    def push(self, block: Block) -> Outcome | None:
        """Count one block down; trouble holds the end back, for a minute at most."""
        self._watch.push(block)
        self._left -= 1
        if self._left > 0:
            return None
        if self._watch.well >= self._grid.blocks(SETTLED_S):
            return Outcome()
        late = -self._left > self._patience
        return Outcome(self._watch.sentence, hopeless=True) if late else None

    @property
    def seconds_left(self) -> float:
        """Seconds of the pause."""
        return self._grid.seconds(max(0, self._left))

    @property
    def remedy(self) -> str:
        """What to do about a pad in trouble."""
        return self._watch.remedy if self._watch.bad else ""


@dataclass(slots=True)
class _Capture:
    """The blocks of a step, kept whole so that it is measured at its end."""

    signal_uv: list[Array] = field(default_factory=list)
    start: int = 0

    def push(self, block: Block, columns: Sequence[int]) -> None:
        if not self.signal_uv:
            self.start = block.start
        self.signal_uv.append(block.signal_uv[:, columns])

    def whole(self) -> Array:
        return np.concatenate(self.signal_uv)


class Resting:
    """All channels rest at once, from when their pads are well."""

    def __init__(self, watch: ContactWatch, grid: Grid, plan: Plan) -> None:
        self._watch = watch
        self._grid = grid
        self._blocks = grid.blocks(plan.resting_s)
        self._patience = grid.blocks(plan.trouble_wait_s)
        self._capture = _Capture()
        self._tense_for = 0
        self._tense: set[int] = set()

    def push(self, block: Block) -> Outcome | None:
        """Take a block of rest; levels of the watched columns at the end."""
        self._watch.push(block)
        self._bear_with_tension(block)
        if self._watch.bad >= self._grid.blocks(TROUBLE_S):
            return self._disturbed()
        self._capture.push(block, self._watch.columns)
        return self._measured() if len(self._capture.signal_uv) >= self._blocks else None

    def _disturbed(self) -> Outcome | None:
        """Trouble before the rest has really begun is waited for; later it repeats the rest."""
        begun = len(self._capture.signal_uv) >= self._grid.blocks(SETTLED_S)
        self._capture = _Capture()
        self._patience -= 1
        late = self._patience < 0
        return Outcome(self._watch.sentence, hopeless=late) if begun or late else None

    def _bear_with_tension(self, block: Block) -> None:
        """Tension is told for some seconds, and then taken as it is."""
        tense = {column for column in self._watch.columns if "RESTLESS" in block.contact[column]}
        self._tense_for += bool(tense)
        if self._tense_for >= self._grid.blocks(TENSE_S):
            self._watch.forgiven = frozenset({"RESTLESS"})
            self._tense |= tense

    def _measured(self) -> Outcome:
        signal = self._capture.whole()
        watched = [self._watch.channels[column] for column in self._watch.columns]
        rests = tuple(
            resting_level(signal[:, i], self._grid.sfreq_hz, raw=own.raw, uv_per_count=own.uv_per_count)
            for i, own in enumerate(watched)
        )
        reason = next((rest.reason for rest in rests if rest.reason), "")
        return Outcome(reason, rests=rests, signal_uv=signal, tense=tuple(sorted(self._tense)))

    @property
    def seconds_left(self) -> float:
        """Seconds of rest still to come."""
        return self._grid.seconds(self._blocks - len(self._capture.signal_uv))

    @property
    def remedy(self) -> str:
        """What to do about a pad in trouble, or that the signal starts."""
        return self._watch.remedy if self._watch.bad else ""


class Squeezing:
    """One squeeze of one column: waited for, counted from its rise, judged at its end."""

    def __init__(self, watch: ContactWatch, grid: Grid, plan: Plan, rest: Rest) -> None:
        self._watch = watch
        self.column = self._column = watch.columns[0]
        own = watch.channels[self._column]
        self._raw, self._uv_per_count = own.raw, own.uv_per_count
        self._grid = grid
        self._rest = rest
        self._needed = grid.blocks(plan.squeeze_s)
        self._least_hold_s = plan.least_hold_s
        self._patience = grid.blocks(plan.rise_wait_s)
        self._threshold_uv = rise_threshold_uv(
            rest.level_uv, rest.sd_uv, raw=self._raw, uv_per_count=self._uv_per_count
        )
        self._capture = _Capture()
        #: Levels since the rise, in order of size: their median is asked for with every block.
        self._levels: list[float] = []
        self._low = 0

    def push(self, block: Block) -> Outcome | None:
        """Take a block; the judged squeeze when 5 s are over, the muscle let go, or nothing rose."""
        self._watch.push(block)
        self._capture.push(block, range(block.signal_uv.shape[1]))
        if self._watch.bad >= self._grid.blocks(TROUBLE_S):
            silent = self.overdue and self._watch.state == "NO_DATA"
            name = self._watch.channels[self._column].name
            return Outcome(said(SILENT, name) if silent else self._watch.sentence)
        self._follow(block.envelope_uv[:, self._column])
        fallen = self._low >= self._grid.blocks(FALLEN_S)
        if self._risen and fallen and len(self._levels) < self._grid.blocks(TWITCH_S) + self._low:
            self._levels.clear()
            self._low = 0
            return None
        waited = len(self._capture.signal_uv)
        late = waited >= self._patience and not self._risen
        # Levels stand still while samples are missing; a second count is the end of patience.
        over = len(self._levels) >= self._needed or waited >= self._patience + 2 * self._needed
        return self._judged() if over or late or (self._risen and fallen) else None

    @property
    def overdue(self) -> bool:
        """Whether a squeeze should have been felt by now: whatever is still silent is dead, or was let be."""
        waited = len(self._capture.signal_uv)
        return not self._risen and waited >= self._patience - self._grid.blocks(OVERDUE_S)

    @property
    def _risen(self) -> bool:
        return len(self._levels) >= self._grid.blocks(RISEN_S)

    def _follow(self, envelope_uv: Array) -> None:
        """Note the block's level once the muscle is above the threshold, and whether it let go."""
        finite = envelope_uv[np.isfinite(envelope_uv)]
        if not finite.size:
            return
        now_uv = float(finite.mean())
        if not self._risen and now_uv <= self._threshold_uv:
            self._levels.clear()
            self._low = 0
            return
        insort(self._levels, now_uv)
        middle = len(self._levels) // 2
        height_uv = 0.5 * (self._levels[middle] + self._levels[~middle])
        half_uv = self._rest.level_uv + 0.5 * (height_uv - self._rest.level_uv)
        self._low = self._low + 1 if now_uv < half_uv else 0

    def _judged(self) -> Outcome:
        whole, start = self._capture.whole(), self._capture.start
        trial = judge_squeeze(
            whole[:, self._column],
            self._grid.sfreq_hz,
            self._rest.level_uv,
            self._rest.sd_uv,
            raw=self._raw,
            start=start,
            least_hold_s=self._least_hold_s,
            uv_per_count=self._uv_per_count,
        )
        return Outcome(trial.reason, trial=trial, signal_uv=whole[trial.start - start : trial.stop - start])

    @property
    def seconds_left(self) -> float:
        """Seconds to hold on; the whole count until the muscle rises."""
        held = len(self._levels) if self._risen else 0
        return self._grid.seconds(self._needed - held)

    @property
    def remedy(self) -> str:
        """A squeeze is not interrupted by words: trouble ends it."""
        return ""
