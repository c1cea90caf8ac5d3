"""The terminal pages: 24 rows of 80 characters in every state, and no number that is not live."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.prompt import Prompt
from emgfeedback.coach.exercises import exercise_named
from emgfeedback.frame import Contact, Rep, ShareState, Zone, ZoneState
from emgfeedback.phases import Moment, Phase
from emgfeedback.picture import Bar, Picture, SideView
from emgfeedback.terminal_calibrate import calibration_page
from emgfeedback.terminal_canvas import HEIGHT, WIDTH
from emgfeedback.terminal_page import page
from emgfeedback.words import CAUTION, DOUBT, share_digits

ZONE = Zone(0.65, 0.80)


def rep(number: int, share: float, left_out: str = "") -> Rep:
    return Rep(number, "right", 0, 1000, 3100, 4000, 4100, (31.0, 13.0), (35.0, 15.0), share, left_out)


LIVE = Picture(
    exercise=exercise_named("bridge"),
    who="",
    bars=(Bar("glute", "right", 31.0, 50.0, Contact.GOOD), Bar("quad", "right", 13.0, 40.0, Contact.GOOD)),
    sides=(SideView("right", 0.70, ShareState.LIVE, ZONE, ZoneState.IN),),
    reps=(rep(1, 0.58), rep(2, 0.71)),
    target=8,
    headline="In your zone",
    advice="",
    footer=("Board on USB", "On battery", "delay 31 ms"),
    stale=False,
    sfreq_hz=1000.0,
)
BARE = tuple(replace(bar, percent=None) for bar in LIVE.bars)
WITHHELD = replace(
    LIVE,
    bars=(Bar("glute", "right", None, 50.0, Contact.LOOSE), LIVE.bars[1]),
    sides=(SideView("right", None, ShareState.WITHHELD, ZONE, ZoneState.NONE),),
    headline="Glute pad is loose",
    advice="Press the glute pad down.",
    reps=(rep(1, float("nan"), "120 ms lost"),),
)


def text(picture: Picture, *, ascii_only: bool = False) -> list[str]:
    return [line.plain for line in page(picture, ascii_only=ascii_only)]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("picture", [LIVE, WITHHELD, replace(LIVE, stale=True)])
def test_a_page_is_24_rows_of_80(picture: Picture, ascii_only: bool) -> None:
    rows = text(picture, ascii_only=ascii_only)
    assert len(rows) == HEIGHT
    assert {len(row) for row in rows} == {WIDTH}
    if ascii_only:
        assert all(row.isascii() for row in rows)


HOLDING = replace(LIVE, moment=Moment(Phase.HOLD, 1.4))


@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_page_says_what_to_do_now_and_how_long_the_hold_lasts(ascii_only: bool) -> None:
    rows = text(HOLDING, ascii_only=ascii_only)
    assert {len(row) for row in rows} == {WIDTH}
    assert rows[21].startswith("  Hold. Keep breathing.")
    assert rows[21].endswith("rise [HOLD] lower rest ")
    assert "Hold 1.4 of 2 s" in rows[9]
    bar = rows[10][rows[10].rindex("[") + 1 : rows[10].rindex("]")]
    assert bar.count("-" if ascii_only else "─") == round(0.7 * len(bar))
    deadlift = replace(
        HOLDING, exercise=exercise_named("single-leg-deadlift"), moment=Moment(Phase.LOWER, 2.3)
    )
    assert "Held 2.3 s" in text(deadlift)[9]
    assert text(deadlift)[21].startswith("  Stand up tall")
    assert text(replace(HOLDING, reps=(), moment=Moment()))[21].startswith("  Begin when you are ready")


def test_nothing_says_hold_while_no_number_is_live() -> None:
    loose = text(replace(WITHHELD, moment=Moment(counted=False)))
    assert loose[21].startswith("  Press the glute pad down.")
    assert "Hold not counted" in loose[9]
    assert "[HOLD]" not in "".join(loose)
    for silent in (
        replace(HOLDING, stale=True, advice="The number comes back by itself."),
        replace(HOLDING, bars=BARE),
    ):
        whole = "".join(text(silent))
        assert "Hold" not in whole
        assert "rise" not in whole


def test_a_live_page_says_share_zone_reps_and_link() -> None:
    whole = "\n".join(text(LIVE))
    for words in (
        "In your zone",
        "65 to 80",
        "31 %",
        "13 %",
        "of 8",
        "2 ● 71",
        "Rep 2: 71 %. Held 2.1 s.",
        "delay 31 ms",
    ):
        assert words in whole


def test_a_withheld_page_shows_no_number_but_the_reason_and_the_remedy() -> None:
    rows = text(WITHHELD)
    whole = "\n".join(rows)
    assert "Glute pad is loose" in whole
    assert "Press the glute pad down." in whole
    assert "Glute loose" in rows[0]
    assert "31 %" not in whole
    assert "1 △ --" in whole
    assert "left out, 120 ms lost" in whole


@given(st.floats(0.0, 1.0))
def test_the_live_share_is_told_in_steps_of_five_within_its_range(share: float) -> None:
    digits = share_digits(share)
    if digits not in (">89", "<11"):
        assert int(digits) % 5 == 0
        assert abs(int(digits) - 100 * share) <= 2.5 + 1e-9


@given(percent=st.floats(0, 400), share=st.floats(0, 1), n_reps=st.integers(0, 40), target=st.integers(1, 60))
def test_no_value_moves_or_breaks_the_layout(percent: float, share: float, n_reps: int, target: int) -> None:
    picture = replace(
        LIVE,
        bars=(replace(LIVE.bars[0], percent=percent), LIVE.bars[1]),
        sides=(replace(LIVE.sides[0], share=share),),
        reps=tuple(rep(k + 1, share) for k in range(n_reps)),
        target=target,
    )
    rows = text(picture)
    assert {len(row) for row in rows} == {WIDTH}
    assert rows[21] == text(LIVE)[21]


def test_four_channels_have_four_bars_on_one_ruler() -> None:
    bars = tuple(
        Bar(muscle, side, 20.0, 30.0, Contact.GOOD)
        for side in ("right", "left")
        for muscle in ("glute", "quad")
    )
    whole = "\n".join(text(replace(LIVE, bars=bars)))
    for name in ("R Glute", "R Quad", "L Glute", "L Quad"):
        assert name in whole


def test_the_gravest_caution_is_one_line_where_nothing_is_more_pressing() -> None:
    caution = "Some mains hum in the quad signal."
    assert caution in text(replace(LIVE, caution=caution))[21]
    advised = text(replace(WITHHELD, caution=caution))
    assert caution not in "".join(advised)
    longest = max((*CAUTION.values(), DOUBT), key=len)
    assert len(longest.format(Muscle="Hamstring", muscle="hamstring")) <= WIDTH - 4


@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_calibration_page_says_what_to_do_and_how_long(ascii_only: bool) -> None:
    prompt = Prompt("squeeze", "glute", "right", 2, 3, "Squeeze. Hold.", 3.4, "That one ended after 2 s.")
    rows = [
        line.plain
        for line in calibration_page(
            prompt, LIVE.bars, ["Resting levels are set."], "", ascii_only=ascii_only
        )
    ]
    whole = "\n".join(rows)
    assert {len(row) for row in rows} == {WIDTH}
    for words in (
        "Squeeze. Hold.",
        "Right glute, squeeze 2 of 3",
        "That one ended after 2 s.",
        "Resting levels",
    ):
        assert words in whole
