"""Frames wake the window: one queued signal from any thread, at most one picture every 8 ms, no polling."""

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

#: s between two pictures at least.
LEAST_S = 0.008


class Waker(QObject):
    """Calls ``draw`` in the window's thread soon after ``wake``, however often that was called."""

    _called = Signal()

    def __init__(self, draw: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self._waits = False
        self._drawn_s = -math.inf
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
        left_s = self._drawn_s + LEAST_S - time.monotonic()
        if left_s > 0.0:
            self._timer.start(math.ceil(1000.0 * left_s))
        else:
            self._now()

    def _now(self) -> None:
        self._waits = False
        self._drawn_s = time.monotonic()
        self._draw()
