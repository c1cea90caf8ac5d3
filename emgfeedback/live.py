"""One set with live feedback, from the first sample to the summary."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from device.channel_map import ChannelMap
from emgfeedback import words
from emgfeedback.coach.zone import zone_words
from emgfeedback.live_set import POWER_PERIOD_S, LiveSet, PowerReader, SetRequest
from emgfeedback.opening import Home, Opened, choose_url, need_a_side, open_home, open_when_safe
from emgfeedback.pace import Pace
from emgfeedback.phases import Moment
from emgfeedback.resolution import resolution_words
from emgfeedback.set_findings import told
from emgfeedback.settings import SoundMode
from emgfeedback.studio import FinishedSet, Studio
from emgfeedback.terminal import View, view


@dataclass(frozen=True, slots=True)
class LiveRequest:
    """What the user asked for; ``None`` means the default."""

    source: str | None = None
    channels: ChannelMap | None = None
    wearer: str | None = None
    exercise: str = "bridge"
    reps: int = 8
    seconds: float | None = None
    view: str | None = None
    calibration: Path | None = None
    isolated: bool = False
    record: bool = True
    sound: SoundMode | None = None

    @property
    def set(self) -> SetRequest:
        """What is wanted of the set."""
        return SetRequest(self.exercise, self.reps, self.seconds, self.isolated, self.record)


def live(request: LiveRequest, power: PowerReader) -> None:
    """Open, wait until it is safe, train one set, tell how it went.

    Raises ``ValueError`` for a bad URL and the errors of device, calibration, session and settings.
    """
    home = open_home()
    url = request.source or choose_url(home)
    opened = open_safely(home, url, request.channels, request.wearer, power, isolated=request.isolated)
    try:
        need_a_side(opened.info)
        studio = Studio(home, opened, request.set, power)
        studio.use_todays(request.calibration)
    except BaseException:
        opened.source.close()
        raise
    announce(studio)
    with studio:
        finished = train(studio, request.view)
    tell(finished)


def open_safely(
    home: Home,
    url: str,
    channels: ChannelMap | None,
    wearer: str | None,
    power: PowerReader,
    *,
    isolated: bool,
) -> Opened:
    """``open_when_safe`` with its words on standard error, waiting as long as it takes."""

    def wait() -> bool:
        time.sleep(POWER_PERIOD_S)
        return True

    return open_when_safe(home, url, channels, wearer, power, isolated=isolated, say=_say, wait=wait)


def _say(text: str) -> None:
    click.echo(text, err=True)


def announce(studio: Studio) -> None:
    """Say what is connected and what to expect, before the first picture."""
    opened = studio.opened
    if opened.who:
        _say(f"{opened.who}. No board, no pads: everything else is real.")
    elif opened.source.live:
        _say(f"{opened.info.name}, {opened.info.source_id}, {opened.info.sfreq_hz:g} Hz.")
    honest = resolution_words(opened.info, studio.calibration)
    if honest:
        _say(honest)
    if studio.calibration is not None and studio.calibration.quality == "quick":
        _say(f"By a {words.QUICK} calibration: one squeeze a muscle.")
    if studio.scene.uncalibrated:
        _say(studio.scene.uncalibrated)
        return
    if studio.compared is not None:
        _say(studio.compared.sentence)
    _say(zone_words(studio.zones.get(opened.first_side)))


def train(studio: Studio, asked_view: str | None) -> FinishedSet:
    """Train one set to its end in the chosen view."""
    live_set = studio.train()
    if studio.note:
        _say(words.NOT_RECORDING.format(reason=studio.note))
    with view(asked_view) as page:
        watch(live_set, studio.pace, page, lambda: studio.phases.moment)
    return studio.conclude()


def watch(
    live_set: LiveSet, pace: Pace, page: View, moment: Callable[[], Moment | None] = lambda: None
) -> None:
    """Show a set until it ends; ``moment`` tells where in a rep the wearer is."""

    def show() -> None:
        live_set.pressed(page.pressed())
        page.show(replace(live_set.picture(), moment=moment()))

    try:
        pace.until(lambda: bool(live_set.ended), show, page.period_s)
    except KeyboardInterrupt:
        live_set.end()
    live_set.end("The recording has ended.")


def tell(finished: FinishedSet) -> None:
    """How the set went, in plain words."""
    click.echo(finished.ended)
    for side in finished.sides:
        for line in side.lines:
            click.echo(line)
    for line in told(finished.findings):
        click.echo(line)
    for line in finished.offer_lines:
        click.echo(line)
    if finished.offers and finished.recording is not None:
        click.echo(f"To use it: emgfeedback calibrate --from-set {finished.recording}")
    if finished.recording is not None:
        click.echo(f"Recorded in {finished.recording}")
