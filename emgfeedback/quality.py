"""Whether each channel's signal can be trusted, from what the pads deliver.

Samples are gathered in blocks of about 0.1 s, counted from sample 0, and each block's verdict
looks back half a second (one second for clipping). The verdict then holds for the hops that follow it.

What is named, and on what grounds:

``CLIPPING``
    At least 1 % of the last second lies within 0.5 % of an end of the converter's range. The lower
    end of a rectified signal or a sensor's envelope is rest, and does not count. Clipping cannot
    be seen while the muscle rests.
``LOOSE``
    Half a second at one end of the range; or an antenna in place of a muscle: mains holds more than
    70 % of the power within the band, at 50 µV RMS or more, and that is above three times the
    calibrated rest. The level is needed because clean rest is mostly mains: 3 µV of it over 2 µV of
    noise is 65 % of the power. Mains is told from muscle by its memory: after 0.1 s, five periods of
    50 Hz or six of 60 Hz, a sample repeats itself, harmonics and all, and so it does after one period
    of either; EMG has forgotten. Only raw EMG shows its mains.
``NO_DATA``
    Raw EMG that does not move by one count for half a second, where a count is at most 5 µV. With
    coarser counts a muscle at rest may well stay on one of them, and a dead channel looks the same:
    then it takes 0.8 s, and another channel at work (20 µV RMS), whose movement no living pad on the
    same body would sleep through.

The limits are the project's own choices; on simulated clean signals fewer than 1 in 1000 verdicts
is anything but good (tests/test_quality.py).
"""

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from device.stream import ChannelInfo
from emgfeedback.frame import Contact

Array = NDArray[np.float64]

_GOOD, _STARTING, _CLIPPING = int(Contact.GOOD), int(Contact.STARTING), int(Contact.CLIPPING)
_LOOSE, _NO_DATA = int(Contact.LOOSE), int(Contact.NO_DATA)

BLOCK_S = 0.1
BLOCKS = 10
#: Blocks without a change, or on a rail, that make a channel flat or loose; and until a first verdict.
STILL_BLOCKS = 5
CLIPPED_SHARE = 0.01
RAIL_MARGIN = 0.005
FINE_COUNT_UV = 5.0
COARSE_STILL_BLOCKS = 8
AT_WORK_UV = 20.0
#: s. Whole periods of 50 Hz and of 60 Hz, and one period of each.
MAINS_MEMORY_S = 0.1
MAINS_PERIODS_S = (1 / 50, 1 / 60)
LOOSE_RATIO = 0.7
LOOSE_UV = 50.0
LOOSE_OVER_REST = 3.0


