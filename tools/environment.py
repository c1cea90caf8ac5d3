"""A Python environment for this clone, made and kept up to date; the standard library is enough.

Read by old interpreters too, which must be able to say that they are too old: no syntax newer than 3.8 here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
STAMP = "emgfeedback-installed"


class SetupError(Exception):
    """The environment could not be made; the message is a sentence for the user."""


def use_new_python(script: str) -> None:
    """Start ``script`` again under Python 3.11 or later if this one is older; exits when there is none."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            os.execv(found, [found, script, *sys.argv[1:]])
    sys.exit("emgfeedback needs Python 3.11 or later; this is {}.{}.".format(*sys.version_info))


def with_home(environ: dict[str, str], folder: Path) -> dict[str, str]:
    """``environ`` with a HOME: the user's own, or ``folder`` where nobody knows one (``env -i``)."""
    if environ.get("HOME") or os.name == "nt":
        return dict(environ)
    try:
        home = Path.home()
    except RuntimeError:
        home = folder
    return {**environ, "HOME": str(home if os.access(str(home), os.W_OK) else folder)}


def program(venv: Path, name: str) -> Path:
    """A program of an environment, such as its ``python``."""
    return venv / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}")


def ensure(venv: Path, extras: str = "", *, editable: bool = False) -> Path:
    """Make ``venv`` with this clone installed, unless it already stands as it should; returns its Python.

    An editable install follows the sources by itself and is renewed when pyproject.toml changes; a plain
    one is renewed when any source changes. An environment that was left half made is made again.
    Raises ``SetupError``.
    """
    wanted = _fingerprint(extras, editable=editable)
    stamp, python = venv / STAMP, program(venv, "python")
    if stamp.is_file() and stamp.read_text("utf-8") == wanted and python.exists():
        return python
    print(f"Preparing {venv} (once; needs the network) ...", file=sys.stderr, flush=True)
    if not (stamp.is_file() and python.exists()):
        _make(venv)
    else:
        stamp.unlink()
    what = str(ROOT) + (f"[{extras}]" if extras else "")
    _pip(python, [*(["--editable"] if editable else []), what])
    stamp.write_text(wanted, "utf-8")
    return python


def _make(venv: Path) -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        said = (made.stderr or made.stdout).strip().splitlines()
        reason = said[-1] if said else "no reason given."
        raise SetupError(
            f"No Python environment could be made in {venv}: {reason} "
            "On Debian and Ubuntu this may help: sudo apt-get install -y python3-venv"
        )


def _pip(python: Path, what: list[str]) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    if subprocess.run(command, env=with_home(dict(os.environ), python.parent.parent)).returncode != 0:
        raise SetupError(f"pip could not install {what[-1]}; its own words stand above.")


def _fingerprint(extras: str, *, editable: bool) -> str:
    """What the environment was made from: changes whenever it must be renewed."""
    digest = hashlib.sha256(f"{extras}|{editable}|{sys.version}|{ROOT}".encode())
    digest.update((ROOT / "pyproject.toml").read_bytes())
    if not editable:
        for package in ("emgfeedback", "device", "calibration"):
            for path in sorted((ROOT / package).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()
