"""Calibrate: one instruction in large letters, the squeeze now, and the squeezes so far."""

import math
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from calibration.prompt import Prompt
from calibration.record import ChannelCalibration
from calibration.wording import POSITION_WORDS, SAFETY
from emgfeedback import words
from emgfeedback.stage import Stage
from emgfeedback.ui import sentences, states
from emgfeedback.ui.controls import BigAction
from emgfeedback.ui.course import stations
from emgfeedback.ui.leaves.body import Body, BodyState, Pad
from emgfeedback.ui.leaves.squeeze_disc import SqueezeDisc, SqueezeDiscState
from emgfeedback.ui.leaves.stations import Stations
from emgfeedback.ui.leaves.trials import TrialBar, Trials, TrialsState
from emgfeedback.ui.leaves.words import Item, Line, Mark, Rule, Words
from emgfeedback.ui.lettering import lines_of
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import Page
from emgfeedback.ui.pages.start import big_action
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import muscle_name, tr
from emgfeedback.ui.type_scale import Face, width

#: µV that a resting muscle and a first squeeze are drawn against.
RESTING_UV = 30.0
EXPECTED_UV = 200.0
#: Kinds of step in which the muscles work.
WORK = ("squeeze", "lead", "warm")


class CalibratePage(Page):
    """The guided calibration. Nothing here has to be pressed."""

    name: ClassVar[str] = "calibrate"
    live: ClassVar[bool] = True
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "stop"),
        ("P", "pain: stop now"),
        ("M", "mute"),
        ("T", "theme"),
    )
    hint: ClassVar[str] = sentences.NO_HANDS

    #: The one big action, while nothing is under way; a calibration at half strength.
    begin_wanted = Signal()
    light_wanted = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._step: tuple[str, ...] = ()
        self._whole_s = 1.0
        self._disc = SqueezeDisc(palette)
        self.put(self._disc, (56.0, 96.0, 448.0, 520.0))
        self._say = Words(palette, (672.0, 320.0))
        self.put(self._say, (552.0, 88.0, 672.0, 320.0))
        self._trials = Trials(palette)
        self.put(self._trials, (552.0, 424.0, 416.0, 184.0))
        self._pose_word = Words(palette, (224.0, 48.0))
        self.put(self._pose_word, (1000.0, 424.0, 224.0, 48.0))
        self._pose = Body(palette)
        self.put(self._pose, (1000.0, 468.0, 224.0, 147.0))
        self._panel = Words(palette, (448.0, 520.0))
        self.put(self._panel, (56.0, 96.0, 448.0, 520.0))
        self._large_pose = Body(palette)
        self.put(self._large_pose, (56.0, 120.0, 448.0, 294.0))
        self._read = Words(palette, (672.0, 520.0))
        self.put(self._read, (552.0, 88.0, 672.0, 520.0))
        self._seconds = Words(palette, (448.0, 176.0))
        self.put(self._seconds, (56.0, 432.0, 448.0, 176.0))
        self.action = BigAction(palette, self.begin_wanted.emit)
        self.put(self.action, (554.0, 452.0, 572.0, 124.0))
        self._stations = Stations(palette)
        self.put(self._stations, (56.0, 648.0, 1168.0, 96.0))

    def foot(self, model: Model) -> tuple[tuple[tuple[str, str], ...], str]:
        """With the light form, where it can be had."""
        light = model.studio is not None and model.studio.may_lighten
        keys = (*self.keys[:1], sentences.LIGHT_KEY, *self.keys[1:]) if light else self.keys
        return keys, self.hint

    def pressed(self, key: str) -> bool:
        """L asks for the light form."""
        if key == "l":
            self.light_wanted.emit()
        return key == "l"

    def show_model(self, model: Model) -> None:
        """Show the step of the procedure."""
        prompt = model.prompt or Prompt("rest", part="rest")
        done = model.prompt is None and model.calibrated
        trials = _trials(model, prompt)
        muscle = prompt.muscle or _next_muscle(model)
        self._follow(prompt)
        self._arrange(prompt, asked=model.prompt is not None, done=done)
        word, key, waits = big_action(model)
        self.action.show_action(tr(word), tr(key), waits=waits)
        self._panel.show_state(_result(model) if done else _safety(prompt))
        best = max((uv for uv, counts, _ in trials if counts), default=None)
        self._disc.show_state(self._squeeze(model, prompt, muscle, best))
        self._say.show_state(self._instruction(model, prompt))
        self._read.show_state(_to_read(prompt))
        here = [(uv, counts) for uv, counts, position in trials if position == prompt.position]
        self._trials.show_state(self._so_far(model, prompt, muscle, here))
        where = tr(sentences.POSE_WORDS.get(prompt.position, prompt.position))
        self._pose_word.show_state(
            (Rule(0.0, 0.0, 224.0, 3.0, "ink"), Line(where, 0.0, 35.0, 18, Face.BOLD, room=224.0))
        )
        pose = prompt.position if prompt.position in sentences.POSE_WORDS else ""
        pose = pose or sentences.ANY_POSE
        self._pose.show_state(BodyState(pose, *_pads(model, prompt), small=True))
        self._large_pose.show_state(BodyState(pose, *_pads(model, prompt), lift=True))
        self._seconds.show_state(_seconds(prompt))
        part_done = 1.0 - prompt.seconds_left / self._whole_s if model.prompt else 0.0
        self._stations.show_state(stations(model, prompt, part_done))

    def _arrange(self, prompt: Prompt, *, asked: bool, done: bool) -> None:
        """Which leaves this step has: the squeeze is watched, a position is looked at, a line is read."""
        reads = asked and prompt.kind == "safety"
        poses = asked and prompt.kind == "ready"
        squeezes = prompt.trials > 0
        for leaf, shown in (
            (self._panel, done or reads),
            (self._say, not reads),
            (self._read, reads),
            (self._disc, not (done or reads or poses)),
            (self._large_pose, poses),
            (self._seconds, poses or reads),
            (self._trials, asked and squeezes),
            (self._pose, asked and not poses and not reads),
            (self._pose_word, asked and not poses and not reads),
            (self.action, not asked),
        ):
            if leaf.isVisibleTo(self) != shown:
                leaf.setVisible(shown)

    def _follow(self, prompt: Prompt) -> None:
        """How long this step is: the most that was left of it."""
        step = (prompt.kind, prompt.muscle, str(prompt.trial), prompt.position, prompt.text)
        if step != self._step or prompt.seconds_left > self._whole_s:
            self._step, self._whole_s = step, max(prompt.seconds_left, 1.0)

    def _squeeze(self, model: Model, prompt: Prompt, muscle: str, best: float | None) -> SqueezeDiscState:
        stale = model.picture is None or model.picture.stale
        uv = model.squeeze_uv
        whole_uv = RESTING_UV if prompt.kind == "rest" else best or EXPECTED_UV
        trouble = _trouble(model, prompt)
        level = None if stale or trouble or uv is None else uv / whole_uv
        note = trouble or ("" if prompt.kind in WORK else tr("resting"))
        if stale and model.stage is Stage.CALIBRATING:
            note = tr("No new data")
        return SqueezeDiscState(
            muscle,
            level,
            1.0 if best else None,
            prompt.seconds_left if prompt.seconds_left > 0 else None,
            self._whole_s,
            note,
        )

    @staticmethod
    def _instruction(model: Model, prompt: Prompt) -> tuple[Item, ...]:
        if model.prompt is None:
            large, why, target = tr(sentences.NOT_CALIBRATING), tr(sentences.NOT_CALIBRATING_WHY), ""
            if model.calibrated:
                large, why = tr(sentences.CALIBRATION_DONE), tr(_what_holds(model))
            why = tr(model.note) or why
        else:
            large, target, why = tr(prompt.text), states.target_of(prompt), tr(prompt.why)
        items: list[Item] = []
        if prompt.muscle:
            items.append(Mark(prompt.muscle, 19.0, 16.0, 11.0))
        items.append(Line(target, 40.0 if prompt.muscle else 8.0, 24.0, 22, Face.BOLD, room=620.0))
        return (
            *items,
            *_large_and_why(large, why),
            *(_remarks(model) if model.prompt is None and model.calibrated else ()),
        )

    @staticmethod
    def _so_far(model: Model, prompt: Prompt, muscle: str, trials: list[tuple[float, bool]]) -> TrialsState:
        bars = [
            TrialBar(uv, f"{uv:.0f} µV" if counts else tr(sentences.TOO_SHORT), counts=counts)
            for uv, counts in trials[-3:]
        ]
        if prompt.kind == "squeeze" and model.squeeze_uv is not None and len(bars) < 4:
            bars.append(TrialBar(model.squeeze_uv, tr("now"), counts=True))
        return TrialsState(
            muscle, tr(sentences.SQUEEZES_SO_FAR), tuple(bars[-3:]), min(max(prompt.trials, len(bars)), 3)
        )


