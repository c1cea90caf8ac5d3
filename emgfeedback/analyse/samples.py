"""Numbers of a table as a stream of counts, the way a board would have sent them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from device.channel_map import ChannelMap
from device.stream import ChannelInfo, SampleChunk, StreamInfo
from emgfeedback.analyse.column_file import Columns
from emgfeedback.analyse.errors import AnalysisError

Array = NDArray[np.float64]
Unit = Literal["uV", "mV", "counts"]

UNITS: dict[str, float] = {"uV": 1.0, "mV": 1000.0, "counts": 1.0}
#: A value further than this part of a step from the grid was not made by a converter with that step.
OFF_GRID = 0.05
#: Counts that a recording is stored in where no converter's step can be told: 30 bits.
FINEST = 1 << 30
#: Samples that are run at once.
BLOCK = 4096
#: Part of the sampling rate by which the file's own times may differ from it.
RATE_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A recording as a stream: ``counts`` (n, n_channels), its nouns, and when its first sample was taken.

    ``step_uv`` is the size of the converter's count in µV (in counts: 1), NaN where the file does not
    tell. ``rails`` are the counts at which the converter ends, ``None`` where the file does not tell.
    ``unit`` is what the values are in from here on: ``µV`` or ``counts``.
    """

    info: StreamInfo
    unit: str
    counts: NDArray[np.int32]
    step_uv: tuple[float, ...]
    rails: tuple[int, int] | None
    first_s: float

    def chunks(self) -> list[SampleChunk]:
        """The recording in pieces."""
        return [
            SampleChunk(k, self.counts[k : k + BLOCK].copy(), (k + BLOCK) / self.info.sfreq_hz)
            for k in range(0, len(self.counts), BLOCK)
        ]

    @property
    def microvolts(self) -> Array:
        """Values as the chain sees them before its filter, (n, n_channels); constants do not matter."""
        scale: Array = np.array([channel.uv_per_count for channel in self.info.channels])
        return self.counts * scale

    def clipped(self, first: int, stop: int) -> tuple[int, ...]:
        """How many samples of each channel lie on a rail from ``first`` to ``stop``."""
        if self.rails is None:
            return (0,) * len(self.info.channels)
        part = self.counts[first:stop]
        on_rail = (part <= self.rails[0]) | (part >= self.rails[1])
        return tuple(int(n) for n in on_rail.sum(axis=0))


def samples_of(
    columns: Columns, channels: ChannelMap, sfreq_hz: float, unit: Unit, bits: int | None
) -> Samples:
    """Take the columns as raw EMG in ``unit`` at the electrodes, ``sfreq_hz`` samples a second.

    ``bits`` is the converter's, and gives its rails where the unit is counts. Raises ``AnalysisError``
    for times that do not fit the rate, and counts that do not fit the bits.
    """
    _check_times(columns, sfreq_hz)
    if unit == "counts":
        counts, rails = _as_counts(columns, bits)
        steps = (1.0,) * len(channels)
        scales = steps
    else:
        encoded = [_encode(column * UNITS[unit]) for column in columns.values.T]
        counts, rails = np.stack([each[0] for each in encoded], axis=1), None
        scales = tuple(each[1] for each in encoded)
        steps = tuple(each[2] for each in encoded)
    low, high = rails or (-(1 << 31), (1 << 31) - 1)
    infos = tuple(
        ChannelInfo(c.pin, c.muscle, c.side, "raw", (low, high), (low * scale, high * scale), 1.0)
        for c, scale in zip(channels, scales, strict=True)
    )
    name = columns.path.name
    info = StreamInfo(
        name,
        name,
        sfreq_hz,
        infos,
        firmware="",
        protocol=0,
        simulated=False,
        bits=bits or 0,
        oversample=1,
        reference_mv=0.0,
    )
    first_s = 0.0 if columns.time_s is None else float(columns.time_s[0])
    return Samples(info, "counts" if unit == "counts" else "µV", counts, steps, rails, first_s)


def _check_times(columns: Columns, sfreq_hz: float) -> None:
    """The file's own times must run at the rate, without a jump."""
    if columns.time_s is None or len(columns.time_s) < 2:
        return
    steps = np.diff(columns.time_s)
    usual = float(np.median(steps))
    if abs(usual * sfreq_hz - 1.0) > RATE_TOLERANCE:
        own = f"{1.0 / usual:g} samples a second" if usual > 0.0 else "no rising times"
        raise AnalysisError(f"time_s of {columns.path} says {own}, --sfreq says {sfreq_hz:g}.")
    jumps = np.flatnonzero(np.abs(steps * sfreq_hz - 1.0) > 0.5)
    if len(jumps):
        at = int(jumps[0])
        raise AnalysisError(
            f"time_s of {columns.path} jumps from {columns.time_s[at]:g} to {columns.time_s[at + 1]:g} s in "
            f"line {at + 3}: samples are missing there; cut the file into pieces without gaps."
        )


def _as_counts(columns: Columns, bits: int | None) -> tuple[NDArray[np.int32], tuple[int, int] | None]:
    values = columns.values
    whole = np.rint(values)
    if not np.array_equal(whole, values) or np.abs(whole).max() > FINEST:
        row, column = np.argwhere((whole != values) | (np.abs(whole) > FINEST))[0]
        raise AnalysisError(f"{_field(columns, row, column)}, which is no count; is the unit uV or mV?")
    counts = whole.astype(np.int32)
    if bits is None:
        return counts, None
    # Converters count from 0, or in two's complement around it.
    half = 1 << (bits - 1)
    low, high = (-half, half - 1) if counts.min() < 0 else (0, 2 * half - 1)
    outside = np.argwhere((counts < low) | (counts > high))
    if len(outside):
        row, column = outside[0]
        raise AnalysisError(
            f"{_field(columns, row, column)}, which {bits} bits cannot hold ({low} to {high}); is "
            "--bits right?"
        )
    return counts, (low, high)


def _field(columns: Columns, row: int, column: int) -> str:
    value, name = columns.values[row, column], columns.names[column]
    return f"{columns.path}, line {row + 2} has {value:g} in column {name!r}"


def _encode(values_uv: Array) -> tuple[NDArray[np.int32], float, float]:
    """Values as counts, the µV of one count, and the converter's own step in µV (NaN if it cannot be told).

    A constant may be taken off: raw EMG has none. Where the values lie on no grid, a count is a
    2**-30th of their range, rounded up to a power of two.
    """
    low = float(values_uv.min())
    reach = float(values_uv.max()) - low
    step = _step_uv(values_uv, reach)
    if np.isfinite(step):
        return np.rint((values_uv - low) / step).astype(np.int32), step, step
    scale = float(2.0 ** np.ceil(np.log2(reach / FINEST))) if reach > 0.0 else 1.0
    return np.rint((values_uv - low) / scale).astype(np.int32), scale, float("nan")


def _step_uv(values_uv: Array, reach: float) -> float:
    """The step of the grid that the values lie on, or NaN."""
    levels = np.unique(values_uv)
    if len(levels) < 3:
        return float("nan")
    about = float(np.median(np.diff(levels)))
    n_steps = round(reach / about)
    if not 1 < n_steps < FINEST:
        return float("nan")
    step = reach / n_steps
    places = (levels - levels[0]) / step
    # As many levels as values would lie on any grid that is fine enough.
    on_grid = float(np.abs(places - np.rint(places)).max()) <= OFF_GRID
    return step if on_grid else float("nan")
