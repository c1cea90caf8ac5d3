"""The share's rules: when it shows, what it is, when it is withheld, and the calm of the zone."""

import math
from dataclasses import replace

import numpy as np
import pytest
from shaped_emg import convert, one_leg
from simulated_signals import chunks

from calibration import ChannelCalibration, percent_mvc
from emgfeedback.activation import ShareTracker, ZoneGate, floor_percent
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import ShareState, Zone, ZoneState
from emgfeedback.pipeline import Pipeline

HOP_S = 0.008
SETTINGS = ChainSettings()
CHANNEL = ChannelCalibration("A0", "glute", "right", "raw", 200.0, 4.0, 0.4, 150.0, 160.0, "good")


def tracker(glute_floor: float = 1.0, quad_floor: float = 1.0) -> ShareTracker:
    return ShareTracker(SETTINGS, HOP_S, glute_floor, quad_floor)


def push(share: ShareTracker, glute: float, quad: float, hops: int, withheld: bool = False) -> list[int]:
    return [share.push(glute, quad, withheld) for _ in range(hops)]


def test_a_settled_share_is_g_over_g_plus_q():
    for glute, quad in ((30.0, 10.0), (12.0, 40.0), (100.0, 130.0)):
        share = tracker()
        push(share, glute, quad, 100)
        assert share.share == pytest.approx(glute / (glute + quad), abs=1e-9)
        assert share.state == ShareState.LIVE


def test_the_share_follows_in_a_tenth_of_a_second():
    share = tracker()
    push(share, 20.0, 20.0, 100)
    hops = round(0.1 / HOP_S)
    push(share, 40.0, 20.0, hops)
    moved = math.log2(share.share / (1.0 - share.share))
    assert moved == pytest.approx(1.0 - math.exp(-hops * HOP_S / 0.1), abs=1e-9)


def test_it_shows_from_ten_percent_and_hides_after_a_while_below_seven():
    share = tracker()
    assert set(push(share, 9.9, 3.0, 100)) == {ShareState.REST}
    assert set(push(share, 10.0, 3.0, 10)) == {ShareState.LIVE}
    assert set(push(share, 7.0, 3.0, 200)) == {ShareState.LIVE}
    after = push(share, 6.9, 3.0, 100)
    assert after.index(ShareState.REST) * HOP_S == pytest.approx(0.3, abs=2 * HOP_S)
    assert math.isnan(share.share)


def test_a_short_dip_does_not_hide_it():
    share = tracker()
    push(share, 20.0, 10.0, 50)
    assert set(push(share, 5.0, 3.0, 30)) == {ShareState.LIVE}
    assert set(push(share, 20.0, 10.0, 10)) == {ShareState.LIVE}
    assert set(push(share, 5.0, 3.0, 30)) == {ShareState.LIVE}


def test_a_share_ends_at_its_limits():
    share = tracker()
    push(share, 90.0, 5.0, 200)
    assert share.share == pytest.approx(8.0 / 9.0)
    push(share, 5.0, 90.0, 300)
    assert share.share == pytest.approx(1.0 / 9.0)


def test_a_muscle_below_its_floor_is_quiet_and_no_number_is_given():
    share = tracker(quad_floor=2.0)
    assert push(share, 30.0, 1.9, 1) == [ShareState.QUAD_QUIET]
    assert math.isnan(share.share)
    assert share.balance > 0.8
    assert push(share, 30.0, 2.4, 1) == [ShareState.QUAD_QUIET]
    assert push(share, 30.0, 2.6, 1) == [ShareState.LIVE]
    assert push(share, 0.5, 30.0, 1) == [ShareState.GLUTE_QUIET]


def test_withheld_at_once_and_back_at_once():
    share = tracker()
    push(share, 30.0, 10.0, 100)
    assert set(push(share, 500.0, 10.0, 20, withheld=True)) == {ShareState.WITHHELD}
    assert math.isnan(share.share)
    assert math.isnan(share.balance)
    assert push(share, 30.0, 10.0, 1) == [ShareState.LIVE]
    assert share.share == pytest.approx(0.75, abs=1e-6)


def test_a_long_withholding_starts_afresh():
    share = tracker()
    push(share, 30.0, 10.0, 100)
    push(share, 30.0, 10.0, 100, withheld=True)
    assert push(share, 8.0, 4.0, 1) == [ShareState.REST]


def test_floor_is_what_a_restless_rest_reads():
    assert floor_percent(replace(CHANNEL, rest_sd_uv=0.0), 1.0) == 1.0
    restless = floor_percent(CHANNEL, 1.0)
    assert restless == pytest.approx(float(percent_mvc(np.array([4.8]), CHANNEL)[0]))
    envelope = replace(CHANNEL, signal="envelope", rest_sd_uv=2.0)
    assert floor_percent(envelope, 1.0) == pytest.approx(100.0 * 4.0 / 146.0)


ZONE = Zone(0.6, 0.75)
DWELL = round(0.2 / HOP_S)


def test_a_zone_is_entered_after_the_dwell():
    gate = ZoneGate(ZONE, SETTINGS, HOP_S)
    states = [gate.push(0.7) for _ in range(DWELL + 1)]
    assert states == [ZoneState.NONE] * (DWELL - 1) + [ZoneState.IN] * 2


def test_a_zone_is_left_only_beyond_the_edge_by_the_hysteresis():
    gate = ZoneGate(ZONE, SETTINGS, HOP_S)
    for share, state in (
        (0.7, 2),
        (0.56, 2),
        (0.54, 1),
        (0.64, 1),
        (0.66, 2),
        (0.79, 2),
        (0.81, 3),
        (0.71, 3),
    ):
        for _ in range(DWELL):
            got = gate.push(share)
        assert got == state


def test_a_short_excursion_does_not_count():
    gate = ZoneGate(ZONE, SETTINGS, HOP_S)
    for share, hops in ((0.7, DWELL), (0.4, DWELL - 1), (0.7, 1), (0.4, DWELL - 1), (0.9, DWELL - 1)):
        states = {gate.push(share) for _ in range(hops)}
    assert states == {ZoneState.IN}


def test_a_narrow_zone_can_be_entered_from_both_sides():
    for outside in (0.3, 0.9):
        gate = ZoneGate(Zone(0.60, 0.63), SETTINGS, HOP_S)
        for share in (outside, 0.615):
            for _ in range(DWELL):
                state = gate.push(share)
        assert state == ZoneState.IN


def test_no_share_is_no_zone_at_once():
    gate = ZoneGate(ZONE, SETTINGS, HOP_S)
    for _ in range(DWELL):
        gate.push(0.7)
    assert gate.push(math.nan) == ZoneState.NONE
    assert gate.push(0.7) == ZoneState.NONE


def test_a_share_on_the_edge_does_not_flicker():
    """Three minutes of a steady 30 % of both muscles, the zone's edge exactly at the true share."""
    counts, _ = convert(np.full((180_000, 2), 0.3), 8, fluctuation_db=0.0)
    info, calibration = one_leg()
    pipeline = Pipeline(info, None, calibration, {"right": Zone(0.5, 0.8)})
    frames = [pipeline.push(chunk) for chunk in chunks(counts)]
    zone = np.concatenate([frame.zone for frame in frames])[200:, 0]
    share = np.concatenate([frame.share for frame in frames])[200:, 0]
    assert abs(np.nanmean(share) - 0.5) < 0.02
    assert np.count_nonzero(np.diff(zone)) / 3.0 <= 3.0
