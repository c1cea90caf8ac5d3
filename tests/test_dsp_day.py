"""A day of samples leaves no trace in filter or envelope; what flat noise keeps on its way."""

import numpy as np
from scipy import signal

from emgfeedback.dsp.amplitude import RawAmplitude
from emgfeedback.dsp.design import emg_sections
from emgfeedback.dsp.filters import StreamingFilter

SECTIONS = emg_sections(20.0, 450.0, 0.0, 1000.0)
#: Ten minutes at a time, 144 times.
PIECE = 600_000
PIECES = 24 * 6


def test_after_a_day_the_envelope_equals_a_fresh_computation():
    """24 h at 1000 Hz on a mid-rail offset, with an artefact of 5 V each ten minutes: within 1e-6 µV."""
    piece = np.random.default_rng(7).normal(12_500.0, 30.0, (PIECE, 1))
    piece[1000:1200] = 5e6
    raw = RawAmplitude(SECTIONS, 125, 1, 8)
    raw.calibrate(np.array([5.0]), np.array([200.0]))
    for _ in range(PIECES - 1):
        raw.push(piece)
    emg, envelope, percent = raw.push(piece)
    # Begun five seconds before the last minute, by SciPy and by the definition.
    tail = piece[-65_000:, 0]
    start = signal.sosfilt_zi(SECTIONS) * tail[0]
    wanted = signal.sosfilt(SECTIONS, tail, zi=start)[0]
    windows = np.lib.stride_tricks.sliding_window_view(wanted**2, 125)[-60_000:]
    fresh = np.sqrt(windows.mean(axis=1))
    assert np.abs(emg[-60_000:, 0] - wanted[-60_000:]).max() < 1e-6
    assert np.abs(envelope[-60_000:, 0] - fresh).max() < 1e-6
    wanted_percent = 100.0 * np.sqrt(np.maximum(fresh**2 - 25.0, 0.0) / (200.0**2 - 25.0))
    assert np.abs(percent[-60_000:, 0] - wanted_percent).max() < 1e-6


def test_nine_tenths_of_flat_noise_pass():
    """Noise that is flat from 20 to 450 Hz and nothing elsewhere, by its power before and after."""
    spectrum = np.fft.rfft(np.random.default_rng(8).normal(size=400_000))
    frequencies = np.fft.rfftfreq(400_000, 0.001)
    spectrum[(frequencies < 20.0) | (frequencies > 450.0)] = 0.0
    flat = np.fft.irfft(spectrum)[:, None]
    kept = StreamingFilter(SECTIONS, 1, 8).push(flat)
    assert np.mean(kept**2) / np.mean(flat**2) >= 0.90
