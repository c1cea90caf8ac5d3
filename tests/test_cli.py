"""The command line as a contract: exit status, one sentence for each thing that is wrong, nothing lost."""

import json
import os
import pty
import random
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from command_line import COMMAND, one_sentence, run, started, wait_for, wait_for_path

from calibration.store import SUFFIX as CALIBRATION_SUFFIX

USAGE = [
    (["live", "--source", "sim:nobody"], "balanced"),
    (["live", "--source", "sim:balanced?seeed=1"], "seed"),
    (["live", "--source", "sim:balanced?fault=flood"], "stall"),
    (["live", "--source", "telepathy:auto"], "serial:"),
    (["live", "--source", "serial:/dev/ttyUSB0?rate=fast"], "rate"),
    (["live", "--source", "replay:"], "file"),
    (["live", "--exercise", "juggling"], "bridge"),
    (["live", "--channels", "A0=biceps:right"], "glute"),
    (["live", "--channels", "A0=glute:right,A0=quad:right"], "twice"),
    (["live", "--reps", "0"], "--reps"),
    (["live", "--view", "hologram"], "terminal"),
    (["demo", "--persona", "nobody"], "quad-led"),
    (["demo", "--seed", "-1"], "--seed"),
    (["simulate"], "--pty"),
    (["simulate", "--pty", "--persona", "nobody"], "glute-led"),
    (["juggle"], "juggle"),
    (["export", "x.emgsession"], "--to"),
]


@pytest.mark.parametrize(
    ("arguments", "names"), USAGE, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_usage_is_one_sentence_that_names_what_would_be_right(arguments: list[str], names: str) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert names in one_sentence(result)
    assert result.stdout == ""


def test_wrong_port_is_one_sentence() -> None:
    result = run("live", "--source", "serial:/dev/ttyNOPE", "--view", "none")
    assert result.returncode == 1
    assert "/dev/ttyNOPE" in one_sentence(result)


def test_port_held_by_another_program_is_one_sentence(tmp_path: Path) -> None:
    controller, device = pty.openpty()
    path = os.ttyname(device)
    holder = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'rb+', 0); fcntl.flock(f, 2); "
        "print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", holder, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        result = run("live", "--source", f"serial:{path}", "--view", "none")
        process.kill()
    os.close(controller)
    os.close(device)
    assert result.returncode == 1
    assert path in one_sentence(result)
    assert "another program" in result.stderr.lower()


@pytest.mark.skipif(
    os.getuid() != 0, reason="needs root, to become a user without the right to open the port"
)
def test_port_without_permission_is_one_sentence() -> None:
    controller, device = pty.openpty()
    path = os.ttyname(device)
    Path(path).chmod(0o600)
    other_user = ["setpriv", "--reuid=65534", "--clear-groups"]
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o777)
        result = subprocess.run(
            [*other_user, *COMMAND, "live", "--source", f"serial:{path}", "--view", "none"],
            capture_output=True, text=True, timeout=200, check=False, stdin=subprocess.DEVNULL,
            env={**os.environ, "EMGFEEDBACK_HOME": home},
        )  # fmt: skip
    os.close(controller)
    os.close(device)
    if "No module named" in result.stderr or "can't open" in result.stderr or result.returncode == 126:
        pytest.skip("the other user cannot reach this Python")
    assert result.returncode == 1
    assert path in one_sentence(result)


def test_garbage_on_the_line_is_one_sentence() -> None:
    controller, device = pty.openpty()
    path = os.ttyname(device)
    stop, dice = threading.Event(), random.Random(1)

    def babble() -> None:
        while not stop.wait(0.01):
            os.write(controller, dice.randbytes(64).replace(b"\0", b"\1") + b"\0")

    thread = threading.Thread(target=babble)
    thread.start()
    try:
        result = run("live", "--source", f"serial:{path}", "--view", "none")
    finally:
        stop.set()
        thread.join()
        os.close(controller)
        os.close(device)
    assert result.returncode == 1
    assert path in one_sentence(result)


@pytest.mark.parametrize(
    "command", [["replay"], ["sessions", "show"], ["export", "--to", "out.csv"], ["verify"]]
)
def test_text_file_given_as_a_session_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "shopping.emgsession"
    path.write_text("bread\nmilk\n")
    result = run(*command, str(path))
    assert result.returncode == 1
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert "shopping.emgsession" in lines[0]
    assert "Traceback" not in result.stderr
    assert path.read_text() == "bread\nmilk\n"


