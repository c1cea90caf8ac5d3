"""Every word of the guided calibration: large ones of 8 words at most, and one sentence below them.

Short words and short sentences on purpose: who lies on a mat and strains reads no long ones. A test
holds all of this at the reading level of the sixth school year or below.
"""

from typing import Final

#: What is reckoned for saying words aloud: words a second, and the tone before them in s.
WORDS_PER_S: Final = 2.7
TONE_S: Final = 0.3
#: s between one safety line and the next, so that an engine that starts late still ends in time.
BREATH_S: Final = 0.3

#: What must be known before the first squeeze: large words, and the sentences below them. Each line stands
#: for as long as saying all of it takes.
SAFETY: Final = (
    (
        "Run on the battery.",
        "Unplug the charger, dock, screen and all else with a plug. This is for training, not a medical "
        "device.",
    ),
    ("Stop if it hurts.", "Stop at once on pain or cramp, or if you feel numb, faint or dizzy."),
    (
        "Keep breathing.",
        "With heart disease or high blood pressure, press L for the light form.",
    ),
    (
        "Not for everyone.",
        "Not with a pacemaker or other implant. Not on sore skin, chest or neck. If you are pregnant, had "
        "surgery or hurt your hip, ask your doctor first.",
    ),
)

CHECK: Final = "Checking the pads. Keep still."
GOOD_PAD: Final = "{Pad} pad is good."

# Which lead is which
QUIET: Final = "Let go."
ASK: Final = "Squeeze your {pad}."
ASK_WHY: Final = "A short one, half as hard as you can. This finds out which lead is which."
RIGHT_LEAD: Final = "{Pad} answers on {pin}."
UNCLEAR: Final = "More than one lead answered. The names stay as you gave them."
CONTRADICTION: Final = "The leads did not tell clearly which is which. The names stay as you gave them."
SWAPPED: Final = "The leads are swapped."
SWAPPED_WHY: Final = "{places}. I go on with that by myself. If it is wrong, stop now with Esc or q."
SWAPPED_TAKEN: Final = "Leads swapped, names put right: {places}."
PLACE: Final = "{pin} is on the {pad}"

# Warm-ups: by the part of all that one can
WARM: Final = {
    0.25: "Tense the leg. A quarter as hard.",
    0.50: "Tense the leg. Half as hard.",
    0.75: "Tense the leg. Hard, not all.",
}
WARM_OTHER: Final = "Tense the leg. About {percent:.0f} %."
WARM_WHY: Final = "Bottom and thigh at the same time. This warms you up. It does not count yet."
WARM_REST: Final = "Let go."

# Positions: how to get there, and what to do there
POSITIONS: Final = {
    ("glute", "face-down"): "Lie face down. Bend your {side} knee.",
    ("glute", "standing"): "Stand up. Hold on to something.",
    ("quad", "sitting"): "Sit on a chair. Strap your ankle.",
    ("hamstring", "face-down"): "Lie face down. Strap your {side} ankle.",
}
TASKS: Final = {
    ("glute", "face-down"): "You will push your {side} thigh up. A strap or a hand holds it down.",
    ("glute", "standing"): "You will squeeze your {side} buttock as you stand. Do not move.",
    ("quad", "sitting"): "You will push your {side} foot forward, into the strap.",
    ("hamstring", "face-down"): "You will pull your {side} heel up, into the strap.",
}
POSITION_WORDS: Final = {"face-down": "face down", "standing": "standing", "sitting": "sitting"}

REST: Final = "Rest. Let go."
READY: Final = "{Pad} next. Get ready."
SQUEEZE: Final = "Squeeze. Hold."
HARD: Final = "As hard as you can. Keep breathing."
REFERENCE: Final = "Squeeze half as hard. Hold."
SAME: Final = "The same each time. Keep breathing."
ONCE_MORE: Final = "Rest. Once more."
NEXT: Final = "Rest. {Pad} is next."
DONE: Final = "Done."
STOPPED: Final = "Stopped. Nothing was saved."

RESTED: Final = "Resting levels are set."
COUNTS: Final = "That one counts: {uv:.0f} µV."
DIFFER: Final = "Squeezes differ by {percent:.0f} %. One more."
FULL: Final = "{Pad}: your {hundred} is {uv:.0f} µV."
BETTER: Final = " Best {position}."
NOT_ALIKE: Final = "{Pad}: low repeatability. Your best two are still {percent:.0f} % apart."
HUNDRED: Final = "100 %"
REFERENCE_HUNDRED: Final = "reference"
TRIES: Final = "{times} tries at {what} did not count. The last one: {why}"

#: What to do about a channel in trouble, by the name of its contact state.
TROUBLE: Final = {
    "LOOSE": ("{Pad} pad is loose.", "Press the {pad} pad down."),
    "CLIPPING": ("{Pad} signal clips.", "Turn its gain down, then calibrate."),
    "NO_DATA": ("{Pad} pad sends no new data.", "Check the {pad} cable."),
    "MAINS": ("{Pad} signal hums with mains.", "Unplug the charger. Press both pads."),
    "MOTION": ("{Pad} cable moves.", "Tape the {pad} cable down."),
    "RESTLESS": ("{Pad} is not at rest.", "Let the {pad} go."),
    "STARTING": ("{Pad} signal is starting.", "Rest. The signal is starting."),
}
#: A channel that stays silent in its own squeeze: it is dead, or the wearer did not squeeze.
SILENT: Final = "Nothing came from the {pad}. Squeeze harder, or check its cable."
STILL_TENSE: Final = "{Pad} stayed tense in the rest, as the last 100 % sees it. Its rest was taken as it is."


def takes_s(words: str) -> float:
    """How long it takes to say, with its tone, roughly."""
    return TONE_S + len(words.split()) / WORDS_PER_S


def capital(words: str) -> str:
    """The words with their first letter large."""
    return words[:1].upper() + words[1:]


def said(sentence: str, pad: str = "", **values: object) -> str:
    """``sentence`` with the name of a pad (``{pad}``, ``{Pad}``) and other values filled in."""
    return sentence.format(pad=pad, Pad=capital(pad), **values)
