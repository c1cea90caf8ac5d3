"""Places on the body that a person can find with their own fingers; pads are put on lines between them.

How to find each is in our own words. Where it says a hand or a finger, the wearer's own is meant.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Landmark:
    """``label`` names it in a drawing, ``find`` says how to feel for it, ``latin`` is the learned name."""

    id: str
    label: str
    find: str
    latin: str


FRONT_POINT: Final = Landmark(
    "front-point",
    "bony point at the front of your hip",
    "Put your hand on your hip. Follow the edge of the bone to the front. It ends in a bony point.",
    "anterior superior iliac spine",
)
HIP_EDGE: Final = Landmark(
    "hip-edge",
    "top edge of your hip bone",
    "Press a hand into the side of your waist, then down. You meet an edge of bone. Stay at the side.",
    "iliac crest",
)
HIP_BUMP: Final = Landmark(
    "hip-bump",
    "bony bump at the side of your hip",
    "Lay your palm on the side of your hip, a hand below the edge of the bone. "
    "Turn your foot in and out. A hard bump moves under your hand.",
    "greater trochanter",
)
BACK_PLATE: Final = Landmark(
    "back-plate",
    "flat bone at the end of your spine",
    "Slide a hand down your spine. Below your waist it ends in a flat plate of bone. Take its middle.",
    "sacral vertebrae",
)
SITTING_BONE: Final = Landmark(
    "sitting-bone",
    "bone you sit on",
    "Sit on your hand, palm up. A hard knob presses on your fingers. Keep a finger on it when you get up.",
    "ischial tuberosity",
)
KNEECAP_TOP: Final = Landmark(
    "kneecap-top",
    "top of your kneecap",
    "Let the leg go loose. Feel for the top rim of your kneecap, in the middle.",
    "superior part of the patella",
)
KNEECAP_OUTER: Final = Landmark(
    "kneecap-outer",
    "outer edge of your kneecap",
    "Let the leg go loose. Feel for the outer rim of your kneecap.",
    "lateral side of the patella",
)
KNEE_GAP: Final = Landmark(
    "knee-gap",
    "gap at the inner side of your knee",
    "Start at the low end of your kneecap. Slide a finger to the inner side. "
    "Bend and stretch the knee. Stop in the soft gap between the two bones.",
    "joint space in front of the medial ligament",
)
KNEE_KNOB: Final = Landmark(
    "knee-knob",
    "outer knob just below your knee",
    "Bend the knee a little. Feel the outer side, just below the fold. There is a hard knob of bone.",
    "lateral epicondyle of the tibia",
)
