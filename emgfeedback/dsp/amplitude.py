"""From values at the electrodes to EMG, envelope and %MVC, per kind of signal.

Raw EMG is band-passed, and its envelope is a sliding RMS. A rectified signal or a sensor's own
envelope is not filtered, and its envelope is a sliding mean over 80 ms: the sensor has smoothed it
already (project's own choice; 60 to 100 ms make it about as steady as 125 ms of RMS).

The 100 % of each channel comes as two µV numbers, rest and full; NaN while there are none.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from device.stream import StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.design import emg_sections
from emgfeedback.dsp.envelope import SlidingMean
from emgfeedback.dsp.filters import StreamingFilter

Array = NDArray[np.float64]
Estimate = tuple[Array, Array, Array]

# Looking these up costs a fifth of calling them.
_maximum, _multiply, _subtract, _sqrt = np.maximum, np.multiply, np.subtract, np.sqrt

#: s. Mean over a rectified signal or a sensor's envelope.
MEAN_WINDOW_S = 0.08


class Amplitude(Protocol):
    """Values (m * hop, n_channels) in, ``(emg_uv, envelope_uv, percent_mvc)`` of that shape out."""

    def restart(self) -> None:
        """Forget the past: the next sample is a first sample."""

    def calibrate(self, rest_uv: Array, full_uv: Array) -> None:
        """Set rest and 100 % (n_channels,), from the next push on."""

    def push(self, values_uv: Array) -> Estimate:
        """Take whole hops; new arrays."""


class RawAmplitude:
    """Band-pass, then RMS over ``window`` samples; rest is taken off in power."""

    def __init__(self, sections: Array, window: int, n_channels: int, hop: int) -> None:
        self._filter = StreamingFilter(sections, n_channels, hop)
        self._mean_square = SlidingMean(window, n_channels, hop, squares=True)
        nothing = np.full(n_channels, np.nan)
        self.calibrate(nothing, nothing)

    def restart(self) -> None:
        self._filter.restart()
        self._mean_square.restart()

    def calibrate(self, rest_uv: Array, full_uv: Array) -> None:
        self._rest_square = rest_uv**2
        self._factor = 100.0 / np.sqrt(full_uv**2 - rest_uv**2)
        self._rows: dict[int, tuple[Array, Array]] = {}

    def push(self, values_uv: Array) -> Estimate:
        emg_uv = self._filter.push(values_uv)
        mean_square = self._mean_square.push(emg_uv)
        n = len(values_uv)
        rest_square, factor = self._rows.get(n) or self._spread(n)
        percent: Array = _maximum(mean_square, rest_square)
        _subtract(percent, rest_square, percent)
        _sqrt(percent, percent)
        _multiply(percent, factor, percent)
        return emg_uv, _sqrt(mean_square, mean_square), percent

    def _spread(self, n: int) -> tuple[Array, Array]:
        """Rest and factor on ``n`` rows: arrays of one shape combine in half the time."""
        spread = self._rows[n] = np.tile(self._rest_square, (n, 1)), np.tile(self._factor, (n, 1))
        return spread


class MeanAmplitude:
    """Sliding mean of a rectified signal or a sensor's envelope; rest is taken off linearly."""

    def __init__(self, window: int, n_channels: int, hop: int) -> None:
        self._mean = SlidingMean(window, n_channels, hop, squares=False)
        self._rest = self._scale = np.full(n_channels, np.nan)

    def restart(self) -> None:
        self._mean.restart()

    def calibrate(self, rest_uv: Array, full_uv: Array) -> None:
        self._rest, self._scale = rest_uv, 100.0 / (full_uv - rest_uv)

    def push(self, values_uv: Array) -> Estimate:
        mean = self._mean.push(values_uv)
        return values_uv.copy(), mean, np.maximum((mean - self._rest) * self._scale, 0.0)


class MixedAmplitude:
    """Some columns raw, the others not: each kind goes through its own chain."""

    def __init__(self, *parts: tuple[list[int], Amplitude]) -> None:
        self._parts = parts

    def restart(self) -> None:
        for _, part in self._parts:
            part.restart()

    def calibrate(self, rest_uv: Array, full_uv: Array) -> None:
        for columns, part in self._parts:
            part.calibrate(rest_uv[columns], full_uv[columns])

    def push(self, values_uv: Array) -> Estimate:
        whole = np.empty((3, *values_uv.shape))
        for columns, part in self._parts:
            whole[:, :, columns] = part.push(np.ascontiguousarray(values_uv[:, columns]))
        return whole[0], whole[1], whole[2]


def amplitude_for(info: StreamInfo, settings: ChainSettings, hop: int) -> Amplitude:
    """The chain for the kinds of signal of a stream, column by column."""
    raw = [k for k, c in enumerate(info.channels) if c.signal == "raw"]
    mean = [k for k, c in enumerate(info.channels) if c.signal != "raw"]
    mean_chain = MeanAmplitude(_samples(MEAN_WINDOW_S, info), len(mean), hop)
    if not raw:
        return mean_chain
    sections = emg_sections(settings.band_low_hz, settings.band_high_hz, settings.notch_hz, info.sfreq_hz)
    raw_chain = RawAmplitude(sections, _samples(settings.rms_window_s, info), len(raw), hop)
    return MixedAmplitude((raw, raw_chain), (mean, mean_chain)) if mean else raw_chain


def _samples(seconds: float, info: StreamInfo) -> int:
    return max(1, round(seconds * info.sfreq_hz))
