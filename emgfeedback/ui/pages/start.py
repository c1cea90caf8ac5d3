"""Start: what is connected, whether it is calibrated today, the exercise, and one big action."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from emgfeedback.coach.exercises import EXERCISES
from emgfeedback.picture import Bar
from emgfeedback.resolution import resolution_words
from emgfeedback.stage import Stage
from emgfeedback.ui import sentences, states
from emgfeedback.ui.controls import BigAction, Link, Tab
from emgfeedback.ui.leaves.body import Body, BodyState, Pad
from emgfeedback.ui.leaves.quality_light import Light, QualityLight, QualityLightState
from emgfeedback.ui.leaves.words import Item, Line, Mark, Rule, Words
from emgfeedback.ui.lettering import Align
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import Page
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.text import muscle_name, tr
from emgfeedback.ui.type_scale import Face, width

#: The figure panel.
PANEL = (672.0, 104.0, 552.0, 592.0)
#: The way to the page that shows where the pads go.
WHERE = (697.0, 508.0)
#: Baselines of the two rows of pads in the panel.
ROWS = (597.0, 648.0)


class Wishes(Protocol):
    """What the page asks for."""

    def begin(self) -> None:
        """The one big action."""

    def choose_exercise(self, name: str) -> None:
        """This exercise."""

    def go(self, name: str) -> None:
        """To that page."""


class StartPage(Page):
    """The first page, on show before anything is open."""

    name: ClassVar[str] = "start"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Space", "start"),
        ("C", "calibrate"),
        ("V", "check"),
        ("S", "board or simulated person"),
        ("E", "exercise"),
    )
    hint: ClassVar[str] = sentences.INTENDED_USE

    def __init__(self, palette: Palette, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._words = Words(palette, (576.0, 344.0))
        self.put(self._words, (48.0, 92.0, 576.0, 344.0))
        self._exercises = {
            name: self._exercise(name, place, wishes.choose_exercise) for place, name in enumerate(EXERCISES)
        }
        self.action = BigAction(palette, wishes.begin)
        self.put(self.action, (50.0, 578.0, 572.0, 124.0))
        self._hint = Words(palette, (576.0, 36.0))
        self.put(self._hint, (48.0, 706.0, 576.0, 36.0))
        self._title = Words(palette, (512.0, 40.0), on_sheet=True)
        self.put(self._title, (692.0, 124.0, 512.0, 40.0))
        self._body = Body(palette, on_sheet=True)
        # As wide as the panel: the floor goes from edge to edge.
        self.put(self._body, (673.0, 172.0, 551.0, 384.0))
        self._pads = Words(palette, (512.0, 120.0), on_sheet=True)
        self.put(self._pads, (692.0, 560.0, 512.0, 120.0))
        self._lights = [QualityLight(palette, on_sheet=True) for _ in ROWS]
        self.where = Link(palette, tr(sentences.WHERE_PADS_GO), lambda: wishes.go("pads"))
        self.put(self.where, (*WHERE, self.where.wide, 44.0))
        for row, light in zip(ROWS, self._lights, strict=True):
            self.put(light, (1064.0, row - 18.0, 158.0, 24.0))
        self._safety = Words(palette, (560.0, 36.0))
        self.put(self._safety, (664.0, 706.0, 560.0, 36.0))
        self.setTabOrder(self._exercises["squat"], self.action)
        self.setTabOrder(self.action, self.where)

    def _exercise(self, name: str, place: int, choose: Callable[[str], None]) -> Tab:
        title = tr(EXERCISES[name].title)
        tab = Tab(self.colours, title, lambda: choose(name), (106.0, 120.0), 15)
        self.put(tab, (56.0 + 113.5 * place, 448.0, 106.0, 120.0))
        figure = Body(self.colours)
        figure.show_state(BodyState(name if name != "bridge-cued" else "bridge", small=True))
        tab.carry(figure)
        return tab

    def show_model(self, model: Model) -> None:
        """Show what is connected and what the big action would do."""
        self._words.show_state(self._left(model))
        for name, tab in self._exercises.items():
            tab.setChecked(name == model.exercise.id)
        word, key, waits = big_action(model)
        self.action.show_action(tr(word), tr(key), waits=waits)
        self._hint.show_state((Line(self._what_follows(model), 8.0, 22.0, 16, tone="soft", room=556.0),))
        self._show_panel(model)
        self._safety.show_state((Line(self._power(model), 8.0, 22.0, 16, room=544.0),))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The ground and the figure panel."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(colour(self.colours.line), 1.0))
        painter.setBrush(colour(self.colours.sheet))
        painter.drawRect(QRectF(self.pixels(PANEL)))
        painter.end()

    @staticmethod
    def _left(model: Model) -> tuple[Item, ...]:
        first, second, why = headline(model)
        side = ""
        if model.picture is not None and model.picture.working.side:
            side = f", {tr(model.picture.working.side)}"
        plan = tr(sentences.SET_PLAN).format(number=model.set_number, reps=model.target) + side
        source = model.source if not model.fault else ""
        # Where the headline is about the calibration, that a person wears this board stands before the rest.
        real = (
            tr(sentences.REAL_BOARD)
            if source and first not in (sentences.REAL_BOARD, sentences.SIMULATED_PERSON)
            else ""
        )
        x = 8.0 + (width(real, Face.BOLD, 18) + 16.0 if real else 0.0)
        return (
            Line(real, 8.0, 30.0, 18, Face.BOLD, room=200.0),
            Line(tr(source), x, 30.0, 18, tone="soft", room=568.0 - x),
            Line(tr(first), 8.0, 104.0, 60, Face.DISPLAY, room=560.0),
            Line(tr(second), 8.0, 168.0, 60, Face.DISPLAY, room=560.0),
            Line(tr(why), 8.0, 213.0, 18, room=560.0, leading=26.0),
            Line(StartPage._honest(model), 8.0, 292.0, 15, tone="soft", room=560.0),
            Rule(8.0, 304.0, 560.0),
            Line(tr(sentences.EXERCISE), 8.0, 339.0, 18, Face.BOLD),
            Line(plan, 568.0, 339.0, 16, tone="soft", align=Align.RIGHT, room=440.0),
        )

    @staticmethod
    def _honest(model: Model) -> str:
        """From which effort on this board's share is honest, once a board is there."""
        if model.fault or model.studio is None:
            return ""
        return resolution_words(model.studio.opened.info, model.studio.calibration, tr)

    @staticmethod
    def _what_follows(model: Model) -> str:
        if model.fault or model.studio is None:
            return ""
        if not model.calibrated:
            return tr(sentences.SIMULATED_STAYS if model.simulated else sentences.SET_HANDS_FREE)
        return tr(sentences.SET_ENDS).format(reps=model.target)

    def _show_panel(self, model: Model) -> None:
        bars = self._bars(model)
        pads = {bar.muscle: states.pad(bar, model.picture) for bar in bars}
        pose = model.exercise.id if model.exercise.id != "bridge-cued" else "bridge"
        glute, quad = pads.get("glute", Pad.UNKNOWN), pads.get("quad", Pad.UNKNOWN)
        self._body.show_state(BodyState(pose, glute, quad, lift=True))
        checked = sentences.SIMULATED if model.simulated else "" if bars else sentences.NOT_CHECKED
        self._title.show_state(
            (
                Line(tr(model.exercise.title), 13.0, 25.0, 18, Face.BOLD, room=300.0),
                Line(tr(checked), 499.0, 25.0, 18, tone="soft", align=Align.RIGHT, room=180.0),
            )
        )
        muscles = [bar.muscle for bar in bars] or ["glute", "quad"]
        items: list[Item] = []
        for muscle, row in zip(muscles, ROWS, strict=False):
            y = row - 560.0
            items += [
                Rule(13.0, y - 33.0, 486.0),
                Mark(muscle, 23.0, y - 6.0, 10.0),
                Line(muscle_name(muscle), 45.0, y, 18, Face.BOLD, room=90.0),
                Line(tr(sentences.PLACES.get(muscle, "")), 130.0, y, 17, tone="soft", room=216.0),
            ]
        self._pads.show_state(tuple(items))
        for k, light in enumerate(self._lights):
            light.show_state(self._light(bars[k] if k < len(bars) else None, model))

    @staticmethod
    def _bars(model: Model) -> list[Bar]:
        picture = model.picture
        if picture is None:
            return []
        return [bar for bar in picture.bars if bar.side == picture.working.side]

    @staticmethod
    def _light(bar: Bar | None, model: Model) -> QualityLightState:
        if bar is None or model.picture is None:
            return QualityLightState(Light.NONE, "", tr(sentences.NOT_CHECKED))
        shown = states.light(bar, model.picture)
        word = sentences.GOOD_CONTACT if shown.light is Light.GOOD else shown.word
        return QualityLightState(shown.light, "", tr(word))

    @staticmethod
    def _power(model: Model) -> str:
        if model.studio is None:
            return ""
        if model.simulated:
            return tr(sentences.NO_PADS)
        footer = model.picture.footer if model.picture is not None else ()
        if model.banner:
            return tr(sentences.CHARGER_IN)
        return tr(sentences.ON_BATTERY if "On battery" in footer else sentences.POWER_UNKNOWN)


