"""Where the pads go, as plain text for a terminal."""

import shutil
import textwrap
from collections.abc import Iterator
from importlib.resources import files

import click

from calibration.placement import DEFAULTS, SITES, Site, finding, site, sticking
from emgfeedback.padmap.scene import SIDES

#: Characters a line: no more than is read with ease, wherever the terminal ends.
WIDTH = 78
FIND, STICK = "Find the spot", "Stick the pads"
DRAWINGS = "Drawings, left and right:"
SOURCES = "Where this is from:"
OTHERS = "Other muscles: emgfeedback pads {names}"


def show_pads(muscle: str | None) -> None:
    """Print the steps for a muscle or a site; without one, for glute and quad. Raises ``ValueError``."""
    chosen = [site(muscle)] if muscle else [site("glute"), site("quad")]
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    for one in chosen:
        for line in page(one, width):
            click.echo(line)
    others = [one.id for one in SITES if one not in chosen]
    click.echo(textwrap.fill(OTHERS.format(names=" | ".join(others)), width, break_on_hyphens=False))


def page(one: Site, width: int) -> Iterator[str]:
    """The steps of one site in lines of ``width`` characters at most; addresses and paths are never cut."""
    role = f", the standard {one.muscle}" if DEFAULTS[one.muscle] == one.id else ""
    yield from textwrap.wrap(f"{one.name}: {one.plain}{role}", width)
    for head, steps in ((FIND, finding(one)), (STICK, sticking(one))):
        yield from ("", head)
        for step in steps:
            wrapped = textwrap.wrap(
                step, width, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False
            )
            # A space that must not be broken has done its work now, and some terminals do not know it.
            yield from (line.replace("\u00a0", " ") for line in wrapped)
    yield from ("", SOURCES)
    yield from (f"    {source.title}: {source.address}" for source in one.sources)
    yield DRAWINGS
    yield from (f"    {drawing(one, side)}" for side in SIDES)
    yield ""


def drawing(one: Site, side: str) -> str:
    """Where the shipped picture of a site lies."""
    return str(files("emgfeedback.padmap") / "drawings" / f"{one.id}-{side}.svg")
