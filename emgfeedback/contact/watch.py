"""Whether each channel's signal can be trusted, from what the pads deliver.

Samples are gathered in blocks of about 0.1 s, counted from sample 0, and each block's verdict
looks back half a second (0.8 s for mains beside a muscle, one second for clipping). The verdict then
holds for the hops that follow it.

What is named, and on what grounds:

``CLIPPING``
    Samples of the last second within 0.5 % of an end of the converter's range: 1 % of them, or three in
    two blocks. The lower end of a rectified signal or a sensor's envelope is rest, and does not
    count. Clipping cannot be seen while the muscle rests.
``LOOSE``
    Half a second at one end of the range; or an antenna in place of a muscle: nine tenths of the power
    within the band are mains, at 50 µV RMS or more, and that is above three times the
    calibrated rest. Mains is told from muscle by its memory: after 0.1 s, five periods of
    50 Hz or six of 60 Hz, a sample repeats itself, harmonics and all, and so it does after one period
    of either; EMG has forgotten. Only raw EMG shows its mains.
``NO_DATA``
    Raw EMG that does not move by one count for half a second, where a count is at most 5 µV. With
    coarser counts a muscle at rest may well stay on one of them, and a dead channel looks the same:
    then it takes 0.8 s, and another channel at work (20 µV RMS), whose movement no living pad on the
    same body would sleep through. A flat line in a fine converter's noise shows by being far below the
    calibrated rest while another channel works. In its own squeeze (``expect``) any channel below twice
    its rest, or two counts, is dead.
``MAINS``
    19 % of the power within the band lie at 50 or at 60 Hz, and they are worth 5 % of the calibrated 100 %.
    (Half would be as much mains as muscle; its harmonics and chance are why the limit is lower.) The level
    is needed because clean rest is mostly mains: 3 µV of it over 2 µV of noise is 65 % of the power.
``MOTION``
    Most of the power from 2 Hz up lies below 20 Hz, at 50 µV RMS or more; or 200 µV of it.
``RESTLESS``
    More than 10 % of the 100 % while all should rest (``expect``); never with counts above 5 µV.

Mains and motion are looked for in every other block, by turns, which spares half of their cost. A verdict
of either ends at a lower limit than it began. The limits are the project's own choices;
how often they are right, and wrong on clean signals, is measured in tests/test_contact_faults.py.
"""

import math
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from device.stream import ChannelInfo
from emgfeedback.contact.bands import Mains, Movement, column_energies
from emgfeedback.contact.channel import MAINS_BLOCKS, STILL_BLOCKS, ChannelWatch
from emgfeedback.frame import Contact

Array = NDArray[np.float64]

_STARTING = int(Contact.STARTING)

BLOCK_S: Final = 0.1
#: s. Whole periods of 50 Hz and of 60 Hz, and one period of each.
MAINS_MEMORY_S: Final = 0.1
MAINS_PERIODS_S: Final = (1 / 50, 1 / 60)
#: Parts of the power that must repeat itself after 0.1 s, and after one period (seldom whole samples).
LOOSE_RATIO: Final = 0.9
LOOSE_PERIOD_RATIO: Final = 0.7
#: Most blocks in one go: some 4 s, which the processor keeps close.
MOST_BLOCKS: Final = 40


