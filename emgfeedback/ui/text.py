"""Words that only the window says, and the one way by which any word gets onto it.

``tr`` looks a sentence up in the translators of the application; without one it gives the sentence back.
The sentences of ``emgfeedback.words`` go through it, too: whoever builds a state for a leaf calls it.
"""

from PySide6.QtCore import QCoreApplication

CONTEXT = "emgfeedback"

MUSCLES = {"glute": "Glute", "quad": "Quad", "hamstring": "Hamstring"}
#: Where a narrow column has no room for the whole name.
SHORT_MUSCLES = {"hamstring": "Hams"}
SIDES = {"left": "Left", "right": "Right"}
SIDE_LETTERS = {"left": "L", "right": "R"}

REST = "Rest"
BLIND_REP = "Blind rep"
QUAD_QUIET = "Quad quiet"
GLUTE_QUIET = "Glute quiet"
NO_HUNDRED = "No 100 % yet"
GLUTE_SHARE = "Glute share"
OF_REPS = "of {target}"
REPS = "reps"
REP = "Rep {number}"
NO_REP = "No rep yet"
LEFT_OUT = "left out: {reason}"
SECONDS_LEFT = "seconds left"
NOW_OF_BEST = "now, {percent} % of best"
NOW = "now"
RESTING = "resting"
BEST = "best so far"
SECONDS = "{seconds} s"
PERCENT = "{percent} %"
MICROVOLT = "µV"

# Said to a screen reader.
SAY_SHARE = "Glute share {percent} percent, {zone}"
SAY_SHARE_ALONE = "Glute share {percent} percent"
SAY_SHARE_WORD = "Glute share: {word}"
SAY_SIDE = "{side} side. {sentence}"
SAY_MORE_THAN = "more than {percent}"
SAY_LESS_THAN = "less than {percent}"
SAY_BELOW_ZONE = "below your zone {low} to {high}"
SAY_IN_ZONE = "in your zone {low} to {high}"
SAY_ABOVE_ZONE = "above your zone {low} to {high}"
SAY_ZONE = "your zone {low} to {high}"
SAY_BARS = "Muscle activity. {bars}"
SAY_BAR_PERCENT = "{name} {value} percent {of}"
OF_MAX = "of max"
SAY_BAR_MICROVOLT = "{name} {value} microvolts"
SAY_BAR_WITHHELD = "{name} no number, {note}"
SAY_REP = "Rep {number}"
SAY_REP_OF = "Rep {number} of {target}"
SAY_HOLD = "hold {percent} percent"
SAY_HELD = "held"
SAY_CHANNEL = "{name}: {word}"
SAY_STRIP = "Reps so far. {reps}"
SAY_STRIP_EMPTY = "No rep yet, {target} to do"
SAY_STRIP_REP = "{number}: {share} percent"
SAY_STRIP_LEFT_OUT = "{number}: left out"
SAY_CARD = "Rep {number}: glute share {share} percent. {facts}"
SAY_CARD_LEFT_OUT = "Rep {number} left out: {reason}"
SAY_SQUEEZE = "{muscle} squeeze: {level} percent of best"
SAY_SQUEEZE_FIRST = "{muscle} squeeze"
SAY_SECONDS_LEFT = "{seconds} seconds left"
SAY_TRACE = "{name} signal, last {seconds} seconds"
SAY_BODY = "{pose}. {pads}"
SAY_PAD = "{name} pad: {word}"
PAD_GOOD = "in place"
PAD_TROUBLE = "trouble"
PAD_UNKNOWN = "not checked"
SAY_GLANCE = "{word} {percent} percent"

POSES = {
    "bridge": "Hip bridge",
    "single-leg-bridge": "Single-leg bridge",
    "single-leg-deadlift": "Single-leg deadlift",
    "squat": "Squat",
    "face-down": "Face down, knee bent",
    "sitting": "Sitting, ankle strapped",
    "standing": "Standing",
}


def tr(sentence: str) -> str:
    """``sentence`` in the language of the application."""
    return QCoreApplication.translate(CONTEXT, sentence) if sentence else ""


def muscle_name(muscle: str) -> str:
    """``Glute`` for ``glute``; a muscle unknown here is capitalised."""
    return tr(MUSCLES.get(muscle, muscle.capitalize()))


def short_muscle_name(muscle: str) -> str:
    """The name for a narrow column."""
    return tr(SHORT_MUSCLES[muscle]) if muscle in SHORT_MUSCLES else muscle_name(muscle)


def side_letter(side: str) -> str:
    """``L`` or ``R``, or nothing."""
    return tr(SIDE_LETTERS.get(side, ""))


def said_digits(digits: str) -> str:
    """``>89`` and ``<11`` as words."""
    if digits.startswith(">"):
        return tr(SAY_MORE_THAN).format(percent=digits[1:])
    if digits.startswith("<"):
        return tr(SAY_LESS_THAN).format(percent=digits[1:])
    return digits
