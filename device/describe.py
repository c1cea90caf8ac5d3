"""INFO of a board and the wearer's channel map -> what a source says of its stream."""

from device.channel_map import Assignment, ChannelMap
from device.codes import SOFTWARE_BOARD
from device.messages import VERSION, Info, InfoChannel
from device.stream import ChannelInfo, Signal, StreamInfo

_SIGNALS: dict[int, Signal] = {0: "raw", 1: "rectified", 2: "envelope", 3: "aux"}
_BOARDS = {1: "ATmega328P board", 2: "AVR board", SOFTWARE_BOARD: "simulated board"}


def describe(info: Info, channel_map: ChannelMap | None, *, simulated: bool = False) -> StreamInfo:
    """The stream that ``info`` announces; pins that the map does not name keep no muscle.

    A board in software says so in INFO, which makes the stream simulated whatever link it came by.
    """
    assigned = {assignment.pin_number: assignment for assignment in channel_map or ()}
    return StreamInfo(
        name=_BOARDS.get(info.board, "board"),
        source_id=f"efp:{info.board_id:08x}",
        sfreq_hz=float(info.sfreq_hz),
        channels=tuple(_channel(channel, info, assigned.get(channel.pin)) for channel in info.channels),
        firmware=info.firmware_version,
        protocol=VERSION,
        simulated=simulated or info.board == SOFTWARE_BOARD,
        bits=info.bits,
        oversample=info.oversample,
        reference_mv=float(info.reference_mv),
    )


def _channel(channel: InfoChannel, info: Info, assigned: Assignment | None) -> ChannelInfo:
    highest = (1 << info.bits) - 1
    uv_per_count = info.reference_mv * 1000 / (1 << info.bits) / channel.gain  # P4.3
    return ChannelInfo(
        pin=f"A{channel.pin}",
        muscle=assigned.muscle if assigned else None,
        side=assigned.side if assigned else None,
        signal=_SIGNALS.get(channel.kind, "aux"),
        digital_range=(0, highest),
        physical_range=(-channel.offset * uv_per_count, (highest - channel.offset) * uv_per_count),
        gain=channel.gain,
        skew_s=channel.skew_s,
    )
