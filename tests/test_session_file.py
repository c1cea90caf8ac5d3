"""What goes into a session file comes out of it, and the file is what its documentation says."""

import math
import shutil
import sqlite3
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import wait_for
from session_samples import chunks, counts, stream_info

from calibration import Calibration, ChannelCalibration, Trial
from device import Marker, SampleChunk
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Rep, Zone
from emgfeedback.session import schema
from emgfeedback.session.errors import RecordingFailed
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.rows import Event, Gap
from emgfeedback.session.writer import SessionWriter

TRIAL = Trial(5, 900, 180.3, 200.7, True)
CALIBRATION = Calibration(
    wearer="kim",
    created="2025-03-01T18:30:00+01:00",
    board_id="T-1",
    sfreq_hz=1000.0,
    simulated=True,
    channels=tuple(
        ChannelCalibration(
            pin,
            muscle,
            "right",
            "raw",
            200.0,
            2.1,
            0.3,
            180.3,
            200.7,
            "good",
            (Trial(5, 900, 180.3, 200.7, True),),
        )
        for pin, muscle in (("A0", "glute"), ("A1", "quad"))
    ),
    chain=ChainSettings().as_record(),
)
REP = Rep(1, "right", 10, 20, 30, 40, 48, (50.5, 1.0 / 3.0), (90.0, math.nan), math.nan, "12 ms lost")


def same(one: SampleChunk, other: SampleChunk) -> bool:
    return (
        (one.start, one.host_time_s, one.lost) == (other.start, other.host_time_s, other.lost)
        and one.counts.dtype == other.counts.dtype
        and np.array_equal(one.counts, other.counts)
    )


@pytest.mark.parametrize("bits", [12, 16, 24])
def test_chunks_come_out_as_they_went_in(tmp_path: Path, bits: int) -> None:
    info = stream_info(4, bits=bits)
    sent = list(chunks(info, 3000, losses={800: 120, 2000: 8}, size=12))
    path = tmp_path / "a.emgsession"
    with Recorder(path, SessionHeader(info), waits=True) as recorder:
        for chunk in sent:
            recorder.put(chunk)
    with SessionFile(path) as session:
        read = list(session.chunks())
        assert len(read) == len(sent)
        assert all(same(one, other) for one, other in zip(read, sent, strict=True))
        assert not read[0].counts.flags.writeable
        assert read[0].counts.dtype == (np.int16 if bits == 12 else np.int32)
        assert session.gaps() == (Gap(800, 120, "link"), Gap(2000, 8, "link"))
        assert session.span == (0, 3000)
        assert session.duration_s == 3.0


def test_the_header_comes_back_whole(tmp_path: Path) -> None:
    settings = replace(ChainSettings(), notch_hz=50.0, rms_window_s=0.1)
    header = SessionHeader(
        stream_info(),
        settings,
        CALIBRATION,
        {"right": Zone(0.4, 0.6)},
        wearer="Kim Å.",
        exercise="bridge",
        isolated=False,
        power="battery",
    )
    path = tmp_path / "a.emgsession"
    Recorder(path, header).close()
    with SessionFile(path) as session:
        assert session.header == header
        assert session.info == header.info
        assert session.info.simulated
        assert session.header.calibration == CALIBRATION
        assert session.header.channel_map == "A0=glute:right,A1=quad:right"
        assert session.span == (0, 0)
        assert list(session.chunks()) == []
        version = ".".join(str(part) for part in sys.version_info[:3])
        assert session.header.versions["python"] == version
        assert session.header.versions["numpy"] == np.__version__


def test_everything_else_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    with Recorder(path, SessionHeader(stream_info())) as recorder:
        for chunk in chunks(stream_info(), 80):
            recorder.put(chunk)
        recorder.marker(16, "pads pressed – ok")
        recorder.event(24, "cue", {"text": "push through the heel", "share": math.nan, "list": [1, 0.1]})
        recorder.calibration(40, CALIBRATION)
        recorder.calibration(48, None)
        recorder.rep(REP)
        recorder.summary("set", {"reps": 1})
        recorder.summary("set", {"reps": 2})
    with SessionFile(path) as session:
        assert session.markers() == (Marker(16, "pads pressed – ok"),)
        assert session.events() == (
            Event(24, "cue", {"text": "push through the heel", "share": None, "list": [1, 0.1]}),
            Event(40, "calibration", {"calibration": 2}),
            Event(48, "calibration", {"calibration": None}),
        )
        assert session.calibrations == {2: CALIBRATION}
        assert repr(session.reps()) == repr((REP,))
        assert session.summary() == {"set": {"reps": 2}}


