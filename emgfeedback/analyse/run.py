"""One recording from file to findings, in sentences and as a table of reps."""

from dataclasses import dataclass, field
from pathlib import Path

from calibration.record import Calibration
from calibration.store import load
from device.channel_map import ChannelMap
from emgfeedback.analyse.column_file import read_columns
from emgfeedback.analyse.course import Course, course_of
from emgfeedback.analyse.reps import reps_of
from emgfeedback.analyse.ruler import FileRuler, levels_of, ruler_from_calibration, ruler_from_file
from emgfeedback.analyse.samples import Samples, Unit, samples_of
from emgfeedback.analyse.table import refuse_target, write_table
from emgfeedback.chain import ChainSettings
from emgfeedback.dsp.mains import Mains, name_mains
from emgfeedback.frame import Rep


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to analyse: raw EMG in columns of a CSV file, ``bits`` of its converter where it holds counts."""

    file: Path
    channels: ChannelMap
    sfreq_hz: float
    unit: Unit
    bits: int | None = None
    calibration: Path | None = None
    zero_phase: bool = False
    settings: ChainSettings = field(default_factory=ChainSettings)


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found. ``mains`` has one entry a channel; ``clipped`` counts samples on a rail."""

    samples: Samples
    course: Course
    ruler: FileRuler
    mains: tuple[Mains | None, ...]
    clipped: tuple[int, ...]
    reps: tuple[Rep, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The findings in words, one line each."""
        return (*self._about_channels(), self._about_reps())

    def write(self, out: Path, *, force: bool = False) -> None:
        """Write the table of reps. Raises ``ExportError``."""
        refuse_target(out, force=force)
        write_table(out, self.samples, self.ruler.scale, self.reps)

    def _about_channels(self) -> tuple[str, ...]:
        return tuple(self._about(k) for k in range(len(self.samples.info.channels)))

    def _about(self, k: int) -> str:
        channel, level, mains = self.samples.info.channels[k], self.ruler.levels[k], self.mains[k]
        parts = [level.trouble or self._full(k)]
        if mains is not None:
            lines = " and ".join(f"{hz:g} Hz" for hz, _ in mains.lines)
            parts.append(f"mains at {lines}, {100 * mains.share:.0f} % of its power")
        if self.clipped[k]:
            parts.append(f"{self.clipped[k]} samples clipped")
        return f"{channel.label} ({channel.pin}): {'; '.join(parts)}."

    def _full(self, k: int) -> str:
        record = self.ruler.calibration.channel(self.samples.info.channels[k].pin)
        what = {
            "file_maximum": "its best 500 ms",
            "mvc": "its calibrated maximum",
            "reference": "its reference",
        }
        value = record.mvc_uv if record is not None else self.ruler.levels[k].best
        return f"100 % is {what[self.ruler.scale]}, {value:.1f} {self.samples.unit}"

    def _about_reps(self) -> str:
        left_out = sum(bool(rep.left_out) for rep in self.reps)
        without = f", {left_out} of them without a share" if left_out else ""
        return f"{len(self.reps)} reps{without}."


def analyse(request: AnalysisRequest) -> Analysis:
    """Run the chain over a recording. Raises ``AnalysisError``, ``CalibrationError`` and ``ValueError``."""
    given = _given(request)
    columns = read_columns(request.file, [channel.pin for channel in request.channels])
    samples = samples_of(columns, request.channels, request.sfreq_hz, request.unit, request.bits)
    settings, offline = request.settings, request.zero_phase
    levels = levels_of(samples, course_of(samples, settings, None, offline=offline))
    if given is None:
        ruler = ruler_from_file(samples, settings, levels)
    else:
        ruler = ruler_from_calibration(samples, settings, given, levels)
    course = course_of(samples, settings, ruler.calibration, offline=offline)
    mains = tuple(name_mains(column, request.sfreq_hz) for column in samples.microvolts.T)
    reps = reps_of(samples.info, settings, course, ruler.calibration)
    clipped = samples.clipped(0, len(samples.counts))
    return Analysis(samples, course, ruler, mains, clipped, tuple(reps))


def _given(request: AnalysisRequest) -> Calibration | None:
    if request.calibration is None:
        return None
    if request.unit == "counts":
        raise ValueError(
            "A calibration is in µV, and counts are not; give the file in uV or mV, or no calibration."
        )
    return load(request.calibration)
