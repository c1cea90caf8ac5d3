"""A drawn person of 170 cm from the front, the back and the side, in cm.

The first coordinate counts outwards from the body's midline (from the front and the back) or forwards (from
the side), the second downwards from the height of the navel. Lengths follow the usual proportions of a grown
person's body; they are a sketch, no measure of anybody.
"""

from dataclasses import dataclass
from typing import Final

from emgfeedback.padmap.shapes import Point

#: Half of the outline, from the neck down the outer side to the foot, and up the inner side to the crotch.
_OUTER: Final[tuple[Point, ...]] = (
    (5.4, -46.0), (6.2, -42.0), (11.5, -39.4), (17.0, -37.0), (19.2, -32.0), (17.2, -25.0), (16.2, -17.0),
    (14.2, -7.0), (13.4, -2.0), (14.4, 4.0), (16.2, 10.0), (17.6, 17.0), (17.6, 24.0), (16.9, 33.0),
    (15.2, 44.0), (13.6, 51.0), (13.0, 56.0), (12.7, 61.0), (13.4, 69.0), (13.2, 75.0), (11.6, 86.0),
    (10.9, 93.0), (11.4, 97.0), (12.2, 101.0), (11.8, 104.0),
)  # fmt: skip
_INNER: Final[tuple[Point, ...]] = (
    (5.6, 104.0), (6.2, 98.0), (6.4, 92.0), (5.6, 83.0), (4.3, 73.0), (4.6, 64.0), (4.4, 58.0), (4.0, 53.0),
    (2.8, 44.0), (1.4, 33.0), (0.7, 26.5),
)  # fmt: skip
_CROTCH: Final[Point] = (0.0, 25.4)
_ARM: Final[tuple[Point, ...]] = (
    (17.0, -37.0), (21.0, -33.5), (23.5, -24.0), (26.5, -12.0), (30.5, 2.0), (34.0, 9.0), (34.6, 17.0),
    (32.4, 18.5), (31.0, 12.0), (27.6, 4.0), (22.4, -9.0), (18.6, -20.0), (16.6, -28.0),
)  # fmt: skip
_HEAD: Final[tuple[Point, ...]] = (
    (0.0, -66.0), (5.2, -64.2), (7.6, -58.5), (7.2, -52.0), (4.6, -46.0), (0.0, -43.4),
)  # fmt: skip
_SIDE: Final[tuple[Point, ...]] = (
    (4.6, -46.0), (5.4, -41.0), (9.6, -34.0), (11.4, -24.0), (9.6, -14.0), (9.0, -4.0), (10.4, 6.0),
    (9.8, 15.0),
    (10.6, 24.0), (10.8, 32.0), (9.4, 44.0), (7.6, 51.0), (7.4, 56.0), (5.6, 62.0), (4.8, 72.0), (3.4, 84.0),
    (3.2, 94.0), (8.0, 98.5), (16.0, 101.5), (16.4, 104.0), (4.0, 104.0), (-6.4, 104.0), (-7.2, 100.0),
    (-4.8, 93.0), (-5.4, 84.0), (-8.4, 73.0), (-6.6, 63.0), (-6.0, 58.0), (-7.6, 50.0), (-9.4, 40.0),
    (-9.6, 30.0), (-12.0, 25.0), (-13.8, 18.0), (-12.2, 10.0), (-8.6, 2.0), (-8.0, -5.0), (-10.4, -18.0),
    (-12.0, -28.0), (-9.6, -37.0), (-5.6, -43.0),
)  # fmt: skip
_SIDE_HEAD: Final[tuple[Point, ...]] = (
    (0.0, -66.0), (6.0, -63.6), (8.2, -57.0), (9.6, -53.4), (8.0, -52.0), (7.6, -46.4), (2.4, -44.6),
    (-4.6, -46.0), (-8.4, -52.0), (-8.6, -59.0), (-5.4, -64.4),
)  # fmt: skip
_SIDE_ARM: Final[tuple[Point, ...]] = (
    (-3.4, -36.0), (1.6, -37.4), (4.6, -33.0), (4.4, -22.0), (3.6, -13.0), (10.0, -9.0), (20.0, -7.5),
    (27.5, -8.4),
    (28.0, -5.0), (20.0, -3.0), (8.0, -3.4), (0.0, -5.6), (-3.4, -12.0), (-4.6, -24.0),
)  # fmt: skip


