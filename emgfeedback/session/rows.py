"""Between the rows of a session file and the nouns of the project.

Everything that comes out of a file is checked for type and range here: each ``..._from`` raises
``ValueError`` (or its subclass from msgspec) where a value cannot be what was written.
"""

import dataclasses
import json
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import numpy as np

from calibration import Calibration
from calibration.errors import CalibrationError
from calibration.form import parse
from device import ChannelInfo, SampleChunk, StreamInfo
from device.stream import Counts
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Rep, Zone
from emgfeedback.session.header import SessionHeader

Row = tuple[object, ...]

INFO_COLUMNS = (
    "name", "source_id", "sfreq_hz", "firmware", "protocol", "simulated", "bits", "oversample", "reference_mv"
)  # fmt: skip
HEADER_COLUMNS = (
    "uuid", "started", "started_host_s", "wearer", "exercise", "isolated", "power",
    *INFO_COLUMNS, "settings", "zones", "versions", "calibration",
)  # fmt: skip
CHANNEL_COLUMNS = (
    "position", "pin", "muscle", "side", "signal", "digital_min", "digital_max", "physical_min",
    "physical_max", "gain", "skew_s", "unit", "prefiltering",
)  # fmt: skip
CHUNK_COLUMNS = ("start", "n_samples", "host_time_s", "counts", "crc32")
REP_COLUMNS = (
    "number", "side", "start", "hold_start", "hold_stop", "stop", "told", "mean_percent", "peak_percent",
    "share", "left_out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that are missing: ``n_samples`` from index ``start`` on.

    ``cause`` is ``link`` (lost between board and app, or never sampled) or ``overflow`` (they
    arrived, but the disk was too slow to take them).
    """

    start: int
    n_samples: int
    cause: str

    @property
    def stop(self) -> int:
        """Index of the first sample after the gap."""
        return self.start + self.n_samples


@dataclass(frozen=True, slots=True)
class Event:
    """Something the app did at a sample index: a change of settings, calibration or zone, a cue, a set."""

    sample: int
    kind: str
    data: dict[str, object]


def session_row(header: SessionHeader) -> Row:
    """The values of ``HEADER_COLUMNS``."""
    info = header.info
    isolated = None if header.isolated is None else int(header.isolated)
    stream = (int(v) if isinstance(v, bool) else v for v in (getattr(info, name) for name in INFO_COLUMNS))
    return (
        header.uuid, header.started, header.started_host_s, header.wearer, header.exercise, isolated,
        header.power, *stream, json.dumps(header.settings.as_record()),
        json.dumps(zones_record(header.zones)),
        json.dumps(dict(header.versions)), None if header.calibration is None else 1,
    )  # fmt: skip


def channel_rows(info: StreamInfo) -> list[Row]:
    """The values of ``CHANNEL_COLUMNS``, one row per channel in column order."""
    return [
        (i, c.pin, c.muscle, c.side, c.signal, *c.digital_range, *c.physical_range,
         c.gain, c.skew_s, c.unit, c.prefiltering)
        for i, c in enumerate(info.channels)
    ]  # fmt: skip


def channel_from(row: Sequence[object]) -> ChannelInfo:
    """A channel from its row."""
    fields = dict(zip(CHANNEL_COLUMNS, row, strict=True))
    del fields["position"]
    fields["digital_range"] = (fields.pop("digital_min"), fields.pop("digital_max"))
    fields["physical_range"] = (fields.pop("physical_min"), fields.pop("physical_max"))
    channel = msgspec.convert(fields, ChannelInfo)
    numbers = (*channel.physical_range, channel.gain, channel.skew_s)
    (d0, d1), (p0, p1) = channel.digital_range, channel.physical_range
    if not all(math.isfinite(x) for x in numbers) or d0 >= d1 or p0 == p1:
        raise ValueError(f"the range of channel {channel.pin} is impossible")
    return channel


def _flag(value: object) -> bool:
    if value not in (0, 1):
        raise ValueError(f"{value!r} is neither 0 nor 1")
    return bool(value)


@dataclass(frozen=True, slots=True)
class _Start:
    """The columns of a header that are checked together."""

    uuid: str
    started: str
    started_host_s: float
    wearer: str
    exercise: str
    isolated: bool | None
    power: str
    settings: ChainSettings
    zones: dict[str, Zone]
    versions: dict[str, str]


def header_from(
    row: Sequence[object], channels: tuple[ChannelInfo, ...], calibrations: Mapping[int, Calibration]
) -> SessionHeader:
    """A header from the row of ``session``, the channels and the calibrations by their id."""
    fields = dict(zip(HEADER_COLUMNS, row, strict=True))
    stream = {name: fields.pop(name) for name in INFO_COLUMNS}
    stream["simulated"] = _flag(stream["simulated"])
    info = dataclasses.replace(msgspec.convert({**stream, "channels": ()}, StreamInfo), channels=channels)
    if not 1.0 <= info.sfreq_hz <= 1e6 or not channels:
        raise ValueError(f"a stream of {len(channels)} channels at {info.sfreq_hz} Hz is impossible")
    fields |= {
        "isolated": None if fields["isolated"] is None else _flag(fields["isolated"]),
        "settings": json.loads(str(fields["settings"])),
        "zones": json.loads(str(fields["zones"])),
        "versions": json.loads(str(fields["versions"])),
    }
    number = fields.pop("calibration")
    start = msgspec.convert(fields, _Start)
    if datetime.fromisoformat(start.started).tzinfo is None:
        raise ValueError(f"its start {start.started} has no offset")
    calibration = None if number is None else calibrations[msgspec.convert(number, int)]
    return SessionHeader(
        info, start.settings, calibration, start.zones, start.wearer, start.exercise, start.isolated,
        start.power, start.started, start.started_host_s, start.uuid, start.versions,
    )  # fmt: skip


def settings_from(record: Mapping[str, object]) -> ChainSettings:
    """Settings of the signal chain from the data of a ``settings`` event."""
    return msgspec.convert(dict(record), ChainSettings)


def calibration_from(text: object) -> Calibration:
    """A calibration from its JSON form."""
    try:
        return parse(str(text))
    except CalibrationError as error:
        raise ValueError(str(error).rstrip(".")) from error


def zones_record(zones: Mapping[str, Zone]) -> dict[str, object]:
    """Zones as the data of a ``zone`` event: side -> low and high, 0..1."""
    return {side: {"low": zone.low, "high": zone.high} for side, zone in zones.items()}


def zones_from(data: Mapping[str, object]) -> dict[str, Zone]:
    """Zones from the data of a ``zone`` event."""
    return msgspec.convert(dict(data), dict[str, Zone])


def event_from(row: Sequence[object]) -> Event:
    """An event from its sample, kind and data."""
    sample, kind, data = row
    fields = {"sample": sample, "kind": kind, "data": msgspec.json.decode(str(data), type=dict[str, object])}
    return msgspec.convert(fields, Event)


def chunk_crc32(start: int, n_samples: int, host_time_s: float, counts: bytes) -> int:
    """CRC-32 of start and number of samples (int64), host time (float64), little-endian, then the counts."""
    return zlib.crc32(counts, zlib.crc32(struct.pack("<qqd", start, n_samples, host_time_s)))


def chunk_row(chunk: SampleChunk) -> Row:
    """Start, number of samples, host time in s, little-endian counts in time order, CRC-32."""
    width = chunk.counts.dtype.itemsize
    if chunk.counts.dtype.kind != "i" or width not in (2, 4):
        raise ValueError(f"counts are int16 or int32, not {chunk.counts.dtype}")
    counts = np.ascontiguousarray(chunk.counts, dtype=f"<i{width}").tobytes()
    facts = int(chunk.start), len(chunk.counts), float(chunk.host_time_s), counts
    return *facts, chunk_crc32(*facts)


def chunk_from(row: Sequence[object], n_channels: int, lost: int) -> SampleChunk:
    """A chunk from its row, with the samples ``lost`` before it."""
    start, n_samples, host_time_s, counts = msgspec.convert(row[:4], tuple[int, int, float, bytes])
    width, rest = divmod(len(counts), max(n_samples, 1) * n_channels)
    crc32 = chunk_crc32(start, n_samples, host_time_s, counts)
    if n_samples < 1 or rest or width not in (2, 4) or row[4] != crc32:
        raise ValueError(f"the chunk at sample {start} is not as it was written")
    values: Counts = np.frombuffer(counts, dtype=f"<i{width}").reshape(n_samples, n_channels)
    return SampleChunk(start, values, host_time_s, lost)


def rep_row(rep: Rep) -> Row:
    """The values of ``REP_COLUMNS``; a number that is not there (NaN) becomes null."""
    return (
        rep.number, rep.side, rep.start, rep.hold_start, rep.hold_stop, rep.stop, rep.told,
        _numbers(rep.mean_percent), _numbers(rep.peak_percent),
        None if math.isnan(rep.share) else float(rep.share), rep.left_out,
    )  # fmt: skip


def _numbers(values: Sequence[float]) -> str:
    return json.dumps([None if math.isnan(v) else float(v) for v in values])


def _numbers_from(text: object) -> tuple[float, ...]:
    values = msgspec.json.decode(str(text), type=list[float | None])
    return tuple(math.nan if v is None else v for v in values)


def rep_from(row: Sequence[object]) -> Rep:
    """A rep from its row."""
    fields = dict(zip(REP_COLUMNS, row, strict=True))
    fields["mean_percent"] = _numbers_from(fields["mean_percent"])
    fields["peak_percent"] = _numbers_from(fields["peak_percent"])
    if fields["share"] is None:
        fields["share"] = math.nan
    return msgspec.convert(fields, Rep)
