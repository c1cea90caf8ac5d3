"""From start to summary in a real window: by one key press, on the shipped firmware, and at full rate."""

import hashlib
import logging
import os
import re
import shutil
import signal
import statistics
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import firmware_build
import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from command_line import COMMAND, run, started, wait_for, wait_for_path
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qt_window import InputWatch
from test_window import PATIENCE_S, opened, path_of, press, wait
from worn_chip import start_worn_chip

from calibration.plan import Plan
from device.channel_map import parse_channel_map
from emgfeedback.live_set import SetRequest
from emgfeedback.prompting import asked
from emgfeedback.session.errors import SessionError
from emgfeedback.session.file import SessionFile
from emgfeedback.simulation.actions import REST, parse_action
from emgfeedback.simulation.board import BOTH_LEGS
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import persona_named
from emgfeedback.stage import Stage
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.palette import THEMES
from emgfeedback.ui.window import Window

#: s. Calibration, and the five bridges of a set.
LONGEST_S = 240.0
REPS = 5
QUICK = Plan(quick=True, rest_s=2.0, pause_s=1.0, position_s=1.0, ready_s=1.0, breath_s=1.0)
#: Names that Qt's own log gives to what a person does: keys, buttons, a moved pointer, touch.
TOUCHED = re.compile(r"_(KEY|BUTTON|MOTION|TOUCH)\w*")
#: What the one key press is to the window.
START = ["KeyPress", "KeyRelease"]
CHANNELS = "A0=glute:right,A1=quad:right"
#: What a machine with two cores must reach, and the tries on one that does other things, too.
LEAST_FRAMES_PER_S, MOST_PAINTED_MS, TRIES = 30.0, 30.0, 3


def xdotool(*words: str) -> str:
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=True).stdout.strip()


def whole(path: Path) -> bool:
    """Whether the recording is complete."""
    try:
        with SessionFile(path) as session:
            return session.complete
    except SessionError:
        return False


def ready(window: str) -> bool:
    """Whether the big action of the page Start is dark: until the source is open it is pale."""
    place = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", window).splitlines())
    grabbed = QGuiApplication.primaryScreen().grabWindow(0, int(place["X"]) + 80, int(place["Y"]) + 600, 1, 1)
    shown = grabbed.toImage().pixelColor(0, 0).name().upper()
    time.sleep(0.1)
    return shown in {palette.button.upper() for palette in THEMES.values()}


@pytest.mark.real_time
@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed")
def test_one_key_press_leads_from_start_to_the_summary(qapp: QApplication, tmp_path: Path) -> None:
    """Up to three attempts: whoever ends the program while it sums the set up is not told the summary."""
    home = tmp_path / "home"
    command = [*COMMAND, "live", "--source", "sim:balanced?seed=1", "--reps", str(REPS), "--view", "window"]
    # Qt itself writes down every event that the X server sends to the process.
    environment = {**os.environ, "EMGFEEDBACK_HOME": str(home), "QT_LOGGING_RULES": "qt.qpa.events=true"}
    log, pipe = tmp_path / "events", subprocess.PIPE
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=pipe, stderr=errors, text=True, env=environment) as process,
    ):
        try:
            xdotool("search", "--sync", "--onlyvisible", "--pid", str(process.pid), "--name", "emgfeedback")
            names = ("search", "--onlyvisible", "--pid", str(process.pid), "--name", "emgfeedback")
            shown = xdotool(*names).splitlines()[0]
            wait_for(lambda: ready(shown), "the big action", PATIENCE_S)
            xdotool("windowfocus", shown)
            xdotool("key", "--window", shown, "space")
            # Nothing is pressed from here on.
            sessions = home / "sessions"
            recordings: list[Path] = []

            def over() -> bool:
                recordings[:] = sessions.glob("*.emgsession") if sessions.is_dir() else []
                time.sleep(0.3)
                return bool(recordings) and whole(recordings[0])

            wait_for(over, "the end of the set", LONGEST_S)
            time.sleep(2.0)  # the recording is whole before the summary is worked out
        finally:
            process.send_signal(signal.SIGINT)
            told, _ = process.communicate(timeout=60)
    events = log.read_text()
    assert process.returncode == 0, events
    assert TOUCHED.findall(events) == ["KEY", "KEY"], events  # the one key went down, and up
    assert f"Set done: {REPS} reps" in told
    assert re.search(r"right, glute share \d+ %", told)
    assert list((home / "calibrations").rglob("*.json"))
    with SessionFile(recordings[0]) as session:
        reps = [rep for rep in session.reps() if rep.side == "right"]
        assert len(reps) == REPS
        assert session.gaps() == ()
        assert session.header.calibration is not None
        assert session.header.calibration.quality == "quick"


