"""The demo: a scripted person calibrates, does a set, and leaves files and plain words."""

import csv
import shutil
import sqlite3
from pathlib import Path

import pytest
from command_line import run

from emgfeedback.demo import DemoRequest, demo
from emgfeedback.frame import ShareState
from emgfeedback.opening import open_home
from emgfeedback.session.analysis import frames, rebuild
from emgfeedback.session.file import SessionFile
from emgfeedback.session.verify import digest


def sessions_in(home: Path) -> list[Path]:
    return sorted((home / "sessions").glob("*.emgsession"))


def test_the_same_seed_twice_gives_one_digest_over_counts_indices_and_reps(tmp_path: Path) -> None:
    homes = [tmp_path / "first", tmp_path / "second"]
    for home in homes:
        result = run("demo", "--fast", "--seed", "1", "--view", "none", EMGFEEDBACK_HOME=str(home))
        assert result.returncode == 0, result.stderr
    first, second = (digest(path) for home in homes for path in sessions_in(home))
    assert first == second


def test_the_demo_leaves_a_session_a_table_and_plain_words(tmp_path: Path) -> None:
    result = run("demo", "--fast", "--view", "none", "--reps", "4", EMGFEEDBACK_HOME=str(tmp_path))
    assert "SIMULATED PERSON" in result.stderr
    assert "Your 100 % of right glute is" in result.stdout
    assert "Set done: 4 reps." in result.stdout
    (path,) = sessions_in(tmp_path)
    with path.with_suffix(".csv").open(newline="") as table:
        rows = csv.DictReader(table)
        first = next(rows)
    assert first["simulated"] == "1"
    with SessionFile(path) as session:
        assert session.info.simulated
        assert session.header.calibration is not None
        assert session.header.calibration.quality == "good"
        assert len(session.reps()) == 4
        assert "set" in session.summary()


def test_personas_are_told_apart(tmp_path: Path) -> None:
    medians = {}
    for persona in ("quad-led", "balanced", "glute-led"):
        home = tmp_path / persona
        demo_in(home, persona)
        (path,) = sessions_in(home)
        with SessionFile(path) as session:
            shares = sorted(rep.share for rep in session.reps())
            medians[persona] = shares[len(shares) // 2]
    assert medians["quad-led"] + 0.1 < medians["balanced"] < medians["glute-led"] - 0.1


def demo_in(home: Path, persona: str) -> None:
    arguments = ("--persona", persona, "--exercise", "single-leg-deadlift", "--reps", "3", "--view", "none")
    result = run("demo", "--fast", *arguments, EMGFEEDBACK_HOME=str(home))
    assert result.returncode == 0, result.stderr


def test_the_form_for_real_time_shows_a_share_within_60_s_and_ends_within_3_min(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = DemoRequest(fast=False).plan
    assert plan.quick
    monkeypatch.setattr(DemoRequest, "plan", plan)
    demo(DemoRequest(fast=True, view="none"))
    (path,) = sessions_in(open_home().folder)
    with SessionFile(path) as session:
        fs_hz = session.info.sfreq_hz
        shown = next(
            frame.hops[frame.state[:, 0] == ShareState.LIVE][0] * frame.hop
            for _, frame in frames(session)
            if (frame.state[:, 0] == ShareState.LIVE).any()
        )
        assert shown / fs_hz <= 60.0
        assert session.span[1] / fs_hz <= 180.0
        assert session.header.calibration is not None
        assert session.header.calibration.quality == "quick"


def test_replay_without_the_rep_and_summary_tables_gives_the_live_rep_table(tmp_path: Path) -> None:
    run("demo", "--fast", "--reps", "3", "--view", "none", EMGFEEDBACK_HOME=str(tmp_path))
    (path,) = sessions_in(tmp_path)
    with SessionFile(path) as session:
        live = session.reps()
    copy = tmp_path / "copy.emgsession"
    shutil.copy(path, copy)
    with sqlite3.connect(copy) as database:
        database.execute("DROP TABLE rep")
        database.execute("DROP TABLE summary")
    database.close()
    with SessionFile(copy) as session:
        assert rebuild(session) == live
    result = run("replay", str(copy), "--speed", "inf", "--view", "none")
    assert result.returncode == 0, result.stderr
    assert [line for line in result.stdout.splitlines() if line.startswith("rep ")] == [
        f"rep {rep.number}: share {100 * rep.share:.0f} %, glute {rep.mean_percent[0]:.0f} %, "
        f"quad {rep.mean_percent[1]:.0f} %"
        for rep in live
    ]
