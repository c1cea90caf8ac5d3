"""The page Signals on a running loop of the simulated person: sweep, spectrum, verdicts, link, keys."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import desk_pages
import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from qt_window import long_words

from device.board_settings import BoardInput, BoardModel
from device.channel_map import parse_channel_map
from device.handshake import StreamRequest
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import Opened, open_home, open_stream
from emgfeedback.power import Power
from emgfeedback.session.file import SessionFile
from emgfeedback.settings import Settings, load_settings
from emgfeedback.simulation.board import ONE_LEG, Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.personas import persona_named
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.studio import Studio
from emgfeedback.ui import states
from emgfeedback.ui.leaves.quality_light import Light
from emgfeedback.ui.leaves.trace import Shows
from emgfeedback.ui.look import Look
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.signals import SignalsPage
from emgfeedback.ui.sweep import Sweep

desk_pages.prepare()

OpenStudio = Callable[..., Studio]


@pytest.fixture
def studio_of() -> Iterator[OpenStudio]:
    opened: list[Studio] = []

    def make(options: str, channels: str = "") -> Studio:
        home = open_home()
        wired = parse_channel_map(channels) if channels else None
        stream = open_stream(home, f"sim:balanced?fast=1&{options}", wired, None)
        studio = Studio(home, stream, SetRequest(), lambda: Power.BATTERY)
        studio.use_todays()
        studio.__enter__()
        opened.append(studio)
        return studio

    yield make
    for studio in opened:
        studio.__exit__()


def show(qtbot: QtBot, studio: Studio, look: Look = desk_pages.LOOKS["light"]) -> SignalsPage:
    page = SignalsPage(look.palette, scale=look.scale)
    qtbot.addWidget(page)
    desk_pages.shown(page)
    page.show_model(Model(studio=studio))
    return page


def play(page: SignalsPage, studio: Studio, seconds: float, every_s: float = 0.1) -> None:
    """Samples go through the loop, and the page is shown what came."""
    stop = studio.loop.stop + seconds * studio.opened.info.sfreq_hz
    while studio.loop.stop < stop:
        until = studio.loop.stop + every_s * studio.opened.info.sfreq_hz
        while studio.loop.stop < until:
            studio.loop.step()
        page.show_model(Model(studio=studio))
        desk_pages.settle()


def test_every_channel_has_sweep_verdict_and_resolution(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1")
    page = show(qtbot, studio)
    play(page, studio, 3.0)
    assert page.state is not None
    assert [facts.name for facts in page.state.channels] == ["Glute", "Quad"]
    for facts in page.state.channels:
        assert facts.sign == "good", facts
        assert "µV" in facts.now
        assert "% of max" in facts.now
        assert "µV a count" in facts.resolution
        assert "honest from" in facts.resolution
        assert "No clipping." in facts.fix
    assert "0 of" in page.link.text()
    assert "Spectrum of the last 2 seconds" in page.spectrum.accessibleName()
    picture = page.traces[0].grab().toImage()
    places = [(x, y) for x in range(0, picture.width(), 2) for y in range(40, picture.height(), 4)]
    assert len({picture.pixelColor(*place).name() for place in places}) > 3


FOUR = "A0=glute:left,A1=quad:left,A2=glute:right,A3=quad:right"


@pytest.mark.parametrize("faults", ["", "&fault=mains@1%2B30:A1=9,liftoff@2%2B20:A2,saturation@2%2B20:A3"])
def test_four_channels_with_all_their_words_need_no_scrolling(
    qtbot: QtBot, studio_of: OpenStudio, faults: str
) -> None:
    studio = studio_of(f"seed=1{faults}", FOUR)
    page = show(qtbot, studio)
    play(page, studio, 5.0, every_s=0.5)
    assert page.state is not None
    assert [facts.sign for facts in page.state.channels] == (
        ["good", "hum", "trouble", "trouble"] if faults else ["good"] * 4
    )
    assert page.area.verticalScrollBar().maximum() == 0
    for trace, block, facts in zip(page.traces, page.blocks, page.state.channels, strict=True):
        assert trace.height() >= 84
        assert (block.verdict.text(), block.fix.text()) == (facts.verdict, facts.fix)
        assert (
            abs(trace.mapTo(page, trace.rect().topLeft()).y() - block.mapTo(page, block.rect().topLeft()).y())
            < 4
        )
    assert desk_pages.clipped(page) == []
    assert desk_pages.too_small(page) == []
    page.pressed("z")
    assert len(page.plots) == 4
    assert page.area.verticalScrollBar().maximum() == 0
    page.pressed("z")
    page.set_look(desk_pages.LOOKS["light 200 %"])
    desk_pages.settle()
    assert desk_pages.clipped(page) == []


def test_a_loose_pad_is_told_with_its_remedy(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1&fault=liftoff@2%2B20")
    page = show(qtbot, studio)
    play(page, studio, 5.0, every_s=0.25)
    assert page.state is not None
    loose = [facts for facts in page.state.channels if facts.sign == "trouble"]
    assert loose
    assert "pad down" in loose[0].fix
    assert "{" not in loose[0].fix


def test_lost_samples_leave_a_gap_and_are_counted(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1&fault=stall@1.5%2B1")
    page = show(qtbot, studio)
    play(page, studio, 3.5)
    assert page._sweep is not None
    assert np.isnan(page._sweep.envelope).any()
    lost = studio.loop.source.stats.samples_lost
    assert lost > 500
    assert f"{lost} of" in page.link.text()


def test_keys_change_what_is_shown_and_zoom_stands_still(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1")
    page = show(qtbot, studio)
    play(page, studio, 1.0)
    assert page.pressed("r")
    assert page.shows is Shows.EMG
    assert page.pressed("w")
    assert page.seconds == 10.0
    play(page, studio, 0.5)
    assert page.pressed("f")
    assert page._sweep is not None
    stop = page._sweep.stop
    play(page, studio, 0.5)
    assert page._sweep.stop == stop
    assert page.message.text() == "Frozen. F goes on."
    page.pressed("f")
    assert page.pressed("z")
    assert len(page.plots) == 2
    assert "Glute" in page.message.text()
    page.pressed("z")
    assert page.plots == []
    assert not page.pressed("q")


def test_a_mark_goes_into_the_recording(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1")
    page = show(qtbot, studio)
    play(page, studio, 0.3)
    page.pressed("x")
    assert "no mark set" in page.message.text()
    studio.train()
    studio.loop.step()
    page.pressed("x")
    assert page.message.text().startswith("Marked at")
    studio.live_set.end()
    studio.advance()
    path = studio.finished[-1].recording
    assert isinstance(path, Path)
    with SessionFile(path) as session:
        assert [marker.text for marker in session.markers()] == ["Marked on Signals"]


def test_a_hidden_page_lets_go_of_the_loop(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1")
    sinks = len(studio.loop.sinks)
    page = show(qtbot, studio)
    assert len(studio.loop.sinks) == sinks + 1
    page.hide()
    assert len(studio.loop.sinks) == sinks


@pytest.mark.parametrize("look", desk_pages.LOOKS)
def test_readable_named_reachable(qtbot: QtBot, studio_of: OpenStudio, look: str) -> None:
    studio = studio_of("seed=1")
    page = show(qtbot, studio, desk_pages.LOOKS[look])
    play(page, studio, 0.5)
    desk_pages.settle()
    assert desk_pages.nameless(page) == []
    assert desk_pages.too_small(page) == []
    assert desk_pages.clipped(page) == []


def test_a_sweep_is_the_same_however_the_rows_came() -> None:
    rows = np.random.default_rng(3).normal(0.0, 50.0, (5000, 4))
    rows[700:900] = np.nan

    def until(stop: int) -> Callable[[int], tuple[int, np.ndarray]]:
        return lambda n: (stop, rows[stop - n : stop] if n else rows[:0])

    once, often = Sweep(301, 2000, 2), Sweep(301, 2000, 2)
    once.advance(until(5000))
    for stop in range(7, 5001, 7):
        often.advance(until(stop))
    often.advance(until(5000))
    head = once.head
    for name in ("low", "high", "envelope"):
        # The column at the head is cut by the window's edge where all came at once.
        a, b = (np.delete(getattr(sweep, name), head, axis=0) for sweep in (once, often))
        np.testing.assert_allclose(a, b)
    assert np.isnan(often.low).sum() == 0


def mistaken_board() -> SimulatedSource:
    """A board whose quad says that it gives an envelope, and gives raw EMG."""
    scene = Scene(persona_named("balanced"), exercise_named("squat"), 1, ONE_LEG)
    model = BoardModel(inputs=(BoardInput(), BoardInput(kind=2)) + (BoardInput(),) * 6)
    board = SimulatedBoard(scene, 1000.0, model)
    return SimulatedSource(board, StreamRequest(oversample=4), time.monotonic, fast=True)


def test_a_little_hum_is_named_with_its_remedy_and_a_notch_is_offered(
    qtbot: QtBot, studio_of: OpenStudio
) -> None:
    studio = studio_of("seed=1&fault=mains@1%2B30:quad=9")
    page = show(qtbot, studio)
    told: list[Settings] = []
    page.changed.connect(told.append)
    play(page, studio, 4.0)
    assert page.state is not None
    quad = page.state.channels[1]
    assert quad.sign == "hum"
    assert not quad.withheld
    assert "Quad: 50 Hz hum," in quad.verdict
    assert "quad cable away from power strips" in quad.fix
    assert "N sets a 50 Hz notch from the next set on" in quad.fix
    assert "50 Hz mains, quad" in page.spectrum.accessibleName()
    picture = studio.picture()
    assert picture.caution == "Some mains hum in the quad signal."
    light = states.light(picture.bars[1], replace(picture, stale=False))
    assert (light.light, light.word) == (Light.WATCH, "hums")
    assert page.pressed("n")
    assert load_settings().chain.notch_hz == 50.0
    assert page.message.text().startswith("50 Hz notch. It holds now. Calibrate again")
    studio.take_chain(told[-1].chain)  # as the window does
    play(page, studio, 6.0)
    assert [facts.sign for facts in page.state.channels] == ["good", "good"]
    assert "A 50 Hz notch is on" in " ".join(words.text() for words in page.apart)
    page.pressed("n")
    assert load_settings().chain.notch_hz == 0.0


def test_where_no_mains_is_found_no_notch_is_set(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1")
    page = show(qtbot, studio)
    play(page, studio, 2.0)
    page.pressed("n")
    assert "no notch is needed" in page.message.text()
    assert load_settings().chain.notch_hz == 0.0


def test_a_channel_that_is_not_what_it_says_is_doubted_and_what_it_lacks_is_off(qtbot: QtBot) -> None:
    source = mistaken_board()
    opened = Opened(source, "simulated", source.clock, source)
    with Studio(open_home(), opened, SetRequest(), lambda: Power.BATTERY) as studio:
        page = show(qtbot, studio)
        off = [words.text() for words in page.off]
        assert "Median frequency and fatigue: switched off. A1: an envelope has no spectrum" in off[2]
        assert len(off) == 4
        play(page, studio, 12.0, every_s=0.5)
        assert page.state is not None
        glute, quad = page.state.channels
        assert glute.sign == "good"
        assert quad.sign == "trouble"
        assert quad.verdict == "Quad: not as said"
        assert quad.fix.startswith("A1 says that it gives an envelope, but it looks like raw EMG.")
        picture = studio.picture()
        assert picture.caution == "Quad gives another signal than it says. Check its wiring."
        light = states.light(picture.bars[1], replace(picture, stale=False))
        assert (light.light, light.word) == (Light.TROUBLE, "other kind")
        assert desk_pages.clipped(page) == []
        with long_words():
            large = show(qtbot, studio, desk_pages.LOOKS["light 200 %"])
            play(large, studio, 1.0, every_s=0.5)
            assert large.state is not None
            assert large.state.channels[1].sign == "trouble"
            assert desk_pages.clipped(large) == []
            assert desk_pages.too_small(large) == []


def test_a_slow_board_says_what_its_rate_cannot_carry(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1&rate=250")
    page = show(qtbot, studio)
    play(page, studio, 0.5)
    off = " ".join(words.text() for words in page.off)
    assert "Whole band of 20 to 450 Hz: switched off. The band ends at 112 Hz" in off
    page.hide()
    assert page.off == []


def test_the_delay_is_told_by_stage_and_the_average_apart(qtbot: QtBot, studio_of: OpenStudio) -> None:
    studio = studio_of("seed=1")
    page = show(qtbot, studio)
    loop = studio.loop
    for meter, seconds in ((loop.delay, 0.0004), (loop.drawn, 0.003), (loop.painted, 0.011)):
        meter.add(seconds)
    play(page, studio, 1.0)
    said = [words.text() for words in page.apart]
    assert said[0] == "Named apart: the 125 ms average adds 62 ms, band-pass 2, board 4."
    assert said[1] == "To the picture: decide 0.4, wait 2.6, paint 8.0 ms."
    assert "to the picture: 11 ms" in page.delays.accessibleName()
