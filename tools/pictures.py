"""Pictures of the window for the documents: ``python tools/pictures.py`` (``gallery``, ``pages``: one kind).

Needs no screen, and the Python of an environment with the ``window`` extra. Every picture is drawn anew
into docs/images/.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from page_pictures import pages
from PySide6.QtWidgets import QApplication

from emgfeedback.ui.gallery import Gallery
from emgfeedback.ui.palette import THEMES
from emgfeedback.ui.type_scale import load_fonts

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def gallery(folder: Path) -> list[Path]:
    """Every leaf in every state, light and dark."""
    made = []
    for name, palette in THEMES.items():
        path = folder / f"leaves-{name}.png"
        Gallery(palette, scale=1.5).grab().save(str(path))
        made.append(path)
    return made


KINDS: dict[str, Callable[[Path], list[Path]]] = {"gallery": gallery, "pages": pages}


def main() -> int:
    """Draw the kinds that were asked for, all without a word; print the path of each picture."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the documents.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}; all without a word")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder (docs/images)")
    chosen = parser.parse_args()
    unknown = [kind for kind in chosen.kinds if kind not in KINDS]
    if unknown:
        parser.error(f"unknown kind {unknown[0]!r}; choose from {', '.join(KINDS)}")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    load_fonts()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for kind in chosen.kinds or list(KINDS):
        for path in KINDS[kind](chosen.out):
            print(path)
    application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
