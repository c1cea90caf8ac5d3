"""Which view a run gets: what was asked for, or the first that can be had where it runs."""

import stat
import sys
from os import fstat
from typing import TextIO

from emgfeedback.ui.probe import Probe

TAKES_OVER = "The terminal view takes over."


def choose(asked: str | None) -> tuple[str, str]:
    """The view, and a sentence when it is not the one that was asked for.

    Without a wish: the window where a screen is at hand and nobody reads the output by program,
    else the terminal page, else lines.
    """
    if asked in ("terminal", "none"):
        return asked, ""
    at_terminal = sys.stdout is not None and sys.stdout.isatty()
    if asked is None and not at_terminal and not started_from_desktop():
        return "none", ""
    why = Probe().result
    if not why:
        return "window", ""
    instead = "terminal" if at_terminal else "none"
    if asked is None and not at_terminal:
        return instead, ""
    return instead, f"{why} {TAKES_OVER}"


def started_from_desktop() -> bool:
    """Whether neither input nor output lead to a terminal, a file or another program."""
    return all(stream is None or _leads_nowhere(stream) for stream in (sys.stdin, sys.stdout))


def _leads_nowhere(stream: TextIO) -> bool:
    try:
        mode = fstat(stream.fileno()).st_mode
    except (OSError, ValueError):
        # A stream without a file behind it is some program's own.
        return False
    return stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and not stream.isatty())
