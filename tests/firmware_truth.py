"""What a run's log says a stream should hold: which conversion belongs to which set, and when it began."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from firmware_rig import BAND_GAP_INPUT, CPU_HZ, Run
from numpy.typing import NDArray

from device.wire import Data, Info, unpack_samples

WRAP_US = 2**32


@dataclass(frozen=True, slots=True)
class Jitter:
    """Distance of sampling instants from their grid, in µs: 99th percentile and most."""

    p99_us: float
    most_us: float

    def __str__(self) -> str:
        return f"{self.p99_us:.1f}/{self.most_us:.1f}"


@dataclass(frozen=True, slots=True)
class Stream:
    """What a host got of one epoch: ``counts`` (n, C), ``index`` (n,) of each set from the first tick on.

    ``flags`` (n,): those of the frame that a set came in; ``lost`` sets are missing between the others.
    """

    info: Info
    counts: NDArray[np.int64]
    index: NDArray[np.int64]
    flags: NDArray[np.int64]
    frames: tuple[Data, ...]

    @property
    def lost(self) -> int:
        """Sets missing between the first and the last, by the board's own clock (P3.5)."""
        return int(self.index[-1] - self.index[0]) + 1 - len(self.index)


def received(run: Run) -> Stream:
    """The samples of the run's last epoch, placed by their frames' times (wraps undone)."""
    info = run.of(Info)[-1]
    frames = tuple(data for data in run.of(Data) if data.epoch == info.epoch)
    payloads = [data.samples for data in frames]
    counts = unpack_samples(payloads, info.encoding, len(info.channels), info.bits).astype(np.int64)
    if not frames:
        raise ValueError("the run's last epoch holds no DATA")
    times = np.array([data.t_us for data in frames], dtype=np.int64)
    elapsed = np.concatenate([[0], np.cumsum(np.diff(times) % WRAP_US)])
    starts = [round(Fraction(int(us)) / info.period_us) for us in elapsed]
    sets = [data.n for data in frames]
    index = np.concatenate([np.arange(start, start + n) for start, n in zip(starts, sets, strict=True)])
    flags = np.repeat([data.flags for data in frames], sets)
    return Stream(info, counts, index, flags, frames)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the chip converted while it streamed, from the runner's log.

    ``codes`` and ``started`` (sets, passes, C): the converter's code (-1: not converted) and the cycle at
    which the conversion began. Set 0 is that of the first tick. ``set_cycles`` is the period of a set.
    """

    codes: NDArray[np.int64]
    started: NDArray[np.int64]
    set_cycles: int

    @property
    def sums(self) -> NDArray[np.int64]:
        """What a host should get for each set (sets, C): the sum over its passes."""
        sums: NDArray[np.int64] = self.codes.sum(axis=1)
        return sums

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Sets of which every conversion was made."""
        whole: NDArray[np.bool_] = np.asarray((self.codes >= 0).all(axis=(1, 2)))
        return whole

    def conversion_jitter(self) -> Jitter:
        """Of each conversion against its own tick's grid, worst channel."""
        passes = self.codes.shape[1]
        ticks = np.arange(self.codes.shape[0] * passes) * self.set_cycles / passes
        late = self.started.reshape(len(ticks), -1) - ticks[:, None]
        return _jitter(late, self.whole.repeat(passes))

    def set_jitter(self) -> Jitter:
        """Of the mean instant of each oversampled sum, worst channel."""
        late = self.started.mean(axis=1) - np.arange(len(self.codes))[:, None] * self.set_cycles
        return _jitter(late, self.whole)

    def skew_us(self) -> NDArray[np.float64]:
        """Mean instant of each channel's conversions behind the first tick's grid, in µs, (C,)."""
        late = self.started.mean(axis=1) - np.arange(len(self.codes))[:, None] * self.set_cycles
        skew: NDArray[np.float64] = np.median(late[self.whole], axis=0) / (CPU_HZ / 1e6)
        return skew


def first_sample(run: Run) -> int:
    """Row of the stream's first conversion: START measures the band-gap and throws one conversion away."""
    return int(np.flatnonzero(run.conversions["input"] == BAND_GAP_INPUT)[-1]) + 2


def converted(run: Run, first: int | None = None) -> Truth:
    """The stream's conversions in their places, from row ``first`` of the log on.

    A scan belongs to the tick at which it was asked for, however late it began. Raises ``ValueError`` when
    a conversion was of another pin than INFO says.
    """
    info = run.of(Info)[-1]
    n_channels, passes = len(info.channels), info.oversample
    log = run.conversions[first_sample(run) if first is None else first :]
    scans = len(log) // n_channels
    log = log[: scans * n_channels].reshape(scans, n_channels)
    pins = [channel.pin for channel in info.channels]
    if (log["input"] != pins).any():
        raise ValueError(f"the chip converted other inputs than {pins}")
    set_cycles = int(info.rate_den * CPU_HZ / info.rate_num)
    asked = log["asked"][:, 0].astype(np.int64)
    ticks = np.round((asked - asked[0]) * passes / set_cycles).astype(np.int64)
    n_sets = int(ticks[-1]) // passes + 1
    codes = np.full((n_sets * passes, n_channels), -1, dtype=np.int64)
    started = np.zeros_like(codes)
    codes[ticks] = log["code"]
    started[ticks] = log["started"].astype(np.int64) - asked[0]
    shape = (n_sets, passes, n_channels)
    return Truth(codes.reshape(shape), started.reshape(shape), set_cycles)


def _jitter(late: NDArray[Any], whole: NDArray[np.bool_]) -> Jitter:
    off = np.abs(late - np.median(late[whole], axis=0))[whole] / (CPU_HZ / 1e6)
    return Jitter(float(np.percentile(off, 99, axis=0).max()), float(off.max()))
