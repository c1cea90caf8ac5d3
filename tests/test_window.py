"""The window as a whole: a real one on a screen, real events, and the simulated person behind it."""

import contextlib
import gc
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from command_line import run
from pty_board import board_on_pty
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot
from qt_window import InputWatch, expose

from calibration.form import dump
from calibration.plan import Plan
from device.channel_map import parse_channel_map
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import ShareState
from emgfeedback.live_set import PowerReader, SetRequest
from emgfeedback.power import Power
from emgfeedback.session.file import SessionFile
from emgfeedback.simulation.board import ONE_LEG, Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.personas import persona_named
from emgfeedback.sources import open_source
from emgfeedback.stage import Stage
from emgfeedback.ui import app, collector, states
from emgfeedback.ui.conductor import Conductor
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.share_gauge import GaugeMode
from emgfeedback.ui.leaves.words import Line, Words
from emgfeedback.ui.model import Model
from emgfeedback.ui.palette import LIGHT
from emgfeedback.ui.probe import PACKAGES, Probe, package_of, sentence
from emgfeedback.ui.type_scale import SMALLEST
from emgfeedback.ui.waker import LEAST_S, Waker
from emgfeedback.ui.window import Window
from emgfeedback.viewing import choose

QUICK = Plan(quick=True, rest_s=2.0, pause_s=1.0, position_s=1.0, ready_s=1.0, breath_s=1.0)
#: s of patience with a machine that does other things, too.
PATIENCE_S = 120.0


@contextlib.contextmanager
def opened(
    qtbot: QtBot, request: WindowRequest, power: PowerReader = lambda: Power.UNKNOWN
) -> Iterator[Window]:
    """The window as ``app.run`` shows it, closed at the end."""
    window = app.open_window(request, power)
    wait(qtbot, lambda: QTest.qWaitForWindowExposed(window, 1000), "the window is shown")
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        QApplication.processEvents()


def wait(qtbot: QtBot, done: Callable[[], bool], what: str) -> None:
    """Let the window live until ``done``."""
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, what
        qtbot.wait(5)


def press(qtbot: QtBot, window: Window, key: str) -> None:
    """A real key event at the window."""
    qtbot.keyClicks(window, key)


def spoken(window: Window) -> str:
    """All words on show, as a screen reader finds them."""
    return " ".join(leaf.accessibleName() for leaf in window.findChildren(Words) if leaf.isVisible())


def path_of(window: Window) -> Path:
    conductor = window.conductor
    assert isinstance(conductor, Conductor)
    path = conductor.finished[-1].recording
    assert path is not None
    return path


@pytest.fixture
def perfect(tmp_path: Path) -> Path:
    """The 100 % of the simulated person, as a file."""
    path = tmp_path / "perfect.json"
    with open_source("sim:balanced?fast=1") as source:
        record = source.perfect_calibration(  # type: ignore[attr-defined]
            ChainSettings(), "2026-01-01T12:00:00+00:00", "simulated"
        )
    path.write_text(dump(record))
    return path


@pytest.mark.real_time
def test_one_key_leads_from_start_through_calibration_and_set_to_the_summary(qtbot: QtBot) -> None:
    """In real time: up to three attempts."""
    request = WindowRequest(SetRequest(reps=2), "sim:balanced?seed=1", plan=QUICK)
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        assert window.page.name == "start"
        assert "SIMULATED" in window.model.who
        inputs = InputWatch()
        press(qtbot, window, " ")
        stages = []
        pages = set()

        def over() -> bool:
            stages.extend([window.model.stage] if window.model.stage not in stages else [])
            pages.add(window.page.name)
            return window.model.stage is Stage.RESTING

        wait(qtbot, lambda: over() or len(window.model.picture.reps) == 1, "the first rep")  # type: ignore[union-attr]
        time.sleep(2.0)  # the window is stuck, the samples are not
        wait(qtbot, over, "the set ends by itself")
        assert inputs.end() == ["KeyPress", "KeyRelease"]  # the start, and nothing after it
        assert stages == [Stage.CALIBRATING, Stage.READY, Stage.TRAINING, Stage.RESTING]
        assert pages == {"calibrate", "train"}
        finished = window.model.finished
        assert finished is not None
        assert len(finished.reps) == 2
        assert "Set 1 is over" in spoken(window)
        press(qtbot, window, "1")
        path = path_of(window)
    with SessionFile(path) as session:
        assert session.complete
        assert session.gaps() == ()
        delay = session.summary()["delay"]
        assert isinstance(delay, dict)
        painted = delay["painted"]
        # A window that stood still for 2 s would be in every twentieth decision, were one to wait for it.
        # How fast they are when nothing runs beside them, tests/test_window_end_to_end.py measures.
        assert delay["p95_ms"] < 500.0
        assert painted["n"] > 100


