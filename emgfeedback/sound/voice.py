"""The system's own speech engines: which one is there, and text to sound by it. Offline."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from emgfeedback.sound.output import NO_CONSOLE, MustStop, Output, run
from emgfeedback.sound.pcm import RATE_HZ, NotWav, Pcm, from_wav

#: s. An engine that has not given a sentence by then does not work.
_PATIENCE_S: Final = 10.0
_LOOK_S: Final = 0.02
#: s. No letter takes longer to say.
_LETTER_S: Final = 0.2
#: Where Windows' engine is told to write; its script takes the text from its input.
_TARGET: Final = "EMGFEEDBACK_WAV"
_SAPI: Final = (
    "Add-Type -AssemblyName System.Speech; "
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    f"$voice.SetOutputToWaveFile($env:{_TARGET}, (New-Object System.Speech.AudioFormat.SpeechAudioFormatInfo("
    f"{RATE_HZ}, [System.Speech.AudioFormat.AudioBitsPerSample]::Sixteen, "
    "[System.Speech.AudioFormat.AudioChannel]::Mono))); "
    "$voice.Speak([Console]::In.ReadToEnd()); $voice.Dispose()"
)


class NoVoice(Exception):
    """A speech engine failed; ``str(error)`` is a sentence."""


class Voice(Protocol):
    """Says sentences."""

    name: str

    def prepare(self, text: str) -> None:
        """Begin to make it into sound; returns at once."""
        ...

    def say(self, text: str, output: Output, must_stop: MustStop) -> bool:
        """Say it; whether all of it was heard. Raises ``NoVoice`` and ``NoSound``."""
        ...

    def learn(self, texts: Sequence[str], closing: threading.Event) -> None:
        """Make these into sound beforehand, until ``closing``. Raises ``NoVoice``."""
        ...


class Synthesiser:
    """An engine that writes what it says into a WAV file; what was said once is kept."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._command = tuple(command)
        self._known: dict[str, Pcm] = {}
        self._begun: dict[str, _Synthesis] = {}

    def prepare(self, text: str) -> None:
        """See ``Voice.prepare``."""
        if text not in self._known and text not in self._begun:
            self._begun[text] = _Synthesis(self.name, self._command, text)

    def say(self, text: str, output: Output, must_stop: MustStop) -> bool:
        """See ``Voice.say``."""
        self.prepare(text)
        begun = self._begun.pop(text, None)
        if begun is not None:
            sound = begun.result(must_stop)
            if sound is None:
                return False
            self._known[text] = sound
        return output.play(self._known[text], must_stop)

    def learn(self, texts: Sequence[str], closing: threading.Event) -> None:
        """See ``Voice.learn``."""
        for text in texts:
            if closing.is_set():
                return
            if text not in self._known:
                sound = _Synthesis(self.name, self._command, text).result(closing.is_set)
                if sound is not None:
                    self._known[text] = sound


class _Synthesis:
    """One sentence on its way to sound, in a process of the engine."""

    def __init__(self, name: str, command: Sequence[str], text: str) -> None:
        self._name = name
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="emgfeedback-")
        except OSError as error:
            raise NoVoice(f"{name} has no place to write to ({error.strerror}).") from error
        self._path = Path(self._folder.name) / "said.wav"
        words = [word.replace("{wav}", str(self._path)) for word in command]
        quiet = subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(  # noqa: S603 - an engine found here
                words,
                stdin=subprocess.PIPE,
                stdout=quiet,
                stderr=quiet,
                env={**os.environ, _TARGET: str(self._path)},
                creationflags=NO_CONSOLE,
            )
        except OSError as error:
            self._folder.cleanup()
            raise NoVoice(f"{name} does not start ({error.strerror}).") from error
        self._feed(text)

    def _feed(self, text: str) -> None:
        """Sentences are shorter than any pipe: this never waits."""
        if self._process.stdin is None:
            return
        try:
            with self._process.stdin as pipe:
                pipe.write(text.encode())
        except OSError:
            # The engine has ended already; its status says why.
            return

    def result(self, must_stop: MustStop) -> Pcm | None:
        """The sound; ``None`` when it must not be waited for any more. Raises ``NoVoice``."""
        left_s = _PATIENCE_S
        try:
            while True:
                try:
                    status = self._process.wait(_LOOK_S)
                    break
                except subprocess.TimeoutExpired:
                    left_s -= _LOOK_S
                    if must_stop() or left_s <= 0.0:
                        self._process.kill()
                        self._process.wait()
                        if left_s <= 0.0:
                            raise NoVoice(f"{self._name} does not answer.") from None
                        return None
            if status != 0:
                raise NoVoice(f"{self._name} ended with status {status}.")
            return from_wav(self._path.read_bytes())
        except (NotWav, OSError) as error:
            raise NoVoice(f"{self._name} gave no sound: {error}.") from error
        finally:
            self._folder.cleanup()


class SpeechDispatcher:
    """``spd-say``, which speaks by itself and ends when it has."""

    name = "spd-say"

    def __init__(self, program: str) -> None:
        self._program = program

    def prepare(self, text: str) -> None:
        """Nothing can be made beforehand."""

    def say(self, text: str, output: Output, must_stop: MustStop) -> bool:
        """See ``Voice.say``."""
        del output
        longest_s = _PATIENCE_S + _LETTER_S * len(text)
        status, whole = run([self._program, "--wait", "--language", "en", "--", text], must_stop, longest_s)
        if not whole:
            run([self._program, "--cancel"], lambda: False, 1.0)
        elif status != 0:
            raise NoVoice(f"{self.name} ended with status {status}.")
        return whole

    def learn(self, texts: Sequence[str], closing: threading.Event) -> None:
        """Nothing can be made beforehand."""


#: Engines that write WAV files: program, its arguments. The text comes on standard input.
SYNTHESISERS: Final[Mapping[str, tuple[str, ...]]] = {
    "espeak-ng": ("-v", "en", "--stdin", "-w", "{wav}"),
    "espeak": ("-v", "en", "--stdin", "-w", "{wav}"),
    "say": ("-o", "{wav}", f"--data-format=LEI16@{RATE_HZ}"),
    "powershell": ("-NoProfile", "-NonInteractive", "-Command", _SAPI),
}
#: In the order of preference. ``say`` and ``powershell`` elsewhere would be other programs.
_OF_PLATFORM: Final[Mapping[str, tuple[str, ...]]] = {
    "darwin": ("say", "espeak-ng"),
    "win32": ("powershell", "espeak-ng"),
}


def find_voice(platform: str = sys.platform) -> Voice | None:
    """The speech engine of this computer, or ``None``."""
    for name in _OF_PLATFORM.get(platform, ("espeak-ng", "espeak")):
        path = shutil.which(name)
        if path:
            return Synthesiser(name, (path, *SYNTHESISERS[name]))
    dispatcher = shutil.which("spd-say")
    return SpeechDispatcher(dispatcher) if dispatcher else None
