"""What a stream's rate and kinds of signal can carry, and what is switched off, with the reason."""

from typing import Final

from device.stream import ChannelInfo, StreamInfo
from emgfeedback.contact.bands import LEAST_RATE, MAINS_HZ

#: Hz. Rates that the chain takes, and those from which raw EMG has its whole band, and its spectrum.
LOWEST_RATE_HZ: Final = 100.0
HIGHEST_RATE_HZ: Final = 4000.0
WHOLE_BAND_HZ: Final = 500.0
SPECTRUM_RATE_HZ: Final = 1000.0

_RAW_ONLY: Final = (
    ("mains, movement and crosstalk check", "the sensor has filtered them away or into its envelope"),
    ("band-pass and notch", "they would take an envelope's own rise and fall away"),
    ("median frequency and fatigue", "an envelope has no spectrum of the muscle any more"),
    ("onset finer than 50 ms", "the sensor's own smoothing delays it"),
)


def rate_trouble(sfreq_hz: float) -> str:
    """One sentence when the chain does not take this rate, else nothing."""
    if LOWEST_RATE_HZ <= sfreq_hz <= HIGHEST_RATE_HZ:
        return ""
    return (
        f"{sfreq_hz:g} samples a second cannot be used; set the board to {LOWEST_RATE_HZ:g} to "
        f"{HIGHEST_RATE_HZ:g} Hz."
    )


def switched_off(info: StreamInfo) -> list[tuple[str, str]]:
    """(metric, reason) of all that this stream cannot carry; empty for raw EMG at 1 kHz and more."""
    found: list[tuple[str, str]] = []
    worn = [channel for channel in info.channels if channel.signal != "aux"]
    processed = [channel for channel in worn if channel.signal != "raw"]
    if processed:
        pins = _pins(processed)
        found += [(metric, f"{pins}: {reason}.") for metric, reason in _RAW_ONLY]
    if len(processed) < len(worn):
        found += _by_rate(info.sfreq_hz)
    return found


def _by_rate(sfreq_hz: float) -> list[tuple[str, str]]:
    """What raw EMG loses at this rate."""
    found = []
    if sfreq_hz < SPECTRUM_RATE_HZ:
        reason = f"{sfreq_hz:g} samples a second lack the upper part; {SPECTRUM_RATE_HZ:g} have it."
        found.append(("median frequency and fatigue", reason))
    if sfreq_hz < WHOLE_BAND_HZ:
        top = 0.45 * sfreq_hz
        reason = f"The band ends at {top:.0f} Hz, so µV do not compare with those of other rates."
        found.append(("whole band of 20 to 450 Hz", reason))
    missing = [f"{hz:g}" for hz in MAINS_HZ if sfreq_hz < LEAST_RATE * hz]
    if missing:
        reason = f"{' and '.join(missing)} Hz cannot be told at {sfreq_hz:g} samples a second."
        found.append(("mains check", reason))
    return found


def _pins(channels: list[ChannelInfo]) -> str:
    return ", ".join(channel.pin for channel in channels)
