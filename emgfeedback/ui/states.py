"""From the model to what each leaf shows. Words are translated here."""

import math
from collections.abc import Sequence

from calibration.prompt import Prompt
from calibration.wording import POSITION_WORDS
from emgfeedback import words
from emgfeedback.cautions import Remark
from emgfeedback.frame import Contact, Rep, ShareState, ZoneState
from emgfeedback.phases import HOLD_S, Moment, Phase
from emgfeedback.picture import Bar, Picture
from emgfeedback.stage import Stage
from emgfeedback.ui import sentences
from emgfeedback.ui.leaves.body import Pad
from emgfeedback.ui.leaves.glance_field import Flag, GlanceState
from emgfeedback.ui.leaves.hold_ring import HoldRingState
from emgfeedback.ui.leaves.muscle_bars import MuscleBar, MuscleBarsState, Unit
from emgfeedback.ui.leaves.quality_light import Light, QualityLightState
from emgfeedback.ui.leaves.rep_card import RepCardState
from emgfeedback.ui.leaves.rep_strip import RepMark, RepStripState
from emgfeedback.ui.leaves.share_gauge import GaugeMode, ShareGaugeState
from emgfeedback.ui.model import Model
from emgfeedback.ui.text import muscle_name, tr

MODES = {
    ShareState.UNCALIBRATED: GaugeMode.UNCALIBRATED,
    ShareState.REST: GaugeMode.REST,
    ShareState.LIVE: GaugeMode.LIVE,
    ShareState.QUAD_QUIET: GaugeMode.QUAD_QUIET,
    ShareState.GLUTE_QUIET: GaugeMode.GLUTE_QUIET,
    ShareState.WITHHELD: GaugeMode.WITHHELD,
}
#: The sign of each contact; whatever is not named here is trouble.
LIGHTS = {
    Contact.GOOD: Light.GOOD,
    Contact.STARTING: Light.NONE,
    Contact.NO_DATA: Light.NONE,
    Contact.MAINS: Light.WATCH,
}
#: Ends of a ruler in µV, of which the least that holds all bars is taken.
MICROVOLT_RULERS = (60.0, 150.0, 300.0, 600.0, 1500.0, 6000.0)


def gauge(model: Model, picture: Picture) -> ShareGaugeState:
    """The share of the working side."""
    side = picture.working
    mode = MODES[side.state]
    if picture.stale or _troubled(picture):
        mode = GaugeMode.WITHHELD
    zone = (side.zone.low, side.zone.high) if side.zone is not None else None
    others = picture.sides[1:]
    return ShareGaugeState(
        mode=mode,
        share=side.share,
        zone=zone,
        zone_state=side.zone_state,
        headline=tr(picture.headline),
        side=side.side if others else "",
        other_share=others[0].share if others else None,
        time_s=model.time_s,
    )


def _troubled(picture: Picture) -> bool:
    return any(bar.contact in words.WITHHELD for bar in picture.bars if bar.side == picture.working.side)


def bars(model: Model, picture: Picture) -> MuscleBarsState:
    """All muscles, in % of max where there is a 100 %, else in µV."""
    percent = model.calibrated
    values = [_value(bar, picture, percent=percent) for bar in picture.bars]
    end = picture.exercise.ruler_percent
    if not percent:
        largest = max((value for value in values if value is not None), default=0.0)
        end = next((limit for limit in MICROVOLT_RULERS if largest <= limit), MICROVOLT_RULERS[-1])
    peaks = peaks_of(model.moment, values) if percent and model.stage is Stage.TRAINING else ()
    return MuscleBarsState(
        bars=tuple(
            MuscleBar(
                muscle=bar.muscle,
                side=bar.side,
                value=value,
                peak=peaks[k] if peaks else None,
                note=tr(_note(bar, picture, percent=percent)),
            )
            for k, (bar, value) in enumerate(zip(picture.bars, values, strict=True))
        ),
        ruler_end=end,
        unit=Unit.PERCENT if percent else Unit.MICROVOLT,
        time_s=model.time_s,
    )


def peaks_of(moment: Moment, values: Sequence[float | None]) -> tuple[float | None, ...]:
    """The peak of each bar in this rep, where it stands above the bar."""
    peaks = moment.peaks or (0.0,) * len(values)
    return tuple(
        peak if value is not None and peak > value else None
        for peak, value in zip(peaks, values, strict=True)
    )


def _value(bar: Bar, picture: Picture, *, percent: bool) -> float | None:
    if percent:
        return bar.percent
    trusted = not picture.stale and bar.contact in (Contact.GOOD, Contact.STARTING)
    return bar.microvolts if trusted and math.isfinite(bar.microvolts) else None


def _note(bar: Bar, picture: Picture, *, percent: bool) -> str:
    if picture.stale:
        return words.NO_NEW_DATA
    if bar.contact in (Contact.GOOD, Contact.STARTING):
        return f"% {words.OF[picture.method]}" if percent else "µV"
    return words.CONTACT[bar.contact]


def ring(model: Model, picture: Picture, moment: Moment) -> HoldRingState:
    """The rep that is being done and its hold."""
    if model.stage is not Stage.TRAINING:
        resting = tr(sentences.PHASES[Phase.REST]) if model.stage is Stage.RESTING else ""
        return HoldRingState(_current(picture), picture.target, note=resting)
    note = sentences.PHASES[moment.phase]
    part = min(moment.hold_s / HOLD_S, 1.0)
    text = tr(note)
    if picture.stale or not moment.counted:
        return HoldRingState(_current(picture), picture.target, note=tr(sentences.HOLD_NOT_COUNTED))
    if moment.phase is Phase.HOLD and part < 1.0:
        text = tr(sentences.HOLD_OF).format(now=moment.hold_s, whole=HOLD_S)
    elif part >= 1.0:
        text = tr(sentences.HELD).format(now=moment.hold_s)
    return HoldRingState(_current(picture), picture.target, part, held=part >= 1.0, note=text)


