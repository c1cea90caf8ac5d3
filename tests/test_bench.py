"""tools/bench.py measures: every contestant gives readings, and a missing peer is one sentence.

No test looks at a time: those are for people, on a quiet machine.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bench
import bench_signal
import bench_window
import pytest
from bench_worker import Contestant, ContestantError, interleave

ROOT = Path(__file__).resolve().parent.parent


def run_bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a developer types it, in the environment of the tests."""
    command = [sys.executable, str(ROOT / "tools" / "bench.py"), "--here", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)


@pytest.mark.parametrize(
    ("subject", "script", "role", "figure"),
    [
        ("wire", "bench_ours.py", "codec", "ns"),
        ("wire", "bench_ours.py", "source", "ns"),
        ("pipeline", "bench_ours.py", "chain", "us"),
        ("pipeline", "bench_ours.py", "pipeline", "us"),
        ("pipeline", "bench_peers.py", "script", "us"),
    ],
)
def test_each_contestant_gives_readings(
    tmp_path: Path, subject: str, script: str, role: str, figure: str
) -> None:
    prepare, _ = bench.SUBJECTS[subject]
    prepare(tmp_path, 0.5)
    with Contestant(sys.executable, script, role, str(tmp_path)) as contestant:
        medians = interleave({role: contestant}, repeats=1)
    assert medians[role][figure] > 0.0


def test_the_signal_contestants_give_readings(capsys: pytest.CaptureFixture[str]) -> None:
    for libraries, subject, lines in (
        (("scipy",), "minute", bench_signal.LINES),
        (("mne-lsl-style",), "live", bench_signal.LIVE),
        (("scipy",), "hour", bench_signal.HOUR),
    ):
        medians = bench_signal.measured(sys.executable, libraries, 8.0, 1, subject, mains=subject == "live")
        for line in lines:
            assert medians["ours"][line.ours] > 0.0
            bench_signal.print_line(line, medians)
    assert medians["ours"]["grown_mb"] >= 0.0
    told = capsys.readouterr().out
    assert told.count("times ours") == 8
    assert told.count("promised 10") == 1


def test_the_reader_duel_runs_whole() -> None:
    done = run_bench("reader", "--repeats", "1", "--seconds", "0.3")
    assert done.returncode == 0, done.stderr
    assert "reader: medians of 1 interleaved rounds of 0.3 s of data" in done.stdout
    assert done.stdout.count("delay median") == 2


def test_a_contestant_that_cannot_run_is_one_sentence(tmp_path: Path) -> None:
    with (
        Contestant(sys.executable, "bench_peers.py", "chords", str(tmp_path / "nothing")) as contestant,
        pytest.raises(ContestantError, match=r"^bench_peers\.py chords gave no reading: \w+Error: .*\.$"),
    ):
        contestant.go()


def test_an_unknown_subject_is_refused() -> None:
    done = run_bench("sound")
    assert done.returncode == 2
    assert "there is no subject sound; there are wire, reader, pipeline, signal, window" in done.stderr


@pytest.mark.skipif(not (shutil.which("Xvfb") or os.environ.get("DISPLAY")), reason="there is no screen")
def test_the_window_is_measured_start_memory_and_all(tmp_path: Path) -> None:
    pytest.importorskip("pyqtgraph")
    with bench_window.screen(), bench_window.home(tmp_path):
        place = tmp_path / "train"
        place.mkdir()
        with (
            bench_window.board(place),
            Contestant(sys.executable, bench_window.OURS, "train", str(place), "0.5") as train,
            Contestant(sys.executable, bench_window.PEERS, "dashboard", str(place), "0.5") as dashboard,
        ):
            medians = interleave({"train": train, "dashboard": dashboard}, repeats=1)
        starts = bench_window.cold_starts(tmp_path, repeats=1)
        grown = bench_window.growth(0.05)
    assert all(reading["cpu_percent"] > 0.0 and reading["fps"] > 0.0 for reading in medians.values())
    assert min(reading["ms"] for reading in starts.values()) > 0.0
    assert grown["pictures"] > 10
