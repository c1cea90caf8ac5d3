"""Opens the source in a thread of its own, so that the window answers while a board is looked for."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.plan import Plan
from device.channel_map import ChannelMap
from device.errors import DeviceError, DeviceNotFound
from emgfeedback.live_set import POWER_PERIOD_S, PowerReader, SetRequest
from emgfeedback.opening import (
    SIMULATED_URL,
    Home,
    Opened,
    choose_url,
    need_a_side,
    open_home,
    open_when_safe,
)
from emgfeedback.safety import BATTERY_ONLY
from emgfeedback.settings import SettingsError, SoundMode
from emgfeedback.sound import Sound
from emgfeedback.studio import Studio
from emgfeedback.words import LOOKING, NO_CALIBRATION

#: Whose calibrations and sessions those of the simulated person are: never a person's.
NOBODY = "simulated"


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """What the window opens with; ``begins`` does the big action by itself once the source is open.

    ``only_calibrates`` keeps a set from following the calibration; ``checks`` begins with a check instead.
    """

    wanted: SetRequest
    source: str | None = None
    channels: ChannelMap | None = None
    wearer: str | None = None
    calibration: Path | None = None
    plan: Plan | None = None
    begins: bool = False
    only_calibrates: bool = False
    #: ``None``: as the settings say.
    sound: SoundMode | None = "off"
    sound_log: Path | None = None
    checks: bool = False
    check_plan: Plan | None = None


class Entrance:
    """One attempt to open a source: in the end ``take`` gives a studio or ``fault`` says why not."""

    def __init__(self, request: WindowRequest, url: str | None, power: PowerReader) -> None:
        self._studio: Studio | None = None
        self.fault = ""
        self.saying = LOOKING
        self.banner = ""
        #: The sentence why the simulated person stands in, or nothing.
        self.instead = ""
        self._request, self._url, self._power = request, url, power
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="entrance", daemon=True)
        self._told: Callable[[], object] = lambda: None

    def start(self, told: Callable[[], object]) -> "Entrance":
        """Begin; ``told`` is called from the thread at every news."""
        self._told = told
        self._thread.start()
        return self

    def take(self) -> Studio | None:
        """The studio, once: it belongs to the caller from now on."""
        taken, self._studio = self._studio, None
        return taken

    def give_up(self) -> None:
        """End the attempt; a source that was opened is let go."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._studio = self._open()
        except (DeviceError, SettingsError, CalibrationError, ValueError, OSError) as error:
            self.fault = str(error)
        self._told()

    def _open(self) -> Studio:
        home = open_home()
        url = self._url or self._request.source or self._look(home)
        simulated = url.startswith("sim:")
        opened = open_when_safe(
            home,
            url,
            self._request.channels,
            (self._request.wearer or NOBODY) if simulated else self._request.wearer,
            self._power,
            isolated=self._request.wanted.isolated,
            say=self._say,
            wait=self._wait,
        )
        return self._set_up(home, opened)

    def _look(self, home: Home) -> str:
        try:
            url = choose_url(home)
        except DeviceNotFound:
            url = SIMULATED_URL
        if url == SIMULATED_URL:
            self.instead = "No board found. A simulated person is in its place."
            return f"{url}?exercise={self._request.wanted.exercise}"
        return url

    def _set_up(self, home: Home, opened: Opened) -> Studio:
        sound = Sound(self._request.sound or home.settings.sound.mode, self._request.sound_log)
        try:
            need_a_side(opened.info)
            studio = Studio(home, opened, self._request.wanted, self._power, directs=True, sound=sound)
            if opened.person is not None and self._request.calibration is None:
                studio.use(None, NO_CALIBRATION)
            else:
                studio.use_todays(self._request.calibration)
        except BaseException:
            opened.source.close()
            raise
        studio.goes_on = not self._request.only_calibrates
        return studio

    def _say(self, text: str) -> None:
        self.saying = text if "\n" not in text else BATTERY_ONLY
        self._told()

    def _wait(self) -> bool:
        self.banner = self.saying
        self._told()
        return not self._stop.wait(POWER_PERIOD_S)
