"""PING once a second, and what the PONGs say about the board's clock (P5, P6.5)."""

from collections import deque
from dataclasses import dataclass

from device.messages import Ping, Pong

PERIOD_S = 1.0
READINGS_KEPT = 16
UNANSWERED_KEPT = 8


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The board's clock showed ``board_us`` (modulo 2^32) when the host's showed ``host_s``.

    The true host time lies within half of ``round_trip_s`` (seconds on the wire, both ways) of it.
    """

    host_s: float
    board_us: int
    round_trip_s: float


class KeepAlive:
    """Which PING is due, and the readings of the board's clock that its answers gave."""

    def __init__(self) -> None:
        self._due_s = float("-inf")
        self._token = 0
        self._sent: dict[int, float] = {}
        self._readings: deque[ClockReading] = deque(maxlen=READINGS_KEPT)

    def poll(self, now_s: float) -> Ping | None:
        """The PING to send at host time ``now_s``, if one is due."""
        if now_s < self._due_s:
            return None
        self._due_s = now_s + PERIOD_S
        self._token = (self._token + 1) % 2**32
        self._sent[self._token] = now_s
        while len(self._sent) > UNANSWERED_KEPT:
            del self._sent[next(iter(self._sent))]
        return Ping(self._token)

    def receive(self, pong: Pong, now_s: float) -> None:
        """Take an answer that came at host time ``now_s``; strangers' tokens are ignored."""
        sent_s = self._sent.pop(pong.token, None)
        if sent_s is None:
            return
        on_board_us = (pong.sent_us - pong.received_us) % 2**32
        self._readings.append(
            ClockReading(
                host_s=(sent_s + now_s) / 2,
                board_us=(pong.received_us + on_board_us // 2) % 2**32,
                round_trip_s=max(0.0, now_s - sent_s - on_board_us * 1e-6),
            )
        )

    @property
    def reading(self) -> ClockReading | None:
        """The reading with the shortest way of the last 16, the most exact one."""
        return min(self._readings, key=lambda reading: reading.round_trip_s, default=None)
