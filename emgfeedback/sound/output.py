"""Where sound goes: the sound card through miniaudio (extra ``sound``), else a player of the system."""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from emgfeedback.sound.pcm import RATE_HZ, Pcm, silence, write_wav

EXTRA: Final = "pip install 'emgfeedback[sound]'"
#: s. One period of the sound card: how late a sound begins and ends.
PERIOD_S: Final = 0.03
#: Periods that lie in the card's buffer after the last one was handed over.
_BUFFERED: Final = 3
#: s. A card that has asked for nothing for so long is gone.
_STALLED_S: Final = 0.8
#: s. A server that has sent a card to sleep takes up to 2 s before it asks for period after period.
_WAKES_S: Final = 4.0
#: s. How often somebody who waits for the end of a sound looks whether it must stop.
LOOK_S: Final = 0.02
#: Windows opens a console for each program unless it is told not to.
NO_CONSOLE: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
#: Players that take a WAV file and end with it.
PLAYERS: Final = ("pw-play", "paplay", "aplay", "afplay")

#: Asked again and again while something plays: whether to be silent at once.
MustStop = Callable[[], bool]


class NoSound(Exception):
    """Nothing here plays sound; ``str(error)`` is a sentence with the reason."""


class Output(Protocol):
    """Plays one block at a time."""

    def play(self, block: Pcm, must_stop: MustStop) -> bool:
        """Play to the end, or until ``must_stop()``; whether all of it was heard. Raises ``NoSound``."""
        ...

    def close(self) -> None:
        """Let the sound card go."""
        ...


class SoundCard:
    """The default sound card, kept open so that a tone begins within a few hundredths of a second.

    Raises ``NoSound`` where miniaudio is missing, or no card and no sound server is to be had.
    """

    def __init__(self) -> None:
        try:
            import miniaudio
        except ImportError as error:
            raise NoSound(f"No sound without miniaudio: {EXTRA}.") from error
        self._block: Pcm = silence(0.0)
        self._at = 0
        self._fading = False
        self._fed_s = 0.0
        self._handed_over = threading.Event()
        self._awake = threading.Event()
        backends = _backends(miniaudio)
        if not backends:
            raise NoSound("No sound card and no sound server was found.")
        try:
            self._device = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.FLOAT32,
                1,
                RATE_HZ,
                round(1000 * PERIOD_S),
                backends=backends,
                app_name="emgfeedback",
            )
            feed = self._feed()
            next(feed)
            self._device.start(feed)
        except miniaudio.MiniaudioError as error:
            raise NoSound(f"The sound card does not open ({error}).") from error
        if not self._awake.wait(_WAKES_S):
            self.close()
            raise NoSound("The sound card takes no sound.")

    def play(self, block: Pcm, must_stop: MustStop) -> bool:
        """See ``Output.play``."""
        if not len(block):
            return not must_stop()
        self._handed_over.clear()
        self._fading = False
        self._at, self._block = 0, block
        began_s = time.monotonic()
        whole = True
        while not self._handed_over.wait(LOOK_S):
            if must_stop():
                self._fading, whole = True, False
            if time.monotonic() - max(began_s, self._fed_s) > _STALLED_S:
                raise NoSound("The sound card takes no more sound.")
        time.sleep(_BUFFERED * PERIOD_S)
        return whole

    def close(self) -> None:
        """See ``Output.close``."""
        self._device.close()

    def _feed(self) -> Generator[bytes, int, None]:
        """What the card's own thread takes, period after period."""
        wanted = yield b""
        fed = 0
        while True:
            self._fed_s = time.monotonic()
            fed += 1
            if fed > _BUFFERED:
                self._awake.set()
            period = np.zeros(wanted, np.float32)
            part = self._block[self._at : self._at + wanted]
            if len(part):
                self._at += wanted
                period[: len(part)] = part
                if self._fading:
                    period *= np.linspace(1.0, 0.0, wanted, dtype=np.float32)
                    self._block = self._block[:0]
                if self._at >= len(self._block):
                    self._block = self._block[:0]
                    self._handed_over.set()
            wanted = yield period.tobytes()


def _backends(miniaudio: Any) -> list[Any]:
    """What can be asked for a card without noise: ALSA's library prints a page where there is no card."""
    if sys.platform != "linux":
        return [backend for backend in miniaudio.get_enabled_backends() if backend.name != "NULL"]
    found = [miniaudio.Backend.PULSEAUDIO]
    if any(Path("/dev/snd").glob("pcm*p")):
        found.append(miniaudio.Backend.ALSA)
    return found


class PlayerProgram:
    """A player of the system, started for each block. Raises ``NoSound`` where none works."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="emgfeedback-")
        players = [path for path in map(shutil.which, PLAYERS) if path]
        for player in players:
            self._player = player
            try:
                self.play(silence(0.05), lambda: False)
            except NoSound:
                continue
            return
        self._folder.cleanup()
        raise NoSound(f"No player of this system ({', '.join(PLAYERS)}) plays sound.")

    def play(self, block: Pcm, must_stop: MustStop) -> bool:
        """See ``Output.play``."""
        if not len(block):
            return not must_stop()
        path = Path(self._folder.name) / "sound.wav"
        write_wav(path, block)
        ended, whole = run([self._player, str(path)], must_stop, 2.0 * len(block) / RATE_HZ + 2.0)
        if whole and ended != 0:
            raise NoSound(f"{self._player} ended with status {ended}.")
        return whole

    def close(self) -> None:
        """See ``Output.close``."""
        self._folder.cleanup()


def run(command: list[str], must_stop: MustStop, longest_s: float) -> tuple[int, bool]:
    """A program's exit status, and whether it was let go on; it is ended when ``must_stop()``.

    One that takes longer than ``longest_s`` hangs: it is ended, too, and its status tells.
    """
    limit_s = time.monotonic() + longest_s
    quiet = subprocess.DEVNULL
    try:
        program = subprocess.Popen(  # noqa: S603 - a player or engine found here
            command, stdin=quiet, stdout=quiet, stderr=quiet, creationflags=NO_CONSOLE
        )
    except OSError:
        return 1, True
    with program:
        while True:
            try:
                return program.wait(LOOK_S), True
            except subprocess.TimeoutExpired:
                stopped = must_stop()
                if stopped or time.monotonic() > limit_s:
                    program.kill()
                    return program.wait(), not stopped


def open_output() -> Output:
    """The sound card, or a player of the system. Raises ``NoSound`` with the reasons."""
    reasons = []
    for kind in (SoundCard, PlayerProgram):
        try:
            return kind()
        except NoSound as error:
            reasons.append(str(error))
    raise NoSound(" ".join(reasons))
