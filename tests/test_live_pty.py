"""The simulated person behind a real serial port, in real time, in processes of their own."""

import math
import os
import re
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from command_line import COMMAND, run, started, wait_for, wait_for_path
from pty_board import board_on_pty

from calibration.form import dump
from device import open_source
from device.channel_map import parse_channel_map
from emgfeedback.chain import ChainSettings
from emgfeedback.opening import open_home
from emgfeedback.session.file import SessionFile
from emgfeedback.simulation.actions import Action
from emgfeedback.simulation.board import BOTH_LEGS, Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import persona_named
from emgfeedback.simulation.sent_log import read_sent_log

MAP = ",".join(f"{c.pin}={c.muscle}:{c.side}" for c in BOTH_LEGS if c.side == "right")
PERSONAS = ("quad-led", "balanced", "glute-led")
REPS = 5


def live_on(link: Path, calibration: Path, home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run(
        "live", "--source", f"serial:{link}?oversample=4", "--channels", MAP,
        "--calibration", str(calibration), "--view", "none", *arguments,
        timeout_s=250, EMGFEEDBACK_HOME=str(home),
    )  # fmt: skip


def set_of(persona: str, folder: Path) -> tuple[list[float], list[float]]:
    """Shares that ``live`` found, and the true ones of the same reps."""
    link, calibration = folder / "board", folder / "perfect.json"
    with started("simulate", "--pty", "--persona", persona, "--seed", "5", "--link", str(link),
                 "--prompts", "-", "--write-calibration", str(calibration)) as simulator:  # fmt: skip
        wait_for_path(link)
        live = subprocess.Popen(
            [*COMMAND, "live", "--source", f"serial:{link}?oversample=4", "--channels", MAP, "--calibration",
             str(calibration), "--reps", str(REPS), "--view", "none"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "EMGFEEDBACK_HOME": str(folder / "home")},
        )  # fmt: skip
        sessions = folder / "home" / "sessions"
        wait_for(lambda: sessions.is_dir() and any(sessions.iterdir()), "the recording")
        assert simulator.stdin
        simulator.stdin.write(f"reps {REPS}\n")
        simulator.stdin.flush()
        output, errors = live.communicate(timeout=250)
    assert live.returncode == 0, errors
    (path,) = sessions.glob("*.emgsession")
    with SessionFile(path) as session:
        assert session.info.simulated
        reps = session.reps()
    assert len(re.findall(r"^rep \d", output, re.MULTILINE)) == REPS
    person = Person(persona_named(persona), exercise_named("bridge"), 5, BOTH_LEGS, script=())
    return [rep.share for rep in reps if rep.side == "right"], truth_of(person)


def truth_of(person: Person) -> list[float]:
    """True shares of the first reps; when they begin does not change them."""
    person.take(0, 1000)
    person.do(Action("reps", count=REPS))
    person.take(1000, 60_000)
    return [rep.share for rep in person.reps if rep.side == "right"]


@pytest.mark.real_time
def test_a_set_of_each_persona_over_a_port_in_real_time(tmp_path: Path) -> None:
    """In real time: up to three attempts."""
    folders = [tmp_path / persona for persona in PERSONAS]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(set_of, PERSONAS, folders))
    for persona, (found, true) in zip(PERSONAS, results, strict=True):
        assert len(found) == REPS, persona
        # A rep whose glute is less than the simulated Uno resolves counts, without a number.
        counted = [(s, t) for s, t in zip(found, true, strict=True) if not math.isnan(s)]
        assert len(counted) >= REPS - 2, persona
        shares, truths = zip(*counted, strict=True)
        assert statistics.mean(shares) == pytest.approx(statistics.mean(truths), abs=0.05), persona


@pytest.mark.real_time
def test_unplugged_and_back_at_the_same_url_the_set_goes_on(tmp_path: Path) -> None:
    """In real time: up to three attempts."""
    link, calibration = tmp_path / "board", tmp_path / "perfect.json"
    with started("simulate", "--pty", "--link", str(link), "--fault", "unplug@8+3",
                 "--write-calibration", str(calibration)):  # fmt: skip
        wait_for_path(link)
        result = live_on(link, calibration, tmp_path / "home", "--reps", "3")
    assert result.returncode == 0, result.stderr
    assert "Board lost" in result.stderr
    (path,) = (tmp_path / "home" / "sessions").glob("*.emgsession")
    with SessionFile(path) as session:
        (gap,) = session.gaps()
        assert 2000 < gap.n_samples < 8000
        assert session.complete
    assert run("verify", str(path)).returncode == 0


@pytest.mark.real_time
def test_killed_while_recording_the_file_alone_holds_what_the_board_sent(tmp_path: Path) -> None:
    """In real time, and as fast as the disk: up to three attempts."""
    link, calibration, log = tmp_path / "board", tmp_path / "perfect.json", tmp_path / "sent"
    with started("simulate", "--pty", "--link", str(link), "--log", str(log),
                 "--write-calibration", str(calibration)):  # fmt: skip
        wait_for_path(link)
        home = tmp_path / "home"
        live = subprocess.Popen(
            [*COMMAND, "live", "--source", f"serial:{link}?oversample=4", "--channels", MAP,
             "--calibration", str(calibration), "--view", "none"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "EMGFEEDBACK_HOME": str(home)},
        )  # fmt: skip
        sessions = home / "sessions"
        wait_for(lambda: sessions.is_dir() and any(sessions.glob("*.emgsession")), "the recording")
        time.sleep(4.0)
        live.send_signal(signal.SIGKILL)
        live.wait()
    (path,) = sessions.glob("*.emgsession")
    copy = tmp_path / "copy.emgsession"
    copy.write_bytes(path.read_bytes())
    result = run("verify", str(copy))
    assert result.returncode == 0, result.stdout + result.stderr
    with SessionFile(copy) as session:
        assert not session.complete
        recorded = np.concatenate([chunk.counts for chunk in session.chunks()])
        starts = [chunk.start for chunk in session.chunks()]
    sent = read_sent_log(log)
    rows = sent.counts[sent.counts[:, 0] >= 0][:, :2]
    assert np.array_equal(recorded, rows[starts[0] : starts[0] + len(recorded)])
    killed_after_s = 4.0
    assert len(recorded) >= 1000 * (killed_after_s - 1.0)


