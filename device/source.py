"""A source of samples: one port with few methods, whatever stands behind it."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Protocol, Self

from device.stream import LinkStats, SampleChunk, StreamInfo


class ByteLink(Protocol):
    """Two-way bytes to a board: a serial port, a pty, or a board in software."""

    @property
    def name(self) -> str:
        """Where the link leads, in words for the user: ``/dev/ttyUSB0``."""
        ...

    def read(self, timeout_s: float, gather: int = 0) -> bytes:
        """Bytes that have come, ``b""`` when none came in time; raises ``DeviceLost``.

        ``gather`` bytes are on their way and wanted together: a link may wait for all of them, some ms.
        """
        ...

    def write(self, data: bytes) -> None:
        """Send all of ``data``; raises ``DeviceLost``."""
        ...

    def close(self) -> None:
        """Let go of the link. May be called again."""
        ...


class Source(ABC):
    """Samples with an absolute index. Use as a context manager; ``close`` may be called twice.

    ``live`` sources keep coming whether or not they are read; the others wait for the reader.
    ``finished`` becomes true when a finite source has given its last sample. ``gather`` is how many
    samples, counted from index 0, the reader takes at a time: a live source may let them come together.
    """

    live: bool = True
    gather: int = 1
    finished: bool = False

    def __init__(self) -> None:
        self.stats = LinkStats()
        self._closed = False

    @property
    @abstractmethod
    def info(self) -> StreamInfo:
        """What the stream holds; fixed while the source is open."""

    @property
    def drift_ppm(self) -> float | None:
        """How much the board's clock runs fast against the host's, in ppm; ``None`` where it is not known."""
        return None

    def read(self, timeout_s: float = 0.1) -> SampleChunk | None:
        """The next samples, or ``None`` when none came within ``timeout_s`` seconds.

        Raises ``DeviceLost`` when the board has gone, ``ValueError`` after ``close``.
        """
        if self._closed:
            raise ValueError("read from a closed source")
        return self._read(timeout_s)

    @abstractmethod
    def _read(self, timeout_s: float) -> SampleChunk | None: ...

    def close(self) -> None:
        """Stop the stream and let go of the device."""
        if not self._closed:
            self._closed = True
            self._close()

    @abstractmethod
    def _close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
