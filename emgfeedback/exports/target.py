"""Writing a file so that it is there whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter
from pathlib import Path

from emgfeedback.exports.errors import ExportError


def refuse_existing(*paths: Path) -> None:
    """Raise ``ExportError`` for the first path that exists."""
    for path in paths:
        if path.exists():
            raise ExportError(f"{path} exists already; choose another name, or use --force to replace it.")


@contextmanager
def writing(path: Path) -> Iterator[BufferedWriter]:
    """A file that takes the name ``path`` when the block ends well, and is gone when it does not.

    Raises ``ExportError`` for whatever the disk refuses.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
