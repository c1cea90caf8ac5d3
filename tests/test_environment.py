"""The first commands of a new clone: what they do before anything is installed."""

import ast
import sys
from pathlib import Path

import environment
import pytest
import test as test_command

TOOLS = Path(__file__).resolve().parent.parent / "tools"


@pytest.mark.parametrize("script", ["run.py", "test.py", "environment.py", "bench.py"])
def test_old_interpreters_can_read_the_script_that_refuses_them(script: str) -> None:
    ast.parse((TOOLS / script).read_text("utf-8"), feature_version=(3, 8))


def test_an_old_python_without_a_newer_one_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"^emgfeedback needs Python 3\.11 or later; this is 3\.9\.$"):
        environment.use_new_python("run.py")


def test_home_is_kept_when_there_is_one(tmp_path: Path) -> None:
    assert environment.with_home({"HOME": "/somewhere"}, tmp_path) == {"HOME": "/somewhere"}


def test_an_empty_environment_gets_a_home_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", staticmethod(lambda: tmp_path / "not there"))
    assert environment.with_home({"PATH": "/bin"}, tmp_path) == {"PATH": "/bin", "HOME": str(tmp_path)}


def test_an_environment_that_stands_is_left_alone(tmp_path: Path) -> None:
    python = environment.program(tmp_path, "python")
    python.parent.mkdir()
    python.touch()
    fingerprint = environment._fingerprint("dev", editable=True)
    (tmp_path / environment.STAMP).write_text(fingerprint)
    assert environment.ensure(tmp_path, "dev", editable=True) == python


def test_a_plain_install_is_renewed_when_a_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "device").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    module = tmp_path / "device" / "wire.py"
    module.write_text("one")
    before = environment._fingerprint("", editable=False)
    edited_before = environment._fingerprint("", editable=True)
    module.write_text("two")
    assert environment._fingerprint("", editable=False) != before
    assert environment._fingerprint("", editable=True) == edited_before


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(environment.SetupError, match=r"No Python environment could be made in .*file"):
        environment.ensure(tmp_path / "file" / "venv")


@pytest.mark.parametrize("arguments", [["--venv", "elsewhere", "-x"], ["--venv=elsewhere", "-x"]])
def test_the_test_command_keeps_its_own_option_from_pytest(arguments: list[str]) -> None:
    venv, rest = test_command.take_venv(arguments)
    assert (venv, rest) == (Path("elsewhere").resolve(), ["-x"])


def test_missing_system_tools_are_told_with_the_line_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ("no-such-program", "a-package", "something is seen")
    monkeypatch.setattr(test_command, "SYSTEM_TOOLS", (missing,))
    test_command.tell_missing()
    said = capsys.readouterr().err
    assert "Missing no-such-program (a-package): without it no test in which something is seen." in said
    assert "sudo apt-get install -y a-package" in said
