"""Which columns of a stream make a side, and what a calibration is worth on that stream."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.record import Calibration, ChannelCalibration
from device.stream import ChannelInfo, StreamInfo
from emgfeedback.chain import ChainSettings

Array = NDArray[np.float64]

#: Settings that change what a µV is; a calibration taken under others is no ruler.
_RULER_SETTINGS = ("band_low_hz", "band_high_hz", "notch_hz")


@dataclass(frozen=True, slots=True)
class SideColumns:
    """A side with both muscles: the columns of its glute and its quad."""

    name: str
    glute: int
    quad: int


def sides_of(info: StreamInfo) -> tuple[SideColumns, ...]:
    """The sides that have a glute and a quad, in the order of the stream's columns."""
    where = {(c.side, c.muscle): k for k, c in reversed(list(enumerate(info.channels)))}
    names = dict.fromkeys(c.side for c in info.channels if c.side)
    return tuple(
        SideColumns(name, where[name, "glute"], where[name, "quad"])
        for name in names
        if (name, "glute") in where and (name, "quad") in where
    )


@dataclass(frozen=True, slots=True)
class Ruler:
    """A calibration laid on a stream: per channel its record or ``None``, and a word why not.

    ``rest_uv`` and ``full_uv`` are (n_channels,), NaN where there is no record. ``why_not`` is one
    sentence while a side has no share, else empty.
    """

    channels: tuple[ChannelCalibration | None, ...]
    rest_uv: Array
    full_uv: Array
    why_not: str


def lay_ruler(
    info: StreamInfo, settings: ChainSettings, sides: tuple[SideColumns, ...], calibration: Calibration | None
) -> Ruler:
    """Match a calibration with the stream's channels, by pin, muscle, side, kind of signal and gain."""
    found: list[ChannelCalibration | None] = [None] * len(info.channels)
    why_not = "Not calibrated yet: bars are in µV, and there is no share."
    if calibration is not None:
        why_not = _other_chain(calibration, settings)
        if not why_not:
            found = [_matching(calibration, c) for c in info.channels]
            why_not = _first_missing(info, sides, found)
    if not why_not and not sides:
        why_not = "No side has both a glute and a quad channel, so there is no share; see --channels."
    rest = np.array([np.nan if c is None else c.rest_uv for c in found])
    full = np.array([np.nan if c is None else c.mvc_uv for c in found])
    return Ruler(tuple(found), rest, full, why_not)


def _other_chain(calibration: Calibration, settings: ChainSettings) -> str:
    mine = settings.as_record()
    for name in _RULER_SETTINGS:
        if name in calibration.chain and calibration.chain[name] != mine[name]:
            return (
                f"The calibration was taken with {name} = {calibration.chain[name]}, not {mine[name]}; "
                "calibrate again, or set it back."
            )
    return ""


def _matching(calibration: Calibration, channel: ChannelInfo) -> ChannelCalibration | None:
    record = calibration.channel(channel.pin)
    if record is None:
        return None
    here = (channel.muscle, channel.side, channel.signal, channel.gain)
    return record if (record.muscle, record.side, record.signal, record.gain) == here else None


def _first_missing(
    info: StreamInfo, sides: tuple[SideColumns, ...], found: list[ChannelCalibration | None]
) -> str:
    for side in sides:
        for column in (side.glute, side.quad):
            if found[column] is None:
                channel = info.channels[column]
                return (
                    f"The calibration does not fit {channel.label} on {channel.pin} "
                    "(other muscle, pin, gain or kind of signal); calibrate again."
                )
    return ""
