"""Calibrate: one instruction in large letters, the squeeze now, and the squeezes so far."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from calibration.prompt import ProcedureEvent, Prompt
from emgfeedback import words
from emgfeedback.stage import Stage
from emgfeedback.ui import sentences, states
from emgfeedback.ui.leaves.body import Body, BodyState, Pad
from emgfeedback.ui.leaves.squeeze_disc import SqueezeDisc, SqueezeDiscState
from emgfeedback.ui.leaves.stations import Station, Stations
from emgfeedback.ui.leaves.trials import TrialBar, Trials, TrialsState
from emgfeedback.ui.leaves.words import Item, Line, Mark, Rule, Words
from emgfeedback.ui.lettering import lines_of
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import Page
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import muscle_name, tr
from emgfeedback.ui.type_scale import Face, width

#: µV that a resting muscle and a first squeeze are drawn against.
RESTING_UV = 30.0
EXPECTED_UV = 200.0


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

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._step: tuple[str, str, int] = ("", "", 0)
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
        self._result = Words(palette, (448.0, 520.0))
        self.put(self._result, (56.0, 96.0, 448.0, 520.0))
        self._result.hide()
        self._stations = Stations(palette)
        self.put(self._stations, (56.0, 648.0, 1168.0, 96.0))

    def show_model(self, model: Model) -> None:
        """Show the step of the procedure."""
        prompt = model.prompt or Prompt("rest")
        trials = _trials(model, prompt)
        best = max((uv for uv, counts in trials if counts), default=None)
        muscle = prompt.muscle or _next_muscle(model)
        self._follow(prompt)
        done = model.prompt is None and model.calibrated
        for leaf, shown in (
            (self._result, done),
            (self._disc, not done),
            (self._trials, not done),
            (self._pose, not done),
            (self._pose_word, not done),
        ):
            if leaf.isVisibleTo(self) != shown:
                leaf.setVisible(shown)
        self._result.show_state(_result(model) if done else ())
        self._disc.show_state(self._squeeze(model, prompt, muscle, best))
        self._say.show_state(self._instruction(model, prompt))
        self._trials.show_state(self._so_far(model, prompt, muscle, trials))
        self._pose_word.show_state(
            (
                Rule(0.0, 0.0, 224.0, 3.0, "ink"),
                Line(tr(sentences.POSE_WORDS.get(muscle, "")), 0.0, 35.0, 18, Face.BOLD, room=224.0),
            )
        )
        pose = sentences.POSES.get(muscle, "standing")
        self._pose.show_state(BodyState(pose, *_pads(model, prompt), small=True))
        resting = 1.0 - prompt.seconds_left / self._whole_s if prompt.kind == "rest" and model.prompt else 0.0
        self._stations.show_state(tuple(_stations(model, prompt, resting)))

    def _follow(self, prompt: Prompt) -> None:
        """How long this step is: the most that was left of it."""
        step = (prompt.kind, prompt.muscle, prompt.trial)
        if step != self._step or prompt.seconds_left > self._whole_s:
            self._step, self._whole_s = step, max(prompt.seconds_left, 1.0)

    def _squeeze(self, model: Model, prompt: Prompt, muscle: str, best: float | None) -> SqueezeDiscState:
        stale = model.picture is None or model.picture.stale
        uv = model.squeeze_uv
        whole_uv = RESTING_UV if prompt.kind == "rest" else best or EXPECTED_UV
        trouble = _trouble(model, prompt)
        level = None if stale or trouble or uv is None else uv / whole_uv
        note = trouble or ("" if prompt.kind == "squeeze" else tr("resting"))
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
                large, why = tr(sentences.CALIBRATION_DONE), tr(sentences.HOLDS_TODAY)
            why = tr(model.note) or why
        else:
            large, target = tr(prompt.text), states.target_of(prompt)
            why = tr(prompt.why) or (tr(sentences.AS_HARD) if prompt.kind == "squeeze" else "")
        items: list[Item] = []
        if prompt.muscle:
            items.append(Mark(prompt.muscle, 19.0, 16.0, 11.0))
        items.append(Line(target, 40.0 if prompt.muscle else 8.0, 24.0, 22, Face.BOLD, room=620.0))
        return (
            *items,
            *_large_and_why(large, why),
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


def _result(model: Model) -> tuple[Item, ...]:
    """Each muscle's 100 % in large digits; with both legs they are four, and smaller."""
    found = model.studio.calibration if model.studio is not None else None
    if found is None:
        return ()
    several = len(found.channels) > 2
    size, pitch = (68, 118.0) if several else (104, 200.0)
    items: list[Item] = [Line(tr(sentences.YOUR_HUNDRED), 0.0, 30.0, 28, Face.BOLD, room=440.0)]
    for row, channel in enumerate(found.channels):
        y = 96.0 + pitch * row
        name = muscle_name(channel.muscle)
        digits = f"{channel.mvc_uv:.0f}"
        items += [
            Rule(0.0, y - 36.0, 432.0),
            Mark(channel.muscle, 11.0, y - 7.0, 11.0),
            Line(f"{name}, {tr(channel.side)}", 32.0, y, 22, Face.BOLD, room=380.0),
            Line(digits, 0.0, y + size, size, Face.DISPLAY),
            Line("µV", 12.0 + width(digits, Face.DISPLAY, size), y + size, 28, Face.DISPLAY),
        ]
    return tuple(items)


