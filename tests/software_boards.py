"""Boards in software for tests: a signal that is different at every index, and the truth of what was sent."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from device.board import Board
from device.board_settings import BoardModel
from device.stream import SampleChunk

BOARD_ID = 0x1A2B3C4D


def scrambled(start: int, n: int, pins: tuple[int, ...], _sfreq_hz: float = 1000.0, /) -> NDArray[np.int64]:
    """10-bit counts (n, pins) that tell index and pin apart; never on a rail."""
    index = np.arange(start, start + n, dtype=np.uint64)[:, np.newaxis]
    # The finaliser of splitmix64: neighbours share no pattern.
    value = (index * np.uint64(16) + np.array(pins, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ value >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    return (value >> np.uint64(40)).astype(np.int64) % 1021 + 1


@dataclass
class Truth:
    """What a board put on the wire, by the board's own sample index."""

    frames: list[tuple[int, NDArray[np.integer]]] = field(default_factory=list)

    def note(self, start: int, counts: NDArray[np.integer]) -> None:
        self.frames.append((start, counts.copy()))

    @property
    def first(self) -> int:
        return self.frames[0][0]

    @property
    def samples(self) -> int:
        return sum(len(counts) for _, counts in self.frames)


def board(truth: Truth | None = None, signal=scrambled, boot_count: int = 0, **model: object) -> Board:
    """A board with the scrambled signal; ``model`` are fields of ``BoardModel``."""
    return Board(BOARD_ID, signal, BoardModel(**model), truth.note if truth else None, boot_count)


def assert_as_sent(chunks: list[SampleChunk], offset: int, pins: tuple[int, ...] = (0, 1)) -> None:
    """Each sample is the one that the board took at that index (source index + ``offset``), and the
    chunks' ``lost`` are exactly the holes between them."""
    expected = 0
    for chunk in chunks:
        np.testing.assert_array_equal(chunk.counts, scrambled(chunk.start + offset, len(chunk.counts), pins))
        assert chunk.start - expected == chunk.lost
        expected = chunk.stop
