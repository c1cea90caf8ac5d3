"""What a signal chain would read if there were no chance: levels from spectra, and a calibration."""

from dataclasses import dataclass

import numpy as np

from calibration import Calibration, ChannelCalibration
from device.channel_map import Assignment, ChannelMap
from device.stream import ChannelInfo, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.simulation.adc import Adc
from emgfeedback.simulation.body import MVC_UV, SHAPE_HZ
from emgfeedback.simulation.electrodes import NOISE_UV, hum_components
from emgfeedback.simulation.spectrum import chain_power, emg_shape, flat, grid, power_kept

#: s. Window of the resting level whose spread a calibration states.
REST_WINDOW_S = 0.25


@dataclass(frozen=True, slots=True)
class RestingLevel:
    """RMS of a relaxed muscle behind the chain, and its spread over 250 ms windows, in µV."""

    rms_uv: float
    sd_uv: float


def kept(muscle: str, sfreq_hz: float, chain: ChainSettings) -> float:
    """Part of a muscle's RMS at the electrodes that passes the sensor's filter and the chain's band-pass."""
    return float(np.sqrt(power_kept(emg_shape(*SHAPE_HZ[muscle]), sfreq_hz, chain)))


def mvc_uv(channel: Assignment, sfreq_hz: float, chain: ChainSettings) -> float:
    """RMS of a true maximum behind the chain, in µV, without any noise."""
    return MVC_UV[channel.muscle, channel.side] * kept(channel.muscle, sfreq_hz, chain)


def resting_level(adc: Adc, sfreq_hz: float, chain: ChainSettings) -> RestingLevel:
    """Electrode noise, hum and converter noise behind the chain."""
    frequency_hz = grid(sfreq_hz)
    passed = chain_power(frequency_hz, sfreq_hz, chain)
    noise = NOISE_UV**2 * power_kept(flat, sfreq_hz, chain) + adc.noise_uv**2 * float(passed.mean())
    hum = sum(
        uv**2 * float(chain_power(np.array([hz]), sfreq_hz, chain)[0]) for hz, uv in hum_components(sfreq_hz)
    )
    rms_uv = float(np.sqrt(noise + hum))
    # Spread of a mean square over T: noise against itself and against the hum, in the noise's bandwidth.
    bandwidth_hz = 0.5 * sfreq_hz * float(passed.mean() ** 2 / (passed**2).mean())
    spread = np.sqrt((noise**2 + 2.0 * noise * hum) / (bandwidth_hz * REST_WINDOW_S))
    return RestingLevel(rms_uv, float(spread / (2.0 * rms_uv)))


def perfect_calibration(
    channels: ChannelMap, info: StreamInfo, chain: ChainSettings, created: str, wearer: str
) -> Calibration:
    """The calibration that an endless squeeze and an endless rest would give, of quality "perfect".

    100 % is the true maximum, whatever a persona's own squeezes reach. ``created`` is ISO 8601
    with offset. Raises ``ValueError`` when the stream has a pin without pads.
    """
    worn = {channel.pin: channel for channel in channels}
    missing = [channel.pin for channel in info.channels if channel.pin not in worn]
    if missing:
        raise ValueError(f"The simulated person wears no pads on {', '.join(missing)}.")
    return Calibration(
        wearer=wearer,
        created=created,
        board_id=info.source_id,
        sfreq_hz=info.sfreq_hz,
        simulated=True,
        channels=tuple(_channel(worn[channel.pin], channel, info, chain) for channel in info.channels),
        chain=chain.as_record(),
    )


def _channel(
    worn: Assignment, channel: ChannelInfo, info: StreamInfo, chain: ChainSettings
) -> ChannelCalibration:
    rest = resting_level(Adc.of(info, channel), info.sfreq_hz, chain)
    full_uv = float(np.hypot(mvc_uv(worn, info.sfreq_hz, chain), rest.rms_uv))
    return ChannelCalibration(
        pin=channel.pin,
        muscle=worn.muscle,
        side=worn.side,
        signal=channel.signal,
        gain=channel.gain,
        rest_uv=rest.rms_uv,
        rest_sd_uv=rest.sd_uv,
        mvc_uv=full_uv,
        best_500ms_uv=full_uv,
        quality="perfect",
    )
