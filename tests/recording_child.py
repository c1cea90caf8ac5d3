"""A process that records in real time until it is killed: run as ``recording_child.py FILE LOG``.

LOG gets the index one past each chunk, as text and unbuffered, before the recorder gets the chunk;
FILE.commits gets when each commit began and ended, in s of ``time.monotonic``.
"""

import os
import sys
import time
from typing import Any

from session_samples import chunks, stream_info

from emgfeedback.session.header import SessionHeader
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.writer import SessionWriter


def note_commits(path: str) -> None:
    """Let every commit write down its begin and its end."""
    out = os.open(f"{path}.commits", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    commit = SessionWriter.commit

    def timed(writer: SessionWriter, *arguments: Any) -> None:
        os.write(out, f"{time.monotonic()}\n".encode())
        commit(writer, *arguments)
        os.write(out, f"{time.monotonic()}\n".encode())

    SessionWriter.commit = timed  # type: ignore[method-assign]


def main(path: str, log: str) -> None:
    """Record one hour at most, at the pace of the clock."""
    info = stream_info()
    out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    note_commits(path)
    recorder = Recorder(path, SessionHeader(info, wearer="kim", exercise="bridge"))
    begin = time.monotonic()
    for chunk in chunks(info, 3_600_000, losses={600: 24, 1480: 8}):
        time.sleep(max(0.0, begin + chunk.stop / info.sfreq_hz - time.monotonic()))
        os.write(out, f"{chunk.stop}\n".encode())
        recorder.put(chunk)
        if chunk.start % 400 == 0:
            recorder.marker(chunk.start, "four tenths")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
