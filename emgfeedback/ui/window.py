"""The window: strip, page and foot. It shows what the conductor says and passes on what the wearer wants."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.stage import Stage
from emgfeedback.ui.banner import Banner
from emgfeedback.ui.foot import Foot
from emgfeedback.ui.leaves.leaf import Paints
from emgfeedback.ui.model import Model, Moved
from emgfeedback.ui.page import FOOT, HEIGHT, STRIP, WIDTH, Page
from emgfeedback.ui.pages.start import StartPage
from emgfeedback.ui.palette import THEMES, Palette, colour
from emgfeedback.ui.registry import NUMBERED, PAGES, make_page
from emgfeedback.ui.strip import Strip
from emgfeedback.ui.text import tr
from emgfeedback.ui.waker import Waker

if TYPE_CHECKING:  # imported after the first picture
    from emgfeedback.settings import Settings

#: ms between two looks at what no frame tells: staleness, power, a lost board, the countdown.
SLOW_MS = 100
#: s between two whole models while frames move numbers alone: for what no frame tells.
WHOLE_S = 0.25
_REPAINT = int(QEvent.Type.UpdateRequest)
#: Sizes that + and - step through, in percent of 1280 x 800.
SIZES = (100, 125, 150, 175, 200)
#: Where a stage leads by itself.
PAGE_OF = {
    Stage.CALIBRATING: "calibrate",
    Stage.READY: "train",
    Stage.TRAINING: "train",
    Stage.RESTING: "train",
}

#: Pages on which a replay goes on; any other one ends it.
IN_REPLAY = ("train", "glance", "keys")

#: Pages looked at in passing: Esc leads back to where one was.
ASIDE = ("keys", "pads")

ESCAPE = "\x1b"
#: Keys that the foot names, as they are typed.
NAMED = {"Space": " ", "Esc": ESCAPE, "Enter": "\r", "Del": "\x7f"}

#: What Esc ends, once its page is on show.
ENDED_BY_ESC = (Stage.CALIBRATING, Stage.READY, Stage.TRAINING)


class Decider(Protocol):
    """What the window needs of the conductor."""

    newest_host_s: float

    def begin(self) -> None: ...
    def calibrate(self) -> None: ...
    def check(self) -> None: ...
    def lighten(self) -> None: ...
    def stop(self, why: str = "") -> None: ...
    def pain(self) -> None: ...
    def mute(self) -> None: ...
    def next_exercise(self) -> None: ...
    def choose_exercise(self, name: str) -> None: ...
    def switch_source(self) -> None: ...
    def take_settings(self, settings: "Settings") -> None: ...
    def replay(self, path: Path) -> str: ...
    def advance(self) -> None: ...
    def model(self) -> Model: ...
    def moved(self, model: Model) -> Moved | None: ...
    def close(self) -> None: ...


class Window(QWidget):
    """Opens with the Start page and nothing behind it; ``seat`` gives it a conductor once there is time."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.colours = palette
        self.conductor: Decider | None = None
        self.model = Model()
        #: Told by the leaves on show.
        self.paints = Paints()
        self.waker = Waker(self._follow, self)
        self._pages: dict[str, Page] = {}
        self._before = "start"
        self._stage = Stage.IDLE
        self._due_host_s = self._drawn_host_s = 0.0
        self._told: tuple[tuple[tuple[str, str], ...], str, str] = ((), "", "")
        self._slow = QTimer(self)
        self._slow.timeout.connect(self._draw_if_idle)
        self._drawn_s = self._asked_s = 0.0
        self.setWindowTitle("emgfeedback")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(640, 400)
        self.resize(round(WIDTH), round(HEIGHT))
        self.strip = Strip(palette, NUMBERED, self.go, self)
        self.foot = Foot(palette, self.press, self)
        self.banner = Banner(palette, self)
        self.banner.hide()
        self.page: Page = self._made("start")
        self._show_keys(self.page)
        self.page.show()
        self.setFocus()
        self.draw()

    # What is shown

    def seat(self, conductor: Decider) -> None:
        """From now on the conductor says what to show."""
        self.conductor = conductor
        self._slow.start(SLOW_MS)
        self.draw()

    def _draw_if_idle(self) -> None:
        if time.monotonic() - self._drawn_s >= SLOW_MS / 2000:
            self.draw()

    def _follow(self) -> None:
        """A frame came. In a set it mostly moves numbers alone: all else is asked for four times a second."""
        now_s, conductor, studio = time.monotonic(), self.conductor, self.model.studio
        if conductor is not None and studio is not None and now_s - self._asked_s < WHOLE_S:
            due_host_s = conductor.newest_host_s
            moved = conductor.moved(self.model)
            if moved is not None and self.page.follow(self.model, moved):
                self._drawn_s, self._due_host_s = now_s, due_host_s
                self._drawn_host_s = studio.opened.clock()
                self._paint()
                return
        self.draw()
        self._paint()

    def draw(self) -> None:
        """Show the newest state; a stage that began leads to its page."""
        self._drawn_s = self._asked_s = time.monotonic()
        if self.conductor is not None:
            self.conductor.advance()
            self._due_host_s = self.conductor.newest_host_s
            played = self.model.replay
            self.model = self.conductor.model()
            self._drawn_host_s = self.model.studio.opened.clock() if self.model.studio is not None else 0.0
            if played and not self.model.replay and self.page.name == "train":
                self.go("history")
        if self.model.stage is not self._stage:
            self._stage = self.model.stage
            if self.page.name != "glance" and self._stage in PAGE_OF:
                self.go(PAGE_OF[self._stage])
            elif self._stage is Stage.IDLE and self.page.name in ("calibrate", "train") and not self._found:
                self.go("start")
        self.page.show_model(self.model)
        self._show_keys(self.page)
        if not self.page.whole:
            self.strip.show_model(self.model, self.page.name)
        self._show_banner(self.model.banner)

    @property
    def _found(self) -> bool:
        """Whether the page Calibrate shows what a calibration has just found."""
        return self.page.name == "calibrate" and self.model.calibrated and not self.model.note

    def go(self, name: str) -> None:
        """To that page."""
        if name != "start" and name not in PAGES:
            return
        if name == self.page.name:
            return
        if self.model.replay and name not in IN_REPLAY and self.conductor is not None:
            self.conductor.stop()
            self.model = self.conductor.model()
        if not self.page.whole and self.page.name not in ASIDE:
            self._before = self.page.name
        page = self._made(name)
        page.show_model(self.model)
        self.page.hide()
        self.page = page
        self._whole(whole=page.whole)
        page.show()
        self._lay_out()
        self._show_keys(page)
        if not page.whole:
            self.strip.show_model(self.model, name)

    def prepare(self, name: str) -> None:
        """Make that page before it is wanted."""
        self._made(name)

    def set_theme(self, palette: Palette) -> None:
        """Paint everything in other colours."""
        self.colours = palette
        self.foot.set_theme(palette)
        self.banner.set_theme(palette)
        for surface in (self.strip, *self._pages.values()):
            surface.set_theme(palette)
        self.update()

    def take_settings(self, settings: "Settings") -> None:
        """Settings were changed on a page: the look holds at once, the chain when no set is under way."""
        self.take_look(settings.window.theme, settings.window.scale_percent)
        self._show_settings(settings)
        if self.conductor is not None:
            self.conductor.take_settings(settings)
            self.draw()

    def _show_settings(self, settings: "Settings") -> None:
        """On the page Settings, where there is one."""
        show = getattr(self._pages.get("settings"), "show_settings", None)
        if show is not None:
            show(settings)

    def take_look(self, theme: str, scale_percent: int) -> None:
        """Theme and size as the settings say; ``system`` follows the desktop."""
        dark = self.palette().window().color().lightness() < 128
        named = THEMES.get(theme) or THEMES["dark" if dark else "light"]
        if named is not self.colours:
            self.set_theme(named)
        grown, self._scale_percent = scale_percent != self._scale_percent, scale_percent
        for page in self._pages.values():
            self._scale(page)
        if grown and not self.isFullScreen():
            self.resize(round(scale_percent / 100 * WIDTH), round(scale_percent / 100 * HEIGHT))

    _scale_percent = 100

    def _scale(self, page: Page) -> None:
        """A desk page keeps its size when the window grows: it takes that of the settings."""
        scaled = getattr(page, "set_scale", None)
        if scaled is not None:
            scaled(self._scale_percent / 100)

    def _made(self, name: str) -> Page:
        if name not in self._pages:
            page = StartPage(self.colours, self) if name == "start" else make_page(name, self.colours, self)
            if page is None:
                raise ValueError(f"There is no page {name}.")
            page.hide()
            page.setParent(self)
            self._pages[name] = page
            self._scale(page)
            changed = getattr(page, "changed", None)
            if changed is not None:
                changed.connect(lambda settings: self.take_settings(settings))
            replay_wanted = getattr(page, "replay_wanted", None)
            if replay_wanted is not None:
                replay_wanted.connect(lambda path: self.replay(path))
            for name_of, wish in (("begin_wanted", self.begin), ("light_wanted", self._lighten)):
                wanted = getattr(page, name_of, None)
                if wanted is not None:
                    wanted.connect(wish)
            self._lay_out_page(page)
        return self._pages[name]

    def _show_keys(self, page: Page) -> None:
        """Where there is much to hear, what is wrong with the sound comes before the page's own hint."""
        keys, hint = page.foot(self.model)
        if page.name == "calibrate" and self.model.sound:
            hint = self.model.sound
        told = (keys, hint, page.name)
        if told != self._told:
            self._told = told
            self.foot.show_keys(*told)

    def _show_banner(self, sentence: str) -> None:
        if sentence:
            self.banner.show_state(tr(sentence))
        shown = bool(sentence) and not self.page.whole
        if self.banner.isVisibleTo(self) != shown:
            self.banner.setVisible(shown)
        if shown:
            self.banner.raise_()

    # Wishes

    def begin(self) -> None:
        """The one big action."""
        if self.conductor is not None:
            self.conductor.begin()
            self.draw()

    def replay(self, path: Path) -> None:
        """Play a recording into Train, or say on the page History why not."""
        if self.conductor is None:
            return
        why = self.conductor.replay(path)
        tell = getattr(self.page, "tell", None)
        if why and tell is not None:
            tell(tr(why))
        self.draw()

    def choose_exercise(self, name: str) -> None:
        """This exercise."""
        if self.conductor is not None:
            self.conductor.choose_exercise(name)
            self.draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Every wish has a key."""
        text = ESCAPE if event.key() == Qt.Key.Key_Escape else event.text().lower()
        if not self._take(text):
            super().keyPressEvent(event)

    def press(self, key: str) -> None:
        """What that key of the foot does, for those who point."""
        if key == "Tab":
            self.focusNextChild()
        else:
            self._take(NAMED.get(key, key.lower()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A page that covers everything has no button: a touch anywhere leads back."""
        if self.page.whole:
            self._back()
        else:
            super().mousePressEvent(event)

    def _take(self, text: str) -> bool:
        """Do what this key means here; whether it means anything."""
        if text == ESCAPE:
            self._back()
        elif text in ("1", "2", "3", "4", "5", "6"):
            self.go(NUMBERED[int(text) - 1])
        elif text and self.page.pressed(text):
            self.draw()
        elif text in self._wishes:
            self._wishes[text]()
            self.draw()
        else:
            return False
        return True

    @property
    def _wishes(self) -> dict[str, Callable[[], None]]:
        wishes: dict[str, Callable[[], None]] = {
            "g": lambda: self.go("glance" if self.page.name != "glance" else self._before),
            "t": self._other_theme,
            "+": lambda: self._grow(1),
            "=": lambda: self._grow(1),
            "-": lambda: self._grow(-1),
            "?": lambda: self.go("keys"),
            "a": lambda: self.go("pads"),
        }
        conductor = self.conductor
        if conductor is not None:
            wishes |= {" ": conductor.begin, "p": conductor.pain, "c": conductor.calibrate}
            wishes |= {"m": conductor.mute, "v": conductor.check}
            wishes |= {"e": conductor.next_exercise, "s": conductor.switch_source}
        return wishes

    def _lighten(self) -> None:
        if self.conductor is not None:
            self.conductor.lighten()

    def _back(self) -> None:
        if self.page.name in ("glance", *ASIDE):
            self.go(self._before)
        elif self.model.replay and self.conductor is not None:
            self.conductor.stop()
            self.draw()
        elif self.model.stage in ENDED_BY_ESC and self.page.name != PAGE_OF[self.model.stage]:
            self.go(PAGE_OF[self.model.stage])
        elif self.model.stage in ENDED_BY_ESC and self.conductor is not None:
            self.conductor.stop()
            self.draw()
        else:
            self.go("start")

    def _other_theme(self) -> None:
        theme = "dark" if self.colours.name == "light" else "light"
        self._keep_look({"window.theme": theme})
        self.set_theme(THEMES[theme])

    def _grow(self, step: int) -> None:
        nearest = min(range(len(SIZES)), key=lambda k: abs(SIZES[k] - self._scale_percent))
        percent = SIZES[min(max(nearest + step, 0), len(SIZES) - 1)]
        self._keep_look({"window.scale_percent": percent})
        self.take_look(self.colours.name, percent)

    def _keep_look(self, changes: dict[str, str | float | None]) -> None:
        """For the next start, too; a settings file that cannot be written keeps nobody from looking."""
        from emgfeedback.settings import SettingsError, change_settings

        with contextlib.suppress(SettingsError):
            self._show_settings(change_settings(changes))

    def _whole(self, *, whole: bool) -> None:
        """Full screen for Glance, and back as it was."""
        if whole and not self.isFullScreen():
            self._shape = self.windowState()
            self.setWindowState(self._shape | Qt.WindowState.WindowFullScreen)
        elif not whole and self.isFullScreen() and self._shape is not None:
            self.setWindowState(self._shape)
            self._shape = None
        self.strip.setVisible(not whole)
        self.foot.setVisible(not whole)

    _shape: Qt.WindowState | None = None

    # Qt

    def _paint(self) -> None:
        """Paint what has changed without another turn of the event loop. How old is its newest sample?"""
        before, studio, due_s = self.paints.n, self.model.studio, self._due_host_s
        QCoreApplication.sendPostedEvents(self, _REPAINT)
        if self.paints.n != before and studio is not None and due_s > 0.0 and self.page.live:
            studio.loop.drawn.add(self._drawn_host_s - due_s)
            studio.loop.painted.add(studio.opened.clock() - due_s)
            self._due_host_s = 0.0

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The picture scales as one."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        scale = min(self.width() / WIDTH, self.height() / HEIGHT)
        left = round((self.width() - scale * WIDTH) / 2)
        top = round((self.height() - scale * HEIGHT) / 2)
        wide, strip, foot = round(scale * WIDTH), round(scale * STRIP), round(scale * FOOT)
        bottom = self.height() - top
        self.strip.setGeometry(left, top, wide, strip)
        self.foot.setGeometry(left, bottom - foot, wide, foot)
        high = round(scale * Banner.DESIGN[1])
        # Where it hides least: over the keys of a page that is trained by, else below the strip.
        self.banner.setGeometry(left, bottom - high if self.page.live else top + strip, wide, high)
        self._lay_out_page(self.page)

    def _lay_out_page(self, page: Page) -> None:
        scale = min(self.width() / WIDTH, self.height() / HEIGHT)
        left = 0 if page.desk else round((self.width() - scale * WIDTH) / 2)
        top = round((self.height() - scale * HEIGHT) / 2)
        if page.whole:
            page.setGeometry(0, 0, self.width(), self.height())
            return
        above, below = top + round(scale * STRIP), top + round(scale * FOOT)
        page.setGeometry(left, above, self.width() - 2 * left, self.height() - above - below)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The ground around the picture."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self.colours.ground))
        painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """End everything, so that the recording is whole."""
        self._slow.stop()
        for page in self._pages.values():
            getattr(page, "close_errands", lambda: None)()
        if self.conductor is not None:
            self.conductor.close()
        super().closeEvent(event)
