"""Export as CSV: one row per sample that was measured, units in the column names, a JSON file beside it.

Samples that were lost have no row: the time jumps, and ``gap_samples`` of the next row says by how
many samples. A field is empty where there is no value. UTF-8, comma, point, newline.
"""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from device import StreamInfo
from emgfeedback.exports.decimals import Text, fixed_point, lines, whole_numbers, words
from emgfeedback.exports.facts import as_json, facts
from emgfeedback.exports.table import Rows, rows
from emgfeedback.exports.target import refuse_existing, writing
from emgfeedback.frame import Contact, ShareState, ZoneState
from emgfeedback.session.analysis import rebuild
from emgfeedback.session.file import SessionFile
from emgfeedback.session.setup import Setup

_STATES = [state.name.lower() for state in ShareState]
_ZONES = [zone.name.lower() for zone in ZoneState]
_CONTACTS = [contact.name.lower() for contact in Contact]
_PERCENT_DECIMALS = 2
#: How a column of percents is called, by the calibration's method.
_PERCENT = {"mvc": "percent_mvc", "reference": "percent_reference"}
_SHARE_DECIMALS = 4


def write(session: SessionFile, target: Path, *, force: bool) -> tuple[Path, ...]:
    """Write ``target`` and a JSON file of the same name; raises ``ExportError`` and ``SessionError``."""
    beside = target.with_suffix(".json")
    if not force:
        refuse_existing(target, beside)
    reps = rebuild(session)
    sides = Setup.of(session.header).pipeline(session.info).sides
    methods = frozenset(calibration.method for calibration in session.calibrations.values())
    layout = _Layout(session.info, sides, methods or frozenset({"mvc"}))
    with writing(target) as file:
        file.write((",".join(layout.names) + "\n").encode())
        for block in rows(session, reps):
            file.write(lines(list(layout.fields(block))))
    with writing(beside) as file:
        file.write(as_json(facts(session, reps) | {"csv": layout.description(target.name)}))
    return target, beside


class _Layout:
    """Which columns there are, and how a block of rows becomes their text."""

    def __init__(self, info: StreamInfo, sides: tuple[str, ...], methods: frozenset[str]) -> None:
        self._info, self._sides = info, sides
        # % of a reference is no %MVC; where a session holds both, the column claims neither.
        self._percent = _PERCENT[next(iter(methods))] if len(methods) == 1 else "percent"
        self._decimals = [_decimals(channel.uv_per_count) for channel in info.channels]
        self.names = list(self._names())

    def _names(self) -> Iterator[str]:
        yield "time_s"
        for stem in _stems(self._info):
            yield from (f"{stem}_counts", f"{stem}_raw_uV", f"{stem}_emg_uV", f"{stem}_envelope_uV")
            yield from (f"{stem}_{self._percent}", f"{stem}_contact")
        for side in self._sides:
            yield from (f"share_{side}", f"state_{side}", f"zone_{side}", f"rep_{side}")
        yield from ("blank", "gap_samples")
        if self._info.simulated:
            yield "simulated"

    def fields(self, block: Rows) -> Iterator[Text]:
        """The text of each column."""
        yield fixed_point(block.index / self._info.sfreq_hz, _time_decimals(self._info.sfreq_hz))
        raw_uv = self._info.to_microvolts(block.counts)
        for k, decimals in enumerate(self._decimals):
            yield whole_numbers(block.counts[:, k])
            yield fixed_point(raw_uv[:, k], decimals)
            yield fixed_point(block.emg_uv[:, k], decimals)
            yield fixed_point(block.envelope_uv[:, k], decimals)
            yield fixed_point(block.percent_mvc[:, k], _PERCENT_DECIMALS)
            yield words(block.quality[:, k], _CONTACTS)
        for k in range(len(self._sides)):
            yield fixed_point(block.share[:, k], _SHARE_DECIMALS)
            yield words(block.state[:, k], _STATES)
            yield words(block.zone[:, k], _ZONES)
            numbers = whole_numbers(block.rep[:, k])
            numbers[block.rep[:, k] == 0] = 0
            yield numbers
        yield words(block.blank, ("0", "1"))
        yield whole_numbers(block.gap_samples)
        if self._info.simulated:
            yield words(np.zeros(len(block.index), dtype=np.int8), ("1",))

    def description(self, name: str) -> dict[str, Any]:
        """What the columns mean, for the JSON file."""
        return {"file": name, "columns": self.names, "meaning": MEANING}


#: What the columns mean, by the end or the beginning of their names.
MEANING = {
    "time_s": "seconds since sample 0 of the stream, by the board's clock",
    "_counts": "what the converter gave",
    "_raw_uV": "the counts in microvolts at the electrodes, unfiltered",
    "_emg_uV": "after the band-pass, microvolts; for a sensor that gives an envelope, its own value",
    "_envelope_uV": "amplitude over the window of the settings, microvolts",
    "_percent_mvc": "amplitude in percent of the wearer's own calibrated maximum; empty when uncalibrated",
    "_percent_reference": "amplitude in percent of the wearer's own reference squeeze: no %MVC",
    "_percent": "amplitude in percent of what the events say: %MVC and % of a reference in one session",
    "_contact": "state of the signal: " + ", ".join(_CONTACTS),
    "share_": "glute share G/(G+Q), 0 to 1; empty unless the state is live",
    "state_": "why the share is or is not a number: " + ", ".join(_STATES),
    "zone_": "where the share stands against the wearer's zone: " + ", ".join(_ZONES),
    "rep_": "number of the repetition that the sample belongs to; empty for none",
    "blank": "1 while the amplitude's window holds samples that were lost",
    "gap_samples": "how many samples were lost just before this row; they have no rows",
    "simulated": "1: these are not a person's muscles",
}


def _stems(info: StreamInfo) -> list[str]:
    """The first part of each channel's column names, all different."""
    labels = [re.sub(r"\W+", "_", channel.label) for channel in info.channels]
    return [
        f"{label}_{channel.pin}" if labels.count(label) > 1 else label
        for label, channel in zip(labels, info.channels, strict=True)
    ]


def _decimals(uv_per_count: float) -> int:
    """Decimals that show a tenth of a count, at least 2."""
    return min(max(2, math.ceil(1.0 - math.log10(abs(uv_per_count)))), 8)


def _time_decimals(sfreq_hz: float) -> int:
    """Decimals that are exact for whole-millisecond or -microsecond periods, else nanosecond-like."""
    for decimals in range(1, 7):
        steps = 10.0**decimals / sfreq_hz
        if abs(steps - round(steps)) < 1e-9:
            return decimals
    return 8
