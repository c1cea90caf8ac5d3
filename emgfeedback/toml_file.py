"""A TOML file that people may edit and the app may change: whole at every moment, nothing in it lost."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomli_w

from calibration.atomic import write_atomically

Table = dict[str, Any]


class SettingsError(Exception):
    """A settings file is wrong or cannot be used: ``str(error)`` is one sentence for the user."""


class TomlFile:
    """The TOML file at ``path``; a missing one reads as empty and is made by the first change."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Table:
        """Its content. Raises ``SettingsError`` when it cannot be read or is no TOML."""
        try:
            text = self.path.read_bytes().decode("utf-8-sig")  # Notepad puts a mark in front
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError as error:
            raise self.fault("it is not UTF-8 text", "save it as UTF-8 or move it away") from error
        except OSError as error:
            raise self.fault(f"it cannot be read ({error.strerror})", "check its permissions") from error
        try:
            return tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            what = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a value is out of bounds"
            raise self.fault(f"it is not TOML: {what}", "correct it or move the file away") from error

    def change(self, edit: Callable[[Table], None]) -> None:
        """Let ``edit`` alter the content, and write it whole; all that it does not touch stays.

        Comments are not kept. Raises ``SettingsError``; the file then stands as it was.
        """
        content = self.read()
        edit(content)
        try:
            data = tomli_w.dumps(content).encode()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, data)
        except OSError as error:
            raise self.fault(f"it cannot be written ({error.strerror})", "free the disk") from error
        except ValueError as error:
            raise self.fault("it cannot hold this text or number", "use another") from error

    def fault(self, what: str, remedy: str) -> SettingsError:
        """The error that names this file: what is wrong, and what to do."""
        return SettingsError(" ".join(f"{self.path}: {what}; {remedy}.".split()))
