"""Samples as they arrive -> blocks of the decision grid, so that their packaging cannot change a result."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.steps import Block, Grid

Array = NDArray[np.float64]

#: s. Lost samples up to this long are blanked; longer ones are also called a loss of data.
SHORT_GAP_S: Final = 0.25
#: s. Of a longer gap only its end is filled: enough for every step to see it.
LONGEST_FILL_S: Final = 1.0


class Regrid:
    """Cuts a stream into blocks and fills its gaps with NaN.

    ``raw`` says per column whether its EMG or its envelope is what gets measured.
    """

    def __init__(self, grid: Grid, raw: Sequence[bool]) -> None:
        self._grid = grid
        self._raw = np.array(raw, dtype=bool)
        self._pieces: list[tuple[Array, Array, tuple[str, ...]]] = []
        self._held = 0
        self._next: int | None = None

    def push(
        self, emg_uv: Array, envelope_uv: Array, contact: Sequence[str], start: int | None
    ) -> Iterator[Block]:
        """Whole blocks that these samples (n, C) complete.

        Raises ``ValueError`` for arguments that do not fit.
        """
        names = self._checked(emg_uv, envelope_uv, contact)
        if start is not None and len(emg_uv):
            if self._next is not None and start < self._next:
                raise ValueError(f"Samples must not go back from {self._next} to {start}.")
            yield from self._jump(start, names)
        if self._next is None:
            self._next = 0
        signal = np.where(self._raw, emg_uv, envelope_uv)
        yield from self._add(signal, np.array(envelope_uv, dtype=np.float64), names)

    def _checked(self, emg_uv: Array, envelope_uv: Array, contact: Sequence[str]) -> tuple[str, ...]:
        columns = len(self._raw)
        if emg_uv.ndim != 2 or emg_uv.shape != envelope_uv.shape or emg_uv.shape[1] != columns:
            raise ValueError(
                f"EMG and envelope must both be (n, {columns}), not {emg_uv.shape} and {envelope_uv.shape}."
            )
        if len(contact) != columns:
            raise ValueError(f"Contact needs one name for each of {columns} columns, not {len(contact)}.")
        return tuple(contact)

    def _jump(self, start: int, names: tuple[str, ...]) -> Iterator[Block]:
        if self._next is None:
            self._next = start
        gap = start - self._next
        if gap == 0:
            return
        if gap > round(SHORT_GAP_S * self._grid.sfreq_hz):
            names = ("NO_DATA",) * len(self._raw)
        fill = min(gap, round(LONGEST_FILL_S * self._grid.sfreq_hz))
        if fill < gap:
            # Blocks hold neighbours in time: what stands before a long gap does not start one across it.
            self._pieces, self._held = [], 0
            self._next = start - fill
        nothing = np.full((fill, len(self._raw)), np.nan)
        yield from self._add(nothing, nothing, names)

    def _add(self, signal: Array, envelope: Array, names: tuple[str, ...]) -> Iterator[Block]:
        done = 0
        while done < len(signal):
            take = min(self._grid.block - self._held, len(signal) - done)
            self._pieces.append((signal[done : done + take], envelope[done : done + take], names))
            self._held += take
            done += take
            self._next = (self._next or 0) + take
            if self._held == self._grid.block:
                yield self._block()

    def _block(self) -> Block:
        signals, envelopes, contacts = zip(*self._pieces, strict=True)
        self._pieces, self._held = [], 0
        return Block(
            (self._next or 0) - self._grid.block,
            np.concatenate(signals),
            np.concatenate(envelopes),
            tuple(frozenset(column) for column in zip(*contacts, strict=True)),
        )
