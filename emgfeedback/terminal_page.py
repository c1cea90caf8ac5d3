"""The picture of a set as 24 rows of 80 characters, with or without colour and UTF-8."""

from collections.abc import Sequence

from rich.text import Text

from emgfeedback import words
from emgfeedback.cues import cue, hold_words
from emgfeedback.frame import Contact, Rep, ShareState, Zone
from emgfeedback.phases import HOLD_S, Phase
from emgfeedback.picture import Bar, Picture, SideView
from emgfeedback.terminal_canvas import (
    ASCII,
    GLUTE,
    QUAD,
    SOFT,
    STRONG,
    UNICODE,
    WIDTH,
    Glyphs,
    Page,
    sign,
    style_of,
)

_BAR_WIDTH = 50
_BAR_LEFT = 18
_HOLD_LEFT, _HOLD_WIDTH = 59, 18


def page(picture: Picture, *, ascii_only: bool = False) -> list[Text]:
    """The picture as ``HEIGHT`` lines of exactly ``WIDTH`` characters."""
    canvas = Page(ASCII if ascii_only else UNICODE)
    _header(canvas, picture)
    _numbers(canvas, picture)
    _share_bar(canvas, picture.working, stale=picture.stale)
    _hold(canvas, picture)
    _muscle_bars(canvas, picture)
    _reps(canvas, picture)
    _foot(canvas, picture)
    return canvas.lines()


def _header(canvas: Page, picture: Picture) -> None:
    side = picture.working.side
    canvas.put(0, 1, words.APP, STRONG)
    canvas.put(0, 15, f"{picture.exercise.title}, {side}" if side else picture.exercise.title)
    column = WIDTH - 1
    for bar in reversed(picture.bars):
        fine = bar.contact in (Contact.GOOD, Contact.STARTING)
        mark = canvas.glyphs.good if fine else canvas.glyphs.trouble
        initial = f"{bar.side[:1].upper()} " if len(picture.bars) > 2 else ""
        word = f"{mark} {initial}{bar.name} {words.CONTACT[bar.contact]}"
        if len(picture.bars) > 2:
            word = f"{mark}{initial}{sign(canvas.glyphs, bar.muscle)}" + (
                "" if fine else f" {words.CONTACT[bar.contact]}"
            )
        canvas.put_right(0, column, word)
        column -= len(word) + 2
    canvas.rule(1)


def _numbers(canvas: Page, picture: Picture) -> None:
    side = picture.working
    if picture.who:
        canvas.put(2, 4, picture.who, STRONG)
    digits = "--" if side.share is None else words.share_digits(side.share, side.zone, side.zone_state) + "%"
    canvas.big(3, 4, digits)
    if side.share is not None:
        canvas.put(5, 28, "glute share")
    canvas.put(7 if side.share is not None else 5, 28, picture.headline, STRONG)
    canvas.big(3, 58, str(len(picture.reps)))
    column = 59 + 7 * len(str(len(picture.reps)))
    canvas.put(5, column, "rep" if len(picture.reps) == 1 else "reps")
    canvas.put(7, column, f"of {picture.target}")


def _share_bar(canvas: Page, side: SideView, *, stale: bool) -> None:
    glyphs, row = canvas.glyphs, 9
    canvas.put(row, 2, glyphs.glute, GLUTE)
    canvas.put(row, 5 + _BAR_WIDTH, glyphs.quad, QUAD)
    if side.share is None:
        quiet = side.state is ShareState.REST and not stale
        canvas.put(row, 4, (glyphs.empty if quiet else glyphs.withheld) * _BAR_WIDTH, SOFT)
    else:
        split = min(max(round(side.share * _BAR_WIDTH), 1), _BAR_WIDTH - 2)
        canvas.put(row, 4, glyphs.fill_glute * split, GLUTE)
        canvas.put(row, 4 + split, glyphs.split, STRONG)
        canvas.put(row, 5 + split, glyphs.fill_quad * (_BAR_WIDTH - split - 1), QUAD)
    if side.zone is not None:
        _zone_bracket(canvas, side.zone)


def _zone_bracket(canvas: Page, zone: Zone) -> None:
    glyphs = canvas.glyphs
    left, right = 4 + round(zone.low * _BAR_WIDTH), 4 + round(zone.high * _BAR_WIDTH)
    canvas.put(10, left, glyphs.left + glyphs.rule * (right - left - 1) + glyphs.right, STRONG)
    text = f"your zone   {100 * zone.low:.0f} to {100 * zone.high:.0f}"
    canvas.put(10, left - len(text) - 2 if left > len(text) + 4 else right + 3, text)


def _muscle_bars(canvas: Page, picture: Picture) -> None:
    calibrated = any(bar.percent is not None for bar in picture.bars)
    spacing = 1 if len(picture.bars) > 2 else 2
    row = 12
    for bar in picture.bars:
        _muscle_bar(canvas, row, bar, picture, calibrated=calibrated)
        row += spacing
    ruler = row if spacing == 1 else row - 1
    end = picture.exercise.ruler_percent if calibrated else microvolt_ruler(picture.bars)
    unit = f"% {words.OF[picture.method]}" if calibrated else "µV"
    for k in range(4):
        canvas.put(ruler, _BAR_LEFT - 1 + round(k * (_BAR_WIDTH - 2) / 3), f"{end * k / 3:.0f}", SOFT)
    canvas.put(ruler, _BAR_LEFT + _BAR_WIDTH + 2, f"{unit}", SOFT)


