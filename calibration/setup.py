"""What has to be the same before two days can be compared at all: wearer, board, pins, gains, filters."""

from collections.abc import Mapping, Sequence
from typing import Final

from calibration.comparison import Today
from calibration.plan import ChannelSpec
from calibration.record import Calibration

#: Part of the sampling rate by which two rates still count as the same.
RATE_TOLERANCE: Final = 0.01


def changed_setup(then: Calibration, today: Today) -> str:
    """What is another one today before anybody squeezes; empty when nothing is."""
    if today.wearer != then.wearer:
        return "it is not one of yours"
    if today.simulated != then.simulated or today.board_id != then.board_id:
        return "this is not the same board"
    specs = [channel.spec for channel in today.channels]
    return changed_channels(then, specs, today.sfreq_hz, today.chain)


def changed_channels(
    then: Calibration,
    channels: Sequence[ChannelSpec],
    sfreq_hz: float | None = None,
    chain: Mapping[str, float | str] | None = None,
) -> str:
    """What changed in pins, kinds of signal, gains, rate and filters; empty when nothing did."""
    wanted = {spec.pin: spec for spec in channels if spec.calibrated}
    had = {channel.pin: channel for channel in then.channels}
    places = {pin: (spec.muscle, spec.side) for pin, spec in wanted.items()}
    if places != {pin: (channel.muscle, channel.side) for pin, channel in had.items()}:
        return "the pads sit on other pins or spots"
    if any(spec.signal != had[pin].signal for pin, spec in wanted.items()):
        return "a pad gives a new kind of signal"
    if any(spec.gain != had[pin].gain for pin, spec in wanted.items()):
        return "the gain changed"
    if sfreq_hz and abs(then.sfreq_hz / sfreq_hz - 1.0) > RATE_TOLERANCE:
        return "the board runs at a new rate"
    if any(then.chain.get(name) != value for name, value in (chain or {}).items()):
        return "the filter is not the one of then"
    return ""
