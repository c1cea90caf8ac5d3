"""The whole job without a board: a simulated person calibrates, trains one set, and leaves its files."""

from dataclasses import dataclass
from pathlib import Path

import click

from calibration.plan import Plan
from calibration.record import Calibration
from emgfeedback.coach.exercises import exercise_named
from emgfeedback.exports import export
from emgfeedback.guide import guide, keep
from emgfeedback.live import (
    LiveRequest,
    LiveSet,
    announce,
    conclude,
    set_logic,
    start_recording,
    tell,
    train,
    zones_for,
)
from emgfeedback.opening import Home, Opened, open_home, open_stream
from emgfeedback.pace import Pace
from emgfeedback.power import Power
from emgfeedback.session.loop import Loop
from emgfeedback.session.setup import Setup
from emgfeedback.simulation.actions import Action
from emgfeedback.terminal import view

#: Whose calibrations and sessions these are: never a person's.
WEARER = "simulated"
#: s. Rest between squeezes of one muscle where nobody has to wait for it.
FAST_PAUSE_S = 20.0


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """What the user asked for."""

    persona: str = "balanced"
    exercise: str = "bridge"
    seed: int = 1
    reps: int = 8
    fast: bool = False
    view: str | None = None
    out: Path | None = None

    @property
    def url(self) -> str:
        """The person as a source."""
        return f"sim:{self.persona}?seed={self.seed}&exercise={self.exercise}{'&fast=1' if self.fast else ''}"

    @property
    def plan(self) -> Plan:
        """In real time the quick form, labelled so; without waiting the whole one."""
        return Plan(pause_s=FAST_PAUSE_S) if self.fast else Plan(quick=True, pause_s=5.0, position_s=4.0)


def demo(request: DemoRequest) -> None:
    """Calibrate -> set -> session file, CSV and summary. Raises ``ValueError`` for an unknown persona."""
    home = open_home()
    opened = open_stream(home, request.url, None, WEARER)
    loop = Loop(opened.source, Setup(home.settings.chain), clock=opened.clock)
    with Pace(loop, stepped=opened.stepped) as pace:
        with view(request.view) as page:
            calibration = guide(home, opened, pace, page, request.plan)
        keep(home, calibration, None)
        live_set, recording = _train(home, opened, pace, request, calibration)
        sides = conclude(home, live_set, recording)
    tell(sides, recording, live_set.ended)
    if recording is not None:
        table = (request.out or recording.parent) / recording.with_suffix(".csv").name
        table.parent.mkdir(parents=True, exist_ok=True)
        for path in export(recording, table):
            click.echo(f"Exported to {path}")


def _train(
    home: Home, opened: Opened, pace: Pace, request: DemoRequest, calibration: Calibration
) -> tuple[LiveSet, Path | None]:
    live_request = LiveRequest(exercise=request.exercise, reps=request.reps, view=request.view)
    zones = zones_for(home, opened, request.exercise)
    announce(opened, zones, "")
    loop = pace.loop
    loop.change(Setup(home.settings.chain, calibration, zones))
    recording = start_recording(home, opened, loop, live_request, Power.UNKNOWN)
    if opened.person is not None:
        opened.person.person.do(Action("reps", count=request.reps))
    live_set = LiveSet(
        loop,
        opened,
        exercise_named(request.exercise),
        set_logic(opened, live_request),
        request.reps,
        lambda: Power.UNKNOWN,
        "",
    )
    train(live_set, pace, request.view)
    return live_set, recording
