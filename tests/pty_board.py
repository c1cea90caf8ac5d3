"""A board in software on a real pseudo terminal, served by a thread of the test."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from device.board import Board
from device.pty_server import PtyServer, serve_on_pty


class PtyBoard:
    """Runs a ``PtyServer``; ``do`` has the serving thread call something between two steps."""

    def __init__(self, server: PtyServer) -> None:
        self.server = server
        self._actions: queue.SimpleQueue[tuple[Callable[[], None], threading.Event]] = queue.SimpleQueue()
        self._stop = threading.Event()

    @property
    def path(self) -> str:
        return self.server.path

    def do(self, action: Callable[[], None]) -> None:
        done = threading.Event()
        self._actions.put((action, done))
        assert done.wait(5.0)

    def serve(self) -> None:
        self.server.run(self._go_on)

    def stop(self) -> None:
        self._stop.set()

    def _go_on(self) -> bool:
        while not self._actions.empty():
            action, done = self._actions.get()
            action()
            done.set()
        return not self._stop.is_set()


@contextmanager
def board_on_pty(box: Board, link: Path | None = None) -> Iterator[PtyBoard]:
    with serve_on_pty(box, link) as server:
        served = PtyBoard(server)
        thread = threading.Thread(target=served.serve, name="pty board")
        thread.start()
        try:
            yield served
        finally:
            served.stop()
            thread.join()
