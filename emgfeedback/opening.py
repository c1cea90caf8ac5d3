"""From what the user asked for to an open source: which board, whose pads, which 100 %."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from calibration.plan import ChannelSpec
from calibration.record import Calibration
from calibration.store import CalibrationStore, load
from device.channel_map import ChannelMap
from device.errors import DeviceLost, DeviceNotFound, Reason
from device.reconnect import ReconnectingSource
from device.source import Source
from device.stream import StreamInfo
from emgfeedback import words
from emgfeedback.calibrating import now_local
from emgfeedback.chain import ChainSettings
from emgfeedback.contact import rate_trouble
from emgfeedback.memory import Memory
from emgfeedback.power import Power
from emgfeedback.safety import LINES, Step, decide
from emgfeedback.settings import Settings, data_folder, load_settings
from emgfeedback.sides import sides_of
from emgfeedback.simulation.board import ONE_LEG
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import opener

SIMULATED_URL = "sim:balanced"


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that is kept on this computer for its users."""

    folder: Path
    settings: Settings
    memory: Memory
    calibrations: CalibrationStore

    @property
    def sessions(self) -> Path:
        """Folder of session files."""
        return self.folder / "sessions"


def open_home() -> Home:
    """The data folder with its settings. Raises ``SettingsError``."""
    folder = data_folder()
    return Home(folder, load_settings(), Memory(folder), CalibrationStore(folder / "calibrations"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that delivers, and whose it is. ``clock`` is the one its samples are stamped with."""

    source: Source
    wearer: str
    clock: Callable[[], float]
    person: SimulatedSource | None

    @property
    def info(self) -> StreamInfo:
        """What the stream holds."""
        return self.source.info

    @property
    def stepped(self) -> bool:
        """Whether nothing waits for a real clock."""
        return not self.source.live

    @property
    def who(self) -> str:
        """``SIMULATED PERSON, balanced`` in large letters, or nothing for a real wearer."""
        if not self.info.simulated:
            return ""
        return f"{words.SIMULATED}, {self.person.person.persona.name}" if self.person else words.SIMULATED

    @property
    def first_side(self) -> str:
        """The side of the first channel: the leg that the big number is about."""
        return next((channel.side for channel in self.info.channels if channel.side), "")

    @property
    def link(self) -> str:
        """Where the samples come from, in a few words."""
        if self.info.simulated:
            return "Simulated board"
        return "Board on USB" if self.source.live else "Replay"


def choose_url(home: Home) -> str:
    """The source when none was named: the board; the simulated person where no board was ever used.

    Raises ``DeviceNotFound`` when a board is known here but absent.
    """
    if sys.stderr.isatty():
        click.echo(words.LOOKING, err=True)
    try:
        opener("serial:auto")().close()
    except DeviceNotFound as error:
        if home.memory.boards:
            raise DeviceNotFound(
                f"{error} Plug the board in, or train with the simulated person: "
                f"emgfeedback live --source {SIMULATED_URL}",
                error.reason,
            ) from error
        return SIMULATED_URL
    return "serial:auto"


def open_stream(home: Home, url: str, channels: ChannelMap | None, wearer: str | None) -> Opened:
    """Open ``url`` with the wearer's channel map: the one given, else the one remembered for the board.

    Raises ``ValueError`` for a bad URL and ``DeviceError`` when the board cannot be had.
    """
    who = wearer or home.settings.wearer.name
    wanted = channels or (ONE_LEG if not url.startswith("replay:") else None)
    open_again = opener(url, wanted)
    first = open_again()
    remembered = (
        None if channels or first.info.simulated else home.memory.channel_map(who, first.info.source_id)
    )
    if remembered and remembered != wanted:
        first.close()
        open_again = opener(url, remembered)
        first = open_again()
    clock = first.clock if isinstance(first, SimulatedSource) else time.monotonic
    if not first.info.simulated and not url.startswith("replay:"):
        home.memory.remember_channel_map(who, first.info.source_id, remembered or wanted or ONE_LEG)
    person = first if isinstance(first, SimulatedSource) else None
    if url.startswith("replay:"):
        return Opened(first, who, clock, None)
    sleep = person.sleep if person else time.sleep
    return Opened(ReconnectingSource(open_again, first, clock=clock, sleep=sleep), who, clock, person)


def open_when_safe(
    home: Home,
    url: str,
    channels: ChannelMap | None,
    wearer: str | None,
    power: Callable[[], Power],
    *,
    isolated: bool,
    say: Callable[[str], None],
    wait: Callable[[], bool],
) -> Opened:
    """Open the source, but let a real board stream only where the power allows pads on skin.

    Says the safety lines for a real board. On mains the board is stopped, and opened again once the
    charger is out; ``wait`` passes the time between two looks and says whether to go on looking.
    Raises what ``open_stream`` raises, and ``DeviceLost`` when ``wait`` said no.
    """
    opened = open_stream(home, url, channels, wearer)
    if opened.info.simulated or not opened.source.live:
        return opened
    say("\n".join(LINES))
    decision = decide(power(), simulated=False, isolated=isolated)
    say(decision.text)
    if decision.step is not Step.WAIT:
        return opened
    opened.source.close()
    while decision.step is Step.WAIT:
        if not wait():
            raise DeviceLost(decision.text, Reason.UNPLUGGED)
        decision = decide(power(), simulated=False, isolated=isolated)
    say(decision.text)
    return open_stream(home, url, channels, wearer)


def need_a_side(info: StreamInfo) -> None:
    """Raise ``ValueError`` where no share can ever be.

    That is a rate that the chain does not take, or no leg with both of its muscles on the board.
    """
    trouble = rate_trouble(info.sfreq_hz)
    if trouble:
        raise ValueError(trouble)
    if sides_of(info):
        return
    worn = ", ".join(f"{channel.muscle} {channel.side}" for channel in info.channels if channel.muscle)
    raise ValueError(
        f"A glute share needs the glute and the quad of one leg; the channels are {worn or 'not named'}. "
        "Name both, as in --channels A0=glute:right,A1=quad:right."
    )


def choose_calibration(home: Home, opened: Opened, given: Path | None) -> tuple[Calibration | None, str]:
    """The 100 % to use, and the sentence for the wearer why there is none (or ``""``).

    A file that was named must fit the channels, or ``ValueError`` says what does not. A simulated
    person in this process has a perfect calibration unless a file was named.
    """
    info, chain = opened.info, home.settings.chain
    if given is not None:
        calibration = load(given)
        _refuse_strange(calibration, info, given)
        return calibration, ""
    if opened.person is not None:
        return opened.person.perfect_calibration(chain, now_local(), opened.wearer), ""
    return _todays(home, opened, chain)


def _todays(home: Home, opened: Opened, chain: ChainSettings) -> tuple[Calibration | None, str]:
    info, store = opened.info, home.calibrations
    specs = [ChannelSpec(c.pin, c.muscle, c.side, c.signal, c.gain) for c in info.channels]
    today = datetime.now().astimezone().date()
    found = store.newest(
        opened.wearer, info.source_id, specs, today, sfreq_hz=info.sfreq_hz, chain=chain.as_record()
    )
    return found, "" if found else f"{words.NO_CALIBRATION} {store.why}"


def _refuse_strange(calibration: Calibration, info: StreamInfo, path: Path) -> None:
    for channel in info.channels:
        if channel.muscle is None:
            continue
        own = calibration.channel(channel.pin)
        if own is None or own.signal != channel.signal:
            raise ValueError(
                f"The calibration {path} has no {channel.signal} signal on {channel.pin}; calibrate again."
            )
        if own.gain != channel.gain:
            raise ValueError(
                f"The calibration {path} was made with gain {own.gain:g} on pin {channel.pin}, "
                f"the board now says {channel.gain:g}; calibrate again."
            )
