"""From the pins of the shipped firmware, executed in simavr, to the share that ``live`` tells."""

import json
import statistics
from pathlib import Path

import firmware_build
import pytest
from command_line import run
from firmware_rig import start_chip

from calibration.form import dump
from device import open_source
from device.channel_map import parse_channel_map
from emgfeedback.chain import ChainSettings
from emgfeedback.simulation.actions import REST, Action
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import persona_named

CHANNELS = "A0=glute:right,A1=quad:right"
REPS = 4
#: s. The chip runs from power-on; ``live`` is connected well before the person begins.
BEFORE_S = 14.0


@pytest.mark.parametrize(("persona", "seed"), [("glute-led", 3), ("quad-led", 4)])
@pytest.mark.real_time
def test_emg_on_the_pins_of_the_chip_comes_out_of_live_as_its_share(
    persona: str, seed: int, tmp_path: Path
) -> None:
    """In real time: up to three attempts."""
    firmware_build.need_tools()
    script = ((0.0, REST), (BEFORE_S, Action("reps", count=REPS)))
    channels = parse_channel_map(CHANNELS)
    person = Person(persona_named(persona), exercise_named("bridge"), seed, channels, script=script)
    emg_uv = person.take(0, 60_000)
    truth = statistics.mean(rep.share for rep in person.reps)
    with start_chip(emg_uv, person.sfreq_hz) as chip:
        url = f"serial:{chip.path}?oversample=4"
        with open_source(url, channels) as source:
            calibration = person.perfect_calibration(
                source.info, ChainSettings(), "2026-01-01T12:00:00+00:00", "me"
            )
            assert not source.info.simulated
            assert source.info.bits == 12
        path = tmp_path / "perfect.calibration.json"
        path.write_text(dump(calibration), encoding="utf-8")
        result = run(
            "live", "--source", url, "--channels", CHANNELS, "--calibration", str(path),
            "--reps", str(REPS), "--view", "none", "--isolated", timeout_s=250,
        )  # fmt: skip
    assert result.returncode == 0, result.stderr
    (entry,) = json.loads(run("sessions", "list", "--json").stdout)
    shown = json.loads(run("sessions", "show", entry["id"], "--json").stdout)
    shares = [rep["share"] for rep in shown["reps"]]
    assert len(shares) == REPS
    assert not shown["simulated"]
    assert shown["isolated"]
    assert statistics.mean(shares) == pytest.approx(truth, abs=0.05)
    assert run("verify", entry["id"]).returncode == 0
