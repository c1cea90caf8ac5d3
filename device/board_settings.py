"""What a board in software is made of, and which settings it takes: P4, P5.3, P6.3, P6.4 and P9.

The limits are those of an ATmega328P, so that what runs against this board fits the real one:
a conversion with its interrupt takes 32 µs at the converter's fastest useful clock
(prescaler /32, measured in simavr), and the wire may be loaded to 85 % of the baud rate.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from device.messages import MOST_CHANNELS
from device.wire import AckCode, Encoding, Set, payload_bytes

#: One conversion with its interrupt at the fastest converter clock that is used, in µs.
FASTEST_SLOT_US = 32
#: The timer that triggers the sample sets, in Hz: rates are 16 MHz divided by a whole number.
TIMER_HZ = 16_000_000
MOST_LOAD = Fraction(85, 100)
#: Bytes on the wire of a DATA frame beside its payload (P9.1).
DATA_WIRE_BYTES = 14
#: 253 bytes less the 12 of a DATA frame beside its payload (P1.2, P3.4).
MOST_PAYLOAD_BYTES = 241
SHORTEST_FRAME_S, LONGEST_FRAME_S = Fraction(4, 1000), Fraction(8, 1000)
OVERSAMPLINGS = (1, 4, 16)
MOST_BITS = 16


@dataclass(frozen=True, slots=True)
class BoardInput:
    """What hangs on one pin. ``kind``: 0 raw, 1 rectified, 2 envelope, 3 aux; ``gain`` volts per volt.

    A raw signal rests at half the reference, the others at 0. ``skew_us``: how much later than the
    set's trigger the signal gives this channel. The default is a MyoWare 2.0 RAW output.
    """

    kind: int = 0
    gain: float = 200.0
    skew_us: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class BoardModel:
    """A kind of board. The default is like an Uno: 10 bits at 5 V, 500000 baud, 256 bytes to send.

    ``boot_s`` is how long the board is deaf after power or reset, ``clock_ppm`` how fast its clock
    runs, ``t_us_start`` what its clock reads at boot.
    """

    inputs: tuple[BoardInput, ...] = field(default=(BoardInput(),) * MOST_CHANNELS)
    converter_bits: int = 10
    reference_mv: int = 5000
    baud: int = 500_000
    firmware: int = 0x0100
    boot_s: float = 0.0
    clock_ppm: float = 0.0
    t_us_start: int = 0
    transmit_buffer_bytes: int = 256


@dataclass(frozen=True, slots=True)
class Settings:
    """One configuration that a board took. ``k``: most sets in a DATA frame; ``bits`` of a sample.

    ``max_rate_hz`` is the highest rate that would be taken, everything else as it is.
    """

    rate_hz: int
    oversample: int
    encoding: int
    k: int
    pins: tuple[int, ...]
    bits: int
    max_rate_hz: int

    @property
    def rate_den(self) -> int:
        """Timer ticks per sample set: the exact rate is ``TIMER_HZ / rate_den`` (P6.3)."""
        return round(Fraction(TIMER_HZ, self.rate_hz))

    @property
    def period_us(self) -> Fraction:
        """Exact sample period in µs."""
        return Fraction(self.rate_den * 1_000_000, TIMER_HZ)

    @property
    def top(self) -> int:
        """The upper rail: the sum of full-scale conversions (P4.4), which is just below 2^bits."""
        return (1 << self.bits) - self.oversample

    @property
    def scan_s(self) -> float:
        """From the trigger of a set to its last conversion, in seconds."""
        return len(self.pins) * self.oversample * FASTEST_SLOT_US * 1e-6


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why settings were not taken: code and limit of the ACK (P5.2, P5.3)."""

    code: AckCode
    limit: int = 0


def judge(asked: Set, model: BoardModel) -> Settings | Refusal:
    """What ``model`` makes of a SET: all of it, or nothing (P6.3)."""
    pins = asked.pins
    if not 1 <= len(pins) <= MOST_CHANNELS or asked.rate_hz == 0:
        return Refusal(AckCode.MALFORMED)
    if max(pins) >= len(model.inputs) or len(set(pins)) < len(pins):
        return Refusal(AckCode.PINS, len(model.inputs) - 1)
    most_oversample = max(n for n in OVERSAMPLINGS if _bits(model, n) <= MOST_BITS)
    if asked.oversample not in OVERSAMPLINGS or asked.oversample > most_oversample:
        return Refusal(AckCode.OVERSAMPLING, most_oversample)
    bits = _bits(model, asked.oversample)
    if asked.encoding not in (Encoding.U16, Encoding.P12) or (asked.encoding == Encoding.P12 and bits > 12):
        return Refusal(AckCode.ENCODING)
    if asked.k > _most_sets(asked):
        return Refusal(AckCode.MALFORMED)
    highest = _highest_rate(asked, model.baud)
    if asked.rate_hz > _converter_rate(asked):
        return Refusal(AckCode.TOO_FAST_FOR_CONVERTER, highest)
    k = _sets_per_frame(asked, asked.rate_hz, model.baud)
    if _load(asked, asked.rate_hz, k, model.baud) > MOST_LOAD:
        return Refusal(AckCode.TOO_FAST_FOR_WIRE, highest)
    return Settings(asked.rate_hz, asked.oversample, asked.encoding, k, pins, bits, highest)


def _bits(model: BoardModel, oversample: int) -> int:
    return model.converter_bits + oversample.bit_length() - 1


def _converter_rate(asked: Set) -> int:
    return min(65535, 1_000_000 // (FASTEST_SLOT_US * len(asked.pins) * asked.oversample))


def _most_sets(asked: Set) -> int:
    """Sets that fit a frame."""
    return max(n for n in range(1, 256) if _payload(asked, n) <= MOST_PAYLOAD_BYTES)


def _payload(asked: Set, sets: int) -> int:
    return payload_bytes(asked.encoding, sets * len(asked.pins))


def _load(asked: Set, rate_hz: int, k: int, baud: int) -> Fraction:
    """Share of the wire's capacity (P9.1)."""
    return Fraction(rate_hz * (DATA_WIRE_BYTES + _payload(asked, k)) * 10, k * baud)


def _sets_per_frame(asked: Set, rate_hz: int, baud: int) -> int:
    """P6.4: the smallest frame of 4 ms or more, up to 8 ms while the wire would be too full."""
    if asked.k:
        return asked.k
    most = min(max(1, int(rate_hz * LONGEST_FRAME_S)), _most_sets(asked))
    k = min(ceil(rate_hz * SHORTEST_FRAME_S), most)
    while k < most and _load(asked, rate_hz, k, baud) > MOST_LOAD:
        k += 1
    return k


def _highest_rate(asked: Set, baud: int) -> int:
    """The highest rate in Hz that both converter and wire carry, all else as asked; 0 if none."""
    # No frame is cheaper per set than the largest one, so no rate above this can fit.
    sets = asked.k or _most_sets(asked)
    bound = int(MOST_LOAD * baud * sets / (10 * (DATA_WIRE_BYTES + _payload(asked, sets))))
    for rate_hz in range(min(bound, _converter_rate(asked)), 0, -1):
        if _load(asked, rate_hz, _sets_per_frame(asked, rate_hz, baud), baud) <= MOST_LOAD:
            return rate_hz
    return 0
