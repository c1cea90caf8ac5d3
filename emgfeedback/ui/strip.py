"""The strip on top: where one is and what is connected; in a set the navigation leaves."""

import math
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from emgfeedback.stage import Stage
from emgfeedback.ui import sentences, states
from emgfeedback.ui.controls import Tab
from emgfeedback.ui.leaves.quality_light import QualityLight
from emgfeedback.ui.leaves.words import Item, Line, Mark, Rule, Words
from emgfeedback.ui.lettering import Align
from emgfeedback.ui.model import Delays, Model
from emgfeedback.ui.page import MARGIN, STRIP, WIDTH, Surface
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

#: x of the first tab, and the room around its word.
FIRST_TAB, AROUND = 232.0, 28.0
LIGHT_WIDTH, LIGHT_PITCH = 160.0, 148.0


class Strip(Surface):
    """``names`` are the pages that have a tab; ``go`` leads to one."""

    def __init__(
        self,
        palette: Palette,
        names: Sequence[str],
        go: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(palette, (0.0, 0.0, WIDTH, STRIP), parent)
        self._left = Words(palette, (WIDTH, STRIP))
        self.put(self._left, (0.0, 0.0, WIDTH, STRIP))
        self.tabs: dict[str, Tab] = {}
        x = FIRST_TAB
        for name in names:
            self.tabs[name] = self._tab(name, x, go)
            x += width(tr(sentences.PAGES[name]), Face.BOLD, 16) + AROUND
        self._lights = [QualityLight(palette) for _ in range(2)]
        self._light_places: list[float] = []
        for light in self._lights:
            self.put(light, (0.0, 20.0, LIGHT_WIDTH, 24.0))
            light.hide()

    def _tab(self, name: str, x: float, go: Callable[[str], None]) -> Tab:
        word = tr(sentences.PAGES[name])
        room = width(word, Face.BOLD, 16) + 12.0
        tab = Tab(self.colours, word, lambda: go(name), (room, 57.0), 16)
        self.put(tab, (x, 6.0, room, 57.0))
        return tab

    def show_model(self, model: Model, page: str) -> None:
        """Show where one is, the channels while they matter, link, power and delay."""
        if not self.news("all", page, *_seen_of(model)):
            return
        in_set = model.stage is Stage.TRAINING and page == "train"
        for name, tab in self.tabs.items():
            tab.setVisible(not in_set)
            tab.setChecked(name == page)
        items: list[Item] = [Rule(MARGIN, STRIP - 1.0, WIDTH - 2 * MARGIN)]
        if in_set:
            items += self._set(model)
        else:
            items += [
                Mark("glute", 65.0, 32.0, 8.5),
                Mark("quad", 85.0, 32.0, 8.5),
                Line("emgfeedback", 101.0, 37.0, 16, Face.BOLD),
            ]
        lit = page in ("train", "calibrate")
        # Beside the tabs there is room for the lights and the link, not for more.
        x = self._right(items, model, whole=in_set or not lit)
        self._show_lights(model, x, wanted=lit)
        self._left.show_state(tuple(items))

    @staticmethod
    def _set(model: Model) -> list[Item]:
        title = tr(model.exercise.title)
        side = tr(model.picture.working.side) if model.picture is not None else ""
        words = tr(sentences.WITH_FEEDBACK).format(number=model.set_number, side=side)
        return [
            Line(title, MARGIN, 38.0, 18, Face.BOLD, room=240.0),
            Line(words, MARGIN + width(title, Face.BOLD, 18) + 16.0, 38.0, 16, tone="soft", room=240.0),
        ]

    @staticmethod
    def _right(items: list[Item], model: Model, *, whole: bool) -> float:
        """The words at the right end, with power and delay if ``whole``; where they begin."""
        words: list[tuple[str, Face, str]] = []
        if model.simulated:
            words.append((tr("SIMULATED"), Face.BOLD, "ink"))
        elif model.link:
            words.append((tr(model.link), Face.BOLD, "ink"))
            footer = model.picture.footer[1:] if model.picture is not None and whole else ()
            power = [word for word in footer if "delay" not in word and not model.banner]
            words += [(tr(word), Face.TEXT, "soft") for word in power]
        if whole and model.delays is not None:
            words.append((delay_words(model.delays), Face.TEXT, "soft"))
        x = WIDTH - MARGIN
        for word, face, tone in reversed(words):
            if word:
                items.append(Line(word, x, 37.0, 15, face, tone, Align.RIGHT))
                x -= width(word, face, 15) + 24.0
        return x

    def _show_lights(self, model: Model, right: float, *, wanted: bool) -> None:
        picture = model.picture
        bars = [b for b in picture.bars if b.side == picture.working.side] if picture is not None else []
        for k, light in enumerate(self._lights):
            shown = wanted and k < len(bars) and picture is not None
            if shown and picture is not None:
                light.show_state(states.light(bars[k], picture))
                left = right - (len(bars) - k) * LIGHT_PITCH
                self.move_to(light, (left, 20.0, LIGHT_WIDTH, 24.0))
            if light.isVisibleTo(self) != shown:
                light.setVisible(shown)


def _seen_of(model: Model) -> tuple[object, ...]:
    """All of a model that the strip shows."""
    told = (model.stage, model.exercise, model.set_number, model.who, model.link, model.banner, model.delays)
    picture = model.picture
    if picture is None:
        return told
    contacts = tuple((bar.muscle, bar.side, bar.contact) for bar in picture.bars)
    return (*told, picture.working.side, picture.stale, picture.footer, contacts)


def delay_words(delays: Delays) -> str:
    """``decided 4 ms, painted 12 ms``: to the decision and to the painted picture, medians."""
    decided, painted = delays.decided_ms[0], delays.painted_ms[0]
    if math.isnan(decided) or math.isnan(painted):
        return ""
    first = f"{decided:.0f}" if decided >= 1.0 else "< 1"
    return tr(sentences.DELAY).format(decided=first, painted=f"{painted:.0f}")
