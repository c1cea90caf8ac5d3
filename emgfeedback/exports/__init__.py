"""Session files into other formats, chosen by the suffix of the file to write."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

from emgfeedback.exports.errors import ExportError
from emgfeedback.session.file import SessionFile


class Writer(Protocol):
    """Writes one session to one path, and returns all files that it wrote."""

    def __call__(self, session: SessionFile, target: Path, *, force: bool) -> tuple[Path, ...]: ...


#: Suffix -> module with a function ``write``, imported only when asked for.
WRITERS = {
    ".csv": "emgfeedback.exports.csv",
    ".edf": "emgfeedback.exports.edf",
    ".bdf": "emgfeedback.exports.edf",
    ".json": "emgfeedback.exports.json",
}


def check_suffix(path: Path | str) -> None:
    """Raise ``ExportError``, one sentence that lists the known ones, for a suffix without a writer."""
    suffix = Path(path).suffix.lower()
    if suffix not in WRITERS:
        known = ", ".join(sorted(WRITERS))
        raise ExportError(
            f"{path} cannot be written: '{suffix}' is no format known here; use one of {known}."
        )


def export(session: Path | str, target: Path | str, *, force: bool = False) -> tuple[Path, ...]:
    """Write a session to ``target`` and return the files written.

    A file that exists is replaced only with ``force``, and only once the new one is whole. Raises
    ``ExportError`` when it cannot be written, ``SessionError`` when the session cannot be read.
    """
    path = Path(target)
    check_suffix(path)
    writer: Writer = import_module(WRITERS[path.suffix.lower()]).write
    with SessionFile(session) as opened:
        return writer(opened, path, force=force)


__all__ = ["WRITERS", "ExportError", "check_suffix", "export"]
