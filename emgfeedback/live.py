"""One set with live feedback, from the first sample to the summary."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from device.channel_map import ChannelMap
from device.reconnect import ReconnectingSource
from device.stream import SampleChunk
from emgfeedback import words
from emgfeedback.calibrating import now_local
from emgfeedback.coach.exercises import Exercise, exercise_named
from emgfeedback.coach.set import SetLogic
from emgfeedback.coach.summary import SideSummary, summarise
from emgfeedback.coach.zone import baseline, zone_for, zone_words
from emgfeedback.frame import Frame, Rep, Zone
from emgfeedback.opening import Home, Opened, choose_calibration, choose_url, open_home, open_stream
from emgfeedback.pace import Pace
from emgfeedback.picture import Picture, Situation, draw
from emgfeedback.power import Power
from emgfeedback.safety import LINES, Step, decide
from emgfeedback.session.errors import RecordingFailed
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.library import Library
from emgfeedback.session.loop import Loop
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.setup import Setup
from emgfeedback.terminal import View, view

PowerReader = Callable[[], Power]
#: s between two looks at the power state.
POWER_PERIOD_S = 1.0


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


class LiveSet:
    """A set on a running loop: a sink that counts its reps and finds its end, and the picture of it."""

    def __init__(
        self,
        loop: Loop,
        opened: Opened,
        exercise: Exercise,
        logic: SetLogic,
        target: int,
        power: PowerReader,
        uncalibrated: str,
    ) -> None:
        self.loop, self.opened, self.exercise, self.logic = loop, opened, exercise, logic
        self.target = target
        self.ended = ""
        self.recording_trouble = ""
        self._uncalibrated = uncalibrated
        self._power = power
        self._power_word = ""
        self._power_asked_s = -math.inf
        self._arrived_s = opened.clock()

    def __call__(self, chunk: SampleChunk, frame: Frame) -> None:
        """Take what the pipeline made of a chunk (acquisition thread)."""
        self._arrived_s = self.opened.clock()
        working = first_side(self.opened)
        reps = [rep for rep in frame.reps if rep.side == working or not self.exercise.one_leg]
        end = self.logic.push(chunk.start, chunk.stop, reps)
        if end is not None:
            self.end(end.text)

    @property
    def reps(self) -> tuple[Rep, ...]:
        """The reps of the set so far, of all sides."""
        return tuple(self.logic.reps)

    def end(self, why: str = "") -> None:
        """End the set; ``why`` is a sentence, by default that the wearer did."""
        self.ended = self.ended or why or self.logic.stop(self.loop.stop).text

    def pressed(self, key: str) -> None:
        """Take a key press of the wearer."""
        if key.lower() == "p":
            self.end(words.PAIN)
        elif key in (" ", "q", "\x1b"):
            self.end()

    def picture(self) -> Picture:
        """What a view shows now."""
        return draw(
            self.loop.newest,
            self.opened.info.channels,
            self.opened.info.sfreq_hz,
            self.exercise,
            self.opened.who,
            self.loop.setup.zones,
            self.reps,
            self.target,
            self._situation(),
        )

    def _situation(self) -> Situation:
        source = self.opened.source
        delay_s = self.loop.delay.percentile(50)
        recorder = self.loop.recorder
        failed = recorder.failed if recorder is not None else self.recording_trouble
        lost = isinstance(source, ReconnectingSource) and not source.connected
        return Situation(
            link=self.opened.link,
            trouble=words.BOARD_LOST if lost else "",
            power=self._power_now(),
            delay_ms=None if math.isnan(delay_s) else 1000.0 * delay_s,
            uncalibrated=self._uncalibrated,
            recording_trouble=words.NOT_RECORDING.format(reason=failed) if failed else "",
            since_data_s=self.opened.clock() - self._arrived_s,
        )

    def _power_now(self) -> str:
        if self.opened.info.simulated or not self.opened.source.live:
            return ""
        now_s = time.monotonic()
        if now_s - self._power_asked_s >= POWER_PERIOD_S:
            self._power_asked_s = now_s
            self._power_word = words.POWER[self._power()]
        return self._power_word


def live(request: LiveRequest, power: PowerReader) -> None:
    """Open, wait until it is safe, train one set, tell how it went.

    Raises ``ValueError`` for a bad URL and the errors of device, calibration, session and settings.
    """
    home = open_home()
    url = request.source or choose_url(home)
    opened, state = open_safely(home, url, request.channels, request.wearer, power, isolated=request.isolated)
    try:
        calibration, uncalibrated = choose_calibration(home, opened, request.calibration)
        zones = zones_for(home, opened, request.exercise) if calibration else {}
    except BaseException:
        opened.source.close()
        raise
    announce(opened, zones, uncalibrated)
    loop = Loop(opened.source, Setup(home.settings.chain, calibration, zones), clock=opened.clock)
    recording = start_recording(home, opened, loop, request, state) if request.record else None
    with Pace(loop, stepped=opened.stepped) as pace:
        live_set = LiveSet(
            loop,
            opened,
            exercise_named(request.exercise),
            set_logic(opened, request),
            request.reps,
            power,
            uncalibrated,
        )
        live_set.recording_trouble = "" if recording or not request.record else "the file cannot be made."
        train(live_set, pace, request.view)
        sides = conclude(home, live_set, recording)
    tell(sides, recording, live_set.ended)


def open_safely(
    home: Home,
    url: str,
    channels: ChannelMap | None,
    wearer: str | None,
    power: PowerReader,
    *,
    isolated: bool,
) -> tuple[Opened, Power]:
    """Open the source, but let a real board stream only where the power allows pads on skin.

    Shows the safety lines for a real board. On mains the board is stopped, and opened again once the charger
    is out. Returns the source and the power state then; raises what ``open_stream`` raises.
    """
    opened = open_stream(home, url, channels, wearer)
    state = power()
    if opened.info.simulated or not opened.source.live:
        return opened, state
    click.echo("\n".join(LINES), err=True)
    decision = decide(state, simulated=False, isolated=isolated)
    click.echo(decision.text, err=True)
    if decision.step is not Step.WAIT:
        return opened, state
    opened.source.close()
    while decision.step is Step.WAIT:
        time.sleep(POWER_PERIOD_S)
        state = power()
        decision = decide(state, simulated=False, isolated=isolated)
    click.echo(decision.text, err=True)
    return open_stream(home, url, channels, wearer), state


def zones_for(home: Home, opened: Opened, exercise: str) -> dict[str, Zone]:
    """The zone of each side that has one: from the wearer's own first set, fixed for the simulated person."""
    zones = {}
    for side in dict.fromkeys(channel.side for channel in opened.info.channels if channel.side):
        own = None if opened.info.simulated else home.memory.baseline(opened.wearer, side, exercise)
        zone = zone_for(exercise, own, simulated=opened.info.simulated)
        if zone is not None:
            zones[side] = zone
    return zones