def _mirrored(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple((-x, y) for x, y in points)


def _both_sides(half: tuple[Point, ...], *ends: Point) -> tuple[Point, ...]:
    """``half``, the point on the midline after it, and the other half on the way back."""
    return (*half, *ends, *reversed(_mirrored(half)))


_BODY: Final = _both_sides((*_OUTER, *_INNER), _CROTCH)
_LIMBS: Final = (_ARM, _mirrored(_ARM), (*_HEAD, *reversed(_mirrored(_HEAD[1:-1]))))


@dataclass(frozen=True, slots=True)
class View:
    """How the body is seen. The right side is drawn on the right, from behind and in a mirror alike.

    So whoever looks at their own leg has its outer side where the picture has it. From the side, the right
    side faces right.

    ``limbs`` (head, arms) and ``face`` are drawn in the small figure only; ``lines`` are folds of the skin,
    ``bones`` what lies under it, ``paired`` where both halves have them; ``words_on_it`` stand on the body.
    ``landmarks`` and ``muscles`` go by the ids of ``calibration.landmarks`` and of the sites.
    """

    words: str
    body: tuple[Point, ...]
    limbs: tuple[tuple[Point, ...], ...]
    landmarks: dict[str, Point]
    muscles: dict[str, tuple[Point, ...]]
    ankle: Point
    lines: tuple[tuple[Point, ...], ...] = ()
    bones: tuple[tuple[Point, ...], ...] = ()
    dimple: Point | None = None
    face: tuple[tuple[Point, ...], ...] = ()
    paired: bool = True
    words_on_it: tuple[tuple[str, Point], ...] = ()


_KNEECAP: Final[tuple[Point, ...]] = (
    (8.8, 53.6), (10.6, 54.3), (11.3, 56.0), (10.5, 58.0), (8.8, 59.0), (7.1, 58.0), (6.3, 56.0), (7.0, 54.3),
)  # fmt: skip

_SACRUM: Final[tuple[Point, ...]] = (
    (-3.4, 7.4), (0.0, 6.6), (3.4, 7.4), (2.4, 12.0), (0.9, 15.8), (0.0, 16.6), (-0.9, 15.8), (-2.4, 12.0),
)  # fmt: skip

FRONT: Final = View(
    "You, in a mirror",
    body=_BODY,
    limbs=_LIMBS,
    landmarks={
        "front-point": (12.0, 9.5),
        "kneecap-top": (8.8, 53.6),
        "kneecap-outer": (11.3, 56.0),
        "knee-gap": (5.7, 58.6),
    },
    muscles={
        "rectus-femoris": (
            (11.8, 13.5), (13.0, 20.0), (12.7, 30.0), (10.8, 42.0), (9.5, 51.0), (8.1, 51.0), (7.4, 42.0),
            (8.0, 30.0), (9.6, 20.0),
        ),
        "vastus-lateralis": (
            (15.2, 19.0), (16.6, 25.0), (16.4, 34.0), (14.8, 44.0), (13.2, 50.0), (11.3, 53.4), (9.9, 51.4),
            (9.8, 45.0), (10.0, 39.0), (11.2, 32.0), (12.8, 25.0), (13.8, 20.6),
        ),
        "vastus-medialis": (
            (7.4, 34.0), (8.6, 41.0), (9.3, 48.0), (8.6, 52.6), (6.8, 56.6), (4.8, 55.4), (3.9, 50.6),
            (4.5, 43.0), (6.0, 36.0),
        ),
    },
    ankle=(6.7, 97.0),
    face=(
        ((-3.0, -57.0), (-2.0, -57.0)),
        ((2.0, -57.0), (3.0, -57.0)),
        ((-2.0, -50.0), (0.0, -49.4), (2.0, -50.0)),
    ),
    lines=(((-0.5, 0.0), (0.0, 0.8), (0.5, 0.0)), ((0.8, 25.4), (5.0, 20.0), (10.6, 13.0))),
    bones=(_KNEECAP, ((9.6, 6.4), (11.4, 7.6), (12.3, 9.2), (11.7, 10.8))),
)  # fmt: skip

BACK: Final = View(
    "You, from behind",
    body=_BODY,
    limbs=_LIMBS,
    landmarks={
        "back-plate": (0.0, 12.0),
        "hip-bump": (16.6, 18.0),
        "sitting-bone": (6.6, 24.0),
        "knee-knob": (11.8, 60.6),
    },
    muscles={
        "gluteus-maximus": (
            (2.6, 9.4), (5.6, 6.6), (9.6, 8.2), (13.4, 12.4), (16.6, 18.2), (17.0, 22.4), (14.0, 25.2),
            (9.0, 26.2), (3.6, 25.6), (1.0, 21.8), (0.9, 17.0), (1.9, 12.6),
        ),
        "biceps-femoris": (
            (6.2, 24.0), (7.6, 24.2), (9.6, 29.0), (11.6, 38.0), (12.6, 48.0), (12.6, 56.0), (12.3, 60.8),
            (11.2, 60.4), (10.3, 56.0), (8.9, 48.0), (7.2, 39.0), (6.0, 30.0),
        ),
    },
    ankle=(11.0, 97.0),
    lines=(
        ((0.0, 15.6), (0.3, 18.5), (0.0, 25.2)),
        ((0.4, 25.0), (3.4, 27.0), (8.0, 27.4), (12.4, 25.8)),
        ((5.6, 57.2), (8.8, 58.2), (12.0, 57.2)),
        ((0.0, -30.0), (0.0, 5.0)),
    ),
    bones=(_SACRUM,),
    dimple=(4.0, 9.0),
    words_on_it=(("dimple", (4.0, 5.6)),),
)  # fmt: skip

SIDE: Final = View(
    "You, from the side",
    body=_SIDE,
    limbs=(_SIDE_HEAD, _SIDE_ARM),
    landmarks={"hip-edge": (-0.6, 3.2), "hip-bump": (0.2, 18.0)},
    muscles={
        "gluteus-medius": (
            (-7.2, 6.4), (-4.0, 3.9), (-0.6, 3.0), (3.4, 4.0), (6.6, 7.2), (5.4, 10.4), (2.6, 15.4),
            (1.0, 18.2),
            (-1.0, 17.8), (-3.0, 14.6), (-5.8, 10.8),
        ),
    },
    ankle=(-0.8, 96.4),
    lines=(((-11.8, 25.2), (-8.0, 27.4), (-4.6, 27.6)), ((9.4, 17.4), (6.4, 20.2))),
    bones=(
        ((-8.8, 8.6), (-5.8, 4.6), (-0.6, 2.6), (4.6, 4.2), (7.8, 8.4), (8.4, 10.4)),
        ((-2.0, 17.2), (-0.6, 15.8), (1.4, 16.0), (2.6, 18.0), (2.2, 20.6), (1.6, 26.0)),
    ),
    paired=False,
    words_on_it=(("back", (-5.6, 36.0)), ("front", (5.8, 36.0))),
)  # fmt: skip
