"""The page Pads and its drawing: chosen by keyboard, follows the calibration, the same as the files."""

import math
from collections.abc import Iterator
from dataclasses import replace

import desk_pages
import draw_pads
import numpy as np
import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from qt_window import Pixels, long_words, longer, pixels

from calibration.placement import SITES, finding, site, sticking
from calibration.prompt import Prompt
from emgfeedback.padmap import Disc, Label, padmap
from emgfeedback.padmap.scene import HEIGHT, SIDES, WIDTH
from emgfeedback.ui.desk_words import Words
from emgfeedback.ui.leaves.pad_map import PadMap, PadMapState
from emgfeedback.ui.look import Look
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.pads import STEP, PadsPage
from emgfeedback.ui.palette import DARK, LIGHT, Palette
from emgfeedback.ui.type_scale import Face, load_fonts, width
from emgfeedback.ui.window import Window

desk_pages.prepare()
each_drawing = pytest.mark.parametrize(("one", "side"), [(one.id, side) for one in SITES for side in SIDES])


@pytest.fixture(autouse=True)
def fonts(qapp) -> None:
    assert load_fonts() == ()


def leaf(one: str, side: str, palette: Palette = LIGHT) -> PadMap:
    made = PadMap(palette)
    made.resize(round(WIDTH), round(HEIGHT))
    made.show_state(PadMapState(one, side))
    return made


def page(qtbot: QtBot, look: Look = desk_pages.LOOKS["light"]) -> PadsPage:
    made = PadsPage(look.palette, scale=look.scale)
    qtbot.addWidget(made)
    desk_pages.shown(made, round(1280 * look.scale), round(688 * look.scale))
    return made


def said(of: PadsPage) -> list[str]:
    """The steps on show."""
    return [step.text() for step in of.steps if step.isVisibleTo(of)]


# The drawing


def test_the_files_have_the_light_theme() -> None:
    assert {name: getattr(LIGHT, name) for name in draw_pads.TOKENS} == draw_pads.TOKENS


def rendered(one: str, side: str) -> Pixels:
    """The shipped file as Qt's own SVG renderer paints it."""
    image = QImage(round(WIDTH), round(HEIGHT), QImage.Format.Format_RGB32)
    renderer = QSvgRenderer(str(draw_pads.DRAWINGS / f"{one}-{side}.svg"))
    assert renderer.isValid()
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0.0, 0.0, WIDTH, HEIGHT))
    return pixels(image)


@each_drawing
def test_the_window_paints_what_the_file_shows(one: str, side: str) -> None:
    """Apart from letters, whose font may be another: those pixels were at most 2.7 % of all."""
    differ = np.abs(pixels(leaf(one, side)).astype(int) - rendered(one, side)).max(axis=2) > 40
    assert differ.mean() < 0.04
    for shape in padmap(site(one), side).shapes:
        if isinstance(shape, Disc) and shape.mark.startswith("pad"):
            x, y = (round(value) for value in shape.centre)
            assert not differ[y - 8 : y + 9, x - 8 : x + 9].any()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@each_drawing
def test_the_pads_are_painted_in_ink_where_the_geometry_has_them(
    one: str, side: str, palette: Palette
) -> None:
    picture = pixels(leaf(one, side, palette))
    ink = [int(palette.ink[k : k + 2], 16) for k in (1, 3, 5)]
    pads = [s for s in padmap(site(one), side).shapes if isinstance(s, Disc) and s.mark.startswith("pad")]
    assert len(pads) == 2
    for pad in pads:
        x, y = (round(value) for value in pad.centre)
        assert np.abs(picture[y - 1 : y + 2, x - 1 : x + 2].astype(int) - ink).max() < 12


def places(labels: list[Label]) -> Iterator[QRectF]:
    """Where each label stands, by the window's own font."""
    for label in labels:
        wide = min(width(label.text, Face.BOLD if label.bold else Face.TEXT, label.size), label.room)
        left = label.at[0] - {"left": 0.0, "centre": wide / 2, "right": wide}[label.align]
        yield QRectF(left, label.at[1] - 0.75 * label.size, wide, 0.95 * label.size)


@pytest.mark.parametrize("words", ["English", "long"])
@each_drawing
def test_labels_stay_inside_and_apart_and_off_the_pads(one: str, side: str, words: str) -> None:
    scene = padmap(site(one), side, str if words == "English" else longer)
    labels = [s for s in scene.shapes if isinstance(s, Label)]
    found = list(places(labels))
    whole = QRectF(0.0, 0.0, WIDTH, HEIGHT)
    marks = [s for s in scene.shapes if isinstance(s, Disc) and s.mark]
    for k, place in enumerate(found):
        assert whole.contains(place), labels[k]
        for other in range(k):
            assert not place.intersects(found[other]), (labels[k].text, labels[other].text)
        if labels[k].text in ("1", "2"):
            continue
        for mark in marks:
            x, y = mark.centre
            nearest = (
                min(max(x, place.left()), place.right()),
                min(max(y, place.top()), place.bottom()),
            )
            assert math.dist(nearest, mark.centre) > mark.radius + 2.0, (labels[k].text, mark.mark)


