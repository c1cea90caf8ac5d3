"""What a wearer reads of a check, of a calibration's remarks and of a set: at the sixth school year or below.

Kept as they are, and printed by the test: words that the project's look or its claims prescribe.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from another_day import CHAIN, SPECS, Day, calibrated, today
from reading_level import grade
from session_samples import stream_info
from squeezing_wearer import SPECS as TWO
from squeezing_wearer import Wearer
from test_calibration_check import check
from test_fatigue import sinking

from calibration import contact
from calibration.comparable import compare
from calibration.comparison import Comparison
from calibration.findings import selective
from calibration.offer import Offer
from emgfeedback import words
from emgfeedback.decisions import _WORDS
from emgfeedback.fatigue import Fatigue, fatigue, never
from emgfeedback.onset import OnsetLag, SetLag, lag_window
from emgfeedback.reps import LOST
from emgfeedback.set_findings import SetFindings, told
from emgfeedback.studio import FinishedSet
from emgfeedback.ui import sentences

HIGHEST_GRADE = 6.0
#: Prescribed words, and by what.
KEPT = {
    "Comparable with Tuesday.": "the look of Start",
    "Not comparable: the gain changed. Calibrate again.": "the look of Start",
    "spectral shift consistent with fatigue (mean frequency \N{MINUS SIGN}12 %).": "the only claim made",
    "EMG feedback for exercise, training and education.": "the intended use",
}


def plain(text: str) -> str:
    """Without the side that stands before a line of two legs, and as it begins then."""
    side, colon, rest = text.partition(": ")
    text = rest if colon and side in ("Left", "Right") else text
    lower = text[:1].lower() + text[1:]
    return lower if lower in KEPT else text


def texts_of(found: Comparison) -> Iterator[str]:
    yield found.sentence
    yield from (channel.text[:1].upper() + channel.text[1:] for channel in found.channels)


def said_by_checks() -> Iterator[str]:
    """Verdicts of every cause, and all prompts and events of checks of many kinds."""
    first, same = calibrated(1, Day()), today(1, Day())
    one, *others = same.channels
    weak = replace(one.trials[2], rms_uv=60.0, first_3s_uv=60.0)
    days = [
        same,
        *(replace(same, **other) for other in (
            {"wearer": "Bob"}, {"board_id": "BEEF"}, {"sfreq_hz": 500.0}, {"channels": ()},
            {"chain": {**CHAIN, "notch_hz": 50.0}},
        )),
        *(
            replace(same, channels=(replace(one, spec=replace(SPECS[0], **spec)), *others))
            for spec in ({"gain": 400.0}, {"signal": "envelope"}, {"side": "left"})
        ),
        *(
            replace(same, channels=(replace(one, trials=trials), *others))
            for trials in ((), one.trials[:1], (*one.trials[:2], weak))
        ),
        today(1, Day(gain=(0.5, 1.0))),
        today(1, Day(gain=(2.2, 1.0))),
        *(today(1, Day(level=(level, 1.0))) for level in (0.6, 1.5)),
        today(1, Day(swapped=True)),
        today(1, Day(level=(0.5, 1.0), spectrum=(0.8, 1.0))),
    ]  # fmt: skip
    causes = set()
    for day in days:
        found = compare(first, day)
        causes.add(found.cause)
        yield from texts_of(found)
    assert causes == {"", "setup", "leads swapped", "pads moved", "gain changed", "level changed", "unknown"}
    yield from texts_of(
        compare(replace(first, channels=tuple(replace(c, trials=()) for c in first.channels)), same)
    )
    for wearer in (
        Wearer(seed=2),
        Wearer(seed=3, noise_uv=8.0),
        Wearer(seed=4, mvc_uv=(300.0, 150.0), specs=TWO[::-1]),
        Wearer(seed=5, manner=lambda _squeeze, _since: 0.0),
    ):
        procedure = check(wearer)
        yield from {f"{p.text} {p.why}".strip() for p in (*wearer.prompts, procedure.prompt)}
        yield from (event.text for event in wearer.events)


def remarked_by_calibrations() -> Iterator[str]:
    """What a calibration notes of its channels, with the name before it as it is told."""
    beats = np.zeros(8000)
    beats[::1000] = 100.0
    rest = np.random.default_rng(1).standard_normal(8000)
    for verdict in (
        *(contact.clear(mvc_uv, 3.0, 1.0) for mvc_uv in (9.0, 20.0)),
        *(contact.calm(part * 100.0, 100.0, 1.0) for part in (0.07, 0.2)),
        *(contact.crosstalk(part, 1.0, 100.0) for part in (0.2, 0.3)),
        contact.alive(1.0, 3.0, 1.0),
        contact.heartbeat(rest + beats, 1000.0),
        selective(33.0, "right glute"),
    ):
        assert verdict.grade in ("warn", "bad"), verdict
        yield f"Right quad: {verdict.text} {verdict.remedy}"


def found_in_sets() -> Iterator[str]:
    """Which muscle starts first, tiring, both at once, or why not; reps left out; offers."""
    info = stream_info()
    sensor = replace(info, channels=tuple(replace(c, signal="envelope") for c in info.channels))
    none = OnsetLag(why_not="an onset needs raw EMG")
    rate = lag_window(1000, 1500, 2500, 0, 100.0)
    close = lag_window(1000, 1500, 2500, 990, 1000.0)
    assert isinstance(rate, str)
    assert isinstance(close, str)
    left_out = [LOST, "quad quiet", *(text.format("glute") for text in _WORDS.values())]
    whys = [
        none.why_not,
        rate,
        close,
        "samples lost around the rise",
        "glute too weak to see it start",
        *left_out,
    ]
    whys = [f"{why} (in 3 of 8 reps)" for why in whys] + ["it takes 5 clear reps; there are 3"]
    lags = [SetLag(s, s - 0.03, s + 0.03, 8, 0) for s in (0.08, -0.08, 0.0)] + [
        SetLag(0.03, -0.1, 0.13, 8, 0)
    ]
    holds = [
        (), sinking(7, 0.03), sinking(10, 0.03, length_s=0.8), sinking(10, 0.03, percent=(17.0, 40.0)),
        sinking(10, 0.03, above_rest_db=(30.0, 14.0)),
        *(
            [replace(h, rms_uv=(60.0 * f**k, 90.0 * g**k)) for k, h in enumerate(sinking(10, 0.03))]
            for f, g in ((0.95, 1.0), (0.98, 0.98))
        ),
        [replace(h, rms_uv=(60.0, 90.0 * (1 + k % 3))) for k, h in enumerate(sinking(10, 0.03))],
    ]  # fmt: skip
    tiring = [fatigue(each) for each in holds]
    assert all(each.why_not for each in tiring)
    tiring += [Fatigue(why_not=never(each, (0, 1))) for each in (replace(info, sfreq_hz=500.0), sensor)]
    tiring += [Fatigue(-0.12, consistent=True), Fatigue(-0.02)]
    for k in range(max(len(whys), len(lags), len(tiring))):
        lag = lags[k] if k < len(lags) else None
        one = SetFindings("right", lag, whys[k % len(whys)], tiring[k % len(tiring)], 0.4 if k else math.nan)
        other = SetFindings("left", None, whys[-k % len(whys)], tiring[-k % len(tiring)], 0.4)
        yield from (one.onset_line, one.fatigue_line, one.cocontraction_line)
        yield from told((one, other))
    yield from (f"Rep 3: left out, {why}." for why in left_out)
    for method in ("mvc", "reference"):
        offer = Offer("A0", "right glute", 118.0, 200.0, 190.0)
        yield from FinishedSet(1, "", (), (), None, (), (offer,), method).offer_lines


def words_of_the_pages() -> Iterator[str]:
    """Whole sentences among the words that every view shares; labels are no sentences."""
    names = {"muscle": "glute", "Muscle": "Glute", "reason": "The disk is full."}
    for value in (value for name, value in vars(words).items() if name.isupper()):
        for text in value.values() if isinstance(value, dict) else (value,):
            if (
                isinstance(text, str)
                and text.endswith((".", "?"))
                and text != words.OFFER
                and text != words.__doc__
            ):
                yield text.format(**names)
    yield from (sentences.NOT_CALIBRATING_WHY, sentences.SET_HANDS_FREE)


@pytest.mark.parametrize(
    "said", [said_by_checks, remarked_by_calibrations, found_in_sets, words_of_the_pages]
)
def test_what_a_wearer_reads_reads_at_the_sixth_school_year_or_below(said: object) -> None:
    texts = {plain(text) for text in said() if text}  # type: ignore[operator]
    assert len(texts) >= 9
    kept = texts & set(KEPT)
    hard = {text: round(grade(text), 1) for text in texts - kept if grade(text) > HIGHEST_GRADE}
    for text in sorted(kept):
        print(f"kept at grade {grade(text):.1f}, as {KEPT[text]} has it: {text}")  # noqa: T201
    assert not hard


def test_no_exception_is_kept_that_is_not_needed() -> None:
    texts = {plain(text) for said in (said_by_checks, found_in_sets, words_of_the_pages) for text in said()}
    assert set(KEPT) <= texts
    assert all(grade(text) > HIGHEST_GRADE for text in KEPT)
