"""Streams of known counts for the tests of sessions and exports."""

from collections.abc import Iterator

import numpy as np

from device import ChannelInfo, SampleChunk, StreamInfo

CHUNK = 8


def stream_info(
    n_channels: int = 2, sfreq_hz: float = 1000.0, bits: int = 12, *, simulated: bool = True
) -> StreamInfo:
    """A board whose counts run from 0 to 2^bits - 1 over ±12.5 mV at the electrodes."""
    places = [("glute", "right"), ("quad", "right"), ("glute", "left"), ("quad", "left")] * 2
    channels = tuple(
        ChannelInfo(
            pin=f"A{i}",
            muscle=places[i][0],
            side=places[i][1],
            signal="raw",
            digital_range=(0, 2**bits - 1),
            physical_range=(-12500.0, 12500.0),
            gain=200.0,
            skew_s=i * 1e-4,
            prefiltering="HP:20Hz LP:498Hz",
        )
        for i in range(n_channels)
    )
    return StreamInfo("test board", "T-1", sfreq_hz, channels, "0.1.0", 1, simulated, bits, 4, 5000.0)


def counts(start: int, n_samples: int, info: StreamInfo) -> np.ndarray:
    """Counts (n_samples, n_channels) that are a fixed function of the sample index."""
    index = np.arange(start, start + n_samples, dtype=np.int64)[:, None]
    column = np.arange(len(info.channels), dtype=np.int64)[None, :]
    scrambled = (index * 2654435761 + column * 40503 + (index >> 3)) >> 4
    high = info.channels[0].digital_range[1]
    return (scrambled % (high + 1)).astype(np.int16 if high < 2**15 else np.int32)


def chunks(
    info: StreamInfo, n_samples: int, losses: dict[int, int] | None = None, size: int = CHUNK
) -> Iterator[SampleChunk]:
    """Chunks up to index ``n_samples``; ``losses`` maps a sample index to how many are lost there."""
    losses = losses or {}
    at, lost = 0, 0
    while at < n_samples:
        if at in losses:
            lost = losses[at]
            at += lost
            continue
        stop = min([at + size, n_samples, *(k for k in losses if k > at)])
        yield SampleChunk(at, counts(at, stop - at, info), 100.0 + stop / info.sfreq_hz, lost)
        at, lost = stop, 0
