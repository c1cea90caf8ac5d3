"""The display ring: the newest samples as one contiguous view, without rolling or copying."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


class DisplayRing:
    """The last ``n_rows`` rows of a signal, for one thread that pushes and others that look.

    Each row is written twice, ``n_rows + margin`` apart, so that any window lies in one piece. A
    window stays as it was while at most ``margin`` further rows are pushed: the time a picture may
    take. Rows are addressed by absolute sample index; what was skipped is NaN.
    """

    def __init__(self, n_rows: int, n_columns: int, margin: int | None = None) -> None:
        if n_rows < 1 or n_columns < 1:
            raise ValueError(f"A ring needs rows and columns, not {n_rows} x {n_columns}.")
        self.n_rows = n_rows
        self._size = n_rows + (n_rows if margin is None else margin)
        self._values = np.full((2 * self._size, n_columns), np.nan)
        self._stop = 0

    @property
    def stop(self) -> int:
        """Absolute index one past the newest row."""
        return self._stop

    def push(self, start: int, values: NDArray[np.float64]) -> None:
        """Add rows (n, n_columns) from absolute index ``start`` on; a jump forward becomes NaN.

        Raises ``ValueError`` for rows from before the newest one.
        """
        jump = start - self._stop
        if jump < 0:
            raise ValueError(f"Row {start} comes after row {self._stop - 1}.")
        if jump:
            empty = np.full((min(jump, self._size), self._values.shape[1]), np.nan)
            self._write(start - len(empty), empty)
        newest = values[-self._size :]
        self._write(start + len(values) - len(newest), newest)

    def _write(self, start: int, values: NDArray[np.float64]) -> None:
        at = start % self._size
        first = min(len(values), self._size - at)
        for base in (0, self._size):
            self._values[base + at : base + at + first] = values[:first]
            self._values[base : base + len(values) - first] = values[first:]
        # Last, so that no one is shown rows that are not there yet.
        self._stop = start + len(values)

    def view(self, n_rows: int | None = None) -> NDArray[np.float64]:
        """The newest ``n_rows`` (all by default), oldest first, read-only, NaN before the first."""
        return self.newest(self.n_rows if n_rows is None else n_rows)[1]

    def newest(self, n_rows: int) -> tuple[int, Rows]:
        """The index one past the newest row, and the ``n_rows`` up to it as ``view`` gives them.

        The two belong together even while another thread pushes.
        """
        if not 0 <= n_rows <= self.n_rows:
            raise ValueError(f"The ring shows up to {self.n_rows} rows, not {n_rows}.")
        stop = self._stop
        end = stop % self._size + self._size
        window = self._values[end - n_rows : end]
        window.flags.writeable = False
        return stop, window
