"""The numbers of the wire that have names (``firmware_protocol.md``): encodings, flags, answers, signals.

Message fields stay plain ``int``: a newer board may send a code that is not named here (P8.1).
"""

from enum import IntEnum, IntFlag


class Encoding(IntEnum):
    """How samples lie in DATA (P3.2)."""

    U16 = 0
    P12 = 1


class DataFlag(IntFlag):
    """What a board says about a DATA frame (P3.1)."""

    TICK_MISSED = 1
    FRAMES_DROPPED = 2
    CLIP_LOW = 4
    CLIP_HIGH = 8
    TEST_SIGNAL = 32
    FIRST = 128


class Capability(IntFlag):
    """What a board can do (P4)."""

    TEST_SIGNALS = 1
    OVERSAMPLING = 2
    PACKING = 4
    OWN_TIMER = 8


class AckCode(IntEnum):
    """How a board took a command (P5.2)."""

    DONE = 0
    UNKNOWN = 1
    MALFORMED = 2
    TOO_FAST_FOR_CONVERTER = 3
    TOO_FAST_FOR_WIRE = 4
    PINS = 5
    OVERSAMPLING = 6
    ENCODING = 7
    STREAMING = 8
    TEST_SIGNAL = 9


class EventCode(IntEnum):
    """Why a board speaks up by itself (P5)."""

    NO_HOST = 1
    RESTARTED = 2


class TestSignal(IntEnum):
    """What a board samples instead of its pins (P6.6)."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    OFF = 0
    RAMP = 1
    SQUARE = 2
    GROUND = 3
    BAND_GAP = 4


#: What a board in software says it is, in INFO (P4).
SOFTWARE_BOARD = 255
