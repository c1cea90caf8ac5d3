"""Whether each channel's signal can be trusted, from what the pads deliver.

Samples are gathered in blocks of about 0.1 s, counted from sample 0, and each block's verdict
looks back one second. The verdict then holds for the hops that follow it.

What is named, and on what grounds:

``CLIPPING``
    At least 1 % of the last second lies within 0.5 % of an end of the converter's range. The lower
    end of a rectified signal or a sensor's envelope is rest, and does not count. Clipping cannot
    be seen while the muscle rests.
``LOOSE``
    Half a second at one end of the range; or an antenna in place of a muscle: 50 or 60 Hz and two
    harmonics hold more than 70 % of the power within the band, at 50 µV RMS or more, and all of it
    above three times the calibrated rest. The level is needed because clean rest is mostly mains:
    3 µV of it over 2 µV of noise is 65 % of the power. Only raw EMG shows its mains.
``NO_DATA``
    Raw EMG that does not move by one count for half a second, where a count is at most 5 µV.
    Above that the test says nothing: a muscle at rest on a 10-bit board (24 µV a count) may well
    stay on one count, and a dead channel looks the same.

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
FINEST_FLAT_UV = 5.0
MAINS_HZ = (50.0, 60.0)
HARMONICS = 3
LOOSE_RATIO = 0.7
LOOSE_UV = 50.0
LOOSE_OVER_REST = 3.0


class ContactWatch:
    """Watches every channel of a stream; ``verdict`` is a tuple of ``Contact`` numbers, one each.

    ``block`` is the number of samples in a block, whole hops. Values are counts times ``uv_per_count`` plus
    ``offset_uv`` (n_channels,), the same numbers that the filters get.
    """

    def __init__(self, channels: Sequence[ChannelInfo], hop: int, sfreq_hz: float, offset_uv: Array) -> None:
        self._hop = hop
        self.block = block = self._block = hop * max(1, round(BLOCK_S * sfreq_hz / hop))
        self._channels = [
            _ChannelWatch(c, block, offset) for c, offset in zip(channels, offset_uv.tolist(), strict=True)
        ]
        self._bins, self._groups = _mains_bins(block, sfreq_hz)
        self._partial = np.zeros((BLOCKS, self._bins.shape[1], len(channels)))
        self.restart()

    def calibrate(self, rest_uv: Array) -> None:
        """Calibrated rest of each channel (n_channels,), NaN where there is none."""
        for watch, rest in zip(self._channels, rest_uv.tolist(), strict=True):
            watch.rest_uv = rest

    def restart(self) -> tuple[int, ...]:
        """Forget the past: the verdict is STARTING until there is enough to judge."""
        self._partial[:] = 0.0
        self._slot = 0
        for watch in self._channels:
            watch.restart()
        self.verdict = (_STARTING,) * len(self._channels)
        return self.verdict

    def push(self, values_uv: Array, emg_uv: Array, first: int) -> tuple[int, ...]:
        """One block's samples from its row ``first`` on (a stream may start inside a block)."""
        slot = self._slot = (self._slot + 1) % BLOCKS
        bins = self._bins[slot]
        np.dot(bins[:, first:] if first else bins, emg_uv, self._partial[slot])
        powers = np.dot(emg_uv.T, emg_uv).diagonal().tolist()
        n, n_channels = values_uv.shape
        # Reducing long rows of whole hops costs half of reducing rows of a few channels.
        wide = values_uv.reshape(-1, self._hop * n_channels)
        highs = np.maximum.reduce(wide, 0).tolist()
        lows = np.minimum.reduce(wide, 0).tolist()
        mains: list[float] | None = None
        verdict = []
        for k, watch in enumerate(self._channels):
            clipped = 0
            high, low = max(highs[k::n_channels]), min(lows[k::n_channels])
            if high >= watch.high_uv or low <= watch.low_uv:
                column = values_uv[:, k]
                clipped = int(np.count_nonzero((column >= watch.high_uv) | (column <= watch.low_uv)))
            watch.push(n, powers[k], low, high, clipped)
            share = 0.0
            if watch.loud:
                mains = self._mains_energy() if mains is None else mains
                share = mains[k] / watch.energy
            verdict.append(watch.judge(share))
        self.verdict = tuple(verdict)
        return self.verdict

    def _mains_energy(self) -> list[float]:
        """Energy of the last second at 50 Hz or 60 Hz with harmonics, the larger, per channel."""
        parts = np.add.reduce(self._partial, 0)
        energy: list[float] = (self._groups @ (parts * parts)).max(axis=0).tolist()
        return energy


