"""Every gate with one command: ``python tools/check.py`` (``--quick`` leaves the tests out).

Prints one line per gate with its time, then what a broken gate said. Exit status 0 when all hold, else 1.
Run it with the Python of an environment that holds the ``dev`` extra, such as the one of tools/test.py.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import source_rules
from parts import ENVIRON, PARTS

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))

Gate = Callable[[], tuple[bool, str, str]]


def command(*words: str) -> Gate:
    """A gate that is a program: it holds when the program ends with 0."""

    def run() -> tuple[bool, str, str]:
        environ = {**ENVIRON, **os.environ}
        done = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        said = (done.stdout + done.stderr).strip()
        return done.returncode == 0, said.splitlines()[-1].strip("= ") if said else "", said

    return run


def rule(check: Callable[[Path], source_rules.Verdict]) -> Gate:
    """A gate that is one of the house's own rules."""

    def run() -> tuple[bool, str, str]:
        verdict = check(ROOT)
        return not verdict.breaches, verdict.summary, "\n".join(verdict.breaches)

    return run


def tool(name: str) -> str:
    """A program of the environment that runs this file."""
    return str(SCRIPTS / name)


GATES: dict[str, Gate] = {
    "lint": command(tool("ruff"), "check", "."),
    "format": command(tool("ruff"), "format", "--check", "."),
    "types": command(tool("mypy")),
    "imports": command(tool("lint-imports"), "--no-cache"),
    "sizes": rule(source_rules.sizes),
    "words": rule(source_rules.words),
    "clauses": rule(source_rules.clauses),
    "tests": command(sys.executable, "-m", "pytest", "-q", *PARTS[0]),
    "alone": command(sys.executable, "-m", "pytest", "-q", *PARTS[1]),
}


def main() -> int:
    """Run the gates in order; 0 when all hold."""
    parser = argparse.ArgumentParser(description="Run every gate of the project.")
    parser.add_argument("--quick", action="store_true", help="leave the tests out")
    parser.add_argument("--only", choices=sorted(GATES), action="append", help="run this gate only")
    chosen = parser.parse_args()
    names = [name for name in GATES if name in chosen.only] if chosen.only else list(GATES)
    if chosen.quick:
        names = [name for name in names if name not in ("tests", "alone")]
    broken = []
    for name in names:
        began = time.monotonic()
        holds, summary, said = GATES[name]()
        verdict = "holds " if holds else "BROKEN"
        print(f"{name:8} {verdict} {time.monotonic() - began:6.1f} s  {summary}", flush=True)
        if not holds:
            broken.append(name)
            print(said, flush=True)
    end = f"; broken: {', '.join(broken)}" if broken else ""
    print(f"{len(names) - len(broken)} of {len(names)} gates hold{end}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
