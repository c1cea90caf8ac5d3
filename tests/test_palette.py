"""The palette keeps its promises in every theme and for every colour vision."""

import itertools

import pytest
from colour_vision import VISIONS, ciede2000, contrast, distance

from emgfeedback.ui.palette import DARK, FLAGS, LIGHT, THEMES, Palette

#: CIEDE2000 that two colours must be apart which stand for different muscles.
APART = 15.0
TEXT, SHAPE, INK = 4.5, 3.0, 7.0

#: Published test pairs (Sharma, Wu, Dalal 2005, table 1): the branches in which the formula goes wrong.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "apart"), SHARMA)
def test_the_formula_gives_its_published_values(one, other, apart) -> None:
    assert ciede2000(one, other) == pytest.approx(apart, abs=5e-5)
    assert ciede2000(other, one) == pytest.approx(apart, abs=5e-5)


def test_contrast_runs_from_1_to_21() -> None:
    assert contrast("#777777", "#777777") == 1.0
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_glute_and_quad_are_told_apart(theme: Palette, vision: str) -> None:
    assert distance(vision, theme.glute, theme.quad) >= APART


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(("glute", "quad", "none"), 2)))
def test_flags_are_told_apart(one: str, other: str, vision: str) -> None:
    assert distance(vision, getattr(FLAGS, one), getattr(FLAGS, other)) >= APART


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("muscle", ["glute", "quad"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_alarm_is_no_muscle_to_any_eye_that_sees_colour(theme: Palette, muscle: str, vision: str) -> None:
    # The banner stands alone on the page and always with words: in grey its place and words tell it.
    if vision != "grey":
        assert distance(vision, theme.alarm, getattr(theme, muscle)) >= 10.0


CONTRASTS = [
    *((text, on, INK) for text, on in itertools.product(["ink"], ["ground", "sheet", "track"])),
    ("on_button", "button", INK),
    *((text, on, TEXT) for text, on in itertools.product(["soft"], ["ground", "sheet", "track"])),
    ("on_alarm", "alarm", TEXT),
    ("on_glute", "glute", TEXT),
    ("on_quad", "quad", TEXT),
    ("on_quad", "edge", TEXT),
    ("alarm", "ground", TEXT),
    *((shape, on, SHAPE) for shape, on in itertools.product(["glute", "quad"], ["ground", "sheet", "track"])),
    ("glute", "band", SHAPE),
    *((shape, on, SHAPE) for shape, on in itertools.product(["edge"], ["ground", "sheet", "track"])),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("shape", "on", "least"), CONTRASTS)
def test_contrast_is_enough(theme: Palette, shape: str, on: str, least: float) -> None:
    assert contrast(getattr(theme, shape), getattr(theme, on)) >= least


@pytest.mark.parametrize(
    ("text", "field"),
    [("dark", "light"), ("light", "dark"), ("light", "glute"), ("dark", "quad"), ("dark", "none")],
)
def test_words_and_shapes_stand_out_on_the_flags(text: str, field: str) -> None:
    assert contrast(getattr(FLAGS, text), getattr(FLAGS, field)) >= TEXT


def test_a_muscle_without_a_colour_of_its_own_takes_none_that_means_another() -> None:
    for theme in THEMES.values():
        assert theme.muscle("hamstring") not in (theme.glute, theme.quad)
