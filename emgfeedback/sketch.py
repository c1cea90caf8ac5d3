"""The firmware that comes with the package, written where an Arduino tool can build it."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_SKETCH = "emgfeedback"


def write_sketch(out: Path) -> list[Path]:
    """Copy the sketch folder and the wiring page into ``out``; returns the files written.

    Raises ``OSError`` when ``out`` cannot be written.
    """
    target = out / _SKETCH
    target.mkdir(parents=True, exist_ok=True)
    parts = sorted((files("device") / "firmware" / _SKETCH).iterdir(), key=lambda part: part.name)
    written = [_copy(part, target / part.name) for part in parts if part.is_file()]
    return [*written, _copy(_wiring_page(), out / "wiring.md")]


def _wiring_page() -> Traversable:
    """Inside the installed package, or in docs/ of a checkout."""
    packaged = files("device") / "firmware" / "wiring.md"
    if packaged.is_file():
        return packaged
    return Path(str(files("device"))).parent / "docs" / "wiring.md"


def _copy(source: Traversable, target: Path) -> Path:
    target.write_bytes(source.read_bytes())
    return target
