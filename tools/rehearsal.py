"""The window with the simulated person behind it, for pictures: his time passes only when asked for."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from calibration.form import dump
from calibration.plan import Plan
from calibration.store import load
from device.channel_map import ChannelMap
from emgfeedback.calibrating import now_local
from emgfeedback.chain import ChainSettings
from emgfeedback.live_set import SetRequest
from emgfeedback.power import Power
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source
from emgfeedback.studio import Studio
from emgfeedback.ui.conductor import Conductor
from emgfeedback.ui.entrance import WindowRequest
from emgfeedback.ui.model import Model
from emgfeedback.ui.palette import LIGHT, THEMES
from emgfeedback.ui.window import Decider, Window

#: s of the simulated person's time within which a state must come up, and of ours until he is there.
PATIENCE_S, OPENING_S = 900.0, 30.0
#: Chunks between two pictures: 32 ms.
DRAWN_EVERY = 4
SIZE, LARGE = (1280, 800), (2560, 1600)
N_COLOURS = 256


def own_calibration(url: str, path: Path, channels: ChannelMap | None = None) -> Path:
    """The person's own 100 %, as a file."""
    with open_source(url, channels) as source:
        assert isinstance(source, SimulatedSource)
        path.write_text(dump(source.perfect_calibration(ChainSettings(), now_local(), "simulated")))
    return path


def weaker(path: Path, part: float) -> Path:
    """The same 100 % from squeezes with only that part of all strength."""
    own = load(path)
    channels = tuple(
        replace(c, mvc_uv=part * c.mvc_uv, best_500ms_uv=part * c.best_500ms_uv) for c in own.channels
    )
    path.write_text(dump(replace(own, channels=channels)))
    return path


def settle() -> None:
    """Let Qt lay out and paint."""
    for _ in range(6):
        QApplication.processEvents()


class Still:
    """In the conductor's place: always the same model."""

    newest_host_s = 0.0

    def __init__(self, model: Model) -> None:
        self._model = model

    def model(self) -> Model:
        """What to show."""
        return self._model

    def moved(self, model: Model) -> None:
        """Nothing moves."""

    def advance(self) -> None:
        """Nothing goes on here."""

    begin = calibrate = next_exercise = switch_source = close = advance

    def stop(self, why: str = "") -> None:
        """Nothing goes on here."""

    pain = stop

    def choose_exercise(self, name: str) -> None:
        """Nothing goes on here."""

    def take_settings(self, settings: object) -> None:
        """Nothing goes on here."""


class Rehearsal:
    """A window on ``url``. A source with ``fast=1`` runs by ``until`` alone, any other by itself."""

    def __init__(
        self,
        folder: Path,
        url: str,
        *,
        reps: int = 8,
        plan: Plan | None = None,
        calibration: Path | None = None,
        record: bool = True,
        exercise: str = "bridge",
        channels: ChannelMap | None = None,
    ) -> None:
        os.environ["EMGFEEDBACK_HOME"] = str(folder / "home")
        wanted = SetRequest(exercise, reps, record=record)
        request = WindowRequest(wanted, url, channels, calibration=calibration, plan=plan)
        self.window = Window(LIGHT)
        self.window.show()
        self.conductor = Conductor(request, lambda: Power.BATTERY, lambda: 0.0)
        deadline = time.monotonic() + OPENING_S
        while self.conductor.studio is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} does not open: {self.conductor.model().fault}")
            time.sleep(0.01)
            self.conductor.advance()
        self.studio: Studio = self.conductor.studio
        self.window.seat(self.conductor)
        self._stepped = self.studio.opened.stepped

    @property
    def model(self) -> Model:
        """What the window shows now."""
        return self.window.model

    def until(self, done: Callable[[Model], bool], what: str, for_s: float = 0.0) -> Model:
        """Let time pass until it has been ``done`` ``for_s``; ``what`` is the state that is waited for."""
        clock = self.studio.opened.clock
        deadline = clock() + PATIENCE_S
        since_s = math.inf
        while True:
            if self._stepped:
                for _ in range(DRAWN_EVERY):
                    self.studio.loop.step()
                self.window.draw()
            else:
                self.window.waker.wake()
                QApplication.processEvents()
                time.sleep(0.005)
            since_s = min(since_s, clock()) if done(self.model) else math.inf
            if clock() - since_s >= for_s:
                return self.model
            if clock() > deadline:
                raise TimeoutError(f"It never came to: {what}.")

    def passing(self, seconds: float) -> Model:
        """Let so much time pass."""
        end = self.studio.opened.clock() + seconds
        return self.until(lambda _: self.studio.opened.clock() >= end, f"{seconds} s passed")

    def show_still(self, model: Model) -> None:
        """A state that the simulated person cannot bring about."""
        self.window.conductor = cast("Decider", Still(model))
        self.window.draw()

    def go_on(self) -> None:
        """After a still."""
        self.window.conductor = self.conductor

    def close(self) -> None:
        """End everything."""
        self.window.conductor = self.conductor
        self.window.close()
        self.window.deleteLater()
        settle()


class Album:
    """Writes a page's pictures: light and dark, and the first of each page at 200 %, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Path] = []
        self._large: set[str] = set()

    def keep(self, window: Window, page: str, state: str = "") -> None:
        """The page as it is now; time stands still meanwhile."""
        if window.page.name != page:
            window.go(page)
        name = f"{page}-{state}" if state else page
        for theme, palette in THEMES.items():
            if page == "glance" and state != "rest" and theme != "light":
                continue  # its flags are the same in both
            window.set_theme(palette)
            self._write(_seen(window, SIZE), f"{name}-{theme}")
        window.set_theme(LIGHT)
        if page not in self._large:
            self._large.add(page)
            window.take_look("light", 200)
            self._write(_seen(window, LARGE), f"{name}-200")
            window.take_look("light", 100)
        _seen(window, SIZE)

    def _write(self, picture: QImage, name: str) -> None:
        path = self.folder / f"{name}.png"
        if not indexed(picture).save(str(path), quality=0):
            raise OSError(f"{path} cannot be written.")
        self.made.append(path)


def indexed(picture: QImage) -> QImage:
    """The picture in its 256 most frequent colours, each other one as the nearest of these: a small file."""
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    height, width = picture.height(), picture.width()
    words = np.frombuffer(picture.constBits(), np.uint32).reshape(height, picture.bytesPerLine() // 4)
    colours, at, times = np.unique(words[:, :width], return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-times, kind="stable")[:N_COLOURS]]
    apart = sum((_channel(colours, shift)[:, None] - _channel(kept, shift)) ** 2 for shift in (0, 8, 16))
    nearest = np.argmin(apart, axis=1).astype(np.uint8)
    stride = (width + 3) // 4 * 4
    rows = np.zeros((height, stride), np.uint8)
    rows[:, :width] = nearest[at].reshape(height, width)
    found = QImage(rows.tobytes(), width, height, stride, QImage.Format.Format_Indexed8)
    found.setColorTable([int(one) for one in kept])
    return found.copy()


def _channel(colours: NDArray[np.uint32], shift: int) -> NDArray[np.int32]:
    return ((colours >> shift) & 0xFF).astype(np.int32)


def _seen(window: Window, size: tuple[int, int]) -> QImage:
    # Glance wants the whole screen, and without a screen that is a small one.
    window.setWindowState(window.windowState().WindowNoState)
    window.resize(*size)
    window.page.show_model(window.model)
    settle()
    return window.grab().toImage()
