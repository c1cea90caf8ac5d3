"""From microvolts at the electrodes to counts: gain, mid-rail offset, converter, oversampling.

Each conversion is rounded on its own, with the converter's own noise, and the sum is not divided
(firmware_protocol.md P4.4): so oversampling resolves here exactly what noise lets it resolve, and the
conversions of one sample all see the same voltage (on a board they are some 0.1 ms apart).
"""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from device.stream import ChannelInfo, StreamInfo

Array = NDArray[np.float64]

#: RMS noise of one conversion in its own steps (the project's own choice: the last bit flickers).
CONVERTER_NOISE_STEPS = 0.5

#: Names this use of the seed among the streams of random numbers.
CONVERTER_STREAM = 6


@dataclass(frozen=True, slots=True)
class Adc:
    """A converter of ``converter_bits`` with ``reference_mv`` at full scale, behind a sensor of ``gain``.

    0 µV lies at half the reference. ``oversample`` conversions are summed into one sample.
    """

    gain: float = 200.0
    reference_mv: float = 5000.0
    converter_bits: int = 10
    oversample: int = 4

    @classmethod
    def of(cls, info: StreamInfo, channel: ChannelInfo) -> "Adc":
        """The converter behind a channel of a stream."""
        return cls(channel.gain, info.reference_mv, info.bits - int(log2(info.oversample)), info.oversample)

    @property
    def bits(self) -> int:
        """Bits of a sample after oversampling."""
        return self.converter_bits + int(log2(self.oversample))

    @property
    def step_uv(self) -> float:
        """One step of the converter itself, in µV at the electrodes."""
        return self.reference_mv * 1000.0 / (1 << self.converter_bits) / self.gain

    @property
    def rail_uv(self) -> float:
        """The largest voltage at the electrodes that does not clip."""
        return self.step_uv * (1 << (self.converter_bits - 1))

    @property
    def noise_uv(self) -> float:
        """RMS of noise and rounding of one sample, in µV at the electrodes, white from 0 to half the rate."""
        return self.step_uv * float(np.sqrt((CONVERTER_NOISE_STEPS**2 + 1.0 / 12.0) / self.oversample))

    def convert(self, uv: Array, noise: NDArray[np.float32]) -> NDArray[np.int32]:
        """µV (n,) and unit noise (n, oversample) -> counts (n,) between the rails."""
        middle, top = 1 << (self.converter_bits - 1), (1 << self.converter_bits) - 1
        steps = (uv / self.step_uv + middle + 0.5)[:, np.newaxis] + CONVERTER_NOISE_STEPS * noise
        return np.asarray(np.clip(np.floor(steps), 0, top).sum(axis=1), dtype=np.int32)


def converter_noise(seed: int, pin: int, block: int, size: int, oversample: int) -> NDArray[np.float32]:
    """Unit noise of the conversions of one block of samples of one pin, (size, oversample)."""
    random = np.random.default_rng((seed, CONVERTER_STREAM, pin, block))
    return random.standard_normal((size, oversample), dtype=np.float32)
