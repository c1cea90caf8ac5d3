"""Every leaf in every state that it knows: what the gallery shows and the tests paint."""

from typing import Any, NamedTuple

import numpy as np

from calibration.placement import SITES
from emgfeedback.frame import ZoneState
from emgfeedback.ui.leaves.body import Body, BodyState, Pad
from emgfeedback.ui.leaves.body_poses import POSES
from emgfeedback.ui.leaves.glance_field import Flag, GlanceField, GlanceState
from emgfeedback.ui.leaves.hold_ring import HoldRing, HoldRingState
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.muscle_bars import MuscleBar, MuscleBars, MuscleBarsState, Unit
from emgfeedback.ui.leaves.pad_map import PadMap, PadMapState
from emgfeedback.ui.leaves.quality_light import Light, QualityLight, QualityLightState
from emgfeedback.ui.leaves.rep_card import RepCard, RepCardState
from emgfeedback.ui.leaves.rep_strip import RepMark, RepStrip, RepStripState
from emgfeedback.ui.leaves.share_gauge import GaugeMode, ShareGauge, ShareGaugeState
from emgfeedback.ui.leaves.squeeze_disc import SqueezeDisc, SqueezeDiscState
from emgfeedback.ui.leaves.stations import Station, Stations
from emgfeedback.ui.leaves.sweep_picture import Columns
from emgfeedback.ui.leaves.trace import Shows, Trace, TraceState
from emgfeedback.ui.leaves.trials import TrialBar, Trials, TrialsState

ZONE = (0.65, 0.80)
NOW_S = 12.0


class Example(NamedTuple):
    """One leaf in one state, with the words under which the gallery shows it."""

    leaf: type[Leaf[Any, Any]]
    caption: str
    state: Any


def gauges() -> tuple[Example, ...]:
    """The share gauge in each mode, and with both legs."""
    mode, zone = GaugeMode, ZoneState
    live = [
        ("in the zone", 0.70, zone.IN, "In your zone"),
        ("below it", 0.45, zone.BELOW, "Below your zone"),
        ("above it", 0.92, zone.ABOVE, "Above your zone"),
    ]
    states = [
        (caption, ShareGaugeState(mode.LIVE, share, ZONE, place, headline, time_s=NOW_S))
        for caption, share, place, headline in live
    ]
    states += [
        ("resting", ShareGaugeState(mode.REST, None, ZONE, time_s=NOW_S)),
        (
            "bad contact",
            ShareGaugeState(mode.WITHHELD, None, ZONE, headline="Glute pad is loose", time_s=NOW_S),
        ),
        ("blind rep", ShareGaugeState(mode.BLIND, None, ZONE, headline="Feel it", time_s=NOW_S)),
        ("quad under its noise", ShareGaugeState(mode.QUAD_QUIET, None, ZONE, time_s=NOW_S)),
        ("glute under its noise", ShareGaugeState(mode.GLUTE_QUIET, None, ZONE, time_s=NOW_S)),
        (
            "not calibrated",
            ShareGaugeState(mode.UNCALIBRATED, advice="Bars show µV, no share.", time_s=NOW_S),
        ),
        (
            "both legs",
            ShareGaugeState(
                mode.LIVE, 0.70, ZONE, zone.IN, "In your zone", side="right", other_share=0.58, time_s=NOW_S
            ),
        ),
    ]
    return tuple(Example(ShareGauge, caption, state) for caption, state in states)


def _bars(
    *bars: MuscleBar, end: float = 60.0, unit: Unit = Unit.PERCENT, blind: bool = False
) -> MuscleBarsState:
    return MuscleBarsState(bars, end, unit, blind, time_s=NOW_S)


