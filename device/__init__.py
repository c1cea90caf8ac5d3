"""Bytes in, sample chunks out: boards, links and the wire protocol."""

from device.errors import (
    DeviceBusy,
    DeviceError,
    DeviceLost,
    DeviceNotFound,
    HandshakeFailed,
    MissingDriver,
    PermissionDenied,
    Reason,
)
from device.source import ByteLink, Source
from device.stream import ChannelInfo, LinkStats, Marker, SampleChunk, StreamInfo

__all__ = [
    "ByteLink",
    "ChannelInfo",
    "DeviceBusy",
    "DeviceError",
    "DeviceLost",
    "DeviceNotFound",
    "HandshakeFailed",
    "LinkStats",
    "Marker",
    "MissingDriver",
    "PermissionDenied",
    "Reason",
    "SampleChunk",
    "Source",
    "StreamInfo",
]
