"""The nouns of a stream: what a channel is, what a stream is, and a chunk of its samples."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Signal = Literal["raw", "rectified", "envelope", "aux"]
Counts = NDArray[np.int16] | NDArray[np.int32]
Microvolts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """One input of a board, and the muscle whose pads the wearer says are on it.

    ``digital_range`` and ``physical_range`` are EDF's words: the least and greatest count, and
    the values in ``unit`` at the electrodes (after division by ``gain``) that they stand for.
    The scale between them is linear.
    """

    pin: str
    muscle: str | None
    side: str | None
    signal: Signal
    digital_range: tuple[int, int]
    physical_range: tuple[float, float]
    gain: float
    skew_s: float = 0.0
    unit: str = "uV"
    prefiltering: str = ""

    @property
    def label(self) -> str:
        """Name for people and files: ``glute right``, or the pin while no muscle is assigned."""
        return f"{self.muscle} {self.side}" if self.muscle and self.side else (self.muscle or self.pin)

    @property
    def uv_per_count(self) -> float:
        """Size of one count in microvolts at the electrodes."""
        (d0, d1), (p0, p1) = self.digital_range, self.physical_range
        return (p1 - p0) / (d1 - d0)


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a source delivers: rate in Hz, channels in column order, and who made it.

    ``source_id`` is stable for a board (its serial number), so that a returning board is known.
    ``bits`` counts the bits after oversampling.
    """

    name: str
    source_id: str
    sfreq_hz: float
    channels: tuple[ChannelInfo, ...]
    firmware: str
    protocol: int
    simulated: bool
    bits: int
    oversample: int
    reference_mv: float

    def to_microvolts(self, counts: Counts) -> Microvolts:
        """Counts (n_samples, n_channels) -> microvolts at the electrodes, same shape, float64."""
        first = np.array([c.digital_range[0] for c in self.channels], dtype=np.float64)
        scale = np.array([c.uv_per_count for c in self.channels], dtype=np.float64)
        low = np.array([c.physical_range[0] for c in self.channels], dtype=np.float64)
        return (counts - first) * scale + low


@dataclass(frozen=True, slots=True, eq=False)
class SampleChunk:
    """Consecutive samples as they arrived.

    ``start`` is the absolute index of the first sample since the stream began; it jumps over
    losses, so time in seconds is ``start / sfreq_hz``. ``lost`` counts the samples missing just
    before ``start``. ``counts`` is (n_samples, n_channels), read-only, int16 or int32.
    ``host_time_s`` is the host's monotonic clock when the last sample arrived.
    """

    start: int
    counts: Counts
    host_time_s: float
    lost: int = 0

    def __post_init__(self) -> None:
        self.counts.flags.writeable = False

    @property
    def stop(self) -> int:
        """Index one past the last sample."""
        return self.start + len(self.counts)


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that a person or program noted at a sample index."""

    sample: int
    text: str


@dataclass(slots=True)
class LinkStats:
    """What happened on the wire since the source was opened. Only ever grows."""

    bytes_in: int = 0
    frames_ok: int = 0
    frames_bad: int = 0
    frames_dropped_by_board: int = 0
    ticks_missed: int = 0
    samples_delivered: int = 0
    samples_lost: int = 0
    reconnects: int = 0
    bad_by_cause: dict[str, int] = field(default_factory=dict)
