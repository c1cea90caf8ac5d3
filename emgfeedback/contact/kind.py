"""Whether a channel gives the kind of signal that it says: raw EMG, rectified EMG, or an envelope.

Looked at block by block until it is decided. Raw EMG swings evenly to both sides of its middle.
Rectified EMG has a floor, and rises from it in spikes. An envelope hardly moves within 0.1 s.
"""

from typing import Final

from device.stream import ChannelInfo

#: Blocks at work that a decision takes (5 s), and the swing in counts that is work.
DECIDING_BLOCKS: Final = 50
SWING_COUNTS: Final = 12.0
#: Height above the block's mean against depth below it: evenly, and one-sided (2.4 for rectified Gauss).
EVEN: Final = 1.3
ONE_SIDED: Final = 1.7
#: The part of the range within which a raw channel's middle lies, and below which a floor lies.
MIDDLE: Final = (0.25, 0.75)
FLOOR: Final = 0.25
#: A swing within 0.1 s against the rise over seconds: less than this is an envelope, more is not.
SMOOTH: Final = 0.35

WORDS: Final = {"raw": "raw EMG", "rectified": "rectified EMG", "envelope": "an envelope"}
SENTENCE: Final = (
    "{pin} says that it gives {said}, but it looks like {seen}. Check which output of the sensor is wired, "
    "and what the board says about it."
)


class KindWatch:
    """``doubt`` is a sentence once the signal contradicts what the channel says about itself, else empty."""

    def __init__(self, channel: ChannelInfo, offset_uv: float) -> None:
        (d0, d1), scale = channel.digital_range, channel.uv_per_count
        self._bottom_uv, self._range_uv = d0 * scale + offset_uv, (d1 - d0) * scale
        self._swing_uv = SWING_COUNTS * scale
        self._pin, self._said = channel.pin, channel.signal
        self.undecided = channel.signal != "aux"
        self.doubt = ""
        self._blocks = self._working = 0
        self._up = self._down = self._swings = 0.0
        self._lowest, self._highest, self._means = float("inf"), -float("inf"), 0.0

    def push(self, mean: float, low: float, high: float) -> None:
        """Mean and extremes of a block in µV; call while ``undecided``."""
        self._lowest, self._highest = min(self._lowest, mean), max(self._highest, mean)
        self._means += mean
        self._swings += high - low
        self._blocks += 1
        if high - low >= self._swing_uv:
            self._working += 1
            self._up += high - mean
            self._down += mean - low
        elif self._highest - self._lowest >= self._swing_uv:
            # Slow, but far: what an envelope does at work.
            self._working += 1
        if self._working >= DECIDING_BLOCKS:
            self.undecided = False
            seen = self._seen()
            if seen and seen != self._said:
                self.doubt = SENTENCE.format(pin=self._pin, said=WORDS[self._said], seen=WORDS[seen])

    def _seen(self) -> str:
        """The kind that the blocks show, or nothing when they show none clearly."""
        middle = (self._means / self._blocks - self._bottom_uv) / self._range_uv
        leaning = self._up / self._down if self._down else float("inf")
        rise = self._highest - self._lowest
        if middle < FLOOR and self._swings / self._blocks < SMOOTH * rise:
            return "envelope"
        if middle < FLOOR and leaning > ONE_SIDED:
            return "rectified"
        if MIDDLE[0] <= middle <= MIDDLE[1] and 1.0 / EVEN < leaning < EVEN:
            return "raw"
        return ""
