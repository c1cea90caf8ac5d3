"""A sweep: the newest seconds of a signal as columns of pixels. Old columns stand, the write head moves."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
#: The index one past the newest row, and that many rows up to it.
Newest = Callable[[int], tuple[int, Rows]]


class Sweep:
    """``n_columns`` columns over ``window`` samples of ``n_channels`` channels.

    ``low`` and ``high`` (n_columns, n_channels) hold the least and greatest EMG of each column,
    ``envelope`` the mean of its envelope, all in µV and NaN where there is none. ``head`` is the
    column that is written next. Columns are counted from sample 0, so that a sample always stands
    at the same place, and each is computed from all of its samples however they came.
    """

    def __init__(self, n_columns: int, window: int, n_channels: int) -> None:
        if n_columns < 1 or window < 1:
            raise ValueError(f"A sweep needs columns and samples, not {n_columns} and {window}.")
        self.n_columns = min(n_columns, window)
        self.window = window
        self.n_channels = n_channels
        self.low, self.high, self.envelope = (np.full((self.n_columns, n_channels), np.nan) for _ in range(3))
        self.stop: int | None = None

    @property
    def head(self) -> int:
        """The column that is written next."""
        return 0 if self.stop is None else self._column(self.stop) % self.n_columns

    def advance(self, newest: Newest) -> tuple[int, ...]:
        """Take the rows that are new, EMG and then envelope of each channel; the columns that changed."""
        stop, _ = newest(0)
        if self.stop is not None and stop < self.stop:
            self._clear()
        begin = max(stop - self.window, 0) if self.stop is None else max(self.stop, stop - self.window)
        if stop <= begin:
            return ()
        first = self._first_sample(self._column(begin))
        stop, rows = newest(min(stop - first, self.window))
        first = stop - len(rows)
        columns = np.arange(self._column(first), self._column(stop - 1) + 1)
        # A column whose beginning has left the window is not whole any more.
        if self._first_sample(int(columns[0])) < first:
            columns = columns[1:]
        if not len(columns):
            return ()
        self._write(columns, rows, first)
        self.stop = stop
        return tuple((columns % self.n_columns).tolist())

    def _write(self, columns: NDArray[np.int64], rows: Rows, first: int) -> None:
        n = self.n_channels
        starts = -(-columns * self.window // self.n_columns) - first
        rows = rows[starts[0] :]
        starts = starts - starts[0]
        at = columns % self.n_columns
        self.low[at] = np.fmin.reduceat(rows[:, :n], starts)
        self.high[at] = np.fmax.reduceat(rows[:, :n], starts)
        lengths = np.diff(np.append(starts, len(rows)))
        self.envelope[at] = np.add.reduceat(rows[:, n:], starts) / lengths[:, None]

    def _column(self, sample: int) -> int:
        return sample * self.n_columns // self.window

    def _first_sample(self, column: int) -> int:
        return -(-column * self.window // self.n_columns)

    def _clear(self) -> None:
        self.stop = None
        for values in (self.low, self.high, self.envelope):
            values[:] = np.nan
