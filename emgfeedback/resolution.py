"""What a converter can resolve: the smallest effort at which the share is honest, and how to say so.

The rule. A coarse converter adds noise to the signal. Its power is measured at rest and taken off, but
the chance in it stays, and it moves the share of two equal muscles (the worst case) by

    0.25 * sqrt(2) * sqrt(a * r / 2 + b * r**2 / 4) / sqrt(W * T)      with r = (noise / effort)**2,

RMS, where W = 430 Hz is the band and T = 125 ms the envelope's window; a = 1.19 and b = 1.67 because the
effort itself flickers (by 1.5 dB in movement, and by the 40 degrees of freedom of EMG in the window).
That is 0.02 at an effort of twice the noise: ``HONEST_OVER_NOISE``.

The noise of one conversion is half a step, and its rounding the twelfth root of a step squared. Summing
several conversions averages the first. The second only averages while the last bit flickers, which no
converter promises, and the conversions of one sample see nearly the same voltage: it is not counted on.
So a 10-bit converter at 5 V behind a gain of 200 comes to 26 µV, to 17 µV with four conversions and
to 15 µV with eight; rounded up: 30, 20 and 20 µV. ``tests/test_resolution.py`` holds the rule against the
simulated person. All limits are the project's own choices.
"""

import math
from collections.abc import Callable, Sequence

from calibration.record import Calibration, ChannelCalibration
from device.stream import ChannelInfo, StreamInfo

#: RMS noise of one conversion in its own steps (as the simulated converter has it).
CONVERTER_NOISE_STEPS = 0.5
#: Part of white noise up to 500 Hz that lies within the band of 20 to 450 Hz.
NOISE_KEPT = 430.0 / 500.0
#: An effort of this many times the noise adds an error of 0.02 RMS to the share.
HONEST_OVER_NOISE = 2.0
#: A rep's share is a mean over seconds. By the same formula, with 2.5 s for T and 0.01 RMS (0.02 for 95 of
#: 100 reps), it is honest from half of the limit on; and the mean over rise and hold is 0.8 of the hold.
REP_PART = 0.4
#: µV. Limits are told in these steps, from 10 µV on and below.
COARSE_STEP_UV, FINE_STEP_UV = 5.0, 1.0

HONEST = "This board: the share is honest above {limit} µV."
HONEST_OF_MAX = "This board: the share is honest above {limit} µV ({percent} % of your max)."
HONEST_OF_REFERENCE = "This board: the share is honest above {limit} µV ({percent} % of your reference)."


def converter_noise_uv(channel: ChannelInfo, oversample: int) -> float:
    """Noise and rounding of one sample within the band, in µV RMS at the electrodes.

    ``oversample`` conversions were summed into each sample.
    """
    step_uv = abs(channel.uv_per_count) * oversample
    steps = math.sqrt(CONVERTER_NOISE_STEPS**2 / oversample + 1.0 / 12.0)
    return step_uv * steps * math.sqrt(NOISE_KEPT)


def smallest_effort_uv(channel: ChannelInfo, oversample: int) -> float:
    """µV RMS above which the share is honest on this channel, rounded up to a round number.

    0 for a sensor that gives an envelope: its smoothing comes before the converter, and the rule
    above does not hold for it.
    """
    if channel.signal != "raw":
        return 0.0
    limit_uv = HONEST_OVER_NOISE * converter_noise_uv(channel, oversample)
    step_uv = COARSE_STEP_UV if limit_uv > 2.0 * COARSE_STEP_UV else FINE_STEP_UV
    return step_uv * math.ceil(limit_uv / step_uv)


def smallest_percent(channel: ChannelInfo, oversample: int, record: ChannelCalibration) -> float:
    """The same in %MVC: the effort against the calibrated 100 %, rest taken off in power."""
    limit_uv = smallest_effort_uv(channel, oversample)
    return 100.0 * limit_uv / math.sqrt(record.mvc_uv**2 - record.rest_uv**2)


def smallest_efforts(info: StreamInfo, calibration: Calibration | None = None) -> list[dict[str, object]]:
    """The limit of each raw channel, for the session file: label, µV, and %MVC (``None`` uncalibrated)."""
    return [
        {
            "channel": channel.label,
            "pin": channel.pin,
            "smallest_effort_uv": smallest_effort_uv(channel, info.oversample),
            "smallest_effort_percent": None if record is None else smallest_percent(
                channel, info.oversample, record
            ),
        }
        for channel, record in _raw(info, calibration)
    ]  # fmt: skip


def resolution_words(
    info: StreamInfo, calibration: Calibration | None = None, translate: Callable[[str], str] = str
) -> str:
    """``This board: the share is honest above 20 µV (13 % of your max).``, or nothing without raw EMG.

    Of several channels the one is told that needs the greatest part of its 100 %.
    """
    channels = _raw(info, calibration)
    if not channels:
        return ""
    limit = f"{max(smallest_effort_uv(channel, info.oversample) for channel, _ in channels):g}"
    percents = [smallest_percent(c, info.oversample, own) for c, own in channels if own is not None]
    if calibration is None or not percents:
        return translate(HONEST).format(limit=limit)
    sentence = HONEST_OF_REFERENCE if calibration.method == "reference" else HONEST_OF_MAX
    return translate(sentence).format(limit=limit, percent=f"{max(percents):.0f}")


def _raw(
    info: StreamInfo, calibration: Calibration | None
) -> Sequence[tuple[ChannelInfo, ChannelCalibration | None]]:
    return [
        (channel, None if calibration is None else calibration.channel(channel.pin))
        for channel in info.channels
        if channel.signal == "raw"
    ]
