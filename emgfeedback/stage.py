"""What is going on in a studio, as one word."""

from enum import Enum


class Stage(Enum):
    """idle -> calibrating -> ready -> training -> resting -> ready or training -> ..."""

    IDLE = "idle"
    CALIBRATING = "calibrating"
    READY = "ready"
    TRAINING = "training"
    RESTING = "resting"
