"""The sound of a studio: what is heard of its guided calibrations, muted or not, and a log of it."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from calibration.prompt import ProcedureEvent
from device.stream import SampleChunk
from emgfeedback import words
from emgfeedback.calibrating import GuidedStage
from emgfeedback.frame import Frame
from emgfeedback.settings import SoundMode
from emgfeedback.sound.announcer import KNOWN, Announcer
from emgfeedback.sound.output import Output, open_output
from emgfeedback.sound.speakable import speakable
from emgfeedback.sound.speaker import Speaker
from emgfeedback.sound.utterance import Said, Utterance
from emgfeedback.sound.voice import find_voice

LOG_COLUMNS: Final = ("asked_s", "began_s", "ended_s", "tone", "text", "cut")


class Sound:
    """``begin`` with each calibration, ``end`` with it; ``mute`` at any time, from any thread.

    ``auto`` speaks where the computer has a speech engine and uses tones where it has none.
    ``sentence`` is what a view shows about the sound, or ``""``. ``log`` is what was heard; it goes into
    ``log_file``, if one is given.
    """

    def __init__(
        self,
        mode: SoundMode = "off",
        log_file: Path | None = None,
        *,
        output: Callable[[], Output] = open_output,
    ) -> None:
        self.mode: SoundMode = mode
        self.log: list[Said] = []
        self.muted = False
        self._log_file, self._output = log_file, output
        self._speaker: Speaker | None = None
        self._lacking = ""

    @property
    def sentence(self) -> str:
        """What is to be known about the sound: none found, stopped, no speech, or muted."""
        trouble = self.trouble
        return trouble or (words.MUTED if self.muted else "")

    @property
    def trouble(self) -> str:
        """Why not all is heard that was wished for, in one sentence, or ``""``."""
        return (self._speaker.trouble if self._speaker is not None else "") or self._lacking

    @property
    def busy(self) -> bool:
        """Whether something is heard or waits to be."""
        return self._speaker is not None and self._speaker.busy

    def begin(self, stage: GuidedStage, sfreq_hz: float) -> "SpokenPrompts | None":
        """Speak for this calibration: a sink for its loop, or ``None`` where sound is off."""
        self._hush()
        if self.mode == "off":
            return None
        voice = find_voice() if self.mode in ("auto", "speech") else None
        self._lacking = words.NO_SPEECH if self.mode == "speech" and voice is None else ""
        known = [speakable(text) for text in KNOWN]
        self._speaker = Speaker(voice, known, output=self._output, muted=self.muted, log=self.log).start()
        return SpokenPrompts(stage, sfreq_hz, self, self._speaker)

    def end(self, why: str = "") -> None:
        """The calibration is over: say what is still to be said; ``why`` instead, if it was broken off."""
        if self._speaker is None:
            return
        if why:
            self._speaker.say(Utterance(speakable(why), "failed", insists=True))
        self._speaker.finish()

    def mute(self, *, muted: bool) -> None:
        """Silent at once, or heard again."""
        self.muted = muted
        if self._speaker is not None:
            self._speaker.mute(muted=muted)

    def close(self) -> None:
        """Silent at once and for good; the log is written. Raises ``OSError``."""
        self._hush()
        if self._log_file is not None:
            write_log(self.log, self._log_file)

    def _hush(self) -> None:
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None


class SpokenPrompts:
    """A sink beside the calibration's own: hands what is new to the speaker, in the acquisition thread."""

    def __init__(self, stage: GuidedStage, sfreq_hz: float, sound: Sound, speaker: Speaker) -> None:
        self._stage, self._sfreq_hz = stage, sfreq_hz
        self._sound, self._speaker = sound, speaker
        self._announcer = Announcer()
        self._seen = 0
        self._told = ""

    def __call__(self, chunk: SampleChunk, _frame: Frame) -> None:
        events = self._stage.events[self._seen :]
        self._seen += len(events)
        for utterance in self._announcer.push(self._stage.prompt, events, chunk.stop / self._sfreq_hz):
            self._speaker.say(utterance)
        self._tell(chunk.stop)

    def _tell(self, sample: int) -> None:
        """A sound that fails is a note of the calibration: every view shows those."""
        trouble = self._sound.trouble
        if trouble and trouble != self._told:
            self._told = trouble
            self._stage.events.append(ProcedureEvent("note", sample, trouble))
            self._seen += 1


def write_log(log: Sequence[Said], path: Path) -> None:
    """What was heard, as CSV: times in s of the computer's monotonic clock. Raises ``OSError``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LOG_COLUMNS)
        for said in log:
            times = (f"{time_s:.3f}" for time_s in (said.asked_s, said.began_s, said.ended_s))
            writer.writerow((*times, said.tone, said.text, int(said.cut)))
