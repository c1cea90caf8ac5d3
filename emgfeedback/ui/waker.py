"""Frames wake the window: one queued signal from any thread, one picture for each the screen shows."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

#: s between two pictures at least, however fast the screen is.
LEAST_S = 0.008
#: s before a picture by which a frame must have come to be in it.
LEAD_S = 0.003
#: Pictures a second of a screen that does not say.
USUAL_HZ = 60.0


def least_s() -> float:
    """s between two pictures: what the screen cannot show is not painted."""
    screen = QGuiApplication.primaryScreen()
    rate_hz = screen.refreshRate() if screen is not None else USUAL_HZ
    return max(LEAST_S, 1.0 / (rate_hz if rate_hz >= 1.0 else USUAL_HZ))


class Waker(QObject):
    """Calls ``draw`` in the window's thread soon after ``wake``, however often that was called.

    While frames keep coming the window's thread wakes once a picture, by its own timer; only the first
    frame after a pause has to call it.
    """

    _called = Signal()

    def __init__(self, draw: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        #: Whether something new waits, and whether the timer will look for it.
        self._waits = self._looks = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._least_s, self._due_s = least_s(), 0.0
        self._timer.timeout.connect(self._look)
        self._called.connect(self._come, Qt.ConnectionType.QueuedConnection)

    def wake(self) -> float:
        """There is something new to show. From any thread; costs next to nothing while one waits.

        Returns by when (s, ``time.monotonic``) what comes next must be there to be in a picture.
        """
        if not self._waits:
            self._waits = True
            if not self._looks:
                self._called.emit()
        by_s = self._due_s - LEAD_S
        # Too late for the picture that is about to come: the one after it. A late one is not foreseen.
        return by_s + self._least_s if by_s <= time.monotonic() < self._due_s else by_s

    def _come(self) -> None:
        if not self._looks:
            self._look()

    def _look(self) -> None:
        # In this order no wake is lost: one that comes in between finds that nobody looks, and calls.
        self._looks = False
        if self._waits:
            self._looks, self._waits = True, False
            self._timer.start(round(1000.0 * self._left_s(time.monotonic())))
            self._draw()

    def _left_s(self, now_s: float) -> float:
        """Until the next picture: a late one does not put off those after it, a pause does."""
        due_s = self._due_s + self._least_s
        self._due_s = max(due_s, now_s + LEAST_S) if due_s > now_s else now_s + self._least_s
        return self._due_s - now_s
