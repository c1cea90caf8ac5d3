"""The wheel, installed into an environment elsewhere, plays the demo with an empty environment."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; the libraries it needs are seen where these tests have theirs."""
    folder = tmp_path_factory.mktemp("elsewhere")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    # A line of a .pth file adds that folder alone: the editable install of the clone in it is not followed.
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return venv


def alone(folder: Path, *command: str) -> str:
    """What a command prints with an empty environment in ``folder``."""
    done = subprocess.run(
        ["/usr/bin/env", "-i", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("package", ["device", "calibration", "emgfeedback"])
def test_the_packages_are_imported_from_that_environment(venv: Path, tmp_path: Path, package: str) -> None:
    ask = f"import {package}; print({package}.__file__)"
    found = alone(tmp_path, str(venv / "bin" / "python"), "-c", ask)
    assert Path(found.strip()).is_relative_to(venv)


def test_the_demo_runs_from_the_wheel(venv: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = str(venv / "bin" / "emgfeedback")
    said = alone(
        tmp_path, f"EMGFEEDBACK_HOME={home}", program, "demo", "--fast", "--reps", "2", "--view", "none"
    )
    assert "Set done: 2 reps." in said
    (session,) = (home / "sessions").glob("*.emgsession")
    assert "whole" in alone(tmp_path, program, "verify", str(session))


def test_the_wheel_writes_the_sketch(venv: Path, tmp_path: Path) -> None:
    alone(tmp_path, str(venv / "bin" / "emgfeedback"), "firmware", "--out", str(tmp_path / "sketch"))
    shipped = ROOT / "device" / "firmware" / "emgfeedback" / "emgfeedback.ino"
    (written,) = (tmp_path / "sketch").rglob("emgfeedback.ino")
    assert written.read_bytes() == shipped.read_bytes()
