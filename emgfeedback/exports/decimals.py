"""Numbers as decimal text, many at a time.

Text of n fields is a matrix of bytes (n, width) in which zero bytes are padding, to be squeezed
out when whole lines stand side by side. Each group of four digits is one look-up in a table.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Text = NDArray[np.uint8]

_GROUP = 10_000
#: Digits after the point, at most.
MOST_DECIMALS = 8


def _table(padding: str) -> NDArray[np.uint32]:
    text = "".join(f"{number:{padding}}" for number in range(_GROUP)).replace(" ", "\0")
    return np.frombuffer(text.encode("ascii"), dtype=np.uint32)


_PADDED = _table("04d")
_BARE = _table("4d")


def _digits(groups: NDArray[np.uint32]) -> Text:
    return groups[:, None].view(np.uint8)


def whole_numbers(values: NDArray[np.integer]) -> Text:
    """Integers as text, without leading zeros."""
    magnitude = np.abs(values.astype(np.int64))
    return np.hstack([_sign(values < 0), *_whole_groups(magnitude)])


def fixed_point(values: NDArray[np.float64], decimals: int) -> Text:
    """Numbers with ``decimals`` (1 to 8) digits after the point; not finite ones are left empty.

    Magnitudes must stay below 2^53 / 10^decimals.
    """
    finite = np.isfinite(values)
    all_finite = bool(finite.all())
    scaled = np.rint((values if all_finite else np.where(finite, values, 0.0)) * 10.0**decimals)
    whole, fraction = np.divmod(np.abs(scaled).astype(np.int64), 10**decimals)
    point = np.full((len(values), 1), ord("."), dtype=np.uint8)
    text = np.hstack([_sign(scaled < 0), *_whole_groups(whole), point, _fraction(fraction, decimals)])
    if not all_finite:
        text[~finite] = 0
    return text


def _sign(negative: NDArray[np.bool_]) -> Text:
    sign: Text = np.where(negative, np.uint8(ord("-")), np.uint8(0))[:, None]
    return sign


def _whole_groups(magnitude: NDArray[np.int64]) -> list[Text]:
    """Digits of integers from 0 up, in groups of four, the highest first."""
    higher, group = np.divmod(magnitude, _GROUP)
    if not higher.any():
        return [_digits(_BARE[group])]
    text = np.where(higher > 0, _PADDED[group], _BARE[group])
    above = _whole_groups(higher)
    # A zero that stands for no digit at all: the table's 0 is one digit.
    above[-1][higher == 0] = 0
    return [*above, _digits(text)]


def _fraction(fraction: NDArray[np.int64], decimals: int) -> Text:
    if decimals <= 4:
        return _digits(_PADDED[fraction])[:, 4 - decimals :]
    high, low = np.divmod(fraction, _GROUP)
    return np.hstack([_digits(_PADDED[high])[:, 8 - decimals :], _digits(_PADDED[low])])


def words(codes: NDArray[np.integer], names: Sequence[str]) -> Text:
    """Codes from -1 up as words: -1 is left empty, the others are indices into ``names``."""
    width = max(len(name) for name in names)
    table = np.zeros((len(names) + 1, width), dtype=np.uint8)
    for row, name in enumerate(names):
        table[row, : len(name)] = np.frombuffer(name.encode("ascii"), dtype=np.uint8)
    text: Text = table[codes]
    return text


def lines(fields: Sequence[Text]) -> bytes:
    """Fields side by side as lines of comma-separated text."""
    n_rows = len(fields[0])
    comma = np.full((n_rows, 1), ord(","), dtype=np.uint8)
    parts: list[Text] = []
    for field in fields:
        parts += [field, comma]
    parts[-1] = np.full((n_rows, 1), ord("\n"), dtype=np.uint8)
    return np.hstack(parts).tobytes().translate(None, b"\0")