def _large_and_why(large: str, why: str) -> tuple[Line, Line]:
    """The instruction on at most two lines, and its reason below it: neither leaves the place of 320."""
    room = 660.0
    size, below_size = (104 if len(large) < 26 else 84), (28 if len(why) < 48 else 22)
    lines = len(lines_of(why, Face.TEXT, below_size, room))
    if lines > 1:
        size = min(size, 84)
    if lines > 2:
        below_size, lines = 18, len(lines_of(why, Face.TEXT, 18, room))
    while size > 44 and len(lines_of(large, Face.DISPLAY, size, room)) > 2:
        size -= 8
    leading, below_leading = min(size + 8.0, 104.0), below_size + 6.0
    one_line = len(lines_of(large, Face.DISPLAY, size, room)) == 1
    below = min(200.0 if one_line else 300.0, 312.0 - (lines - 1) * below_leading)
    return (
        Line(large, 8.0, 136.0, size, Face.DISPLAY, room=room, leading=leading),
        Line(why, 8.0, below, below_size, room=room, leading=below_leading),
    )


def _pads(model: Model, prompt: Prompt) -> tuple[Pad, Pad]:
    """Glute and quad of the asked side, as the contact is now."""
    picture = model.picture
    if picture is None:
        return Pad.UNKNOWN, Pad.UNKNOWN
    side = prompt.side or picture.working.side
    pads = {bar.muscle: states.pad(bar, picture) for bar in picture.bars if bar.side == side}
    return pads.get("glute", Pad.UNKNOWN), pads.get("quad", Pad.UNKNOWN)


