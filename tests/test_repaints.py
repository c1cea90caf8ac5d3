"""Any way through the states of a live leaf: what is painted in parts is what one whole painting shows."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from pytestqt.qtbot import QtBot
from qt_window import expose, pixels

from emgfeedback.frame import ZoneState
from emgfeedback.ui.arcs import ring_sector, swept
from emgfeedback.ui.leaves.hold_ring import HoldRing, HoldRingState
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.muscle_bars import MuscleBar, MuscleBars, MuscleBarsState
from emgfeedback.ui.leaves.share_gauge import GaugeMode, ShareGauge, ShareGaugeState
from emgfeedback.ui.palette import LIGHT
from emgfeedback.ui.type_scale import load_fonts

#: Levels of 255. Qt paints a large glyph with slightly other edges the first time than ever after (up to 11
#: levels). An arc that was cut elsewhere differed by 30, a number left standing by 200.
MOST = 12
ZONE = (0.65, 0.8)


def gauge(random: Random) -> ShareGaugeState:
    mode = random.choice([GaugeMode.LIVE] * 9 + [GaugeMode.WITHHELD])
    place = random.choice([ZoneState.IN] * 9 + [ZoneState.BELOW])
    other = random.choice([None, random.random(), random.random()])
    return ShareGaugeState(mode, random.random(), ZONE, place, side="right", other_share=other, time_s=0.0)


def bars(random: Random) -> MuscleBarsState:
    glute, quad, peak = (random.uniform(0.0, 125.0) for _ in range(3))
    ceiling = random.choice([None] * 9 + [40.0])
    pair = (
        MuscleBar("glute", value=glute, peak=peak if peak > glute else None, note="of max"),
        MuscleBar("quad", value=random.choice([quad] * 9 + [None]), ceiling=ceiling, note="of max"),
    )
    return MuscleBarsState(pair, 100.0, time_s=0.0)


def ring(random: Random) -> HoldRingState:
    note = random.choice(["1.2 of 2 s", "1.3 of 2 s", ""])
    return HoldRingState(5, 8, random.random(), held=random.random() > 0.9, note=note)


@pytest.mark.parametrize("scale", [1.0, 0.73, 1.37])
@pytest.mark.parametrize(("kind", "drawn"), [(ShareGauge, gauge), (MuscleBars, bars), (HoldRing, ring)])
def test_painted_in_parts_is_painted_whole(
    kind: type[Leaf[Any, Any]], drawn: Callable[[Random], Any], scale: float, qtbot: QtBot
) -> None:
    load_fonts()
    random, leaf = Random(round(100 * scale)), kind(LIGHT)
    qtbot.addWidget(leaf)
    leaf.resize(*(round(scale * side) for side in leaf.DESIGN))
    leaf.show_state(drawn(random))
    leaf.grab()
    expose(qtbot, leaf)
    for k in range(60):
        state = drawn(random)
        # Digits stand for 0.2 s: some of the steps change them, some do not.
        leaf.show_state(replace(state, time_s=0.09 * k) if hasattr(state, "time_s") else state)
        qtbot.wait(1)
        in_window = pixels(leaf.screen().grabWindow(leaf.winId())).astype(int)
        assert np.abs(in_window - pixels(leaf)).max() <= MOST, state


@given(st.floats(-40.0, 400.0), st.floats(-360.0, 360.0))
def test_the_box_of_a_swept_ring_holds_it(start: float, by: float) -> None:
    left, top, right, bottom = swept(100.0, 100.0, 50.0, 20.0, start, start + by)
    # Qt's arcs are Bézier curves: they stray from the circle by a few hundredths.
    wider = QRectF(QPointF(left - 0.05, top - 0.05), QPointF(right + 0.05, bottom + 0.05))
    path = ring_sector(100.0, 100.0, 50.0, 20.0, start, start + by)
    assert all(wider.contains(path.pointAtPercent(k / 50)) for k in range(51))
