"""Words of the window's pages. All of them go through ``text.tr`` where they are shown."""

from emgfeedback.cues import CUE_FIRST as CUE_FIRST
from emgfeedback.cues import CUE_OTHERS as CUE_OTHERS
from emgfeedback.cues import CUES as CUES
from emgfeedback.cues import HELD as HELD
from emgfeedback.cues import HOLD_NOT_COUNTED as HOLD_NOT_COUNTED
from emgfeedback.cues import HOLD_OF as HOLD_OF
from emgfeedback.phases import Phase

INTENDED_USE = "EMG feedback for exercise, training and education"
PAGES = {
    "start": "Start",
    "calibrate": "Calibrate",
    "train": "Train",
    "signals": "Signals",
    "history": "History",
    "settings": "Settings",
    "glance": "Glance",
    "keys": "Keys",
    "pads": "Pads",
}
NEVER_A_CLICK = "Nothing to press: the set ends by itself"
LIGHT_KEY = ("L", "light form")
OFFER_KEY = ("U", "use the new 100 %")
NO_HANDS = "No hands needed: every step begins and ends by itself"

# Replay
REPLAY = "Replay"
REPLAY_SIMULATED = "Replay, simulated"
REPLAY_OF = "Replay, not live: {name}"
END_FIRST = "A set is under way. End it first, then replay."

# Start
SIMULATED_PERSON = "Simulated person"
NO_SENSORS = "no sensors needed"
REAL_BOARD = "Real board"
CALIBRATED_TODAY = "calibrated today"
CHECKED_TODAY = "checked today"
NOT_CALIBRATED = "not calibrated today"
NOT_COMPARABLE, CALIBRATE_AGAIN = "Not comparable", "calibrate again"
OLD_HOLDS = "It still holds: train with it."
WHERE_PADS_GO = "Where do the pads go?"
LOOKING_FIRST, LOOKING_SECOND = "One moment", "looking for a board"
NO_SOURCE_FIRST, NO_SOURCE_SECOND = "No samples", "yet"
PAUSED_FIRST, PAUSED_SECOND = "Paused until", "unplugged"
MADE_UP = (
    "Calibrate, one set, summary: about two minutes. Everything you see is made up and marked so. "
    "Plug in a board and press S."
)
MADE_UP_CALIBRATED = "Everything you see is made up and marked so. Plug in a board and press S."
FIRST_CALIBRATE = (
    "Calibrate first. It finds your own 100 % of each muscle. It takes seven minutes, and no hands."
)
CHECK_FIRST = "Press V to check it: three short squeezes a muscle, hands-free, a minute and a half."
FROM_TODAY = "Made today with this board, these pins and this gain. Calibrate again when a pad was moved."
GOES_ON = "This goes on by itself. While the pads are on, this computer must run on its battery."
START_DEMO = "Start the demo"
START_CALIBRATION = "Calibrate"
START_SET = "Start set {number}"
NEXT_SET = "Next set"
BEGIN_NOW = "Begin now"
TRY_AGAIN = "Try again"
WAITING = "Wait"
SPACE = "Space"
UNPLUGGED = "unplug first"
EXERCISE = "Exercise"
SET_PLAN = "Set {number}, {reps} reps"
SIMULATED_STAYS = "Simulated sessions stay marked as simulated."
SET_HANDS_FREE = "The set starts by itself once this is done, and ends by itself."
SET_ENDS = "The set ends by itself after {reps} reps, or after 20 s without one."
PLACES = {
    "glute": "middle of the buttock",
    "quad": "outer front of the thigh",
    "hamstring": "back of the thigh",
}
SIMULATED = "simulated"
NOT_CHECKED = "not checked"
GOOD_CONTACT = "good contact"
ON_BATTERY = "On battery. Keep the charger unplugged while the pads are on."
POWER_UNKNOWN = "Power unknown. Unplug everything before the pads touch your skin."
CHARGER_IN = "Charger is plugged in."
NO_PADS = "No pads, no risk: nobody wears this board."

# Calibrate
READY_WORDS = ("Get", "ready.")
SQUEEZES_SO_FAR = "Squeezes so far"
TOO_SHORT = "left out"
SQUEEZE_OF = "{Muscle}, squeeze {trial} of {trials}"
#: The parts before the squeezes, as stations.
STATIONS = {
    "safety": "Safety",
    "leads": "Leads",
    "pads": "Pads",
    "rest": "Rest",
    "warm-up": "Warm-up",
}
SQUEEZES_OF_ONE = "{done} of 1 squeeze"
SQUEEZES_OF = "{done} of {whole} squeezes"
SECONDS_LEFT = "seconds"
DONE = "done"
LAST_CHECK = "Set follows"
NOT_CALIBRATING = "Find your own 100 %."
NOT_CALIBRATING_WHY = "Rest, then squeeze each muscle as hard as you can. The page tells you when."
CALIBRATION_DONE = "Done."
YOUR_HUNDRED = "Your 100 %"
HOLDS_TODAY = "It holds today, while the pads stay where they are."
YOUR_REFERENCE = "Your reference"
REFERENCE_DONE = "Half-strength squeezes: numbers read % of reference."
QUICK_DONE = "Quick calibration: one squeeze each. It holds today, while the pads stay where they are."
#: The drawing where no position is asked for, and the words below it.
ANY_POSE = "standing"
POSE_WORDS = {
    "face-down": "Face down, knee bent",
    "sitting": "Sitting, ankle strapped",
    "standing": "Standing, holding on",
    "": "Sit, stand or lie as you like",
}

# Train
PHASES = {Phase.RISE: "Rise", Phase.HOLD: "Hold", Phase.LOWER: "Lower", Phase.REST: "Rest"}
CUE_IDLE = "Press Space to begin"
CUE_READY = "Get into position"
READY_IN = "Set {number} begins in {seconds} s"
USE_OFFER = "U: use it"
REP_HELD = "Held {seconds:.1f} s"
BEST_REP = "Best rep of this set"
MEAN_OF = "{Muscle} {percent:.0f} % {of}"
WITH_FEEDBACK = "Set {number}, {side} side"
GLUTE_SHARE = "glute share"
MEDIAN_OF = "the middle of {reps} reps, {least} to {greatest}"
MEDIAN_OF_ONE = "in the one rep that counts"
NO_SHARE = "No number"
SET_OVER = "Set {number} is over"
LEFT_OUT = "Reps left out: {reps}."
RECORDED = "Recorded: {name}"
NOT_RECORDED = "This set was not recorded."
DELAY = "decided {decided} ms, painted {painted} ms"

# Keys
KEYS = (
    ("Space", "the one big action: start, end the set, next set"),
    ("P", "pain: stop now, on every page"),
    ("Esc", "back"),
    ("1 to 6", "Start, Calibrate, Train, Signals, History, Settings"),
    ("M", "mute, or sound again"),
    ("G", "Glance: full screen, readable from 3 m"),
    ("C and V", "calibrate, check whether the newest calibration still holds"),
    ("L", "on Calibrate: the light form, at half strength"),
    ("A", "where the pads go; there N next muscle, L side, Enter find or stick"),
    ("E", "next exercise"),
    ("S", "board or simulated person"),
    ("R W F X Z N", "on Signals: raw or envelope, window, freeze, mark, zoom, notch"),
    ("R X D O Del", "on History: replay, CSV, EDF, open folder, delete"),
    ("T", "light or dark"),
    ("+ and -", "larger and smaller"),
    ("?", "this page"),
)