def _trouble(model: Model, prompt: Prompt) -> str:
    """What is wrong with the asked muscle's pad (with any, while all rest): its level is no squeeze then."""
    for bar in model.picture.bars if model.picture is not None else ():
        asked = not prompt.muscle or (bar.muscle, bar.side) == (prompt.muscle, prompt.side)
        if asked and bar.contact in words.WITHHELD:
            return tr(words.CONTACT[bar.contact])
    return ""


def _safety(prompt: Prompt) -> tuple[Item, ...]:
    """All large lines of the safety screen, the one that is read now in ink."""
    if prompt.kind != "safety":
        return ()
    items: list[Item] = []
    for row, (large, _) in enumerate(SAFETY):
        now = large == prompt.text
        y = 40.0 + 76.0 * row
        items += [
            Rule(0.0, y - 36.0, 432.0, 3.0 if now else 1.0, "ink" if now else "line"),
            Line(
                f"{row + 1}   {tr(large)}", 0.0, y + 8.0, 22, Face.BOLD if now else Face.TEXT,
                "ink" if now else "soft", room=432.0,
            ),
        ]  # fmt: skip
    return tuple(items)


def _to_read(prompt: Prompt) -> tuple[Item, ...]:
    """A safety line: large, and what it means below."""
    return (
        Line(tr(words.part_words(prompt.part, prompt.kind)), 8.0, 24.0, 22, Face.BOLD, room=620.0),
        Line(tr(prompt.text), 8.0, 120.0, 68, Face.DISPLAY, room=660.0, leading=76.0),
        Line(tr(prompt.why), 8.0, 240.0, 28, room=640.0, leading=42.0),
    )