def bars() -> tuple[Example, ...]:
    """The muscle bars: limits, losses, past the ruler, uncalibrated, both legs."""
    glute, quad = "glute", "quad"
    states = {
        "goal met": _bars(
            MuscleBar(glute, "", 31, 36, goal=25, note="over its goal"),
            MuscleBar(quad, "", 13, 14, ceiling=15, note="under its ceiling"),
        ),
        "quad over": _bars(
            MuscleBar(glute, "", 21, 24, goal=25, note="below its goal"),
            MuscleBar(quad, "", 24, 27, ceiling=15, note="over its ceiling"),
        ),
        "no limits": _bars(MuscleBar(glute, "", 18, 31), MuscleBar(quad, "", 17, 21)),
        "no contact": _bars(
            MuscleBar(glute, "", None, goal=25, note="no contact"),
            MuscleBar(quad, "", 13, 14, ceiling=15, note="under its ceiling"),
        ),
        "past the ruler": _bars(MuscleBar(glute, "", 118, 121), MuscleBar(quad, "", 12, 15), end=100.0),
        "not calibrated": _bars(
            MuscleBar(glute, "", 48, 55), MuscleBar(quad, "", 163, 170), end=300.0, unit=Unit.MICROVOLT
        ),
        "blind rep": _bars(MuscleBar(glute, "", 31, 36), MuscleBar(quad, "", 13, 14), blind=True),
        "both legs": _bars(
            MuscleBar(glute, "left", 28, 33),
            MuscleBar(quad, "left", 14, 16),
            MuscleBar(glute, "right", None, note="loose"),
            MuscleBar(quad, "right", 64, 64),
        ),
    }
    return tuple(Example(MuscleBars, caption, state) for caption, state in states.items())


def rings() -> tuple[Example, ...]:
    """The hold ring from empty to held."""
    states = {
        "no hold": HoldRingState(5, 8, note="Rise"),
        "holding": HoldRingState(5, 8, 0.7, note="Hold 1.4 of 2 s"),
        "held": HoldRingState(5, 8, 1.0, held=True, note="Held 2.1 s"),
        "not counted": HoldRingState(5, 8, note="Hold not counted"),
        "open end": HoldRingState(12, None),
    }
    return tuple(Example(HoldRing, caption, state) for caption, state in states.items())


def lights() -> tuple[Example, ...]:
    """The quality light's four signs."""
    words = {Light.GOOD: "good", Light.WATCH: "mains hum", Light.TROUBLE: "loose", Light.NONE: "no signal"}
    return tuple(
        Example(QualityLight, light.value, QualityLightState(light, "Glute", word))
        for light, word in words.items()
    )


def strips() -> tuple[Example, ...]:
    """The rep strip before, within and without a zone."""
    set_ = (RepMark(1, 0.58), RepMark(2, 0.66), RepMark(3, 0.69), RepMark(4, None), RepMark(5, 0.71))
    states = {
        "a set": RepStripState(set_, 8, 6, ZONE),
        "first set: no zone yet": RepStripState(set_[:3], 8, 4),
        "before the first rep": RepStripState((), 8, 1, ZONE),
    }
    return tuple(Example(RepStrip, caption, state) for caption, state in states.items())


def cards() -> tuple[Example, ...]:
    """The rep card."""
    facts = ("Held 2.1 s", "Quad under its ceiling")
    states = {
        "a rep": RepCardState(4, 0.71, facts, "Best rep of this set"),
        "left out": RepCardState(6, None, left_out="glute pad loose for 1.8 s"),
        "no rep yet": RepCardState(0),
    }
    return tuple(Example(RepCard, caption, state) for caption, state in states.items())


def squeezes() -> tuple[Example, ...]:
    """The squeeze disc."""
    states = {
        "beyond the best": SqueezeDiscState("glute", 1.05, 1.0, 2.9, 5.0),
        "quad": SqueezeDiscState("quad", 0.84, 1.0, 3.9, 5.0),
        "first squeeze": SqueezeDiscState("glute", 0.7, None, 4.2, 5.0),
        "resting": SqueezeDiscState("glute", 0.2, 1.0, note="resting"),
        "bad contact": SqueezeDiscState("glute", None, 1.0, note="Glute pad is loose"),
    }
    return tuple(Example(SqueezeDisc, caption, state) for caption, state in states.items())