@pytest.mark.parametrize(
    "text", ["[wearer\nname=1", "[chain]\nrms_window_s = 9.0\n", '[chain]\nnotch_hz = "fifty"\n', "\xff\xfe"]
)
def test_bad_settings_are_one_sentence_that_names_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode("latin-1"))
    result = run("live", "--source", "sim:balanced?fast=1", "--view", "none", EMGFEEDBACK_HOME=str(tmp_path))
    assert result.returncode == 1
    assert "settings.toml" in one_sentence(result)
    assert path.read_bytes() == text.encode("latin-1")


@pytest.mark.parametrize("content", ["", "{}", "[1, 2", '{"format": 99}', "\0\0"])
def test_bad_calibration_file_is_one_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / f"mine{CALIBRATION_SUFFIX}"
    path.write_text(content)
    result = run("live", "--source", "sim:balanced?fast=1", "--calibration", str(path), "--view", "none")
    assert result.returncode == 1
    assert path.name in one_sentence(result)
    assert path.read_text() == content


def test_a_reader_that_leaves_ends_the_program_without_a_word() -> None:
    command = f"{sys.executable} -m emgfeedback demo --fast --view none | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=200, check=False)
    assert "Traceback" not in result.stderr


def test_help_of_every_command_answers() -> None:
    told = run("--help").stdout
    assert "whether the glute or the quad" in told
    cut = [line for line in told.splitlines() if line.endswith("...") and "Usage" not in line]
    assert not cut, "a command's line is cut"
    for command in (
        "live",
        "demo",
        "calibrate",
        "sessions",
        "replay",
        "verify",
        "export",
        "simulate",
        "firmware",
    ):
        result = run(command, "--help")
        assert result.returncode == 0
        assert "Usage:" in result.stdout


def test_help_does_not_wait_for_heavy_libraries() -> None:
    code = "import sys, emgfeedback.cli; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"scipy", "edfio", "PySide6", "sqlite3"} & set(result.stdout.split())


def test_sessions_are_listed_shown_and_deleted() -> None:
    assert "No sessions yet" in run("sessions").stdout
    told = run("live", "--source", "sim:balanced?fast=1", "--reps", "5", "--view", "none").stdout
    (entry,) = json.loads(run("sessions", "list", "--json").stdout)
    assert entry["simulated"]
    assert "reps" not in entry
    shown = json.loads(run("sessions", "show", entry["id"], "--json").stdout)
    assert [rep["number"] for rep in shown["reps"]] == [1, 2, 3, 4, 5]
    # The same findings live, after the set, and from the file.
    assert len(shown["findings"]) == 2
    assert "co-contraction" in shown["findings"][0]
    for line in shown["findings"]:
        assert line in told.splitlines()
        assert line in run("sessions", "show", entry["id"]).stdout.splitlines()
    assert entry["id"] in run("sessions").stdout
    assert run("verify", entry["id"]).returncode == 0
    assert run("sessions", "delete", entry["id"], "--yes").returncode == 0
    assert not Path(entry["path"]).exists()
    assert "No sessions yet" in run("sessions").stdout


def test_firmware_writes_the_sketch_and_its_wiring(tmp_path: Path) -> None:
    result = run("firmware", "--out", str(tmp_path / "board"))
    assert result.returncode == 0
    assert (tmp_path / "board" / "emgfeedback" / "emgfeedback.ino").stat().st_size > 1000
    wiring = (tmp_path / "board" / "wiring.md").read_text()
    assert "A0" in wiring
    links = re.findall(r"\]\(([^)#]+)", wiring)
    assert links
    assert all((tmp_path / "board" / link).is_file() for link in links)
    for line in result.stdout.splitlines():
        assert Path(line).is_file()


def test_sketch_into_a_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("mine")
    result = run("firmware", "--out", str(path / "below"))
    assert result.returncode == 1
    one_sentence(result)
    assert path.read_text() == "mine"


def test_alone_it_takes_the_simulated_person_where_no_board_was_ever_used(tmp_path: Path) -> None:
    with started() as process:
        assert process.stderr
        wait_for(lambda: "SIMULATED PERSON" in process.stderr.readline(), "the simulated person")


