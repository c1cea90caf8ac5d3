"""Install what the tests need and run them: ``python3 tools/test.py``, from any folder.

``--venv DIR`` uses another environment than ``.venv-test`` in the clone; every other argument goes to
pytest, which then runs once; without any, the tests run in the parts of tools/parts.py. System tools
that are missing are named with the line that installs them; nothing is installed with root's rights.
With CI=true a test that is skipped for another reason than those in tests/allowed_skips.txt fails the
run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from environment import ROOT, SetupError, ensure, use_new_python, with_home
from parts import ENVIRON, PARTS

#: (what proves it is there: a program or a file), (the Debian package that brings it), (what uses it).
SYSTEM_TOOLS = (
    ("avr-gcc", "gcc-avr", "the firmware is built"),
    ("/usr/lib/avr/include/avr/io.h", "avr-libc", "the firmware is built"),
    ("/usr/share/arduino/hardware", "arduino-core-avr", "the firmware is built with Arduino's core"),
    ("/usr/include/simavr/sim_avr.h", "libsimavr-dev", "the firmware is run in a simulated chip"),
    ("/usr/include/libelf.h", "libelf-dev", "the firmware is run in a simulated chip"),
    ("gcc", "gcc", "the runner of the simulated chip is built"),
    ("make", "make", "the runner of the simulated chip is built"),
    ("tmux", "tmux", "the terminal view is looked at"),
    ("pulseaudio", "pulseaudio", "the sound is listened to"),
    ("parec", "pulseaudio-utils", "the sound is listened to"),
    ("espeak-ng", "espeak-ng", "speech is listened to"),
    ("spd-say", "speech-dispatcher", "speech is listened to"),
    ("setpriv", "util-linux", "ports are opened as another user"),
)


def missing_tools() -> list[tuple[str, str, str]]:
    """Those of ``SYSTEM_TOOLS`` that this machine lacks."""

    def there(proof: str) -> bool:
        return Path(proof).exists() if proof.startswith("/") else shutil.which(proof) is not None

    return [tool for tool in SYSTEM_TOOLS if not there(tool[0])]


def tell_missing() -> None:
    """Say which system tools are missing, what for, and the line that installs them."""
    missing = missing_tools()
    if not missing:
        return
    for proof, package, use in missing:
        print(f"Missing {proof} ({package}): without it no test in which {use}.", file=sys.stderr)
    packages = " ".join(sorted({package for _, package, _ in missing}))
    print(f"Debian, Ubuntu: sudo apt-get install -y {packages}", file=sys.stderr)


def take_venv(arguments: list[str]) -> tuple[Path, list[str]]:
    """Split ``--venv DIR`` or ``--venv=DIR`` from the arguments meant for pytest."""
    rest = []
    venv = ROOT / ".venv-test"
    words = iter(arguments)
    for word in words:
        if word == "--venv":
            venv = Path(next(words, str(venv))).resolve()
        elif word.startswith("--venv="):
            venv = Path(word[len("--venv=") :]).resolve()
        else:
            rest.append(word)
    return venv, rest


def without_qt(python: Path) -> list[str]:
    """What pytest must be told where Qt cannot be loaded: the system libraries it needs are missing."""
    probe = [str(python), "-c", "import PySide6.QtWidgets"]
    done = subprocess.run(probe, capture_output=True, text=True)
    if done.returncode == 0 or os.environ.get("CI", "").lower() == "true":
        return []
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    print(f"Qt cannot be loaded ({reason}): without it no test of the window.", file=sys.stderr)
    print("Debian, Ubuntu: sudo apt-get install -y libegl1 libgl1 libxkbcommon0 libdbus-1-3", file=sys.stderr)
    return ["-p", "no:pytest-qt"]


def main() -> int:
    """Prepare, tell what is missing, run pytest in the clone; its exit status is ours."""
    use_new_python(__file__)
    venv, arguments = take_venv(sys.argv[1:])
    tell_missing()
    try:
        python = ensure(venv, extras="dev", editable=True)
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    command = [str(python), "-m", "pytest", *without_qt(python)]
    if not os.environ.get("DISPLAY") and shutil.which("xvfb-run"):
        command = ["xvfb-run", "-a", *command]
    environ = with_home({**ENVIRON, **os.environ}, venv)
    parts = [arguments] if arguments else [["-q", *part] for part in PARTS]
    results = []
    for part in parts:
        began = time.monotonic()
        status = subprocess.run([*command, *part], cwd=str(ROOT), env=environ).returncode
        results.append((status, time.monotonic() - began))
    if len(parts) > 1:
        # The end of the output says of each part whether it held: what failed in the first stands far above.
        for number, (status, seconds) in enumerate(results, 1):
            verdict = "holds" if status == 0 else f"BROKEN, status {status}"
            print(f"Part {number} of {len(parts)}: {verdict}, {seconds:.0f} s.", flush=True)
    return max(status for status, _ in results)


if __name__ == "__main__":
    sys.exit(main())
