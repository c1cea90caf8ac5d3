"""The guided calibration as a terminal page: one large instruction, bars in µV, seconds left."""

from collections.abc import Sequence
from textwrap import wrap

from rich.text import Text

from calibration.prompt import Prompt
from calibration.wording import POSITION_WORDS
from emgfeedback import words
from emgfeedback.frame import Contact
from emgfeedback.picture import Bar
from emgfeedback.terminal_canvas import ASCII, SOFT, STRONG, UNICODE, WIDTH, Page, sign, style_of
from emgfeedback.terminal_page import microvolt_ruler

_BAR_WIDTH = 48
#: Columns left of the large seconds.
_WHY_WIDTH = 52


def calibration_page(
    prompt: Prompt, bars: Sequence[Bar], notes: Sequence[str], who: str, *, ascii_only: bool = False
) -> list[Text]:
    """The prompt, the bars in µV on one ruler, and what happened so far (the last notes)."""
    canvas = Page(ASCII if ascii_only else UNICODE)
    canvas.put(0, 1, words.APP, STRONG)
    canvas.put(0, 15, "Calibrate: find your own 100 %")
    canvas.put_right(0, WIDTH - 1, who, STRONG)
    canvas.rule(1)
    _instruction(canvas, prompt)
    _bars(canvas, bars, prompt)
    for row, note in enumerate(notes[-4:], start=16):
        canvas.put(row, 4, note, SOFT if row < 15 + len(notes[-4:]) else "")
    canvas.rule(22)
    light = "   l light form" if prompt.kind == "safety" else ""
    canvas.put(23, 1, f"p pain: stop   q stop   m mute{light}")
    canvas.put_right(23, WIDTH - 1, "Nothing to press: it goes on by itself")
    return canvas.lines()


def target(prompt: Prompt) -> str:
    """``Right glute, face down, squeeze 2 of 3``, or the part of the course while it is about no muscle."""
    if not prompt.muscle or not prompt.trials:
        return words.part_words(prompt.part, prompt.kind)
    muscle = f"{prompt.side} {prompt.muscle}".strip()
    position = f", {POSITION_WORDS.get(prompt.position, prompt.position)}" if prompt.position else ""
    return f"{muscle[:1].upper()}{muscle[1:]}{position}, squeeze {prompt.trial} of {prompt.trials}"


def _instruction(canvas: Page, prompt: Prompt) -> None:
    if prompt.muscle:
        canvas.put(3, 4, sign(canvas.glyphs, prompt.muscle), style_of(prompt.muscle))
    canvas.put(3, 6, target(prompt))
    canvas.put(4, 4, prompt.text, STRONG)
    for row, line in enumerate(wrap(prompt.why, _WHY_WIDTH)[:3], start=6):
        canvas.put(row, 4, line)
    if prompt.seconds_left > 0:
        canvas.big(3, 58, f"{min(prompt.seconds_left, 99):.0f}")
        canvas.put_right(8, 70, "seconds")


def _bars(canvas: Page, bars: Sequence[Bar], prompt: Prompt) -> None:
    glyphs, end = canvas.glyphs, microvolt_ruler(bars)
    for row, bar in enumerate(bars, start=10):
        asked = prompt.kind == "squeeze" and (bar.muscle, bar.side) == (prompt.muscle, prompt.side)
        canvas.put(row, 2, sign(glyphs, bar.muscle), style_of(bar.muscle))
        canvas.put(row, 4, f"{bar.side} {bar.muscle}".strip().capitalize(), STRONG if asked else "")
        if bar.contact not in (Contact.GOOD, Contact.STARTING):
            canvas.put(row, 20, f"{glyphs.trouble} {words.CONTACT[bar.contact]}")
            continue
        filled = min(round(bar.microvolts / end * _BAR_WIDTH), _BAR_WIDTH)
        fill = glyphs.fill_quad if bar.muscle == "quad" else glyphs.fill_glute
        canvas.put(row, 20, fill * filled, style_of(bar.muscle))
        canvas.put(row, 20 + filled, glyphs.empty * (_BAR_WIDTH - filled), SOFT)
        canvas.put_right(row, WIDTH - 1, f"{bar.microvolts:.0f} µV")
