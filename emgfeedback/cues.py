"""What to do now in a set, in at most six words, and how long the hold lasts: the same in every view."""

from emgfeedback.phases import HOLD_S, Moment, Phase

CUES = {
    Phase.RISE: "Push the floor away",
    Phase.HOLD: "Hold. Keep breathing.",
    Phase.LOWER: "Lower slowly",
    Phase.REST: "Rest. Then the next rep.",
}
CUE_FIRST = "Begin when you are ready"
CUE_OTHERS = {
    "squat": {Phase.RISE: "Down slowly, knees out", Phase.HOLD: "Hold. Keep breathing.", Phase.LOWER: "Up"},
    "single-leg-deadlift": {Phase.RISE: "Lean forward, back straight", Phase.LOWER: "Stand up tall"},
}
HOLD_OF = "Hold {now:.1f} of {whole:g} s"
HELD = "Held {now:.1f} s"
HOLD_NOT_COUNTED = "Hold not counted"


def cue(exercise: str, moment: Moment, *, first: bool) -> str:
    """The instruction of this moment; ``first``: no rep is done yet."""
    if first and moment.phase is Phase.REST:
        return CUE_FIRST
    return CUE_OTHERS.get(exercise, {}).get(moment.phase, CUES[moment.phase])


def hold_words(moment: Moment) -> str:
    """``Hold 1.4 of 2 s``, ``Held 2.3 s``, why it is not counted, or nothing at rest."""
    if not moment.counted:
        return HOLD_NOT_COUNTED
    if moment.phase is Phase.HOLD and moment.hold_s < HOLD_S:
        return HOLD_OF.format(now=moment.hold_s, whole=HOLD_S)
    return HELD.format(now=moment.hold_s) if moment.hold_s > 0.0 else ""
