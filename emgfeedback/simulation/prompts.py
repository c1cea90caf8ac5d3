"""Lines that arrive on a file descriptor while something else goes on: no thread, never waiting."""

import os
import select
from typing import TextIO

MOST_BYTES = 4096


class PromptLines:
    """What was written to ``stream`` since the last ``arrived``; POSIX, for pipes and terminals."""

    def __init__(self, stream: TextIO) -> None:
        self._descriptor = stream.fileno()
        self._open = True
        self._rest = b""

    def arrived(self) -> list[str]:
        """Whole lines that have come; the last one counts without its end once the stream is at its own."""
        while self._open and select.select([self._descriptor], [], [], 0.0)[0]:
            data = os.read(self._descriptor, MOST_BYTES)
            self._open = bool(data)
            self._rest += data if data else b"\n"
        *lines, self._rest = self._rest.split(b"\n")
        return [text for line in lines if (text := line.decode("utf-8", "replace").strip())]
