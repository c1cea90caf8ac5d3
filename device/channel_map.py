"""Which muscle is on which pin: the wearer's knowledge, which no board can have.

Written ``A0=glute:right,A1=quad:right``: pin, muscle and side of each pair of pads, in the
order in which the channels are to come. For a table of samples, the name of a column stands for the pin.
"""

import re
from dataclasses import dataclass

MUSCLES = ("glute", "quad", "hamstring")
SIDES = ("left", "right")

#: A board sends at most this many channels (P4: c is 1 to 8).
MOST_CHANNELS = 8

_ENTRY = re.compile(r"A(\d{1,2})=([a-z]+):([a-z]+)")
_COLUMN_ENTRY = re.compile(r"(.*\S)\s*=\s*([a-z]+):([a-z]+)")


@dataclass(frozen=True, slots=True)
class Assignment:
    """The pads of ``muscle`` on ``side`` are wired to the analogue input ``pin`` (``"A0"``).

    For a table of samples, ``pin`` is the name of the column.
    """

    pin: str
    muscle: str
    side: str

    @property
    def pin_number(self) -> int:
        """The n of An."""
        return int(self.pin[1:])


ChannelMap = tuple[Assignment, ...]


def parse_channel_map(text: str) -> ChannelMap:
    """Read ``A0=glute:right,A1=quad:right``.

    Raises ``ValueError``, one sentence, for anything else: a word that is no muscle or side,
    a pin or a muscle named twice, no channel at all or more than eight.
    """
    channels = tuple(_parse_entry(entry.strip()) for entry in text.split(","))
    if len(channels) > MOST_CHANNELS:
        raise ValueError(
            f"The channel map names {len(channels)} channels; a board has at most {MOST_CHANNELS}."
        )
    _refuse_twice("pin", [channel.pin for channel in channels], text)
    _refuse_twice("muscle", [f"{channel.muscle}:{channel.side}" for channel in channels], text)
    return channels


def parse_column_map(text: str) -> ChannelMap:
    """Read ``GMAX=glute:right,VL=quad:right``, where names of columns stand for pins.

    A name may hold anything but a comma. Raises ``ValueError`` as ``parse_channel_map`` does.
    """
    channels = tuple(_parse_column_entry(entry.strip()) for entry in text.split(","))
    _refuse_twice("column", [channel.pin for channel in channels], text)
    _refuse_twice("muscle", [f"{channel.muscle}:{channel.side}" for channel in channels], text)
    return channels


def format_channel_map(channels: ChannelMap) -> str:
    """The text that ``parse_channel_map`` reads back to the same map."""
    return ",".join(f"{channel.pin}={channel.muscle}:{channel.side}" for channel in channels)


def _parse_entry(entry: str) -> Assignment:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(
            f"{entry!r} in the channel map is not PIN=MUSCLE:SIDE, as in A0=glute:right,A1=quad:right."
        )
    pin, muscle, side = match.groups()
    return _assigned(f"A{int(pin)}", muscle, side)


def _parse_column_entry(entry: str) -> Assignment:
    match = _COLUMN_ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(
            f"{entry!r} in the channel map is not COLUMN=MUSCLE:SIDE, as in GMAX=glute:right,VL=quad:right."
        )
    return _assigned(*match.groups())


def _assigned(pin: str, muscle: str, side: str) -> Assignment:
    if muscle not in MUSCLES:
        raise ValueError(
            f"{muscle!r} in the channel map is no muscle known here; use one of {', '.join(MUSCLES)}."
        )
    if side not in SIDES:
        raise ValueError(f"{side!r} in the channel map is no side; use left or right.")
    return Assignment(pin, muscle, side)


def _refuse_twice(noun: str, values: list[str], text: str) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"The channel map {text!r} names the {noun} {value} twice; each may stand once.")
