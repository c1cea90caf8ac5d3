"""The numbers on the leaves: true, readable, on one ruler, and gone when there is none to trust."""

import dataclasses
import itertools
import random
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF
from qt_window import pixels

from emgfeedback.coach.exercises import EXERCISES
from emgfeedback.frame import ZoneState
from emgfeedback.ui.held_digits import HeldDigits
from emgfeedback.ui.leaves.bar_columns import columns
from emgfeedback.ui.leaves.bar_ruler import LABELS_MOST, BarRuler
from emgfeedback.ui.leaves.hold_ring import HoldRing, HoldRingState
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.muscle_bars import BOTTOM, TOP, MuscleBar, MuscleBars, MuscleBarsState, Unit
from emgfeedback.ui.leaves.quality_light import Light, QualityLight, QualityLightState
from emgfeedback.ui.leaves.rep_card import RepCard, RepCardState
from emgfeedback.ui.leaves.rep_strip import RepMark, RepStrip, RepStripState
from emgfeedback.ui.leaves.share_gauge import GaugeMode, ShareGauge, ShareGaugeState
from emgfeedback.ui.leaves.squeeze_disc import SqueezeDisc, SqueezeDiscState
from emgfeedback.ui.lettering import number_width
from emgfeedback.ui.palette import DARK, LIGHT
from emgfeedback.ui.type_scale import SCALE, SMALLEST, Face, font, load_fonts, width

ZONE = (0.65, 0.80)


@pytest.fixture(autouse=True)
def fonts(qapp) -> None:
    assert load_fonts() == ()


def shown(leaf: type[Leaf[Any, Any]], state: Any) -> Leaf[Any, Any]:
    widget = leaf(LIGHT)
    widget.resize(widget.sizeHint())
    widget.show_state(state)
    return widget


def live(share: float, time_s: float = 1.0, **more: Any) -> ShareGaugeState:
    return ShareGaugeState(GaugeMode.LIVE, share, ZONE, ZoneState.IN, "In your zone", time_s=time_s, **more)


def two_bars(glute: float | None, quad: float | None, time_s: float = 1.0, **more: Any) -> MuscleBarsState:
    bars = (MuscleBar("glute", "", glute, note="loose" if glute is None else ""), MuscleBar("quad", "", quad))
    return MuscleBarsState(bars, 60.0, time_s=time_s, **more)


SAID = [
    (ShareGauge, live(0.70), "Glute share 70 percent, in your zone 65 to 80"),
    (
        ShareGauge,
        dataclasses.replace(live(0.95), zone_state=ZoneState.ABOVE),
        "Glute share more than 89 percent, above your zone 65 to 80",
    ),
    (ShareGauge, dataclasses.replace(live(0.70), zone=None), "Glute share 70 percent"),
    (ShareGauge, live(0.70, side="left"), "Left side. Glute share 70 percent, in your zone 65 to 80"),
    (
        ShareGauge,
        ShareGaugeState(GaugeMode.WITHHELD, None, ZONE, headline="Glute pad is loose", time_s=1.0),
        "Glute share: Glute pad is loose",
    ),
    (ShareGauge, ShareGaugeState(GaugeMode.REST, time_s=1.0), "Glute share: Rest"),
    (MuscleBars, two_bars(31.4, 12.6), "Muscle activity. Glute 31 percent of max, Quad 13 percent of max"),
    (MuscleBars, two_bars(None, 13), "Muscle activity. Glute no number, loose, Quad 13 percent of max"),
    (
        MuscleBars,
        dataclasses.replace(two_bars(48, 163), unit=Unit.MICROVOLT),
        "Muscle activity. Glute 48 microvolts, Quad 163 microvolts",
    ),
    (HoldRing, HoldRingState(5, 8, 0.78, note="Hold 1.6 s"), "Rep 5 of 8, hold 70 percent, Hold 1.6 s"),
    (HoldRing, HoldRingState(5, None, 1.0, held=True), "Rep 5, held"),
    (QualityLight, QualityLightState(Light.TROUBLE, "Glute", "loose"), "Glute: loose"),
    (RepCard, RepCardState(4, 0.71, ("Held 2.1 s",)), "Rep 4: glute share 71 percent. Held 2.1 s"),
    (RepCard, RepCardState(6, left_out="glute pad loose"), "Rep 6 left out: glute pad loose"),
    (
        RepStrip,
        RepStripState((RepMark(1, 0.58), RepMark(2, None)), 8, 3, ZONE),
        "Reps so far. 1: 58 percent, 2: left out",
    ),
    (RepStrip, RepStripState((), 8), "No rep yet, 8 to do"),
    (
        SqueezeDisc,
        SqueezeDiscState("quad", 0.84, 1.0, 3.9, 5.0),
        "Quad squeeze, now, 84 % of best, 4 seconds left",
    ),
]


