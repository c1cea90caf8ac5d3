"""What the chain makes of a whole recording: EMG, envelope, contact, sample by sample and hop by hop."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.record import Calibration, percent_mvc
from emgfeedback.analyse.errors import AnalysisError
from emgfeedback.analyse.samples import Samples
from emgfeedback.analyse.zero_phase import zero_phase
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.design import emg_sections
from emgfeedback.dsp.envelope import SlidingMean
from emgfeedback.pipeline import Pipeline

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A recording after the chain, cut to whole hops of ``hop`` samples.

    ``emg_uv`` and ``percent`` are (n, n_channels), ``percent`` NaN without a ruler; ``contact``
    (n_hops, n_channels) holds ``Contact`` codes.
    """

    hop: int
    emg_uv: Array
    percent: Array
    contact: NDArray[np.int8]


def course_of(
    samples: Samples, settings: ChainSettings, calibration: Calibration | None, *, offline: bool
) -> Course:
    """Run the live pipeline over the recording; ``offline`` filters without delay in place of it.

    The contact is the live one in both. The offline EMG goes through the live envelope and ruler, so
    that it is late by half the envelope's window, as everything after it expects. Raises
    ``AnalysisError`` for a recording that is too short.
    """
    pipeline = Pipeline(samples.info, settings, calibration)
    frames = [pipeline.push(chunk) for chunk in samples.chunks()]
    frames = [frame for frame in frames if len(frame.hops)]
    if not frames:
        raise AnalysisError(f"{samples.info.name} holds less than one hop of samples; nothing can be told.")
    emg_uv = np.concatenate([frame.emg_uv for frame in frames])
    percent = np.concatenate([frame.percent_mvc for frame in frames])
    contact = np.concatenate([frame.quality for frame in frames])
    if offline:
        emg_uv, percent = _offline(samples, settings, calibration, pipeline.hop, len(emg_uv))
    return Course(pipeline.hop, emg_uv, percent, contact)


def _offline(
    samples: Samples, settings: ChainSettings, calibration: Calibration | None, hop: int, n: int
) -> tuple[Array, Array]:
    info = samples.info
    sections = emg_sections(settings.band_low_hz, settings.band_high_hz, settings.notch_hz, info.sfreq_hz)
    emg_uv = zero_phase(sections, samples.microvolts, info.sfreq_hz)[:n]
    window = max(1, round(settings.rms_window_s * info.sfreq_hz))
    envelope_uv = np.sqrt(SlidingMean(window, len(info.channels), hop, squares=True).push(emg_uv))
    percent = np.full_like(envelope_uv, np.nan)
    for k, channel in enumerate(info.channels):
        record = None if calibration is None else calibration.channel(channel.pin)
        if record is not None:
            percent[:, k] = percent_mvc(envelope_uv[:, k], record)
    return emg_uv, percent
