"""Who speaks: a thread of its own that says one thing at a time, whatever the window is doing."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Final

from emgfeedback import words
from emgfeedback.sound.agenda import Agenda, Asked
from emgfeedback.sound.output import NoSound, Output, open_output
from emgfeedback.sound.tones import tone
from emgfeedback.sound.utterance import Said, Utterance
from emgfeedback.sound.voice import NoVoice, Voice

#: s. For the threads to end: longer than any sound takes to stop.
PATIENCE_S: Final = 2.0
#: s. Silence between two utterances, so that an ear can tell them apart.
BREATH_S: Final = 0.06


class Speaker:
    """``say`` from any thread; it returns at once. ``voice`` is ``None`` for tones alone.

    ``trouble`` is one sentence once the sound has failed, and why it did stands in ``reason``.
    ``log`` is added to: what was heard, in s of ``time.monotonic``.
    """

    def __init__(
        self,
        voice: Voice | None,
        known: Sequence[str] = (),
        *,
        output: Callable[[], Output] = open_output,
        muted: bool = False,
        log: list[Said] | None = None,
    ) -> None:
        self.log = [] if log is None else log
        self.trouble = self.reason = ""
        self._voice, self._known, self._open = voice, known, output
        self._agenda = Agenda()
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._ends_when_silent = False
        self._muted = muted
        self._speaks = self._heard = False
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._learner = threading.Thread(target=self._learn, name="sound-phrases", daemon=True)

    def start(self) -> "Speaker":
        """Begin; the sound card is opened in the thread."""
        self._thread.start()
        return self

    def say(self, utterance: Utterance) -> None:
        """To be said as its patience allows; nothing while muted."""
        with self._changed:
            if not self._muted and self._thread.is_alive():
                self._agenda.add(utterance, time.monotonic())
                self._changed.notify()

    @property
    def muted(self) -> bool:
        """Whether nothing is said."""
        return self._muted

    def mute(self, *, muted: bool) -> None:
        """Be silent at once, or speak again from the next utterance on."""
        with self._changed:
            self._muted = muted
            self._agenda.clear()

    @property
    def busy(self) -> bool:
        """Whether something is heard or waits to be."""
        with self._changed:
            return self._thread.is_alive() and (self._speaks or len(self._agenda) > 0)

    def finish(self) -> None:
        """End once all is said; returns at once."""
        with self._changed:
            self._ends_when_silent = True
            self._changed.notify()

    def close(self) -> None:
        """Be silent at once and end. May be called again."""
        self._closing.set()
        with self._changed:
            self._agenda.clear()
            self._changed.notify()
        for thread in (self._thread, self._learner):
            if thread.ident is not None:
                # A sound server that hangs keeps nobody from leaving.
                thread.join(PATIENCE_S)

    # The thread

    def _run(self) -> None:
        try:
            with closing(self._open()) as output:
                if self._voice is not None:
                    self._learner.start()
                while (asked := self._next()) is not None:
                    self._perform(asked, output)
        except NoSound as error:
            self.trouble, self.reason = words.SOUND_STOPPED if self._heard else words.NO_SOUND, str(error)
        except Exception as error:  # noqa: BLE001 - the thread's top: its death must be seen
            self.trouble, self.reason = words.SOUND_STOPPED, str(error) or repr(error)
        finally:
            self._speaks = False

    def _next(self) -> Asked | None:
        with self._changed:
            self._speaks = False
            while not self._closing.is_set():
                asked = self._agenda.take(time.monotonic())
                if asked is not None:
                    self._speaks = True
                    return asked
                if self._ends_when_silent:
                    break
                self._changed.wait()
        return None

    def _must_stop(self) -> bool:
        if self._closing.is_set() or self._muted:
            return True
        with self._changed:
            return self._agenda.cuts(time.monotonic())

    def _perform(self, asked: Asked, output: Output) -> None:
        wanted = asked.utterance
        text = wanted.text if self._voice is not None else ""
        if not text and not wanted.tone:
            return
        began_s, self._heard = time.monotonic(), True
        # The engine works while the tone is heard.
        if text and self._voice is not None:
            self._voice_or_none(lambda voice: voice.prepare(text))
        whole = output.play(tone(wanted.tone), self._must_stop)
        if whole and text:
            whole = self._voice_or_none(lambda voice: voice.say(text, output, self._must_stop)) is not False
        ended_s = time.monotonic()
        self.log.append(Said(asked.at_s, began_s, ended_s, wanted.tone, wanted.text, cut=not whole))
        time.sleep(BREATH_S)

    def _voice_or_none(self, act: Callable[[Voice], bool | None]) -> bool | None:
        """Let the voice act; one that fails is not asked again, and the tones go on."""
        voice = self._voice
        if voice is None:
            return None
        try:
            return act(voice)
        except NoVoice as error:
            self._lose_voice(error)
            return None

    def _lose_voice(self, error: NoVoice) -> None:
        self._voice = None
        self.trouble, self.reason = words.SPEECH_FAILED, str(error)

    def _learn(self) -> None:
        self._voice_or_none(lambda voice: voice.learn(self._known, self._closing))
