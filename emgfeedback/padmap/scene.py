"""The drawing of one site on one side: the body, the muscle, the line, the pads in place and enlarged."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from calibration.placement import PAD_DISTANCE_MM, PAD_SIZE_MM, Site
from emgfeedback.padmap.lettered import lines
from emgfeedback.padmap.shapes import Align, Disc, Label, Paint, Path, Point, Shape
from emgfeedback.padmap.views import BACK, FRONT, SIDE, View

#: Drawing units; what lies outside is not seen. The small figure stands in a column of its own.
WIDTH, HEIGHT = 600.0, 640.0
COLUMN: Final = 126.0
#: cm. Radius of a pad with its sticky rim, and of the part that conducts.
RIM_CM: Final = 0.92
METAL_CM: Final = PAD_SIZE_MM / 20.0
#: Units per cm in the small figure, and its place: x of the midline, y of the navel.
SMALL: Final = (1.62, 61.0, 226.0)
#: Units per cm inside the glass that enlarges the pads, and its radius.
GLASS: Final = (36.0, 80.0)

OPPOSITE: Final[dict[Align, Align]] = {"left": "right", "centre": "centre", "right": "left"}
SIDES: Final = {"left": "left side", "right": "right side"}
APART: Final = "20\u00a0mm from centre to centre"
THIRD: Final = "3: third pad on the ankle"
SPOT: Final = "{part} from 1 to 2: the two pads"

_SKIN = Paint(fill="body")
_FOLD = Paint(stroke="edge", width=2.0)
_BONE = Paint(stroke="edge", width=2.0, dash=5.0)
_LINE = Paint(stroke="ink", width=2.5, dash=8.0)
_LEADER = Paint(stroke="soft", width=1.5)
_CASE = Paint(stroke="ground", width=7.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a site is framed: the view, units per cm, the midline's x and the navel's y.

    ``first``, ``second``, ``spot`` are where the labels of the landmarks and the pads begin; ``glass`` is
    the middle of the enlarged pads. All for a picture whose free margin is on the right.
    """

    view: View
    scale: float
    midline: float
    navel: float
    first: Point
    second: Point
    spot: Point
    glass: Point


