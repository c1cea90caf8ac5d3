"""The command line as a user runs it: in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-m", "emgfeedback")


def run(*arguments: str, timeout_s: float = 200.0, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run to the end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )


@contextmanager
def started(*arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """Run until the block is left."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait_for(happened: Callable[[], bool], what: str, timeout_s: float = 120.0) -> None:
    """Wait until ``happened()``; fails naming ``what`` when it does not within ``timeout_s``."""
    deadline_s = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < deadline_s, f"{what} did not happen within {timeout_s} s"
        time.sleep(0.02)


def wait_for_path(path: Path) -> None:
    """Wait until something stands at ``path``."""
    wait_for(lambda: path.exists() or path.is_symlink(), f"{path}")


def one_sentence(result: "subprocess.CompletedProcess[str]") -> str:
    """Standard error, which must be one line that ends like a sentence and shows no traceback."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert lines[0].startswith("emgfeedback: ")
    return lines[0]
