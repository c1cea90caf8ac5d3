"""The share gauge: the arc is split where the work is split, with the wearer's zone as a bracket outside."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from emgfeedback import words
from emgfeedback.frame import Zone, ZoneState
from emgfeedback.ui import text
from emgfeedback.ui.arcs import Box, on_circle, ring_sector, swept, touched
from emgfeedback.ui.hatching import hatch
from emgfeedback.ui.held_digits import HeldDigits
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.lettering import Align, fitting_size, number_place, write, write_number
from emgfeedback.ui.palette import Palette, colour
from emgfeedback.ui.signs import draw_sign, flat_pen, round_pen
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

CENTRE = (280.0, 282.0)
RADIUS, WIDTH = 206.0, 48.0
START, STOP = 205.0, -25.0
#: Radius of the other side's thin arc, and of the zone's bracket.
INNER_RADIUS, INNER_WIDTH = RADIUS - WIDTH / 2 - 14.0, 12.0
BRACKET_RADIUS = RADIUS + WIDTH / 2 + 18.0
#: Degrees left free on either side of the split.
SPLIT_GAP = 1.35
#: Steps of the whole arc that an eye can tell: one unit of its length.
STEPS = 800
#: The widest places inside the arc and between the names: number, word in its place, headline, advice.
NUMBER_ROOM, WORD_ROOM, HEADLINE_ROOM, ADVICE_ROOM = 284.0, 316.0, 284.0, 250.0
NUMBER_BASELINE, HEADLINE_BASELINE, ADVICE_BASELINE = 318.0, 366.0, 396.0
NUMBER_SIZES = (152, 60)


class GaugeMode(Enum):
    """Whether there is a share now, and if not, why."""

    LIVE = "live"
    REST = "rest"
    WITHHELD = "withheld"
    BLIND = "blind"
    QUAD_QUIET = "quad quiet"
    GLUTE_QUIET = "glute quiet"
    UNCALIBRATED = "uncalibrated"


#: The word in place of the number, untranslated.
INSTEAD = {
    GaugeMode.REST: text.REST,
    GaugeMode.BLIND: text.BLIND_REP,
    GaugeMode.QUAD_QUIET: text.QUAD_QUIET,
    GaugeMode.GLUTE_QUIET: text.GLUTE_QUIET,
    GaugeMode.UNCALIBRATED: text.NO_HUNDRED,
}
ZONE_SAID = {
    ZoneState.NONE: text.SAY_ZONE,
    ZoneState.BELOW: text.SAY_BELOW_ZONE,
    ZoneState.IN: text.SAY_IN_ZONE,
    ZoneState.ABOVE: text.SAY_ABOVE_ZONE,
}


@dataclass(frozen=True, slots=True)
class ShareGaugeState:
    """Shares and zone as fractions 0..1; ``time_s`` is the time of the signal.

    ``share`` is painted in mode LIVE only. ``headline`` and ``advice`` are translated words, the reason
    first when the share is withheld. ``side`` is set when both legs are measured: then ``other_share``
    is the other leg's, or ``None`` while that one has none.
    """

    mode: GaugeMode
    share: float | None = None
    zone: tuple[float, float] | None = None
    zone_state: ZoneState = ZoneState.NONE
    headline: str = ""
    advice: str = ""
    side: str = ""
    other_share: float | None = None
    time_s: float = field(kw_only=True, compare=False)


class SeenGauge(NamedTuple):
    """What of a state meets the eye: shares in ``STEPS`` of the arc, zone in whole percent."""

    mode: GaugeMode
    split: int | None
    digits: str
    zone: tuple[int, int] | None
    zone_state: ZoneState
    headline: str
    advice: str
    side: str
    other: int | None


class ShareGauge(Leaf[ShareGaugeState, SeenGauge]):
    """The glute's share of the work of glute and quad: glute from the left, quad from the right."""

    DESIGN = (560.0, 430.0)

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, on_sheet: bool = False) -> None:
        super().__init__(palette, parent, on_sheet=on_sheet)
        self._digits = HeldDigits()
        self._zone: Zone | None = None

    def see(self, state: ShareGaugeState) -> SeenGauge:
        """Round to the arc's steps; digits in steps of 5 that stand for 0.2 s."""
        share = state.share if state.mode is GaugeMode.LIVE else None
        mode = GaugeMode.WITHHELD if share is None and state.mode is GaugeMode.LIVE else state.mode
        shows_zone = mode is not GaugeMode.BLIND and state.zone is not None
        self._zone = Zone(*state.zone) if state.zone is not None else None
        digits = "" if share is None else words.share_digits(share, self._zone, state.zone_state)
        return SeenGauge(
            mode=mode,
            split=_steps(share),
            digits=self._digits.at(state.time_s, digits, state.zone_state),
            zone=_percents(state.zone) if shows_zone else None,
            zone_state=state.zone_state if share is not None else ZoneState.NONE,
            headline=state.headline,
            advice=state.advice,
            side=state.side,
            other=_steps(state.other_share) if mode is not GaugeMode.BLIND else None,
        )

    def show_shares(self, share: float | None, other_share: float | None, time_s: float) -> None:
        """Show other shares in the mode and the zone of the state before."""
        seen = self._seen
        if seen is None:
            return
        split, digits, other = seen.split, seen.digits, seen.other
        if split is not None and share is not None:
            split = _steps(share)
            if not self._digits.stand(time_s, seen.zone_state):
                digits = words.share_digits(share, self._zone, seen.zone_state)
                digits = self._digits.at(time_s, digits, seen.zone_state)
        if other is not None and other_share is not None:
            other = _steps(other_share)
        self.move_to(seen._replace(split=split, digits=digits, other=other))

    def say(self, seen: SeenGauge) -> str:
        """``Glute share 70 percent, in your zone 65 to 80``, or the word in its place."""
        if seen.mode is not GaugeMode.LIVE:
            word = seen.headline or tr(INSTEAD.get(seen.mode, ""))
            sentence = tr(text.SAY_SHARE_WORD).format(word=word)
        elif seen.zone is None:
            sentence = tr(text.SAY_SHARE_ALONE).format(percent=text.said_digits(seen.digits))
        else:
            zone = tr(ZONE_SAID[seen.zone_state]).format(low=seen.zone[0], high=seen.zone[1])
            sentence = tr(text.SAY_SHARE).format(percent=text.said_digits(seen.digits), zone=zone)
        if not seen.side:
            return sentence
        return tr(text.SAY_SIDE).format(side=tr(text.SIDES[seen.side]), sentence=sentence)

    def still_key(self, seen: SeenGauge) -> Hashable:
        """Everything but the split, the number and the other side."""
        return seen.mode, seen.zone, seen.zone_state, seen.headline, seen.advice, seen.side

    def spoken_of(self, seen: SeenGauge) -> Hashable:
        """The number."""
        return seen.digits

    def changed(self, before: SeenGauge, seen: SeenGauge) -> Sequence[Box] | None:
        """The way of the split, the number, and the way of the other side's split."""
        if (before.other is None) != (seen.other is None):
            return None
        places = []
        if before.split is not None and seen.split is not None and before.split != seen.split:
            places.append(_way(before.split, seen.split, RADIUS, WIDTH + 30.0))
        if before.digits != seen.digits:
            places += [_number_box(before.digits), _number_box(seen.digits)]
        if before.other is not None and seen.other is not None and before.other != seen.other:
            places.append(_way(before.other, seen.other, INNER_RADIUS, INNER_WIDTH + 12.0))
        return places

    def draw_still(self, painter: QPainter, seen: SeenGauge) -> None:
        """Track, hatch, zone, names and words."""
        colours = self.colours
        track = ring_sector(*CENTRE, RADIUS, WIDTH, START, STOP)
        painter.fillPath(track, colour(colours.track))
        if seen.mode is GaugeMode.WITHHELD:
            hatch(painter, track, 12.0, 3.0, colours.edge)
        elif seen.mode is GaugeMode.QUAD_QUIET:
            painter.fillPath(track, colour(colours.glute))
        elif seen.mode is GaugeMode.GLUTE_QUIET:
            painter.fillPath(track, colour(colours.quad))
        if seen.zone is not None:
            self._draw_zone(painter, seen, seen.zone)
        if seen.side:
            self._draw_inner_track(painter, seen)
        self._draw_names(painter, seen)
        self._draw_words(painter, seen)

    def draw_live(self, painter: QPainter, seen: SeenGauge) -> None:
        """The two muscles' parts, the mark between them, and the number."""
        if seen.split is not None:
            self._draw_split(painter, seen.split)
            if self.touches(*_number_box(seen.digits)):
                at, ink = _number_at(seen.digits), self.colours.ink
                write_number(painter, seen.digits, "%", at, NUMBER_SIZES, ink, room=NUMBER_ROOM)
        if seen.other is not None:
            self._draw_parts(painter, seen.other, INNER_RADIUS, INNER_WIDTH)

    def _draw_zone(self, painter: QPainter, seen: SeenGauge, zone: tuple[int, int]) -> None:
        live = seen.mode is GaugeMode.LIVE
        token = self.colours.ink if live else self.colours.edge
        low, high = (_angle(percent / 100) for percent in zone)
        width = 9.0 if seen.zone_state is ZoneState.IN else 4.0
        painter.fillPath(ring_sector(*CENTRE, BRACKET_RADIUS, width, low, high), colour(token))
        for percent, angle in zip(zone, (low, high), strict=True):
            painter.setPen(flat_pen(token, 4.0))
            ends = (on_circle(*CENTRE, BRACKET_RADIUS + reach, angle) for reach in (-13.0, 4.0))
            painter.drawLine(*ends)
            place = on_circle(*CENTRE, BRACKET_RADIUS + 20.0, angle)
            at = (place.x(), place.y() + 6.0)
            shade = self.colours.ink if live else self.colours.soft
            write(painter, str(percent), at, 16, shade, face=Face.BOLD, align=Align.CENTRE)

    def _draw_inner_track(self, painter: QPainter, seen: SeenGauge) -> None:
        track = ring_sector(*CENTRE, INNER_RADIUS, INNER_WIDTH, START, STOP)
        painter.fillPath(track, colour(self.colours.track))
        other = "left" if seen.side == "right" else "right"
        place = on_circle(*CENTRE, INNER_RADIUS, START)
        at = (place.x(), place.y() + 22.0)
        write(painter, text.side_letter(other), at, 16, self.colours.soft, face=Face.BOLD, align=Align.CENTRE)

    def _draw_names(self, painter: QPainter, seen: SeenGauge) -> None:
        left, right = on_circle(*CENTRE, RADIUS, START), on_circle(*CENTRE, RADIUS, STOP)
        letter = text.side_letter(seen.side)
        radius = 12.0 if letter else 9.0
        for muscle, x in (("glute", left.x() - 10.0), ("quad", right.x() - 40.0)):
            draw_sign(painter, muscle, x, left.y() + 40.0, radius, self.colours, letter)
            at = (x + 18.0 + (4.0 if letter else 0.0), left.y() + 46.0)
            write(painter, text.muscle_name(muscle), at, 18, self.colours.ink, room=84.0)

    def _draw_words(self, painter: QPainter, seen: SeenGauge) -> None:
        ink, x = self.colours.ink, CENTRE[0]
        if seen.mode is GaugeMode.WITHHELD:
            painter.fillRect(QRectF(x - 74.0, CENTRE[1] - 28.0, 148.0, 20.0), colour(ink))
        word = tr(INSTEAD.get(seen.mode, ""))
        if word:
            size = 88 if seen.mode is GaugeMode.REST else 60
            at = (x, CENTRE[1] + 0.26 * fitting_size(word, Face.DISPLAY, size, WORD_ROOM))
            write(painter, word, at, size, ink, face=Face.DISPLAY, align=Align.CENTRE, room=WORD_ROOM)
        at = (x, HEADLINE_BASELINE)
        if seen.headline != word:
            write(painter, seen.headline, at, 28, ink, face=Face.BOLD, align=Align.CENTRE, room=HEADLINE_ROOM)
        at = (x, ADVICE_BASELINE)
        write(painter, seen.advice, at, 18, self.colours.soft, align=Align.CENTRE, room=ADVICE_ROOM)

    def _draw_split(self, painter: QPainter, split: int) -> None:
        self._draw_parts(painter, split, RADIUS, WIDTH)
        painter.setPen(_mark_pen(self.colours.ink))
        painter.drawLine(_mark(split))

    def _draw_parts(self, painter: QPainter, split: int, radius: float, width: float) -> None:
        arc = touched(*CENTRE, radius, width, (STOP, START), self.touches)
        if arc is None:
            return
        glute, quad = _parts(split, radius, width, *arc)
        if glute is not None:
            painter.fillPath(glute, colour(self.colours.glute))
        if quad is not None:
            painter.fillPath(quad, colour(self.colours.quad))