class _ChannelWatch:
    """The last second of one channel in blocks: length, power, extremes, samples on a rail."""

    def __init__(self, channel: ChannelInfo, block: int, offset_uv: float) -> None:
        d0, d1 = channel.digital_range
        scale = channel.uv_per_count
        margin = RAIL_MARGIN * (d1 - d0)
        self._raw = channel.signal == "raw"
        self.high_uv = (d1 - margin) * scale + offset_uv
        self.low_uv = (d0 + margin) * scale + offset_uv if self._raw else -np.inf
        self._tells_flat = self._raw and scale <= FINEST_FLAT_UV
        self._full = BLOCKS * block
        self.rest_uv = float("nan")
        self.restart()

    def restart(self) -> None:
        self._samples: deque[int] = deque(maxlen=BLOCKS)
        self._energies: deque[float] = deque(maxlen=BLOCKS)
        self._clipped: deque[int] = deque(maxlen=BLOCKS)
        self._lows: deque[float] = deque(maxlen=STILL_BLOCKS)
        self._highs: deque[float] = deque(maxlen=STILL_BLOCKS)
        self.energy = 0.0
        self.loud = False

    def push(self, n: int, energy: float, low: float, high: float, clipped: int) -> None:
        self._samples.append(n)
        self._energies.append(energy)
        self._clipped.append(clipped)
        self._lows.append(low)
        self._highs.append(high)
        self._n = sum(self._samples)
        self.energy = sum(self._energies)
        level = math.sqrt(self.energy / self._n)
        self.loud = self._raw and level >= LOOSE_UV and not level <= LOOSE_OVER_REST * self.rest_uv

    def judge(self, mains: float) -> int:
        """The ``Contact`` of now; ``mains`` is the part of the energy that is mains."""
        if len(self._lows) < STILL_BLOCKS:
            return _STARTING
        low, high = min(self._lows), max(self._highs)
        if high <= self.low_uv or low >= self.high_uv:
            return _LOOSE
        if low == high and self._tells_flat:
            return _NO_DATA
        if self.loud and mains > LOOSE_RATIO and mains * self.energy >= LOOSE_UV**2 * self._n:
            return _LOOSE
        if sum(self._clipped) >= CLIPPED_SHARE * self._full:
            return _CLIPPING
        return _GOOD


def _mains_bins(block: int, sfreq_hz: float) -> tuple[Array, Array]:
    """Sines and cosines over the window for three bins around each mains line, and their sums.

    Returns ``(BLOCKS, n_waves, block)`` waves, scaled so that squared products are energies, and
    ``(len(MAINS_HZ), n_waves)`` groups. The bins are whole periods of the window, so the ring of
    blocks may start anywhere. Three bins hold 0.86 of a line that is half a bin off.
    """
    length = BLOCKS * block
    time = np.arange(length) / length
    waves, groups = [], []
    for mains in MAINS_HZ:
        members = []
        for line in range(1, HARMONICS + 1):
            centre = round(line * mains * length / sfreq_hz)
            bins = [b for b in (centre - 1, centre, centre + 1) if 0 < b < length / 2]
            members += [wave(2.0 * np.pi * b * time) for b in bins for wave in (np.cos, np.sin)]
        groups.append(len(members))
        waves += members
    picks = np.zeros((len(groups), len(waves)))
    stops = np.cumsum(groups)
    for row, (stop, count) in enumerate(zip(stops, groups, strict=True)):
        picks[row, stop - count : stop] = 1.0
    blocks = np.array(waves).reshape(len(waves), BLOCKS, block).transpose(1, 0, 2)
    return np.ascontiguousarray(blocks) * np.sqrt(2.0 / length), picks
