"""Work that takes longer than a picture: done in a thread of its own, told in the window's thread."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from emgfeedback.exports import ExportError
from emgfeedback.session.errors import SessionError


class Errand(QObject):
    """Calls ``work`` in a thread, then ``done`` with its result or ``failed`` with one sentence.

    Both are called in the thread that made the errand, and not any more after ``close``.
    """

    _ended = Signal(object, str)

    def __init__(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._work, self._done, self._failed = work, done, failed
        self._open = True
        self._ended.connect(self._tell)
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        result, trouble = None, ""
        try:
            result = self._work()
        except (SessionError, ExportError, OSError) as error:
            trouble = str(error)
        except Exception as error:  # noqa: BLE001 - the thread's top: its death must be seen
            trouble = f"This could not be done through an error of the program: {error!r}."
        self._ended.emit(result, trouble)

    def _tell(self, result: Any, trouble: str) -> None:
        if not self._open:
            return
        self._open = False
        if trouble:
            self._failed(trouble)
        else:
            self._done(result)

    @property
    def under_way(self) -> bool:
        """Whether it will still tell something."""
        return self._open

    def close(self) -> None:
        """Wait for the thread and tell nobody."""
        self._open = False
        self._thread.join()
