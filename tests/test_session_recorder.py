"""The recorder never holds up a live source, loses nothing of a finite one, and says when it cannot go on."""

import os
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from session_samples import chunks, counts, stream_info

from device import SampleChunk
from emgfeedback.session import recorder as recorder_module
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.rows import Gap
from emgfeedback.session.verify import verify

HERE = Path(__file__).parent
INFO = stream_info()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes to the file: the disk is, as it were, very slow."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def wait_until(what: object, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_live_source_is_never_held_up_and_what_overflows_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    recorder = Recorder(path, SessionHeader(INFO), commit_s=0.05, queue_s=0.5)
    with locked(path):
        # A put that waited for the disk would wait until the recorder gives up, and end in ``failed``.
        for chunk in chunks(INFO, 3000):
            recorder.put(chunk)
            time.sleep(0.0002)
        assert recorder.overflow >= 1500
        assert not recorder.failed
    wait_until(lambda: recorder._waiting == 0)
    for chunk in (SampleChunk(k, counts(k, 8, INFO), 0.0) for k in range(3000, 3400, 8)):
        recorder.put(chunk)
    recorder.close()
    assert recorder.failed == ""
    with SessionFile(path) as session:
        read = list(session.chunks())
        assert sum(len(chunk.counts) for chunk in read) + recorder.overflow == 3400
        assert read[-1].stop == 3400
        assert sum(gap.n_samples for gap in session.gaps()) == recorder.overflow
        assert {gap.cause for gap in session.gaps()} == {"overflow"}
    assert verify(path).ok


def test_samples_that_overflow_at_the_end_are_a_gap_too(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    recorder = Recorder(path, SessionHeader(INFO), commit_s=0.01, queue_s=0.1)
    with locked(path):
        for chunk in chunks(INFO, 2000):
            recorder.put(chunk)
            time.sleep(0.0002)
        assert recorder.overflow > 0
    recorder.close()
    with SessionFile(path) as session:
        stop = session.span[1]
        assert session.gaps()[-1] == Gap(stop, 2000 - stop, "overflow")
    assert verify(path).ok


def test_a_finite_source_waits_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    recorder = Recorder(path, SessionHeader(INFO), waits=True, commit_s=0.01, queue_s=0.2)
    done = threading.Event()

    def put_all() -> None:
        for chunk in chunks(INFO, 4000):
            recorder.put(chunk)
        done.set()

    with locked(path):
        thread = threading.Thread(target=put_all)
        thread.start()
        assert not done.wait(0.5)
    assert done.wait(120.0)
    thread.join()
    recorder.close()
    assert recorder.overflow == 0
    with SessionFile(path) as session:
        assert sum(len(chunk.counts) for chunk in session.chunks()) == 4000
        assert session.gaps() == ()


def test_a_lock_that_lasts_ends_the_recording_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "_PATIENCE_S", 0.3)
    path = tmp_path / "a.emgsession"
    recorder = Recorder(path, SessionHeader(INFO), commit_s=0.01)
    with locked(path):
        recorder.put(next(chunks(INFO, 8)))
        wait_until(lambda: recorder.failed)
        assert recorder.failed.endswith("close that program before the next session.")
        assert not recorder.alive
    recorder.close()
    assert verify(path).n_samples == 0


def test_a_thread_that_dies_says_so_and_the_training_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    recorder = Recorder(path, SessionHeader(INFO), commit_s=0.01)
    database = sqlite3.connect(path)
    database.execute("DROP TABLE chunk")
    database.commit()
    database.close()
    for chunk in chunks(INFO, 800):
        recorder.put(chunk)
    wait_until(lambda: recorder.failed)
    assert "no such table: chunk" in recorder.failed
    recorder.put(next(chunks(INFO, 8)))
    recorder.marker(0, "still here")
    recorder.close()


def test_samples_that_go_back_in_time_end_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    recorder = Recorder(path, SessionHeader(INFO), commit_s=0.01)
    recorder.put(SampleChunk(0, counts(0, 8, INFO), 0.0))
    wait_until(lambda: recorder._waiting == 0)
    recorder.put(SampleChunk(4, counts(4, 8, INFO), 0.0))
    recorder.close()
    assert recorder.failed.endswith("stopped: samples from 4 on came after sample 7.")
    with SessionFile(path) as session:
        assert session.span == (0, 8)
        assert not session.complete


def test_a_closed_recorder_takes_nothing_and_closes_again(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.emgsession", SessionHeader(INFO))
    assert recorder.alive
    recorder.close()
    recorder.close()
    assert not recorder.alive
    assert recorder.failed == ""
    with pytest.raises(ValueError, match="closed"):
        recorder.put(next(chunks(INFO, 8)))
    with pytest.raises(ValueError, match="closed"):
        recorder.marker(0, "x")


# A disk that is full.

FILL = """
import statistics, sys, time
from session_samples import chunks, stream_info
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.recorder import Recorder
if int(sys.argv[2]):
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
recorder = Recorder(sys.argv[1], SessionHeader(stream_info()), waits=True, commit_s=0.01, queue_s=4.0)
took_s = []
for chunk in chunks(stream_info(), 200_000):
    begin = time.monotonic()
    recorder.put(chunk)
    if recorder.failed:
        took_s.append(time.monotonic() - begin)
recorder.close()
# Of thousands: a stall of the machine is in some of them, a wait would be in each.
assert len(took_s) > 1000
assert statistics.median(took_s) < 0.01
sys.stdout.write(recorder.failed)
"""


def fill(path: Path, limit: int) -> str:
    """Record until the disk takes no more; returns the recorder's sentence."""
    paths = os.pathsep.join([str(HERE.parent), str(HERE)])
    command = [sys.executable, "-c", FILL, str(path), str(limit)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_whole(path: Path) -> None:
    """The file opens, is free of errors, and holds a prefix of what came."""
    verdict = verify(path)
    assert verdict.ok, verdict.findings
    assert not verdict.complete
    assert verdict.n_samples > 10_000
    with SessionFile(path) as session:
        for chunk in session.chunks():
            assert (chunk.counts == counts(chunk.start, len(chunk.counts), INFO)).all()
        assert session.damage == ""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 700 kB, for those who may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs root, who may mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_the_recording_with_a_sentence_and_a_whole_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small") as folder:
        failed = fill(folder / "a.emgsession", 0)
        assert failed.endswith("stopped: the disk is full; free some space before the next session.")
        check_whole(folder / "a.emgsession")
        assert [each.name for each in folder.iterdir()] == ["a.emgsession"]


def test_a_file_that_may_not_grow_ends_the_recording_with_a_sentence_and_a_whole_file(tmp_path: Path) -> None:
    failed = fill(tmp_path / "a.emgsession", 700_000)
    assert failed.count("stopped: ") == 1
    assert failed.endswith(".")
    check_whole(tmp_path / "a.emgsession")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
