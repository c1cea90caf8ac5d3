"""Every import contract of pyproject.toml is broken on purpose in a copy of the packages, and caught."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("emgfeedback", "device", "calibration")

#: (contract, module that offends, the line that offends). At least one for each contract.
OFFENCES = [
    ("leaves", "device/stream.py", "import calibration.record"),
    ("leaves", "calibration/record.py", "import device.stream"),
    ("leaves", "device/stream.py", "def f():\n    import emgfeedback.frame"),
    ("leaves", "calibration/record.py", "from emgfeedback import chain"),
    ("floors", "emgfeedback/dsp/__init__.py", "import emgfeedback.pipeline"),
    ("floors", "emgfeedback/pipeline.py", "from emgfeedback.session import file"),
    ("floors", "emgfeedback/coach/__init__.py", "import emgfeedback.cli"),
    ("floors", "emgfeedback/frame.py", "import emgfeedback.dsp"),
    ("floors", "emgfeedback/session/file.py", "import emgfeedback.live"),
    ("pure", "emgfeedback/dsp/__init__.py", "import time"),
    ("pure", "emgfeedback/pipeline.py", "from threading import Thread"),
    ("pure", "device/wire.py", "import serial"),
    ("pure", "device/handshake.py", "from time import monotonic"),
    ("pure", "calibration/record.py", "import asyncio"),
    ("pure", "emgfeedback/coach/__init__.py", "import queue"),
    ("window", "emgfeedback/terminal.py", "from PySide6 import QtCore"),
    ("window", "emgfeedback/session/__init__.py", "import pyqtgraph"),
    ("port", "device/framed.py", "import serial"),
    ("port", "emgfeedback/cli.py", "import serial.tools.list_ports"),
    ("start", "emgfeedback/pipeline.py", "from scipy import signal"),
    ("start", "emgfeedback/session/__init__.py", "import pandas"),
    ("truth", "emgfeedback/session/__init__.py", "import emgfeedback.simulation"),
    ("coach", "emgfeedback/coach/__init__.py", "import emgfeedback.session"),
    ("truth", "emgfeedback/pipeline.py", "from emgfeedback.simulation import person"),
    ("truth", "emgfeedback/coach/__init__.py", "from emgfeedback.simulation import personas"),
]


def contracts() -> dict[str, str]:
    """Id and name of every contract."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract["name"] for contract in table["tool"]["importlinter"]["contracts"]}


def copy_packages(folder: Path) -> Path:
    """The packages and their contracts, without anything else, in ``folder``."""
    leave_out = shutil.ignore_patterns("__pycache__", "firmware")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the copy; NO_COLOR and a wide page keep its words in one piece."""
    code = "import sys; from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", code, "--no-cache", *arguments]
    env = {"PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_tree_keeps_every_contract(tmp_path: Path) -> None:
    done = lint(copy_packages(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in done.stdout


@pytest.mark.parametrize(("contract", "module", "line"), OFFENCES)
def test_one_offending_import_is_caught(tmp_path: Path, contract: str, module: str, line: str) -> None:
    folder = copy_packages(tmp_path)
    offender = folder / module
    assert offender.is_file(), f"{module} is gone: choose another module for this offence."
    text = f"{offender.read_text('utf-8').rstrip()}\n{line}\n"
    offender.write_text(text, "utf-8")
    done = lint(folder, "--contract", contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contracts()[contract]} BROKEN" in done.stdout
    dotted = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    found = re.search(rf"\b{re.escape(dotted)} -> \S+ \(l\.{len(text.splitlines())}\)", done.stdout)
    assert found, f"broken, but not by this offence: {done.stdout}"


def test_no_contract_is_left_unbroken() -> None:
    assert {contract for contract, _, _ in OFFENCES} == set(contracts())
