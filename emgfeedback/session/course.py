"""The course of a recorded session: every channel's activity over time, thinned out for a picture."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from device import ChannelInfo
from emgfeedback.frame import Rep
from emgfeedback.session.analysis import frames
from emgfeedback.session.file import SessionFile
from emgfeedback.session.rows import Gap

Array = NDArray[np.float64]

#: s. One point of the course: a muscle's envelope hardly changes within it.
STEP_S = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Activity of each channel on a grid of ``STEP_S``, through the same pipeline that ran live.

    ``times_s`` (n,) from the first sample, middle of each step. ``values`` (n, n_channels) is the mean
    of the step: %MVC where ``calibrated``, else µV; NaN where samples are missing. ``first`` is the
    index of the first sample. ``damage`` is one sentence where the file could not be read whole.
    """

    times_s: Array
    values: Array
    calibrated: bool
    channels: tuple[ChannelInfo, ...]
    reps: tuple[Rep, ...]
    gaps: tuple[Gap, ...]
    first: int
    sfreq_hz: float
    damage: str
    #: What percents are of: the calibration's method.
    method: str = "mvc"

    def seconds(self, sample: int) -> float:
        """Time of a sample in seconds from the first one."""
        return (sample - self.first) / self.sfreq_hz


def course(path: Path | str) -> Course:
    """Read a session and run it through its pipeline. Raises ``SessionError``."""
    with SessionFile(path) as session:
        info = session.info
        first, stop = session.span
        calibrated = session.header.calibration is not None
        step = max(1, round(STEP_S * info.sfreq_hz))
        n_steps = -(-(stop - first) // step)
        sums = np.zeros((n_steps, len(info.channels)))
        counts = np.zeros((n_steps, len(info.channels)))
        for _, frame in frames(session):
            values = frame.percent_mvc if calibrated else frame.envelope_uv
            # The first hop may begin before the first sample.
            inside = ~frame.blank & (frame.samples >= first) & (frame.samples < stop)
            at = (frame.samples[inside] - first) // step
            known = np.isfinite(values[inside])
            np.add.at(sums, at, np.where(known, values[inside], 0.0))
            np.add.at(counts, at, known)
        means = np.where(counts > 0, sums / np.maximum(counts, 1.0), np.nan)
        times_s = (np.arange(n_steps, dtype=np.float64) + 0.5) * (step / info.sfreq_hz)
        return Course(
            times_s, means, calibrated, info.channels, session.reps(), session.gaps(), first,
            info.sfreq_hz, session.damage,
            session.header.calibration.method if session.header.calibration is not None else "mvc",
        )  # fmt: skip
