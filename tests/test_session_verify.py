"""verify: a whole file is called whole, a damaged one damaged, and nothing ends in a traceback."""

import random
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_sessions import Recorded, copy_without, record
from session_samples import chunks, stream_info

from emgfeedback.exports import export
from emgfeedback.session.errors import DamagedSession, NotASession, SessionError
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.library import Library
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.verify import digest, verify

URL = "sim:balanced?seed=5&exercise=bridge&fast=1&fault=loss@1+2"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("verify") / "a.emgsession", URL, 12.0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short session: most of its bytes matter."""
    return record(tmp_path_factory.mktemp("small") / "a.emgsession", URL, 1.5).path


def errors(path: Path) -> list[str]:
    return [finding.text for finding in verify(path).findings if finding.level == "error"]


def test_a_whole_session_is_whole(recorded: Recorded) -> None:
    verdict = verify(recorded.path)
    assert verdict.findings == ()
    assert verdict.ok
    assert verdict.complete
    assert verdict.simulated
    assert verdict.n_samples == sum(len(chunk.counts) for chunk in recorded.chunks)
    assert verdict.n_lost == sum(chunk.lost for chunk in recorded.chunks) > 0
    assert verdict.n_reps == len(recorded.reps) > 1
    assert verdict.digest == digest(recorded.path)


def test_a_recording_that_was_cut_off_is_all_right_and_says_so(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.emgsession", tmp_path / "b.emgsession"
    with Recorder(path, SessionHeader(stream_info()), waits=True) as recorder:
        for chunk in chunks(stream_info(), 2000):
            recorder.put(chunk)
        while not (recorder._waiting == 0 and verify(path).n_samples):
            pass
        shutil.copy(path, copy)
    verdict = verify(copy)
    assert verdict.ok
    assert not verdict.complete
    seconds = verdict.n_samples / 1000
    assert (
        verdict.findings[0].text == f"The recording was cut off at {seconds:.1f} s; all up to there is kept."
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DELETE FROM gap WHERE start IN (SELECT start FROM gap LIMIT 1)", "and no gap says so."),
        (
            "INSERT INTO gap VALUES (9000, 3, 'link')",
            "A gap of 3 samples is noted at index 9000, but none is",
        ),
        ("DELETE FROM chunk WHERE start BETWEEN 5000 AND 5020", "and no gap says so."),
        (
            "UPDATE chunk SET counts = zeroblob(length(counts)) WHERE start BETWEEN 5000 AND 5020",
            "not as it was",
        ),
        (
            "UPDATE chunk SET start = start + 1, n_samples = n_samples WHERE start > 11000",
            "not as it was written",
        ),
        ("UPDATE chunk SET n_samples = 4 WHERE start BETWEEN 5000 AND 5008", "not as it was written"),
        (
            "UPDATE channel SET physical_max = physical_max * 2 WHERE position = 0",
            "not as it was when the recording",
        ),
        ("UPDATE session SET wearer = 'someone else'", "not as it was when the recording was closed"),
        (
            "INSERT INTO marker (sample, text) VALUES (5, 'later')",
            "not as it was when the recording was closed",
        ),
        ("UPDATE rep SET share = share + 1e-15", "or others"),
        ("DELETE FROM rep WHERE number = 1", "replay gives"),
        ("UPDATE rep SET mean_percent = '[oops'", "is damaged"),
        ("UPDATE event SET data = 'x'", None),
        ("UPDATE summary SET value = '{'", "is damaged"),
    ],
)
def test_a_change_is_found(recorded: Recorded, tmp_path: Path, change: str, sentence: str | None) -> None:
    changed = copy_without(recorded.path, tmp_path / "changed.emgsession", change)
    found = errors(changed)
    if sentence is None:
        assert found == []
        return
    assert any(sentence in text for text in found), found
    assert all(text.endswith(".") and "\n" not in text for text in found)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE session SET sfreq_hz = 0.0",
        "UPDATE session SET sfreq_hz = 1e300",
        "UPDATE session SET settings = '{\"rms_window_s\": 9}'",
        "UPDATE session SET settings = 'null'",
        "UPDATE session SET simulated = 7",
        "UPDATE session SET calibration = 99",
        "UPDATE session SET started = 'yesterday'",
        'UPDATE session SET zones = \'{"right": {"low": 2, "high": 1}}\'',
        "UPDATE calibration SET record = '{}'",
        "UPDATE channel SET digital_max = digital_min",
        "UPDATE channel SET physical_max = 9e999",
        "UPDATE channel SET signal = 'smell'",
        "DELETE FROM channel",
        "DELETE FROM session",
        "DROP TABLE session",
    ],
)
def test_a_header_that_cannot_be_is_one_sentence(recorded: Recorded, tmp_path: Path, change: str) -> None:
    changed = copy_without(recorded.path, tmp_path / "changed.emgsession", change)
    with pytest.raises(DamagedSession, match=r"^[^\n]*changed\.emgsession is damaged: [^\n]*\.$"):
        verify(changed)


def test_what_is_no_session_is_one_sentence(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "x.emgsession"
    with pytest.raises(NotASession, match=r"^There is no session file .*x\.emgsession\.$"):
        verify(path)
    with pytest.raises(NotASession, match="There is no session file"):
        verify(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(NotASession, match=r"x\.emgsession is empty\.$"):
        verify(path)
    path.write_text("time,glute\n0,1\n" * 100)
    with pytest.raises(NotASession, match=r"is not a session file: it is no SQLite database\.$"):
        verify(path)
    path.unlink()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE t (a)")
    database.commit()
    database.close()
    with pytest.raises(
        NotASession, match=r"is not a session file: it is an SQLite database of another program\.$"
    ):
        verify(path)
    newer = copy_without(recorded.path, tmp_path / "newer.emgsession", "PRAGMA user_version = 3")
    with pytest.raises(
        NotASession, match=r"newer emgfeedback \(format 3, this version reads up to 2\); update"
    ):
        verify(newer)


@pytest.mark.parametrize("part", [0.001, 0.02, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_a_sentence_or_a_finding(recorded: Recorded, tmp_path: Path, part: float) -> None:
    path = tmp_path / "cut.emgsession"
    data = recorded.path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    assert damage(path)


def damage(path: Path) -> list[str]:
    """What verify says against a file: its findings, or the sentence that it raises."""
    try:
        found = errors(path)
    except SessionError as error:
        found = [str(error)]
    assert all("\n" not in text and text.endswith(".") for text in found), found
    return found


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from(["flip", "run", "zero", "cut"]))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_damaged_bytes_end_in_a_verdict_or_a_sentence(
    small: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, n: int, kind: str
) -> None:
    data = bytearray(small.read_bytes())
    dice = random.Random(seed)
    if kind == "flip":
        for _ in range(n):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif kind == "cut":
        del data[dice.randrange(len(data)) :]
    else:
        at = dice.randrange(len(data))
        run = len(data[at : at + n * 50])
        data[at : at + run] = bytes(run) if kind == "zero" else dice.randbytes(run)
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / "a.emgsession"
    path.write_bytes(data)
    found = damage(path)
    if not found:
        assert digest(path) == digest(small)
    assert len(Library(folder).entries()) == 1
    for name in ("a.csv", "a.edf"):
        with suppress(SessionError):
            export(path, folder / name)


def test_damage_in_the_middle_costs_only_what_it_touches(recorded: Recorded, tmp_path: Path) -> None:
    data = bytearray(recorded.path.read_bytes())
    middle = recorded.chunks[len(recorded.chunks) // 2].counts.astype("<i2").tobytes()
    data[data.index(middle) + 3] ^= 0x10
    path = tmp_path / "a.emgsession"
    path.write_bytes(data)
    with SessionFile(path) as session:
        read = list(session.chunks())
        assert len(read) == len(recorded.chunks) - 1
        assert session.damage.endswith("is not as it was written.")
    assert any("not as it was written" in text for text in errors(path))
