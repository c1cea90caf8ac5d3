"""Short contractions that nobody meant: about once a minute both muscles of one leg jump and let go again.

All numbers are the project's own choice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.channel_map import SIDES

Array = NDArray[np.float64]

#: s. One twitch in each stretch of this length, at a random moment of it.
EVERY_S = 60.0
#: s. How long a twitch lasts, at least and at most, from nothing to nothing.
LASTS_S = (0.15, 0.35)
#: Peak, as a part of the true maximum.
HEIGHT = 0.3

#: Names this use of the seed among the streams of random numbers.
TWITCH_STREAM = 11


@dataclass(frozen=True, slots=True)
class Twitch:
    """One twitch of a leg: when it begins and ends, in seconds."""

    side: str
    start_s: float
    stop_s: float

    def levels(self, times_s: Array) -> Array:
        """Parts of the true maximum at ``times_s`` (n,): one smooth hump."""
        course = np.clip((times_s - self.start_s) / (self.stop_s - self.start_s), 0.0, 1.0)
        # The sine of pi is not quite 0, and outside there is nothing at all.
        hump: Array = np.where(course < 1.0, HEIGHT * np.sin(np.pi * course) ** 2, 0.0)
        return hump


def twitches(seed: int, start_s: float, stop_s: float) -> tuple[Twitch, ...]:
    """The twitches of the person ``seed`` that touch the time from ``start_s`` to ``stop_s``."""
    stretches = range(max(int(start_s // EVERY_S), 0), int(stop_s // EVERY_S) + 1)
    drawn = [_twitch(seed, number) for number in stretches]
    return tuple(twitch for twitch in drawn if twitch.start_s < stop_s and twitch.stop_s > start_s)


def _twitch(seed: int, number: int) -> Twitch:
    random = np.random.default_rng((seed, TWITCH_STREAM, number))
    lasts_s = float(random.uniform(*LASTS_S))
    # It ends within its stretch, so no reader has to look into the one before.
    start_s = number * EVERY_S + float(random.uniform(0.0, EVERY_S - lasts_s))
    return Twitch(SIDES[int(random.integers(len(SIDES)))], start_s, start_s + lasts_s)
