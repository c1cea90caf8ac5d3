"""The rules of conftest.py are real: a surviving thread fails, an unlisted skip fails in CI."""

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

SKIPS = """
import pytest

def test_listed():
    pytest.skip("set EMGFEEDBACK_TEST_DATA to the recordings")

def test_unlisted():
    pytest.skip("not in the mood")
"""


def run_pytest(folder: Path, text: str, ci: str) -> subprocess.CompletedProcess[str]:
    """Run one test file under the project's own conftest, in a process of its own."""
    tests = folder / "tests"
    tests.mkdir()
    for name in ("conftest.py", "allowed_skips.txt"):
        shutil.copy(HERE / name, tests / name)
    (tests / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    command.append("tests")
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
