"""Inter in three cuts, loaded from the package, and the scale of sizes in pixels at 1280 x 800.

The digits of running text are tabular; lettering.py sets those of large numbers in cells.
"""

from enum import Enum
from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

#: Text below this size is never drawn at 100 %.
SMALLEST = 14
SCALE = (344, 184, 152, 112, 104, 68, 60, 56, 44, 28, 22, 18, 16, 14)
#: em. Display sizes are set a little closer.
DISPLAY_SPACING_EM = -0.014
_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "InterDisplay-SemiBold.otf")
_ELSE = ["Noto Sans", "DejaVu Sans", "sans-serif"]


class Face(Enum):
    """The three cuts: running text, text that stands out, and large numbers and words."""

    TEXT = "text"
    BOLD = "bold"
    DISPLAY = "display"


def load_fonts() -> tuple[str, ...]:
    """Register the shipped files with Qt, once a process; returns the files that Qt refused.

    Needs a QGuiApplication. With a refused file the system's sans-serif stands in.
    """
    families = set(QFontDatabase.families())
    if {"Inter", "Inter Display"} <= families:
        return ()
    folder = resources.files("emgfeedback.ui") / "fonts"
    return tuple(
        name
        for name in _FILES
        if QFontDatabase.addApplicationFontFromData(QByteArray((folder / name).read_bytes())) < 0
    )


@lru_cache(maxsize=128)
def font(face: Face, size: int) -> QFont:
    """The cut at ``size`` pixels, unhinted (it is drawn at any scale). Shared: callers do not change it."""
    made = QFont()
    made.setPixelSize(size)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    if face is Face.DISPLAY:
        made.setFamilies(["Inter Display", "Inter Display Semi Bold", "Inter", *_ELSE])
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, DISPLAY_SPACING_EM * size)
    else:
        made.setFamilies(["Inter", *_ELSE])
    made.setWeight(QFont.Weight.Normal if face is Face.TEXT else QFont.Weight.DemiBold)
    return made


@lru_cache(maxsize=1024)
def width(text: str, face: Face, size: int) -> float:
    """Advance of ``text`` in pixels at ``size``."""
    return QFontMetricsF(font(face, size)).horizontalAdvance(text)
