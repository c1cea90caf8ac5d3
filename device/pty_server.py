"""A board in software on a pseudo terminal: a port that any program on this computer can open. POSIX only."""

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from device.board import Board

#: The board is moved on at least this often.
STEP_S = 0.004
MOST_BYTES = 65536


class PtyServer:
    """``board`` on a pty, in real time: call ``step`` over and over, or ``run``.

    Programs open ``path``: the pty's own name or, if given, the symlink ``link``, which stays the
    same when the board is unplugged and comes back. Nothing is dropped: what the pty does not
    take yet is kept. A pty has no baud rate and no DTR, so opening it does not reset the board.
    Raises ``FileExistsError`` when something that is no symlink stands at ``link``.
    """

    def __init__(
        self, board: Board, link: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        # A link of an earlier run may be left over; anything else there is somebody's.
        if link is not None and link.exists() and not link.is_symlink():
            raise FileExistsError(f"{link} is no link of an earlier board; name another path for it.")
        self.board = board
        self._link = link
        self._clock = clock
        self._unsent = b""
        self._master = self._slave = -1
        self.path = ""
        self._open()
        board.power_on(clock())

    def step(self, timeout_s: float = STEP_S) -> None:
        """Pass bytes both ways, then wait up to ``timeout_s`` for commands."""
        self._unsent += self.board.advance(self._clock())
        if self._master < 0:
            time.sleep(timeout_s)
            return
        self._send()
        if select.select([self._master], [], [], timeout_s)[0]:
            commands = os.read(self._master, MOST_BYTES)
            self._unsent += self.board.advance(self._clock())
            self.board.receive(commands)

    def run(self, going_on: Callable[[], bool]) -> None:
        """Serve as long as ``going_on()``."""
        while going_on():
            self.step()

    def unplug(self) -> None:
        """Pull the plug: the port vanishes under whoever has it open."""
        self.board.unplug()
        self._close_pty()

    def replug(self) -> None:
        """Plug the board in again: a new pty under the same link."""
        if self._master < 0:
            self._open()
        self.board.advance(self._clock())
        self.board.replug()

    def close(self) -> None:
        """Take the port away for good."""
        self._close_pty()

    def _open(self) -> None:
        import tty

        # The slave stays open here too: it keeps the raw mode while no program has it, and the
        # master readable without an error.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.path)
            self.path = str(self._link)

    def _send(self) -> None:
        if self._unsent:
            with suppress(BlockingIOError):
                self._unsent = self._unsent[os.write(self._master, self._unsent) :]

    def _close_pty(self) -> None:
        if self._master < 0:
            return
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._unsent = b""


@contextmanager
def serve_on_pty(
    board: Board, link: Path | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[PtyServer]:
    """A ``PtyServer`` for ``board`` that is closed at the end."""
    server = PtyServer(board, link, clock)
    try:
        yield server
    finally:
        server.close()
