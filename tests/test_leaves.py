"""What holds for every leaf in every state: it paints, speaks, leaks nothing, repaints only for an eye."""

import copy
import dataclasses
import itertools
import random
import sys
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from qt_window import PaintCounter, expose, in_long_words, long_words, pixels

from emgfeedback.ui import lettering
from emgfeedback.ui.gallery import Gallery
from emgfeedback.ui.gallery_states import Example, all_examples
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.leaves.quality_light import QualityLight
from emgfeedback.ui.leaves.stations import Stations
from emgfeedback.ui.leaves.trace import Trace, TraceState
from emgfeedback.ui.leaves.trials import Trials
from emgfeedback.ui.palette import DARK, LIGHT, THEMES, Palette
from emgfeedback.ui.type_scale import SMALLEST, load_fonts

EXAMPLES = all_examples()
IDS = [f"{example.leaf.__name__}: {example.caption}" for example in EXAMPLES]
LEAVES = sorted({example.leaf for example in EXAMPLES}, key=lambda leaf: leaf.__name__)
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
every_leaf = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)


@pytest.fixture(autouse=True)
def fonts(qapp) -> None:
    assert load_fonts() == ()


def shown(example: Example, palette: Palette = LIGHT, scale: float = 1.0) -> Leaf[Any, Any]:
    leaf = example.leaf(palette)
    width, height = leaf.DESIGN
    if isinstance(leaf, QualityLight):  # a page gives it as much as its words take
        width = max(width, leaf.width_of(example.state))
    leaf.resize(round(scale * width), round(scale * height))
    leaf.show_state(example.state)
    return leaf


def states_of(leaf: type[Leaf[Any, Any]]) -> list[Any]:
    """The gallery's states of a leaf, each so long after the one before that no digit stands that long."""
    states = [example.state for example in EXAMPLES if example.leaf is leaf]
    return [later(state, 1.0 + 3.1 * k) for k, state in enumerate(states)]


def later(state: Any, time_s: float) -> Any:
    """``state`` at another time of the signal, if it has one."""
    if isinstance(state, TraceState):
        return dataclasses.replace(state, stop=round(1000 * time_s))
    return dataclasses.replace(state, time_s=time_s) if hasattr(state, "time_s") else state


@every_example
@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_it_paints_on_the_ground_of_its_theme_without_a_warning(example, palette, qtlog) -> None:
    picture = pixels(shown(example, palette))
    ground = np.array(QColor(palette.ground).getRgb()[:3])
    assert (picture == ground).all(axis=2).any() or example.leaf.__name__ == "GlanceField"
    assert (picture != ground).any(axis=2).sum() > 100
    assert [record.message for record in qtlog.records] == []


@every_example
def test_its_accessible_name_says_its_state_in_words(example) -> None:
    name = shown(example).accessibleName()
    assert name
    assert name[0].isupper()
    assert not set("{}<>") & set(name)
    assert "  " not in name


@pytest.fixture(scope="module")
def lettered() -> None:
    """Every letter has been painted once: Qt paints the first of a large size a shade differently."""
    for example in [*EXAMPLES, *EXAMPLES]:
        shown(example).grab()


@pytest.mark.usefixtures("lettered")
@every_leaf
def test_the_picture_is_a_function_of_the_newest_state(leaf) -> None:
    states = states_of(leaf)
    fresh = [shown(Example(leaf, "", state)) for state in states]
    pictures = [pixels(widget) for widget in fresh]
    after = shown(Example(leaf, "", states[-1]))
    for k, state in enumerate(states):
        after.resize(fresh[k].size())
        after.show_state(state)
        assert np.array_equal(pixels(after), pictures[k])


@pytest.mark.usefixtures("lettered")
@every_leaf
def test_what_a_state_change_repaints_is_all_that_changed(leaf, qtbot) -> None:
    """The window's own picture, painted in parts, equals one painted whole."""
    states = states_of(leaf)
    widget = shown(Example(leaf, "", states[0]))
    qtbot.addWidget(widget)
    expose(qtbot, widget)
    for k, state in enumerate(random.Random(5).choices(states, k=12)):
        widget.show_state(later(state, 40.0 + 1.7 * k))
        qtbot.wait(1)
        in_window = widget.screen().grabWindow(widget.winId())
        assert np.array_equal(pixels(in_window), pixels(widget))


@every_example
def test_an_equal_state_repaints_nothing(example, qtbot) -> None:
    widget = shown(example)
    qtbot.addWidget(widget)
    expose(qtbot, widget)
    paints = PaintCounter(widget)
    # The arrays of a trace are its signal's own memory: its equal state holds the same ones.
    same = example.state if isinstance(widget, Trace) else copy.deepcopy(example.state)
    widget.show_state(same)
    qtbot.wait(5)
    assert paints.count == 0
    widget.set_theme(DARK)
    qtbot.wait(5)
    assert paints.count == 1


