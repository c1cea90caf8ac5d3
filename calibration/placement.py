"""Where the pads go: for each muscle two landmarks, the part of the way between them, and the turn of the row.

The places are facts of the sources that each site names, told in our own words. What no source that we
read says is the project's own choice and stands in ``own``.
"""

from dataclasses import dataclass
from typing import Final

from calibration import landmarks
from calibration.landmarks import Landmark

#: mm. From centre to centre of the two pads, and the longest conducting part along the fibres
#: (SENIAM, pages of the single muscles).
PAD_DISTANCE_MM: Final = 20.0
PAD_SIZE_MM: Final = 10.0

#: Words for the parts of a line that occur.
PARTS: Final = {0.5: "half-way", 2 / 3: "two thirds of the way", 0.8: "four fifths of the way"}

SKIN: Final = (
    "Shave the skin there if it has hair. Rub it with alcohol. Let it dry.",
    "Stick the two pads on that mark, one on each side of it. "
    "They sit 20 mm apart, from centre to centre. The metal or gel part is 10 mm wide at most.",
)
REFERENCE: Final = (
    "Put the third pad on bone, where there is no muscle. Your ankle is best. "
    "If the lead is too short, take your kneecap or your hip bone."
)
SMOOTH: Final = "Press each pad down for a few seconds. Tape the lead to your skin so that it can not pull."
MOVED: Final = "You moved a pad or took a new one? Then calibrate again."
SITTING: Final = (
    "Do not sit or lie on these pads. Pressure makes a false signal. "
    "In a bridge, stop just before the pads touch the floor."
)
WHY_DEFAULT_QUAD: Final = (
    "Why the outer thigh? The muscle in the middle of your thigh also runs over the hip and lifts the leg. "
    "It would mix hip work into the number. The outer one works at the knee alone."
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact is from, and an address to read it."""

    title: str
    address: str


_VASTUS_LATERALIS: Final = Source(
    "SENIAM, vastus lateralis", "http://seniam.org/quadricepsfemorisvastuslateralis.html"
)
_VASTUS_MEDIALIS: Final = Source(
    "SENIAM, vastus medialis", "http://www.seniam.org/quadricepsfemorisvastusmedialis.html"
)
_THIGH: Final = Source(
    "A laboratory's sheet after SENIAM", "https://studylib.net/doc/6887665/electrode-placement-for-tilt"
)
_BUTTOCK: Final = Source(
    "Applied Bionics and Biomechanics 2017, 9084725, table 1",
    "https://www.hindawi.com/journals/abb/2017/9084725/tab1/",
)
_ANDERS: Final = Source("Anders et al. 2017", "https://doi.org/10.1371/journal.pone.0178957")


@dataclass(frozen=True, slots=True)
class Site:
    """One place for a pair of pads.

    ``muscle`` is the role in this app: glute, quad or hamstring. The spot lies ``fraction`` of the way
    ``start`` -> ``stop``. The row of pads is turned ``turn_deg`` degrees off that line (0: along it; near 90:
    across): positive turns what points outwards to point down, and what points down to point inwards.
    ``example_cm`` is a likely length of the line, in cm, for an example; ``own`` is what we chose.
    """

    id: str
    muscle: str
    name: str
    plain: str
    posture: str
    start: Landmark
    stop: Landmark
    fraction: float
    turn_deg: float
    row: str
    example_cm: int
    sources: tuple[Source, ...]
    own: str
    notes: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """``fraction`` in words: ``half-way``."""
        return PARTS[self.fraction]

    @property
    def spot(self) -> str:
        """How to mark the spot, with an example in cm."""
        here = round(self.fraction * self.example_cm)
        return (
            f"Pull a tape from 1 to 2. Mark the skin {self.part} from 1. "
            f"Say the line is {self.example_cm} cm long: then the mark is at {here} cm."
        )


_SIT: Final = "Sit on a table. Bend your knee a little and lean back a little."
_STAND: Final = "Stand with your weight on both feet. Turn your side to a mirror."

SITES: Final = (
    Site(
        "gluteus-maximus",
        "glute",
        "Gluteus maximus",
        "the big muscle of your buttock",
        _STAND,
        landmarks.BACK_PLATE,
        landmarks.HIP_BUMP,
        0.5,
        16.0,
        "The row slants down and out. It points from the dimple above your buttock to the bump.",
        18,
        (_BUTTOCK,),
        "The posture, so that one person can reach the spot alone, and the slant of the row, which follows "
        "the fibres.",
        (SITTING,),
    ),
    Site(
        "gluteus-medius",
        "glute",
        "Gluteus medius",
        "the muscle at the side of your hip",
        _STAND,
        landmarks.HIP_EDGE,
        landmarks.HIP_BUMP,
        0.5,
        0.0,
        "The row runs along the line: one pad above the other.",
        14,
        (_ANDERS,),
        "The posture. Other authors go lower: a third of the way up from the bump.",
        ("Do not lie on that side.",),
    ),
    Site(
        "vastus-lateralis",
        "quad",
        "Vastus lateralis",
        "the outer muscle of your thigh",
        _SIT,
        landmarks.FRONT_POINT,
        landmarks.KNEECAP_OUTER,
        2 / 3,
        20.0,
        "One pad sits above the other. Turn the row a little: the lower pad comes nearer to your kneecap.",
        45,
        (_VASTUS_LATERALIS, _THIGH),
        "Its place as the standard quad.",
        (WHY_DEFAULT_QUAD,),
    ),
    Site(
        "vastus-medialis",
        "quad",
        "Vastus medialis",
        "the inner muscle above your knee",
        _SIT,
        landmarks.FRONT_POINT,
        landmarks.KNEE_GAP,
        0.8,
        -80.0,
        "The row lies almost across the line. The inner pad sits a little higher.",
        50,
        (_VASTUS_MEDIALIS,),
        "How much is almost: 80 degrees.",
    ),
    Site(
        "rectus-femoris",
        "quad",
        "Rectus femoris",
        "the muscle in the middle of your thigh",
        _SIT,
        landmarks.FRONT_POINT,
        landmarks.KNEECAP_TOP,
        0.5,
        0.0,
        "The row runs along the line: one pad above the other.",
        44,
        (_THIGH,),
        "Nothing.",
        ("This muscle also lifts your leg at the hip. So its number is not knee work alone.",),
    ),
    Site(
        "biceps-femoris",
        "hamstring",
        "Biceps femoris",
        "the outer muscle at the back of your thigh",
        "Lie face down, knee a little bent. Can you not reach? Then stand, with the heel lifted a little.",
        landmarks.SITTING_BONE,
        landmarks.KNEE_KNOB,
        0.5,
        0.0,
        "The row runs along the line: one pad above the other.",
        36,
        (_THIGH,),
        "Standing, for those who can not reach the spot when they lie.",
        ("Do not sit on these pads. Pressure makes a false signal.",),
    ),
)
#: Where a muscle is measured unless the wearer says otherwise.
DEFAULTS: Final = {
    "glute": "gluteus-maximus",
    "quad": "vastus-lateralis",
    "hamstring": "biceps-femoris",
}


def site(name: str) -> Site:
    """The site of that id, or the default of that muscle; raises ``ValueError`` for another name."""
    wanted = DEFAULTS.get(name, name)
    for one in SITES:
        if one.id == wanted:
            return one
    known = ", ".join([*DEFAULTS, *(one.id for one in SITES)])
    raise ValueError(f"There is no place for pads named {name!r}; choose from {known}.")


def default_site(muscle: str) -> Site:
    """Where the pads of ``glute``, ``quad`` or ``hamstring`` go unless told; raises ``ValueError``."""
    if muscle not in DEFAULTS:
        raise ValueError(f"There is no muscle {muscle!r} here; choose from {', '.join(DEFAULTS)}.")
    return site(muscle)


def steps(one: Site) -> tuple[str, ...]:
    """All that is to be done for a site, in order; 1 and 2 are the numbers in its drawing."""
    return (
        one.posture,
        f"Find 1, the {one.start.label}. {one.start.find}",
        f"Find 2, the {one.stop.label}. {one.stop.find}",
        one.spot,
        f"{SKIN[0]}",
        f"{SKIN[1]} {one.row}",
        REFERENCE,
        SMOOTH,
    )


def cautions(one: Site) -> tuple[str, ...]:
    """What to know afterwards."""
    return (*one.notes, MOVED)
