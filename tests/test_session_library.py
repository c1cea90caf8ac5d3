"""The library is what is in the folder: nothing hidden, nothing remembered."""

from pathlib import Path

import pytest
from session_samples import chunks, stream_info

from emgfeedback.session.errors import NotASession
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.library import Library
from emgfeedback.session.recorder import Recorder


def make(path: Path, uuid: str, started: str, *, simulated: bool = True) -> Path:
    info = stream_info(simulated=simulated)
    header = SessionHeader(info, wearer="kim", exercise="bridge", uuid=uuid, started=started)
    with Recorder(path, header, waits=True) as recorder:
        for chunk in chunks(info, 2000):
            recorder.put(chunk)
    return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "sessions"
    make(folder / "b.emgsession", "aaaa1111" * 4, "2025-03-02T10:00:00+01:00")
    make(folder / "a.emgsession", "aaaa2222" * 4, "2025-03-02T09:30:00+00:00", simulated=False)
    make(folder / "c.emgsession", "bbbb3333" * 4, "2025-03-01T10:00:00+01:00")
    (folder / "broken.emgsession").write_bytes(b"SQLite format 3\0" + bytes(500))
    (folder / "notes.txt").write_text("not ours")
    return Library(folder)


def test_entries_are_in_order_of_time_and_the_damaged_is_listed(library: Library) -> None:
    entries = library.entries()
    assert [entry.path.name for entry in entries] == [
        "c.emgsession",
        "b.emgsession",
        "a.emgsession",
        "broken.emgsession",
    ]
    first, broken = entries[0], entries[3]
    assert first.id == "bbbb3333"
    assert (first.wearer, first.exercise, first.duration_s, first.n_reps) == ("kim", "bridge", 2.0, 0)
    assert first.complete
    assert not first.calibrated
    assert [entry.simulated for entry in entries] == [True, True, False, False]
    assert "damaged" in broken.damage
    assert "\n" not in broken.damage
    assert len(broken.id) == 8


def test_an_id_stays_when_the_file_is_renamed(library: Library) -> None:
    path = library.find("bbbb3333").path
    path.rename(path.with_name("renamed.emgsession"))
    assert library.find("bbbb3333").path.name == "renamed.emgsession"


def test_names_are_found_by_beginning_file_and_path(library: Library) -> None:
    assert library.find("bb").id == "bbbb3333"
    assert library.find("a").path.name == "a.emgsession"
    assert library.find("c.emgsession").id == "bbbb3333"
    elsewhere = library.folder / "notes.txt"
    assert library.resolve(str(elsewhere)) == elsewhere
    assert library.resolve("bb") == library.folder / "c.emgsession"


@pytest.mark.parametrize(
    ("name", "why"), [("zz", "There is no session zz"), ("", "There is no"), ("aaaa", "several")]
)
def test_what_is_not_one_session_is_one_sentence(library: Library, name: str, why: str) -> None:
    with pytest.raises(NotASession, match=why):
        library.find(name)


def test_delete_removes_the_file_and_what_lies_beside_it(library: Library) -> None:
    (library.folder / "c.emgsession-journal").write_bytes(b"")
    assert library.delete("bbbb").path.name == "c.emgsession"
    assert not list(library.folder.glob("c.emgsession*"))
    damaged = library.entries()[-1]
    library.delete(damaged.id)
    assert [entry.id for entry in library.entries()] == ["aaaa1111", "aaaa2222"]


def test_new_paths_are_free_readable_and_safe(library: Library) -> None:
    started = "2025-03-02T10:00:00.5+01:00"
    path = library.new_path(started, "bridge", "../Kim & Å/")
    assert path == library.folder / "2025-03-02_100000_bridge_Kim---Å.emgsession"
    path.touch()
    assert library.new_path(started, "bridge", "../Kim & Å/").name.endswith("_2.emgsession")


def test_an_empty_or_missing_folder_is_an_empty_library(tmp_path: Path) -> None:
    assert Library(tmp_path / "nowhere").entries() == ()