@pytest.mark.real_time
def test_lift_off_stall_and_unplugging_in_a_set_say_so_and_go_on(qtbot: QtBot, perfect: Path) -> None:
    """In real time: up to three attempts."""
    faults = "liftoff@7+3:glute,stall@13+1.5,unplug@18+2"
    request = WindowRequest(
        SetRequest(reps=5), f"sim:balanced?seed=1&fault={faults}", calibration=perfect, begins=True
    )
    seen: dict[str, tuple[GaugeMode, str]] = {}
    with opened(qtbot, request) as window:
        inputs = InputWatch()
        wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the set begins")
        studio = window.model.studio
        assert studio is not None
        board = studio.opened.info.source_id

        def watch() -> bool:
            model, picture = window.model, window.model.picture
            if picture is not None and model.stage is Stage.TRAINING:
                gauge = states.gauge(model, picture)
                words = f"{gauge.headline}. {picture.advice}"
                seen.setdefault(words, (gauge.mode, gauge.headline))
                if picture.stale:
                    assert gauge.share is None
                    assert gauge.mode is GaugeMode.WITHHELD
                    assert all(bar.value is None for bar in states.bars(model, picture).bars)
                    assert picture.working.state is not ShareState.LIVE or gauge.mode is GaugeMode.WITHHELD
            return model.stage is Stage.RESTING

        wait(qtbot, watch, "the set goes on and ends by itself")
        finished = window.model.finished
        assert inputs.end() == []  # nothing wanted a click
        assert window.model.studio is studio
        assert studio.opened.info.source_id == board
        assert studio.loop.source.stats.reconnects >= 1
        assert finished is not None
        said = " | ".join(seen)
        assert "Glute pad is loose. Press the glute pad down." in said
        assert "No new data. The number comes back by itself." in said
        assert "No new data. Board lost. Looking for it." in said
        assert finished.ended.startswith("Set done: 5 reps")
        assert any(not rep.left_out for rep in finished.reps)
        (side,) = finished.findings
        for line in side.lines:
            assert line in spoken(window)
        path = path_of(window)
    with SessionFile(path) as session:
        assert session.complete
        assert len(session.gaps()) >= 1


def test_a_full_disk_is_a_sentence_and_the_set_goes_on(qtbot: QtBot, perfect: Path) -> None:
    from emgfeedback.opening import open_home

    home = open_home()
    home.folder.mkdir(parents=True, exist_ok=True)
    home.sessions.write_text("a file where the folder should be")
    request = WindowRequest(SetRequest(reps=2), "sim:balanced", calibration=perfect, begins=True)
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the set begins")
        picture = window.model.picture
        wait(qtbot, lambda: "Not recording" in window.model.picture.advice, "the sentence")  # type: ignore[union-attr]
        assert picture is not None
        press(qtbot, window, "p")
        wait(qtbot, lambda: window.model.stage is Stage.RESTING, "pain stops")
        assert window.model.finished is not None
        assert "Ease out of the position" in window.model.finished.ended
        # A set that a key has ended is told like any other one when the window is closed.
        assert isinstance(window.conductor, Conductor)
        assert window.conductor.finished == [window.model.finished]


