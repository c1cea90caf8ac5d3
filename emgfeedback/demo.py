"""The whole job without a board: a simulated person calibrates, trains one set, and leaves its files."""

from dataclasses import dataclass
from pathlib import Path

import click

from calibration.plan import Plan
from emgfeedback.exports import export
from emgfeedback.guide import guide, keep
from emgfeedback.live import announce, tell, train
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import open_home, open_stream
from emgfeedback.power import Power
from emgfeedback.settings import SoundMode
from emgfeedback.sound import Sound
from emgfeedback.studio import Studio
from emgfeedback.terminal import view

#: Whose calibrations and sessions these are: never a person's.
WEARER = "simulated"
#: s. Rest between squeezes of one muscle where nobody has to wait for it.
FAST_PAUSE_S = 5.0


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
    sound: SoundMode | None = None

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
    wanted = SetRequest(request.exercise, request.reps)
    sound = Sound(request.sound or home.settings.sound.mode)
    with Studio(home, opened, wanted, lambda: Power.UNKNOWN, directs=True, sound=sound) as studio:
        with view(request.view) as page:
            calibration = guide(studio, page, request.plan)
        keep(home, calibration, None)
        announce(studio)
        finished = train(studio, request.view)
    tell(finished)
    if finished.recording is not None:
        tabulate(finished.recording, request.out)


def tabulate(recording: Path, folder: Path | None) -> None:
    """Write the session as CSV into the folder, by default beside it."""
    table = (folder or recording.parent) / recording.with_suffix(".csv").name
    table.parent.mkdir(parents=True, exist_ok=True)
    for path in export(recording, table):
        click.echo(f"Exported to {path}")