@pytest.mark.real_time
@pytest.mark.alone
def test_the_same_on_the_shipped_firmware_whose_wearer_obeys_the_prompts(qtbot: QtBot) -> None:
    """The firmware runs in simavr; no hardware is measured. The prompts reach the person within 0.3 s.
    The chip keeps the pace of the wall clock: nothing runs beside it, and it has up to three attempts.

    Between two bridges the person rests 0.6 s instead of 1 s, to spare the suite's time.
    """
    firmware_build.need_tools()
    channels = parse_channel_map(CHANNELS)
    bridge = replace(exercise_named("bridge"), rest_s=0.6)
    person = Person(persona_named("glute-led"), bridge, 3, channels, script=((0.0, REST),))
    told: list[str] = []

    def obey(window: Window) -> None:
        prompt = window.model.prompt
        wish = asked(prompt) if prompt is not None else ""
        if window.model.stage is Stage.TRAINING:
            wish = f"reps {REPS}"
        if wish and wish != (told[-1] if told else ""):
            told.append(wish)
            person.do(parse_action(wish))

    with start_worn_chip(person) as chip:
        request = WindowRequest(
            SetRequest(reps=REPS, isolated=True),
            f"serial:{chip.path}?oversample=4",
            channels,
            "Ann",
            plan=QUICK,
        )
        with opened(qtbot, request) as window:
            wait(qtbot, lambda: window.model.picture is not None, "the chip answers")
            assert window.model.who == ""
            inputs = InputWatch()
            press(qtbot, window, " ")
            assert inputs.seen == START
            stages: list[Stage] = []

            def on(stage: Stage) -> bool:
                obey(window)
                if window.model.stage not in stages:
                    stages.append(window.model.stage)
                assert not window.model.note, window.model.note
                return window.model.stage is stage

            wait(qtbot, lambda: on(Stage.READY), "the calibration")
            wait(qtbot, lambda: on(Stage.RESTING), "the set")
            finished = window.model.finished
            path = path_of(window)
            assert inputs.end() == START  # nothing more until the summary
    assert stages == [Stage.CALIBRATING, Stage.READY, Stage.TRAINING, Stage.RESTING]
    assert finished is not None
    assert finished.ended.startswith(f"Set done: {REPS} reps")
    assert [wish for wish in told if wish.startswith("squeeze")] == [
        "squeeze glute right face-down",
        "squeeze quad right sitting",
    ]
    truth = statistics.mean(rep.share for rep in person.reps)
    with SessionFile(path) as session:
        assert session.complete
        assert not session.info.simulated
        assert session.info.bits == 12
        shares = [rep.share for rep in session.reps()]
        assert len(shares) == REPS
        assert session.gaps() == ()
    assert statistics.mean(shares) == pytest.approx(truth, abs=0.08)
    assert run("verify", str(path)).returncode == 0


class GrabbedFrames(QObject):
    """Hashes of what stands on the screen after each painted picture, one after the other."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.seen: list[tuple[float, bytes]] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest and watched is self._window:
            self._window.event(event)
            window = self._window
            corner = window.mapToGlobal(QPoint(0, 0))
            # The muscle bars: what moves with every frame.
            grabbed = window.screen().grabWindow(0, corner.x() + 40, corner.y() + 84, 372, 556).toImage()
            self.seen.append((time.monotonic(), hashlib.blake2b(bytes(grabbed.constBits())).digest()))
            return True
        return super().eventFilter(watched, event)

    def distinct_per_s(self) -> float:
        """Pictures a second that differ from the one before."""
        changes = sum(one[1] != other[1] for one, other in zip(self.seen, self.seen[1:], strict=False))
        return changes / (self.seen[-1][0] - self.seen[0][0])


def figures(qtbot: QtBot, link: Path, calibration: Path) -> tuple[float, float, float]:
    """Distinct frames/s over 5 s, and 95th percentiles in ms to decision and painted picture."""
    request = WindowRequest(
        SetRequest(reps=50), f"serial:{link}", BOTH_LEGS, calibration=calibration, begins=True
    )
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: window.model.stage is Stage.TRAINING, "the set begins")
        wait(qtbot, lambda: window.model.picture is not None and not window.model.picture.stale, "samples")
        qtbot.wait(1000)
        frames = GrabbedFrames(window)
        qtbot.wait(5000)
        window.removeEventFilter(frames)
        qtbot.wait(5000)
        press(qtbot, window, "p")
        wait(qtbot, lambda: window.model.stage is Stage.RESTING, "the end")
        path = path_of(window)
    with SessionFile(path) as session:
        assert len(session.info.channels) == 4
        assert session.info.sfreq_hz == 1000.0
        assert session.gaps() == ()
        delay = session.summary()["delay"]
    assert isinstance(delay, dict)
    painted = delay["painted"]
    return frames.distinct_per_s(), delay["p95_ms"], painted["p95_ms"]


@pytest.mark.alone
def test_four_channels_at_1_khz_on_a_pty_are_painted_in_time(qtbot: QtBot, tmp_path: Path) -> None:
    """The best of up to three attempts: a bad moment of the machine is not the program's."""
    link, calibration = tmp_path / "board", tmp_path / "perfect.json"
    channels = ",".join(f"{c.pin}={c.muscle}:{c.side}" for c in BOTH_LEGS)
    found: list[tuple[float, float, float]] = []
    for _ in range(TRIES):
        with started(
            "simulate", "--pty", "--link", str(link), "--channels", channels,
            "--write-calibration", str(calibration),
        ):  # fmt: skip
            wait_for_path(link)
            found.append(figures(qtbot, link, calibration))
        frames, _, painted_ms = found[-1]
        if frames >= LEAST_FRAMES_PER_S and painted_ms <= MOST_PAINTED_MS:
            break
    logging.getLogger(__name__).info("frames/s, decided p95 ms, painted p95 ms: %s", found)
    assert frames >= LEAST_FRAMES_PER_S, found
    assert painted_ms <= MOST_PAINTED_MS, found