@pytest.mark.parametrize(("leaf", "state", "said"), SAID, ids=[said for *_, said in SAID])
def test_the_accessible_name_is_the_state_in_words(leaf, state, said) -> None:
    assert shown(leaf, state).accessibleName() == said


@pytest.mark.parametrize("mode", [mode for mode in GaugeMode if mode is not GaugeMode.LIVE])
def test_no_mode_but_live_lets_the_share_show(mode) -> None:
    states = [dataclasses.replace(live(share), mode=mode) for share in (0.2, 0.9)]
    assert np.array_equal(*(pixels(shown(ShareGauge, state)) for state in states))


def test_a_blind_rep_leaks_neither_share_nor_zone_nor_bars() -> None:
    blind = GaugeMode.BLIND
    gauges = [
        ShareGaugeState(blind, 0.7, ZONE, ZoneState.IN, "Feel it", other_share=0.4, side="left", time_s=1.0),
        ShareGaugeState(blind, None, None, headline="Feel it", side="left", time_s=1.0),
    ]
    assert np.array_equal(*(pixels(shown(ShareGauge, state)) for state in gauges))
    bars = [two_bars(31, 13, blind=True), two_bars(64, 59, blind=True)]
    assert np.array_equal(*(pixels(shown(MuscleBars, state)) for state in bars))
    names = [shown(MuscleBars, state).accessibleName() for state in bars]
    assert not any(character.isdigit() for name in names for character in name)


def test_a_live_state_without_a_share_is_withheld() -> None:
    missing = dataclasses.replace(live(0.7), share=None, headline="No new data")
    withheld = dataclasses.replace(missing, mode=GaugeMode.WITHHELD)
    assert np.array_equal(pixels(shown(ShareGauge, missing)), pixels(shown(ShareGauge, withheld)))


def test_a_withheld_number_leaves_the_screen_at_once() -> None:
    gauge = shown(ShareGauge, live(0.7, 1.00))
    gauge.show_state(ShareGaugeState(GaugeMode.WITHHELD, None, ZONE, headline="Loose", time_s=1.01))
    assert gauge.accessibleName() == "Glute share: Loose"
    gauge.show_state(live(0.75, 1.02))
    assert "75 percent" in gauge.accessibleName()


@pytest.mark.parametrize("leaf", [ShareGauge, MuscleBars])
def test_digits_change_at_most_five_times_a_second(leaf) -> None:
    noise = random.Random(3)
    widget, names = leaf(LIGHT), []
    for k in range(180):
        value = noise.random()
        widget.show_state(live(value, k / 60) if leaf is ShareGauge else two_bars(60 * value, 20, k / 60))
        names.append(widget.accessibleName())
    changes = sum(one != other for one, other in itertools.pairwise(names))
    assert 10 <= changes <= 15


def test_held_digits_give_way_to_none_and_to_a_step_back_at_once() -> None:
    held = HeldDigits()
    assert [held.at(0.0, "70"), held.at(0.1, "75"), held.at(0.2, "75")] == ["70", "70", "75"]
    assert [held.at(0.21, ""), held.at(0.22, "40"), held.at(0.23, "45")] == ["", "40", "40"]
    assert held.at(0.05, "60") == "60"


def bar_tops(state: MuscleBarsState) -> list[float]:
    """Design y at which each bar's fill begins, read from the picture; the bottom where there is none."""
    picture = pixels(shown(MuscleBars, state))
    tops = []
    for column, bar in zip(columns(len(state.bars)), state.bars, strict=True):
        tint = np.array(QColor(LIGHT.muscle(bar.muscle)).getRgb()[:3])
        filled = np.nonzero((picture[95:512, round(column.x) + 3] == tint).all(axis=1))[0]
        tops.append(95.0 + filled[0] if len(filled) else BOTTOM)
    return tops