def test_a_real_board_on_mains_waits_and_goes_on_when_the_charger_is_out(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.board.SOFTWARE_BOARD", 1)
    scene = Scene(persona_named("balanced"), exercise_named("bridge"), 1, ONE_LEG)
    plug = [Power.MAINS]
    with board_on_pty(SimulatedBoard(scene, 1000.0).board) as served:
        request = WindowRequest(SetRequest(), f"serial:{served.path}?oversample=4")
        with opened(qtbot, request, lambda: plug[0]) as window:
            wait(qtbot, window.banner.isVisible, "the banner")
            assert window.banner.accessibleName().startswith("Unplug the charger")
            assert "Paused until" in spoken(window)
            assert window.model.picture is None
            plug[0] = Power.BATTERY
            wait(qtbot, lambda: window.model.picture is not None, "it goes on by itself")
            assert not window.banner.isVisible()
            assert window.model.who == ""
            assert "Real board not calibrated today" in spoken(window)
            wait(qtbot, lambda: "On battery" in spoken(window), "the power word")
            press(qtbot, window, "3")
            plug[0] = Power.MAINS
            wait(qtbot, window.banner.isVisible, "the banner on the page Train")


@pytest.fixture
def empty(qtbot: QtBot) -> Window:
    """The window before anything is open."""
    app.application()
    window = Window(LIGHT)
    qtbot.addWidget(window)
    expose(qtbot, window)
    return window


def test_every_page_has_its_key(qtbot: QtBot, empty: Window) -> None:
    for key, name in (("2", "calibrate"), ("3", "train"), ("?", "keys"), ("1", "start")):
        press(qtbot, empty, key)
        assert empty.page.name == name
    press(qtbot, empty, "3")
    press(qtbot, empty, "g")
    assert empty.page.name == "glance"
    qtbot.keyClick(empty, Qt.Key.Key_Escape)
    assert empty.page.name == "train"
    press(qtbot, empty, "t")
    assert empty.colours.name == "dark"
    before = empty.width()
    press(qtbot, empty, "+")
    qtbot.waitUntil(lambda: empty.width() > before)
    press(qtbot, empty, "-")
    qtbot.waitUntil(lambda: empty.width() == before)


def test_tab_reaches_every_control(qtbot: QtBot, empty: Window) -> None:
    empty.activateWindow()
    empty.page.action.show_action("Start", "Space")  # type: ignore[attr-defined]
    wanted = {button for button in empty.findChildren(QAbstractButton) if button.isVisible()}
    assert wanted
    reached = set()
    for _ in range(2 * len(wanted) + 4):
        focus = empty.focusWidget()
        if isinstance(focus, QAbstractButton):
            reached.add(focus)
        empty.focusNextChild()
    assert reached == wanted
    assert all(button.accessibleName() for button in wanted)


@pytest.mark.parametrize("size", [(1280, 800), (2560, 1600), (1000, 900)])
def test_the_picture_scales_as_one_and_no_text_is_small(
    qtbot: QtBot, empty: Window, size: tuple[int, int]
) -> None:
    empty.resize(*size)
    for name in ("start", "calibrate", "train", "keys"):
        empty.go(name)
        empty.page.show_model(Model())
        for leaf in empty.findChildren(Leaf):
            if not leaf.isVisible():
                continue
            assert empty.rect().contains(leaf.mapTo(empty, leaf.rect().center()))
            if isinstance(leaf, Words) and leaf._seen is not None:
                sizes = [item.size for item in leaf._seen if isinstance(item, Line)]
                assert all(one >= SMALLEST for one in sizes)
                assert leaf.accessibleName() or not any(
                    item.text for item in leaf._seen if isinstance(item, Line)
                )


def test_many_frames_make_one_picture(qtbot: QtBot) -> None:
    drawn: list[float] = []
    waker = Waker(lambda: drawn.append(time.monotonic()))
    for _ in range(100):
        waker.wake()
    wait(qtbot, lambda: bool(drawn), "the picture")
    qtbot.wait(30)
    assert len(drawn) == 1
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        waker.wake()
        QApplication.processEvents()
    gaps = [after - before for before, after in itertools.pairwise(drawn)]
    # A picture that a stall held up after the clock was read may stand close to the next.
    assert sum(gap < 0.0075 for gap in gaps) <= 1
    assert len(drawn) < 30
    assert not math.isnan(drawn[-1])


def test_a_wake_says_by_when_the_next_frame_must_come(qtbot: QtBot) -> None:
    """In time for a picture that is still to come, and soon; nothing is foreseen of one that is late."""
    waker = Waker(lambda: None)
    assert waker.wake() < time.monotonic()
    qtbot.wait(30)
    ahead = []
    for _ in range(200):
        before_s, by_s = time.monotonic(), waker.wake()
        if by_s > before_s:
            ahead.append(by_s - before_s)
        QApplication.processEvents()
        time.sleep(0.001)
    assert len(ahead) > 20
    assert max(ahead) <= waker._least_s + LEAST_S
    time.sleep(0.1)
    assert waker.wake() < time.monotonic()


def test_none_is_not_used_up_by_painting(qtbot: QtBot, empty: Window) -> None:
    empty.go("train")
    for _ in range(20):
        empty.grab()
    before = sys.getrefcount(None)
    for _ in range(300):
        empty.grab()
    assert sys.getrefcount(None) >= before - 50


NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def test_without_a_screen_the_terminal_takes_over_with_one_sentence() -> None:
    result = run("live", "--source", "sim:balanced?fast=1", "--reps", "1", "--view", "window", **NO_SCREEN)
    assert result.returncode == 0, result.stderr
    assert "No window: no screen here" in result.stderr
    assert "The terminal view takes over." in result.stderr
    assert "rep 1" in result.stdout


def test_output_that_a_program_reads_gets_no_window() -> None:
    result = run("live", "--source", "sim:balanced?fast=1", "--reps", "1")
    assert result.returncode == 0, result.stderr
    assert "No window" not in result.stderr
    assert "rep 1" in result.stdout


def test_fast_and_a_window_contradict_each_other() -> None:
    result = run("demo", "--fast", "--view", "window")
    assert result.returncode == 2
    assert "real time" in result.stderr


def test_the_probe_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "OSError: libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    assert "libxcb-cursor0" in sentence(said)
    assert "libegl1" in sentence("ImportError: libEGL.so.1: cannot open shared object file: No such file")
    assert package_of("libxcb-keysyms.so.1") == "libxcb-keysyms1"
    assert set(PACKAGES.values())
    assert "emgfeedback[window]" in sentence("ModuleNotFoundError: No module named 'PySide6'")
    monkeypatch.setattr("emgfeedback.ui.probe.find_spec", lambda name: None)
    assert "PySide6 is not installed" in Probe().result


def test_the_probe_asks_a_child_process() -> None:
    assert Probe().result == ""
    assert "does not answer" in Probe({"DISPLAY": ":987", "PATH": "/usr/bin:/bin"}).result
    assert choose("none") == ("none", "")


def test_scipy_and_the_simulation_come_after_the_first_picture() -> None:
    import subprocess

    code = (
        "import sys\n"
        "from emgfeedback.ui.app import application, Window, LIGHT\n"
        "application(); w = Window(LIGHT); w.show(); w.grab()\n"
        "late = ('scipy', 'emgfeedback.simulation', 'emgfeedback.session', 'sqlite3', 'pyqtgraph')\n"
        "print([name for name in late if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "channels", "words"),
    [
        ("sim:balanced", "A0=glute:right", "A glute share needs the glute and the quad of one leg"),
        ("sim:balanced?rate=50", "A0=glute:right,A1=quad:right", "50 samples a second cannot be used"),
    ],
)
def test_a_board_that_can_give_no_share_is_a_sentence(
    qtbot: QtBot, url: str, channels: str, words: str
) -> None:
    request = WindowRequest(SetRequest(), url, parse_channel_map(channels))
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: bool(window.model.fault), "the sentence")
        assert words in spoken(window)
        assert window.model.studio is None


def test_the_collector_rests_while_a_window_starts_and_goes_on_after_it() -> None:
    assert gc.isenabled()
    try:
        collector.rest()
        assert not gc.isenabled()
        collector.go_on()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()


def test_frames_that_keep_coming_wake_the_window_once_a_picture(qtbot: QtBot) -> None:
    """Only the first frame calls the window's thread; a frame that comes while nobody looks calls again."""
    drawn: list[float] = []
    waker = Waker(lambda: drawn.append(time.monotonic()))
    called: list[int] = []
    waker._called.connect(lambda: called.append(1))
    nobody_looked = 0
    for _ in range(2):
        wait(qtbot, lambda: not waker._looks, "nobody looks")
        for _ in range(40):
            nobody_looked += not (waker._looks or waker._waits)
            waker.wake()
            qtbot.wait(2)
    assert len(called) == nobody_looked >= 2
    assert len(drawn) >= 6
