"""How a loop turns: in a thread of its own where time is real, step by step where it is not."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from emgfeedback.session.acquisition import Acquisition
from emgfeedback.session.loop import Loop

#: Steps between two pictures where time is not real: about 0.2 s of signal.
SHOW_EVERY = 25


class Pace:
    """Turns a loop until something is done, showing what happens meanwhile.

    ``stepped`` turns it in the calling thread as fast as its source gives samples: the same
    samples then meet the same decisions at every run. Leaving the block closes recording and source.
    """

    def __init__(self, loop: Loop, *, stepped: bool) -> None:
        self.loop = loop
        self._acquisition = None if stepped else Acquisition(loop)

    @property
    def trouble(self) -> str:
        """One sentence when feedback or recording has stopped, else ``""``."""
        return self._acquisition.trouble if self._acquisition else ""

    def until(self, done: Callable[[], bool], show: Callable[[], None], period_s: float) -> None:
        """Turn until ``done()``, the source's end or its fault; raises that fault."""
        if self._acquisition is None:
            self._step_until(done, show)
            return
        while not done() and self._acquisition.running:
            show()
            time.sleep(period_s)
        show()
        if self._acquisition.fault is not None:
            raise self._acquisition.fault

    def _step_until(self, done: Callable[[], bool], show: Callable[[], None]) -> None:
        steps = 0
        while not done() and not self.loop.source.finished:
            frame = self.loop.step()
            steps += 1
            if steps % SHOW_EVERY == 0 or (frame is not None and frame.reps):
                show()
        show()

    def __enter__(self) -> Self:
        if self._acquisition:
            self._acquisition.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._acquisition:
            self._acquisition.close()
        else:
            self.loop.close()
