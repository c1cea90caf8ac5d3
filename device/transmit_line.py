"""The sending half of a board's serial port: a small buffer that drains at the pace of the wire (P6.7)."""

from collections import deque


class TransmitLine:
    """Frames on their way to the host. Times are in seconds of one clock and never go back.

    A byte takes 10 bits at ``baud``. A frame that does not fit into what is free of
    ``buffer_bytes`` is refused whole.
    """

    def __init__(self, baud: int, buffer_bytes: int) -> None:
        self._byte_s = 10.0 / baud
        self._free = self._buffer_bytes = buffer_bytes
        self._frames: deque[tuple[float, bytes]] = deque()
        self._arrived: list[bytes] = []
        self._idle_from_s = 0.0

    def offer(self, frame: bytes, at_s: float) -> bool:
        """Queue ``frame`` at time ``at_s``; false if it does not fit."""
        self._drain(at_s)
        if len(frame) > self._free:
            return False
        self._idle_from_s = max(self._idle_from_s, at_s) + len(frame) * self._byte_s
        self._frames.append((self._idle_from_s, frame))
        self._free -= len(frame)
        return True

    def collect(self, to_s: float) -> bytes:
        """What has reached the host by ``to_s`` and was not collected before."""
        self._drain(to_s)
        arrived = b"".join(self._arrived)
        self._arrived.clear()
        return arrived

    def stall(self, from_s: float, seconds: float) -> None:
        """Nothing gets through from now on for ``seconds``; what is queued comes after that."""
        self._drain(from_s)
        self._frames = deque((at_s + seconds, frame) for at_s, frame in self._frames)
        self._idle_from_s = max(self._idle_from_s, from_s) + seconds

    def clear(self) -> None:
        """Forget everything: the power has gone."""
        self._frames.clear()
        self._arrived.clear()
        self._free = self._buffer_bytes
        self._idle_from_s = 0.0

    def _drain(self, to_s: float) -> None:
        frames = self._frames
        while frames and frames[0][0] <= to_s:
            frame = frames.popleft()[1]
            self._free += len(frame)
            self._arrived.append(frame)
