"""Reps of a recording, by the same decisions as live, also where only one muscle of a leg was recorded."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calibration.record import Calibration, ChannelCalibration
from device.channel_map import MUSCLES
from device.stream import ChannelInfo, StreamInfo
from emgfeedback.analyse.course import Course
from emgfeedback.chain import ChainSettings
from emgfeedback.decisions import Decisions
from emgfeedback.frame import Contact, Rep
from emgfeedback.sides import Ruler, SideColumns

Array = NDArray[np.float64]

#: Stands in for the muscle that was not recorded: it rests, always.
_NOBODY = ChannelInfo("", None, None, "envelope", (0, 1), (0.0, 1.0), 1.0)
_STARTING = "contact not known yet"
_NOTHING = ChannelCalibration("", "", "", "envelope", 1.0, 0.0, 0.0, 1.0, 1.0, "perfect")


@dataclass(frozen=True, slots=True)
class Leg:
    """A side and the columns that count its reps; ``missing`` says why it has no share, if so."""

    side: str
    columns: SideColumns
    missing: str


def legs_of(info: StreamInfo, calibration: Calibration) -> tuple[Leg, ...]:
    """The sides with at least one muscle that has a 100 %, in the order of the columns.

    Where there is neither a glute nor a quad, the hamstring counts the reps.
    """
    nobody = len(info.channels)
    legs = []
    for side in dict.fromkeys(channel.side or "" for channel in info.channels):
        mapped = {c.muscle: k for k, c in enumerate(info.channels) if c.side == side}
        usable = {
            m: mapped[m] for m in MUSCLES if m in mapped and calibration.channel(info.channels[mapped[m]].pin)
        }
        if not usable:
            continue
        first = usable.get("glute", nobody)
        second = usable.get("quad", nobody)
        if first == second:
            first = usable["hamstring"]
        lacking = [m for m in ("glute", "quad") if m not in usable]
        missing = ", ".join(f"{m} {'not measured' if m in mapped else 'not recorded'}" for m in lacking)
        legs.append(Leg(side, SideColumns(side, first, second), missing))
    return tuple(legs)


def reps_of(info: StreamInfo, settings: ChainSettings, course: Course, calibration: Calibration) -> list[Rep]:
    """All reps of all sides, by their end. Percents are one per column, and one more that is nobody's."""
    legs = legs_of(info, calibration)
    if not legs:
        return []
    whole = replace(info, channels=(*info.channels, _NOBODY))
    decisions = Decisions(whole, settings, [leg.columns for leg in legs], course.hop)
    records = (*(calibration.channel(channel.pin) for channel in info.channels), _NOTHING)
    unknown = np.full(len(records), np.nan)
    decisions.calibrate(Ruler(records, unknown, unknown, ""))
    silent = np.zeros((len(course.contact), 1))
    ends = np.hstack([np.nan_to_num(course.percent[course.hop - 1 :: course.hop]), silent])
    missing = {leg.side: leg.missing for leg in legs}
    measured = np.array([*(record is not None for record in records[:-1]), False])
    return [_judged(rep, missing[rep.side], measured) for rep in _decide(decisions, ends, course.contact)]


def _decide(decisions: Decisions, ends: Array, contact: NDArray[np.int8]) -> list[Rep]:
    """Push the hops in runs of one contact each."""
    changes = np.flatnonzero((contact[1:] != contact[:-1]).any(axis=1)) + 1
    edges = [0, *changes.tolist(), len(contact)]
    reps: list[Rep] = []
    for first, stop in pairwise(edges):
        decisions.judge((*contact[first].tolist(), int(Contact.GOOD)))
        reps.extend(decisions.push(first, ends[first:stop], None, None)[3])
    return reps


def _judged(rep: Rep, missing: str, measured: NDArray[np.bool_]) -> Rep:
    """``rep`` without percents of what was not measured, and without a share where a muscle is missing."""
    # A file loses nothing: only its first half second shows nothing, until contact can be judged.
    left_out = _STARTING if rep.left_out.endswith("ms lost") else rep.left_out
    return replace(
        rep,
        mean_percent=tuple(np.where(measured, rep.mean_percent, np.nan).tolist()),
        peak_percent=tuple(np.where(measured, rep.peak_percent, np.nan).tolist()),
        share=math.nan if missing else rep.share,
        left_out=left_out or missing,
    )