def _steps(share: float | None) -> int | None:
    return None if share is None else round(STEPS * min(1.0, max(0.0, share)))


def _percents(zone: tuple[float, float] | None) -> tuple[int, int] | None:
    return None if zone is None else (round(100 * zone[0]), round(100 * zone[1]))


def _angle(share: float) -> float:
    """Degrees at which the arc stands for ``share`` (0..1)."""
    return START + (STOP - START) * share


@lru_cache(maxsize=256)
def _parts(
    split: int, radius: float, width: float, low: float, high: float
) -> tuple[QPainterPath | None, QPainterPath | None]:
    """The glute's and the quad's part of a ring from ``low`` to ``high`` degrees; ``None`` where none is."""
    angle = _angle(split / STEPS)
    glute = quad = None
    if max(low, angle + SPLIT_GAP) < high:
        glute = ring_sector(*CENTRE, radius, width, max(low, angle + SPLIT_GAP), high)
    if low < min(high, angle - SPLIT_GAP):
        quad = ring_sector(*CENTRE, radius, width, low, min(high, angle - SPLIT_GAP))
    return glute, quad


@lru_cache(maxsize=4)
def _mark_pen(token: str) -> QPen:
    """Shared: nobody changes it."""
    return round_pen(token, 6.0)


@lru_cache(maxsize=STEPS)
def _mark(split: int) -> QLineF:
    """The line across the ring between the two parts."""
    angle, reach = _angle(split / STEPS), WIDTH / 2 + 9.0
    return QLineF(on_circle(*CENTRE, RADIUS - reach, angle), on_circle(*CENTRE, RADIUS + reach, angle))


def _way(before: int, after: int, radius: float, width: float) -> Box:
    """The place that holds the ring between two splits, with the marks on both."""
    low, high = _angle(max(before, after) / STEPS), _angle(min(before, after) / STEPS)
    return swept(*CENTRE, radius, width, low - SPLIT_GAP, high + SPLIT_GAP)


def _number_at(digits: str) -> tuple[float, float]:
    return CENTRE[0] + (12.0 if len(digits) < 3 else 2.0), NUMBER_BASELINE


@lru_cache(maxsize=64)
def _number_box(digits: str) -> Box:
    return number_place(digits, "%", _number_at(digits), NUMBER_SIZES, room=NUMBER_ROOM)
