"""The whole guided course: safety, leads, pads, rest, warm-ups, positions, and how long it all takes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from squeezing_wearer import SFREQ_HZ, SPECS, Wearer, willing

from calibration.leads import answering, put_right
from calibration.plan import ChannelSpec, Plan
from calibration.prompt import Prompt
from calibration.protocol import Procedure

#: The whole course in a short time.
BRIEF = Plan(
    safety_pace=0.056, swapped_s=1.0, rest_s=3.0, warm_s=1.0, warm_rest_s=0.6, pause_s=2.0, breath_s=0.6,
    ready_s=0.6, position_s=0.8,
)  # fmt: skip
GOOD = ("GOOD", "GOOD")
CROSSED = (("quad", "right"), ("glute", "right"))
TWO_LEGS = tuple(
    ChannelSpec(f"A{n}", muscle, side, "raw", 200.0)
    for n, (side, muscle) in enumerate(
        (side, muscle) for side in ("right", "left") for muscle in ("glute", "quad")
    )
)
FOUR_UV = (150.0, 300.0, 160.0, 280.0)


def run(wearer: Wearer, plan: Plan = BRIEF, chunk: int = 50) -> Procedure:
    return wearer.follow(Procedure(wearer.specs, SFREQ_HZ, plan), chunk)


def texts(wearer: Wearer, kind: str) -> list[str]:
    return [event.text for event in wearer.events if event.kind == kind]


def steps(wearer: Wearer) -> list[str]:
    """Kind, muscle and position of each prompt, as they change."""
    seen = [" ".join(word for word in (p.kind, p.muscle, p.position) if word) for p in wearer.prompts]
    return [now for i, now in enumerate(seen) if i == 0 or now != seen[i - 1]]


@cache
def brief_run() -> tuple[Wearer, Procedure]:
    wearer = Wearer(seed=1)
    return wearer, run(wearer)


# The whole way


def test_it_leads_from_safety_over_leads_pads_rest_and_warm_ups_to_squeezes_in_two_positions() -> None:
    wearer, procedure = brief_run()
    face_down = ["ready glute face-down", "squeeze glute face-down"]
    again = ["relax glute face-down", *face_down]
    assert steps(wearer)[:21] == [
        "safety", "relax", "lead glute", "relax", "lead quad", "check", "rest",
        "warm", "relax", "warm", "relax", "warm", "relax",
        *face_down, *again, *again,
    ]  # fmt: skip
    rest = [step for step in steps(wearer)[21:] if step.startswith("squeeze")]
    assert rest == ["squeeze quad sitting", "squeeze glute standing"] * 3
    assert [p.effort for p in wearer.prompts if p.kind == "warm"][:: round(1000 / 50)] == [0.25, 0.5, 0.75]
    assert procedure.prompt.kind == "done"
    assert [c.quality for c in procedure.channels] == ["good", "good"]
    glute, quad = procedure.channels
    assert [t.position for t in glute.trials] == ["face-down"] * 3 + ["standing"] * 3
    assert (glute.site, quad.position, len(quad.trials)) == ("gluteus maximus", "sitting", 3)
    assert texts(wearer, "lead") == ["Right glute answers on A0.", "Right quad answers on A1."]
    assert texts(wearer, "checked") == ["Right glute pad is good.", "Right quad pad is good."]
    assert not procedure.swapped


def test_every_prompt_is_short_says_what_to_do_and_how_long() -> None:
    wearer, _ = brief_run()
    for prompt in wearer.prompts:
        assert 1 <= len(prompt.text.split()) <= 8, prompt.text
        assert "{" not in prompt.text + prompt.why
        assert prompt.seconds_left >= 0.0
    ready = {p.text: p.why for p in wearer.prompts if p.kind == "ready"}
    assert ready["Lie face down. Bend your right knee."].startswith("You will push your right thigh up")
    assert "Stand up. Hold on to something." in ready


@pytest.mark.parametrize(
    ("plan", "specs", "most_s"),
    [
        (Plan(), SPECS, 480.0),
        (Plan(pause_s=20.0), SPECS, 240.0),
        (Plan(quick=True, pause_s=5.0), SPECS, 60.0),
        (Plan(reference=True), SPECS, 480.0),
        (Plan(), TWO_LEGS, 600.0),
    ],
    ids=["default", "rest 20", "quick", "reference", "two legs"],
)
def test_the_time_that_it_takes_by_sample_count(
    plan: Plan, specs: tuple[ChannelSpec, ...], most_s: float
) -> None:
    """At most 8 minutes for one leg with its default rests, 4 with rests of 20 s."""
    mvc_uv = (150.0, 300.0) if specs is SPECS else FOUR_UV
    wearer = Wearer(seed=2, specs=specs, mvc_uv=mvc_uv, length_s=700.0)
    procedure = run(wearer, plan, chunk=100)
    assert procedure.prompt.kind == "done"
    took_s = next(event.sample for event in wearer.events if event.kind == "done") / SFREQ_HZ
    assert took_s <= most_s, took_s
    assert 0.5 * most_s <= took_s or plan.reference, took_s


def test_the_pause_of_a_muscle_is_kept_between_positions_too() -> None:
    wearer, procedure = brief_run()
    glute = procedure.channels[0]
    starts = [
        e.sample for e in wearer.events if e.kind == "prompt" and e.text == "Squeeze. Hold." and e.pin == "A0"
    ]
    assert len(starts) == 6
    for trial, after in zip(glute.trials[:-1], starts[1:], strict=True):
        assert after - trial.stop >= BRIEF.pause_s * SFREQ_HZ - 600


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=12))
def test_any_chunking_gives_the_same_events(sizes: list[int]) -> None:
    first, done = brief_run()
    emg = np.concatenate([part for part, _, _ in first.sent])
    envelope = np.concatenate([part for _, part, _ in first.sent])
    again, events, at, turn = Procedure(SPECS, SFREQ_HZ, BRIEF), [], 0, 0
    while at < len(emg):
        size = sizes[turn % len(sizes)] if turn < 400 else 4000
        events += again.push(emg[at : at + size], envelope[at : at + size], GOOD)
        assert again.push(emg[:0], envelope[:0], GOOD) == ()
        at, turn = at + size, turn + 1
    assert events == first.events
    assert again.channels == done.channels


# Which lead is which


def test_swapped_leads_are_found_told_and_put_right_after_a_wait() -> None:
    wearer = Wearer(seed=3, worn=CROSSED, mvc_uv=(300.0, 150.0))
    procedure = run(wearer)
    assert procedure.prompt.kind == "done"
    assert procedure.swapped
    told = [p for p in wearer.prompts if p.text == "The leads are swapped."]
    assert told[0].why.startswith("A0 is on the right quad, A1 is on the right glute. I go on with that")
    assert len(told) * 50 / SFREQ_HZ == pytest.approx(BRIEF.swapped_s, abs=0.1)
    assert texts(wearer, "swapped") == [
        "Leads swapped, names put right: A0 is on the right quad, A1 is on the right glute."
    ]
    found = {(c.pin, c.muscle): c.mvc_uv for c in procedure.channels}
    assert found == pytest.approx({("A0", "quad"): 300.0, ("A1", "glute"): 150.0}, rel=0.08)
    assert [(spec.pin, spec.muscle) for spec in procedure.specs] == [("A0", "quad"), ("A1", "glute")]


def test_swapped_leads_of_two_legs_are_found_likewise() -> None:
    worn = (("glute", "left"), ("quad", "right"), ("glute", "right"), ("quad", "left"))
    wearer = Wearer(seed=4, specs=TWO_LEGS, worn=worn, mvc_uv=(160.0, 300.0, 150.0, 280.0))
    procedure = run(wearer, replace(BRIEF, trials=1, max_trials=1, pause_s=0.6))
    assert procedure.swapped
    assert [(c.muscle, c.side) for c in procedure.channels] == list(worn)


def test_leads_that_do_not_answer_clearly_keep_their_names() -> None:
    both = Wearer(seed=5, along=0.8, mvc_uv=(200.0, 200.0))
    procedure = run(both, replace(BRIEF, trials=1, max_trials=1))
    assert procedure.prompt.kind == "done"
    assert not procedure.swapped
    assert texts(both, "note")[:2] == ["More than one lead answered. The names stay as you gave them."] * 2


def test_a_muscle_that_does_not_answer_is_asked_twice_and_then_left_to_its_own_squeeze() -> None:
    wearer = Wearer(seed=6, mvc_uv=(0.0, 300.0))
    procedure = run(wearer)
    assert texts(wearer, "refused")[:2] == ["No squeeze was felt. Squeeze harder, or check the pad."] * 2
    assert procedure.prompt.kind == "failed"
    assert procedure.prompt.why.startswith("4 tries at squeezes of the right glute did not count.")


def test_a_loose_pad_while_the_leads_are_asked_is_waited_for_and_asked_again() -> None:
    def contact(prompt: Prompt, now: int) -> tuple[str, ...]:
        return ("LOOSE", "GOOD") if 3900 <= now < 6400 else GOOD

    wearer = Wearer(seed=7, contact=contact)
    procedure = run(wearer)
    assert procedure.prompt.kind == "done"
    assert texts(wearer, "refused") == ["Right glute pad is loose. Press the right glute pad down."]
    assert any(p.kind == "relax" and p.text == "Press the right glute pad down." for p in wearer.prompts)


@given(st.permutations(range(4)), st.sets(st.integers(0, 3)))
def test_names_are_put_right_only_as_a_whole(order: list[int], doubtful: set[int]) -> None:
    """However the leads lie: all names stay different, and doubt about one of a circle moves none of it."""
    answers = {asked: None if asked in doubtful else rose for asked, rose in enumerate(order)}
    named = put_right(TWO_LEGS, answers)
    if named is None:
        assert doubtful
        return
    assert len({(spec.muscle, spec.side) for spec in named}) == 4
    assert [spec.pin for spec in named] == ["A0", "A1", "A2", "A3"]
    for asked, rose in answers.items():
        if rose is not None:
            assert named[rose].name == TWO_LEGS[asked].name


def test_an_answer_is_clear_from_twice_the_next_on() -> None:
    assert answering(np.array([40.0, 20.0]), [0, 1]) == 0
    assert answering(np.array([40.0, 21.0]), [0, 1]) is None
    assert answering(np.array([0.0, 0.0]), [0, 1]) is None
    assert answering(np.array([10.0, 99.0, 30.0]), [0, 2]) == 2


# Positions


@pytest.mark.parametrize(("allows", "better"), [(0.8, "face-down"), (1.0, "standing")])
def test_the_better_position_counts(allows: float, better: str) -> None:
    wearer = Wearer(seed=8, allows={("glute", "standing"): allows, ("glute", "face-down"): 0.9})
    glute = run(wearer).channels[0]
    assert glute.position == better
    assert glute.mvc_uv == pytest.approx(150.0 * max(allows, 0.9), rel=0.06)
    assert len(glute.counting) == 3
    word = {"face-down": "face down"}.get(better, better)
    assert f"Best {word}." in next(
        text for text in texts(wearer, "channel") if text.startswith("Right glute")
    )


def test_a_position_that_is_worse_is_not_squeezed_again_for_its_own_agreement() -> None:
    strength = {5: 0.5, 7: 0.7, 9: 0.6}  # the standing ones: 4, 6, 8 are the quad's
    wearer = Wearer(seed=9, manner=lambda n, t: strength.get(n, 1.0) * willing(n, t))
    glute = run(wearer).channels[0]
    assert (glute.position, glute.quality) == ("face-down", "good")
    assert len(glute.trials) == 6


def test_unequal_squeezes_of_the_better_position_ask_for_another() -> None:
    strength = {5: 1.0, 7: 0.7, 9: 0.6, 10: 0.98}
    allows = {("glute", "face-down"): 0.5}
    wearer = Wearer(seed=10, manner=lambda n, t: strength.get(n, 1.0) * willing(n, t), allows=allows)
    glute = run(wearer).channels[0]
    assert (glute.position, glute.quality, len(glute.counting)) == ("standing", "good", 4)
    assert any(p.why.startswith("Squeezes differ by ") for p in wearer.prompts)


# Reference


def test_a_reference_asks_for_half_in_one_position_and_says_so() -> None:
    wearer = Wearer(seed=11)
    procedure = run(wearer, replace(BRIEF, reference=True))
    asked = {(p.text, p.effort) for p in wearer.prompts if p.kind == "squeeze"}
    assert asked == {("Squeeze half as hard. Hold.", 0.5)}
    assert {p.effort for p in wearer.prompts if p.kind == "warm"} == {0.25}
    assert "Lie face down" not in " ".join(p.text for p in wearer.prompts)
    record = procedure.calibration(
        wearer="Ann", created="2026-01-01T12:00:00+00:00", board_id="b", simulated=False, chain={}
    )
    assert record.method == "reference"
    assert [c.mvc_uv for c in record.channels] == pytest.approx([75.0, 150.0], rel=0.08)
    assert texts(wearer, "channel")[0].startswith("Right quad: your reference is ")


# Tension, coarse counts, dead channels


def test_tension_in_the_rest_is_told_and_after_ten_seconds_taken_as_it_is() -> None:
    """What calls it tension is the last 100 %, which may be that of other pads."""

    def contact(prompt: Prompt, now: int) -> tuple[str, ...]:
        return ("RESTLESS", "GOOD") if prompt.kind == "rest" else GOOD

    wearer = Wearer(seed=12, contact=contact)
    procedure = run(wearer)
    assert procedure.prompt.kind == "done"
    assert "Let the right glute go." in {p.text for p in wearer.prompts if p.kind == "rest"}
    assert any("Right glute stayed tense in the rest" in text for text in texts(wearer, "note"))


def test_what_is_expected_of_the_wearer_is_told_to_the_contact_check() -> None:
    """Rest while all rest; a squeeze only when it is overdue, for who has not begun yet is not dead."""
    wearer = Wearer(seed=13, mvc_uv=(0.0, 300.0))
    procedure = Procedure(
        SPECS, SFREQ_HZ, Plan.squeezes_alone(rest_s=3.0, ready_s=0.6, position_s=0.6, max_repeats=1)
    )
    expected = []
    while procedure.prompt.kind != "failed":
        expected.append((procedure.prompt.kind, procedure.expected))
        before = len(wearer.sent)
        wearer.follow(_OneChunk(procedure))  # type: ignore[arg-type]
        assert len(wearer.sent) == before + 1
    assert {what for kind, what in expected if kind == "rest"} == {(True, ())}
    squeezing = [what for kind, what in expected if kind == "squeeze"]
    assert squeezing[: round(3900 / 50)] == [(False, ())] * round(3900 / 50)
    assert squeezing[-10:] == [(False, (0,))] * 10
    assert procedure.expected == (False, ())


class _OneChunk:
    """A procedure that is over after the next chunk."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure, self._pushed = procedure, False

    @property
    def prompt(self) -> Prompt:
        return Prompt("done") if self._pushed else self._procedure.prompt

    def push(self, *arguments):
        self._pushed = True
        return self._procedure.push(*arguments)


