"""The firmware that comes with the package, written where an Arduino tool can build it."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_SKETCH = "emgfeedback"
_PAGE_LINK = re.compile(r"\[([^\]]+)\]\([^):]+\.md(?:#[^)]*)?\)")


def write_sketch(out: Path) -> list[Path]:
    """Copy the sketch folder and the wiring page with its pictures into ``out``; returns the files written.

    Raises ``OSError`` when ``out`` cannot be written.
    """
    pages = _wiring_pages()
    return [
        *_copy_all(files("device") / "firmware" / _SKETCH, out / _SKETCH),
        _copy_page(pages / "wiring.md", out / "wiring.md"),
        *_copy_all(pages / "images", out / "images", "wiring-*.svg"),
    ]


def _wiring_pages() -> Traversable:
    """Inside the installed package, or docs/ of a checkout."""
    packaged = files("device") / "firmware"
    if (packaged / "wiring.md").is_file():
        return packaged
    return Path(str(files("device"))).parent / "docs"


def _copy_all(folder: Traversable, target: Path, pattern: str = "*") -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    parts = sorted((part for part in folder.iterdir() if part.is_file()), key=lambda part: part.name)
    return [_copy(part, target / part.name) for part in parts if Path(part.name).match(pattern)]


def _copy_page(source: Traversable, target: Path) -> Path:
    """A page whose links to pages that are not written along become plain words."""
    target.write_text(_PAGE_LINK.sub(r"\1", source.read_text("utf-8")), "utf-8")
    return target


def _copy(source: Traversable, target: Path) -> Path:
    target.write_bytes(source.read_bytes())
    return target
