"""Remarks on the channels: held long enough to be read, and rare where nothing is wrong."""

from functools import cache

import pytest

from emgfeedback.cautions import HOLDS_S, STAYS_S, CautionWatch, Remark
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact
from emgfeedback.picture import muscle_bars
from emgfeedback.session.loop import Loop
from emgfeedback.session.setup import Setup
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source


@cache
def remarks(url: str, seconds: float) -> list[tuple[float, tuple[Remark, ...]]]:
    """(s, remarks) at every change."""
    with open_source(url) as source:
        assert isinstance(source, SimulatedSource)
        own = source.perfect_calibration(ChainSettings(), "2026-01-01T12:00:00+00:00", "simulated")
        loop = Loop(source, Setup(ChainSettings(), own), clock=source.clock)
        watch = CautionWatch(lambda: loop.pipeline)
        loop.attach(watch)
        told = [(0.0, watch.remarks)]
        while loop.stop < seconds * source.info.sfreq_hz:
            loop.step()
            if watch.remarks != told[-1][1]:
                told.append((loop.stop / source.info.sfreq_hz, watch.remarks))
    return told


@pytest.mark.parametrize("persona", ["quad-led", "novice"])
def test_clean_reps_get_no_remark(persona: str) -> None:
    told = remarks(f"sim:{persona}?fast=1&seed=3", 40.0)
    assert told == [(0.0, (Remark(), Remark()))]


@pytest.mark.parametrize(
    ("fault", "caution"), [("mains@4+6:quad=9", Contact.MAINS), ("motion@4+6:quad=40", Contact.MOTION)]
)
def test_what_is_a_little_wrong_is_told_and_laid_down(fault: str, caution: Contact) -> None:
    told = remarks(f"sim:balanced?fast=1&seed=1&fault={fault}", 18.0)
    assert all(state[0].caution is Contact.GOOD for _, state in told)
    seen = [at for at, state in told if state[1].caution is caution]
    assert seen
    assert 4.0 + HOLDS_S <= seen[0] <= 7.5
    gone = next(at for at, state in told if at > seen[0] and state[1].caution is Contact.GOOD)
    assert gone >= seen[0] + STAYS_S
    assert gone <= 10.0 + STAYS_S + 2.0


def test_mains_is_named() -> None:
    told = remarks("sim:balanced?fast=1&seed=1&fault=mains@4+6:quad=9", 18.0)
    assert {state[1].mains_hz for _, state in told if state[1].caution is Contact.MAINS} == {50.0}
    assert told[-1][1] == (Remark(), Remark())


def test_a_bar_carries_its_remark() -> None:
    with open_source("sim:balanced?fast=1") as source:
        hum = Remark(Contact.MAINS, 50.0)
        bars = muscle_bars(None, source.info.channels, (Remark(), hum), stale=True)
        assert [bar.remark for bar in bars] == [Remark(), Remark()]  # nothing has come yet
