"""What the board itself counts: frames that it dropped and ticks that it missed, kept in ``LinkStats``."""

from device.messages import Status
from device.stream import LinkStats
from device.wire import DataFlag

#: Flags of DATA that stand for a loss on the board's side (P3.1).
NOTED_FLAGS = int(DataFlag.TICK_MISSED | DataFlag.FRAMES_DROPPED)


class BoardCounters:
    """STATUS says how many since START, once a second; a flag says at least one, at once."""

    def __init__(self, stats: LinkStats) -> None:
        self._stats = stats
        self.start(-1)

    def start(self, epoch: int) -> None:
        """The board counts from zero again; what was counted before stays."""
        self._epoch = epoch
        self._dropped_before = self._stats.frames_dropped_by_board
        self._missed_before = self._stats.ticks_missed
        self._flagged_drops = self._flagged_misses = 0

    def note_flags(self, flags: int) -> None:
        """Take the flags of one DATA frame."""
        self._flagged_drops += bool(flags & DataFlag.FRAMES_DROPPED)
        self._flagged_misses += bool(flags & DataFlag.TICK_MISSED)
        self._count(self._flagged_drops, self._flagged_misses)

    def note_status(self, status: Status) -> None:
        """Take a STATUS; one of an epoch that has ended is ignored."""
        if status.epoch == self._epoch:
            self._count(status.frames_dropped, status.ticks_missed)

    def _count(self, dropped: int, missed: int) -> None:
        stats = self._stats
        stats.frames_dropped_by_board = max(stats.frames_dropped_by_board, self._dropped_before + dropped)
        stats.ticks_missed = max(stats.ticks_missed, self._missed_before + missed)