def trials() -> tuple[Example, ...]:
    """The squeezes so far."""
    title = "Squeezes so far"
    one, two, three = TrialBar(148, "148 µV"), TrialBar(155, "155 µV"), TrialBar(163, "now")
    states = {
        "before the first squeeze": TrialsState("glute", title),
        "the third squeeze": TrialsState("glute", title, (one, two, three)),
        "one too short": TrialsState("quad", title, (one, two, TrialBar(61, "too short", counts=False))),
    }
    return tuple(Example(Trials, caption, state) for caption, state in states.items())


def stations() -> tuple[Example, ...]:
    """The way through the calibration."""
    way = (
        Station("Contact", "2 good", 1.0),
        Station("Rest", "2.1 µV", 1.0),
        Station("Glute", "squeeze 3 of 3", 0.7, now=True),
        Station("Quad", "3 squeezes"),
    )
    return (Example(Stations, "half-way through the calibration", way),)


def glances() -> tuple[Example, ...]:
    """The field of Glance."""
    states = {
        "glute": GlanceState(Flag.GLUTE, 0.70, "Glute", time_s=NOW_S),
        "holding": GlanceState(Flag.GLUTE, 0.70, "Glute", 0.7, time_s=NOW_S),
        "quad": GlanceState(Flag.QUAD, 0.45, "Quad", time_s=NOW_S),
        "bad contact": GlanceState(Flag.WITHHELD, None, "Glute pad is loose", time_s=NOW_S),
        "resting": GlanceState(Flag.WORD, None, "Rest", time_s=NOW_S),
        "first set: no zone yet": GlanceState(Flag.NEUTRAL, 0.60, "Glute share", time_s=NOW_S),
    }
    return tuple(Example(GlanceField, caption, state) for caption, state in states.items())


def bodies() -> tuple[Example, ...]:
    """The drawn wearer in each pose, and with pads in trouble."""
    states = {pose: BodyState(pose, lift=pose == "bridge") for pose in POSES}
    states["pads not good"] = BodyState("bridge", Pad.TROUBLE, Pad.UNKNOWN)
    return tuple(Example(Body, caption, state) for caption, state in states.items())


def pad_maps() -> tuple[Example, ...]:
    """Where the pads go: every site, sides taken in turn."""
    sides = ("right", "left")
    states = (PadMapState(one.id, sides[k % 2]) for k, one in enumerate(SITES))
    return tuple(Example(PadMap, f"{state.site}, {state.side}", state) for state in states)


def traces() -> tuple[Example, ...]:
    """The trace: both, with a gap, and in trouble."""
    columns, gap = emg_columns(3, lost=(), count=480), emg_columns(4, lost=(120, 150), count=480)

    def state(muscle: str, name: str, values: Columns, **more: Any) -> TraceState:
        return TraceState(muscle, name, values, 5900, 4000, 4.0, 160.0, time_axis=True, **more)

    return (
        Example(Trace, "EMG and envelope", state("glute", "Glute", columns, note="now 48 µV, 31 % of max")),
        Example(
            Trace,
            "a gap, envelope alone",
            state("quad", "Quad", gap, shows=Shows.ENVELOPE, note="now 38 µV, 13 % of max"),
        ),
        Example(Trace, "no new data", state("quad", "Quad", gap, trouble="No new data")),
    )


def emg_columns(seed: int, *, lost: tuple[int, ...], count: int) -> Columns:
    """Columns of made-up EMG that swells twice in the window; ``lost`` (from, to) columns are empty."""
    random = np.random.default_rng(seed)
    phase = np.arange(count) / count
    size = 2.5 + 45.0 * np.clip(1.6 * np.sin(2 * np.pi * (2 * phase - 0.2)), 0.0, 1.0)
    high, low = (sign * size * random.gamma(6.0, 0.25, count) for sign in (1, -1))
    envelope = np.convolve(size * random.gamma(60.0, 1 / 60.0, count), np.ones(9) / 9, mode="same")
    if lost:
        for values in (low, high, envelope):
            values[slice(*lost)] = np.nan
    return Columns(low, high, envelope)


def all_examples() -> tuple[Example, ...]:
    """Every leaf in every state."""
    train = (gauges, bars, rings, cards, strips, lights)
    groups = (*train, squeezes, trials, stations, glances, bodies, pad_maps, traces)
    return tuple(example for group in groups for example in group())
