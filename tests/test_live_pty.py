"""The simulated person behind a real serial port, in real time, in processes of their own."""

import os
import re
import signal
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from command_line import COMMAND, run, started, wait_for, wait_for_path

from emgfeedback.session.file import SessionFile
from emgfeedback.simulation.actions import Action
from emgfeedback.simulation.board import BOTH_LEGS
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
        timeout_s=120, EMGFEEDBACK_HOME=str(home),
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
        output, errors = live.communicate(timeout=120)
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


def test_a_set_of_each_persona_over_a_port_in_real_time(tmp_path: Path) -> None:
    folders = [tmp_path / persona for persona in PERSONAS]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(set_of, PERSONAS, folders))
    for persona, (found, true) in zip(PERSONAS, results, strict=True):
        assert len(found) == REPS, persona
        assert statistics.mean(found) == pytest.approx(statistics.mean(true), abs=0.05), persona


def test_unplugged_and_back_at_the_same_url_the_set_goes_on(tmp_path: Path) -> None:
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


def test_killed_while_recording_the_file_alone_holds_what_the_board_sent(tmp_path: Path) -> None:
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
