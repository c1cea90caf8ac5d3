"""The spectra that the page Signals shows, and how much of each channel is mains."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from device import StreamInfo
from emgfeedback.dsp.spectrum import hum, welch
from emgfeedback.session.tap import SignalTap
from emgfeedback.ui import text_desk
from emgfeedback.ui.text import tr

Array = NDArray[np.float64]

#: s. What the spectrum looks back on, its segments (4 Hz a step, calm), and those in which mains is
#: looked for (1 Hz a step).
SPECTRUM_S: Final = 2.0
SEGMENT_S: Final = 0.25
HUM_SEGMENT_S: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Power of each raw channel: ``frequencies_hz`` (m,), ``relative`` (m, n_channels) of each one's own
    greatest outside mains, NaN where there is none; ``mains`` is (Hz, words) of what deserves a word."""

    frequencies_hz: Array
    relative: Array
    muscles: tuple[str, ...]
    mains: tuple[tuple[float, str], ...] = ()
    note: str = ""


class SpectrumWatch:
    """Looks back on what went through ``tap``."""

    def __init__(self, info: StreamInfo, tap: SignalTap) -> None:
        self._info, self._tap = info, tap
        self._hum = [math.nan] * len(info.channels)

    def hum_share(self, k: int) -> float:
        """Part of the power of channel ``k`` that is mains, 0..1; NaN before the first look."""
        return self._hum[k]

    def look(self, mains: Sequence[tuple[float, str]]) -> Spectra:
        """The spectra of now; ``mains`` is for each channel the one it holds in Hz (0: none) and its name."""
        info = self._info
        muscles = tuple(channel.muscle or channel.pin for channel in info.channels)
        n = round(SPECTRUM_S * info.sfreq_hz)
        raw = [channel.signal == "raw" for channel in info.channels]
        empty = np.full((0, len(muscles)), np.nan)
        if not any(raw):
            return Spectra(empty[:, 0], empty, muscles, note=tr(text_desk.SPECTRUM_NONE))
        stop, rows = self._tap.newest(n)
        if stop < n:
            return Spectra(empty[:, 0], empty, muscles, note=tr(text_desk.SPECTRUM_SOON))
        rows = np.array(rows[:, : len(muscles)])
        rows[:, ~np.array(raw)] = np.nan
        fine_hz, fine = welch(rows, info.sfreq_hz, round(HUM_SEGMENT_S * info.sfreq_hz))
        self._hum = [hum(fine_hz, fine[:, k])[1] for k in range(len(muscles))]
        frequencies_hz, density = welch(rows, info.sfreq_hz, round(SEGMENT_S * info.sfreq_hz))
        return Spectra(frequencies_hz, _relative(frequencies_hz, density), muscles, _mains(mains))


def _mains(found: Sequence[tuple[float, str]]) -> tuple[tuple[float, str], ...]:
    """Each mains that some channel holds, with the names of its channels; 0 Hz is none."""
    by_hz: dict[float, list[str]] = {}
    for mains_hz, name in found:
        if mains_hz:
            by_hz.setdefault(mains_hz, []).append(name.lower())
    return tuple(
        (hz, tr(text_desk.MAINS).format(mains=f"{hz:.0f}", muscle=", ".join(names)))
        for hz, names in sorted(by_hz.items())
    )


def _relative(frequencies_hz: Array, density: Array) -> Array:
    """Amplitude against each channel's own greatest that is no mains; above 1 only mains can stand."""
    amplitude = np.sqrt(density)
    mains = np.zeros(len(frequencies_hz), dtype=bool)
    for base in (50.0, 60.0):
        mains |= np.abs(frequencies_hz - base) <= 4.0
    greatest = np.nan_to_num(amplitude[~mains]).max(axis=0)
    relative: Array = amplitude / np.where(greatest > 0, greatest, np.nan)
    return relative
