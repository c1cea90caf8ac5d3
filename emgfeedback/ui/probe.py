"""Whether a window can open here, asked in a child process: Qt aborts where it cannot, without an exception.

Imports nothing of Qt itself.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec

#: s. A child that has not answered by then is taken for a no.
PATIENCE_S = 20.0
EXTRA = "pip install 'emgfeedback[window]'"
#: What the child does: Qt says on standard error what it misses, or ends with status 0.
_CHILD = """
import ctypes, os, pathlib, sys
import PySide6
from PySide6 import QtWidgets
if sys.platform.startswith("linux") and os.environ.get("QT_QPA_PLATFORM", "xcb").startswith("xcb"):
    plugin = pathlib.Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"
    if plugin.exists() and not os.environ.get("WAYLAND_DISPLAY"):
        ctypes.CDLL(str(plugin))
QtWidgets.QApplication([])
"""
#: Debian's package of each library that a minimal system lacks.
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}
_MISSING = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")


class Probe:
    """The question, put at once; ``result`` waits for the answer. Meanwhile the caller may import."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._child: subprocess.Popen[str] | None = None
        self._known = self._without_asking()
        if self._known is None:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", _CHILD],
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                text=True,
            )

    @property
    def result(self) -> str:
        """``""`` when a window can open, else one sentence why it cannot and what to do."""
        if self._known is None and self._child is not None:
            try:
                _, said = self._child.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.communicate()
                self._known = "No window: Qt did not start in time."
            else:
                self._known = "" if self._child.returncode == 0 else sentence(said)
        return self._known or ""

    def _without_asking(self) -> str | None:
        if find_spec("PySide6") is None:
            return f"No window: PySide6 is not installed. {EXTRA} brings it."
        chosen = self._environment.get("QT_QPA_PLATFORM", "")
        screens = ("DISPLAY", "WAYLAND_DISPLAY")
        screenless = sys.platform.startswith("linux") and not any(map(self._environment.get, screens))
        if screenless and not chosen:
            return "No window: no screen here, neither DISPLAY nor WAYLAND_DISPLAY is set."
        return None


def sentence(said: str) -> str:
    """What the child said on standard error, as one sentence that names the package to install."""
    missing = _MISSING.search(said)
    if missing:
        library = missing.group(1)
        return f"No window: {library} is missing. On Debian or Ubuntu: apt install {package_of(library)}"
    if "could not connect to display" in said:
        return "No window: the screen that DISPLAY names does not answer."
    if "ImportError" in said or "ModuleNotFoundError" in said:
        return f"No window: PySide6 cannot be loaded. {EXTRA} brings it."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"No window: Qt does not start here. {lines[0] if lines else ''}".strip()


def package_of(library: str) -> str:
    """``libxcb-cursor0`` for ``libxcb-cursor.so.0``, as Debian names its packages."""
    if library in PACKAGES:
        return PACKAGES[library]
    name, _, version = library.partition(".so.")
    joint = "-" if name[-1:].isdigit() else ""
    return f"{name}{joint}{version}".lower()
