"""From start to done without one input: every persona, headless, in a terminal, and over a port."""

import os
import pty
import re
import select
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import firmware_build
import pytest
from command_line import COMMAND, started, wait_for_path
from test_calibration_course import BRIEF
from worn_chip import start_worn_chip

from calibration.plan import Plan
from calibration.prompt import Prompt
from calibration.record import Calibration
from device.channel_map import format_channel_map, parse_channel_map
from emgfeedback.calibrating import LEADS
from emgfeedback.chain import ChainSettings
from emgfeedback.guide import guide
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import open_home, open_stream
from emgfeedback.power import Power
from emgfeedback.prompting import prompt_line
from emgfeedback.sides import lay_ruler, sides_of
from emgfeedback.simulation.actions import REST, parse_action
from emgfeedback.simulation.exercises import EXERCISES
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS
from emgfeedback.studio import Studio
from emgfeedback.terminal import LineView

RIGHT = "A0=glute:right,A1=quad:right"


class Told(LineView):
    """The headless view, and a note of what it was given; nobody presses anything."""

    def __init__(self, passing_on=None) -> None:
        super().__init__()
        self.prompts: list[Prompt] = []
        self.notes: list[str] = []
        self._passing_on = passing_on

    def guide(self, prompt, bars, notes, who) -> None:
        line = prompt_line(prompt)
        if not self.prompts or line != prompt_line(self.prompts[-1]):
            self.prompts.append(prompt)
            if self._passing_on is not None:
                self._passing_on(line)
        self.notes = list(notes)
        super().guide(prompt, bars, notes, who)


def guided(url: str, channels: str = RIGHT, plan: Plan = BRIEF, view: Told | None = None):
    """A calibration as ``calibrate --view none`` runs it; the record, the view and the studio."""
    home, view = open_home(), view or Told()
    opened = open_stream(home, url, parse_channel_map(channels), "Ann")
    studio = Studio(home, opened, SetRequest(), lambda: Power.UNKNOWN)
    with studio:
        return guide(studio, view, plan), view, studio


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_every_persona_is_led_from_start_to_done(persona: str, capsys: pytest.CaptureFixture[str]) -> None:
    side = "left" if persona == "left-weak" else "right"
    plan = replace(BRIEF, trials=2, max_trials=3)
    record, view, _ = guided(f"sim:{persona}?seed=5&fast=1", RIGHT.replace("right", side), plan)
    parts = list(dict.fromkeys(prompt.part for prompt in view.prompts if prompt.part))
    assert parts == ["leads", "pads", "rest", "warm-up", "squeezes"]
    assert record.quality == "good"
    effort = PERSONAS[persona].effort
    true_uv = {
        ("glute", "right"): 170.0,
        ("quad", "right"): 280.0,
        ("glute", "left"): 150.0,
        ("quad", "left"): 300.0,
    }
    kept = {"glute": 0.90, "quad": 0.95}
    for channel in record.channels:
        expected = effort * kept[channel.muscle] * true_uv[channel.muscle, channel.side]
        assert channel.mvc_uv == pytest.approx(expected, rel=0.08)
    assert "squeeze glute" in capsys.readouterr().out


def test_the_pipeline_is_told_what_is_expected_and_forgets_it_at_the_end() -> None:
    told: list[tuple[bool, tuple[int, ...]]] = []
    home = open_home()
    opened = open_stream(home, "sim:balanced?seed=5&fast=1", parse_channel_map(RIGHT), "Ann")
    studio = Studio(home, opened, SetRequest(), lambda: Power.UNKNOWN)
    expect = studio.loop.expect

    def listening(*, resting: bool, squeezing) -> None:
        told.append((resting, tuple(squeezing)))
        expect(resting=resting, squeezing=squeezing)

    studio.loop.expect = listening  # type: ignore[method-assign]
    with studio:
        guide(studio, Told(), replace(BRIEF, trials=1, max_trials=1))
    assert told[:2] == [(True, ()), (False, ())]
    assert told[-1] == (False, ())


def test_l_begins_anew_at_half_strength() -> None:
    class Light(Told):
        asked = False

        def pressed(self) -> str:
            asked, self.asked = self.asked, True
            return "" if asked else "L"

    record, view, studio = guided("sim:balanced?seed=5&fast=1", RIGHT, replace(BRIEF, trials=2), Light())
    assert record.method == "reference"
    assert not studio.loop.pipeline.uncalibrated
    assert view.prompts[-1].kind == "done"


def test_in_a_terminal_nothing_is_pressed_and_every_step_is_drawn(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    arguments = ["calibrate", "--source", "sim:balanced?fast=1", "--rest", "1", "--view", "terminal"]
    shown = b""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdin=slave, stdout=slave, stderr=subprocess.DEVNULL, env=environment
    ) as process:  # fmt: skip
        os.close(slave)
        deadline_s = time.monotonic() + 120.0
        while time.monotonic() < deadline_s:
            if select.select([master], [], [], 0.5)[0]:
                try:
                    shown += os.read(master, 65536)
                except OSError:
                    break
            elif process.poll() is not None:
                break
    os.close(master)
    assert process.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode(errors="replace"))
    for words in (
        "Which lead is which",
        "The pads",
        "All muscles",
        "Warm-up",
        "Right glute, face down, squeeze 3 of 3",
        "Sit on a chair. Strap your ankle.",
        "Right glute, standing, squeeze 3 of 3",
    ):
        assert words in text, words
    assert list(open_home().calibrations.folder.glob("*.json"))


