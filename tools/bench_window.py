"""The window against other windows: CPU while live, cold start, memory. See ``tools/bench.py window``."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench_worker import Contestant, ContestantError, interleave
from environment import ROOT, SetupError, program, with_home

OURS, PEERS, MEMORY = "bench_window_ours.py", "bench_window_peers.py", "bench_window_memory.py"
SCREEN = "1920x1080x24"
CHANNELS = "A0=glute:right,A1=quad:right"
#: s that a simulated board may take to come.
PATIENCE_S = 30.0
#: MB. How much more the process may hold after an hour.
GROWTH_MB = 10.0
#: What chordspy's window imports and chordspy does not bring along when installed alone.
CHORDS_NEEDS = ("PyQt5", "pyqtgraph", "numpy==2.1.3", "scipy")


@dataclass(frozen=True)
class Limit:
    """Ours may cost at most ``most`` times the peer's; ``None`` where nothing is promised."""

    ours: str
    peer: str
    most: float | None


LIMITS = (
    Limit("train", "dashboard", 0.5),
    Limit("train", "chords", 0.3),
    Limit("signals", "dashboard", None),
)
START = Limit("start", "start", 0.45)


@contextmanager
def screen() -> Iterator[None]:
    """A screen for this process and its children: the one that is there, or Xvfb. Raises ``SetupError``."""
    if os.environ.get("DISPLAY"):
        yield
        return
    server = shutil.which("Xvfb")
    if server is None:
        raise SetupError("There is no screen: set DISPLAY, or install Xvfb (Debian: apt install xvfb).")
    read, write = os.pipe()
    command = [server, "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise SetupError("Xvfb did not start.")
    os.environ["DISPLAY"] = f":{number}"
    try:
        yield
    finally:
        del os.environ["DISPLAY"]
        process.terminate()
        process.wait()


def chords_environment() -> Path:
    """The Python of ``.venv-bench-chords``, made if need be. Raises ``SetupError``."""
    venv = ROOT / ".venv-bench-chords"
    python = program(venv, "python")
    if python.exists() and chords_folder(str(python)) is not None:
        return python
    environ = with_home(dict(os.environ), venv)
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    steps = (
        [sys.executable, "-m", "venv", str(venv)],
        [*pip, *CHORDS_NEEDS],
        [*pip, "--no-deps", "chordspy"],
    )
    for command in steps:
        if subprocess.run(command, env=environ).returncode != 0:
            raise SetupError("chordspy's environment could not be made; pip's own words stand above.")
    return python


def chords_folder(python: str) -> Path | None:
    """Where chordspy's files are in that Python's environment, if it is there."""
    code = "import importlib.util as i; print(i.find_spec('chordspy').submodule_search_locations[0])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def chords_window(python: str) -> tuple[str, Path]:
    """A Python that can open chordspy's window, and its folder. Raises ``SetupError``. Needs a screen."""
    folder = chords_folder(python)
    if folder is None:
        raise SetupError(f"{python} has no chordspy: pip install --no-deps chordspy")
    # A window that cannot open ends its process: ask in another one.
    opens = subprocess.run(
        [python, "-c", "import PyQt5.QtWidgets as q; q.QApplication([])"], capture_output=True
    )
    if opens.returncode == 0:
        return python, folder
    print("PyQt5 cannot open a window here: chordspy's window runs on PySide6 instead.")
    return sys.executable, folder


def bench(peer_python: str, repeats: int, seconds: float, minutes: float) -> bool:
    """Measure and print all; whether every promise is kept. Raises ``ContestantError`` and ``SetupError``."""
    with screen(), tempfile.TemporaryDirectory() as name, home(Path(name)):
        medians = cpu(Path(name), chords_window(peer_python), repeats, seconds)
        kept = [print_limit(limit, medians, "cpu_percent", "% of a core") for limit in LIMITS]
        for role, reading in medians.items():
            print(f"  {role}: {reading['fps']:.0f} pictures a second, {reading['ms']:.2f} ms of CPU each")
        kept.append(print_start(cold_starts(Path(name), repeats)))
        kept.append(print_growth(growth(minutes), minutes))
    return all(kept)


@contextmanager
def home(folder: Path) -> Iterator[None]:
    """All data of the windows under test goes into ``folder``, and the bytecode of all sides.

    pip compiles what it installs, but a clone may be kept from writing bytecode: its start would then be
    that of the compiler. So every side has its bytecode here, from the start that warms the disk on.
    """
    ours = {"EMGFEEDBACK_HOME": str(folder / "home"), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    changed = (*ours, "PYTHONDONTWRITEBYTECODE")
    before = {name: os.environ[name] for name in changed if name in os.environ}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in changed:
            os.environ.pop(name, None)
        os.environ.update(before)


def cpu(folder: Path, chords: tuple[str, Path], repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """Medians of CPU and pictures a second, all windows interleaved."""
    roles = {
        "train": (sys.executable, OURS),
        "signals": (sys.executable, OURS),
        "dashboard": (sys.executable, PEERS),
        "chords": (chords[0], PEERS),
    }
    with ExitStack() as stack:
        contestants = {}
        for role, (python, script) in roles.items():
            place = chords[1] if role == "chords" else folder / role
            if script == OURS:
                place.mkdir()
                stack.enter_context(board(place))
            contestants[role] = stack.enter_context(
                Contestant(python, script, role, str(place), str(seconds))
            )
        medians = interleave(contestants, repeats)
    for reading in medians.values():
        reading["ms"] = 10.0 * reading["cpu_percent"] / max(reading["fps"], 1e-9)
    print(f"window: medians of {repeats} interleaved rounds of {seconds:g} s")
    return medians


@contextmanager
def board(folder: Path) -> Iterator[None]:
    """A simulated board on the pseudo-terminal ``folder/board``, its person's 100 % beside it."""
    link, calibration = folder / "board", folder / "calibration.json"
    arguments = ["--link", str(link), "--write-calibration", str(calibration), "--channels", CHANNELS]
    command = [sys.executable, "-m", "emgfeedback", "simulate", "--pty", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not (link.exists() and calibration.exists()):
            if time.monotonic() > deadline or process.poll() is not None:
                raise ContestantError("The simulated board did not come.")
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def cold_starts(folder: Path, repeats: int) -> dict[str, dict[str, float]]:
    """Median ms from the start of a process to its first (live) picture, after one that warms the disk."""
    calibration = folder / "train" / "calibration.json"
    commands = {"ours": (OURS, "start", str(calibration)), "peer": (PEERS, "start")}
    times_ms: dict[str, list[float]] = {role: [] for role in commands}
    for number in range(repeats + 1):
        for role, (script, *arguments) in commands.items():
            took_ms = cold_start(script, *arguments)
            if number:
                times_ms[role].append(took_ms)
    return {role: {"ms": statistics.median(times)} for role, times in times_ms.items()}


def cold_start(script: str, *arguments: str) -> float:
    """One start in ms."""
    began = time.perf_counter()
    with child(script, *arguments) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took_ms = 1000.0 * (time.perf_counter() - began)
        said = process.communicate()[1]
    if line.strip() != "painted":
        raise ContestantError(f"{script} {arguments[0]} painted nothing: {said.strip().splitlines()[-1:]}.")
    return took_ms


def growth(minutes: float) -> dict[str, float]:
    """Memory before and after, in MB, and how many pictures were drawn."""
    with child(MEMORY, str(minutes)) as process:
        out, said = process.communicate()
    if not out.startswith("{"):
        raise ContestantError(f"{MEMORY} gave no reading: {said.strip().splitlines()[-1:]}.")
    reading: dict[str, float] = json.loads(out)
    return reading


@contextmanager
def child(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A script of this folder under this Python, ended when the block ends."""
    command = [sys.executable, str(ROOT / "tools" / script), *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdout=pipe, stderr=pipe)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def print_limit(limit: Limit, medians: Mapping[str, Mapping[str, float]], figure: str, unit: str) -> bool:
    """One line: both figures and their ratio; whether the promise is kept."""
    ours, peer = medians[limit.ours][figure], medians[limit.peer][figure]
    ratio = ours / peer
    kept = limit.most is None or ratio <= limit.most
    promise = "" if limit.most is None else f" (promised {limit.most:g}: {'kept' if kept else 'NOT KEPT'})"
    print(f"  {limit.ours} {ours:.4g}, {limit.peer} {peer:.4g} {unit}: {ratio:.2f} times{promise}")
    return kept


def print_start(medians: Mapping[str, Mapping[str, float]]) -> bool:
    """The line of the cold start."""
    return print_limit(Limit("ours", "peer", START.most), medians, "ms", "ms to the first picture")


def print_growth(reading: Mapping[str, float], minutes: float) -> bool:
    """The line of the memory."""
    grown = reading["after_mb"] - reading["before_mb"]
    kept = grown <= GROWTH_MB
    print(
        f"  memory {reading['before_mb']:.1f} MB, after {minutes:g} min of signal and "
        f"{reading['pictures']:.0f} pictures {grown:+.1f} MB "
        f"(promised {GROWTH_MB:g}: {'kept' if kept else 'NOT KEPT'})"
    )
    return kept
