"""Bytes in, sample chunks out: boards, links and the wire protocol."""

from device.board import Board
from device.board_link import BoardLink
from device.board_settings import BoardInput, BoardModel
from device.channel_map import Assignment, ChannelMap, format_channel_map, parse_channel_map
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
from device.framed import FramedSource
from device.handshake import StreamRequest
from device.open import open_source
from device.reconnect import ReconnectingSource
from device.source import ByteLink, Source
from device.stream import ChannelInfo, LinkStats, Marker, SampleChunk, StreamInfo

__all__ = [
    "Assignment",
    "Board",
    "BoardInput",
    "BoardLink",
    "BoardModel",
    "ByteLink",
    "ChannelInfo",
    "ChannelMap",
    "DeviceBusy",
    "DeviceError",
    "DeviceLost",
    "DeviceNotFound",
    "FramedSource",
    "HandshakeFailed",
    "LinkStats",
    "Marker",
    "MissingDriver",
    "PermissionDenied",
    "Reason",
    "ReconnectingSource",
    "SampleChunk",
    "Source",
    "StreamInfo",
    "StreamRequest",
    "format_channel_map",
    "open_source",
    "parse_channel_map",
]