class ContactWatch:
    """Watches every channel of a stream; ``verdict`` is a tuple of ``Contact`` numbers, one each.

    ``block`` is the number of samples in a block, whole hops. Values are counts times
    ``uv_per_count`` plus ``offset_uv`` (n_channels,), the same numbers that the filters get.
    """

    def __init__(self, channels: Sequence[ChannelInfo], hop: int, sfreq_hz: float, offset_uv: Array) -> None:
        self._hop = hop
        self.block = block = self._block = hop * max(1, round(BLOCK_S * sfreq_hz / hop))
        self._channels = [
            _ChannelWatch(c, block, offset) for c, offset in zip(channels, offset_uv.tolist(), strict=True)
        ]
        self._lags = [round(lag * sfreq_hz) for lag in (MAINS_MEMORY_S, *MAINS_PERIODS_S)]
        self._window = STILL_BLOCKS * block
        # Room for many windows, so that the newest is moved to the front but now and then.
        self._kept = self._window + self._lags[0]
        self._emg = np.zeros((8 * self._kept, len(channels)))
        self.restart()

    def calibrate(self, rest_uv: Array) -> None:
        """Calibrated rest of each channel (n_channels,), NaN where there is none."""
        for watch, rest in zip(self._channels, rest_uv.tolist(), strict=True):
            watch.rest_uv = rest

    def restart(self) -> tuple[int, ...]:
        """Forget the past: the verdict is STARTING until there is enough to judge."""
        self._emg[:] = 0.0
        self._end = self._kept
        for watch in self._channels:
            watch.restart()
        self.verdict = (_STARTING,) * len(self._channels)
        return self.verdict

    def judge(self, values_uv: Array) -> tuple[int, ...]:
        """A block's values, once its EMG was kept; the verdict for the hops that follow.

        The first block may be shorter: a stream may start inside a block.
        """
        n, n_channels = values_uv.shape
        emg_uv = self._emg[self._end - n : self._end]
        powers = np.dot(emg_uv.T, emg_uv).diagonal().tolist()
        # Reducing long rows of whole hops costs half of reducing rows of a few channels.
        wide = values_uv.reshape(-1, self._hop * n_channels)
        highs = np.maximum.reduce(wide, 0).tolist()
        lows = np.minimum.reduce(wide, 0).tolist()
        for k, watch in enumerate(self._channels):
            clipped = 0
            high, low = max(highs[k::n_channels]), min(lows[k::n_channels])
            if high >= watch.high_uv or low <= watch.low_uv:
                column = values_uv[:, k]
                clipped = int(np.count_nonzero((column >= watch.high_uv) | (column <= watch.low_uv)))
            watch.push(n, powers[k], low, high, clipped)
        working = sum(watch.works for watch in self._channels)
        self.verdict = tuple(
            watch.judge(
                mains=watch.loud and self._is_mains(k, watch.energy), others_work=working > watch.works
            )
            for k, watch in enumerate(self._channels)
        )
        return self.verdict

    def keep(self, emg_uv: Array) -> None:
        """EMG of the next hops of the block."""
        end = self._end + len(emg_uv)
        if end > len(self._emg):
            self._emg[: self._kept] = self._emg[self._end - self._kept : self._end]
            end = self._kept + len(emg_uv)
        self._emg[end - len(emg_uv) : end] = emg_uv
        self._end = end

    def _is_mains(self, channel: int, energy: float) -> bool:
        """Whether most of the window's ``energy`` repeats itself as mains does."""
        emg, stop = self._emg[:, channel], self._end
        start = stop - self._window
        now = emg[start:stop]
        limit = LOOSE_RATIO * energy
        # Hardly any muscle passes the first test, so the others seldom run.
        repeats = (float(np.dot(now, emg[start - lag : stop - lag])) > limit for lag in self._lags)
        return next(repeats) and any(repeats)


class _ChannelWatch:
    """The last blocks of one channel: power, extremes, samples on a rail; ``loud`` asks for mains."""

    def __init__(self, channel: ChannelInfo, block: int, offset_uv: float) -> None:
        d0, d1 = channel.digital_range
        scale = channel.uv_per_count
        margin = RAIL_MARGIN * (d1 - d0)
        self._raw = channel.signal == "raw"
        self.high_uv = (d1 - margin) * scale + offset_uv
        self.low_uv = (d0 + margin) * scale + offset_uv if self._raw else -np.inf
        self._fine = scale <= FINE_COUNT_UV
        self._full = BLOCKS * block
        self.rest_uv = float("nan")
        self.restart()

    def restart(self) -> None:
        self._samples: deque[int] = deque(maxlen=STILL_BLOCKS)
        self._energies: deque[float] = deque(maxlen=STILL_BLOCKS)
        self._clipped: deque[int] = deque(maxlen=BLOCKS)
        still = STILL_BLOCKS if self._fine else COARSE_STILL_BLOCKS
        self._lows: deque[float] = deque(maxlen=still)
        self._highs: deque[float] = deque(maxlen=still)
        self.energy = 0.0
        self.loud = self.works = False

    def push(self, n: int, energy: float, low: float, high: float, clipped: int) -> None:
        self._samples.append(n)
        self._energies.append(energy)
        self._clipped.append(clipped)
        self._lows.append(low)
        self._highs.append(high)
        self.energy = sum(self._energies)
        level = math.sqrt(self.energy / sum(self._samples))
        self.works = self._raw and level >= AT_WORK_UV
        self.loud = self._raw and level >= LOOSE_UV and not level <= LOOSE_OVER_REST * self.rest_uv

    def judge(self, *, mains: bool, others_work: bool) -> int:
        """The ``Contact`` of now; ``mains`` says that most of the power is mains."""
        if len(self._lows) < STILL_BLOCKS:
            return _STARTING
        low, high = min(self._lows), max(self._highs)
        if high <= self.low_uv or low >= self.high_uv:
            return _LOOSE
        certain = self._fine or (others_work and len(self._lows) == COARSE_STILL_BLOCKS)
        if low == high and self._raw and certain:
            return _NO_DATA
        if mains:
            return _LOOSE
        if sum(self._clipped) >= CLIPPED_SHARE * self._full:
            return _CLIPPING
        return _GOOD
