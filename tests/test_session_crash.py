"""A killed recorder costs a second at most, and the main file alone is enough."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from session_samples import chunks, counts, stream_info

from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.writer import SessionWriter

HERE = Path(__file__).parent
RUNS = 20


def start(folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir()
    command = [
        sys.executable,
        str(HERE / "recording_child.py"),
        str(folder / "a.emgsession"),
        str(folder / "log"),
    ]
    paths = os.pathsep.join([str(HERE.parent), str(HERE)])
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths})


def check_copy(copy: Path, sent: int) -> int:
    """The copy opens, holds a prefix of what was sent, and every loss has its row; returns what lacks."""
    with SessionFile(copy) as session:
        assert not session.complete
        stop = 0
        for chunk in session.chunks():
            assert chunk.start == stop + chunk.lost
            assert np.array_equal(chunk.counts, counts(chunk.start, len(chunk.counts), session.info))
            stop = chunk.stop
        gaps = [(gap.start, gap.n_samples, gap.cause) for gap in session.gaps()]
        assert gaps == [(s, n, "link") for s, n in ((600, 24), (1480, 8)) if s < stop]
        assert session.header.wearer == "kim"
        assert session.damage == ""
    return sent - stop


def in_commits_s(path: Path, killed_s: float) -> float:
    """How long the disk held the recorder up, from the begin of the last whole commit to the end."""
    moments = [float(line) for line in Path(f"{path}.commits").read_text().split()]
    cut_off = len(moments) % 2
    moments = [*moments, *[killed_s] * cut_off][-2 - 2 * cut_off :]
    return sum(ended - began for began, ended in zip(moments[::2], moments[1::2], strict=True))


@pytest.mark.real_time
def test_kill_9_loses_a_second_at_most_and_the_main_file_alone_opens(tmp_path: Path) -> None:
    """A second, or half of one and what a slow disk took for the commits in it. Up to three attempts."""
    lives = random.Random(5)
    lacking = []
    for batch in range(RUNS // 10):
        folders = [tmp_path / f"{batch}-{k}" for k in range(10)]
        children = [start(folder) for folder in folders]
        due = []
        for folder in folders:
            while not (folder / "log").exists() or not (folder / "log").stat().st_size:
                time.sleep(0.01)
            due.append(time.monotonic() + lives.uniform(0.6, 2.6))
        for moment, child, folder in sorted(
            zip(due, children, folders, strict=True), key=lambda each: each[0]
        ):
            time.sleep(max(0.0, moment - time.monotonic()))
            child.send_signal(signal.SIGKILL)
            child.wait()
            held_up_s = in_commits_s(folder / "a.emgsession", time.monotonic())
            copy = shutil.copy(folder / "a.emgsession", tmp_path / f"alone-{folder.name}.emgsession")
            sent = int((folder / "log").read_text().split()[-1])
            lacking.append(check_copy(Path(copy), sent) - max(0, round(1000.0 * (held_up_s - 0.4))))
    assert max(lacking) <= 1000, f"samples lacking after kill -9, at 1000 a second: {sorted(lacking)}"


def pages(path: Path, size: int = 4096) -> list[bytes]:
    data = path.read_bytes()
    return [data[at : at + size] for at in range(0, len(data), size)]


def test_a_commit_half_way_into_the_main_file_opens_and_costs_a_second_at_most(tmp_path: Path) -> None:
    """SQLite writes changed pages in the order of their numbers; here the file is cut after each of them."""
    path, torn = tmp_path / "a.emgsession", tmp_path / "torn.emgsession"
    writer = SessionWriter(path, SessionHeader(stream_info()))
    before, stored, batch, lacking = pages(path), 0, [], []
    for chunk in chunks(stream_info(), 12_600):
        batch.append((chunk, "link"))
        if chunk.stop % 504:
            continue
        writer.commit(batch, ())
        after = pages(path)
        changed = [k for k in range(len(after)) if k >= len(before) or before[k] != after[k]]
        for n_written in range(1, len(changed)):
            torn.write_bytes(b"".join(mixed(before, after, changed[:n_written])))
            with SessionFile(torn) as session:
                lacking.append(stored - sum(len(c.counts) for c in session.chunks()))
        before, stored, batch = after, chunk.stop, []
    writer.close()
    assert len(lacking) > 50
    # Of the samples committed before: the commit half way is another half second.
    assert max(lacking) <= 504, lacking


def mixed(before: list[bytes], after: list[bytes], written: list[int]) -> list[bytes]:
    """The pages of a file of which only some are written."""
    new = dict.fromkeys(written)
    return [after[k] if k in new or k >= len(before) else before[k] for k in range(len(after))]


HALF_DONE = """
import os, sys
from pathlib import Path
from session_samples import chunks, stream_info
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.writer import SessionWriter
writer = SessionWriter(Path(sys.argv[1]), SessionHeader(stream_info()))
writer.commit([(chunk, "link") for chunk in chunks(stream_info(), 5000)], ())
database = writer._connection
database.execute("PRAGMA cache_spill = 1")
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE chunk SET host_time_s = 0.0")
os._exit(9)
"""


def test_a_commit_left_half_done_beside_its_journal_is_undone_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    paths = os.pathsep.join([str(HERE.parent), str(HERE)])
    command = [sys.executable, "-c", HALF_DONE, str(path)]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=False).returncode == 9
    assert (tmp_path / "a.emgsession-journal").stat().st_size > 0
    with SessionFile(path) as session:
        assert sum(len(chunk.counts) for chunk in session.chunks()) == 5000
        assert session.damage == ""
    assert [each.name for each in tmp_path.iterdir()] == ["a.emgsession"]
