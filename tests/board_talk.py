"""Talk to a board in software frame by frame, at a time of one's own."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from device.board import Board
from device.board_settings import BoardModel
from device.wire import Decoder, FromHost, Message, encode

Kind = TypeVar("Kind")
Pins = tuple[int, ...]


def flat(start: int, n: int, pins: Pins, sfreq_hz: float) -> np.ndarray:
    """A signal at half the rail of a 10-bit converter."""
    return np.full((n, len(pins)), 512)


def counting(start: int, n: int, pins: Pins, sfreq_hz: float) -> np.ndarray:
    """A signal that tells the set (modulo 500) and the pin of each sample: never on a rail."""
    return (100 + np.arange(start, start + n) % 500)[:, np.newaxis] + np.array(pins)


class BoardTalk:
    """A powered board, and the host's end of its line; ``heard`` is all that it said."""

    def __init__(
        self,
        model: BoardModel | None = None,
        signal: Callable[[int, int, Pins, float], np.ndarray] = counting,
    ) -> None:
        self.board = Board(0xC0FFEE, signal, model)
        self.board.power_on(0.0)
        self.decoder = Decoder("host")
        self.heard: list[Message] = []
        self.seq = 0

    def say(self, *commands: FromHost) -> list[Message]:
        """Send ``commands``; what the board says within the next 50 ms."""
        for command in commands:
            self.board.receive(encode(command, self.seq))
            self.seq += 1
        return self.run(0.05)

    def run(self, seconds: float) -> list[Message]:
        """Let time pass in steps of 10 ms; what the board says meanwhile."""
        said: list[Message] = []
        for _ in range(round(seconds * 100)):
            said += self.decoder.feed(self.board.advance(self.board.now_s + 0.01))
        self.heard += said
        return said


def only(kind: type[Kind], messages: list[Message]) -> list[Kind]:
    """The messages of one kind."""
    return [message for message in messages if isinstance(message, kind)]