def headline(model: Model) -> tuple[str, str, str]:
    """Two large lines and the reason below them."""
    if model.banner and model.studio is None:
        return sentences.PAUSED_FIRST, sentences.PAUSED_SECOND, sentences.GOES_ON
    if model.fault:
        return sentences.NO_SOURCE_FIRST, sentences.NO_SOURCE_SECOND, model.fault
    if model.studio is None:
        return sentences.LOOKING_FIRST, sentences.LOOKING_SECOND, model.opening
    made = sentences.CHECKED_TODAY if model.compared else sentences.CALIBRATED_TODAY
    state = made if model.calibrated else sentences.NOT_CALIBRATED
    if model.simulated:
        why = sentences.MADE_UP_CALIBRATED if model.calibrated else sentences.MADE_UP
        second = state if model.calibrated else sentences.NO_SENSORS
        return sentences.SIMULATED_PERSON, second, model.note or why
    return _of_a_real_board(model, state)


def _of_a_real_board(model: Model, state: str) -> tuple[str, str, str]:
    """The verdict of a check is the headline: it is what a wearer wants to know before a set."""
    if model.calibrated and model.compared:
        first, _, second = tr(model.compared).rstrip(".").partition(" ")
        note = model.note if model.note != model.compared else ""
        return first, second, note or f"{model.calibration} {tr(sentences.OLD_HOLDS)}"
    if model.calibrated:
        return sentences.REAL_BOARD, state, model.note or f"{model.calibration} {tr(sentences.FROM_TODAY)}"
    compared = model.studio.compared if model.studio is not None else None
    if compared is not None and compared.word == "not comparable":
        return sentences.NOT_COMPARABLE, sentences.CALIBRATE_AGAIN, model.note or model.calibration
    todo = sentences.CHECK_FIRST if model.checkable else sentences.FIRST_CALIBRATE
    return sentences.REAL_BOARD, state, model.note or f"{model.calibration} {tr(todo)}"


def big_action(model: Model) -> tuple[str, str, bool]:
    """Word and key of the one big action, and whether it has to wait."""
    if model.fault:
        return sentences.TRY_AGAIN, sentences.SPACE, False
    if model.studio is None:
        return sentences.WAITING, sentences.UNPLUGGED if model.banner else "", True
    if model.stage is Stage.READY:
        return sentences.BEGIN_NOW, sentences.SPACE, False
    if not model.calibrated:
        word = sentences.START_DEMO if model.simulated else sentences.START_CALIBRATION
        return word, sentences.SPACE, False
    if model.stage is Stage.RESTING:
        return sentences.NEXT_SET, sentences.SPACE, False
    return tr(sentences.START_SET).format(number=model.set_number), sentences.SPACE, False