@each_drawing
def test_the_drawing_is_told_to_who_cannot_see_it(one: str, side: str) -> None:
    name = leaf(one, side).accessibleName()
    for words in (site(one).name, f"{side} side", site(one).start.label, site(one).stop.label, "20\u00a0mm"):
        assert words in name


# The page


def test_every_muscle_and_side_is_reached_by_two_keys(qtbot: QtBot) -> None:
    shown = page(qtbot)
    seen = set()
    for _ in SITES:
        assert shown.pressed("n")
        for _ in SIDES:
            assert shown.pressed("l")
            seen.add(shown.drawing.accessibleName().partition(".")[0])
            assert (shown.sites.value, shown.sides.value) == (shown.site.id, shown.side)
    assert seen == {f"{one.name}, {side} side" for one in SITES for side in SIDES}
    assert not shown.pressed("x")


def test_enter_turns_from_finding_to_sticking_and_another_muscle_begins_with_finding(qtbot: QtBot) -> None:
    shown = page(qtbot)
    assert said(shown) == list(finding(site("glute")))
    assert shown.pressed("\r")
    assert said(shown) == list(sticking(site("glute")))
    assert shown.parts.value == "stick"
    shown.pressed("n")
    assert said(shown) == list(finding(site("gluteus-medius")))


def test_the_choices_are_pressed_by_keyboard(qtbot: QtBot) -> None:
    shown = page(qtbot)
    shown.activateWindow()
    QTest.qWaitForWindowActive(shown, 2000)
    buttons = {b.text(): b for b in shown.sites._group.buttons()}
    buttons["Outer thigh"].setFocus()
    QTest.keyClick(buttons["Outer thigh"], Qt.Key.Key_Space)
    assert shown.site.id == "vastus-lateralis"
    assert "over the hip" in " ".join(said(shown))
    buttons = {b.text(): b for b in shown.parts._group.buttons()}
    buttons["Stick the pads"].setFocus()
    QTest.keyClick(buttons["Stick the pads"], Qt.Key.Key_Space)
    assert said(shown) == list(sticking(site("quad")))


def test_it_follows_the_calibration_until_something_is_chosen(qtbot: QtBot) -> None:
    shown = page(qtbot)
    model = Model(prompt=Prompt("squeeze", "quad", "left", 1, 3))
    shown.show_model(model)
    assert (shown.site.id, shown.side) == ("vastus-lateralis", "left")
    shown.pressed("n")
    shown.show_model(replace(model, prompt=Prompt("squeeze", "glute", "right", 1, 3)))
    assert (shown.site.id, shown.side) == ("vastus-medialis", "left")


def test_a_leads_to_it_from_start_and_calibrate_and_esc_back(qtbot: QtBot) -> None:
    window = Window(LIGHT)
    qtbot.addWidget(window)
    window.show()
    desk_pages.settle()
    for before in ("start", "calibrate", "train"):
        window.go(before)
        QTest.keyClicks(window, "a")
        assert window.page.name == "pads"
        QTest.keyClicks(window, "?")
        assert window.page.name == "keys"
        QTest.keyClick(window, Qt.Key.Key_Escape)
        QTest.keyClicks(window, "a")
        QTest.keyClick(window, Qt.Key.Key_Return)
        assert isinstance(window.page, PadsPage)
        assert window.page.part == ("stick" if before != "calibrate" else "find")
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.page.name == before


@pytest.mark.parametrize("look", desk_pages.LOOKS)
def test_readable_named_reachable(qtbot: QtBot, look: str) -> None:
    shown = page(qtbot, desk_pages.LOOKS[look])
    for one in SITES:
        for part in ("find", "stick"):
            shown._choose(name=one.id, part=part)
            desk_pages.settle()
            assert desk_pages.nameless(shown) == []
            assert desk_pages.too_small(shown) == []
            assert desk_pages.clipped(shown) == []
            assert shown.area.verticalScrollBar().maximum() == 0, f"{one.id}, {part}: all at one look"
    assert set(desk_pages.controls(shown)) <= desk_pages.reached_by_tab(shown)
    steps = [w for w in shown.findChildren(Words) if w in shown.steps]
    assert min(step.font().pixelSize() for step in steps) >= STEP >= 22


def test_a_change_of_theme_or_size_looks_as_if_made_so(qtbot: QtBot) -> None:
    made, changed = page(qtbot, Look(DARK, 2.0)), page(qtbot)
    changed.set_theme(DARK)
    changed.set_scale(2.0)
    desk_pages.shown(changed, 2560, 1376)
    assert np.array_equal(pixels(changed), pixels(made))


def test_where_words_find_no_room_tab_leads_to_them_and_keys_scroll(qtbot: QtBot) -> None:
    shown = page(qtbot)
    shown.set_scale(2.0)
    desk_pages.settle()
    bar = shown.area.verticalScrollBar()
    assert bar.maximum() > 0
    assert shown.area in desk_pages.reached_by_tab(shown)
    shown.area.setFocus()
    QTest.keyClick(shown.area, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    assert desk_pages.clipped(shown) == []


def test_it_speaks_another_language(qtbot: QtBot) -> None:
    with long_words():
        shown = page(qtbot)
        assert said(shown)[0] == longer(site("glute").posture)
        assert longer(site("glute").start.label) in shown.drawing.accessibleName()
