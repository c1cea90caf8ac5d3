"""The last blocks of one channel, and the verdict on them."""

import math
from collections import deque
from itertools import islice
from typing import Final

import numpy as np

from device.stream import ChannelInfo
from emgfeedback.contact.kind import KindWatch
from emgfeedback.frame import Contact

_GOOD, _STARTING, _CLIPPING = int(Contact.GOOD), int(Contact.STARTING), int(Contact.CLIPPING)
_LOOSE, _NO_DATA = int(Contact.LOOSE), int(Contact.NO_DATA)
_MAINS, _MOTION, _RESTLESS = int(Contact.MAINS), int(Contact.MOTION), int(Contact.RESTLESS)

#: Blocks without a change, or on a rail, that make a channel flat or loose; and until a first verdict.
STILL_BLOCKS: Final = 5
COARSE_STILL_BLOCKS: Final = 8
#: Blocks that mains beside a muscle is looked for in, and that clipped samples are counted over.
MAINS_BLOCKS: Final = 8
CLIPPED_BLOCKS: Final = 10
CLIPPED_SHARE: Final = 0.01
#: Few clipped samples are clipping, too, when they come in different blocks.
CLIPPED_FEW: Final = 3
CLIPPED_FEW_BLOCKS: Final = 2
RAIL_MARGIN: Final = 0.005
FINE_COUNT_UV: Final = 5.0
#: µV RMS of a channel at work, with coarse counts and with fine ones.
AT_WORK_UV, AT_WORK_FINE_UV = 20.0, 12.0
#: A flat line still shows the converter's noise: while others work, less than this part of the rest is flat.
FLAT_OF_REST: Final = 0.6
#: In its own squeeze a channel that stays below twice its rest, or two counts, is dead.
DEAD_OF_REST: Final = 2.0
DEAD_COUNTS: Final = 2.0
LOOSE_UV: Final = 50.0
LOOSE_OVER_REST: Final = 3.0
#: Share of the power within the band at one mains frequency: bad, no longer bad, worth a word.
MAINS_BAD, MAINS_OVER, MAINS_WARN = 0.19, 0.12, 0.12
#: The same where few samples in a block make a narrow band: chance holds more of it at one frequency.
MAINS_BAD_NARROW, MAINS_OVER_NARROW, NARROW_BLOCK = 0.36, 0.25, 40
#: Share at which mains is taken for an antenna in place of a muscle at once (the rest is its harmonics).
MAINS_ALONE: Final = 0.75
#: Part of the 100 % below which mains is let pass, and µV, which alone count while there is no 100 %.
MAINS_OF_FULL: Final = 0.05
MAINS_UV: Final = 8.0
MAINS_UNCALIBRATED_UV: Final = 12.0
#: Share of movement in the power from 2 Hz up, and its level in µV RMS: bad, no longer bad, worth a word.
MOTION_BAD, MOTION_OVER, MOTION_WARN = 0.60, 0.40, 0.30
MOTION_UV: Final = 50.0
#: From this level on, movement is bad even where a strong muscle holds most of the power.
MOTION_ALWAYS_UV: Final = 200.0
MOTION_ALWAYS_SHARE: Final = 0.2
#: Part of the 100 % that is no rest: bad, and worth a word.
RESTLESS_BAD, RESTLESS_WARN = 0.10, 0.05