def microvolt_ruler(bars: Sequence[Bar]) -> float:
    """A round end for bars in µV: one ruler for all muscles."""
    largest = max((bar.microvolts for bar in bars), default=0.0)
    return next((end for end in (60.0, 150.0, 300.0, 600.0, 1500.0) if largest <= end), 6000.0)


def _muscle_bar(canvas: Page, row: int, bar: Bar, picture: Picture, *, calibrated: bool) -> None:
    glyphs = canvas.glyphs
    style = style_of(bar.muscle)
    fill = glyphs.fill_quad if bar.muscle == "quad" else glyphs.fill_glute
    canvas.put(row, 2, sign(glyphs, bar.muscle), style)
    initial = f"{bar.side[:1].upper()} " if len(picture.bars) > 2 else ""
    canvas.put(row, 4, f"{initial}{bar.name}")
    live = not picture.stale and bar.contact in (Contact.GOOD, Contact.STARTING)
    value = bar.percent if calibrated else (bar.microvolts if live else None)
    if value is None:
        canvas.put_right(row, _BAR_LEFT - 1, "--")
        canvas.put(row, _BAR_LEFT, glyphs.withheld * _BAR_WIDTH, SOFT)
        return
    end = picture.exercise.ruler_percent if calibrated else microvolt_ruler(picture.bars)
    filled = min(round(value / end * _BAR_WIDTH), _BAR_WIDTH)
    unit = " %" if calibrated else " µV"
    canvas.put_right(row, _BAR_LEFT - 1, f"{value:.0f}{unit}")
    canvas.put(row, _BAR_LEFT, fill * filled, style)
    canvas.put(row, _BAR_LEFT + filled, glyphs.empty * (_BAR_WIDTH - filled), SOFT)
    if value > end:
        canvas.put(row, _BAR_LEFT + _BAR_WIDTH, glyphs.beyond * 2, style)


def _rep_mark(glyphs: Glyphs, rep: Rep, zone: Zone | None) -> str:
    if rep.left_out:
        return f"{rep.number} {glyphs.trouble} --"
    inside = zone is None or zone.low <= round(rep.share, 2) <= zone.high
    return f"{rep.number} {glyphs.glute if inside else glyphs.quad} {100 * rep.share:.0f}"


def _reps(canvas: Page, picture: Picture) -> None:
    zone = picture.working.zone
    marks = [_rep_mark(canvas.glyphs, rep, zone) for rep in picture.reps]
    marks += [f"{k} {canvas.glyphs.empty}" for k in range(len(marks) + 1, picture.target + 1)]
    room = 8
    shown = marks[max(0, len(picture.reps) - room + 1) :][:room] if len(marks) > room else marks
    canvas.put(18, 2, "Reps   " + "  ".join(f"{mark:<6}" for mark in shown))
    if picture.reps:
        canvas.put(19, 2, last_rep(picture.reps[-1], picture.sfreq_hz))


def last_rep(rep: Rep, sfreq_hz: float) -> str:
    """``Rep 4: 71 %. Held 2.1 s.``, or why it has no number."""
    if rep.left_out:
        return f"Rep {rep.number}: left out, {rep.left_out}."
    held_s = (rep.hold_stop - rep.hold_start) / sfreq_hz
    return f"Rep {rep.number}: {100 * rep.share:.0f} %. Held {held_s:.1f} s."


def _hold(canvas: Page, picture: Picture) -> None:
    """The hold in words and as a bar; nothing while no number is shown but why it is not counted."""
    moment = picture.moment
    if moment is None or picture.stale or all(bar.percent is None for bar in picture.bars):
        return
    canvas.put(9, _HOLD_LEFT, hold_words(moment))
    if moment.counted and moment.hold_s > 0.0:
        filled = min(round(moment.hold_s / HOLD_S * _HOLD_WIDTH), _HOLD_WIDTH)
        glyphs = canvas.glyphs
        bar = f"[{glyphs.rule * filled}{glyphs.empty * (_HOLD_WIDTH - filled)}]"
        canvas.put(10, _HOLD_LEFT, bar, STRONG)


def _now(picture: Picture) -> tuple[str, str]:
    """What to do now, and the phases with the one that is now in brackets; both empty where unknown."""
    moment, calibrated = picture.moment, any(bar.percent is not None for bar in picture.bars)
    if moment is None or picture.stale or not calibrated or not moment.counted:
        return "", ""
    phases = (Phase.RISE, Phase.HOLD, Phase.LOWER, Phase.REST)
    names = (f"[{one.value.upper()}]" if one is moment.phase else one.value for one in phases)
    return cue(picture.exercise.id, moment, first=not picture.reps), " ".join(names)


def _foot(canvas: Page, picture: Picture) -> None:
    canvas.rule(20)
    todo, phases = _now(picture)
    said = picture.advice or picture.caution
    canvas.put(21, 2, said or todo, STRONG)
    if phases and len(said) < WIDTH - len(phases) - 5:
        canvas.put_right(21, WIDTH - 1, phases)
    canvas.rule(22)
    canvas.put(23, 1, words.KEYS)
    canvas.put_right(23, WIDTH - 1, "   ".join(picture.footer))
