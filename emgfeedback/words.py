"""Every sentence and word that a live view shows, in one place."""

from emgfeedback.frame import Contact, ShareState, Zone, ZoneState
from emgfeedback.power import Power

APP = "emgfeedback"
INTENDED_USE = "EMG feedback for exercise, training and education."

CONTACT = {
    Contact.GOOD: "good",
    Contact.STARTING: "starting",
    Contact.CLIPPING: "clips",
    Contact.LOOSE: "loose",
    Contact.NO_DATA: "no data",
    Contact.MAINS: "hums",
    Contact.MOTION: "moves",
    Contact.RESTLESS: "not at rest",
}

#: What to do about a channel's contact; {muscle} is filled in.
REMEDY = {
    Contact.CLIPPING: "Turn the {muscle} gain down, then calibrate.",
    Contact.LOOSE: "Press the {muscle} pad down.",
    Contact.NO_DATA: "Check the {muscle} sensor's cable and power.",
    Contact.MAINS: "Unplug the charger. Press the {muscle} pads down.",
    Contact.MOTION: "Tape the {muscle} cable to the skin.",
    Contact.RESTLESS: "Let the {muscle} go.",
}

WITHHELD = {
    Contact.CLIPPING: "{Muscle} signal clips",
    Contact.LOOSE: "{Muscle} pad is loose",
    Contact.NO_DATA: "{Muscle} sends no data",
    Contact.MAINS: "{Muscle} hums with mains",
    Contact.MOTION: "{Muscle} cable moves",
    Contact.RESTLESS: "{Muscle} is not at rest",
}

#: What deserves a word though the number is shown; {Muscle} is filled in.
CAUTION = {
    Contact.CLIPPING: "{Muscle} signal clips now and then.",
    Contact.MAINS: "Some mains hum in the {muscle} signal.",
    Contact.MOTION: "The {muscle} cable moves a little.",
    Contact.RESTLESS: "Some tension is left in the {muscle}.",
}

#: The same in a word or two; and where a channel has but a corner, in one, beside the sign of a caution.
CAUTION_SHORT = {
    Contact.CLIPPING: "clips a bit",
    Contact.MAINS: "some hum",
    Contact.MOTION: "moves a bit",
    Contact.RESTLESS: "tense",
}
CAUTION_WORD = {
    Contact.CLIPPING: "clips",
    Contact.MAINS: "hums",
    Contact.MOTION: "moves",
    Contact.RESTLESS: "tense",
}
#: A channel that is not the kind of signal that it says.
DOUBT = "{Muscle} gives another signal than it says. Check its wiring."
DOUBT_SHORT = "not as said"
DOUBT_WORD = "other kind"

ZONE = {
    ZoneState.NONE: "",
    ZoneState.BELOW: "Below your zone",
    ZoneState.IN: "In your zone",
    ZoneState.ABOVE: "Above your zone",
}

SHARE = {
    ShareState.REST: "Rest",
    ShareState.QUAD_QUIET: "Quad quiet",
    ShareState.GLUTE_QUIET: "Glute quiet",
    ShareState.WITHHELD: "No number",
    ShareState.UNCALIBRATED: "No 100 % yet",
}

#: What percents are of, by the calibration's method, and the offer of a new 100 % after a set.
OF = {"mvc": "of max", "reference": "of reference"}
QUICK = "quick"
OFFER = "{Name} reached {percent:.0f} % {of}. Use this as your new {hundred}?"
NEW_HUNDRED = {"mvc": "100 %", "reference": "reference"}

#: The parts of a guided calibration that are about no single muscle.
PARTS = {
    "safety": "Before you begin",
    "leads": "Which lead is which",
    "pads": "The pads",
    "rest": "All muscles",
    "warm-up": "Warm-up",
}

UNPLUG = "Unplug the charger before the pads touch your skin."
COMES_BACK = "The number comes back by itself."
BASELINE = "First set: this one is your baseline."
OTHER_CHAIN = "The filter is not the same: calibrate again."
NO_CALIBRATION = "No 100 % yet. Bars show µV, no share."
LOOKING = "Looking for a board."
NO_NEW_DATA = "No new data"
SAMPLES_LOST = "Samples lost"
BOARD_LOST = "Board lost. Looking for it. The set goes on when it is back."
SIMULATED = "SIMULATED PERSON"
NOT_RECORDING = "Not recording: {reason} Training goes on."
NO_SOUND = "No sound found. Pictures only."
SOUND_STOPPED = "The sound stopped. Pictures only."
NO_SPEECH = "No speech engine found. Tones only."
SPEECH_FAILED = "The speech engine failed. Tones only."
MUTED = "Sound is muted. M brings it back."
PAIN = "Stopped. Rest. Ease out of the position."
KEYS = "Space end set   p pain: stop"


def not_recording(why: str) -> str:
    """``Not recording: the disk is full. Training goes on.``: a sentence for the page, short of its path."""
    reason = why.rpartition(": ")[2].partition(";")[0].partition(" (")[0].rstrip(".")
    return NOT_RECORDING.format(reason=f"{reason}.")


def part_words(part: str, kind: str) -> str:
    """What stands over a prompt that is about no squeeze: the part of the course, or that all rest."""
    return PARTS.get(part) or (PARTS["rest"] if kind == "rest" else "")


def lost(milliseconds: float) -> str:
    """``120 ms lost``, for a gap in the samples."""
    return f"{milliseconds:.0f} ms lost"


def delay(milliseconds: float) -> str:
    """``delay 31 ms``, from a sample's arrival to its decision."""
    return f"delay {milliseconds:.0f} ms" if milliseconds >= 1.0 else "delay < 1 ms"


def share_digits(share: float, zone: Zone | None = None, state: ZoneState = ZoneState.NONE) -> str:
    """The live share in percent, in steps of 5, ``>89`` and ``<11`` where the ratio is clamped.

    Beside a zone the step is one that lies where ``state`` says: 64 % below a zone from 65 on is 60, and
    so is 66 % as long as the state, which lags behind by its hysteresis and dwell, is still below.
    """
    low, high = _where(zone, state)
    if share > 0.885 and high >= 90:
        return ">89"
    if share < 0.115 and low <= 10:
        return "<11"
    first, last = -5 * (-low // 5), 5 * (high // 5)
    if first <= last:
        return f"{min(max(5 * round(20 * share), first), last):d}"
    # A zone so narrow that no step lies in it.
    return f"{min(max(round(100 * share), low), high):d}"


def _where(zone: Zone | None, state: ZoneState) -> tuple[int, int]:
    """The whole percents, first and last, that do not contradict ``state``."""
    if zone is None or state is ZoneState.NONE:
        return 0, 100
    low, high = round(100 * zone.low), round(100 * zone.high)
    if state is ZoneState.IN:
        return low, high
    return (0, max(low - 1, 0)) if state is ZoneState.BELOW else (min(high + 1, 100), 100)


POWER = {
    Power.BATTERY: "On battery",
    Power.MAINS: "UNPLUG THE CHARGER",
    Power.UNKNOWN: "Power unknown",
}
