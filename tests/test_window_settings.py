"""In the window: settings of the chain hold from the next set on, and a 100 % of another chain does not."""

from dataclasses import replace
from pathlib import Path

import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from pytestqt.qtbot import QtBot
from test_settings_page import press as press_choice
from test_window import QUICK, opened, path_of, perfect, press, spoken, wait  # noqa: F401 - a fixture

from emgfeedback.calibrating import now_local
from emgfeedback.chain import ChainSettings
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import Home, Opened, open_home
from emgfeedback.power import Power
from emgfeedback.session.file import SessionFile
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source
from emgfeedback.stage import Stage
from emgfeedback.studio import Studio
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.pages.settings import SettingsPage
from emgfeedback.ui.pages.signals import SignalsPage
from emgfeedback.ui.window import Window


def settings_page(qtbot: QtBot, window: Window) -> SettingsPage:
    press(qtbot, window, "6")
    assert isinstance(window.page, SettingsPage)
    return window.page


def test_a_notch_chosen_in_a_set_holds_from_the_next_one_and_asks_for_a_calibration(
    qtbot: QtBot,
    perfect: Path,  # noqa: F811 - the fixture
) -> None:
    request = WindowRequest(SetRequest(reps=5), "sim:balanced?seed=1", calibration=perfect, begins=True)
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the set begins")
        studio = window.model.studio
        assert studio is not None
        own = studio.calibration
        page = settings_page(qtbot, window)
        press_choice(page.notch, "50 Hz")
        said = page.note("chain.notch_hz")
        assert said == "Saved. It holds from the next set on. Calibrate again before it."
        qtbot.wait(200)
        assert studio.loop.setup.settings.notch_hz == 0.0
        assert window.model.calibrated
        press(qtbot, window, "p")
        wait(qtbot, lambda: window.model.stage is Stage.RESTING, "its end")
        assert studio.loop.setup.settings.notch_hz == 50.0
        assert not window.model.calibrated
        press(qtbot, window, "3")
        assert "The filter is not the same: calibrate again." in spoken(window)
        assert "Space: start the demo" in spoken(window)
        path = path_of(window)
        # Back as it was, between two sets: it holds at once, and so does what was measured through it.
        press_choice(settings_page(qtbot, window).notch, "Off")
        assert page.note("chain.notch_hz").startswith("Saved. It holds now.")
        assert studio.loop.setup.settings.notch_hz == 0.0
        assert studio.calibration == own
        assert window.model.calibrated
    with SessionFile(path) as session:
        assert session.header.settings.notch_hz == 0.0
        assert [event.kind for event in session.events() if event.kind == "settings"] == []


def test_another_average_holds_at_once_between_sets_and_ends_a_calibration(qtbot: QtBot) -> None:
    with opened(qtbot, WindowRequest(SetRequest(), "sim:balanced?seed=1", plan=QUICK)) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        studio = window.model.studio
        assert studio is not None
        page = settings_page(qtbot, window)
        press_choice(page.average, "Steady, 250 ms")
        assert studio.loop.setup.settings.rms_window_s == 0.25
        press(qtbot, window, "4")
        signals = window.page
        assert isinstance(signals, SignalsPage)
        wait(qtbot, lambda: "250 ms average adds 125 ms" in signals.apart[0].text(), "the lag of the average")
        press(qtbot, window, "c")
        wait(qtbot, lambda: window.model.prompt is not None, "a calibration")
        press_choice(settings_page(qtbot, window).average, "Responsive, 50 ms")
        assert page.note("chain.rms_window_s").startswith("Saved. The calibration was stopped")
        assert window.model.stage is Stage.IDLE
        assert studio.loop.setup.settings.rms_window_s == 0.05


def studio_of(home: Home, *, wearer: str = "Ann", directed: bool = False) -> Studio:
    source = open_source("sim:balanced?fast=1")
    assert isinstance(source, SimulatedSource)
    opened_ = Opened(source, wearer, source.clock, source if directed else None)
    return Studio(home, opened_, SetRequest(), lambda: Power.BATTERY)


def test_todays_calibration_of_the_other_chain_is_worn_and_a_set_to_come_waits_for_one() -> None:
    home = open_home()
    notched = replace(ChainSettings(), notch_hz=50.0)
    with studio_of(home) as studio:
        person = studio.opened.source
        assert isinstance(person, SimulatedSource)
        plain, other = (
            person.perfect_calibration(chain, now_local(), "Ann") for chain in (ChainSettings(), notched)
        )
        home.calibrations.save(other)
        studio.use(plain)
        studio.take_chain(notched)
        assert studio.calibration == other
        assert studio.note == ""
        assert studio.loop.setup.settings == notched
        # Neither worn before nor measured today: the set that was about to begin does not.
        studio.stage = Stage.READY
        studio.take_chain(replace(notched, rms_window_s=0.25))
        assert studio.stage is Stage.IDLE
        assert studio.calibration is None
        assert studio.scene.uncalibrated == "The filter is not the same: calibrate again."
        studio.take_chain(ChainSettings())
        assert studio.calibration == plain


def test_a_chain_changed_and_changed_back_in_a_set_leaves_all_as_it_was() -> None:
    with studio_of(open_home(), directed=True) as studio:
        studio.use_todays()
        own = studio.calibration
        studio.train()
        for _ in range(300):
            studio.loop.step()
        studio.take_chain(replace(ChainSettings(), notch_hz=60.0))
        studio.take_chain(ChainSettings())
        studio.stop()
        assert studio.stage is Stage.RESTING
        assert studio.calibration is own
        assert studio.note == ""
