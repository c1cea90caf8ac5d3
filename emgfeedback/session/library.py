"""The sessions in a folder: an index that is read from the files themselves, each time."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from emgfeedback.frame import Rep, Zone
from emgfeedback.session.errors import NotASession, SessionError
from emgfeedback.session.file import SessionFile
from emgfeedback.session.schema import SUFFIX

_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One session file of a library.

    ``id`` is short and stays the same when the file is renamed. Of a damaged file only ``id``,
    ``path`` and ``damage``, one sentence, are known. ``started`` and ``calibrated_at`` are ISO 8601
    with offset; ``quality`` and ``method`` are those of the calibration worn at the start, ``""`` without.
    """

    id: str
    path: Path
    started: str = ""
    wearer: str = ""
    exercise: str = ""
    duration_s: float = 0.0
    n_reps: int = 0
    simulated: bool = False
    complete: bool = False
    calibrated: bool = False
    damage: str = ""
    quality: str = ""
    method: str = ""
    calibrated_at: str = ""
    reps: tuple[Rep, ...] = ()
    zones: Mapping[str, Zone] = field(default_factory=dict)


class Library:
    """Session files in one folder. Nothing else is kept: the files are the index."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def entries(self) -> tuple[Entry, ...]:
        """All session files, oldest first; damaged ones last, with what is wrong."""
        found = [self._entry(path) for path in sorted(self.folder.glob(f"*{SUFFIX}"))]
        return tuple(sorted(found, key=lambda entry: (bool(entry.damage), _moment(entry), entry.path.name)))

    def _entry(self, path: Path) -> Entry:
        try:
            with SessionFile(path) as session:
                header, reps = session.header, session.reps()
                worn = header.calibration
                return Entry(
                    id=header.uuid[:_ID_LENGTH],
                    path=path,
                    started=header.started,
                    wearer=header.wearer,
                    exercise=header.exercise,
                    duration_s=session.duration_s,
                    n_reps=len(reps),
                    simulated=session.info.simulated,
                    complete=session.complete,
                    calibrated=worn is not None,
                    quality=worn.quality if worn is not None else "",
                    method=worn.method if worn is not None else "",
                    calibrated_at=worn.created if worn is not None else "",
                    reps=reps,
                    zones=header.zones,
                )
        except SessionError as error:
            name = hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()
            return Entry(id=name[:_ID_LENGTH], path=path, damage=str(error))

    def find(self, name: str) -> Entry:
        """The session of this id (its beginning is enough) or file name; raises ``NotASession``."""
        entries = self.entries()
        exact = [entry for entry in entries if name in (entry.id, entry.path.name, entry.path.stem)]
        fitting = exact or [entry for entry in entries if name and entry.id.startswith(name)]
        if not fitting:
            raise NotASession(
                f"There is no session {name} in {self.folder}; 'emgfeedback sessions' lists them."
            )
        if len(fitting) > 1:
            names = ", ".join(entry.path.name for entry in fitting)
            raise NotASession(f"{name} fits several sessions ({names}); give one file name.")
        return fitting[0]

    def resolve(self, name: str) -> Path:
        """The file behind an id, a file name in the library, or a path to a file anywhere."""
        path = Path(name)
        if path.is_dir():
            raise NotASession(f"{name} is a folder; name a session file in it.")
        return path if path.is_file() else self.find(name).path

    def delete(self, name: str) -> Entry:
        """Remove a session's file for good, and return what it was."""
        entry = self.find(name)
        for path in (entry.path, Path(f"{entry.path}-journal")):
            path.unlink(missing_ok=True)
        return entry

    def new_path(self, started: str, exercise: str, wearer: str = "") -> Path:
        """A free file name for a session: its start, its exercise and its wearer, for people to read."""
        moment = datetime.fromisoformat(started).strftime("%Y-%m-%d_%H%M%S")
        parts = [moment, *(_plain(part) for part in (exercise, wearer) if _plain(part))]
        return next(path for path in self._numbered("_".join(parts)) if not path.exists())

    def _numbered(self, stem: str) -> Iterator[Path]:
        yield self.folder / f"{stem}{SUFFIX}"
        number = 2
        while True:
            yield self.folder / f"{stem}_{number}{SUFFIX}"
            number += 1


def _plain(text: str) -> str:
    """Letters, digits and dashes of ``text``, fit for a file name on any system."""
    return "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in text).strip("-")[:40]


def _moment(entry: Entry) -> float:
    try:
        return datetime.fromisoformat(entry.started).timestamp()
    except ValueError:
        return 0.0
