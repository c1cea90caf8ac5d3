"""``emgfeedback pads``: the same steps as in the window, as plain text of any width."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from calibration.placement import DEFAULTS, SITES, Site, finding, site, sticking
from emgfeedback.cli import main
from emgfeedback.padmap.scene import SIDES
from emgfeedback.placing import DRAWINGS, SOURCES, drawing, page


def flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def printed(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["pads", *arguments])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("one", SITES, ids=lambda one: one.id)
def test_every_step_is_printed_in_order(one: Site) -> None:
    said = flat(printed(one.id))
    at = 0
    for step in (*finding(one), *sticking(one)):
        at = said.index(flat(step), at)
    assert all(source.address in said for source in one.sources)


@pytest.mark.parametrize("width", [40, 78, 120])
@pytest.mark.parametrize("one", SITES, ids=lambda one: one.id)
def test_lines_are_no_wider_than_the_terminal_and_plain(one: Site, width: int) -> None:
    lines = list(page(one, width))
    steps = lines[: lines.index(SOURCES)]
    assert max(len(line) for line in steps) <= width
    assert all(line.isascii() for line in lines)
    assert DRAWINGS in lines


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("one", SITES, ids=lambda one: one.id)
def test_the_drawings_that_it_names_are_there(one: Site, side: str) -> None:
    assert Path(drawing(one, side)).is_file()
    assert drawing(one, side) in printed(one.id)


def test_without_a_muscle_glute_and_quad_and_the_names_of_the_others() -> None:
    said = printed()
    heads = [line for line in said.splitlines() if "the standard" in line]
    assert [head.partition(":")[0] for head in heads] == ["Gluteus maximus", "Vastus lateralis"]
    assert all(one.id in said for one in SITES)


@pytest.mark.parametrize("muscle", DEFAULTS)
def test_a_muscle_means_its_standard_place(muscle: str) -> None:
    assert (
        printed(muscle) == printed(DEFAULTS[muscle]) == printed(muscle.upper()) == printed(site(muscle).name)
    )


def test_an_unknown_muscle_is_wrong_usage_in_one_line() -> None:
    done = CliRunner().invoke(main, ["pads", "triceps"])
    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) == 1
    assert "'triceps'; choose from glute, quad, hamstring, gluteus-maximus" in done.output