def test_equal_activity_is_equally_high_for_every_muscle() -> None:
    for value in (3.0, 15.0, 30.0, 59.0):
        tops = bar_tops(two_bars(value, value))
        assert tops[0] == tops[1] == pytest.approx(BOTTOM - value / 60.0 * (BOTTOM - TOP), abs=1.0)
    four = tuple(MuscleBar(m, s, 30.0) for s in ("left", "right") for m in ("glute", "quad"))
    assert len(set(bar_tops(MuscleBarsState(four, 60.0, time_s=1.0)))) == 1


def test_past_the_ruler_the_number_is_true_and_the_ruler_stands() -> None:
    beyond = shown(MuscleBars, two_bars(118.0, 30.0))
    assert "Glute 118 percent" in beyond.accessibleName()
    tops = bar_tops(two_bars(118.0, 30.0))
    assert TOP - 20.0 < tops[0] < TOP
    assert tops[1] == bar_tops(two_bars(30.0, 30.0))[1]


RULERS = {exercise.ruler_percent for exercise in EXERCISES.values()}


@pytest.mark.parametrize("end", sorted(RULERS | {60.0, 150.0, 300.0, 600.0, 1500.0, 6000.0}))
def test_the_rulers_end_is_printed_and_its_labels_are_few(end) -> None:
    ticks = BarRuler(end, BOTTOM, BOTTOM - TOP).ticks()
    assert ticks[0] == (0.0, "0")
    assert ticks[-1] == (end, f"{end:g}")
    assert 2 <= sum(bool(label) for _, label in ticks) <= LABELS_MOST + 1


@pytest.mark.parametrize("count", range(1, 9))
def test_bars_stand_apart_inside_their_leaf_on_both_sides_of_the_ruler(count) -> None:
    places = sorted(columns(count))
    assert places[0].x >= 0.0
    assert all(place.x + place.width <= MuscleBars.DESIGN[0] for place in places)
    assert all(one.x + one.width < other.x for one, other in itertools.pairwise(places))
    assert all(abs(place.middle - MuscleBars.DESIGN[0] / 2) > place.width / 2 + 20.0 for place in places)


def test_the_share_is_where_the_arc_is_split() -> None:
    """The parts of the arc, counted in pixels, are the share."""
    for share in (0.3, 0.5, 0.8):
        picture = pixels(shown(ShareGauge, live(share)))[:340]
        tints = [np.array(QColor(token).getRgb()[:3]) for token in (LIGHT.glute, LIGHT.quad)]
        glute, quad = ((picture == tint).all(axis=2).sum() for tint in tints)
        assert glute / (glute + quad) == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("size", SCALE)
def test_digits_are_as_wide_as_each_other(size) -> None:
    assert len({round(number_width(digit * 3, size), 3) for digit in "0123456789"}) == 1
    for face in (Face.TEXT, Face.BOLD):
        widths = [width(digit, face, size) for digit in "0123456789"]
        assert max(widths) - min(widths) < 0.002 * size


def test_the_type_is_inter_and_reaches_three_metres() -> None:
    assert QFontInfo(font(Face.TEXT, 18)).family() == "Inter"
    assert QFontInfo(font(Face.BOLD, 18)).family().startswith("Inter")
    assert QFontInfo(font(Face.DISPLAY, 104)).family().startswith("Inter Display")
    # 17.5 mm of cap height is 20 minutes of arc at 3 m, and 74 px on a 14-inch screen of 800 px.
    assert QFontMetricsF(font(Face.DISPLAY, 104)).capHeight() >= 74.0
    assert 104 in SCALE
    assert min(SCALE) == SMALLEST


def test_a_square_below_the_zone_a_disc_in_it() -> None:
    def tints(share: float) -> set[str]:
        widget = shown(RepStrip, RepStripState((RepMark(1, share),), 8, 2, ZONE))
        seen = {tuple(row) for row in pixels(widget).reshape(-1, 3).tolist()}
        return {name for name in ("glute", "quad") if QColor(getattr(LIGHT, name)).getRgb()[:3] in seen}

    assert [tints(share) for share in (0.2, 0.64, 0.65, 0.8, 0.95)] == [
        {"quad"},
        {"quad"},
        {"glute"},
        {"glute"},
        {"glute"},
    ]


def test_themes_differ_in_every_token_that_is_seen() -> None:
    same = [f.name for f in dataclasses.fields(LIGHT) if getattr(LIGHT, f.name) == getattr(DARK, f.name)]
    assert same == []