def test_a_channel_that_stays_silent_in_its_own_squeeze_is_named() -> None:
    def contact(prompt: Prompt, now: int) -> tuple[str, ...]:
        return ("NO_DATA" if procedure.expected[1] else "GOOD", "GOOD")

    plan = Plan.squeezes_alone(rest_s=3.0, ready_s=0.6, position_s=0.6, pause_s=0.6)
    wearer = Wearer(seed=14, mvc_uv=(0.0, 300.0), contact=contact)
    procedure = Procedure(SPECS, SFREQ_HZ, plan)
    wearer.follow(procedure)
    assert procedure.prompt.kind == "failed"
    assert procedure.prompt.why == (
        "4 tries at squeezes of the right glute did not count. The last one: "
        "Nothing came from the right glute. Squeeze harder, or check its cable."
    )


@pytest.mark.parametrize(("uv_per_count", "ends"), [(24.4, "done"), (1.0, "failed")])
@pytest.mark.parametrize("rest_uv", [2.4, 12.2])
def test_with_coarse_counts_nothing_is_accepted_or_refused_by_the_resting_level(
    rest_uv: float, uv_per_count: float, ends: str
) -> None:
    """Amplifier noise of 4.9 µV reads 2.4 to 12.2 µV on 10 bits at 5 V, by where its middle lies in a count.

    58 µV are less than five times 12.2: refused where the rest can be measured, and only there.
    """
    specs = tuple(replace(spec, uv_per_count=uv_per_count) for spec in SPECS)
    wearer = Wearer(seed=15, specs=specs, mvc_uv=(58.0, 150.0), noise_uv=rest_uv, fluctuation_db=0.0)
    procedure = run(wearer, replace(BRIEF, trials=1, max_trials=1, leads=False))
    assert procedure.prompt.kind == ("done" if rest_uv < 3.0 else ends)


