"""The cable between a board in software and the host: a ``ByteLink`` without threads."""

import time
from collections.abc import Callable

from device.board import Board
from device.errors import DeviceLost, DeviceNotFound, Reason

#: The virtual clock advances by this much each time the host waits for bytes.
VIRTUAL_STEP_S = 0.008
#: In real time the board is asked again after this long, about as often as a serial link gives bytes.
REAL_STEP_S = 0.004


class BoardLink:
    """A byte link to ``board``, which is powered when the first link opens.

    In real time the board lives by ``clock`` (``time.monotonic`` unless given). With
    ``realtime=False`` nothing sleeps: ``clock()`` of the link is the board's time, which moves by
    8 ms whenever the host waits, so a run is deterministic and as fast as the machine. Give
    ``link.clock`` to whatever reads the link, and ``link.sleep`` to whatever pauses between reads.

    Raises ``DeviceNotFound`` while the board is unplugged; later calls then raise ``DeviceLost``.
    """

    def __init__(
        self, board: Board, clock: Callable[[], float] | None = None, *, realtime: bool = True
    ) -> None:
        if clock is not None and not realtime:
            raise ValueError("A virtual board link has its own clock; leave out clock= or realtime=False.")
        self.board = board
        self._realtime = realtime
        self._clock = clock or time.monotonic
        self._ahead: list[bytes] = []
        self._closed = False
        self._plugs = board.plugs
        if not board.plugged:
            raise DeviceNotFound(f"The {self.name} is unplugged; plug it in again.", Reason.NO_PORT)
        board.power_on(self.clock())

    @property
    def name(self) -> str:
        """Name of the board for messages."""
        return f"simulated board {self.board.device_id:08x}"

    def clock(self) -> float:
        """Seconds: the host's clock, or the board's time when that is virtual."""
        return self._clock() if self._realtime else self.board.now_s

    def sleep(self, seconds: float) -> None:
        """Wait on this clock."""
        if self._realtime:
            time.sleep(seconds)
        else:
            self._ahead.append(self.board.advance(self.board.now_s + seconds))

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        """Bytes that have come within ``timeout_s``, else ``b""``; raises ``DeviceLost``.

        In real time ``gather`` bytes are waited for, one step more; virtual steps are long enough.
        """
        deadline_s = self.clock() + timeout_s
        if not self._realtime:
            gather = 1
        while True:
            data = self._arrived()
            left_s = deadline_s - self.clock()
            if data or left_s <= 0.0:
                break
            self.sleep(min(left_s, REAL_STEP_S if self._realtime else VIRTUAL_STEP_S))
        if 0 < len(data) < gather:
            self.sleep(REAL_STEP_S)
            data += self._arrived()
        return data

    def write(self, data: bytes) -> None:
        """Give ``data`` to the board; raises ``DeviceLost``."""
        self._ahead.append(self._arrived())
        self.board.receive(data)

    def close(self) -> None:
        """Let go of the board, which stays powered."""
        self._closed = True

    def _arrived(self) -> bytes:
        board = self.board
        if self._closed or not board.plugged or board.plugs != self._plugs:
            raise DeviceLost(f"The {self.name} was unplugged; plug it in again.", Reason.UNPLUGGED)
        self._ahead.append(board.advance(self.clock()))
        data = b"".join(self._ahead)
        self._ahead.clear()
        return data
