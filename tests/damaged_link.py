"""A byte link that delivers a board's bytes in pieces of any size, damaged on the way in any manner."""

from collections.abc import Callable, Iterator
from random import Random

from device.board_link import BoardLink


class DamagedLink:
    """``link`` with its bytes cut into pieces of ``sizes`` after ``damage`` was done to them."""

    def __init__(
        self, link: BoardLink, sizes: Iterator[int], damage: Callable[[bytes], bytes] = bytes
    ) -> None:
        self._link, self._sizes, self._damage = link, sizes, damage
        self._left = b""
        self.name = link.name

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        if not self._left:
            self._left = self._damage(self._link.read(timeout_s))
        size = next(self._sizes)
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def write(self, data: bytes) -> None:
        self._link.write(data)

    def close(self) -> None:
        self._link.close()


def noise(seed: int, rate: float) -> Callable[[bytes], bytes]:
    """Damage to about ``rate`` of the bytes: lost, flipped, invented, and whole 64-byte packets lost."""
    random = Random(seed)

    def damage(data: bytes) -> bytes:
        if random.random() < rate * 4:
            at = random.randrange(len(data) + 1)
            data = data[:at] + data[at + 64 :]
        out = bytearray()
        for byte in data:
            kind = random.random() / rate if rate else 9.0
            if kind < 0.4:
                continue
            out.append(byte ^ 1 << random.randrange(8) if kind < 0.8 else byte)
            if 0.8 <= kind < 1.0:
                out += random.randbytes(random.randrange(1, 20))
        return bytes(out)

    return damage
