"""The acquisition thread: turns the loop, whatever the window is doing."""

import threading
from types import TracebackType
from typing import Self

from device import DeviceError
from emgfeedback.session.loop import Loop

#: s. The longest wait for samples; a stop is seen, and a fault shown, within it.
_READ_S = 0.1


class Acquisition:
    """A loop in a thread of its own. Use as a context manager: leaving it stops and closes all.

    A fault ends the thread and is kept: ``fault`` is the exception, ``trouble`` one sentence for
    the screen (also ``""`` -> all is well). ``done`` is true when a finite source has ended.
    """

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.fault: Exception | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="acquisition", daemon=True)

    def start(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    @property
    def running(self) -> bool:
        """Whether samples are still being taken."""
        return self._thread.is_alive()

    @property
    def done(self) -> bool:
        """Whether the source has given its last sample and all of it was passed on."""
        return not self.running and self.fault is None and self.loop.source.finished

    @property
    def trouble(self) -> str:
        """One sentence why the feedback or the recording stopped, or ``""``."""
        if isinstance(self.fault, DeviceError):
            return str(self.fault)
        if self.fault is not None:
            return f"The feedback stopped through an error of the program: {self.fault!r}."
        recorder = self.loop.recorder
        return recorder.failed if recorder is not None else ""

    def stop(self) -> None:
        """End the thread after its current read. The source and the recording stay open."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the thread has ended; whether it has."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Stop, complete the recording and close the source. May be called again."""
        self.stop()
        self.loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and not self.loop.source.finished:
                self.loop.step(_READ_S)
        except Exception as error:  # noqa: BLE001 - the thread's top: its death must be seen
            self.fault = error
