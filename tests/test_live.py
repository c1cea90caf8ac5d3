"""Live sets in this process: zones, baselines, safety, faults, swapped leads."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pty_board import board_on_pty

import emgfeedback.live
from calibration.record import Calibration
from device.board_link import BoardLink
from device.channel_map import ChannelMap, parse_channel_map
from device.framed import FramedSource
from device.handshake import StreamRequest
from emgfeedback.chain import ChainSettings
from emgfeedback.cli import Surroundings, main
from emgfeedback.opening import open_home
from emgfeedback.pipeline import Pipeline
from emgfeedback.power import Power
from emgfeedback.session.file import SessionFile
from emgfeedback.simulation.board import Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.personas import persona_named

RIGHT = parse_channel_map("A0=glute:right,A1=quad:right")
SWAPPED = parse_channel_map("A0=quad:right,A1=glute:right")


@pytest.fixture
def uno(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of the software board on a real pty, which says that it is an ATmega328P: a wearer's own board."""
    monkeypatch.setattr("device.board.SOFTWARE_BOARD", 1)
    simulated = SimulatedBoard(Scene(persona_named("balanced"), exercise_named("bridge"), 1, RIGHT), 1000.0)
    with board_on_pty(simulated.board) as served:
        yield f"serial:{served.path}?oversample=4"


def emgfeedback_command(*arguments: str, power: Power = Power.BATTERY) -> Result:
    return CliRunner().invoke(main, list(arguments), obj=Surroundings(lambda: power))


def recorded() -> SessionFile:
    (path,) = open_home().sessions.glob("*.emgsession")
    return SessionFile(path)


def shares_with_pads(pads: ChannelMap, believed: ChannelMap) -> tuple[list[float], list[tuple[float, ...]]]:
    """Shares of a set whose pads are wired as ``pads`` while the calibration knows them as ``believed``,
    and the true %MVC of the channels in each rep."""
    scene = Scene(persona_named("glute-led"), exercise_named("bridge"), seed=2, channels=pads)
    simulated = SimulatedBoard(scene, 1000.0)
    link = BoardLink(simulated.board, realtime=False)
    with FramedSource(link, StreamRequest(oversample=4), believed, link.clock, simulated=True) as source:
        calibration = calibrated_before_the_swap(source)
        pipeline = Pipeline(source.info, ChainSettings(), calibration)
        reps: list[float] = []
        while len(reps) < 5:
            chunk = source.read(1.0)
            assert chunk is not None
            reps += [rep.share for rep in pipeline.push(chunk).reps]
    return reps, [rep.percent for rep in simulated.person.reps[:5]]


def calibrated_before_the_swap(source: FramedSource) -> Calibration:
    person = SimulatedBoard(
        Scene(persona_named("glute-led"), exercise_named("bridge"), seed=2, channels=RIGHT), 1000.0
    ).person
    return person.perfect_calibration(source.info, ChainSettings(), "2026-01-01T12:00:00+00:00", "me")


def test_leads_swapped_after_the_calibration_move_the_share_as_truth_predicts() -> None:
    right, _ = shares_with_pads(RIGHT, RIGHT)
    swapped, true_percent = shares_with_pads(SWAPPED, RIGHT)
    # The quad's µV are then read with the glute's ruler, and the other way round.
    glute_uv, quad_uv = 170.0, 280.0
    predicted = []
    for quad, glute in true_percent:
        seen_glute, seen_quad = quad * quad_uv / glute_uv, glute * glute_uv / quad_uv
        predicted.append(seen_glute / (seen_glute + seen_quad))
    assert statistics.mean(right) - statistics.mean(swapped) > 0.1
    assert statistics.mean(swapped) == pytest.approx(statistics.mean(predicted), abs=0.05)


