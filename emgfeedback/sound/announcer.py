"""From the prompts of the guided calibration to what is heard: only what is new, and in time.

Pure: ``time_s`` is the time of the samples. A kind of step or event that is unknown here is still said.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from calibration.prompt import TROUBLE, ProcedureEvent, Prompt
from calibration.wording import takes_s
from emgfeedback.sound.speakable import speakable
from emgfeedback.sound.utterance import Utterance

#: Tone of each step; another step has the tone ``notice``.
_STEP_TONES: Final = {
    "rest": "rest",
    "ready": "ready",
    "lead": "squeeze",
    "warm": "squeeze",
    "squeeze": "squeeze",
    "relax": "release",
    "done": "done",
    "failed": "failed",
}
#: s. How long a step lets a sentence go on; not at all where the muscle has to do something now.
_STEP_WAITS_S: Final = {"squeeze": 0.0, "relax": 0.0, "failed": 0.0, "done": 3.0}
STEP_WAITS_S: Final = 0.8
#: What follows a safety line lets it be said to its end, even by a slow engine.
SAFETY_WAITS_S: Final = 3.0
_LAST: Final = frozenset({"done", "failed"})
#: What to do about a channel in trouble, whichever pad it is; a signal that only starts is none.
_TROUBLE: Final = re.compile(
    "|".join(
        re.escape(remedy).replace(re.escape("{pad}"), ".+")
        for state, (_, remedy) in TROUBLE.items()
        if state != "STARTING"
    )
)
#: What is said after the step's own words; the tone of each. Anything else is for the eye.
_NEWS_TONES: Final = {"trial": "counts", "refused": "refused", "note": ""}

#: s. How long other words for the same step wait, and a side remark; how late a count or "Hold." may be.
CHANGE_WAITS_S: Final = 2.5
NEWS_WAITS_S: Final = 6.0
COUNT_WAITS_S: Final = 0.15
#: s. Another text within the same step is said once it has stood this long: contact may flicker.
STANDS_S: Final = 0.5
#: s. The same trouble is not said again sooner.
AGAIN_S: Final = 8.0
#: A count-in shorter than this (s) has no time to say who is next: ``READY`` alone is said.
SHORT_S: Final = 4.5
#: s. A pause that is longer has time for more than the most needful.
LONG_S: Final = 6.0
#: Counted aloud before a squeeze, ticked at the end of one.
_COUNTED: Final = 3
_TICKED: Final = 2

READY: Final = "Get ready."
HOLD: Final = "Hold. Keep breathing."
LET_GO: Final = "Let go."
COUNTS: Final = "That one counts."
#: What will surely be said, in words that can be made into sound beforehand.
KNOWN: Final = (
    "Squeeze. Hold.",
    HOLD,
    "3",
    "2",
    "1",
    READY,
    "Rest. Let go.",
    "Rest. Once more.",
    COUNTS,
)


class Announcer:
    """Give it each prompt with the events since the one before; take what is to be heard."""

    def __init__(self) -> None:
        self._step: tuple[str, str, str, int] | None = None
        self._whole_s = 0.0
        self._left_s = math.inf
        self._text = ""
        self._why = ""
        self._other: tuple[str, float] = ("", 0.0)
        self._said_at_s: dict[str, float] = {}
        self._over = False

    def push(self, prompt: Prompt, events: Sequence[ProcedureEvent], time_s: float) -> tuple[Utterance, ...]:
        """What is to be heard now, in order."""
        if self._over:
            return ()
        step = (prompt.kind, prompt.muscle, prompt.side, prompt.trial)
        if step != self._step or any(event.kind == "prompt" for event in events):
            before = self._step[0] if self._step is not None else ""
            self._step = step
            return tuple(self._began(prompt, events, time_s, before))
        found = [*self._within(prompt, time_s), *self._news(prompt, events)]
        self._left_s = prompt.seconds_left
        return tuple(found)

    # A step begins

    def _began(
        self, prompt: Prompt, events: Sequence[ProcedureEvent], time_s: float, before: str
    ) -> Iterator[Utterance]:
        self._whole_s = self._left_s = prompt.seconds_left
        self._text = prompt.text
        self._other = (prompt.text, time_s)
        self._said_at_s = {}
        self._over = prompt.kind in _LAST
        yield self._instruction(prompt, before)
        if not self._over:
            yield from self._news(prompt, events)

    def _instruction(self, prompt: Prompt, before: str) -> Utterance:
        """What the step asks for; after a squeeze, first of all to let go."""
        words, tone, waits_s = prompt.text, _tone_of(prompt), _STEP_WAITS_S.get(prompt.kind, STEP_WAITS_S)
        if self._over:
            words = f"{prompt.text} {prompt.why}"
        elif before == "squeeze" and prompt.kind != "squeeze":
            words = prompt.text if prompt.text.startswith("Rest") else f"{LET_GO} {prompt.text}"
            tone, waits_s = "release", 0.0
        elif prompt.kind == "ready" and prompt.seconds_left < SHORT_S and words.endswith(READY):
            words = READY
        if before == "safety":
            waits_s = SAFETY_WAITS_S
        return Utterance(speakable(words), tone, waits_s, insists=True)

    def _news(self, prompt: Prompt, events: Sequence[ProcedureEvent]) -> Iterator[Utterance]:
        told = set()
        for event in events:
            tone = _NEWS_TONES.get(event.kind)
            if tone is not None:
                told.add(event.text)
                words = _counted(event.text, prompt) if event.kind == "trial" else _ended(event.text)
                yield Utterance(speakable(words), tone, NEWS_WAITS_S)
        # A squeeze is no time to listen.
        if prompt.why and prompt.why != self._why and prompt.why not in told and prompt.kind != "squeeze":
            why = _in_time(prompt) if 0.0 < prompt.seconds_left < math.inf else prompt.why
            if why:
                yield Utterance(speakable(why), "", NEWS_WAITS_S)
        self._why = prompt.why

    # Within a step

    def _within(self, prompt: Prompt, time_s: float) -> Iterator[Utterance]:
        yield from self._changed(prompt, time_s)
        if prompt.kind == "ready" and prompt.text.endswith(READY):
            number = self._crossed(prompt.seconds_left)
            if 1 <= number <= _COUNTED:
                yield Utterance(str(number), "count", COUNT_WAITS_S)
        elif prompt.kind == "squeeze":
            half_s = self._whole_s / 2.0
            if prompt.seconds_left <= half_s < self._left_s:
                yield Utterance(HOLD, "hold", COUNT_WAITS_S)
            elif 1 <= self._crossed(prompt.seconds_left) <= _TICKED:
                yield Utterance("", "tick", COUNT_WAITS_S)

    def _crossed(self, left_s: float) -> int:
        """The whole second that has just been reached, counting down; 0 for none."""
        if not (math.isfinite(left_s) and math.isfinite(self._left_s)):
            return 0
        reached = math.ceil(left_s)
        return reached if reached < math.ceil(self._left_s) else 0

    def _changed(self, prompt: Prompt, time_s: float) -> Iterator[Utterance]:
        """Other words for the same step: trouble with a pad, or its end."""
        if prompt.text != self._other[0]:
            self._other = (prompt.text, time_s)
        if prompt.text == self._text or time_s - self._other[1] < STANDS_S:
            return
        if time_s - self._said_at_s.get(prompt.text, -math.inf) < AGAIN_S:
            return
        self._text = prompt.text
        self._said_at_s[prompt.text] = time_s
        yield Utterance(speakable(prompt.text), _tone_of(prompt), CHANGE_WAITS_S, insists=True)


def _tone_of(prompt: Prompt) -> str:
    return "trouble" if _TROUBLE.fullmatch(prompt.text) else _STEP_TONES.get(prompt.kind, "notice")


def _counted(text: str, prompt: Prompt) -> str:
    """A squeeze counts. Its number in µV is for the eye; which one is next is said where there is time."""
    words = _ended(text.partition(":")[0])
    # A count-in is next to speak in "ready".
    if prompt.trials > 1 and prompt.kind != "ready" and prompt.seconds_left > LONG_S:
        return f"{words} Squeeze {prompt.trial} of {prompt.trials} is next."
    return words


def _in_time(prompt: Prompt) -> str:
    """As many sentences of the reason as can be said before the step is over: the rest stands on the page.

    A safety line lasts as long as its words.
    """
    if prompt.kind == "safety":
        return prompt.why
    said = ""
    for sentence in re.split(r"(?<=[.?]) ", prompt.why):
        longer = f"{said} {sentence}".strip()
        if takes_s(f"{prompt.text} {longer}") > prompt.seconds_left:
            break
        said = longer
    return said


def _ended(words: str) -> str:
    return words if not words or words.endswith((".", "?")) else f"{words}."
