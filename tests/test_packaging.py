"""What is shipped: the wheel and the source archive hold what they must, and every import is declared."""

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from emgfeedback import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("emgfeedback", "device", "calibration")
#: Distribution -> the module that it brings, where the two names differ.
MODULE_OF = {
    "pyserial": "serial",
    "tomli-w": "tomli_w",
    "PySide6-Essentials": "PySide6",
    "pytest-qt": "pytestqt",
    "pytest-xdist": "xdist",
}


def project() -> dict:
    """The [project] table."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def modules_of(requirements: list[str]) -> set[str]:
    """Top-level modules that these requirements bring."""
    names = [re.match(r"[\w.-]+", requirement)[0] for requirement in requirements]
    return {MODULE_OF.get(name, name) for name in names}


def imported_modules(folder: Path) -> set[str]:
    """Top-level modules that the Python files below ``folder`` import, at their head or inside functions."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(PACKAGES)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive, built by the project's own build backend."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_the_wheel_carries_packages_types_and_sketch(archives: Path) -> None:
    with zipfile.ZipFile(archives / f"emgfeedback-{__version__}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    sketch = {
        str(path.relative_to(ROOT)) for path in (ROOT / "device" / "firmware").rglob("*") if path.is_file()
    }
    assert "device/firmware/emgfeedback/emgfeedback.ino" in sketch
    assert sketch <= names
    assert {"device/firmware/wiring.md", "device/firmware/images/wiring-2.svg"} <= names
    drawings = {str(path.relative_to(ROOT)) for path in (ROOT / "emgfeedback" / "padmap").rglob("*.svg")}
    assert len(drawings) == 12
    assert drawings <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {*PACKAGES, f"emgfeedback-{__version__}.dist-info"}


def test_the_wheel_holds_every_module(archives: Path) -> None:
    with zipfile.ZipFile(archives / f"emgfeedback-{__version__}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    for package in PACKAGES:
        here = {str(path.relative_to(ROOT)) for path in (ROOT / package).rglob("*.py")}
        assert here <= names


def test_the_source_archive_can_be_tested(archives: Path) -> None:
    with tarfile.open(archives / f"emgfeedback-{__version__}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "README.md", "LICENSE", "firmware_protocol.md", "CHANGELOG.md"}
    assert wanted | {"tests/conftest.py", "tools/test.py", "docs/wiring.md"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith(".venv")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_import_of_the_packages_is_a_declared_dependency(package: str) -> None:
    extras = project()["optional-dependencies"]
    declared = modules_of([*project()["dependencies"], *extras["window"], *extras["sound"]])
    assert imported_modules(ROOT / package) <= declared


def test_the_leaves_need_little() -> None:
    assert imported_modules(ROOT / "calibration") <= {"numpy"}
    assert imported_modules(ROOT / "device") <= {"numpy", "serial"}


def test_every_import_of_the_tests_is_in_the_dev_extra() -> None:
    extras = project()["optional-dependencies"]
    wanted = [*extras["dev"], *extras["science"], *extras["sound"], *extras["window"]]
    declared = modules_of(project()["dependencies"] + wanted)
    own = {path.stem for folder in ("tests", "tools") for path in (ROOT / folder).glob("*.py")}
    assert imported_modules(ROOT / "tests") - own <= declared


def test_every_dependency_is_used() -> None:
    used = imported_modules(ROOT / "emgfeedback") | imported_modules(ROOT / "device")
    assert modules_of(project()["dependencies"]) <= used
