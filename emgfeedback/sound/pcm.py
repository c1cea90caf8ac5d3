"""Sound as numbers: blocks of mono float samples, and the WAV files that engines and players speak."""

import io
import wave
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Samples of one channel within -1 to 1, ``RATE_HZ`` a second.
Pcm = NDArray[np.float32]

#: Hz. What espeak-ng gives by itself; speech has nothing above its half that anybody would miss.
RATE_HZ: Final = 22_050
#: Of full scale. What is quieter, before and after speech, is silence that would only delay it.
_SILENCE: Final = 0.01
_FULL: Final = 32767.0


class NotWav(ValueError):
    """The bytes are no WAV file of 16-bit samples; ``str(error)`` says what is wrong."""


def silence(seconds: float) -> Pcm:
    """Nothing, for so long."""
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def seconds(block: Pcm) -> float:
    """How long a block lasts."""
    return len(block) / RATE_HZ


def from_wav(data: bytes) -> Pcm:
    """The sound of a WAV file at ``RATE_HZ``, without the silence around it. Raises ``NotWav``."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate_hz = file.getsampwidth(), file.getnchannels(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError, RuntimeError, OSError) as error:
        # The library raises a bare RuntimeError for a length that leads out of the file.
        raise NotWav(f"no WAV file: {error or 'it ends too early'}") from error
    if width != 2 or channels < 1 or rate_hz < 1:
        raise NotWav(f"{8 * width} bits, {channels} channels, {rate_hz} Hz instead of 16 bits")
    whole = len(frames) - len(frames) % (2 * channels)
    samples = np.frombuffer(frames[:whole], "<i2").reshape(-1, channels).mean(axis=1) / _FULL
    return trimmed(_resampled(samples, rate_hz))


def to_wav(block: Pcm) -> bytes:
    """A block as a WAV file of 16-bit samples."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(block, -1.0, 1.0) * _FULL).astype("<i2").tobytes())
    return buffer.getvalue()


def write_wav(path: Path, block: Pcm) -> None:
    """Write a block for a player to play."""
    path.write_bytes(to_wav(block))


def trimmed(block: Pcm) -> Pcm:
    """A block without the silence before and after it."""
    loud = np.flatnonzero(np.abs(block) > _SILENCE)
    return block[loud[0] : loud[-1] + 1] if len(loud) else block[:0]


def _resampled(samples: NDArray[np.float64], rate_hz: int) -> Pcm:
    if rate_hz == RATE_HZ or not len(samples):
        return samples.astype(np.float32)
    wanted = np.arange(round(len(samples) * RATE_HZ / rate_hz)) * (rate_hz / RATE_HZ)
    heard: Pcm = np.interp(wanted, np.arange(len(samples)), samples).astype(np.float32)
    return heard