def test_a_dead_channel_on_coarse_counts_is_found_by_its_own_squeeze() -> None:
    specs = tuple(replace(spec, uv_per_count=24.4) for spec in SPECS)
    wearer = Wearer(seed=16, specs=specs, mvc_uv=(0.0, 150.0), noise_uv=4.9)
    procedure = run(wearer, replace(BRIEF, leads=False))
    assert procedure.prompt.kind == "failed"
    assert procedure.prompt.why.startswith("4 tries at squeezes of the right glute did not count.")


# Selectivity


@pytest.mark.parametrize(("along", "over", "about"), [(0.25, 0.0, "selectivity"), (0.02, 0.3, "crosstalk")])
def test_working_along_and_crosstalk_are_told_apart(along: float, over: float, about: str) -> None:
    """A quad that works along in the glute's squeeze, and one whose pads hear the glute."""
    wearer = Wearer(seed=17, along=along, mvc_uv=(150.0, 150.0))
    procedure = Procedure(SPECS, SFREQ_HZ, replace(BRIEF, leads=False, trials=2, max_trials=2))
    push = procedure.push

    def heard(emg, envelope, contact):
        mixed = emg.copy()
        if procedure.prompt.muscle == "glute":
            mixed[:, 1] += over * emg[:, 0]
        return push(mixed, envelope, contact)

    procedure.push = heard  # type: ignore[method-assign]
    wearer.follow(procedure)
    assert procedure.prompt.kind == "done"
    grades = {v.about: v.grade for v in procedure.verdicts["A1"]}
    assert grades[about] in ("warn", "bad")
    other = {"selectivity": "crosstalk", "crosstalk": "selectivity"}[about]
    assert grades[other] in ("good", "cannot tell")