def _pin(model: Model, muscle: str, side: str) -> str:
    if model.studio is None:
        return ""
    channels = model.studio.opened.info.channels
    return next((c.pin for c in channels if (c.muscle, c.side) == (muscle, side)), "")


def _trials(model: Model, prompt: Prompt) -> list[tuple[float, bool]]:
    """Level in µV and whether it counts, of each squeeze of the asked muscle."""
    pin = _pin(model, prompt.muscle, prompt.side)
    events = [event for event in model.events if event.trial is not None and event.pin == pin]
    return [(event.trial.rms_uv, event.trial.accepted) for event in events if event.trial is not None]


def _next_muscle(model: Model) -> str:
    if model.studio is None:
        return "glute"
    return next((c.muscle for c in model.studio.opened.info.channels if c.muscle), "glute")


def _stations(model: Model, prompt: Prompt, resting: float) -> list[Station]:
    """Rest, then each muscle; what is done is full."""
    events = model.events
    rested = any(event.kind == "rested" for event in events) or (model.prompt is None and model.calibrated)
    asked = model.prompt is not None
    found = [
        Station(
            tr(sentences.STATION_REST),
            _rest_word(events),
            1.0 if rested else resting,
            now=asked and not rested,
        )
    ]
    channels = model.studio.opened.info.channels if model.studio is not None else ()
    for channel in channels:
        if not channel.muscle:
            continue
        done = next((e for e in events if e.kind == "channel" and e.pin == channel.pin), None)
        now = asked and rested and (prompt.muscle, prompt.side) == (channel.muscle, channel.side)
        count = sum(1 for e in events if e.kind == "trial" and e.pin == channel.pin)
        part = (
            1.0 if done or (not asked and model.calibrated) else count / max(prompt.trials, 1) if now else 0.0
        )
        word = muscle_name(channel.muscle)
        if len(channels) > 2:
            word = f"{word}, {tr(channel.side or '')}"
        note = (
            tr(sentences.DONE)
            if part == 1.0
            else tr(sentences.TRIAL_OF).format(trial=prompt.trial, trials=prompt.trials)
            if now
            else ""
        )
        found.append(Station(word, note, part, now=now and not done))
    return found


def _rest_word(events: tuple[ProcedureEvent, ...]) -> str:
    return tr(sentences.DONE) if any(event.kind == "rested" for event in events) else ""
