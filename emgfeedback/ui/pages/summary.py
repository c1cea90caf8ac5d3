"""How a set went, on the page Train: one large number, what it is made of, and what else the reps say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emgfeedback.coach.summary import SideSummary
from emgfeedback.set_findings import SetFindings, on_side
from emgfeedback.ui import sentences
from emgfeedback.ui.leaves.words import Item, Line, Rule
from emgfeedback.ui.lettering import Align, lines_of
from emgfeedback.ui.model import Model
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face, width

if TYPE_CHECKING:  # a heavy import that the first picture does without
    from emgfeedback.studio import FinishedSet

#: Right edge of the words.
RIGHT = 840.0
#: Baselines of the first sentence and of the last that has room.
FIRST, LAST = 228.0, 394.0
#: Size and leading of the large sentences; of the small ones, from which the first is taken that fits.
LARGE, SMALL = (22, 32.0), ((18, 26.0), (16, 23.0), (14, 20.0))


def summary_of(model: Model) -> tuple[Item, ...]:
    """The words of a set that is over; nothing before."""
    finished = model.finished
    if finished is None:
        return ()
    working = model.picture.working.side if model.picture is not None else ""
    first = next((found for found in finished.sides if found.side == working), None)
    items = [*_head(finished), *_number(first or next(iter(finished.sides), None))]
    items.append(Rule(0.0, FIRST - 34.0, RIGHT))
    told = _sentences(finished, working, tr(model.note))
    for small in SMALL:
        lines, last = _lines(told, small)
        if last <= LAST:
            break
    return (*items, *lines)


def _lines(told: Sequence[tuple[str, bool, str]], small: tuple[int, float]) -> tuple[list[Item], float]:
    """The sentences below each other, as far as there is room, and the baseline that all of them need."""
    lines: list[Item] = []
    y = last = FIRST
    for sentence, large, tone in told:
        size, leading = LARGE if large else small
        last = y + leading * (len(lines_of(sentence, Face.TEXT, size, RIGHT)) - 1)
        if last <= LAST:
            lines.append(Line(sentence, 0.0, y, size, tone=tone, room=RIGHT, leading=leading))
        y = last + leading
    return lines, last


def _head(finished: "FinishedSet") -> list[Item]:
    title = tr(sentences.SET_OVER).format(number=finished.number)
    name = finished.recording.name if finished.recording is not None else ""
    recorded = tr(sentences.RECORDED).format(name=name) if name else tr(sentences.NOT_RECORDED)
    room = RIGHT - width(title, Face.BOLD, 28) - 32.0
    return [
        Line(title, 0.0, 32.0, 28, Face.BOLD, room=560.0),
        Line(recorded, RIGHT, 32.0, 15, tone="soft", align=Align.RIGHT, room=room),
    ]


def _number(side: SideSummary | None) -> list[Item]:
    if side is None or not side.counted:
        return [Line(tr(sentences.NO_SHARE), 0.0, 144.0, 104, Face.DISPLAY, room=888.0)]
    digits = f"{100 * side.median_share:.0f}"
    after = width(digits, Face.DISPLAY, 152)
    many = sentences.MEDIAN_OF if side.counted > 1 else sentences.MEDIAN_OF_ONE
    edges = (f"{100 * edge:.0f}" for edge in (side.least_share, side.greatest_share))
    middle = tr(many).format(reps=side.counted, least=next(edges), greatest=next(edges))
    return [
        Line(digits, 0.0, 174.0, 152, Face.DISPLAY),
        Line("%", after + 2.0, 174.0, 60, Face.DISPLAY),
        Line(tr(sentences.GLUTE_SHARE), after + 80.0, 132.0, 28, Face.BOLD, room=400.0),
        Line(middle, after + 80.0, 168.0, 22, tone="soft", room=500.0),
    ]


def _sentences(finished: "FinishedSet", working: str, note: str) -> list[tuple[str, bool, str]]:
    """(sentence, large, tone): shares and zones first, what was left out and why, then what else is known."""
    alone = len(finished.sides) < 2
    found: list[tuple[str, bool, str]] = []
    for side in finished.sides:
        # The large number has said the share of the one side; what was left out is told in its own way.
        told = side.beside_share if alone else side.lines
        numbers = [tr(line) for line in told if line not in side.left_out_lines]
        found += [(line, True, "ink") for line in numbers] if alone else [(" ".join(numbers), False, "ink")]
        if side.left_out:
            found.append((_left_out(side), False, "ink"))
    found += [(f"{tr(line)} {tr(sentences.USE_OFFER)}", False, "ink") for line in finished.offer_lines]
    if note:
        found.append((note, False, "ink"))
    return found + [(line, False, "soft") for line in _findings(finished.findings, working)]


def _left_out(side: SideSummary) -> str:
    """``Reps left out: 2 (glute pad loose), 5, 6 (samples lost).``."""
    whys = dict.fromkeys(why for _, why in side.left_out)
    numbers = {why: ", ".join(str(n) for n, other in side.left_out if other == why) for why in whys}
    return tr(sentences.LEFT_OUT).format(reps=", ".join(f"{numbers[why]} ({tr(why)})" for why in whys))


def _findings(sides: Sequence[SetFindings], working: str) -> list[str]:
    """All of one leg; of two legs who starts first on each, and the rest of the one that works."""
    if len(sides) < 2:
        return [tr(line) for side in sides for line in side.lines]
    lines = [on_side(side.side, tr(side.lines[0])) for side in sides]
    return lines + [on_side(side.side, tr(side.fatigue_line)) for side in sides if side.side == working]
