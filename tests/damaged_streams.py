"""Long streams as boards send them, and what lines do to bytes; all of it from a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from device.messages import MOST_CHANNELS
from device.samples import payload_bytes
from device.wire import (
    Ack,
    Data,
    Event,
    Info,
    InfoChannel,
    Pong,
    Sendable,
    Status,
    Text,
    encode,
    pack_samples,
)

Bytes: TypeAlias = NDArray[np.uint8]
Damage: TypeAlias = Callable[[Bytes, np.random.Generator], Bytes]

WRAP_US = 1 << 32


@dataclass(frozen=True, slots=True)
class Epoch:
    """One configuration of a board and how long it streams with it."""

    number: int
    n_channels: int
    rate_hz: int
    k: int
    encoding: int
    seconds: float

    def info(self) -> Info:
        """What the board says of it."""
        channels = (InfoChannel(pin, 0, 20000, 2048, 560, f"A{pin}") for pin in range(self.n_channels))
        return Info(
            encoding=self.encoding, k=self.k, bits=12, oversample=4, state=1,
            rate_num=16_000_000, rate_den=round(16_000_000 / self.rate_hz), reference_mv=5000,
            firmware=0x0100, board_id=77, capabilities=15, max_rate_hz=4000, board=1, test=0, boot_count=3,
            channels=tuple(channels), epoch=self.number,
        )  # fmt: skip

    @property
    def period_us(self) -> Fraction:
        """Exact sample period in µs."""
        return self.info().period_us


@dataclass(frozen=True, slots=True)
class Stream:
    """Frames in the order sent: messages with their header, wire bytes, and the set index of each DATA."""

    messages: list[Sendable]
    frames: list[bytes]
    index: dict[tuple[int, int], int]

    @property
    def wire(self) -> bytes:
        """All of it."""
        return b"".join(self.frames)


def board_stream(epochs: list[Epoch], seed: int, t_us: int = WRAP_US - 10_000_000) -> Stream:
    """The frames of a board that streams ``epochs`` one after the other, its clock wrapping after 10 s."""
    rng = np.random.default_rng(seed)
    stream = Stream([], [], {})
    for epoch in epochs:
        t_us += 1_000_000
        _send(stream, Ack(5, 10, 0), epoch)
        _stream_epoch(stream, epoch, rng, t_us)
        t_us += round(epoch.seconds * 1e6)
    return stream


def _stream_epoch(stream: Stream, epoch: Epoch, rng: np.random.Generator, t_us: int) -> None:
    frames_a_second = max(1, epoch.rate_hz // epoch.k)
    n_frames = round(epoch.seconds * frames_a_second)
    emg = rng.normal(2048, 250, (n_frames * epoch.k, epoch.n_channels)).clip(0, 4095).astype(int)
    at = 0
    for frame in range(n_frames):
        second, phase = divmod(frame, frames_a_second)
        now_us = (t_us + int(at * epoch.period_us)) % WRAP_US
        if phase == 0:
            if second % 2 == 0:
                _send(stream, epoch.info(), epoch)
            _send(stream, Status(now_us, frame, 0, 0, 0, 4990, 1200), epoch)
            _send(stream, Pong(second, now_us, now_us + 80), epoch)
        if frame % 997 == 996:
            _send(stream, Event(now_us, 9, -3), epoch)
            _send(stream, Text("electrode check"), epoch)
        # A missed tick ends a frame early now and then (P3.3).
        n = epoch.k if frame % 251 else max(1, epoch.k - 1)
        samples = pack_samples(emg[at : at + n], epoch.encoding)
        data = Data(epoch.number, 0, now_us, 0, n, samples)
        stream.index[epoch.number, now_us] = at
        _send(stream, data, epoch)
        at += n


def _send(stream: Stream, message: Sendable, epoch: Epoch) -> None:
    seq = len(stream.frames) % 65536
    wire = encode(message, seq, epoch.number)
    if isinstance(message, Data):
        stream.messages.append(message._replace(seq=seq, epoch=epoch.number))
    else:
        stream.messages.append(type(message)(**_values(message), seq=seq, epoch=epoch.number))
    stream.frames.append(wire)


def _values(message: Sendable) -> dict[str, object]:
    return {name: getattr(message, name) for name in type(message).__slots__}


def many_epochs(n: int, seconds: float, seed: int) -> list[Epoch]:
    """``n`` configurations: 1 to 8 channels, 250 to 2000 Hz, both encodings, frames of every length."""
    rng = np.random.default_rng(seed)
    epochs = []
    for number in range(n):
        channels = int(rng.integers(1, MOST_CHANNELS + 1))
        encoding = int(rng.integers(0, 2))
        most = max(k for k in range(1, 256) if payload_bytes(encoding, k * channels) <= 241)
        k = min(int(rng.choice([1, 4, 5, 8, 15, 60])), most)
        rate_hz = int(rng.choice([250, 500, 1000, 2000]))
        epochs.append(Epoch((250 + number) % 256, channels, rate_hz, k, encoding, seconds))
    return epochs


# What lines do. Each takes all bytes and gives what arrives.


def flips(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """One bit in 8000 is wrong."""
    out = wire.copy()
    hit = rng.random(len(wire)) < 1e-3
    out[hit] ^= (1 << rng.integers(0, 8, hit.sum())).astype(np.uint8)
    return out


def drops(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """One byte in 1000 is missing."""
    return wire[rng.random(len(wire)) >= 1e-3]


def duplicates(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """One byte in 1000 comes twice."""
    return np.repeat(wire, 1 + (rng.random(len(wire)) < 1e-3))


def overwritten(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """One byte in 200 is any other, a delimiter twice as often."""
    out = wire.copy()
    hit = rng.random(len(wire)) < 5e-3
    values = rng.integers(0, 256, hit.sum(), dtype=np.uint8)
    values[rng.random(len(values)) < 0.005] = 0
    out[hit] = values
    return out


def cuts(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """Whole USB packets of 64 bytes are missing, and now and then some kilobytes."""
    keep = np.ones(len(wire), dtype=bool)
    for start in rng.integers(0, len(wire), len(wire) // 4000):
        keep[start : start + 64] = False
    for start in rng.integers(0, len(wire), len(wire) // 200_000):
        keep[start : start + 5000] = False
    return wire[keep]


def splices(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """Blocks of 20 to 600 bytes: one in 20 comes twice, one in 20 not at all, one in 20 too early."""
    edges = np.cumsum(rng.integers(20, 600, len(wire) // 300))
    blocks = np.split(wire, edges[edges < len(wire)])
    out: list[Bytes] = []
    for at, fate in enumerate(rng.random(len(blocks))):
        if fate < 0.05:
            out += [blocks[at], blocks[at]]
        elif 0.10 <= fate < 0.15:
            out += [blocks[(at + 3) % len(blocks)], blocks[at]]
        elif fate >= 0.15:
            out.append(blocks[at])
    return np.concatenate(out)


def bursts(wire: Bytes, rng: np.random.Generator) -> Bytes:
    """Noise instead of the signal, 30 to 300 bytes in every 3000."""
    out = wire.copy()
    for start in rng.integers(0, len(wire), len(wire) // 3000):
        burst = out[start : start + int(rng.integers(30, 300))]
        burst[:] = rng.integers(0, 256, len(burst), dtype=np.uint8)
    return out


DAMAGES: dict[str, Damage] = {
    damage.__name__: damage for damage in (flips, drops, duplicates, overwritten, cuts, splices, bursts)
}


def reads(wire: Bytes, rng: np.random.Generator, mean_bytes: int = 120) -> list[bytes]:
    """``wire`` as a port hands it over: reads of 1 to twice ``mean_bytes`` bytes."""
    edges = np.cumsum(rng.integers(1, 2 * mean_bytes, len(wire) // mean_bytes + 1))
    data = wire.tobytes()
    bounds = [0, *edges[edges < len(data)].tolist(), len(data)]
    return [data[start:stop] for start, stop in pairwise(bounds)]
