"""What everybody must know before pads touch skin, and whether the power allows it now."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from emgfeedback.power import Power

INTENDED_USE: Final = (
    "For exercise, training and education. It is not a medical device and says nothing about your health."
)
BATTERY_ONLY: Final = (
    "While pads are on your skin the computer runs on its battery: no charger, dock, monitor or other "
    "device that is plugged into the mains, unless a certified isolator for equipment on people, or a "
    "wireless link, stands between."
)

#: The safety lines, in the order in which they are shown.
LINES: Final = (
    INTENDED_USE,
    BATTERY_ONLY,
    "Do not use it with a pacemaker or another implanted stimulator, or on broken or irritated skin. In "
    "pregnancy, after surgery or with a hip injury, ask your doctor first.",
    "Pads belong on buttock and thigh, the third on bone of the leg: never on chest or neck, never across "
    "the heart.",
    "Stop at once on pain, dizziness, numbness or cramp.",
    "Keep breathing while you squeeze. With heart disease or high blood pressure do not squeeze with all "
    "your might.",
    "Clean the skin with alcohol and let it dry. Use pads once, take them off afterwards, and stop when "
    "the skin turns red.",
    "The numbers are estimates: EMG is muscle activity, not strength. Compare yourself with yourself.",
    "Placing pads on somebody else: ask first, in writing, and keep it private.",
)


class Step(Enum):
    """What to do before streaming."""

    GO = "go"
    WARN = "warn"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Decision:
    """Go, go with a warning, or wait until the power changes; ``text`` is one line for the wearer."""

    step: Step
    text: str


def decide(power: Power, *, simulated: bool, isolated: bool) -> Decision:
    """Whether streaming may begin or go on.

    A simulated person wears no pads. ``isolated`` is the wearer's word that a certified isolator or
    a wireless link stands between. On mains it waits, and goes on by itself once unplugged; where
    the computer cannot tell, it warns, because a desk computer must not lock its owner out.
    """
    if simulated:
        return Decision(Step.GO, "Simulated person: no pads, no risk.")
    if isolated:
        return Decision(Step.GO, "Isolated from the mains, as you said.")
    if power is Power.MAINS:
        return Decision(Step.WAIT, "Unplug the charger before the pads touch your skin.")
    if power is Power.UNKNOWN:
        return Decision(
            Step.WARN,
            "This computer cannot tell where its power comes from. "
            "Unplug everything before the pads touch your skin.",
        )
    return Decision(Step.GO, "On battery")
