"""The other side of ``tools/bench.py signal``: NeuroKit2, BioSPPy, BrainFlow, a SciPy script, mne-lsl's way.

Imports nothing of ours. Each does what its documentation shows: the whole recording at once, or, for a
stream, the last second again with every chunk, where the library has no filters that carry state.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from bench_worker import answer_rounds, in_child
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Measure = Callable[[], dict[str, float]]
#: From one channel's samples to its envelope, and to what the library finds in it.
Envelope = Callable[[Floats], Floats]
Find = Callable[[Floats], object]

WINDOW_S, RMS_S = 1.0, 0.125
#: s. What mne-lsl's buffer holds here.
BUFFER_S = 2.0
BAND_HZ, MAINS_HZ = (20.0, 450.0), (48.0, 52.0)


@dataclass(frozen=True)
class Input:
    """The same for everybody: µV (n, 2), their true strength (n,), how a stream is cut, and the filters."""

    microvolts: Floats
    strength: Floats
    rate: int
    chunk: int
    stream: int
    mains: bool

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What ``bench_signal.prepare`` left in the folder."""
        options = json.loads((folder / "options.json").read_text())
        return cls(np.load(folder / "microvolts.npy"), np.load(folder / "strength.npy"), **options)

    def chunks(self) -> list[Floats]:
        """The beginning of the recording as it streams in."""
        size = self.chunk
        return [self.microvolts[k : k + size] for k in range(0, self.stream - size + 1, size)]

    def check(self, envelope: Floats) -> None:
        """Raises ``AssertionError`` unless the envelope follows the strength."""
        n = len(envelope)
        alike = np.corrcoef(envelope, self.strength[:n])[0, 1]
        if n < 0.99 * len(self.strength) or not alike > 0.8:
            raise AssertionError(f"an envelope of {n} samples follows the strength with r = {alike:.2f}")


def neurokit2(rate: int) -> tuple[Envelope, Find]:
    """emg_clean and emg_amplitude; emg_process adds the activity."""
    import neurokit2

    def envelope(emg: Floats) -> Floats:
        cleaned = neurokit2.emg_clean(emg, sampling_rate=rate)
        return np.asarray(neurokit2.emg_amplitude(cleaned), dtype=np.float64)

    return envelope, lambda emg: neurokit2.emg_process(emg, sampling_rate=rate)


def biosppy(rate: int) -> tuple[Envelope, Find]:
    """filter_signal and smoother of its tools; emg finds onsets."""
    from biosppy.signals import emg as finder
    from biosppy.signals import tools

    size = int(RMS_S * rate)

    def envelope(emg: Floats) -> Floats:
        filtered = tools.filter_signal(emg, "butter", "bandpass", 2, list(BAND_HZ), rate)["signal"]
        smooth = tools.smoother(filtered**2, kernel="boxcar", size=size)["signal"]
        return np.sqrt(np.maximum(np.asarray(smooth, dtype=np.float64), 0.0))

    return envelope, lambda emg: finder.emg(emg, sampling_rate=float(rate), show=False)


def brainflow(rate: int, *, mains: bool = False) -> tuple[Envelope, None]:
    """DataFilter's band-pass, its stop of 48 to 52 Hz if ``mains``, and rolling mean of the squares."""
    from brainflow.data_filter import AggOperations, DataFilter, FilterTypes

    size, kind, mean = int(RMS_S * rate), FilterTypes.BUTTERWORTH.value, AggOperations.MEAN.value

    def envelope(emg: Floats) -> Floats:
        data = np.array(emg)
        DataFilter.perform_bandpass(data, rate, *BAND_HZ, 2, kind, 0)
        if mains:
            DataFilter.perform_bandstop(data, rate, *MAINS_HZ, 2, kind, 0)
        data *= data
        DataFilter.perform_rolling_filter(data, size, mean)
        return np.sqrt(np.maximum(data, 0.0))

    return envelope, None


def scipy(rate: int) -> tuple[Envelope, None]:
    """sosfilt, and a convolution of the squares."""
    from scipy import signal

    band = signal.butter(2, BAND_HZ, "bandpass", fs=rate, output="sos")
    size = int(RMS_S * rate)
    box = np.full(size, 1.0 / size)

    def envelope(emg: Floats) -> Floats:
        filtered = signal.sosfilt(band, emg)
        squares: Floats = np.convolve(filtered**2, box)[: len(emg)]
        return np.sqrt(squares)

    return envelope, None


def again(envelope: Envelope, given: Input) -> float:
    """CPU time a chunk when the last second is worked out again with every chunk, in s."""
    ring = np.zeros((2, int(WINDOW_S * given.rate)))
    ring[:] = given.microvolts[: ring.shape[1]].T
    chunks = given.chunks()
    began = time.process_time()
    for chunk in chunks:
        ring = np.concatenate([ring[:, len(chunk) :], chunk.T], axis=1)
        glute, quad = envelope(ring[0])[-1], envelope(ring[1])[-1]
        _share = glute / (glute + quad)
    return (time.process_time() - began) / len(chunks)