def _current(picture: Picture) -> int:
    return min(len(picture.reps) + 1, picture.target)


def strip(picture: Picture) -> RepStripState:
    """The reps so far."""
    zone = picture.working.zone
    marks = tuple(RepMark(rep.number, None if rep.left_out else rep.share) for rep in picture.reps)
    done = len(marks) >= picture.target
    return RepStripState(
        marks, picture.target, None if done else len(marks) + 1, (zone.low, zone.high) if zone else None
    )


def card(picture: Picture) -> RepCardState:
    """The rep that was done last."""
    if not picture.reps:
        return RepCardState(0)
    rep = picture.reps[-1]
    if rep.left_out:
        return RepCardState(rep.number, left_out=tr(rep.left_out))
    held_s = (rep.hold_stop - rep.hold_start) / picture.sfreq_hz
    facts = (tr(sentences.REP_HELD).format(seconds=held_s), *_means(rep, picture)[:1])
    counted = [other.share for other in picture.reps if not other.left_out]
    best = len(counted) > 1 and rep.share >= max(counted)
    return RepCardState(rep.number, rep.share, facts, tr(sentences.BEST_REP) if best else "")


def _means(rep: Rep, picture: Picture) -> list[str]:
    return [
        tr(sentences.MEAN_OF).format(
            Muscle=muscle_name(bar.muscle), percent=mean, of=tr(words.OF[picture.method])
        )
        for bar, mean in zip(picture.bars, rep.mean_percent, strict=True)
        if bar.side == rep.side and math.isfinite(mean)
    ]


def light_of(contact: Contact) -> Light:
    """The sign of a contact."""
    return LIGHTS.get(contact, Light.TROUBLE)


def light(bar: Bar, picture: Picture) -> QualityLightState:
    """One channel's quality."""
    if picture.stale:
        return QualityLightState(Light.NONE, muscle_name(bar.muscle), tr(words.CONTACT[Contact.NO_DATA]))
    shown, word = light_of(bar.contact), words.CONTACT[bar.contact]
    if bar.contact is Contact.GOOD:
        shown, word = remark_light(bar.remark) or (shown, word)
    return QualityLightState(shown, muscle_name(bar.muscle), tr(word))


def remark_light(remark: Remark) -> tuple[Light, str] | None:
    """Sign and word of what deserves one though the number is shown; ``None`` where nothing does."""
    if remark.doubt:
        return Light.TROUBLE, words.DOUBT_WORD
    word = words.CAUTION_WORD.get(remark.caution)
    return (Light.WATCH, word) if word else None


def pad(bar: Bar | None, picture: Picture | None) -> Pad:
    """The drawn wearer's pad."""
    if bar is None or picture is None or picture.stale:
        return Pad.UNKNOWN
    return {Light.GOOD: Pad.GOOD, Light.TROUBLE: Pad.TROUBLE}.get(light_of(bar.contact), Pad.UNKNOWN)


def glance(model: Model, picture: Picture) -> GlanceState:
    """One field, one shape, one number."""
    side = picture.working
    if picture.stale or _troubled(picture) or side.state is ShareState.WITHHELD:
        return GlanceState(Flag.WITHHELD, word=tr(picture.headline), time_s=model.time_s)
    if side.share is None:
        return GlanceState(Flag.WORD, word=tr(glance_word(model, picture)), time_s=model.time_s)
    hold = min(model.moment.hold_s / HOLD_S, 1.0)
    if side.zone is None:
        word = tr(sentences.REPLAY if model.replay else "Share")
        return GlanceState(Flag.NEUTRAL, side.share, word, hold, time_s=model.time_s)
    known = side.zone_state is not ZoneState.NONE
    glute = side.zone_state is not ZoneState.BELOW if known else side.share >= side.zone.low
    return GlanceState(
        Flag.GLUTE if glute else Flag.QUAD,
        side.share,
        # Nothing else on the field would say that the number is not live.
        tr(sentences.REPLAY) if model.replay else muscle_name("glute" if glute else "quad"),
        hold,
        side.zone,
        side.zone_state,
        time_s=model.time_s,
    )


def glance_word(model: Model, picture: Picture) -> str:
    """The one word where there is no number."""
    if model.stage is Stage.RESTING:
        return tr(sentences.SET_OVER).format(number=model.set_number)
    if model.stage is Stage.READY:
        return f"{model.seconds_to_set:.0f} s"
    return picture.headline


def target_of(prompt: Prompt) -> str:
    """``Right glute, face down, squeeze 2 of 3``, or the part of the course."""
    if not prompt.muscle or not prompt.trials:
        return tr(words.part_words(prompt.part, prompt.kind))
    muscle = f"{prompt.side} {prompt.muscle}".strip()
    if prompt.position:
        muscle = f"{muscle}, {tr(POSITION_WORDS.get(prompt.position, prompt.position))}"
    capital = muscle[:1].upper() + muscle[1:]
    return tr(sentences.SQUEEZE_OF).format(Muscle=capital, trial=prompt.trial, trials=prompt.trials)
