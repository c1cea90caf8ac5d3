"""The way through the guided calibration, as stations: its parts, and each muscle's squeezes."""

from calibration.prompt import Part, ProcedureEvent, Prompt
from emgfeedback.calibrating import CalibrationStage
from emgfeedback.ui import sentences
from emgfeedback.ui.leaves.stations import Station
from emgfeedback.ui.model import Model
from emgfeedback.ui.text import muscle_name, tr


def stations(model: Model, prompt: Prompt, part_done: float) -> tuple[Station, ...]:
    """One station a part and muscle; what is done is full. ``part_done`` (0..1) is how far this step is."""
    return (*_parts(model, prompt, part_done), *_muscles(model, prompt))


def _parts(model: Model, prompt: Prompt, part_done: float) -> list[Station]:
    parts = _parts_of(model)
    if model.prompt is None:
        done = 1.0 if model.calibrated else 0.0
        return [Station(tr(sentences.STATIONS[part]), _note(done), done) for part in parts]
    now: Part = prompt.part or ("rest" if prompt.kind == "rest" else "squeezes")
    here = parts.index(now) if now in parts else len(parts)
    found = []
    for place, part in enumerate(parts):
        done = 1.0 if place < here else part_done if place == here else 0.0
        found.append(Station(tr(sentences.STATIONS[part]), _note(done), done, now=place == here))
    return found


def _parts_of(model: Model) -> tuple[Part, ...]:
    """The parts before the squeezes that this course has, or had."""
    stage = _stage(model)
    parts: tuple[Part, ...] = stage.procedure.parts if stage is not None else ("rest", "squeezes")
    return tuple(part for part in parts if part != "squeezes")


def _stage(model: Model) -> CalibrationStage | None:
    """The calibration that goes on, if one does."""
    stage = model.studio.calibrating if model.studio is not None else None
    return stage if isinstance(stage, CalibrationStage) else None


def _note(done: float) -> str:
    return tr(sentences.DONE) if done == 1.0 else ""


def _muscles(model: Model, prompt: Prompt) -> list[Station]:
    studio = model.studio
    if studio is None:
        return []
    stage = _stage(model)
    named = stage.procedure.specs if stage is not None else studio.opened.info.channels
    worn = [channel for channel in named if channel.muscle]
    asked = model.prompt is not None and prompt.trials > 0
    found = []
    for channel in worn:
        over = any(event.kind == "channel" and event.pin == channel.pin for event in model.events)
        over = over or (model.prompt is None and model.calibrated)
        now = asked and (prompt.muscle, prompt.side) == (channel.muscle, channel.side) and not over
        count, whole = _count(model.events, channel.pin), _whole(model, channel.muscle or "")
        word = muscle_name(channel.muscle or "")
        if len(worn) > 2:
            word = f"{word}, {tr(channel.side or '')}"
        many = sentences.SQUEEZES_OF if max(whole, count) > 1 else sentences.SQUEEZES_OF_ONE
        note = tr(many).format(done=count, whole=max(whole, count)) if count or now else ""
        part = 1.0 if over else min(count / max(whole, 1), 0.95)
        found.append(Station(word, tr(sentences.DONE) if over else note, part, now=now))
    return found


def _count(events: tuple[ProcedureEvent, ...], pin: str) -> int:
    """How many squeezes of that pin count so far."""
    return sum(1 for event in events if event.kind == "trial" and event.pin == pin)


def _whole(model: Model, muscle: str) -> int:
    """How many squeezes of that muscle there are at least, in all its positions."""
    stage = _stage(model)
    if stage is None:
        return max(model.prompt.trials, 1) if model.prompt is not None else 1
    return stage.plan.squeezes[0] * len(stage.plan.positions(muscle))