def test_a_known_board_that_is_absent_is_a_sentence_with_a_choice(tmp_path: Path) -> None:
    link = tmp_path / "board"
    with started("simulate", "--pty", "--link", str(link)):
        wait_for_path(link)
        result = run("live", "--source", f"serial:{link}", "--seconds", "1", "--view", "none")
        assert result.returncode == 0, result.stderr
    memory = Path(os.environ["EMGFEEDBACK_HOME"]) / "memory.toml"
    memory.write_text('[wearer.me.channels]\n"efp:00c0ffee" = "A0=glute:right,A1=quad:right"\n')
    result = run()
    assert result.returncode == 1
    assert "sim:balanced" in one_sentence(result)


#: Values that only look right: (arguments, a word of the sentence).
STRANGE = [
    (["live", "--source", "sim:?fast=1", "--seconds", "inf", "--view", "none"], "inf"),
    (["live", "--source", "sim:?fast=1", "--seconds", "nan", "--view", "none"], "nan"),
    (["calibrate", "--source", "sim:?fast=1", "--rest", "nan", "--view", "none"], "nan"),
    (["live", "--source", "sim:?rate=99999999999999999999", "--view", "none"], "65535"),
    (["live", "--source", "sim:?seed=" + "9" * 5000, "--view", "none"], "seed"),
    (["live", "--source", "sim:?oversample=3", "--view", "none"], "1, 4, 16"),
    (["live", "--source", "sim:?seed=1&seed=2", "--view", "none"], "twice"),
    (["live", "--source", "sim:?fast=1", "--wearer", " ", "--view", "none"], "name"),
    (["live", "--source", "sim:?fast=1", "--wearer", "a\nb", "--view", "none"], "one line"),
    (["live", "--source", "sim:?fast=1", "--wearer", os.fsdecode(b"\xff"), "--view", "none"], "one line"),
    (["live", "--source", "sim:?fast=1", "--wearer", "x" * 61, "--view", "none"], "60"),
    (["calibrate", "--source", "sim:?fast=1", "--out", "no-such-folder/a.json"], "no-such-folder"),
]


@pytest.mark.parametrize(("arguments", "names"), STRANGE, ids=lambda value: str(value)[-60:])
def test_values_that_only_look_right_are_wrong_usage_before_anything_begins(
    arguments: list[str], names: str
) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert names in one_sentence(result)
    assert result.stdout == ""


@pytest.mark.parametrize("channels", ["A0=glute:right", "A0=glute:right,A1=quad:left"])
def test_a_leg_without_both_muscles_is_one_sentence(channels: str) -> None:
    result = run("live", "--source", "sim:?fast=1", "--channels", channels, "--view", "none")
    assert result.returncode == 2
    assert "glute and the quad of one leg" in one_sentence(result)


def test_a_names_letters_are_kept_whatever_the_terminal_shows() -> None:
    name = "Zoë 李小龍"
    train = ["live", "--source", "sim:?fast=1", "--seconds", "2", "--view", "none", "--wearer", name]
    assert run(*train).returncode == 0
    result = run("sessions", "list", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert "Zo? " in result.stdout
    (entry,) = json.loads(run("sessions", "list", "--json").stdout)
    assert entry["wearer"] == name


def test_a_folder_where_a_session_is_meant_is_one_sentence(tmp_path: Path) -> None:
    result = run("verify", str(tmp_path))
    assert result.returncode == 1
    assert "is a folder" in one_sentence(result)


def test_a_board_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    result = run("simulate", "--pty", "--link", str(path))
    assert result.returncode == 1
    assert "thesis.txt" in one_sentence(result)
    assert path.read_text() == "years of work"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [*COMMAND, "sessions", "list", "--json"], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False, timeout=200,
        )  # fmt: skip
    assert result.returncode == 1
    assert one_sentence(result) == "emgfeedback: The output cannot be written: No space left on device."


def test_a_second_leg_without_both_muscles_is_measured_beside_the_first() -> None:
    channels = "A0=glute:right,A1=quad:right,A2=glute:left"
    train = ["live", "--source", "sim:?fast=1", "--channels", channels, "--seconds", "2", "--view", "none"]
    result = run(*train)
    assert result.returncode == 0, result.stderr
    assert "2 s are over" in result.stdout


def test_a_data_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "sessions").touch()
    train = ["live", "--source", "sim:?fast=1", "--seconds", "2", "--view", "none"]
    result = run(*train, EMGFEEDBACK_HOME=str(tmp_path))
    assert result.returncode == 0
    assert "Not recording: " in result.stderr
    assert "Errno" not in result.stderr
