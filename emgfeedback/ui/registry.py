"""Which pages there are, and where each is made. A page's module is imported when it is first wanted."""

from importlib import import_module
from typing import cast

from PySide6.QtWidgets import QWidget

from emgfeedback.ui.page import Page
from emgfeedback.ui.palette import Palette

#: Pages with a tab, in the order of the keys 1 to 6.
NUMBERED = ("start", "calibrate", "train", "signals", "history", "settings")
#: Module and class of each page that the window makes by itself.
PAGES = {
    "calibrate": ("emgfeedback.ui.pages.calibrate", "CalibratePage"),
    "train": ("emgfeedback.ui.pages.train", "TrainPage"),
    "signals": ("emgfeedback.ui.pages.signals", "SignalsPage"),
    "history": ("emgfeedback.ui.pages.history", "HistoryPage"),
    "settings": ("emgfeedback.ui.pages.settings", "SettingsPage"),
    "glance": ("emgfeedback.ui.pages.glance", "GlancePage"),
    "pads": ("emgfeedback.ui.pages.pads", "PadsPage"),
    "keys": ("emgfeedback.ui.pages.keys", "KeysPage"),
}


def make_page(name: str, palette: Palette, parent: QWidget) -> Page | None:
    """The page, or ``None`` where there is none of that name."""
    if name not in PAGES:
        return None
    module, kind = PAGES[name]
    return cast("Page", getattr(import_module(module), kind)(palette, parent))
