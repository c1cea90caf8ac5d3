"""The other side of tools/bench.py: other people's ways of doing the same work. Imports nothing of ours.

Each is the code that its users run, or its core loop written from its published recipe where the original is
welded to a window. Run by tools/bench.py under the Python of the bench environment.
"""

import importlib.util
import json
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Measure = Callable[[], dict[str, float]]
Floats = NDArray[np.float64]

WINDOW_S, ENVELOPE_S = 1.0, 0.125
BAND_HZ, MAINS_HZ = (20.0, 450.0), (48.0, 52.0)


class Cut:
    """Stands for an open serial port: hands out bytes in the pieces in which they were to arrive."""

    is_open = True

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = deque(pieces)

    @property
    def in_waiting(self) -> int:
        """Bytes that the next read returns."""
        return len(self._pieces[0])

    def read(self, size: int) -> bytes:
        """The next piece, whole."""
        return self._pieces.popleft()


def chords_parser() -> Any:
    """chordspy's class for serial boards, from its own file: the package's front door wants a web server."""
    package = importlib.util.find_spec("chordspy")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("chordspy is not installed: pip install --no-deps chordspy")
    path = Path(package.submodule_search_locations[0]) / "chords_serial.py"
    spec = importlib.util.spec_from_file_location("chords_serial", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Chords_USB


def chords(folder: Path) -> Measure:
    """chordspy's own parser (Chords_USB.read_data) on the same samples in its own packets."""
    client_class = chords_parser()
    samples = np.load(folder / "samples.npy")
    sets, channels = samples.shape
    packets = np.zeros((sets, 2 * channels + 4), dtype=np.uint8)
    packets[:, 0], packets[:, 1], packets[:, -1] = 0xC7, 0x7C, 0x01
    packets[:, 2] = np.arange(sets) % 256
    packets[:, 3:-1] = samples.astype(">u2").view(np.uint8).reshape(sets, -1)
    wire, width = packets.tobytes(), packets.shape[1]
    rate_hz = json.loads((folder / "rate.json").read_text())
    ends = (np.load(folder / "cuts_s.npy") * rate_hz * width).astype(int)
    pieces = [wire[a:b] for a, b in zip([0, *ends], [*ends, len(wire)], strict=True) if b > a]

    def measure() -> dict[str, float]:
        client = client_class()
        client.num_channels, client.packet_length = channels, width
        client.data = np.zeros((channels, 2000))
        client.ser = Cut(pieces)
        began = time.process_time()
        for _ in pieces:
            client.read_data()
        spent = time.process_time() - began
        kept = min(2000, sets)
        if not np.array_equal(client.data[:, -kept:], samples[-kept:].T):
            raise AssertionError("chordspy's samples differ from what was sent")
        return {"ns": spent / sets * 1e9}

    return measure


def brainflow(folder: Path) -> Measure:
    """BrainFlow's way: the last second filtered again for every chunk, no state."""
    from brainflow.data_filter import AggOperations, DataFilter, FilterTypes

    chunks, rate = load_chunks(folder)
    window = int(WINDOW_S * rate)

    def filtered(row: Floats) -> float:
        data = np.ascontiguousarray(row)
        butterworth = FilterTypes.BUTTERWORTH.value
        DataFilter.perform_bandpass(data, rate, *BAND_HZ, 2, butterworth, 0)
        DataFilter.perform_bandstop(data, rate, *MAINS_HZ, 2, butterworth, 0)
        data = np.abs(data)
        DataFilter.perform_rolling_filter(data, int(ENVELOPE_S * rate), AggOperations.MEAN.value)
        return float(data[-1])

    def measure() -> dict[str, float]:
        ring = np.zeros((chunks[0].shape[1], window))
        began = time.process_time()
        for chunk in chunks:
            ring = np.concatenate([ring[:, len(chunk) :], chunk.T], axis=1)
            glute, quad = filtered(ring[0]), filtered(ring[1])
            _share = glute / (glute + quad)
        return {"us": (time.process_time() - began) / len(chunks) * 1e6}

    return measure


def script(folder: Path) -> Measure:
    """The usual SciPy script with state: per channel two sosfilt, rectify, convolve."""
    from scipy import signal

    chunks, rate = load_chunks(folder)
    band = signal.butter(2, BAND_HZ, "bandpass", fs=rate, output="sos")
    stop = signal.butter(2, MAINS_HZ, "bandstop", fs=rate, output="sos")
    taps = int(ENVELOPE_S * rate)
    mean = np.full(taps, 1.0 / taps)

    def measure() -> dict[str, float]:
        channels = chunks[0].shape[1]
        states = [[np.zeros((len(sos), 2)) for sos in (band, stop)] for _ in range(channels)]
        tails = [np.zeros(taps - 1) for _ in range(channels)]
        began = time.process_time()
        for chunk in chunks:
            envelopes = []
            for channel in range(channels):
                emg, states[channel][0] = signal.sosfilt(band, chunk[:, channel], zi=states[channel][0])
                emg, states[channel][1] = signal.sosfilt(stop, emg, zi=states[channel][1])
                rectified = np.concatenate([tails[channel], np.abs(emg)])
                tails[channel] = rectified[-(taps - 1) :]
                envelopes.append(np.convolve(rectified, mean, "valid"))
            _share = envelopes[0] / (envelopes[0] + envelopes[1])
        return {"us": (time.process_time() - began) / len(chunks) * 1e6}

    return measure


def load_chunks(folder: Path) -> tuple[list[Floats], int]:
    """Microvolts in chunks of the size under test, and the rate in Hz."""
    options: dict[str, Any] = json.loads((folder / "options.json").read_text())
    microvolts = np.load(folder / "microvolts.npy")
    size = options["chunk"]
    return [microvolts[i : i + size] for i in range(0, len(microvolts) - size + 1, size)], options["rate"]


def available_or_one(folder: Path) -> Measure:
    """pyserial's usual loop, which is chordspy's too: read(in_waiting or 1)."""
    import serial
    from bench_reader import Stream, delays

    options = json.loads((folder / "options.json").read_text())

    def measure() -> dict[str, float]:
        with Stream(options) as stream, serial.Serial(stream.path, 500_000, timeout=1) as port:
            return delays(stream, lambda: port.read(port.in_waiting or 1), options)

    return measure


PEERS: dict[str, Callable[[Path], Measure]] = {
    "chords": chords,
    "brainflow": brainflow,
    "script": script,
    "available-or-one": available_or_one,
}

if __name__ == "__main__":
    from bench_worker import answer_rounds

    answer_rounds(PEERS[sys.argv[1]](Path(sys.argv[2])))
