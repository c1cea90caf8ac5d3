"""Frames wake the window: one queued signal from any thread, one picture for each the screen shows."""

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

#: s between two pictures at least, however fast the screen is.
LEAST_S = 0.008
#: Pictures a second of a screen that does not say.
USUAL_HZ = 60.0


def least_s() -> float:
    """s between two pictures: what the screen cannot show is not painted."""
    screen = QGuiApplication.primaryScreen()
    rate_hz = screen.refreshRate() if screen is not None else USUAL_HZ
    return max(LEAST_S, 1.0 / (rate_hz if rate_hz >= 1.0 else USUAL_HZ))


class Waker(QObject):
    """Calls ``draw`` in the window's thread soon after ``wake``, however often that was called."""

    _called = Signal()

    def __init__(self, draw: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self._waits = False
        self._drawn_s = -math.inf
        self._least_s = least_s()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._now)
        self._called.connect(self._come, Qt.ConnectionType.QueuedConnection)

    def wake(self) -> None:
        """There is something new to show. From any thread; costs next to nothing while one waits."""
        if not self._waits:
            self._waits = True
            self._called.emit()

    def _come(self) -> None:
        left_s = self._drawn_s + self._least_s - time.monotonic()
        if left_s > 0.0:
            self._timer.start(math.ceil(1000.0 * left_s))
        else:
            self._now()

    def _now(self) -> None:
        self._waits = False
        self._drawn_s = time.monotonic()
        self._draw()
