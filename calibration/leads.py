"""Which lead is which: what the asked muscles answered, and the channel map that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.plan import ChannelSpec

Array = NDArray[np.float64]

#: The lead that answers must rise this many times as far as any other one: 6 dB (the project's own choice).
CLEAR_RATIO: Final = 2.0


def answering(rise_uv: Array, columns: Sequence[int]) -> int | None:
    """The one of ``columns`` that rose, from the rises (n_channels,) in µV; ``None`` when it is not clear."""
    ordered = sorted(columns, key=lambda column: -float(rise_uv[column]))
    first = float(rise_uv[ordered[0]])
    second = float(rise_uv[ordered[1]]) if len(ordered) > 1 else 0.0
    return ordered[0] if first > 0.0 and first >= CLEAR_RATIO * second else None


def put_right(
    channels: Sequence[ChannelSpec], answers: Mapping[int, int | None]
) -> tuple[ChannelSpec, ...] | None:
    """The channels with the muscles that answered; ``None`` where the answers contradict each other.

    ``answers`` maps the column whose muscle was asked to the one that rose. A name moves only with
    another one that moves in return, and only by clear answers: one doubtful answer moves nothing else.
    """
    moved = {asked: rose for asked, rose in answers.items() if rose is not None and rose != asked}
    if set(moved) != set(moved.values()):
        return None
    named = list(channels)
    for asked, rose in moved.items():
        named[rose] = replace(channels[rose], muscle=channels[asked].muscle, side=channels[asked].side)
    return tuple(named)
