"""The short squeezes that tell which lead is which: the quiet before, and what rises."""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.mvc import UNFELT, rise_threshold_uv
from calibration.plan import Plan
from calibration.steps import TROUBLE_S, Block, ContactWatch, Grid, Outcome, Waiting

Array = NDArray[np.float64]

#: s. The level before a short squeeze, that squeeze, and how long an unclear one is listened to.
QUIET_LEVEL_S: Final = 0.5
LEAD_HELD_S: Final = 0.7
LEAD_UNCLEAR_S: Final = 2.5


class Quiet(Waiting):
    """Nobody squeezes: a pause that tells the level of every column at its end."""

    def __init__(self, watch: ContactWatch, grid: Grid, plan: Plan) -> None:
        super().__init__(watch, grid, plan, plan.quiet_s)
        self._levels: deque[Array] = deque(maxlen=max(1, grid.blocks(QUIET_LEVEL_S)))

    def push(self, block: Block) -> Outcome | None:
        """Count a block down; the levels of the last half second at the end."""
        self._levels.append(_block_levels(block))
        outcome = super().push(block)
        if outcome is None or outcome.hopeless:
            return outcome
        return Outcome(levels_uv=np.median(list(self._levels), axis=0))


class Answering:
    """A short squeeze of one muscle: how far every column rises in it.

    ``quiet_uv`` (n_channels,) are the levels before. A lead that rises alone ends it; where several rise
    together it listens a little longer.
    """

    def __init__(
        self, watch: ContactWatch, grid: Grid, plan: Plan, quiet_uv: Array, clear: Callable[[Array], bool]
    ) -> None:
        self._watch, self._grid, self._clear = watch, grid, clear
        self._quiet_uv = quiet_uv
        self._least_uv = np.array(
            [
                rise_threshold_uv(quiet, 0.0, raw=channel.raw, uv_per_count=channel.uv_per_count)
                for channel, quiet in zip(watch.channels, quiet_uv.tolist(), strict=True)
            ]
        )
        self._risen: list[Array] = []
        self._left = grid.blocks(plan.rise_wait_s)

    def push(self, block: Block) -> Outcome | None:
        """Take a block; the rises in µV once there are any, or that none was felt."""
        self._watch.push(block)
        if self._watch.bad >= self._grid.blocks(TROUBLE_S):
            return Outcome(self._watch.sentence)
        self._left -= 1
        levels = _block_levels(block)
        up = any(levels[column] > self._least_uv[column] for column in self._watch.columns)
        self._risen = [*self._risen, levels] if up else []
        long = len(self._risen) >= self._grid.blocks(LEAD_UNCLEAR_S)
        if len(self._risen) >= self._grid.blocks(LEAD_HELD_S):
            # The last half second: the rise itself is over.
            newest = self._risen[-max(1, self._grid.blocks(QUIET_LEVEL_S)) :]
            rise_uv = np.maximum(np.median(newest, axis=0) - self._quiet_uv, 0.0)
            if long or self._left <= 0 or self._clear(rise_uv):
                return Outcome(levels_uv=rise_uv)
        return Outcome(UNFELT) if self._left <= 0 and not self._risen else None

    @property
    def seconds_left(self) -> float:
        """How long a squeeze is waited for."""
        return self._grid.seconds(max(0, self._left))

    @property
    def remedy(self) -> str:
        """A squeeze is not interrupted by words: trouble ends it."""
        return ""


def _block_levels(block: Block) -> Array:
    """Mean envelope of each column over the finite samples of a block, 0 where there are none."""
    finite = np.isfinite(block.envelope_uv)
    total = np.where(finite, block.envelope_uv, 0.0).sum(axis=0)
    levels: Array = total / np.maximum(finite.sum(axis=0), 1)
    return levels