def _seconds(prompt: Prompt) -> tuple[Item, ...]:
    """How long this step still stands, in large digits."""
    digits = f"{math.ceil(prompt.seconds_left - 1e-9)}"
    return (
        Line(digits, 0.0, 104.0, 112, Face.DISPLAY),
        Line(tr(sentences.SECONDS_LEFT), 16.0 + width(digits, Face.DISPLAY, 112), 104.0, 22),
    )


def _what_holds(model: Model) -> str:
    """What the 100 % that was found is good for."""
    found = model.studio.calibration if model.studio is not None else None
    if found is not None and found.method == "reference":
        return sentences.REFERENCE_DONE
    return sentences.QUICK_DONE if found is not None and found.quality == "quick" else sentences.HOLDS_TODAY


def _result(model: Model) -> tuple[Item, ...]:
    """Each muscle's 100 % in large digits; with both legs they are four, and smaller."""
    found = model.studio.calibration if model.studio is not None else None
    if found is None:
        return ()
    several = len(found.channels) > 2
    size, pitch = (68, 118.0) if several else (104, 200.0)
    title = sentences.YOUR_REFERENCE if found.method == "reference" else sentences.YOUR_HUNDRED
    items: list[Item] = [Line(tr(title), 0.0, 30.0, 28, Face.BOLD, room=440.0)]
    for row, channel in enumerate(found.channels):
        y = 96.0 + pitch * row
        name = muscle_name(channel.muscle)
        digits = f"{channel.mvc_uv:.0f}"
        items += [
            Rule(0.0, y - 36.0, 432.0),
            Mark(channel.muscle, 11.0, y - 7.0, 11.0),
            Line(", ".join((name, tr(channel.side), *_kind(channel))), 32.0, y, 22, Face.BOLD, room=400.0),
            Line(digits, 0.0, y + size, size, Face.DISPLAY),
            Line("µV", 12.0 + width(digits, Face.DISPLAY, size), y + size, 28, Face.DISPLAY),
        ]
    return tuple(items)


def _kind(channel: ChannelCalibration) -> tuple[str, ...]:
    """The better of two positions, and how far the 100 % is to be trusted where that is less than usual."""
    positions = {trial.position for trial in channel.trials}
    better = tr(POSITION_WORDS.get(channel.position, channel.position)) if len(positions) > 1 else ""
    quality = tr(channel.quality) if channel.quality in ("low repeatability", "quick") else ""
    return tuple(word for word in (better, quality) if word)


def _remarks(model: Model) -> tuple[Line, ...]:
    """The first two things that the calibration noted."""
    remarks = model.studio.remarks if model.studio is not None else ()
    lines: list[Line] = []
    y = 252.0
    for remark in remarks[:2]:
        text = tr(remark)
        lines.append(Line(text, 8.0, y, 18, tone="soft", room=640.0, leading=24.0))
        y += 24.0 * len(lines_of(text, Face.TEXT, 18, 640.0)) + 10.0
    return tuple(lines) if y <= 340.0 else tuple(lines[:1])


def _pin(model: Model, muscle: str, side: str) -> str:
    if model.studio is None:
        return ""
    channels = model.studio.opened.info.channels
    return next((c.pin for c in channels if (c.muscle, c.side) == (muscle, side)), "")


def _trials(model: Model, prompt: Prompt) -> list[tuple[float, bool, str]]:
    """Level in µV, whether it counts, and the position, of each squeeze of the asked muscle."""
    pin = _pin(model, prompt.muscle, prompt.side)
    events = [event for event in model.events if event.trial is not None and event.pin == pin]
    trials = [event.trial for event in events if event.trial is not None]
    return [(trial.rms_uv, trial.accepted, trial.position) for trial in trials]


def _next_muscle(model: Model) -> str:
    if model.studio is None:
        return "glute"
    return next((c.muscle for c in model.studio.opened.info.channels if c.muscle), "glute")
