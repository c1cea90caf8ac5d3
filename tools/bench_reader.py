"""A pseudo-terminal with a clock in it: a second process writes the time, readers see how late they are.

``python tools/bench_reader.py MASTER RECORDS PERIOD_S`` is that second process.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np

#: Bytes of a record: eight of the writer's monotonic clock in ns, two to make the size of a 2-channel frame.
RECORD = 10


class Stream:
    """The reader's end of such a terminal, and its writer, which waits for ``start``."""

    def __init__(self, options: dict[str, Any]) -> None:
        master, self._slave = os.openpty()
        self.path = os.ttyname(self._slave)
        self.total_bytes = options["records"] * RECORD
        command = [sys.executable, __file__, str(master), str(options["records"]), str(options["period_s"])]
        self._writer = subprocess.Popen(command, pass_fds=[master], stdin=subprocess.PIPE)
        os.close(master)

    def start(self) -> None:
        """Let the writer begin; the port must be open and raw by now."""
        assert self._writer.stdin is not None
        self._writer.stdin.write(b"\n")
        self._writer.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._slave)
        if kind is not None:
            self._writer.kill()
        self._writer.communicate(timeout=10)


def delays(stream: Stream, read: Callable[[], bytes], options: dict[str, Any]) -> dict[str, float]:
    """Read the whole stream; CPU in percent of a core, and write-to-read delay in ms (median, p99)."""
    times_ns: list[int] = []
    pieces: list[bytes] = []
    left = stream.total_bytes
    stream.start()
    began = time.process_time()
    while left > 0:
        data = read()
        times_ns.append(time.monotonic_ns())
        pieces.append(data)
        left -= len(data)
    spent = time.process_time() - began
    records = np.frombuffer(b"".join(pieces), dtype=np.uint8).reshape(-1, RECORD)
    written_ns = records[:, :8].copy().view("<u8").ravel().astype(np.int64)
    ends = np.cumsum([len(piece) for piece in pieces])
    read_ns = np.array(times_ns)[np.searchsorted(ends, np.arange(1, len(records) + 1) * RECORD)]
    late_ms = (read_ns - written_ns) / 1e6
    p50, p99 = np.percentile(late_ms, [50, 99])
    return {
        "cpu_percent": 100.0 * spent / (options["records"] * options["period_s"]),
        "p50_ms": float(p50),
        "p99_ms": float(p99),
    }


def write_records(master: int, records: int, period_s: float) -> None:
    """One record every ``period_s`` on an absolute grid, once a line has come on standard input."""
    sys.stdin.readline()
    begin = time.monotonic()
    for number in range(records):
        wait_s = begin + number * period_s - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        os.write(master, time.monotonic_ns().to_bytes(8, "little") + b"\x00\x01")


if __name__ == "__main__":
    write_records(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    sys.stdin.read()
