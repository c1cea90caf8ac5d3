"""Things that go wrong on purpose, with known times: ``stall@12+3,mains@20+4:glute=60``.

Three happen on the way of the bytes (``LINK_FAULTS``), the others at the pads (``PAD_FAULTS``).
"""

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from device.channel_map import ChannelMap

FaultKind = Literal[
    "stall",
    "loss",
    "unplug",
    "saturation",
    "liftoff",
    "flat",
    "mains",
    "motion",
    "tension",
    "crosstalk",
    "ecg",
]

#: Seconds that each fault lasts unless told otherwise.
DEFAULT_DURATION_S: dict[str, float] = {
    "stall": 3.0,
    "loss": 10.0,
    "unplug": 3.0,
    "saturation": 4.0,
    "liftoff": 4.0,
    "flat": 4.0,
    "mains": 4.0,
    "motion": 0.5,
    "tension": 10.0,
    "crosstalk": 30.0,
    "ecg": 30.0,
}
DEFAULT_START_S = 10.0
#: Faults of the link: no byte arrives; one frame in fifty is lost; the board is gone and returns.
LINK_FAULTS = ("stall", "loss", "unplug")
#: Faults of one channel: its gain is so high that work drives it to the rails; its pad hangs in the air;
#: its sensor gives one voltage; mains beside the muscle; a tug at the cable; tension that should be rest;
#: the other muscle of the leg in its pads; the heart in its pads.
PAD_FAULTS = ("saturation", "liftoff", "flat", "mains", "motion", "tension", "crosstalk", "ecg")

#: Part of the DATA frames that "loss" drops.
LOSS_PART = 0.02
#: How strong each fault is unless told otherwise (all the project's own choice):
#: "saturation" raises the working muscle to this RMS in parts of the distance to the rail; mains of a pad
#: in the air, mains beside a muscle, and a tug of 2 to 8 Hz in µV RMS (the tug as it reaches the board,
#: behind the sensor's filter); tension in parts of the maximum; the part of the other muscle's µV that
#: comes over; µV from zero to peak of a heartbeat.
DEFAULT_LEVEL: dict[str, float] = {
    "saturation": 0.8,
    "liftoff": 150.0,
    "mains": 100.0,
    "motion": 500.0,
    "tension": 0.20,
    "crosstalk": 0.15,
    "ecg": 60.0,
}

_FAULT = re.compile(
    r"(?P<kind>[a-z]+)(@(?P<start>\d+(\.\d+)?))?(\+(?P<duration>\d+(\.\d+)?))?(:(?P<channel>[\w:]+))?"
    r"(=(?P<level>\d+(\.\d+)?))?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault from ``start_s`` on for ``duration_s`` seconds of the person's time.

    ``channel`` names the pads of a pad fault: a pin (``A0``), a muscle (``glute``), or both words
    (``glute:right``). ``None`` for faults of the link. ``level`` is how strong it is, in the unit of
    its kind (see ``DEFAULT_LEVEL``), ``None`` for the usual.
    """

    kind: FaultKind
    start_s: float
    duration_s: float
    channel: str | None = None
    level: float | None = None

    @property
    def stop_s(self) -> float:
        """When the fault has passed."""
        return self.start_s + self.duration_s

    @property
    def strength(self) -> float:
        """``level``, or the usual one of the kind."""
        return DEFAULT_LEVEL.get(self.kind, 0.0) if self.level is None else self.level

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

    def partner(self, channels: ChannelMap) -> int:
        """Column of the other muscle of the same leg; raises ``ValueError`` where there is none."""
        own = self.column(channels)
        for column, worn in enumerate(channels):
            if column != own and worn.side == channels[own].side:
                return column
        raise ValueError(f"The fault {self.kind} needs two muscles of one leg; there is but one.")


def parse_faults(text: str, channels: ChannelMap) -> tuple[Fault, ...]:
    """Read faults separated by commas, each ``NAME[@START][+DURATION][:CHANNEL][=LEVEL]`` with seconds.

    Left out, START is 10 s, DURATION as in ``DEFAULT_DURATION_S``, CHANNEL the first one, LEVEL as in
    ``DEFAULT_LEVEL``.
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
    if kind not in DEFAULT_LEVEL and match["level"]:
        raise ValueError(f"The fault {kind} takes no level ('{text}').")
    start_s = float(match["start"] or DEFAULT_START_S)
    duration_s = float(match["duration"] or DEFAULT_DURATION_S[kind])
    channel = (match["channel"] or channels[0].pin) if kind in PAD_FAULTS else None
    fault = Fault(kind, start_s, duration_s, channel, float(match["level"]) if match["level"] else None)
    if channel is not None:
        fault.column(channels)
    if kind == "crosstalk":
        fault.partner(channels)
    return fault
