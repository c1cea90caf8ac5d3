"""Python's garbage collector rests while a window starts, and leaves alone what the start has made.

Modules make some hundred thousand objects that stay. Looking through them again and again costs a twentieth
of the start, and later each full collection a pause of several pictures. Imports nothing of Qt.
"""

import gc

#: ms after which the start is over, also where no source is found.
START_MS = 3000


def rest() -> None:
    """Collect nothing until ``go_on``."""
    gc.disable()


def go_on() -> None:
    """Collect again, but not what there is now. Nothing happens where the collector did not rest."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