@every_example
@pytest.mark.parametrize("language", ["English", "long"])
def test_no_text_is_cut_or_small_or_outside(example, language, monkeypatch) -> None:
    sizes: list[int] = []

    def fail(text: str, *_: object) -> str:
        pytest.fail(f"{text!r} does not fit its place.", pytrace=False)

    def keep(face: Any, size: int) -> Any:
        sizes.append(size)
        return font(face, size)

    font = lettering.font
    monkeypatch.setattr(lettering, "with_ellipsis", fail)
    monkeypatch.setattr(lettering, "font", keep)
    lettering.shortened.cache_clear()
    if language == "English":
        leaf = shown(example, scale=2.0)
        outside = painted_outside(leaf)
    else:
        with long_words():
            leaf = shown(Example(example.leaf, "", in_long_words(example.state)), scale=2.0)
            outside = painted_outside(leaf)
    lettering.shortened.cache_clear()
    assert not outside.any()
    assert min(sizes, default=SMALLEST) >= SMALLEST


def painted_outside(leaf: Leaf[Any, Any], margin: int = 40) -> np.ndarray:
    """Which pixels around a leaf's own rectangle it would paint on, were it not clipped there."""
    scale = leaf.scale
    wide, high = (round(scale * side) + 2 * margin for side in leaf.extent)
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    image.fill(QColor("#00FF00"))
    with QPainter(image) as painter:
        painter.translate(margin, margin)
        painter.scale(scale, scale)
        if not isinstance(leaf, Trace):  # its signal is a picture of its own, in pixels of the widget
            leaf.draw(painter)
    touched = (pixels(image) != [0, 255, 0]).any(axis=2)
    touched[margin:-margin, margin:-margin] = False
    return touched


@every_leaf
def test_a_theme_is_a_change_of_colours_alone(leaf) -> None:
    example = next(example for example in EXAMPLES if example.leaf is leaf)
    changed = shown(example, LIGHT)
    changed.set_theme(DARK)
    assert np.array_equal(pixels(changed), pixels(shown(example, DARK)))
    assert changed.accessibleName() == shown(example).accessibleName()


@pytest.mark.parametrize("leaf", [leaf for leaf in LEAVES if leaf not in (Stations, Trials)])
def test_another_language_is_said_and_painted_at_once(leaf, qtbot) -> None:
    # Stations and trials have no words of their own: all of theirs come with the state.
    widget = shown(Example(leaf, "", states_of(leaf)[0]))
    before = widget.accessibleName()
    with long_words():
        qtbot.wait(1)
        assert widget.accessibleName() != before
        assert np.array_equal(pixels(widget), pixels(shown(Example(leaf, "", states_of(leaf)[0]))))
    qtbot.wait(1)
    assert widget.accessibleName() == before


def test_a_leaf_without_a_state_is_ground() -> None:
    for leaf, palette in itertools.product(LEAVES, THEMES.values()):
        widget = leaf(palette)
        widget.resize(120, 90)
        assert (pixels(widget) == np.array(QColor(palette.ground).getRgb()[:3])).all()


def test_a_leaf_of_no_size_paints_nothing_and_says_nothing(qtlog) -> None:
    for example in EXAMPLES:
        leaf = example.leaf(LIGHT)
        for size in ((0, 0), (1, 1), (3, 400), (400, 3)):
            leaf.resize(*size)
            leaf.show_state(example.state)
            leaf.grab()
    assert [record.message for record in qtlog.records] == []


def test_painting_loses_no_reference_to_none() -> None:
    """PySide6 6.12.0 lost one a call and aborted the process after a thousand frames."""
    leaves = [shown(Example(leaf, "", states_of(leaf)[0]), scale=0.3) for leaf in LEAVES]
    states = [states_of(leaf) for leaf in LEAVES]
    states[LEAVES.index(Trace)] = [later(states_of(Trace)[0], 0.1 * k) for k in range(50)]
    for leaf in leaves:
        leaf.grab()
    before = sys.getrefcount(None)
    for k in range(500):
        at = k % len(leaves)
        leaves[at].show_state(states[at][k % len(states[at])])
        leaves[at].grab()
    assert abs(sys.getrefcount(None) - before) < 100


def test_the_gallery_shows_every_example_within_its_page() -> None:
    page = Gallery(LIGHT)
    assert len(page.leaves) == len(EXAMPLES)
    assert all(page.rect().contains(leaf.geometry()) for leaf in page.leaves)
    places = [leaf.geometry() for leaf in page.leaves]
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
