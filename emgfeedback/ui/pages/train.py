"""Train: the share, the muscles, the rep and what to do, while the set runs; its summary after it."""

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from emgfeedback.phases import Moment, Phase
from emgfeedback.picture import Picture
from emgfeedback.stage import Stage
from emgfeedback.ui import sentences, states
from emgfeedback.ui.leaves.hold_ring import HoldRing
from emgfeedback.ui.leaves.muscle_bars import MuscleBars
from emgfeedback.ui.leaves.rep_card import RepCard
from emgfeedback.ui.leaves.rep_strip import RepStrip
from emgfeedback.ui.leaves.share_gauge import ShareGauge
from emgfeedback.ui.leaves.words import Item, Line, Rule, Words
from emgfeedback.ui.lettering import Align, lines_of
from emgfeedback.ui.model import Model, Moved
from emgfeedback.ui.page import Page
from emgfeedback.ui.pages.start import big_action
from emgfeedback.ui.pages.summary import summary_of
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

if TYPE_CHECKING:  # a heavy import that the first picture does without
    from emgfeedback.studio import Studio

#: Where the four phases end on the right, and the space between them.
PHASES_RIGHT, PHASES_SPACE = 1168.0, 24.0

#: The rep strip in a set, and larger below the summary.
STRIP_LIVE, STRIP_AFTER = (424.0, 508.0, 512.0, 132.0), (56.0, 492.0, 660.0, 148.0)
#: The summary, from below the strip on top to the reps.
SUMMARY = (56.0, 88.0, 888.0, 402.0)


class TrainPage(Page):
    """The page of a set. Nothing on it wants a click."""

    name: ClassVar[str] = "train"
    live: ClassVar[bool] = True
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Space", "start, end the set"),
        ("P", "pain: stop now"),
        ("G", "glance"),
        ("T", "theme"),
    )
    hint: ClassVar[str] = sentences.NEVER_A_CLICK

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._bars = MuscleBars(palette)
        self.put(self._bars, (40.0, 84.0, 372.0, 556.0))
        self._gauge = ShareGauge(palette)
        self.put(self._gauge, (424.0, 78.0, 560.0, 430.0))
        self._strip = RepStrip(palette)
        self.put(self._strip, STRIP_LIVE)
        self._ring = HoldRing(palette)
        self.put(self._ring, (1000.0, 88.0, 232.0, 272.0))
        self._card = RepCard(palette)
        self.put(self._card, (984.0, 376.0, 240.0, 184.0))
        self._cue = Words(palette, (1168.0, 104.0))
        self.put(self._cue, (56.0, 648.0, 1168.0, 104.0))
        self._summary = Words(palette, SUMMARY[2:])
        self.put(self._summary, SUMMARY)
        self._summary.hide()
        self._studio: Studio | None = None

    def foot(self, model: Model) -> tuple[tuple[tuple[str, str], ...], str]:
        """In a set nothing needs to be pressed; after it a new 100 % may be taken."""
        if not _is_over(model) or model.finished is None:
            return self.keys, self.hint
        offered = (sentences.OFFER_KEY,) if model.finished.offers else ()
        return (*self.keys[:1], *offered, *self.keys[1:]), ""

    def pressed(self, key: str) -> bool:
        """U takes what the last set offers as the new 100 %."""
        if key == "u" and self._studio is not None:
            self._studio.take_offer()
            return True
        return False

    def show_model(self, model: Model) -> None:
        """Show the set, or how it went."""
        self._studio = model.studio
        picture = model.picture
        if picture is None:
            self.news("cue", model.stage)
            self._cue.show_state(_waiting(model))
            return
        over = _is_over(model)
        if self.news("over", over):
            self._summary.setVisible(over)
            self._gauge.setVisible(not over)
            self._bars.setVisible(not over)
            self.move_to(self._strip, STRIP_AFTER if over else STRIP_LIVE)
        if over:
            self._summary.show_state(summary_of(model))
        else:
            self._gauge.show_state(states.gauge(model, picture))
            self._bars.show_state(states.bars(model, picture))
        self._show_ring(model, picture, model.moment)
        if self.news("reps", picture.reps, picture.target, picture.working.zone, picture.method):
            self._strip.show_state(states.strip(picture))
            self._card.show_state(states.card(picture))
        # Only in a set is the cue a function of so little; elsewhere it counts seconds and names keys.
        if self.news("cue", *_cue_of(model, picture)) or model.stage is not Stage.TRAINING:
            self._cue.show_state(_cue(model, picture))

    def follow(self, model: Model, moved: Moved) -> bool:
        """In a set by a 100 %, shares, bars and hold; words come with the whole model."""
        picture, known, moment = model.picture, model.moment, moved.moment
        if picture is None or not model.calibrated:
            return False
        if moment.phase is not known.phase or moment.counted != known.counted:
            return False
        percents, shares = moved.numbers
        self._gauge.show_shares(shares[0], shares[1] if len(shares) > 1 else None, moved.time_s)
        self._bars.show_values(percents, states.peaks_of(moment, percents), moved.time_s)
        self._show_ring(model, picture, moment)
        return True

    def _show_ring(self, model: Model, picture: Picture, moment: Moment) -> None:
        of_set = (model.stage, len(picture.reps), picture.target, picture.stale)
        if self.news("ring", *of_set, moment.phase, moment.counted, moment.hold_s):
            self._ring.show_state(states.ring(model, picture, moment))


