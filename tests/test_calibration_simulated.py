"""The guided calibration behind the real chain: simulated person, board, wire, pipeline, procedure."""

import numpy as np
import pytest

from calibration.plan import Plan
from calibration.prompt import ProcedureEvent, Prompt
from calibration.record import ChannelCalibration
from emgfeedback.calibrating import CalibrationStage
from emgfeedback.chain import ChainSettings
from emgfeedback.pipeline import Pipeline
from emgfeedback.prompting import follower
from emgfeedback.simulation.actions import REST, Action
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.simulation.truth import kept
from emgfeedback.sources import open_source

PLAN = Plan.squeezes_alone(rest_s=5.0, pause_s=5.0, breath_s=1.0, ready_s=1.0, position_s=1.0)


def calibrate(options: str, plan: Plan = PLAN) -> tuple[CalibrationStage, SimulatedSource]:
    """A person who does what the prompts say, until the procedure is over."""
    with open_source(f"sim:balanced?fast=1&{options}") as source:
        assert isinstance(source, SimulatedSource)

        def obey(prompt: Prompt) -> None:
            squeeze = prompt.kind == "squeeze"
            source.person.do(Action("squeeze", prompt.muscle, prompt.side) if squeeze else REST)

        stage, pipeline = CalibrationStage(source.info, plan, obey), Pipeline(source.info)
        while not stage.finished:
            chunk = source.read(1.0)
            if chunk is not None:
                stage(chunk, pipeline.push(chunk))
        return stage, source


def truth_uv(person: Person, channel: ChannelCalibration, column: int) -> float:
    """RMS that the muscle really reached over the two holds of the 100 %, behind the chain."""
    best = sorted((t for t in channel.trials if t.accepted), key=lambda t: -t.rms_uv)[:2]
    realised = [person.amplitude_uv(t.start, t.stop - t.start)[:, column] for t in best]
    rms = np.mean([np.sqrt(np.mean(amplitude**2)) for amplitude in realised])
    return float(rms) * kept(channel.muscle, person.sfreq_hz, ChainSettings())


def refusals(stage: CalibrationStage) -> list[str]:
    return [event.text for event in stage.events if event.kind == "refused"]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_simulated_person_is_measured_as_it_is(seed: int) -> None:
    stage, source = calibrate(f"seed={seed}")
    person, chain = source.person, ChainSettings()
    assert [c.quality for c in stage.procedure.channels] == ["good", "good"]
    perfect = person.perfect_calibration(source.info, chain, "2025-03-04T18:30:00+01:00", "x")
    for column, channel in enumerate(stage.procedure.channels):
        muscle_uv = np.sqrt(channel.mvc_uv**2 - channel.rest_uv**2)
        assert muscle_uv == pytest.approx(truth_uv(person, channel, column), rel=0.05)
        assert channel.rest_uv == pytest.approx(perfect.channels[column].rest_uv, rel=0.1)
        # Against an endless maximum the luck of three squeezes comes on top.
        assert channel.mvc_uv == pytest.approx(perfect.channels[column].mvc_uv, rel=0.1)


@pytest.mark.parametrize(
    ("fault", "reasons"),
    [
        ("liftoff@2+2", ["Right glute pad is loose. Press the right glute pad down."]),
        # In the middle of a squeeze of its own strength, mains is mains before it is a pad that came off.
        ("liftoff@8+2", ["Right glute signal hums with mains. Unplug the charger. Press both pads."]),
        ("saturation@8+2", ["Right glute signal clips. Turn its gain down, then calibrate."]),
        ("stall@8+1", ["Right glute pad sends no new data. Check the right glute cable."]),
        ("loss@8+3", ["Too many samples were lost."]),
        ("motion@8+0.5", ["Right glute cable moves. Tape the right glute cable down."]),
        ("mains@8+2", ["Right glute signal hums with mains. Unplug the charger. Press both pads."]),
        ("stall@8+0.15", []),
    ],
)
def test_what_goes_wrong_repeats_its_step_says_why_and_leaves_the_result_right(
    fault: str, reasons: list[str]
) -> None:
    plan = Plan.squeezes_alone(rest_s=5.0, pause_s=3.0, breath_s=1.0, ready_s=1.0, position_s=1.0, trials=2)
    stage, source = calibrate(f"seed=3&fault={fault}", plan)
    assert refusals(stage) == reasons
    for column, channel in enumerate(stage.procedure.channels):
        assert channel.mvc_uv == pytest.approx(truth_uv(source.person, channel, column), rel=0.05)


def test_a_pad_that_stays_off_ends_the_calibration_in_a_sentence() -> None:
    plan = Plan.squeezes_alone(rest_s=5.0, trouble_wait_s=5.0)
    stage, _ = calibrate("fault=liftoff@2+100", plan)
    assert stage.prompt.kind == "failed"
    assert stage.prompt.why == "Right glute pad is loose. Press the right glute pad down."
    last: ProcedureEvent = stage.events[-1]
    assert (last.kind, last.text) == ("failed", stage.prompt.why)


def told_what_is_expected(options: str, plan: Plan, perfect: bool = False) -> CalibrationStage:
    """A person who obeys, and a contact check that knows what is asked; ``perfect``: with a 100 % already."""
    with open_source(f"sim:balanced?fast=1&{options}") as source:
        assert isinstance(source, SimulatedSource)
        own = source.perfect_calibration(ChainSettings(), "2026-01-01T12:00:00+00:00", "x")
        pipeline = Pipeline(source.info, None, own if perfect else None)

        def expect(resting: bool, squeezing: tuple[int, ...]) -> None:
            pipeline.expect(resting=resting, squeezing=squeezing)

        stage = CalibrationStage(source.info, plan, follower(source), expect)
        while not stage.finished:
            chunk = source.read(1.0)
            if chunk is not None:
                stage(chunk, pipeline.push(chunk))
        return stage


@pytest.mark.parametrize("oversample", [1, 4])
def test_a_dead_channel_of_a_10_bit_board_is_found_by_its_own_squeeze(oversample: int) -> None:
    """The sensor of the glute gives one voltage. Its rest says nothing; its squeeze does."""
    stage = told_what_is_expected(f"oversample={oversample}&fault=flat@0+300:glute", PLAN)
    assert stage.prompt.kind == "failed"
    assert refusals(stage)[0] == "Nothing came from the right glute. Squeeze harder, or check its cable."


def test_tension_in_the_rest_is_named_by_the_100_percent_of_before() -> None:
    """Fine counts (16 conversions): the glute holds a fifth of its maximum in the first seconds of rest."""
    plan = Plan.squeezes_alone(rest_s=4.0, pause_s=3.0, ready_s=1.0, position_s=1.0, trials=1, max_trials=1)
    stage = told_what_is_expected("rate=500&oversample=16&fault=tension@1.5+4:glute=0.2", plan, perfect=True)
    assert stage.prompt.kind == "done"
    assert "Right glute is not at rest. Let the right glute go." in refusals(stage)
    assert stage.procedure.channels[0].rest_uv < 8.0