def obeyed(guide: "subprocess.Popen[str]", simulator: "subprocess.Popen[str]") -> list[str]:
    """Pass the prompts of a calibration on to the simulated person; all that the calibration said."""
    assert guide.stdout
    assert simulator.stdin
    told = []
    for line in guide.stdout:
        told.append(line)
        if line.partition(" ")[0].rstrip(":") in ("rest", "ready", "squeeze", "relax", "done"):
            simulator.stdin.write(line)
            simulator.stdin.flush()
    return told


@pytest.mark.real_time
def test_calibrated_by_prompts_live_then_uses_todays_calibration(tmp_path: Path) -> None:
    """In real time: up to three attempts."""
    link, home = tmp_path / "board", tmp_path / "home"
    environment = {**os.environ, "EMGFEEDBACK_HOME": str(home)}
    source = [
        "--source",
        f"serial:{link}?oversample=4",
        "--channels",
        MAP,
        "--wearer",
        "Ann",
        "--view",
        "none",
    ]
    with started(
        "simulate", "--pty", "--persona", "glute-led", "--link", str(link), "--prompts", "-"
    ) as simulator:
        wait_for_path(link)
        assert simulator.stdin
        with subprocess.Popen(
            [*COMMAND, "calibrate", *source, "--quick", "--rest", "2"],
            stdout=subprocess.PIPE, text=True, env={**environment, "PYTHONUNBUFFERED": "1"},
        ) as guide:  # fmt: skip
            told = obeyed(guide, simulator)
        assert guide.returncode == 0
        sessions = home / "sessions"
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(
                run, "live", *source, "--reps", "2", timeout_s=250, EMGFEEDBACK_HOME=str(home)
            )
            wait_for(lambda: sessions.is_dir() and any(sessions.iterdir()), "the recording")
            simulator.stdin.write("reps 2\n")
            simulator.stdin.flush()
            result = running.result()
    assert any(line.startswith("squeeze glute right") for line in told)
    assert any("(quick)" in line for line in told)
    assert result.returncode == 0, result.stderr
    assert "No 100 %" not in result.stderr
    assert len(re.findall(r"^rep \d: share", result.stdout, re.MULTILINE)) == 2


@pytest.mark.real_time
def test_a_first_set_becomes_the_baseline_of_the_next(uno_with_calibration: tuple[str, Path]) -> None:
    """In real time: up to three attempts."""
    url, calibration = uno_with_calibration
    arguments = [
        "live", "--source", url, "--channels", MAP, "--calibration", str(calibration),
        "--reps", "3", "--view", "none", "--isolated",
    ]  # fmt: skip
    first = run(*arguments, timeout_s=250)
    assert "this one is your baseline" in first.stderr
    assert "this set is your baseline" in first.stdout
    memory = open_home().memory.baseline("me", "right", "bridge")
    assert memory is not None
    second = run(*arguments, timeout_s=250)
    low = round(100 * memory.share)
    assert f"Your zone: {low} to {low + 15}." in second.stderr
    assert open_home().memory.baseline("me", "right", "bridge") == memory


@pytest.fixture
def uno_with_calibration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A software board that says it is an ATmega328P, and the perfect calibration of who wears it."""
    monkeypatch.setattr("device.board.SOFTWARE_BOARD", 1)
    scene = Scene(persona_named("glute-led"), exercise_named("bridge"), 1, BOTH_LEGS)
    simulated = SimulatedBoard(scene, 1000.0)
    with board_on_pty(simulated.board) as served:
        url = f"serial:{served.path}?oversample=4"
        with open_source(url, parse_channel_map(MAP)) as source:
            calibration = simulated.person.perfect_calibration(
                source.info, ChainSettings(), "2026-01-01T12:00:00+00:00", "me"
            )
        path = tmp_path / "mine.calibration.json"
        path.write_text(dump(calibration), encoding="utf-8")
        yield url, path


@pytest.mark.parametrize(
    ("number", "shell"),
    [
        pytest.param(signal.SIGINT, "trap - INT", id="SIGINT"),
        pytest.param(signal.SIGTERM, "trap - INT", id="SIGTERM"),
        pytest.param(signal.SIGHUP, "trap - INT", id="SIGHUP"),
        pytest.param(signal.SIGTERM, "trap '' INT", id="SIGTERM-where-Ctrl-C-is-ignored"),
    ],
)
def test_asked_to_end_it_sums_the_set_up_and_completes_the_file(number: signal.Signals, shell: str) -> None:
    """A script that starts it in the background makes it ignore Ctrl-C, and may still end it."""
    command = [*COMMAND, "live", "--source", "sim:balanced", "--view", "none"]
    with subprocess.Popen(
        ["sh", "-c", f'{shell}; exec "$@"', "sh", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as live:  # fmt: skip
        sessions = open_home().sessions
        wait_for(lambda: sessions.is_dir() and any(sessions.glob("*.emgsession")), "the recording")
        time.sleep(1.0)
        live.send_signal(number)
        output, errors = live.communicate(timeout=120)
    assert live.returncode == 0, errors
    assert "Set ended by you" in output
    (path,) = sessions.glob("*.emgsession")
    with SessionFile(path) as session:
        assert session.complete
