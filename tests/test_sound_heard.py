"""What is heard of a guided calibration, captured from a real PulseAudio sink: sound at the moments that
the log says, silence between, in the right order, whatever the window is doing.

Several real calibrations run at once, each with a sink of its own: they last 40 s, and mostly wait. Real
time is the subject: nothing runs beside these tests, and each has up to three attempts.
"""

import csv
import os
import pty
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sound_server
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from command_line import COMMAND, wait_for
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sound_server import SoundServer

from calibration.plan import Plan
from emgfeedback import words
from emgfeedback.live_set import SetRequest
from emgfeedback.power import Power
from emgfeedback.sound.output import PlayerProgram, SoundCard
from emgfeedback.sound.speaker import Speaker
from emgfeedback.sound.tones import tone
from emgfeedback.sound.utterance import Said, Utterance
from emgfeedback.sound.voice import SpeechDispatcher, find_voice
from emgfeedback.stage import Stage
from emgfeedback.ui import app
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.window import Window

pytestmark = [
    pytest.mark.skipif(bool(sound_server.missing()), reason=sound_server.missing() or "-"),
    pytest.mark.real_time,
]

MODES = ("speech", "tones", "auto")

#: s. Between the log's clock and the ear: the sound card's buffer, the sink's, and a busy machine.
LATE_S, EARLY_S = 0.35, 0.1
LONGEST_S = 250.0


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A sound server that this process plays to."""
    with sound_server.sound_server(tmp_path / "pulse") as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


@dataclass(frozen=True)
class Run:
    """A calibration in a process of its own, when it has ended."""

    status: int
    said: list[Said]
    output: str
    errors: str
    server: SoundServer | None

    @property
    def words(self) -> list[str]:
        return [said.text for said in self.said]

    @property
    def tones(self) -> list[str]:
        return [said.tone for said in self.said]


@dataclass(frozen=True)
class Running:
    """A calibration in a process of its own."""

    process: "subprocess.Popen[str]"
    log: Path
    server: SoundServer | None

    def ended(self) -> Run:
        output, errors = self.process.communicate(timeout=LONGEST_S)
        return Run(self.process.returncode, read_log(self.log), output, errors, self.server)


def read_log(path: Path) -> list[Said]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Said(float(asked), float(began), float(ended), tone_name, text, cut == "1")
            for asked, began, ended, tone_name, text, cut in list(csv.reader(file))[1:]
        ]


def begin(mode: str, folder: Path, stack: ExitStack) -> Running:
    """In real time: a calibration with speech or tones and a sink of its own, or a demo without any."""
    folder.mkdir()
    server = None if mode == "auto" else stack.enter_context(sound_server.sound_server(folder / "pulse"))
    if server is not None:
        where = server.environment
    else:
        where = {name: str(folder) for name in ("XDG_RUNTIME_DIR", "HOME")}
        where["PULSE_SERVER"] = f"unix:{folder / 'nobody'}"
    log = folder / "log.csv"
    command = [*COMMAND, "calibrate", "--quick", "--rest", "1", "--source", "sim:balanced"]
    command += ["--sound-log", str(log)]
    if mode == "auto":
        command = [*COMMAND, "demo", "--reps", "1"]
    command += ["--view", "none", "--sound", mode]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env={**os.environ, **where}, stdout=pipe, stderr=pipe, text=True)
    stack.callback(process.communicate)
    stack.callback(process.kill)
    return Running(process, log, server)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """All three at once: they last 40 s, and mostly wait."""
    folder = tmp_path_factory.mktemp("heard")
    with ExitStack() as stack:
        yield {mode: begin(mode, folder / mode, stack) for mode in MODES}


@pytest.fixture(scope="module")
def runs(running: dict[str, Running]) -> dict[str, Run]:
    """The same, when all have ended."""
    return {mode: run.ended() for mode, run in running.items()}


@pytest.fixture
def run_of(request: pytest.FixtureRequest, runs: dict[str, Run], tmp_path: Path) -> Callable[[str], Run]:
    """The run of a mode; another one where the test is tried again."""

    def run_of(mode: str) -> Run:
        if getattr(request.node, "execution_count", 1) == 1:
            return runs[mode]
        with ExitStack() as stack:
            return begin(mode, tmp_path / mode, stack).ended()

    return run_of


def assert_heard_as_logged(said: list[Said], server: SoundServer | None) -> None:
    """Sound begins when the log says that something began, and between two things there is silence."""
    assert server is not None
    ear = server.ear
    for one in said:
        at_s = ear.first_heard_s(one.began_s - EARLY_S, one.ended_s + LATE_S)
        assert -EARLY_S <= at_s - one.began_s <= LATE_S, (one, at_s)
    for before, after in pairwise(said):
        assert before.ended_s <= after.began_s, (before, after)
        first_s, last_s = before.ended_s + LATE_S, after.began_s - EARLY_S
        if last_s > first_s:
            assert not ear.hears(first_s, last_s), (before, after)


def test_the_terminal_is_mute_at_once(running: dict[str, Running], tmp_path: Path) -> None:
    """Stands first: it lasts while the three others go on."""
    with sound_server.sound_server(tmp_path / "pulse") as server:
        log = tmp_path / "log.csv"
        command = [*COMMAND, "calibrate", "--quick", "--source", "sim:", "--view", "terminal"]
        command += ["--sound", "tones", "--sound-log", str(log)]
        master, slave = pty.openpty()
        environment = {**os.environ, **server.environment, "TERM": "xterm-256color"}
        with subprocess.Popen(command, env=environment, stdin=slave, stdout=slave, stderr=slave) as process:
            os.close(slave)
            began_s = time.monotonic()
            wait_for(lambda: b"m mute" in os.read(master, 65536), "the page")
            wait_for(lambda: server.ear.hears(began_s, time.monotonic()), "the first tone")
            os.write(master, b"m")
            muted_s = time.monotonic()
            # Long enough for the introduction of the first squeeze and its count-in.
            shown = b""
            while time.monotonic() < muted_s + 8.0:
                shown += os.read(master, 65536)
            silent_s = time.monotonic()
            os.write(master, b"q")
            while process.poll() is None:
                try:
                    os.read(master, 65536)
                except OSError:
                    break
        os.close(master)
        assert b"Sound is muted" in shown
        assert not server.ear.hears(muted_s + LATE_S + 0.3, silent_s)
        assert all(said.began_s < muted_s + 0.3 for said in read_log(log))


def test_a_blocked_window_stalls_no_sound_and_m_mutes(qtbot: QtBot, server: SoundServer) -> None:
    """The Qt loop stands still for 7.5 s: rest, count-in and squeeze are heard in time all the same."""
    plan = Plan(quick=True, rest_s=2.0, position_s=3.0, ready_s=3.0, pause_s=1.0, breath_s=1.0)
    request = WindowRequest(
        SetRequest(), "sim:balanced", plan=plan, begins=True, only_calibrates=True, sound="tones"
    )
    window = app.open_window(request, lambda: Power.UNKNOWN)
    assert isinstance(window, Window)
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.model.stage is Stage.CALIBRATING, timeout=60_000)
    studio = window.model.studio
    assert studio is not None
    log = studio.sound.log
    blocked_s = time.monotonic()
    time.sleep(7.5)
    free_s = time.monotonic()
    squeeze = next(k for k, said in enumerate(log) if said.tone == "squeeze" and said.ended_s < free_s)
    heard = log[: squeeze + 1]
    assert [said.tone for said in heard][-4:] == ["ready", "count", "count", "squeeze"]
    assert_heard_as_logged(heard, server)
    # A second between the counts and to the squeeze, though nothing was painted meanwhile.
    beats = np.diff([said.began_s for said in heard[-3:]])
    assert np.all(np.abs(beats - 1.0) < 0.25), beats
    assert all(said.began_s - said.asked_s < 0.3 for said in heard[-3:])
    assert heard[-1].began_s > blocked_s + 3.0

    qtbot.keyClick(window, Qt.Key.Key_M)
    muted_s = time.monotonic()
    qtbot.waitUntil(lambda: window.model.sound.startswith("Sound is muted"), timeout=60_000)
    qtbot.wait(3500)
    assert not server.ear.hears(muted_s + LATE_S + 0.3, time.monotonic())
    assert all(said.began_s < muted_s + 0.1 for said in log)
    qtbot.keyClick(window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: log[-1].began_s > muted_s + 0.1, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: log[-1].text == words.PAIN, timeout=60_000)
    assert log[-1].tone == "failed"
    window.close()


def test_a_sound_server_that_dies_is_told(server: SoundServer) -> None:
    with_tones = Speaker(None).start()
    with_tones.say(Utterance(tone="rest", insists=True))
    wait_for(lambda: len(with_tones.log) == 1, "the first tone")
    server.process.kill()
    server.process.wait()
    with_tones.say(Utterance(tone="done", insists=True))
    wait_for(lambda: bool(with_tones.trouble), "the sentence")
    assert with_tones.trouble == "The sound stopped. Pictures only."
    with_tones.close()


def test_a_card_that_wakes_slowly_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sound_server.sound_server(tmp_path / "pulse", listens=False) as sleepy:
        monkeypatch.setenv("PULSE_SERVER", sleepy.environment["PULSE_SERVER"])
        for _ in range(2):
            speaker = Speaker(None).start()
            speaker.say(Utterance(tone="rest", insists=True))
            speaker.finish()
            wait_for(lambda speaker=speaker: not speaker.busy, "the tone")  # type: ignore[misc]
            speaker.close()
            assert (speaker.trouble, speaker.reason) == ("", "")
            assert [said.tone for said in speaker.log] == ["rest"]


def test_a_player_of_the_system_plays_and_stops_at_once(server: SoundServer) -> None:
    """Where miniaudio is missing."""
    player = PlayerProgram()
    began_s = time.monotonic()
    assert player.play(tone("rest"), lambda: False)
    ended_s = time.monotonic()
    assert server.ear.hears(began_s, ended_s + LATE_S)
    time.sleep(LATE_S)
    long = np.tile(tone("rest"), 10)
    began_s = time.monotonic()
    assert not player.play(long, lambda: time.monotonic() > began_s + 1.0)
    stopped_s = time.monotonic()
    assert stopped_s < began_s + 2.0
    time.sleep(0.5)
    assert not server.ear.hears(stopped_s + LATE_S, time.monotonic())
    player.close()


def test_the_speech_dispatcher_is_waited_for_and_stops_at_once(server: SoundServer) -> None:
    """Where no engine gives its sound away, as on many desktops."""
    card, voice = SoundCard(), SpeechDispatcher("spd-say")
    began_s = time.monotonic()
    assert voice.say("Rest. Let go.", card, lambda: False)
    ended_s = time.monotonic()
    assert server.ear.hears(began_s, ended_s)
    time.sleep(LATE_S)
    began_s = time.monotonic()
    assert not voice.say(
        "Your 100 percent: right glute 163 microvolts.", card, lambda: time.monotonic() > began_s + 1.0
    )
    time.sleep(LATE_S + 0.5)
    assert not server.ear.hears(time.monotonic() - 0.5, time.monotonic())
    card.close()


def test_a_newer_prompt_cuts_the_older_off_and_nothing_overlaps(server: SoundServer) -> None:
    speaker = Speaker(find_voice(), ["Squeeze. Hold."]).start()
    wait_for(lambda: not speaker.busy, "the sound card")
    speaker.say(
        Utterance("Your 100 percent: right glute 163 microvolts, right quad 281.", "rest", insists=True)
    )
    time.sleep(1.5)
    asked_s = time.monotonic()
    speaker.say(Utterance("Squeeze. Hold.", "squeeze", insists=True))
    wait_for(lambda: len(speaker.log) == 2, "both")
    speaker.close()
    older, newer = speaker.log
    assert older.cut
    assert not newer.cut
    assert newer.began_s - asked_s < 0.4
    assert_heard_as_logged(speaker.log, server)


def test_every_step_is_spoken_in_order_and_heard(run_of: Callable[[str], Run]) -> None:
    run = run_of("speech")
    assert run.status == 0, run.errors
    assert not any(said.cut for said in run.said)
    squeezed = ["Get ready.", "2", "1", "Squeeze. Hold.", "Hold. Keep breathing."]
    wanted = [
        "Rest. Let go.",
        "Lie face down. Bend your right knee.",
        "You will push your right thigh up. A strap or a hand holds it down.",
        *squeezed,
        "Let go. Sit on a chair. Strap your ankle.",
        "That one counts.",
        "You will push your right foot forward, into the strap.",
        *squeezed,
    ]
    # The first words may be that the signal is starting.
    spoken = [words for words in run.words if words]
    first = spoken.index(wanted[0])
    assert spoken[first:-1] == wanted
    assert spoken[-1].startswith("Done. Your 100 percent: right glute ")
    assert spoken[-1].endswith(" microvolts.")
    assert_heard_as_logged(run.said, run.server)
    squeezes = [said for said in run.said if said.tone == "squeeze"]
    assert len(squeezes) == 2
    assert all(said.began_s - said.asked_s < 0.2 for said in squeezes)


def test_the_tone_language_alone_tells_every_step(run_of: Callable[[str], Run]) -> None:
    run = run_of("tones")
    assert run.status == 0, run.errors
    squeeze = ["ready", "count", "count", "squeeze", "hold", "tick", "tick"]
    tones = [name for name in run.tones if name != "rest"]
    assert tones == ["ready", *squeeze, "release", "counts", *squeeze, "done"]
    assert_heard_as_logged(run.said, run.server)


def test_a_machine_without_sound_shows_pictures_and_one_calm_sentence(run_of: Callable[[str], Run]) -> None:
    run = run_of("auto")
    assert run.status == 0
    told = run.errors.splitlines()
    assert told.count("No sound found. Pictures only.") == 1
    assert "done: Done." in run.output
    assert "Exported to " in run.output
    # Each line is a sentence of ours: no library adds a word.
    assert all(line.endswith(".") for line in told), told
    assert not any("ALSA" in line or "Error" in line or "error" in line for line in told), told
