"""The guided calibration in a view: prompts out, and at the end a record or the reason why not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from calibration.atomic import write_atomically
from calibration.check import CHECK
from calibration.comparison import Comparison
from calibration.errors import CalibrationError
from calibration.form import dump
from calibration.offer import take
from calibration.plan import Plan
from calibration.record import Calibration
from device.channel_map import ChannelMap
from emgfeedback import words
from emgfeedback.calibrating import LEADS, GuidedStage, now_local
from emgfeedback.listing import find_session
from emgfeedback.live import open_safely
from emgfeedback.live_set import PowerReader, SetRequest, TaskBest
from emgfeedback.opening import Home, choose_url, open_home
from emgfeedback.picture import STALE_AFTER_S, muscle_bars
from emgfeedback.session.analysis import frames
from emgfeedback.session.file import SessionFile
from emgfeedback.settings import SoundMode
from emgfeedback.sound import Sound
from emgfeedback.studio import Studio
from emgfeedback.terminal import View, view


@dataclass(frozen=True, slots=True)
class CalibrateRequest:
    """What the user asked for; ``None`` means the default."""

    source: str | None = None
    wearer: str | None = None
    channels: ChannelMap | None = None
    view: str | None = None
    isolated: bool = False
    pause_s: float | None = None
    quick: bool = False
    check: bool = False
    reference: bool = False
    out: Path | None = None
    sound: SoundMode | None = None
    sound_log: Path | None = None

    def plan(self) -> Plan:
        """Times and numbers of squeezes."""
        pause_s = self.pause_s if self.pause_s is not None else (5.0 if self.quick else Plan().pause_s)
        return Plan(pause_s=pause_s, quick=self.quick, reference=self.reference)

    def check_plan(self) -> Plan:
        """Times of a check."""
        return CHECK if self.pause_s is None else replace(CHECK, pause_s=self.pause_s)


def calibrate(request: CalibrateRequest, power: PowerReader) -> None:
    """Open, wait until it is safe, guide, save.

    Raises ``CalibrationError`` when it gave up, or when a check found that the 100 % does not hold,
    ``ValueError`` for a bad URL, and the device's errors.
    """
    home = open_home()
    url = request.source or choose_url(home)
    opened = open_safely(home, url, request.channels, request.wearer, power, isolated=request.isolated)
    sound = Sound(request.sound or home.settings.sound.mode, request.sound_log)
    studio = Studio(home, opened, SetRequest(isolated=request.isolated), power, sound=sound)
    with studio, view(request.view) as page:
        if request.check:
            found = check(studio, page, request.check_plan())
        else:
            calibration = guide(studio, page, request.plan())
    if request.check:
        verdict(found)
    else:
        keep(home, calibration, request.out)


def guide(studio: Studio, page: View, plan: Plan) -> Calibration:
    """Run the procedure to its end. Raises ``CalibrationError`` when it failed or was stopped."""
    stage = studio.calibrate(plan)
    with _heard_out(studio.sound, page):
        return studio.calibrated(_shown(studio, stage, page))


def check(studio: Studio, page: View, plan: Plan) -> Comparison:
    """Check the newest calibration. Raises ``CalibrationError`` when it failed or was stopped."""
    stage = studio.check(plan)
    if stage is None and studio.compared is not None:
        return studio.compared
    with _heard_out(studio.sound, page):
        return studio.checked(_shown(studio, stage, page) if stage else "")


def verdict(found: Comparison) -> None:
    """Say what a check found. Raises ``CalibrationError`` with its sentence where the 100 % does not hold."""
    for channel in found.channels:
        if channel.text and channel.text != found.reason:
            click.echo(channel.text[:1].upper() + channel.text[1:])
    if found.word != "comparable":
        raise CalibrationError(found.sentence)
    click.echo(found.sentence)


def _shown(studio: Studio, stage: GuidedStage, page: View) -> str:
    """Show a procedure until it ends; why it was stopped, or nothing."""
    opened, loop = studio.opened, studio.loop
    stopped: list[str] = []

    def now() -> GuidedStage:
        return studio.calibrating or stage

    def show() -> None:
        key = page.pressed().lower()
        if key in ("p", "q", "\x1b", " "):
            stopped.append(words.PAIN)
        elif key == "m":
            studio.sound.mute(muted=not studio.sound.muted)
        elif key == "l":
            studio.lighten(now().plan)
        stale = opened.source.live and opened.clock() - loop.arrived_at_s > STALE_AFTER_S
        bars = muscle_bars(loop.newest, opened.info.channels, stale=stale)
        notes = [event.text for event in now().events if event.kind != "prompt"]
        page.guide(now().prompt, bars, [*notes, words.MUTED] if studio.sound.muted else notes, opened.who)

    studio.pace.until(lambda: now().finished or bool(stopped), show, page.period_s)
    return "".join(stopped[:1])


@contextmanager
def _heard_out(sound: Sound, page: View) -> Iterator[None]:
    """After what stands within, let the last words be heard; any key ends them."""
    try:
        yield
    finally:
        with suppress(KeyboardInterrupt):
            while sound.busy and not page.pressed():
                time.sleep(page.period_s)


def from_recording(session: str, out: Path | None) -> None:
    """Take the new 100 % that a recorded set offers, measured anew from its samples.

    Raises ``SessionError`` for a file that cannot be read and ``CalibrationError`` when it offers nothing.
    """
    home = open_home()
    with SessionFile(find_session(session)) as file:
        calibration, best = file.header.calibration, TaskBest(file.info)
        for _, frame in frames(file):
            best.push(frame)
    offered = best.offers(calibration)
    if calibration is None or not offered:
        raise CalibrationError("This set did not go beyond its 100 %: there is nothing to take.")
    keep(home, take(calibration, offered, now_local()), out)


def keep(home: Home, calibration: Calibration, out: Path | None) -> Path:
    """Save to the store, and to ``out`` if given; say what was found."""
    path = home.calibrations.save(calibration)
    told(calibration, out, path)
    return path


def told(calibration: Calibration, out: Path | None, path: Path | None) -> None:
    """Say what was found and where it is; write it to ``out``, if given."""
    if out is not None:
        write_atomically(out, dump(calibration).encode())
    hundred = "reference" if calibration.method == "reference" else "100 %"
    for channel in calibration.channels:
        label = f" ({channel.quality})" if channel.quality != "good" else ""
        click.echo(
            f"Your {hundred} of {channel.side} {channel.muscle} is {channel.mvc_uv:.0f} µV, "
            f"rest {channel.rest_uv:.1f} µV{label}."
        )
    if LEADS in calibration.chain:
        right = ",".join(f"{c.pin}={c.muscle}:{c.side}" for c in calibration.channels)
        click.echo(f"The leads were swapped. From now on: --channels {right}")
    click.echo(f"Calibration saved in {out or path}" if out or path else "Calibration saved.")
