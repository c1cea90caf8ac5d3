"""Where the pads go: for each muscle two landmarks, the part of the way between them, the turn of the row.

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

SKIN: Final = "Shave the skin there if it has hair. Rub it with alcohol. Let it dry."
PADS: Final = (
    "Stick two pads with the mark in the middle between them, 20\u00a0mm apart from centre to centre. "
    "Their metal or gel part is 10\u00a0mm wide at most."
)
REFERENCE: Final = (
    "Put the third pad on bone, where there is no muscle. Your ankle is best. "
    "If the lead is too short, take your kneecap or your hip bone."
)
PRESS: Final = "Press each pad down for a few seconds. Tape the lead to your skin so that it cannot pull."
MOVED: Final = "Pads moved or new? Calibrate again."
SITTING: Final = (
    "Do not sit or lie on these pads. Pressure makes a false signal. In a bridge, stop just above the floor."
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
_HIP: Final = Source(
    "BMC Musculoskeletal Disorders 2017, 18:1674, table 2",
    "https://bmcmusculoskeletdisord.biomedcentral.com/articles/10.1186/s12891-017-1674-2/tables/2",
)
_ANDERS: Final = Source("Anders et al. 2017", "https://doi.org/10.1371/journal.pone.0178957")


@dataclass(frozen=True, slots=True)
class Site:
    """One place for a pair of pads.

    ``muscle`` is the role in this app: glute, quad or hamstring. The spot lies ``fraction`` of the way
    ``start`` -> ``stop``. The row of pads is turned ``turn_deg`` degrees off that line (0: along it; near 90:
    across): positive turns what points outwards to point down, and what points down to point inwards.
    ``example_cm`` is a likely length of the line, in cm, for an example; ``about`` is worth knowing before,
    ``caution`` afterwards; ``own`` is what we chose, if anything.
    """

    id: str
    muscle: str
    name: str
    short: str
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
    about: str = ""
    caution: str = ""

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
            f"Say the line is {self.example_cm}\u00a0cm long: then the mark is at {here}\u00a0cm."
        )


_SIT: Final = "Sit on a table. Bend your knee a little and lean back a little."
_BACK_TO_MIRROR: Final = "Stand with your weight on both feet. Turn your back to a mirror."
_SIDE_TO_MIRROR: Final = "Stand with your weight on both feet. Turn your side to a mirror."

SITES: Final = (
    Site(
        "gluteus-maximus",
        "glute",
        "Gluteus maximus",
        "Buttock",
        "the big muscle of your buttock",
        _BACK_TO_MIRROR,
        landmarks.BACK_PLATE,
        landmarks.HIP_BUMP,
        0.5,
        16.0,
        "The row slants down and out. It points from the dimple above your buttock to the bump.",
        18,
        (_BUTTOCK,),
        "the posture, in which one person can reach the spot alone, and the slant of the row, which follows "
        "the fibres.",
        caution=SITTING,
    ),
    Site(
        "gluteus-medius",
        "glute",
        "Gluteus medius",
        "Side of the hip",
        "the muscle at the side of your hip",
        _SIDE_TO_MIRROR,
        landmarks.HIP_EDGE,
        landmarks.HIP_BUMP,
        0.5,
        0.0,
        "The row runs along the line: one pad above the other.",
        14,
        (_ANDERS, _HIP),
        "the posture, and half-way, as the first source has it; the second goes lower, a third of the way up "
        "from the bump.",
        caution="Do not lie on that side. Pressure makes a false signal.",
    ),
    Site(
        "vastus-lateralis",
        "quad",
        "Vastus lateralis",
        "Outer thigh",
        "the outer muscle of your thigh",
        _SIT,
        landmarks.FRONT_POINT,
        landmarks.KNEECAP_OUTER,
        2 / 3,
        20.0,
        "One pad sits above the other. Turn the row a little: the lower pad comes nearer to your kneecap.",
        45,
        (_VASTUS_LATERALIS, _THIGH),
        "that it is the standard quad.",
        about=WHY_DEFAULT_QUAD,
    ),
    Site(
        "vastus-medialis",
        "quad",
        "Vastus medialis",
        "Inner thigh",
        "the inner muscle above your knee",
        _SIT,
        landmarks.FRONT_POINT,
        landmarks.KNEE_GAP,
        0.8,
        -80.0,
        "The row lies almost across the line. The inner pad sits a little higher.",
        50,
        (_VASTUS_MEDIALIS,),
        "how much is almost, 80 degrees.",
    ),
    Site(
        "rectus-femoris",
        "quad",
        "Rectus femoris",
        "Middle of the thigh",
        "the muscle in the middle of your thigh",
        _SIT,
        landmarks.FRONT_POINT,
        landmarks.KNEECAP_TOP,
        0.5,
        0.0,
        "The row runs along the line: one pad above the other.",
        44,
        (_THIGH,),
        "",
        about="This muscle also lifts your leg at the hip. So its number is not knee work alone.",
    ),
    Site(
        "biceps-femoris",
        "hamstring",
        "Biceps femoris",
        "Back of the thigh",
        "the outer muscle at the back of your thigh",
        "Lie face down, knee a little bent. You cannot reach? Then stand, with the heel lifted a little.",
        landmarks.SITTING_BONE,
        landmarks.KNEE_KNOB,
        0.5,
        0.0,
        "The row runs along the line: one pad above the other.",
        36,
        (_THIGH,),
        "standing, for those who cannot reach the spot when they lie.",
        caution="Do not sit on these pads. Pressure makes a false signal.",
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
    wanted = "-".join(name.lower().split())
    wanted = DEFAULTS.get(wanted, wanted)
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


def finding(one: Site) -> tuple[str, ...]:
    """How to find the spot, in order; 1 and 2 are the numbers in its drawing."""
    found = (
        one.posture,
        f"Find 1, the {one.start.label}. {one.start.find}",
        f"Find 2, the {one.stop.label}. {one.stop.find}",
        one.spot,
    )
    return (*found, one.about) if one.about else found


def sticking(one: Site) -> tuple[str, ...]:
    """How to put the pads on, in order, and what to know afterwards."""
    done = (SKIN, f"{PADS} {one.row}", REFERENCE, PRESS)
    return (*done, one.caution, MOVED) if one.caution else (*done, MOVED)
