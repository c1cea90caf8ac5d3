"""Our side of tools/bench.py: the codec, the whole source, the serial link's way to read, the pipeline.

The board behind codec and source is device.board.Board; what it sent is recorded before the clock runs, so
that only the reader's work is counted.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench_peers import load_chunks
from bench_reader import Stream, delays
from bench_worker import answer_rounds
from numpy.typing import NDArray

from calibration.record import Calibration, ChannelCalibration
from device.board import Board
from device.framed import FramedSource
from device.handshake import StreamRequest
from device.messages import Data
from device.samples import unpack_samples
from device.stream import ChannelInfo, SampleChunk, StreamInfo
from device.wire import Decoder, Ping, Set, Start, encode
from emgfeedback.chain import ChainSettings
from emgfeedback.pipeline import Pipeline

Measure = Callable[[], dict[str, float]]
Samples = NDArray[np.int64]

#: Time for hello, settings and start before the samples under test begin.
HANDSHAKE_S = 1.0
#: What comes within 5 ms: a hop of 8 ms comes in two frames, so that its first bytes wait 4 ms for the rest.
GATHER_BYTES = 50


def recorded(samples: Samples) -> Board:
    """A board whose pins hold ``samples`` (n, channels), and then their last row."""

    def signal(start: int, n: int, pins: tuple[int, ...], sfreq_hz: float) -> Samples:
        rows = np.clip(np.arange(start, start + n), 0, len(samples) - 1)
        return samples[rows][:, list(pins)]

    return Board(1, signal)


def codec(folder: Path) -> Measure:
    """Decoder.feed for each piece of bytes as it arrived, and unpack_samples of what it gave."""
    samples, cuts_s = np.load(folder / "samples.npy"), np.load(folder / "cuts_s.npy")
    channels = samples.shape[1]
    board = recorded(samples)
    board.power_on(0.0)
    board.receive(encode(Set(rate_hz=1000, oversample=1, encoding=0, k=0, pins=(0, 1))))
    board.receive(encode(Start(), seq=1))
    pieces: list[bytes] = []
    for at_s in cuts_s.tolist():
        if at_s // 1.0 > board.now_s // 1.0:
            board.receive(encode(Ping(token=len(pieces))))
        pieces.append(board.advance(at_s))

    def measure() -> dict[str, float]:
        decoder = Decoder("host")
        got = []
        began = time.process_time()
        for piece in pieces:
            payloads = [message.samples for message in decoder.feed(piece) if type(message) is Data]
            if payloads:
                got.append(unpack_samples(payloads, 0, channels, 10))
        spent = time.process_time() - began
        whole = np.concatenate(got)
        if len(whole) < 0.9 * len(samples) or not np.array_equal(whole, samples[: len(whole)]):
            raise AssertionError("our samples differ from what was sent")
        return {"ns": spent / len(whole) * 1e9}

    return measure


class CutLink:
    """A link in virtual time: each read moves the board to the next cut, and keeps what came."""

    name = "recorded board"

    def __init__(self, board: Board, cuts_s: NDArray[np.float64]) -> None:
        self._board, self._cuts_s = board, deque(cuts_s.tolist())
        self.now_s = 0.0
        self.reads: list[tuple[float, bytes]] = []
        board.power_on(0.0)

    def clock(self) -> float:
        """Time of the last read."""
        return self.now_s

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        """What the board sends until the next cut."""
        self.now_s = self._cuts_s.popleft()
        data = self._board.advance(self.now_s)
        self.reads.append((self.now_s, data))
        return data

    def write(self, data: bytes) -> None:
        """Hand ``data`` to the board."""
        self._board.receive(data)

    def close(self) -> None:
        """Nothing to let go of."""


class PlayedLink:
    """The reads of a ``CutLink`` once more, without a board behind them."""

    name = "recorded board"

    def __init__(self, reads: list[tuple[float, bytes]]) -> None:
        self._reads = deque(reads)
        self.now_s = 0.0

    def clock(self) -> float:
        """Time of the last read."""
        return self.now_s

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        """The next recorded read."""
        self.now_s, data = self._reads.popleft()
        return data

    def write(self, data: bytes) -> None:
        """The answer is in the recording already."""

    def close(self) -> None:
        """Nothing to let go of."""


def source(folder: Path) -> Measure:
    """FramedSource.read: codec, timeline, chunks, counters, keep-alive."""
    samples, cuts_s = np.load(folder / "samples.npy"), np.load(folder / "cuts_s.npy")
    before_s = np.arange(0.0, HANDSHAKE_S, 0.008)
    live = CutLink(recorded(samples), np.concatenate([before_s, HANDSHAKE_S + cuts_s]))
    wanted = int(0.9 * len(samples))
    read_all(FramedSource(live, StreamRequest(), clock=live.clock), wanted)

    def measure() -> dict[str, float]:
        played = PlayedLink(live.reads)
        framed = FramedSource(played, StreamRequest(), clock=played.clock)
        began = time.process_time()
        chunks = read_all(framed, wanted)
        spent = time.process_time() - began
        whole = np.concatenate([chunk.counts for chunk in chunks])
        if framed.stats.samples_lost or not np.array_equal(whole, samples[: len(whole)]):
            raise AssertionError("our samples differ from what was sent")
        return {"ns": spent / len(whole) * 1e9}

    return measure


def read_all(framed: FramedSource, wanted: int) -> list[SampleChunk]:
    """Chunks until ``wanted`` samples have come."""
    chunks: list[SampleChunk] = []
    while not chunks or chunks[-1].stop < wanted:
        chunk = framed.read(0.1)
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def link(folder: Path) -> Measure:
    """SerialLink.read, told how many bytes are to come together, as a source tells it."""
    from device.serial_link import SerialLink

    options = json.loads((folder / "options.json").read_text())

    def measure() -> dict[str, float]:
        with Stream(options) as stream:
            port = SerialLink(stream.path, 500_000)
            try:
                return delays(stream, lambda: port.read(1.0, GATHER_BYTES), options)
            finally:
                port.close()

    return measure


def chain(folder: Path) -> Measure:
    """What the peers do, and no more: filters, envelope, %MVC and the ratio, from µV."""
    from emgfeedback.dsp.amplitude import amplitude_for

    chunks, rate = load_chunks(folder)
    info, settings = stream_info(2, rate), ChainSettings(notch_hz=50.0)

    def measure() -> dict[str, float]:
        amplitude = amplitude_for(info, settings, hop=8)
        amplitude.calibrate(np.full(2, 5.0), np.full(2, 200.0))
        began = time.process_time()
        for chunk in chunks:
            _, _, percent = amplitude.push(chunk)
            _share = percent[:, 0] / (percent[:, 0] + percent[:, 1])
        return {"us": (time.process_time() - began) / len(chunks) * 1e6}

    return measure


def pipeline(folder: Path) -> Measure:
    """Pipeline.push of the whole chain: filters, envelope, contact, %MVC, share, reps, from counts."""
    chunks, rate = load_chunks(folder)
    info, settings = stream_info(2, rate), ChainSettings(notch_hz=50.0)
    calibration = perfect_calibration(info, settings)
    size = len(chunks[0])
    counts = [np.rint(chunk / info.channels[0].uv_per_count + 2048).astype(np.int16) for chunk in chunks]

    def measure() -> dict[str, float]:
        chain = Pipeline(info, settings, calibration)
        if chain.uncalibrated:
            raise AssertionError(chain.uncalibrated)
        made = [SampleChunk(i * size, count.copy(), i * size / rate) for i, count in enumerate(counts)]
        hops = 0
        began = time.process_time()
        for chunk in made:
            hops += len(chain.push(chunk).hops)
        spent = time.process_time() - began
        if hops < 0.9 * len(made) * size / rate / ChainSettings().hop_s:
            raise AssertionError("the pipeline gave fewer hops than it was pushed")
        return {"us": spent / len(made) * 1e6}

    return measure


def perfect_calibration(info: StreamInfo, settings: ChainSettings) -> Calibration:
    """5 µV at rest and 200 µV at 100 % on every channel."""
    channels = tuple(
        ChannelCalibration(
            c.pin, c.muscle or "", c.side or "", c.signal, c.gain, 5.0, 1.0, 200.0, 210.0, "perfect"
        )
        for c in info.channels
    )
    record = settings.as_record()
    when = "2026-01-01T00:00:00+00:00"
    return Calibration("bench", when, info.source_id, info.sfreq_hz, True, channels, record)  # noqa: FBT003


def stream_info(n_channels: int, rate_hz: int) -> StreamInfo:
    """Glute and quad on a 12-bit board at gain 200."""
    channels = tuple(
        ChannelInfo(f"A{pin}", muscle, "right", "raw", (0, 4095), (-12500.0, 12500.0), 200.0)
        for pin, muscle in enumerate(("glute", "quad")[:n_channels])
    )
    return StreamInfo(
        name="bench",
        source_id="bench",
        sfreq_hz=float(rate_hz),
        channels=channels,
        firmware="1.0",
        protocol=1,
        simulated=True,
        bits=12,
        oversample=4,
        reference_mv=5000.0,
    )


OURS: dict[str, Callable[[Path], Measure]] = {
    "codec": codec,
    "source": source,
    "link": link,
    "chain": chain,
    "pipeline": pipeline,
}

if __name__ == "__main__":
    answer_rounds(OURS[sys.argv[1]](Path(sys.argv[2])))
