"""The words of the guided calibration: read easily by somebody who lies on a mat and strains."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from reading_level import grade, syllables
from squeezing_wearer import SPECS, Wearer
from test_calibration_course import BRIEF, CROSSED, TWO_LEGS, run

from calibration import mvc, wording
from calibration.plan import ChannelSpec, Plan
from calibration.prompt import trouble_remedy, trouble_sentence

#: School years, and what counts as a sentence of words rather than a label.
HIGHEST_GRADE = 6.0
EXCLAIMED = re.compile(r"!")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("squeeze", 1), ("muscle", 2), ("glute", 1), ("quad", 1), ("knee", 1), ("ready", 2), ("position", 3),
        ("calibrate", 3), ("buttock", 2), ("these", 1), ("pressed", 1), ("needed", 2), ("table", 2),
        ("ankle", 2),
        ("charger", 2), ("device", 2), ("surgery", 3), ("pacemaker", 4), ("swapped", 1), ("names", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_heard(word: str, count: int) -> None:
    """One word in twenty is off by one: a silent e inside it (``pacemaker`` has 3) is counted."""
    assert syllables(word) == count


def test_the_grade_is_that_of_the_formula() -> None:
    assert grade("Rest. Let go.") == pytest.approx(0.39 * 1.5 + 11.8 - 15.59)
    hard = "Electromyographic normalisation necessitates maximal voluntary isometric contractions."
    assert grade(hard) > 20.0


@cache
def said() -> frozenset[str]:
    """All prompts with what stands below them, and all that is told, of courses of many kinds."""
    wearers = [
        (Wearer(1), BRIEF),
        (Wearer(2, worn=CROSSED, mvc_uv=(300.0, 150.0)), BRIEF),
        (Wearer(3, along=0.8, mvc_uv=(200.0, 200.0)), BRIEF),
        (Wearer(4), replace(BRIEF, reference=True)),
        (
            Wearer(5, specs=TWO_LEGS, mvc_uv=(150.0, 300.0, 150.0, 300.0)),
            replace(BRIEF, trials=1, max_trials=1),
        ),
        (Wearer(6, manner=lambda n, t: 0.3 + 0.2 * (n % 3) if t > 0.5 else 0.0), BRIEF),
        (Wearer(7, contact=lambda p, _n: ("RESTLESS" if p.kind == "rest" else "GOOD", "GOOD")), BRIEF),
    ]
    texts: set[str] = set()
    for wearer, plan in wearers:
        procedure = run(wearer, plan)
        texts |= {f"{p.text} {p.why}".strip() for p in (*wearer.prompts, procedure.prompt)}
        texts |= {event.text for event in wearer.events}
    channel = ChannelSpec("A0", "glute", "right", "raw", 200.0)
    for state in (*wording.TROUBLE, "MAINS_HUM"):
        texts |= {trouble_sentence(channel, state), trouble_remedy(channel, state)}
    return frozenset(texts | {mvc.UNFELT, wording.said(wording.SILENT, "right glute")})


def test_everything_that_is_said_reads_at_the_sixth_school_year_or_below() -> None:
    texts = said()
    assert len(texts) > 60
    hard = {text: round(grade(text), 1) for text in texts if grade(text) > HIGHEST_GRADE}
    assert not hard


def test_the_safety_lines_read_easily_and_say_what_they_must() -> None:
    text = " ".join(part for card in wording.SAFETY for part in card)
    assert grade(text) <= HIGHEST_GRADE
    for must in ("battery", "charger", "screen", "not a medical device", "pain", "cramp", "numb", "faint",
                 "dizzy", "breath", "heart disease", "blood pressure", "light form", "pacemaker", "implant",
                 "sore skin", "chest", "neck", "pregnant", "surgery", "hip", "doctor"):  # fmt: skip
        assert must in text, must


def test_a_safety_line_stands_as_long_as_it_takes_to_say_and_to_read() -> None:
    """By the state machine's own time. An adult reads 230 words a minute in silence."""
    wearer = Wearer(1, length_s=45.0)
    run(wearer, Plan())
    stood = Counter((p.text, p.why) for p in wearer.prompts if p.kind == "safety")
    assert list(stood) == list(wording.SAFETY)
    for (large, why), pieces in stood.items():
        words = f"{large} {why}"
        assert 0.05 * pieces >= wording.takes_s(words)
        assert 0.05 * pieces >= len(words.split()) / 230 * 60
    assert 0.05 * sum(stood.values()) <= 36.5


def test_nothing_is_shouted_and_every_position_is_told_how_to_get_there() -> None:
    assert not [text for text in said() if EXCLAIMED.search(text)]
    assert {channel.muscle for channel in SPECS} <= {muscle for muscle, _ in wording.POSITIONS}
    assert set(wording.POSITIONS) == set(wording.TASKS)
