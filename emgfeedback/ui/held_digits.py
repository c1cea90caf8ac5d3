"""Digits that can be read: a number on the screen changes at most five times a second."""

from collections.abc import Hashable

#: s. Counted in the time of the signal, so that a replay shows the same digits.
DIGITS_EVERY_S = 0.2


class HeldDigits:
    """The digits on show, which stand for ``DIGITS_EVERY_S`` once they changed."""

    def __init__(self) -> None:
        self._shown = ""
        self._beside: Hashable = None
        self._since_s = 0.0

    def stand(self, time_s: float, beside: Hashable = None) -> bool:
        """Whether the number on show still stands at ``time_s``, whatever the newest is."""
        held = 0.0 <= time_s - self._since_s < DIGITS_EVERY_S - 1e-6
        return held and beside == self._beside and self._shown != ""

    def at(self, time_s: float, digits: str, beside: Hashable = None) -> str:
        """The digits to show at ``time_s``. ``""`` (no number) is shown at once, and so is what follows it.

        ``beside`` is the word that the digits must not contradict: when it changes they change with it.
        A step back in time, as a replay makes it, shows the newest digits at once.
        """
        stands = digits != "" and self.stand(time_s, beside)
        self._beside = beside
        if stands or digits == self._shown:
            return self._shown
        self._shown, self._since_s = digits, time_s
        return digits