class ContactWatch:
    """Watches every channel of a stream; ``verdict`` is a tuple of ``Contact`` numbers, one each.

    ``cautions`` likewise: what deserves a word where the verdict is good. ``block`` is the number of
    samples in a block, whole hops. Values are counts times ``uv_per_count`` plus ``offset_uv``
    (n_channels,), the same numbers that the filters get.
    """

    def __init__(self, channels: Sequence[ChannelInfo], hop: int, sfreq_hz: float, offset_uv: Array) -> None:
        self._hop = hop
        hops = max(1, round(BLOCK_S * sfreq_hz / hop))
        self.block = block = hop * hops
        self._channels = [
            ChannelWatch(c, block, offset) for c, offset in zip(channels, offset_uv.tolist(), strict=True)
        ]
        self._any_raw = any(watch.raw for watch in self._channels)
        self._resting = False
        self._lags = [round(lag * sfreq_hz) for lag in (MAINS_MEMORY_S, *MAINS_PERIODS_S)]
        self._window, self._mains_window = STILL_BLOCKS * block, MAINS_BLOCKS * block
        self._mains = Mains(self._mains_window, sfreq_hz)
        self._kept = max(self._mains_window, self._window + self._lags[0])
        # Room for so much more that the newest is moved to the front but now and then.
        self._emg = np.zeros((self._kept + MOST_BLOCKS * block, len(channels)))
        # Means over hops, of the values before the band-pass: where movement is.
        self._mean_window = STILL_BLOCKS * hops
        self._movement = Movement(self._mean_window, hop / sfreq_hz)
        self._means = np.zeros((self._mean_window + MOST_BLOCKS * hops, len(channels)))
        self._averaging = np.tile(np.eye(len(channels)) / hop, (hop, 1))
        self.restart()

    def calibrate(self, rest_uv: Array, full_uv: Array) -> None:
        """Calibrated rest and 100 % of each channel (n_channels,), NaN where there is none."""
        for watch, rest, full in zip(self._channels, rest_uv.tolist(), full_uv.tolist(), strict=True):
            watch.rest_uv, watch.full_uv = rest, full

    def expect(self, *, resting: bool, squeezing: Collection[int]) -> None:
        """What the wearer was told: all rest, or these columns squeeze now; from the next block on."""
        self._resting = resting
        for column, watch in enumerate(self._channels):
            watch.squeezes = column in squeezing

    @property
    def cautions(self) -> tuple[Contact, ...]:
        """What deserves a word in each channel, GOOD where nothing does; also where the verdict is bad."""
        return tuple(Contact(watch.caution) for watch in self._channels)

    @property
    def mains_hz(self) -> tuple[float, ...]:
        """The mains frequency found in each channel, 0 where there is none worth a word."""
        return tuple(watch.mains_hz for watch in self._channels)

    @property
    def doubts(self) -> tuple[str, ...]:
        """For each channel a sentence if it is not the kind of signal that it says, else nothing."""
        return tuple(watch.kind.doubt for watch in self._channels)

    def restart(self) -> tuple[int, ...]:
        """Forget the past: the verdict is STARTING until there is enough to judge."""
        self._emg[:] = 0.0
        self._means[:] = 0.0
        self._end, self._means_end, self._means_seen = self._kept, self._mean_window, 0
        self._turn = False
        for watch in self._channels:
            watch.restart()
        self.verdict = (_STARTING,) * len(self._channels)
        return self.verdict

    def judge(self, values_uv: Array) -> list[tuple[int, ...]]:
        """Values of whole blocks, once their EMG was kept; for each the verdict for the hops that follow.

        At most ``MOST_BLOCKS``. A first block may come alone and shorter: a stream may start inside a block.
        """
        n, n_channels = values_uv.shape
        m = max(1, n // self.block)
        by_block = values_uv.reshape(m, -1, n_channels)
        emg_uv = self._emg[self._end - n : self._end].reshape(by_block.shape)
        powers = column_energies(emg_uv)
        # Reducing long rows of whole hops costs half of reducing rows of a few channels.
        wide = values_uv.reshape(m, -1, self._hop * n_channels)
        highs = np.maximum.reduce(wide, 1).tolist()
        lows = np.minimum.reduce(wide, 1).tolist()
        means = np.matmul(wide, self._averaging)
        first_means = means[:, 0].tolist()
        lines, movements = self._beside_the_muscle(means) if self._any_raw else ([None] * m, [None] * m)
        verdicts = []
        for i in range(m):
            for k, watch in enumerate(self._channels):
                clipped = 0
                high, low = max(highs[i][k::n_channels]), min(lows[i][k::n_channels])
                if high >= watch.high_uv or low <= watch.low_uv:
                    column = by_block[i, :, k]
                    clipped = int(np.count_nonzero((column >= watch.high_uv) | (column <= watch.low_uv)))
                watch.push(by_block.shape[1], powers[i][k], low, high, clipped)
                if watch.kind.undecided:
                    watch.kind.push(first_means[i][k], low, high)
            self._look_beside_the_muscle(lines[i], movements[i])
            verdicts.append(self._judge_block(self._end - (m - 1 - i) * self.block))
        self.verdict = verdicts[-1]
        return verdicts

    def _judge_block(self, stop: int) -> tuple[int, ...]:
        """The verdict on the block whose EMG ends before row ``stop`` of what is kept."""
        working = sum(watch.works for watch in self._channels)
        return tuple(
            [
                watch.judge(
                    mains=watch.loud and self._is_mains(k, stop, watch.energy),
                    others_work=working > watch.works,
                    resting=self._resting,
                )
                for k, watch in enumerate(self._channels)
            ]
        )

    def keep(self, emg_uv: Array) -> None:
        """EMG of the next hops of the block."""
        end = self._end + len(emg_uv)
        if end > len(self._emg):
            self._emg[: self._kept] = self._emg[self._end - self._kept : self._end]
            end = self._kept + len(emg_uv)
        self._emg[end - len(emg_uv) : end] = emg_uv
        self._end = end

    def _beside_the_muscle(
        self, means: Array
    ) -> tuple[list[list[list[float]] | None], list[list[float] | None]]:
        """For each block the energies of mains lines or of movement over the last blocks, by turns."""
        m, hops, n_channels = means.shape
        self._keep_means(means.reshape(m * hops, n_channels))
        lines: list[list[list[float]] | None] = [None] * m
        movements: list[list[float] | None] = [None] * m
        mains, moves = (slice(1, m, 2), slice(0, m, 2)) if self._turn else (slice(0, m, 2), slice(1, m, 2))
        self._turn ^= m % 2 == 1
        if mains.start < m and self._mains.lines_hz:
            at = range(m)[mains]
            stop = self._end - (m - 1 - at[-1]) * self.block
            lines[mains] = self._mains.energies(
                _windows(self._emg, stop, self._mains_window, 2 * self.block, len(at))
            )
        if moves.start < m:
            at = range(m)[moves]
            stop = self._means_end - (m - 1 - at[-1]) * hops
            found = self._movement.energies(_windows(self._means, stop, self._mean_window, 2 * hops, len(at)))
            unseen = self._means_seen - m * hops + hops
            movements[moves] = [
                energies if unseen + i * hops >= self._mean_window else None
                for i, energies in zip(at, found, strict=True)
            ]
        return lines, movements

    def _look_beside_the_muscle(self, lines: list[list[float]] | None, movement: list[float] | None) -> None:
        """Tell every raw channel of mains or movement."""
        for k, watch in enumerate(self._channels):
            if not watch.raw:
                continue
            if lines is not None:
                watch.hear_mains(self._mains.lines_hz, [line[k] for line in lines])
            elif movement is not None:
                watch.feel_movement(math.sqrt(movement[k] / self._mean_window))

    def _keep_means(self, means: Array) -> None:
        end = self._means_end + len(means)
        if end > len(self._means):
            kept = self._mean_window
            self._means[:kept] = self._means[self._means_end - kept : self._means_end]
            end = kept + len(means)
        self._means[end - len(means) : end] = means
        self._means_end = end
        self._means_seen += len(means)

    def _is_mains(self, channel: int, stop: int, energy: float) -> bool:
        """Whether nearly all of the window's ``energy`` repeats itself as mains does."""
        emg = self._emg[:, channel]
        start = stop - self._window
        now = emg[start:stop]
        # Hardly any muscle passes the first test, so the others seldom run.
        repeats = (float(np.dot(now, emg[start - lag : stop - lag])) / energy for lag in self._lags)
        return next(repeats) > LOOSE_RATIO and any(ratio > LOOSE_PERIOD_RATIO for ratio in repeats)


def _windows(rows: Array, stop: int, size: int, step: int, n: int) -> Array:
    """``n`` windows of ``size`` rows, ``step`` apart, the last of them before row ``stop``: a view."""
    row, column = rows.strides
    first = stop - size - (n - 1) * step
    shape = (n, size, rows.shape[1])
    view: Array = np.ndarray(shape, np.float64, rows, first * row, (step * row, row, column))
    return view