class ChannelWatch:
    """Powers, extremes and rail samples of one channel's last blocks.

    ``rest_uv`` and ``full_uv`` are the calibrated rest and 100 %, NaN where there are none; ``squeezes``
    says that this muscle was told to squeeze. ``caution`` is what deserves a word while the verdict is
    good; ``mains_hz`` the mains frequency found, 0 while there is none; ``kind`` doubts the kind of signal.
    """

    def __init__(self, channel: ChannelInfo, block: int, offset_uv: float) -> None:
        d0, d1 = channel.digital_range
        self._scale = scale = channel.uv_per_count
        margin = RAIL_MARGIN * (d1 - d0)
        self.raw = channel.signal == "raw"
        self.high_uv = (d1 - margin) * scale + offset_uv
        self.low_uv = (d0 + margin) * scale + offset_uv if self.raw else -np.inf
        self._fine = scale <= FINE_COUNT_UV
        self._at_work_uv = AT_WORK_FINE_UV if self._fine else AT_WORK_UV
        self._clipped_full = CLIPPED_SHARE * CLIPPED_BLOCKS * block
        narrow = block < NARROW_BLOCK
        self._mains_bad = MAINS_BAD_NARROW if narrow else MAINS_BAD
        self._mains_over = MAINS_OVER_NARROW if narrow else MAINS_OVER
        self.kind = KindWatch(channel, offset_uv)
        self.rest_uv = self.full_uv = float("nan")
        self.squeezes = False
        self.restart()

    def restart(self) -> None:
        """Forget the past."""
        self._samples: deque[int] = deque(maxlen=MAINS_BLOCKS)
        self._energies: deque[float] = deque(maxlen=MAINS_BLOCKS)
        self._clipped: deque[int] = deque(maxlen=CLIPPED_BLOCKS)
        still = STILL_BLOCKS if self._fine else COARSE_STILL_BLOCKS
        self._lows: deque[float] = deque(maxlen=still)
        self._highs: deque[float] = deque(maxlen=still)
        self._faint = self._dead = 0
        self.energy = self.level_uv = self._ratio = 0.0
        self.loud = self.works = self._hums = self._moves = False
        self._hums_alone = False
        self._hums_a_little = self._moves_a_little = self._clips_a_little = self._tense_a_little = False
        self.mains_hz = 0.0

    @property
    def caution(self) -> int:
        """What deserves a word now, as a ``Contact`` number; the gravest first."""
        if self._clips_a_little:
            return _CLIPPING
        if self._hums_a_little:
            return _MAINS
        if self._moves_a_little:
            return _MOTION
        return _RESTLESS if self._tense_a_little else _GOOD

    def push(self, n: int, energy: float, low: float, high: float, clipped: int) -> None:
        """A block of ``n`` samples: its energy within the band, its extremes, its samples on a rail."""
        self._samples.append(n)
        self._energies.append(energy)
        self._clipped.append(clipped)
        self._lows.append(low)
        self._highs.append(high)
        skipped = max(0, len(self._energies) - STILL_BLOCKS)
        self.energy = energy = sum(islice(self._energies, skipped, None))
        self.level_uv = level = math.sqrt(energy / sum(islice(self._samples, skipped, None)))
        self.works = self.raw and level >= self._at_work_uv
        self.loud = self.raw and level >= LOOSE_UV and not level <= LOOSE_OVER_REST * self.rest_uv

    def hear_mains(self, lines_hz: tuple[float, ...], energies: list[float]) -> None:
        """Energy at each mains frequency over the last blocks."""
        total, samples = sum(self._energies), sum(self._samples)
        strongest = max(energies)
        level_uv = math.sqrt(strongest / samples)
        share = strongest / total if total else 0.0
        known = self.full_uv == self.full_uv
        least_uv = max(MAINS_UV, MAINS_OF_FULL * self.full_uv) if known else MAINS_UNCALIBRATED_UV
        self._hums = level_uv >= least_uv and share >= (self._mains_over if self._hums else self._mains_bad)
        self._hums_alone = self._hums and self._is_alone(share)
        self._hums_a_little = level_uv >= 0.5 * least_uv and share >= MAINS_WARN
        named = self._hums or self._hums_a_little
        self.mains_hz = lines_hz[energies.index(strongest)] if named else 0.0

    def _is_alone(self, share: float) -> bool:
        """Whether there is loud mains and hardly anything else: a pad that has come off, perhaps just now."""
        newest_uv = math.sqrt(self._energies[-1] / self._samples[-1])
        if newest_uv < LOOSE_UV or newest_uv <= LOOSE_OVER_REST * self.rest_uv:
            return False
        # A wave that fills a part of the window has that part of its energy at its own frequency.
        energy = sum(self._energies)
        filled = energy * energy / (len(self._energies) * sum(e * e for e in self._energies))
        return share >= MAINS_ALONE * filled

    def feel_movement(self, level_uv: float) -> None:
        """Level of the movement over the last half second, in µV RMS."""
        share = level_uv**2 / (level_uv**2 + self.level_uv**2) if level_uv else 0.0
        least = MOTION_OVER if self._moves else MOTION_BAD
        self._moves = level_uv >= MOTION_UV and (
            share >= least or (level_uv >= MOTION_ALWAYS_UV and share >= MOTION_ALWAYS_SHARE)
        )
        self._moves_a_little = share >= MOTION_WARN and level_uv >= 0.5 * MOTION_UV

    def judge(self, *, mains: bool, others_work: bool, resting: bool) -> int:
        """The ``Contact`` of now; ``mains`` says that nearly all power repeats itself as mains does."""
        if len(self._lows) < STILL_BLOCKS:
            return _STARTING
        low, high = min(self._lows), max(self._highs)
        if high <= self.low_uv or low >= self.high_uv:
            return _LOOSE
        if self._is_flat(low == high, others_work=others_work):
            return _NO_DATA
        if mains or self._hums_alone:
            return _LOOSE
        if self._clips():
            return _CLIPPING
        if self._hums:
            return _MAINS
        if self._moves:
            return _MOTION
        self._tense_a_little = False
        return _RESTLESS if resting and self._is_restless() else _GOOD

    def _is_flat(self, still: bool, *, others_work: bool) -> bool:  # noqa: FBT001 (once per block)
        """One count for long, or nothing but the converter's noise where there should be a muscle."""
        if not self.raw:
            return False
        faint = others_work and self._fine and self.level_uv < FLAT_OF_REST * self.rest_uv
        self._faint = self._faint + 1 if faint else 0
        asleep = DEAD_OF_REST * self.rest_uv
        dead = self.squeezes and not self.level_uv >= max(DEAD_COUNTS * self._scale, asleep)
        self._dead = self._dead + 1 if dead else 0
        if self._faint > 1 or self._dead >= STILL_BLOCKS:
            return True
        return still and (self._fine or (others_work and len(self._lows) == COARSE_STILL_BLOCKS))

    def _clips(self) -> bool:
        clipped = sum(self._clipped)
        self._clips_a_little = clipped > 0
        if not clipped:
            return False
        blocks = len(self._clipped) - self._clipped.count(0)
        return clipped >= self._clipped_full or (clipped >= CLIPPED_FEW and blocks >= CLIPPED_FEW_BLOCKS)

    def _is_restless(self) -> bool:
        """Whether the muscle works while all should rest; NaN without a 100 %, and then never."""
        level, rest, full = self.level_uv, self.rest_uv, self.full_uv
        if not self._fine or not full > rest:
            return False
        if self.raw:
            part = math.sqrt(max(level**2 - rest**2, 0.0) / (full**2 - rest**2))
        else:
            part = (level - rest) / (full - rest)
        self._tense_a_little = part >= RESTLESS_WARN
        return part >= RESTLESS_BAD
