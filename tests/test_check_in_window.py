"""The check of another day in a real window: from Start to its verdict and back, without a key."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from command_line import run
from pytestqt.qtbot import QtBot
from test_window import opened, press, spoken, wait

from calibration.check import CHECK
from calibration.form import dump
from calibration.store import SUFFIX, load
from emgfeedback.live_set import SetRequest
from emgfeedback.stage import Stage
from emgfeedback.ui.entrance import NOBODY, WindowRequest
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.start import headline

SHORT = replace(CHECK, rest_s=3.0, pause_s=1.0, breath_s=0.5, ready_s=0.5, position_s=1.0)


def calibrated_days_ago(days: int, home: Path) -> str:
    """A calibration of the window's simulated person, made by the command line; the day's name."""
    done = run("calibrate", "--source", "sim:balanced?fast=1&seed=1", "--wearer", NOBODY, "--rest", "2",
               "--view", "none", EMGFEEDBACK_HOME=str(home))  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = (home / "calibrations").glob(f"*{SUFFIX}")
    record = load(path)
    then = datetime.fromisoformat(record.created) - timedelta(days=days)
    path.write_text(dump(replace(record, created=then.isoformat())))
    return f"{then:%A}"


def test_start_says_with_which_day_today_compares(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMGFEEDBACK_HOME", str(tmp_path))
    day = calibrated_days_ago(2, tmp_path)
    request = WindowRequest(
        SetRequest(), "sim:balanced?seed=1", begins=True, only_calibrates=True, checks=True, check_plan=SHORT
    )
    with opened(qtbot, request) as window:
        wait(qtbot, lambda: window.model.stage is Stage.CALIBRATING, "the check begins")
        prompts: set[str] = set()

        def over() -> bool:
            prompts.update([window.model.prompt.text] if window.model.prompt else [])
            return window.model.stage is Stage.IDLE

        wait(qtbot, over, "the verdict")
        assert {"Rest. Let go.", "Right glute next. Get ready.", "Squeeze. Hold."} <= prompts
        assert window.model.compared == f"Comparable with {day}."
        assert window.model.calibrated
        press(qtbot, window, "1")
        wait(qtbot, lambda: window.page.name == "start", "Start")
        assert f"Comparable with {day}." in spoken(window)


def test_a_real_boards_start_offers_the_check_and_tells_its_verdict() -> None:
    """The words alone; of a ``studio`` its verdict is asked for."""
    there = SimpleNamespace(compared=None)
    older = Model(studio=there, calibration="No 100 % yet. Your last one is from Tuesday.", checkable=True)  # type: ignore[arg-type]
    first, second, why = headline(older)
    assert (first, second) == ("Real board", "not calibrated today")
    assert "Press V to check it" in why
    checked = Model(
        studio=there,  # type: ignore[arg-type]
        calibration="Your 100 %: right glute 163 µV.",
        calibrated=True,
        compared="Comparable with Tuesday.",
    )
    assert headline(checked) == (
        "Comparable", "with Tuesday", "Your 100 %: right glute 163 µV. It still holds: train with it."
    )  # fmt: skip
    said = "Not comparable: the gain changed. Calibrate again."
    moved = SimpleNamespace(compared=SimpleNamespace(word="not comparable"))
    refused = Model(studio=moved, calibration=f"No 100 % yet. {said}", note=said)  # type: ignore[arg-type]
    assert headline(refused) == ("Not comparable", "calibrate again", said)


def test_v_without_a_calibration_says_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMGFEEDBACK_HOME", str(tmp_path))
    with opened(qtbot, WindowRequest(SetRequest(), "sim:balanced?seed=1")) as window:
        wait(qtbot, lambda: window.model.picture is not None, "the source opens")
        press(qtbot, window, "v")
        wait(qtbot, lambda: "to check yet" in spoken(window), "the sentence")
        assert window.model.stage is Stage.IDLE
