"""The guided check of an older calibration: hands-free from rest to verdict, driven by a synthetic wearer."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from squeezing_wearer import SFREQ_HZ, SHORT, SPECS, Wearer, kinds, three_squeezes_each, willing

from calibration.check import CHECK, CheckProcedure
from calibration.comparison import ChannelToday, Comparison, Today
from calibration.plan import ChannelSpec, Plan
from calibration.prompt import Prompt
from calibration.protocol import Procedure
from calibration.record import Calibration

QUICKLY = replace(CHECK, pause_s=3.0, breath_s=1.0, ready_s=1.0, position_s=1.0)
CHAIN: dict[str, float | str] = {"notch_hz": 0.0}


@cache
def then() -> Calibration:
    procedure = Procedure(SPECS, SFREQ_HZ, SHORT)
    Wearer(seed=1).follow(procedure)
    return procedure.calibration(
        wearer="Ann", created="2025-03-04T18:30:00+01:00", board_id="b1", simulated=False, chain=CHAIN
    )


def today(specs: tuple[ChannelSpec, ...] = SPECS) -> Today:
    return Today(
        "Ann",
        "2025-03-06T18:30:00+01:00",
        "b1",
        SFREQ_HZ,
        simulated=False,
        chain=CHAIN,
        channels=tuple(ChannelToday(spec) for spec in specs),
    )


def check(wearer: Wearer, plan: Plan = QUICKLY, chunk: int = 50) -> CheckProcedure:
    procedure = CheckProcedure(today(), then(), plan)
    wearer.follow(procedure, chunk)  # type: ignore[arg-type]
    return procedure


def verdict(procedure: CheckProcedure) -> Comparison:
    assert procedure.comparison is not None, procedure.prompt
    return procedure.comparison


@cache
def plain() -> tuple[Wearer, CheckProcedure]:
    wearer = Wearer(seed=2)
    return wearer, check(wearer)


def test_it_goes_from_rest_over_three_short_squeezes_of_each_muscle_to_a_verdict() -> None:
    wearer, procedure = plain()
    assert kinds(wearer.prompts) == three_squeezes_each()
    assert procedure.prompt == Prompt("done", text="Comparable with Tuesday.")
    assert [e.kind for e in wearer.events if e.kind != "prompt"][-1] == "done"
    assert wearer.events[-1].text == "Comparable with Tuesday."
    assert all(len(channel.trials) == 3 for channel in verdict(procedure).channels)


def test_every_prompt_is_short_and_every_event_a_sentence() -> None:
    wearer, procedure = plain()
    for prompt in [*wearer.prompts, procedure.prompt]:
        assert 1 <= len(prompt.text.split()) <= 8
        assert prompt.seconds_left >= 0.0
    assert all(event.text.endswith(".") for event in wearer.events)


def test_one_leg_takes_less_than_two_minutes() -> None:
    wearer = Wearer(seed=3)
    check(wearer, CHECK)
    assert wearer.now / SFREQ_HZ < 110.0


@pytest.mark.parametrize("seed", range(10, 16))
def test_another_day_is_comparable_and_a_gain_of_30_percent_less_is_not(seed: int) -> None:
    effort = 1.0 + 0.05 * np.random.default_rng(seed).standard_normal(20)

    def manner(squeeze: int, since_s: float) -> float:
        return float(effort[squeeze]) * willing(squeeze, since_s)

    plan = replace(QUICKLY, pause_s=1.0, breath_s=0.5)
    same = verdict(check(Wearer(seed, manner=manner, length_s=60.0), plan, chunk=100))
    assert same.word == "comparable", same.sentence
    weaker = Wearer(seed, manner=manner, mvc_uv=(105.0, 300.0), noise_uv=2.1, length_s=60.0)
    assert verdict(check(weaker, plan, chunk=100)).cause in ("gain changed", "level changed")


def test_swapped_leads_are_named_after_two_squeezes_without_a_wrong_number() -> None:
    wearer = Wearer(seed=4, mvc_uv=(300.0, 150.0), specs=SPECS[::-1])
    found = verdict(check(wearer))
    assert found.sentence == (
        "Not comparable: the leads of the right glute and the right quad are swapped. Swap them back."
    )
    assert sum(event.kind == "refused" for event in wearer.events) == 2
    assert sum(event.kind == "trial" for event in wearer.events) == 0


def test_a_rest_that_is_far_louder_than_then_is_told_and_decides_nothing() -> None:
    wearer = Wearer(seed=3, noise_uv=8.0)
    assert verdict(check(wearer)).word == "comparable"
    notes = [event.text for event in wearer.events if event.kind == "note"]
    told = re.compile(
        r"Right glute: The rest reads 2\.[5-8] times that of then\. Let go, and press the pads down\."
    )
    assert any(told.fullmatch(note) for note in notes)


def test_nobody_who_squeezes_ends_it_in_a_sentence() -> None:
    wearer = Wearer(seed=5, manner=lambda _squeeze, _since: 0.0)
    procedure = check(wearer)
    assert procedure.comparison is None
    assert procedure.prompt.text == "Stopped. Nothing was saved."
    assert procedure.prompt.why.startswith("4 tries at squeezes of the right glute did not count.")


def test_a_squeeze_that_ends_early_is_repeated_and_says_how_long_it_has_to_be() -> None:
    def manner(squeeze: int, since_s: float) -> float:
        return willing(squeeze, since_s) if squeeze != 2 or since_s < 1.9 else 0.0

    wearer = Wearer(seed=6, manner=manner)
    found = verdict(check(wearer))
    refused = [event.text for event in wearer.events if event.kind == "refused"]
    assert len(refused) == 1
    assert refused[0].endswith("It needs 2.")
    assert found.word == "comparable"
    assert [len(channel.trials) for channel in found.channels] == [4, 3]


def test_a_loose_pad_is_waited_for_and_told() -> None:
    def contact(prompt: Prompt, sample: int) -> tuple[str, ...]:
        return ("LOOSE", "GOOD") if prompt.kind == "squeeze" and 8_000 < sample < 10_000 else ("GOOD", "GOOD")

    wearer = Wearer(seed=7, contact=contact)
    assert verdict(check(wearer)).word == "comparable"
    refused = [event.text for event in wearer.events if event.kind == "refused"]
    assert refused[0] == "Right glute pad is loose. Press the right glute pad down."


@pytest.mark.parametrize("chunk", [7, 333])
def test_the_verdict_does_not_depend_on_the_packaging(chunk: int) -> None:
    sent = plain()[0].sent
    emg, envelope = (np.concatenate([part[k] for part in sent]) for k in (0, 1))
    procedure = CheckProcedure(today(), then(), QUICKLY)
    for start in range(0, len(emg), chunk):
        rows = slice(start, start + chunk)
        procedure.push(emg[rows], envelope[rows], ("GOOD", "GOOD"))
        procedure.push(emg[:0], envelope[:0], ("GOOD", "GOOD"))
    assert procedure.comparison == plain()[1].comparison


def test_it_asks_for_the_position_and_the_effort_of_then() -> None:
    channels = tuple(
        replace(c, position="face-down", trials=tuple(replace(t, position="face-down") for t in c.trials))
        for c in then().channels
    )
    half = replace(then(), channels=channels, method="reference")
    wearer, procedure = Wearer(seed=8), CheckProcedure(today(), half, QUICKLY)
    wearer.follow(procedure)  # type: ignore[arg-type]
    ready = next(p for p in wearer.prompts if p.kind == "ready")
    assert (ready.position, ready.effort) == ("face-down", 0.5)
    assert ready.why == "As when you calibrated: face down."
    assert procedure.prompt.kind == "done"


def test_both_legs_take_turns() -> None:
    specs = (*SPECS, *(replace(s, pin=f"A{k + 2}", side="left") for k, s in enumerate(SPECS)))
    wearer = Wearer(seed=9, specs=specs, mvc_uv=(150.0, 300.0, 150.0, 300.0))
    channels = then().channels
    both = replace(
        then(),
        channels=(
            *channels,
            *(replace(c, pin=f"A{k + 2}", side="left", crosstalk={}) for k, c in enumerate(channels)),
        ),
    )
    procedure = CheckProcedure(today(specs), both, QUICKLY)
    wearer.follow(procedure)  # type: ignore[arg-type]
    squeezed = [(p.side, p.muscle) for p, before in zip(wearer.prompts[1:], wearer.prompts, strict=False)
                if p.kind == "squeeze" and before.kind != "squeeze"]  # fmt: skip
    assert squeezed == [("right", "glute"), ("left", "glute")] * 3 + [("right", "quad"), ("left", "quad")] * 3
    assert procedure.comparison is not None
    assert procedure.comparison.word == "comparable"


def test_without_a_muscle_there_is_nothing_to_check() -> None:
    with pytest.raises(ValueError, match="No channel has a muscle"):
        CheckProcedure(today((ChannelSpec("A0", None, None, "raw", 200.0),)), then())
