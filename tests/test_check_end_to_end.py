"""The check of another day from the command line: the simulated person follows, nobody presses anything."""

import contextlib
import os
import re
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command_line import COMMAND, one_sentence, run

from calibration.check import CHECK
from calibration.form import dump
from calibration.plan import Plan
from calibration.store import SUFFIX, CalibrationStore, load
from emgfeedback.guide import check, guide
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import open_home, open_stream
from emgfeedback.power import Power
from emgfeedback.studio import Studio
from emgfeedback.terminal import LineView

SHORT = Plan(rest_s=3.0, pause_s=2.0, breath_s=0.5, ready_s=0.5, position_s=0.5)
SHORT_CHECK = replace(CHECK, rest_s=3.0, pause_s=1.0, breath_s=0.5, ready_s=0.5, position_s=0.5)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMGFEEDBACK_HOME", str(tmp_path))
    return tmp_path


def studio_of(url: str) -> Studio:
    own = open_home()
    return Studio(own, open_stream(own, url, None, "Ann"), SetRequest(), lambda: Power.UNKNOWN)


def two_days_older(folder: Path) -> bytes:
    """The one calibration in ``folder``, as if it had been made two days ago."""
    (path,) = (folder / "calibrations").glob(f"*{SUFFIX}")
    record = load(path)
    then = datetime.fromisoformat(record.created) - timedelta(days=2)
    path.write_text(dump(replace(record, created=then.isoformat())))
    return path.read_bytes()


def calibrated(url: str, folder: Path) -> bytes:
    with studio_of(url) as studio:
        studio.home.calibrations.save(guide(studio, LineView(), SHORT))
    return two_days_older(folder)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_day_is_comparable_and_the_old_100_percent_is_used(seed: int, home: Path) -> None:
    url = f"sim:balanced?fast=1&seed={seed}"
    before = calibrated(url, home)
    with studio_of(url) as studio:
        found = check(studio, LineView(), SHORT_CHECK)
        assert found.word == "comparable", found.sentence
        assert studio.calibration == load(next((home / "calibrations").glob(f"*{SUFFIX}")))
        assert studio.note == found.sentence
    store = CalibrationStore(home / "calibrations")
    assert store.checks() == (found,)
    assert next(store.folder.glob(f"*{SUFFIX}")).read_bytes() == before
    # Who squeezes much less, or whose gain fell, is told so, and has no 100 %.
    with studio_of(f"sim:sub-maximal?fast=1&seed={seed}") as studio:
        weaker = check(studio, LineView(), SHORT_CHECK)
        assert (weaker.word, weaker.cause) == ("not comparable", "level changed")
        assert studio.calibration is None
        assert weaker.sentence in studio.scene.uncalibrated
    assert len(store.checks()) == 2


@pytest.fixture(scope="module")
def other_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the simulated person was calibrated two days ago, from the command line."""
    folder = tmp_path_factory.mktemp("home")
    done = run("calibrate", *SIM, "--rest", "2", "--view", "none", EMGFEEDBACK_HOME=str(folder))
    assert done.returncode == 0, done.stderr
    two_days_older(folder)
    return folder


SIM = ("--source", "sim:balanced?fast=1&seed=4")


def test_the_command_says_with_which_day_today_compares(other_day: Path) -> None:
    done = run("calibrate", "--check", *SIM, "--view", "none", EMGFEEDBACK_HOME=str(other_day))
    assert done.returncode == 0, done.stderr
    day = f"{datetime.now().astimezone() - timedelta(days=2):%A}"
    assert done.stdout.splitlines()[-1] == f"Comparable with {day}."
    assert f"done: Comparable with {day}." in done.stdout
    assert len(list((other_day / "calibrations").glob("*.check.json"))) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence", "status"),
    [
        (("--source", "sim:balanced?fast=1&seed=5"),
         "Not comparable: this is not the same board. Calibrate again.", 1),
        ((*SIM, "--wearer", "Bob"), "There is no calibration of Bob to check yet; calibrate first.", 1),
        ((*SIM, "--channels", "A0=quad:right,A1=glute:right"),
         "Not comparable: the pads sit on other pins or spots. Calibrate again.", 1),
        ((*SIM, "--quick"),
         "A check makes no calibration: leave --quick, --reference, --from-set and --out out.", 2),
    ],
)  # fmt: skip
def test_what_is_clear_without_a_squeeze_is_said_at_once(
    other_day: Path, arguments: tuple[str, ...], sentence: str, status: int
) -> None:
    done = run("calibrate", "--check", *arguments, "--view", "none", EMGFEEDBACK_HOME=str(other_day))
    assert done.returncode == status
    assert one_sentence(done) == f"emgfeedback: {sentence}"
    assert done.stdout == ""


def test_a_terminal_shows_the_check_step_by_step(other_day: Path) -> None:
    """A real terminal device; nothing is typed into it."""
    master, slave = os.openpty()
    size = {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    environment = {**os.environ, **size, "EMGFEEDBACK_HOME": str(other_day)}
    command = [*COMMAND, "calibrate", "--check", *SIM, "--rest", "4", "--view", "terminal"]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        shown = b""
        # The device reports an error once the last process has closed it.
        with contextlib.suppress(OSError):
            while piece := os.read(master, 65536):
                shown += piece
    os.close(master)
    text = shown.decode("utf-8", errors="replace")
    assert process.returncode == 0, text[-500:]
    assert re.search(r"Right glute(, [a-z ]+)?, squeeze 2 of 3", text)
    assert re.search(r"Right quad(, [a-z ]+)?, squeeze 3 of 3", text)
    assert text.rstrip().splitlines()[-1].startswith("Comparable with ")