@pytest.mark.real_time
def test_crossed_leads_over_a_port_are_put_right_and_stay_so(tmp_path: Path) -> None:
    """The person wears the glute on A1; the host was told A0. In real time, prompts over standard input.

    In real time: up to three attempts.
    """
    link = tmp_path / "board"
    plan = replace(BRIEF, trials=1, max_trials=1, pause_s=0.6, rest_s=2.0)
    with started(
        "simulate", "--pty", "--persona", "glute-led", "--channels", "A0=quad:right,A1=glute:right",
        "--link", str(link), "--prompts", "-",
    ) as simulator:  # fmt: skip
        wait_for_path(link)

        def pass_on(line: str) -> None:
            assert simulator.stdin
            simulator.stdin.write(f"{line}\n")
            simulator.stdin.flush()

        record, view, studio = guided(f"serial:{link}?oversample=4", RIGHT, plan, Told(pass_on))
        info = studio.opened.info
    assert any(prompt.text == "The leads are swapped." for prompt in view.prompts)
    assert any(
        note.startswith("Leads swapped, names put right: A0 is on the right quad") for note in view.notes
    )
    assert [(c.pin, c.muscle) for c in record.channels] == [("A0", "quad"), ("A1", "glute")]
    assert record.chain[LEADS] == "found swapped, names put right"
    assert record.channel("A1").mvc_uv == pytest.approx(0.90 * 170.0, rel=0.12)  # type: ignore[union-attr]
    assert record.channel("A0").mvc_uv == pytest.approx(0.95 * 280.0, rel=0.12)  # type: ignore[union-attr]
    # From now on the stream bears these names, and the calibration fits it.
    assert [(c.pin, c.muscle) for c in info.channels] == [("A0", "quad"), ("A1", "glute")]
    assert not lay_ruler(info, ChainSettings(), sides_of(info), record).why_not


def test_names_put_right_are_remembered_for_a_real_board() -> None:
    home = open_home()
    opened = open_stream(home, "sim:balanced?fast=1", parse_channel_map(RIGHT), "Ann")
    # A board of one's own in all but the mark that it is simulated.
    opened.source._named = replace(opened.info, simulated=False)  # type: ignore[attr-defined]
    opened.source._info = opened.source._named  # type: ignore[attr-defined]
    studio = Studio(home, opened, SetRequest(), lambda: Power.UNKNOWN)
    with studio:
        stage = studio.calibrate(replace(BRIEF, trials=1, max_trials=1))
        assert stage.procedure.parts[0] == "safety"
        crossed = [
            replace(s, muscle={"glute": "quad", "quad": "glute"}[s.muscle or ""])
            for s in stage.procedure.specs
        ]
        stage.procedure = type(stage.procedure)(crossed, opened.info.sfreq_hz, stage.plan)
        record: Calibration = guide_on(studio)
    assert record.channel("A0").muscle == "glute"  # type: ignore[union-attr]
    remembered = home.memory.channel_map("Ann", opened.info.source_id)
    assert remembered is not None
    assert format_channel_map(remembered) == RIGHT


def guide_on(studio: Studio) -> Calibration:
    """Let a calibration that has begun come to its end."""
    stage = studio.calibrating
    assert stage is not None
    studio.pace.until(lambda: stage.finished, lambda: None, 0.05)
    return studio.calibrated()


def test_the_whole_course_on_the_shipped_firmware_whose_wearer_obeys_the_prompts() -> None:
    """The firmware runs in simavr, on the wall clock; no hardware is measured.

    One squeeze of 4 s in each position, 31 s in all; three of 5 s with ``EMGFEEDBACK_WHOLE_COURSE=1``, 80 s.
    """
    firmware_build.need_tools()
    channels = parse_channel_map(RIGHT)
    person = Person(PERSONAS["glute-led"], EXERCISES["bridge"], 3, channels, script=((0.0, REST),))
    plan = BRIEF
    if not os.environ.get("EMGFEEDBACK_WHOLE_COURSE"):
        short = replace(BRIEF, trials=1, max_trials=1, squeeze_s=4.0, pause_s=0.6)
        plan = replace(short, rest_s=2.0, quiet_s=1.0, warm_s=0.5, warm_rest_s=0.5)
    with start_worn_chip(person) as chip:
        view = Told(lambda line: person.do(parse_action(line)))
        record, view, studio = guided(f"serial:{chip.path}?oversample=4", RIGHT, plan, view)
        assert studio.calibrating is None
    parts = dict.fromkeys(prompt.part for prompt in view.prompts if prompt.part)
    assert list(parts) == ["safety", "leads", "pads", "rest", "warm-up", "squeezes"]
    squeezes = [prompt_line(prompt) for prompt in view.prompts if prompt.kind == "squeeze"]
    assert list(dict.fromkeys(line.partition(":")[0] for line in squeezes)) == [
        "squeeze glute right face-down",
        "squeeze quad right sitting",
        "squeeze glute right standing",
    ]
    assert not record.simulated
    assert LEADS not in record.chain
    glute, quad = record.channels
    assert glute.mvc_uv == pytest.approx(0.90 * 170.0, rel=0.12)
    assert quad.mvc_uv == pytest.approx(0.95 * 280.0, rel=0.12)