def test_on_mains_it_waits_until_the_charger_is_out(monkeypatch: pytest.MonkeyPatch, uno: str) -> None:
    states = [Power.MAINS, Power.MAINS, Power.MAINS]
    asked = []

    def power() -> Power:
        asked.append(1)
        return states.pop() if states else Power.BATTERY

    monkeypatch.setattr(emgfeedback.live, "POWER_PERIOD_S", 0.01)
    arguments = ["live", "--source", uno, "--seconds", "0.5", "--view", "none"]
    result = CliRunner().invoke(main, arguments, obj=Surroundings(power))
    assert result.exit_code == 0, result.output
    assert "Unplug the charger" in result.output
    assert "On battery" in result.output
    assert len(asked) >= 4
    with recorded() as session:
        assert session.header.power == "battery"
        assert session.header.isolated is None


def test_isolated_does_not_wait_and_is_stored(uno: str) -> None:
    result = emgfeedback_command(
        "live", "--source", uno, "--seconds", "0.5", "--view", "none", "--isolated", power=Power.MAINS
    )
    assert result.exit_code == 0, result.output
    with recorded() as session:
        assert session.header.isolated is True
        assert session.header.power == "mains"


def test_unknown_power_is_a_warning(uno: str) -> None:
    result = emgfeedback_command(
        "live", "--source", uno, "--seconds", "0.5", "--view", "none", power=Power.UNKNOWN
    )
    assert result.exit_code == 0, result.output
    assert "cannot tell where its power comes from" in result.output


def test_a_simulated_person_needs_neither() -> None:
    result = emgfeedback_command(
        "live", "--source", "sim:balanced?fast=1", "--reps", "1", "--view", "none", power=Power.MAINS
    )
    assert result.exit_code == 0, result.output
    assert "charger" not in result.output.lower()
    assert "SIMULATED PERSON" in result.output


def test_without_a_calibration_there_is_no_share_and_a_reason(uno: str) -> None:
    result = emgfeedback_command("live", "--source", uno, "--seconds", "0.5", "--view", "none")
    assert "Bars show µV, no share." in result.output
    assert "calibrate" in result.output.lower()
    with recorded() as session:
        assert session.header.calibration is None
        assert session.reps() == ()


def test_disk_full_is_a_sentence_and_training_goes_on(tmp_path: Path) -> None:
    home = open_home()
    home.folder.mkdir(parents=True, exist_ok=True)
    home.sessions.write_text("a file where the folder should be")
    result = emgfeedback_command("live", "--source", "sim:balanced?fast=1", "--reps", "2", "--view", "none")
    assert result.exit_code == 0, result.output
    assert "Not recording" in result.output
    assert "rep 2" in result.output


@pytest.mark.parametrize(
    "fault", ["stall@6+1", "loss", "unplug@6+3", "saturation@6+5:quad", "liftoff@6+5:glute"]
)
def test_the_set_goes_on_by_itself_through_every_fault(fault: str) -> None:
    result = emgfeedback_command(
        "live", "--source", f"sim:balanced?fast=1&fault={fault}", "--reps", "5", "--view", "none"
    )
    assert result.exit_code == 0, result.output
    assert "Set done: 5 reps." in result.output
    with recorded() as session:
        assert session.complete
        for rep in session.reps():
            assert rep.left_out or 0.3 < rep.share < 0.9


def test_the_set_ends_after_20_s_without_a_rep() -> None:
    result = emgfeedback_command(
        "live", "--source", "sim:balanced?fast=1&fault=liftoff@12+60:glute", "--view", "none"
    )
    assert "20 s without a rep" in result.output


def test_in_a_one_legged_exercise_only_the_working_leg_counts_reps() -> None:
    result = emgfeedback_command(
        "live", "--source", "sim:glute-led?fast=1&exercise=single-leg-deadlift",
        "--exercise", "single-leg-deadlift", "--reps", "2", "--view", "none",
        "--channels", "A0=glute:right,A1=quad:right,A2=glute:left,A3=quad:left",
    )  # fmt: skip
    assert "2 reps right" in result.output
    assert "reps left" not in result.output
