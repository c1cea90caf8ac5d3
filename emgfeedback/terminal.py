"""Live views in a terminal: a page of 80 by 24, or one line a rep."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Console, Group
from rich.live import Live

from calibration.prompt import Prompt
from emgfeedback import words
from emgfeedback.frame import Rep
from emgfeedback.keys import Keys, keyboard
from emgfeedback.picture import Bar, Picture
from emgfeedback.prompting import prompt_line
from emgfeedback.terminal_calibrate import calibration_page
from emgfeedback.terminal_page import page


class View(Protocol):
    """What a running set needs of a view."""

    #: s between two pictures
    period_s: float

    def show(self, picture: Picture) -> None:
        """Draw the newest picture."""
        ...

    def guide(self, prompt: Prompt, bars: Sequence[Bar], notes: Sequence[str], who: str) -> None:
        """Draw a step of the guided calibration; ``notes`` is what happened so far, oldest first."""
        ...

    def pressed(self) -> str:
        """The key pressed since the last call, or ``""``."""
        ...


class PageView:
    """The whole page, drawn ten times a second."""

    period_s = 0.1

    def __init__(self, live: Live, keys: Keys, *, ascii_only: bool) -> None:
        self._live, self._keys, self._ascii_only = live, keys, ascii_only

    def show(self, picture: Picture) -> None:
        self._live.update(Group(*page(picture, ascii_only=self._ascii_only)), refresh=True)

    def guide(self, prompt: Prompt, bars: Sequence[Bar], notes: Sequence[str], who: str) -> None:
        lines = calibration_page(prompt, bars, notes, who, ascii_only=self._ascii_only)
        self._live.update(Group(*lines), refresh=True)

    def pressed(self) -> str:
        return self._keys.pressed()


class LineView:
    """One line per rep on standard output, one per trouble on standard error; for scripts and pipes."""

    period_s = 0.05

    def __init__(self) -> None:
        self._told: set[tuple[str, int]] = set()
        self._cautions: set[str] = set()
        self._trouble = ""
        self._prompt = ""
        self._notes = 0

    def guide(self, prompt: Prompt, bars: Sequence[Bar], notes: Sequence[str], who: str) -> None:
        del bars, who  # one line a prompt has no room for them
        for note in notes[self._notes :]:
            click.echo(note, err=True)
        self._notes = len(notes)
        line = prompt_line(prompt)
        if line != self._prompt:
            self._prompt = line
            click.echo(line)

    def show(self, picture: Picture) -> None:
        for rep in picture.reps:
            if (rep.side, rep.number) not in self._told:
                self._told.add((rep.side, rep.number))
                click.echo(rep_line(rep, picture))
        trouble = picture.advice if picture.stale or picture.working.share is None else ""
        if trouble and trouble != self._trouble:
            click.echo(trouble, err=True)
        self._trouble = trouble
        if picture.caution and picture.caution not in self._cautions:
            self._cautions.add(picture.caution)
            click.echo(picture.caution, err=True)

    def pressed(self) -> str:
        return ""


def rep_line(rep: Rep, picture: Picture) -> str:
    """``rep 4: share 71 %, glute 31 %, quad 13 %``, or why it was left out."""
    if rep.left_out:
        return f"rep {rep.number}: left out, {rep.left_out}"
    means = ", ".join(
        f"{bar.muscle} {mean:.0f} %"
        for bar, mean in zip(picture.bars, rep.mean_percent, strict=True)
        if bar.side == rep.side
    )
    of = f" {words.OF[picture.method]}" if picture.method != "mvc" else ""
    return f"rep {rep.number}: share {100 * rep.share:.0f} %, {means}{of}"


def chosen_view(asked: str | None) -> str:
    """``asked``, or the page where standard output is a terminal and lines where it is not."""
    return asked or ("terminal" if sys.stdout.isatty() else "none")


@contextmanager
def view(asked: str | None) -> Iterator[View]:
    """The live view for this run; the terminal is set back when the block ends."""
    if chosen_view(asked) == "none":
        yield LineView()
        return
    console = Console(highlight=False)
    encoding = (console.encoding or "").lower()
    with keyboard() as keys, Live(console=console, screen=True, auto_refresh=False) as live:
        yield PageView(live, keys, ascii_only=not encoding.startswith("utf"))