def set_logic(opened: Opened, request: LiveRequest) -> SetLogic:
    """When the set ends."""
    return SetLogic(opened.info.sfreq_hz, reps=request.reps, seconds=request.seconds)


def first_side(opened: Opened) -> str:
    """The side of the first channel: the leg that the big number is about."""
    return next((channel.side for channel in opened.info.channels if channel.side), "")


def announce(opened: Opened, zones: dict[str, Zone], uncalibrated: str) -> None:
    """Say what is connected and what to expect, before the first picture."""
    if opened.who:
        click.echo(f"{opened.who}. No board, no pads: everything else is real.", err=True)
    elif opened.source.live:
        click.echo(f"{opened.info.name}, {opened.info.source_id}, {opened.info.sfreq_hz:g} Hz.", err=True)
    if uncalibrated:
        click.echo(uncalibrated, err=True)
        return
    click.echo(zone_words(zones.get(first_side(opened))), err=True)


def start_recording(
    home: Home, opened: Opened, loop: Loop, request: LiveRequest, power: Power
) -> Path | None:
    """A recorder on the loop from the next chunk on; ``None`` and one sentence when the disk refuses."""
    header = SessionHeader(
        info=opened.info,
        settings=loop.setup.settings,
        calibration=loop.setup.calibration,
        zones=loop.setup.zones,
        wearer=opened.wearer,
        exercise=request.exercise,
        isolated=request.isolated or None,
        power=power.value,
        started_host_s=opened.clock(),
    )
    try:
        home.sessions.mkdir(parents=True, exist_ok=True)
        recorder = Recorder(
            Library(home.sessions).new_path(header.started, request.exercise), header, waits=opened.stepped
        )
    except (RecordingFailed, OSError) as error:
        click.echo(words.NOT_RECORDING.format(reason=f"{error}"), err=True)
        return None
    loop.record(recorder)
    return recorder.path


def train(live_set: LiveSet, pace: Pace, asked_view: str | None) -> None:
    """Run the set to its end in the chosen view."""
    live_set.loop.sinks.append(live_set)
    with view(asked_view) as page:
        _watch(live_set, pace, page)


def _watch(live_set: LiveSet, pace: Pace, page: View) -> None:
    def show() -> None:
        live_set.pressed(page.pressed())
        page.show(live_set.picture())

    try:
        pace.until(lambda: bool(live_set.ended), show, page.period_s)
    except KeyboardInterrupt:
        live_set.end()
    live_set.end("The recording has ended.")


def conclude(home: Home, live_set: LiveSet, recording: Path | None) -> tuple[SideSummary, ...]:
    """Sum the set up, keep the summary in the recording, and remember a first set as the baseline."""
    zones, opened, reps = live_set.loop.setup.zones, live_set.opened, live_set.reps
    sides = summarise(reps, zones)
    recorder = live_set.loop.recorder
    if recorder is not None and recording is not None:
        recorder.event(live_set.loop.stop, "set ended", {"why": live_set.ended})
        recorder.summary("set", [asdict(side) for side in sides])
    if not opened.info.simulated and opened.source.live:
        for side in sides:
            own = baseline(reps, side.side, now_local())
            if own is not None and side.zone is None:
                home.memory.remember_baseline(opened.wearer, side.side, live_set.exercise.id, own)
    return sides


def tell(sides: tuple[SideSummary, ...], recording: Path | None, ended: str) -> None:
    """How the set went, in plain words."""
    click.echo(ended)
    for side in sides:
        for line in side.lines:
            click.echo(line)
    if recording is not None:
        click.echo(f"Recorded in {recording}")