def test_the_file_is_strict_sqlite_of_our_kind_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    Recorder(path, SessionHeader(stream_info())).close()
    assert [each.name for each in tmp_path.iterdir()] == ["a.emgsession"]
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    tables = dict(database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
    assert set(tables) == {
        "session",
        "channel",
        "calibration",
        "chunk",
        "gap",
        "marker",
        "event",
        "rep",
        "summary",
    }
    assert all(sql.rstrip().endswith("STRICT") for sql in tables.values())
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO marker (sample, text) VALUES ('soon', 'x')")
    database.close()
    size = 4096 * int.from_bytes(path.read_bytes()[28:32], "big")
    assert path.stat().st_size == size


def test_tables_and_header_are_on_the_disk_before_the_first_sample(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    with Recorder(path, SessionHeader(stream_info(), wearer="kim")):
        copy = shutil.copy(path, tmp_path / "copy.emgsession")
        with SessionFile(copy) as session:
            assert session.header.wearer == "kim"
            assert not session.complete


@pytest.mark.real_time
def test_a_sample_is_on_the_disk_within_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder's part of it; what the disk takes for a commit comes on top. Up to three attempts."""
    path, copy = tmp_path / "a.emgsession", tmp_path / "copy.emgsession"
    commits: list[tuple[float, float]] = []

    def timed(writer: SessionWriter, samples: Any, others: Any) -> None:
        began_s = time.monotonic()
        commit(writer, samples, others)
        if samples:  # not the header
            commits.append((began_s, time.monotonic()))

    commit = SessionWriter.commit
    monkeypatch.setattr(SessionWriter, "commit", timed)
    with Recorder(path, SessionHeader(stream_info())) as recorder:
        put_s = time.monotonic()
        recorder.put(next(chunks(stream_info(), 8)))
        wait_for(lambda: bool(commits), "the commit")
        shutil.copy(path, copy)
    with SessionFile(copy) as session:
        assert session.span == (0, 8)
    ((began_s, ended_s),) = commits
    assert ended_s - put_s < 1.0 + (ended_s - began_s)


def test_a_reader_sees_a_recording_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    with Recorder(path, SessionHeader(stream_info()), commit_s=0.01) as recorder:
        for chunk in chunks(stream_info(), 400):
            recorder.put(chunk)
        with SessionFile(path) as session:
            wait_for(lambda: session.span == (0, 400), "the last commit")
            assert sum(len(chunk.counts) for chunk in session.chunks()) == 400


def test_the_wall_clock_of_the_first_sample_follows_from_the_anchor(tmp_path: Path) -> None:
    header = SessionHeader(stream_info(), started="2025-03-01T18:30:00.000000+01:00", started_host_s=99.0)
    with Recorder(tmp_path / "a.emgsession", header) as recorder:
        recorder.put(SampleChunk(40, counts(40, 8, stream_info()), 100.258))
    with SessionFile(tmp_path / "a.emgsession") as session:
        assert session.first_sample_at.isoformat() == "2025-03-01T18:30:01.250000+01:00"


def test_a_file_that_exists_is_not_recorded_over(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    path.write_text("mine")
    with pytest.raises(RecordingFailed, match=r"a\.emgsession exists already; record to another file\.$"):
        Recorder(path, SessionHeader(stream_info()))
    assert path.read_text() == "mine"


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingFailed, match=r"cannot be created: .*\.$"):
        Recorder(tmp_path / "file" / "a.emgsession", SessionHeader(stream_info()))


# The documentation of the format.

DOCUMENT = (Path(__file__).parent.parent / "docs" / "session_format.md").read_text(encoding="utf-8")


def test_every_column_is_documented(tmp_path: Path) -> None:
    path = tmp_path / "a.emgsession"
    Recorder(path, SessionHeader(stream_info())).close()
    database = sqlite3.connect(path)
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in names:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        assert [c for c in columns if c != "id" and f"`{c}`" not in DOCUMENT] == [], table
    database.close()
    assert f"{schema.APPLICATION_ID:#X}".replace("0X", "0x") in DOCUMENT


def test_the_documented_way_to_read_a_file_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = stream_info(4)
    with Recorder(tmp_path / "monday.emgsession", SessionHeader(info), waits=True) as recorder:
        for chunk in chunks(info, 800):
            recorder.put(chunk)
    monkeypatch.chdir(tmp_path)
    code = DOCUMENT.split("```python\n")[1].split("```")[0]
    read: dict[str, np.ndarray] = {"seen": []}
    exec(code + "    seen.append(samples)\ndatabase.close()\n", read)
    assert np.array_equal(np.concatenate(read["seen"]), counts(0, 800, info))


def test_a_calibration_that_would_not_read_back_is_a_sentence_and_leaves_no_file(tmp_path: Path) -> None:
    header = SessionHeader(stream_info(), calibration=replace(CALIBRATION, created="yesterday"))
    with pytest.raises(
        RecordingFailed, match=r"^The session cannot be recorded: The calibration cannot be saved"
    ):
        Recorder(tmp_path / "a.emgsession", header)
    assert list(tmp_path.iterdir()) == []
