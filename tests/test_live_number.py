"""The live number in steps of five never contradicts the zone word beside it, on any view."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qt_window import pixels
from test_terminal_page import LIVE

from emgfeedback.activation import ZoneGate
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Zone, ZoneState
from emgfeedback.terminal_page import page
from emgfeedback.ui.leaves.glance_field import Flag, GlanceField, GlanceState
from emgfeedback.ui.leaves.share_gauge import GaugeMode, ShareGauge, ShareGaugeState
from emgfeedback.ui.palette import LIGHT
from emgfeedback.words import share_digits

HOP_S = 0.01
ZONES = st.tuples(st.floats(0.12, 0.85), st.floats(0.01, 0.3)).map(lambda z: Zone(z[0], min(sum(z), 0.95)))
SHARES = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=60)
#: A share that lingers around the lower edge, which is where words and number part most easily.
AROUND = st.tuples(ZONES, st.lists(st.floats(-0.06, 0.06), min_size=20, max_size=80))


def contradicts(digits: str, zone: Zone, state: ZoneState) -> bool:
    """Whether these digits stand elsewhere than ``state`` says, beside the zone in whole percent."""
    low, high = round(100 * zone.low), round(100 * zone.high)
    if state is ZoneState.NONE:
        return False
    if digits == ">89":
        return state is not ZoneState.ABOVE and (low - 1 if state is ZoneState.BELOW else high) < 90
    if digits == "<11":
        return state is not ZoneState.BELOW and (high + 1 if state is ZoneState.ABOVE else low) > 10
    where = {
        ZoneState.BELOW: int(digits) < low,
        ZoneState.IN: low <= int(digits) <= high,
        ZoneState.ABOVE: int(digits) > high,
    }
    return not where.get(state, True)


@given(st.floats(0.0, 1.0), ZONES, st.sampled_from(list(ZoneState)))
def test_digits_stand_where_the_zone_state_says(share: float, zone: Zone, state: ZoneState) -> None:
    assert not contradicts(share_digits(share, zone, state), zone, state)


@given(st.floats(0.0, 1.0), ZONES)
def test_a_share_clear_of_the_edges_is_rounded_as_without_a_zone(share: float, zone: Zone) -> None:
    inside = zone.low + 0.05 <= share <= zone.high - 0.05
    below, above = share <= zone.low - 0.05, share >= zone.high + 0.05
    state = ZoneState.IN if inside else ZoneState.BELOW if below else ZoneState.ABOVE
    if inside or below or above:
        assert share_digits(share, zone, state) == share_digits(share)


@pytest.mark.parametrize(
    ("share", "state", "digits"),
    [
        (0.64, ZoneState.BELOW, "60"),
        (0.66, ZoneState.BELOW, "60"),
        (0.64, ZoneState.IN, "65"),
        (0.81, ZoneState.IN, "80"),
        (0.81, ZoneState.ABOVE, "85"),
    ],
)
def test_at_the_edges_of_a_zone_from_65_to_80(share: float, state: ZoneState, digits: str) -> None:
    assert share_digits(share, Zone(0.65, 0.80), state) == digits


@given(AROUND)
def test_gauge_glance_and_terminal_agree_with_the_gate_at_every_frame(
    qapp: object, course: tuple[Zone, list[float]]
) -> None:
    zone, steps = course
    gate = ZoneGate(zone, ChainSettings(), HOP_S)
    gauge, field = ShareGauge(LIGHT), GlanceField(LIGHT)
    for k, step in enumerate(step for step in steps for _ in range(5)):
        share = min(max(zone.low + step, 0.0), 1.0)
        state = ZoneState(gate.push(share))
        time_s = k * HOP_S
        seen = gauge.see(ShareGaugeState(GaugeMode.LIVE, share, (zone.low, zone.high), state, time_s=time_s))
        assert not contradicts(seen.digits, zone, state)
        flag = Flag.QUAD if state is ZoneState.BELOW else Flag.GLUTE
        glance = field.see(GlanceState(flag, share, flag.value, 0.0, zone, state, time_s=time_s))
        assert contradicts(glance.digits, zone, ZoneState.BELOW) == (glance.flag is Flag.GLUTE)


def test_the_terminal_page_says_60_below_a_zone_from_65() -> None:
    side = dataclasses.replace(LIVE.sides[0], share=0.64, zone_state=ZoneState.BELOW)
    other = dataclasses.replace(side, share=0.60)
    pages = [
        [line.plain for line in page(dataclasses.replace(LIVE, sides=(one,)))][3:9] for one in (side, other)
    ]
    assert [row[:27] for row in pages[0]] == [row[:27] for row in pages[1]]


def test_the_picture_changes_with_the_word_and_not_a_moment_later(qapp: object) -> None:
    """Digits that stand for 0.2 s do not outlive the zone word."""
    gauge = ShareGauge(LIGHT)
    gauge.resize(560, 430)
    zone = (0.65, 0.80)
    gauge.show_state(ShareGaugeState(GaugeMode.LIVE, 0.64, zone, ZoneState.BELOW, time_s=1.0))
    before = pixels(gauge)
    gauge.show_state(ShareGaugeState(GaugeMode.LIVE, 0.64, zone, ZoneState.IN, time_s=1.01))
    assert gauge.accessibleName() == "Glute share 65 percent, in your zone 65 to 80"
    assert (pixels(gauge) != before).any()