LAYOUTS: Final = {
    "gluteus-maximus": Layout(
        BACK, 12.6, 184.0, 92.0,
        (236.0, 74.0), (430.0, 330.0), (430.0, 140.0), (500.0, 488.0),
    ),
    "gluteus-medius": Layout(
        SIDE, 12.6, 300.0, 120.0,
        (436.0, 60.0), (446.0, 336.0), (446.0, 170.0), (506.0, 494.0),
    ),
    "vastus-lateralis": Layout(
        FRONT, 10.0, 184.0, -16.0,
        (376.0, 46.0), (380.0, 576.0), (380.0, 240.0), (506.0, 404.0),
    ),
    "vastus-medialis": Layout(
        FRONT, 10.0, 184.0, -16.0,
        (376.0, 46.0), (380.0, 582.0), (380.0, 262.0), (506.0, 424.0),
    ),
    "rectus-femoris": Layout(
        FRONT, 10.0, 184.0, -16.0,
        (376.0, 46.0), (380.0, 560.0), (380.0, 210.0), (506.0, 390.0),
    ),
    "biceps-femoris": Layout(
        BACK, 11.2, 180.0, -128.0,
        (380.0, 96.0), (380.0, 584.0), (380.0, 250.0), (506.0, 424.0),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A pair of pads: the line it belongs to, its spot, the centres of the pads; all in cm of the view."""

    start: Point
    stop: Point
    spot: Point
    pads: tuple[Point, Point]
    ticks: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A finished drawing, ``WIDTH`` x ``HEIGHT`` units. ``words`` say what is seen, for who cannot see it."""

    title: str
    words: str
    shapes: tuple[Shape, ...]


def row(site: Site) -> Row:
    """Where line, spot and pads of a site lie on the drawn person's body, in cm."""
    marks = LAYOUTS[site.id].view.landmarks
    start, stop = marks[site.start.id], marks[site.stop.id]

    def along(part: float) -> Point:
        return start[0] + part * (stop[0] - start[0]), start[1] + part * (stop[1] - start[1])

    spot = along(site.fraction)
    lean = math.atan2(stop[1] - start[1], stop[0] - start[0]) + math.radians(site.turn_deg)
    half = PAD_DISTANCE_MM / 20.0
    dx, dy = half * math.cos(lean), half * math.sin(lean)
    first, second = (spot[0] - dx, spot[1] - dy), (spot[0] + dx, spot[1] + dy)
    whole = Fraction(site.fraction).limit_denominator(9).denominator
    ticks = tuple(along(k / whole) for k in range(1, whole))
    return Row(start, stop, spot, (first, second), ticks)


def padmap(site: Site, side: str, say: Callable[[str], str] = str) -> Scene:
    """The drawing of ``site`` on ``side``, left or right; ``say`` puts its words into a language.

    Raises ``ValueError`` for another side.
    """
    if side not in SIDES:
        raise ValueError(f"A side is left or right, not {side!r}.")
    layout = LAYOUTS[site.id]
    shapes: tuple[Shape, ...] = (
        *_large(site, layout, say),
        *_small(site, layout, side, say),
        *_glass(site, layout, say),
        *_labels(site, layout, say),
    )
    if side == "left":
        shapes = tuple(_mirrored(shape) for shape in shapes)
    title = f"{say(site.name)}, {say(SIDES[side])}"
    words = (
        f"{title}. {say(layout.view.words)}. 1: {say(site.start.label)}. 2: {say(site.stop.label)}. "
        f"{_spot_words(site, say)}. {say(APART)}. {say(THIRD)}."
    )
    return Scene(title, words, shapes)


def _spot_words(site: Site, say: Callable[[str], str]) -> str:
    part = say(site.part)
    return say(SPOT).format(part=part[:1].upper() + part[1:])


def _place(layout: Layout, point: Point) -> Point:
    return layout.midline + layout.scale * point[0], layout.navel + layout.scale * point[1]


def _placed(layout: Layout, points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple(_place(layout, point) for point in points)


def _tint(muscle: str) -> tuple[Paint, Paint]:
    token = muscle if muscle in ("glute", "quad") else "edge"
    return Paint(fill=token, opacity=0.3), Paint(stroke=token, width=2.5)


def _large(site: Site, layout: Layout, say: Callable[[str], str]) -> Iterator[Shape]:
    """Body, muscle, bones, line and pads."""
    view = layout.view
    found = row(site)
    yield Path(_placed(layout, view.body), _SKIN, closed=True, smooth=True, mark="body")
    for fold in view.lines:
        yield Path(_placed(layout, fold), _FOLD, smooth=True)
        if view.paired:
            yield Path(_placed(layout, tuple((-x, y) for x, y in fold)), _FOLD, smooth=True)
    muscle = _placed(layout, view.muscles[site.id])
    for paint in _tint(site.muscle):
        yield Path(muscle, paint, closed=True, smooth=True, mark="muscle")
    yield from _glass_leader(layout, found)
    for words, at in view.words_on_it:
        x, y = _place(layout, at)
        if 0.0 < y < HEIGHT:
            yield Label(say(words), (x, y), 16, align="centre", tone="soft", room=110.0)
    for bone in view.bones:
        yield Path(_placed(layout, bone), _BONE, smooth=True, closed=bone[0] != bone[-1] and len(bone) > 6)
    if view.dimple is not None:
        for x in (view.dimple[0], -view.dimple[0]):
            yield Disc(_place(layout, (x, view.dimple[1])), 0.55 * layout.scale, _FOLD, "dimple")
    ends = _placed(layout, (found.start, found.stop))
    yield Path(ends, _CASE)
    yield Path(ends, _LINE, mark="line")
    yield from _ticks(layout, found)
    for number, pad in enumerate(found.pads, start=1):
        yield from _pad(_place(layout, pad), layout.scale, f"pad-{number}")
    for number, end in enumerate(ends, start=1):
        yield from _number(end, str(number), f"landmark-{number}")


def _ticks(layout: Layout, found: Row) -> Iterator[Shape]:
    """The equal parts of the line."""
    length = math.dist(found.start, found.stop)
    across = (found.stop[1] - found.start[1]) / length, (found.start[0] - found.stop[0]) / length
    for tick in found.ticks:
        x, y = _place(layout, tick)
        ends = tuple((x + way * 8.0 * across[0], y + way * 8.0 * across[1]) for way in (-1.0, 1.0))
        yield Path(ends, Paint(stroke="ink", width=2.5))


def _pad(centre: Point, scale: float, mark: str = "") -> Iterator[Shape]:
    yield Disc(centre, RIM_CM * scale, Paint(fill="sheet", stroke="ink", width=2.0), mark)
    yield Disc(centre, METAL_CM * scale, Paint(fill="ink"))


def _number(centre: Point, digit: str, mark: str) -> Iterator[Shape]:
    yield Disc(centre, 12.0, Paint(fill="ink", stroke="ground", width=2.5), mark)
    yield Label(digit, (centre[0], centre[1] + 5.6), 16, bold=True, align="centre", tone="ground", room=24.0)


def _small(site: Site, layout: Layout, side: str, say: Callable[[str], str]) -> Iterator[Shape]:
    """The whole person, with the muscle and the third pad."""
    view = layout.view
    scale, x, y = SMALL
    small = replace(layout, scale=scale, midline=x, navel=y)
    # A little larger than seen, so that no edge of the body shines through.
    column = ((-9.0, -9.0), (COLUMN, -9.0), (COLUMN, HEIGHT + 9.0), (-9.0, HEIGHT + 9.0))
    yield Path(column, Paint(fill="ground"), closed=True)
    room = COLUMN - 14.0
    above = lines(say(view.words), 16, room)
    for number, words in enumerate((*above, *lines(say(SIDES[side]), 16, room, bold=True))):
        yield Label(words, (8.0, 26.0 + 20.0 * number), 16, bold=number >= len(above), room=room)
    for part in (*view.limbs, view.body):
        yield Path(_placed(small, part), _SKIN, closed=True, smooth=True)
    for stroke in view.face:
        yield Path(_placed(small, stroke), Paint(stroke="edge", width=1.5), smooth=True)
    _, edge = _tint(site.muscle)
    yield Path(_placed(small, view.muscles[site.id]), Paint(fill=edge.stroke), closed=True, smooth=True)
    ankle = _place(small, view.ankle)
    yield Disc(ankle, 6.0, Paint(fill="edge", stroke="ink", width=2.0), "third-pad")
    below = ankle[1] + 36.0
    yield Path(((ankle[0], ankle[1] + 8.0), (ankle[0], below - 6.0)), _LEADER)
    for number, words in enumerate(lines(say(THIRD), 15, room)):
        yield Label(words, (8.0, below + 14.0 + 20.0 * number), 15, room=room)


def _glass(site: Site, layout: Layout, say: Callable[[str], str]) -> Iterator[Shape]:
    """The pair of pads enlarged, with its line and its measure."""
    scale, radius = GLASS
    x, y = layout.glass
    found = row(site)
    yield Disc(layout.glass, radius, Paint(fill="ground", stroke="ink", width=2.0), "glass")
    enlarged = replace(
        layout, scale=scale, midline=x - scale * found.spot[0], navel=y - scale * found.spot[1]
    )
    length = math.dist(found.start, found.stop)
    way = (found.stop[0] - found.start[0]) / length, (found.stop[1] - found.start[1]) / length
    ends = tuple((x + k * (radius - 6.0) * way[0], y + k * (radius - 6.0) * way[1]) for k in (-1.0, 1.0))
    yield Path(ends, Paint(stroke="ink", width=2.0, dash=6.0))
    pads = tuple(_place(enlarged, pad) for pad in found.pads)
    for pad in pads:
        yield from _pad(pad, scale)
    yield from _measure(pads)
    for number, words in enumerate(lines(say(APART), 16, 2.1 * radius)):
        at = (x, y + radius + 20.0 + 20.0 * number)
        yield Label(words, at, 16, align="centre", room=2.2 * radius)


def _measure(pads: tuple[Point, ...]) -> Iterator[Shape]:
    """From centre to centre, beside the enlarged pads."""
    (first, second), length = pads, math.dist(*pads)
    way = (second[0] - first[0]) / length, (second[1] - first[1]) / length
    # On the side of the row that points away from the body, where nothing else is drawn.
    across = (way[1], -way[0]) if way[1] > 0.0 else (-way[1], way[0])

    def beside(point: Point, far: float) -> Point:
        return point[0] + far * across[0], point[1] + far * across[1]

    for pad in pads:
        yield Path((pad, beside(pad, METAL_CM * GLASS[0])), Paint(stroke="ground", width=1.5))
        yield Path((beside(pad, METAL_CM * GLASS[0]), beside(pad, 50.0)), Paint(stroke="ink", width=1.5))
        yield Disc(pad, 3.0, Paint(fill="ground"))
    yield Path((beside(first, 44.0), beside(second, 44.0)), Paint(stroke="ink", width=2.5))


def _glass_leader(layout: Layout, found: Row) -> Iterator[Shape]:
    spot, glass = _place(layout, found.spot), layout.glass
    part = 2.2 * layout.scale / math.dist(spot, glass)
    start = (spot[0] + part * (glass[0] - spot[0]), spot[1] + part * (glass[1] - spot[1]))
    yield Path((start, glass), _LEADER)


def _labels(site: Site, layout: Layout, say: Callable[[str], str]) -> Iterator[Shape]:
    """The names of the landmarks and of the spot beside the body, each with a leader."""
    found = row(site)
    texts = (
        (f"1: {say(site.start.label)}", layout.first, found.start, False),
        (f"2: {say(site.stop.label)}", layout.second, found.stop, False),
        (_spot_words(site, say), layout.spot, found.spot, True),
    )
    for text, at, mark, bold in texts:
        room = WIDTH - at[0] - 4.0
        broken = lines(text, 17, room, bold=bold)
        point = _place(layout, mark)
        yield from _leader(at, point, 15.0 if not bold else 2.0 * layout.scale)
        for number, words in enumerate(broken):
            yield Label(words, (at[0], at[1] + 21.0 * number), 17, bold=bold, room=room)


def _leader(label: Point, point: Point, gap: float) -> Iterator[Shape]:
    """From beside the label's first line to just outside what it names."""
    start = (label[0] - 6.0, label[1] - 6.0)
    distance = math.dist(start, point)
    if distance > gap:
        part = 1.0 - gap / distance
        end = (start[0] + part * (point[0] - start[0]), start[1] + part * (point[1] - start[1]))
        yield Path((start, end), _LEADER)


def _mirrored(shape: Shape) -> Shape:
    """The shape seen in a mirror; words stay readable."""
    if isinstance(shape, Path):
        return replace(shape, points=tuple((WIDTH - x, y) for x, y in shape.points))
    if isinstance(shape, Disc):
        return replace(shape, centre=(WIDTH - shape.centre[0], shape.centre[1]))
    return replace(shape, at=(WIDTH - shape.at[0], shape.at[1]), align=OPPOSITE[shape.align])
