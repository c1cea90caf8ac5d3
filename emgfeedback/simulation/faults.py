"""Things that go wrong on purpose, with known times: ``stall@12+3,liftoff@20+4:glute``.

Three happen on the way of the bytes (``LINK_FAULTS``), two at the pads (``PAD_FAULTS``).
"""

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from device.channel_map import ChannelMap

FaultKind = Literal["stall", "loss", "unplug", "saturation", "liftoff"]

#: Seconds that each fault lasts unless told otherwise.
DEFAULT_DURATION_S: dict[str, float] = {
    "stall": 3.0,
    "loss": 10.0,
    "unplug": 3.0,
    "saturation": 4.0,
    "liftoff": 4.0,
}
DEFAULT_START_S = 10.0
#: Faults of the link: no byte arrives; one frame in fifty is lost; the board is gone and returns.
LINK_FAULTS = ("stall", "loss", "unplug")
#: Faults of one channel: its gain is so high that work drives it to the rails; its pad hangs in the air.
PAD_FAULTS = ("saturation", "liftoff")

#: Part of the DATA frames that "loss" drops.
LOSS_PART = 0.02
#: µV RMS of mains at the electrodes while a pad is off, and the RMS, in parts of the distance to the rail,
#: to which "saturation" raises the working muscle (both the project's own choice).
LIFTOFF_HUM_UV = 150.0
SATURATION_PART = 0.8

_FAULT = re.compile(
    r"(?P<kind>[a-z]+)(@(?P<start>\d+(\.\d+)?))?(\+(?P<duration>\d+(\.\d+)?))?(:(?P<channel>[\w:]+))?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault from ``start_s`` on for ``duration_s`` seconds of the person's time.

    ``channel`` names the pads of a pad fault: a pin (``A0``), a muscle (``glute``), or both words
    (``glute:right``). ``None`` for faults of the link.
    """

    kind: FaultKind
    start_s: float
    duration_s: float
    channel: str | None = None

    @property
    def stop_s(self) -> float:
        """When the fault has passed."""
        return self.start_s + self.duration_s

    def samples(self, sfreq_hz: float) -> tuple[int, int]:
        """First sample of the fault, and the first one after it."""
        return round(self.start_s * sfreq_hz), round(self.stop_s * sfreq_hz)

    def column(self, channels: ChannelMap) -> int:
        """Column of the channel that the fault is at; raises ``ValueError`` when nothing is worn there."""
        for column, worn in enumerate(channels):
            if self.channel in (worn.pin, worn.muscle, f"{worn.muscle}:{worn.side}"):
                return column
        there = ", ".join(f"{worn.muscle}:{worn.side}" for worn in channels)
        raise ValueError(f"The fault {self.kind} names the channel {self.channel!r}; there are {there}.")


def parse_faults(text: str, channels: ChannelMap) -> tuple[Fault, ...]:
    """Read faults separated by commas, each ``NAME[@START][+DURATION][:CHANNEL]`` with seconds.

    Left out, START is 10 s, DURATION as in ``DEFAULT_DURATION_S``, CHANNEL the first one.
    Raises ``ValueError`` with the names of the faults there are.
    """
    return tuple(_parse_fault(part.strip(), channels) for part in text.split(",") if part.strip())


def _parse_fault(text: str, channels: ChannelMap) -> Fault:
    match = _FAULT.fullmatch(text)
    if match is None or match["kind"] not in get_args(FaultKind):
        raise ValueError(
            f"Unknown fault '{text}'; write NAME@START+SECONDS:CHANNEL with one of the names "
            f"{', '.join(get_args(FaultKind))}, for example liftoff@12+4:glute."
        )
    kind = cast("FaultKind", match["kind"])
    if kind in LINK_FAULTS and match["channel"]:
        raise ValueError(f"The fault {kind} is one of the link and takes no channel ('{text}').")
    start_s = float(match["start"] or DEFAULT_START_S)
    duration_s = float(match["duration"] or DEFAULT_DURATION_S[kind])
    channel = (match["channel"] or channels[0].pin) if kind in PAD_FAULTS else None
    fault = Fault(kind, start_s, duration_s, channel)
    if channel is not None:
        fault.column(channels)
    return fault
