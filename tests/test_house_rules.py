"""The rules of conftest.py are real: surviving threads and unlisted skips fail, groups stay whole."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

LEAKS = """
import threading
stop = threading.Event()

def test_leaks():
    threading.Thread(target=stop.wait, args=(12,), name="forgotten").start()

def test_is_clean():
    thread = threading.Thread(target=str)
    thread.start()
"""

TRIES = """
import pytest
tries = {"real": 0, "other": 0}

@pytest.mark.real_time
def test_of_real_time():
    tries["real"] += 1
    assert tries["real"] == 3

def test_of_anything_else():
    tries["other"] += 1
    assert tries["other"] == 3
"""

SHARED = """
import os
from pathlib import Path
import pytest

@pytest.mark.parametrize("name", "abcd")
def test_one(name):
    Path(f"one{name}").write_text(os.environ["PYTEST_XDIST_WORKER"])

@pytest.mark.parametrize("name", "abcd")
def test_other(name):
    Path(f"other{name}").write_text(os.environ["PYTEST_XDIST_WORKER"])
"""

SKIPS = """
import pytest

def test_listed():
    pytest.skip("set EMGFEEDBACK_TEST_DATA to the recordings")

def test_unlisted():
    pytest.skip("not in the mood")
"""


def run_pytest(
    folder: Path, text: str, ci: str, *options: str, file: str = "test_it.py"
) -> subprocess.CompletedProcess[str]:
    """Run one test file under the project's own conftest, in a process of its own."""
    tests = folder / "tests"
    tests.mkdir()
    for name in ("conftest.py", "allowed_skips.txt", "xvfb_screen.py"):
        shutil.copy(HERE / name, tests / name)
    (tests / file).write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    command += [*options, "tests"]
    env = {"CI": ci, "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_surviving_thread_fails_its_test_and_names_itself(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, LEAKS, ci="")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "Threads survived the test: forgotten." in done.stdout
    assert "2 passed, 1 error" in done.stdout


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_an_unlisted_skip_fails_only_in_ci(tmp_path: Path, ci: str, status: int) -> None:
    done = run_pytest(tmp_path, SKIPS, ci)
    assert done.returncode == status, done.stdout
    assert ("SKIPPED IN CI tests/test_it.py::test_unlisted" in done.stdout) == (ci == "true")
    assert "test_listed" not in done.stdout


def test_only_a_test_of_real_time_is_tried_again_up_to_three_times_and_told(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TRIES, ci="true")
    assert "1 failed, 1 passed" in done.stdout
    assert "2 rerun" in done.stdout
    assert "FAILED tests/test_it.py::test_of_anything_else" in done.stdout


def test_tests_that_share_runs_are_one_workers(tmp_path: Path) -> None:
    """Of the same parameters here, of a whole file there; where a test stands alone, any worker takes it."""
    done = run_pytest(tmp_path, SHARED, "", "-n", "2", "--dist", "loadscope", file="test_accuracy.py")
    assert "8 passed" in done.stdout, done.stdout
    workers = {path.name: path.read_text() for path in tmp_path.glob("*[abcd]")}
    assert all(workers[f"one{name}"] == workers[f"other{name}"] for name in "abcd")
    assert len(set(workers.values())) == 2