def with_state(given: Input) -> float:
    """CPU time a chunk of a SciPy script that carries its filter's state, in s."""
    from scipy import signal

    band = signal.butter(2, BAND_HZ, "bandpass", fs=given.rate, output="sos")
    size = int(RMS_S * given.rate)
    box = np.full(size, 1.0 / size)
    states = [np.zeros((len(band), 2)) for _ in range(2)]
    tails = [np.zeros(size - 1) for _ in range(2)]
    chunks = given.chunks()
    began = time.process_time()
    for chunk in chunks:
        envelopes = []
        for channel in range(2):
            emg, states[channel] = signal.sosfilt(band, chunk[:, channel], zi=states[channel])
            squares = np.concatenate([tails[channel], emg**2])
            tails[channel] = squares[-(size - 1) :]
            envelopes.append(np.sqrt(np.convolve(squares, box, "valid")))
        _share = envelopes[0] / (envelopes[0] + envelopes[1])
    return (time.process_time() - began) / len(chunks)


def buffered(given: Input) -> float:
    """CPU time a chunk the way mne-lsl's ``StreamLSL`` takes one, our own retelling, in s.

    Channels are picked, each filter carries its state over them, and samples and their times are rolled
    into buffers under a lock. An RMS for every new sample is then made from what the buffer holds.
    """
    from scipy import signal

    filters = [signal.butter(2, BAND_HZ, "bandpass", fs=given.rate, output="sos")]
    if given.mains:
        filters.append(signal.butter(2, MAINS_HZ, "bandstop", fs=given.rate, output="sos"))
    states = [np.zeros((len(sos), 2, 2)) for sos in filters]
    held = int(BUFFER_S * given.rate)
    buffer, times_s, picks, lock = np.zeros((held, 2)), np.zeros(held), np.arange(2), threading.Lock()
    size = int(RMS_S * given.rate)
    box = np.full(size, 1.0 / size)
    chunks = given.chunks()
    stamps_s = [(k * given.chunk + np.arange(given.chunk)) / given.rate for k in range(len(chunks))]
    began = time.process_time()
    for chunk, stamp_s in zip(chunks, stamps_s, strict=True):
        emg = chunk[:, picks]
        for k, sos in enumerate(filters):
            emg[:, picks], states[k] = signal.sosfilt(sos, emg[:, picks], axis=0, zi=states[k])
        n = len(emg)
        with lock:
            buffer, times_s = np.roll(buffer, -n, axis=0), np.roll(times_s, -n, axis=0)
            buffer[-n:], times_s[-n:] = emg, stamp_s
        squares = buffer[-(n + size - 1) :, picks].T ** 2
        glute, quad = (np.sqrt(np.convolve(row, box, "valid")) for row in squares)
        _share = glute / (glute + quad)
    return (time.process_time() - began) / len(chunks)


LIBRARIES: dict[str, Callable[[int], tuple[Envelope, Find | None]]] = {
    "neurokit2": neurokit2,
    "biosppy": biosppy,
    "brainflow": brainflow,
    "scipy": scipy,
}


def offline(envelope: Envelope, given: Input) -> float:
    """CPU time of both channels' envelopes and their share, in s."""
    began = time.process_time()
    glute, quad = (envelope(given.microvolts[:, channel]) for channel in range(2))
    with np.errstate(invalid="ignore", divide="ignore"):
        _share = glute / (glute + quad)
    spent = time.process_time() - began
    given.check(glute)
    return spent


def minute(library: str, given: Input) -> Measure:
    """Everything that the library can do of the three tasks."""
    envelope, find = LIBRARIES[library](given.rate)

    def measure() -> dict[str, float]:
        reading = {"offline_ms": offline(envelope, given) * 1e3}
        stream_s = with_state(given) if library == "scipy" else again(envelope, given)
        reading["stream_us"] = stream_s * 1e6
        if find is not None:
            began = time.process_time()
            for channel in range(2):
                find(given.microvolts[:, channel])
            reading["found_ms"] = (time.process_time() - began) * 1e3
        return reading

    return measure


def live(library: str, given: Input) -> Measure:
    """The stream alone."""
    if library == "mne-lsl-style":
        return lambda: {"stream_us": buffered(given) * 1e6}
    envelope, _ = brainflow(given.rate, mains=given.mains)
    return lambda: {"stream_us": again(envelope, given) * 1e6}


def hour(library: str, given: Input) -> Measure:
    """A whole recording, in a process that has not done one before, and then once more."""
    envelope, _ = brainflow(given.rate, mains=given.mains) if library == "brainflow" else scipy(given.rate)

    def measure() -> dict[str, float]:
        return {"hour_s": offline(envelope, given), "again_s": offline(envelope, given)}

    return lambda: in_child(measure)


SUBJECTS = {"minute": minute, "live": live, "hour": hour}

if __name__ == "__main__":
    import warnings

    # What a library warns about is for its own users; the answers on this channel are JSON lines.
    warnings.simplefilter("ignore")
    answer_rounds(SUBJECTS[sys.argv[3]](sys.argv[1], Input.load(Path(sys.argv[2]))))
