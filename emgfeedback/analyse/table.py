"""The table of reps: one row each, and column names that say what the percents are percents of."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from device.channel_map import MUSCLES
from emgfeedback.analyse.ruler import Scale
from emgfeedback.analyse.samples import Samples
from emgfeedback.exports.errors import ExportError
from emgfeedback.exports.target import refuse_existing, writing
from emgfeedback.frame import Rep

#: What the share is called: that of file maxima is no share of anybody's strength.
_SHARE = {
    "mvc": "glute_share",
    "reference": "glute_share_of_reference",
    "file_maximum": "glute_share_of_file_maximum",
}
_TIME_DECIMALS, _PERCENT_DECIMALS, _SHARE_DECIMALS = 4, 2, 4


def refuse_target(path: Path, *, force: bool) -> None:
    """Raise ``ExportError`` for a name that is no CSV, or that is taken."""
    if path.suffix.lower() != ".csv":
        raise ExportError(f"{path} is no name for a table of reps; use OUT.csv.")
    if not force:
        refuse_existing(path)


def write_table(path: Path, samples: Samples, scale: Scale, reps: Sequence[Rep]) -> None:
    """Write one row a rep, in order of their starts. Raises ``ExportError``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    muscles = [m for m in MUSCLES if any(c.muscle == m for c in samples.info.channels)]
    writer.writerow(_names(muscles, scale))
    for rep in sorted(reps, key=lambda rep: (rep.start, rep.side)):
        writer.writerow(list(_fields(rep, samples, muscles)))
    with writing(path) as file:
        file.write(text.getvalue().encode())


def _names(muscles: Sequence[str], scale: Scale) -> list[str]:
    measured = [
        f"{muscle}_{what}"
        for muscle in muscles
        for what in (f"mean_percent_{scale}", f"peak_percent_{scale}", "clipped_samples")
    ]
    times = ["start_s", "hold_start_s", "hold_stop_s", "stop_s"]
    return ["rep", "side", *times, *measured, _SHARE[scale], "left_out"]


def _fields(rep: Rep, samples: Samples, muscles: Sequence[str]) -> Iterator[str]:
    channels = samples.info.channels
    clipped = samples.clipped(rep.start, rep.stop)
    where = {channel.muscle: k for k, channel in enumerate(channels) if channel.side == rep.side}
    yield str(rep.number)
    yield rep.side
    for sample in (rep.start, rep.hold_start, rep.hold_stop, rep.stop):
        yield f"{samples.first_s + sample / samples.info.sfreq_hz:.{_TIME_DECIMALS}f}"
    for muscle in muscles:
        column = where.get(muscle)
        yield "" if column is None else _number(rep.mean_percent[column], _PERCENT_DECIMALS)
        yield "" if column is None else _number(rep.peak_percent[column], _PERCENT_DECIMALS)
        yield "" if column is None or samples.rails is None else str(clipped[column])
    yield _number(rep.share, _SHARE_DECIMALS)
    yield rep.left_out


def _number(value: float, decimals: int) -> str:
    return "" if math.isnan(value) else f"{value:.{decimals}f}"
