"""What is said next, and when somebody is cut off: one at a time, in order, nothing stale. No clock here."""

from collections import deque
from dataclasses import dataclass

from emgfeedback.sound.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Asked:
    """An utterance that waits, and since when (s)."""

    utterance: Utterance
    at_s: float

    def can_wait(self, now_s: float) -> bool:
        """Whether it can wait longer."""
        return now_s - self.at_s < self.utterance.waits_s


class Agenda:
    """``add`` what is to be said; ``take`` the next while nobody speaks; ``cuts`` while somebody does."""

    def __init__(self) -> None:
        self._waiting: deque[Asked] = deque()

    def add(self, utterance: Utterance, now_s: float) -> None:
        """From now on it wants to be said; what insists makes all that waits stale."""
        if utterance.insists:
            self._waiting.clear()
        self._waiting.append(Asked(utterance, now_s))

    def take(self, now_s: float) -> Asked | None:
        """The next one, for a speaker who is free; what has waited for too long is dropped."""
        while self._waiting:
            asked = self._waiting.popleft()
            if asked.utterance.insists or asked.can_wait(now_s):
                return asked
        return None

    def cuts(self, now_s: float) -> bool:
        """Whether whoever speaks has to stop now."""
        return any(a.utterance.insists and not a.can_wait(now_s) for a in self._waiting)

    def clear(self) -> None:
        """Nothing is to be said any more."""
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)