def _is_over(model: Model) -> bool:
    """Whether the page shows how a set went."""
    return model.stage is Stage.RESTING and model.finished is not None


def _cue_of(model: Model, picture: Picture) -> tuple[object, ...]:
    """All that the cue, and what stands beside it, depend on in a set."""
    moment, silent = model.moment, picture.working.share is None
    of_set = (model.stage, model.fault, model.replay, model.finished, model.calibrated, picture.exercise)
    return (*of_set, picture.advice, picture.stale, silent, bool(picture.reps), moment.phase, moment.counted)


def cue(model: Model, picture: Picture) -> str:
    """The one instruction of this moment."""
    if model.fault:
        return tr(model.fault)
    if model.replay and model.finished is None:
        return model.replay
    if model.stage is Stage.READY:
        return tr(sentences.CUE_READY)
    if model.stage is Stage.RESTING and model.finished is not None:
        return tr(model.finished.ended)
    if picture.advice and (
        picture.stale or picture.working.share is None or model.stage is not Stage.TRAINING
    ):
        return tr(picture.advice)
    if model.stage is not Stage.TRAINING:
        return tr(sentences.CUE_IDLE)
    phase = model.moment.phase
    if phase is Phase.REST and not picture.reps:
        return tr(sentences.CUE_FIRST)
    return tr(sentences.CUE_OTHERS.get(picture.exercise.id, {}).get(phase, sentences.CUES[phase]))


def aside(model: Model, picture: Picture) -> str:
    """What stands at the cue's right where the phases have no place, or nothing."""
    if model.replay:
        return ""
    if model.stage is Stage.READY:
        seconds = max(int(model.seconds_to_set + 0.99), 1)
        return tr(sentences.READY_IN).format(number=model.set_number, seconds=seconds)
    if model.stage is not Stage.TRAINING:
        return f"{tr(sentences.SPACE)}: {tr(big_action(model)[0]).lower()}"
    if model.calibrated and (picture.stale or not model.moment.counted):
        return tr("The number comes back by itself") if "back" not in picture.advice else ""
    return ""


def _cue(model: Model, picture: Picture) -> tuple[Item, ...]:
    items: list[Item] = [Rule(0.0, 0.0, 1168.0, 3.0, "ink")]
    beside = aside(model, picture)
    left = PHASES_RIGHT
    if beside:
        items.append(Line(beside, PHASES_RIGHT, 61.0, 18, tone="soft", align=Align.RIGHT, room=300.0))
        left -= min(width(beside, Face.TEXT, 18), 300.0)
    elif not picture.stale and model.moment.counted:
        left = _phases(items, model.moment.phase)
    large = cue(model, picture)
    room = left - 32.0
    if width(large, Face.DISPLAY, 56) <= room:
        items.append(Line(large, 0.0, 72.0, 56, Face.DISPLAY, room=room))
    else:
        size = 44 if len(lines_of(large, Face.DISPLAY, 44, room)) == 1 else 36
        two = len(lines_of(large, Face.DISPLAY, size, room)) > 1
        items.append(Line(large, 0.0, 46.0 if two else 68.0, size, Face.DISPLAY, room=room, leading=42.0))
    return tuple(items)


def _phases(items: list[Item], now: Phase) -> float:
    """Rise, hold, lower, rest, with the one of now underlined; where they begin."""
    right = PHASES_RIGHT
    for phase in (Phase.REST, Phase.LOWER, Phase.HOLD, Phase.RISE):
        word = tr(sentences.PHASES[phase])
        room = width(word, Face.BOLD, 18)
        on = phase is now
        face, tone = (Face.BOLD, "ink") if on else (Face.TEXT, "soft")
        items.append(Line(word, right - room / 2, 61.0, 18, face, tone, Align.CENTRE))
        if on:
            items.append(Rule(right - room, 68.0, room, 3.0, "ink"))
        right -= room + PHASES_SPACE
    return right


def _waiting(model: Model) -> tuple[Item, ...]:
    large = tr(model.fault or model.opening)
    return (
        Rule(0.0, 0.0, 1168.0, 3.0, "ink"),
        Line(large, 0.0, 68.0 if len(large) < 48 else 42.0, 36, Face.DISPLAY, room=1168.0, leading=42.0),
    )
