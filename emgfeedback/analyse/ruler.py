"""What stands for 100 % of each column: a calibration, or the recording's own maximum.

The recording's own maximum is its best 500 ms, and its rest the quietest 500 ms. That is no maximal
squeeze, so nothing that is measured by it may be called %MVC. A column is not measured at all

* when it is dead: its best 500 ms stay below 2 counts of its converter;
* when its best 500 ms do not reach five times its quietest (14 dB, the project's limit of a usable
  calibration): activation cannot be told from rest then, be it hum or an effort without a pause.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration.level import moving_level
from calibration.mvc import BEST_WINDOW_S, LEAST_FACTOR
from calibration.record import Calibration, ChannelCalibration
from device.stream import ChannelInfo
from emgfeedback.analyse.course import Course
from emgfeedback.analyse.errors import AnalysisError
from emgfeedback.analyse.samples import Samples
from emgfeedback.chain import ChainSettings
from emgfeedback.contact.channel import DEAD_COUNTS
from emgfeedback.frame import Contact
from emgfeedback.sides import lay_ruler

Array = NDArray[np.float64]
Scale = Literal["mvc", "reference", "file_maximum"]

#: Spread of a resting envelope over 125 ms, as a part of it.
REST_SPREAD = 0.12


@dataclass(frozen=True, slots=True)
class Level:
    """Best and quietest 500 ms of a column, RMS in µV (or counts), and why it is not measured, if so."""

    best: float
    quietest: float
    trouble: str


@dataclass(frozen=True, slots=True)
class FileRuler:
    """100 % of each column that has one, what it is called, and the levels of all columns."""

    calibration: Calibration
    scale: Scale
    levels: tuple[Level, ...]


def is_dead(best: float, step: float) -> bool:
    """Whether a column that should have worked is dead: RMS of its best 500 ms below 2 counts of ``step``.

    Never for an unknown step (NaN).
    """
    return best < DEAD_COUNTS * step


def levels_of(samples: Samples, course: Course) -> tuple[Level, ...]:
    """Best and quietest 500 ms of each column, as far as its contact is good."""
    window = round(BEST_WINDOW_S * samples.info.sfreq_hz)
    if len(course.emg_uv) < 2 * window:
        raise AnalysisError(f"{samples.info.name} is shorter than a second; nothing can be told from it.")
    return tuple(
        _level(_trusted(course, k), window, samples.step_uv[k]) for k in range(len(samples.info.channels))
    )


def ruler_from_file(samples: Samples, settings: ChainSettings, levels: Sequence[Level]) -> FileRuler:
    """100 % is each column's own best 500 ms."""
    pairs = zip(samples.info.channels, levels, strict=True)
    records = tuple(_record(channel, level) for channel, level in pairs if not level.trouble)
    own = Calibration(
        wearer="",
        created="",
        board_id=samples.info.source_id,
        sfreq_hz=samples.info.sfreq_hz,
        simulated=False,
        channels=records,
        chain=settings.as_record(),
        method="reference",
    )
    return FileRuler(own, "file_maximum", tuple(levels))


def ruler_from_calibration(
    samples: Samples, settings: ChainSettings, given: Calibration, levels: Sequence[Level]
) -> FileRuler:
    """100 % is the calibration's, by muscle and side.

    Raises ``AnalysisError`` for a muscle that it lacks, and one that was taken under other filters.
    """
    records = []
    for channel in samples.info.channels:
        found = [
            r for r in given.channels if (r.muscle, r.side, r.signal) == (channel.muscle, channel.side, "raw")
        ]
        if not found:
            raise AnalysisError(
                f"The calibration has no raw {channel.label}, which the column {channel.pin!r} is said to be."
            )
        # A column of µV at the electrodes has no gain left.
        records.append(replace(found[0], pin=channel.pin, gain=channel.gain))
    dead_only = tuple(
        replace(level, trouble=level.trouble if "dead" in level.trouble else "") for level in levels
    )
    alive = tuple(r for r, level in zip(records, dead_only, strict=True) if not level.trouble)
    own = replace(given, channels=alive)
    laid = lay_ruler(samples.info, settings, (), own)
    if alive and not any(laid.channels):
        raise AnalysisError(laid.why_not)
    return FileRuler(own, given.method, dead_only)


def _trusted(course: Course, column: int) -> Array:
    """EMG of a column, NaN where its contact is bad."""
    verdict = course.contact[:, column]
    good = (verdict == Contact.GOOD) | (verdict == Contact.STARTING)
    return np.where(np.repeat(good, course.hop), course.emg_uv[:, column], np.nan)


def _level(emg: Array, window: int, step: float) -> Level:
    whole = np.convolve(np.isfinite(emg), np.ones(window), mode="valid") > window - 0.5
    levels = moving_level(emg, window, raw=True)[whole]
    if not len(levels):
        return Level(math.nan, math.nan, "contact was never good for half a second")
    best, quietest = float(levels.max()), float(levels.min())
    if is_dead(best, step):
        return Level(best, quietest, f"dead: its best 500 ms reach {best / step:.1f} counts RMS")
    if best < LEAST_FACTOR * quietest:
        many = f"{best / quietest:.1f} times its quietest"
        return Level(best, quietest, f"no activation told from rest: its best 500 ms are {many}")
    return Level(best, quietest, "")


def _record(channel: ChannelInfo, level: Level) -> ChannelCalibration:
    return ChannelCalibration(
        channel.pin,
        channel.muscle or "",
        channel.side or "",
        channel.signal,
        channel.gain,
        level.quietest,
        REST_SPREAD * level.quietest,
        level.best,
        level.best,
        "quick",
    )
