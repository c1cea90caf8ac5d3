"""Where the muscle bars stand: on both sides of the ruler that they share."""

from functools import lru_cache
from typing import NamedTuple

WIDTH = 372.0
#: Half the place of the ruler between the bars.
RULER_HALF = 28.0


class Column(NamedTuple):
    """Where one bar stands, and how wide the place of its number and words is."""

    x: float
    width: float
    cell: float

    @property
    def middle(self) -> float:
        """The middle of the bar."""
        return self.x + self.width / 2


@lru_cache(maxsize=16)
def columns(count: int) -> tuple[Column, ...]:
    """Bars on both sides of the ruler: 96 wide when two, 64 when four."""
    left = (count + 1) // 2
    middle = WIDTH / 2
    if count <= 2:
        width, pitch = 96.0, 152.0
        xs = [middle - RULER_HALF - width, middle + RULER_HALF]
        return tuple(Column(x, width, pitch - 8.0) for x in xs[:count])
    half = middle - RULER_HALF - 10.0
    pitch = half / left
    width = min(64.0, pitch - 8.0)
    starts = [middle - RULER_HALF - (left - k) * pitch + pitch - width for k in range(left)]
    starts += [middle + RULER_HALF + k * pitch for k in range(count - left)]
    return tuple(Column(x, width, pitch - 4.0) for x in starts)
