"""Single key presses from a terminal, without waiting and without Enter."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class Keys:
    """Give ``pressed()`` in a loop; empty while no key was pressed or there is no keyboard."""

    def pressed(self) -> str:
        """The next key press, or ``""``."""
        return ""


class _PosixKeys(Keys):
    def __init__(self, select: Any) -> None:
        self._select = select

    def pressed(self) -> str:
        ready, _, _ = self._select.select([sys.stdin], [], [], 0)
        return sys.stdin.read(1) if ready else ""


class _WindowsKeys(Keys):
    def __init__(self, msvcrt: Any) -> None:
        self._msvcrt = msvcrt

    def pressed(self) -> str:
        return str(self._msvcrt.getwch()) if self._msvcrt.kbhit() else ""


@contextmanager
def keyboard() -> Iterator[Keys]:
    """The keyboard of this terminal for as long as the block runs; set back afterwards."""
    if not sys.stdin.isatty():
        yield Keys()
        return
    if sys.platform == "win32":
        yield _WindowsKeys(import_module("msvcrt"))
        return
    termios, tty = import_module("termios"), import_module("tty")
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield _PosixKeys(import_module("select"))
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
