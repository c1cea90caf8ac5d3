"""Glance from three metres: large enough, told apart by every eye, never flashing, never stale."""

import itertools
from typing import Any

import numpy as np
import pytest
from colour_vision import VISIONS, distance
from qt_window import pixels

from emgfeedback.ui.leaves.glance_field import Flag, GlanceField, GlanceState
from emgfeedback.ui.palette import DARK, LIGHT
from emgfeedback.ui.type_scale import load_fonts

GLUTE = GlanceState(Flag.GLUTE, 0.7, "Glute", time_s=1.0)
QUAD = GlanceState(Flag.QUAD, 0.45, "Quad", time_s=1.0)
WITHHELD = GlanceState(Flag.WITHHELD, None, "Glute pad is loose", time_s=1.0)
FLAGS = {"glute": GLUTE, "quad": QUAD, "withheld": WITHHELD}


@pytest.fixture(autouse=True)
def fonts(qapp) -> None:
    assert load_fonts() == ()


def shown(state: GlanceState, size: tuple[int, int] = (1280, 800)) -> GlanceField:
    widget = GlanceField(DARK)
    widget.resize(*size)
    widget.show_state(state)
    return widget


def field_colours(state: GlanceState) -> np.ndarray:
    """The colours (n, 3) of the field's left edge, 0..1: what surrounds the shape."""
    return np.unique(pixels(shown(state))[:600, 20:40].reshape(-1, 3), axis=0) / 255


def shape_rows(state: GlanceState) -> int:
    """Rows of the middle column between the topmost and the lowest pixel that is not field."""
    picture = pixels(shown(state))
    field = {tuple(colour) for colour in picture[:600, 20:40].reshape(-1, 3).tolist()}
    apart = [row for row in range(600 if state is WITHHELD else 800) if tuple(picture[row, 640]) not in field]
    return apart[-1] - apart[0] + 1


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(FLAGS, 2)))
def test_the_fields_on_the_picture_are_told_apart(one: str, other: str, vision: str) -> None:
    pairs = itertools.product(field_colours(FLAGS[one]), field_colours(FLAGS[other]))
    assert min(distance(vision, a, b) for a, b in pairs) >= 15.0


@pytest.mark.parametrize("state", FLAGS.values(), ids=FLAGS)
def test_the_shape_is_most_of_the_height(state: GlanceState) -> None:
    assert shape_rows(state) >= 0.7 * 800


def test_the_same_flags_in_both_themes() -> None:
    for state in FLAGS.values():
        light, dark = GlanceField(LIGHT), GlanceField(DARK)
        for widget in (light, dark):
            widget.resize(640, 400)
            widget.show_state(state)
        assert np.array_equal(pixels(light), pixels(dark))


@pytest.mark.parametrize("size", [(1920, 800), (800, 1200)])
def test_the_field_fills_any_window(size: tuple[int, int]) -> None:
    flag = pixels(shown(GLUTE))[20, 20]
    picture = pixels(shown(GLUTE, size))
    assert all((picture[y, x] == flag).all() for y, x in itertools.product((0, -1), (0, -1)))


def states_at_60_hz(*flags: Flag, seconds: float) -> list[GlanceState]:
    """Flags in turn, another one each frame."""
    words: dict[Flag, tuple[float | None, str]] = {Flag.GLUTE: (0.7, "Glute"), Flag.QUAD: (0.45, "Quad")}
    return [
        GlanceState(flag, *words.get(flag, (None, "Rest")), time_s=k / 60)
        for k, flag in zip(range(round(60 * seconds)), itertools.cycle(flags), strict=False)
    ]


def fields_of(states: list[GlanceState]) -> list[Any]:
    widget = GlanceField(LIGHT)
    return [widget.see(state).flag for state in states]


def test_a_flag_changes_at_most_twice_a_second() -> None:
    flags = fields_of(states_at_60_hz(Flag.GLUTE, Flag.QUAD, seconds=5.0))
    assert 5 <= sum(one is not other for one, other in itertools.pairwise(flags)) <= 10


def test_losses_in_a_row_do_not_make_it_flash() -> None:
    """A general flash is a pair of opposing changes; three a second are the limit of WCAG 2.3.1."""
    flags = fields_of(states_at_60_hz(Flag.GLUTE, Flag.WITHHELD, seconds=6.0))
    changes = [k for k, (one, other) in enumerate(itertools.pairwise(flags)) if one is not other]
    assert all(sum(start <= k < start + 60 for k in changes) <= 3 for start in range(300))


def test_a_withheld_number_goes_in_the_same_frame() -> None:
    widget = shown(GLUTE)
    widget.show_state(GlanceState(Flag.WITHHELD, None, "No new data", time_s=1.0 + 1 / 60))
    assert widget.accessibleName() == "No new data"
    widget.show_state(GlanceState(Flag.GLUTE, None, "Glute", time_s=9.0))
    assert not any(character.isdigit() for character in widget.accessibleName())


def test_it_goes_on_by_itself() -> None:
    widget = shown(WITHHELD)
    for k in range(80):
        widget.show_state(GlanceState(Flag.GLUTE, 0.7, "Glute", time_s=1.0 + k / 60))
    assert widget.accessibleName() == "Glute 70 percent"
