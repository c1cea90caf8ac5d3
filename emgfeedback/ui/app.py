"""Runs the window: a picture first, the rest after."""

import contextlib
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emgfeedback.power import Power
from emgfeedback.ui import collector
from emgfeedback.ui.palette import DARK, LIGHT
from emgfeedback.ui.type_scale import load_fonts
from emgfeedback.ui.window import Window

if TYPE_CHECKING:  # imported after the first picture
    from emgfeedback.ui.conductor import Conductor
    from emgfeedback.ui.entrance import WindowRequest

#: ms between two turns of the interpreter, so that Ctrl+C in the terminal is heard.
HEAR_MS = 250


def application() -> QApplication:
    """The one application of this process, with its fonts."""
    known = QApplication.instance()
    app = known if isinstance(known, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("emgfeedback")
    load_fonts()
    return app


def open_window(request: "WindowRequest | Callable[[], WindowRequest]", power: Callable[[], Power]) -> Window:
    """The window on the screen; its conductor is set up once the first picture is painted."""
    app = application()
    dark = app.palette().window().color().lightness() < 128
    window = Window(DARK if dark else LIGHT)
    window.show()
    QTimer.singleShot(0, window, lambda: _seat(window, request, power))
    QTimer.singleShot(collector.START_MS, collector.go_on)
    return window


def _seat(
    window: Window, request: "WindowRequest | Callable[[], WindowRequest]", power: Callable[[], Power]
) -> None:
    from emgfeedback.ui.conductor import Conductor

    if window.isVisible():
        _take_settings(window)
        window.seat(Conductor(request() if callable(request) else request, power, window.waker.wake))
        # While the source is being opened there is time; a set then begins without waiting for its page.
        QTimer.singleShot(0, window, lambda: window.prepare("train"))


def _take_settings(window: Window) -> None:
    from emgfeedback.settings import SettingsError, load_settings

    # A damaged file is told by the source that cannot be opened, with what to correct.
    with contextlib.suppress(SettingsError):
        look = load_settings().window
        window.take_look(look.theme, look.scale_percent)


def run(request: "WindowRequest | Callable[[], WindowRequest]", power: Callable[[], Power]) -> "Conductor":
    """Show the window until it is closed; the conductor then tells what was done."""
    from emgfeedback.ui.conductor import Conductor

    window = open_window(request, power)
    app = application()
    hearing = QTimer()
    hearing.timeout.connect(lambda: None)
    hearing.start(HEAR_MS)
    # Not at once: a signal comes in the middle of anything, the end of a set among it.
    before = signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window.close))
    try:
        app.exec()
    finally:
        signal.signal(signal.SIGINT, before)
    if not isinstance(window.conductor, Conductor):
        raise KeyboardInterrupt
    return window.conductor
