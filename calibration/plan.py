"""What a guided calibration is asked to do: its channels, its steps and its times."""

from dataclasses import dataclass
from typing import Any, Final

from calibration.mvc import LEAST_HOLD_S

#: s. A quick calibration rests no longer than this.
QUICK_REST_S: Final = 5.0
#: Where each muscle can work hardest; the better position counts. For the glute neither is best for
#: everybody (Contreras et al. 2015): prone with the knee bent, and standing.
POSITIONS: Final = {
    "glute": ("face-down", "standing"),
    "quad": ("sitting",),
    "hamstring": ("face-down",),
}
#: Where the pads of each muscle sit.
SITES: Final = {"glute": "gluteus maximus", "quad": "vastus lateralis", "hamstring": "biceps femoris"}
#: Which positions come first, as groups: within one, tasks take turns so that one muscle rests meanwhile.
ORDER: Final = (("face-down",), ("sitting", "standing", ""))
#: The part of all their strength that is asked for as a reference.
REFERENCE_EFFORT: Final = 0.5
#: What is asked for to find out which lead is which.
LEAD_EFFORT: Final = 0.5


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """One column of the signal: its pin, and the muscle and side that the wearer says are on it.

    ``signal`` is raw, rectified, envelope or aux, ``gain`` the sensor's. Columns without a muscle
    and aux columns are passed over. ``uv_per_count`` is the size of one count in µV, 0 if not known.
    """

    pin: str
    muscle: str | None
    side: str | None
    signal: str
    gain: float
    uv_per_count: float = 0.0

    @property
    def calibrated(self) -> bool:
        """Whether this column gets a 100 %."""
        return bool(self.muscle and self.side) and self.signal != "aux"

    @property
    def raw(self) -> bool:
        """Whether the level is an RMS of EMG; otherwise it is a mean of the sensor's envelope."""
        return self.signal == "raw"

    @property
    def name(self) -> str:
        """For sentences: ``right glute``, or the pin while nothing is assigned."""
        return f"{self.side} {self.muscle}" if self.muscle and self.side else self.pin


@dataclass(frozen=True, slots=True)
class Plan:
    """Times in seconds, numbers of squeezes, and which steps there are.

    Three squeezes of 5 s, a minute between squeezes of one muscle: the form whose repeatability
    has been published (Norcross et al. 2010). ``pause_s`` counts from the muscle's last squeeze;
    others squeeze in between. ``max_repeats`` refusals of one step in a row end the calibration. A
    quick one rests at most 5 s, squeezes once in one position, leaves out all that comes before the
    rest, and is labelled quick. A ``reference`` asks for half of the wearer's strength, in one position.
    """

    #: How long each of the safety lines stands, in times of what saying it takes; 0 leaves them out.
    safety_pace: float = 1.0
    #: Whether the muscles are asked which lead is theirs, and how long before and after swapped ones go on.
    leads: bool = True
    quiet_s: float = 1.5
    swapped_s: float = 8.0
    #: Whether the pads are looked at before the rest.
    pads: bool = True
    rest_s: float = 10.0
    #: Parts of all one's strength to warm up with, how long each, and the pause after each.
    warm_ups: tuple[float, ...] = (0.25, 0.50, 0.75)
    warm_s: float = 3.0
    warm_rest_s: float = 2.0
    squeeze_s: float = 5.0
    #: A squeeze that ended sooner does not count.
    least_hold_s: float = LEAST_HOLD_S
    pause_s: float = 60.0
    #: Least pause between any two squeezes, and the count-in before each.
    breath_s: float = 3.0
    ready_s: float = 3.0
    #: Before the first squeeze in another position there is time to find it, the count-in included.
    position_s: float = 12.0
    two_positions: bool = True
    #: How long a squeeze is waited for, and how long trouble with a pad.
    rise_wait_s: float = 6.0
    trouble_wait_s: float = 60.0
    trials: int = 3
    max_trials: int = 5
    max_repeats: int = 4
    quick: bool = False
    reference: bool = False

    def __post_init__(self) -> None:
        if not 2.0 <= self.rest_s <= 120.0:
            raise ValueError(f"rest_s must lie in 2 to 120 s, not {self.rest_s}.")
        if not 1.5 <= self.least_hold_s <= LEAST_HOLD_S:
            raise ValueError(f"least_hold_s must lie in 1.5 to {LEAST_HOLD_S:g} s, not {self.least_hold_s}.")
        least_s = self.least_hold_s + 1.0
        if not least_s <= self.squeeze_s <= 10.0:
            raise ValueError(f"squeeze_s must lie in {least_s:g} to 10 s, not {self.squeeze_s}.")
        if not 1 <= self.trials <= self.max_trials:
            raise ValueError(f"trials must lie in 1 to max_trials ({self.max_trials}), not {self.trials}.")
        if self.max_repeats < 1:
            raise ValueError(f"max_repeats must be 1 or more, not {self.max_repeats}.")
        if not all(0.0 < part <= 1.0 for part in self.warm_ups):
            raise ValueError(f"warm_ups are parts of one's strength from 0 to 1, not {self.warm_ups}.")
        waits = ("pause_s", "breath_s", "ready_s", "position_s", "rise_wait_s", "trouble_wait_s", "quiet_s",
                 "swapped_s", "warm_s", "warm_rest_s")  # fmt: skip
        if not 0.0 <= self.safety_pace <= 10.0:
            raise ValueError(f"safety_pace must lie in 0 to 10, not {self.safety_pace}.")
        for name in waits:
            if not 0.0 <= getattr(self, name) <= 600.0:
                raise ValueError(f"{name} must lie in 0 to 600 s, not {getattr(self, name)}.")

    @classmethod
    def squeezes_alone(cls, **wanted: Any) -> "Plan":
        """Rest and squeezes in one position, and nothing else before or between."""
        without = {"safety_pace": 0.0, "leads": False, "pads": False, "warm_ups": (), "two_positions": False}
        return cls(**{**without, **wanted})

    @property
    def resting_s(self) -> float:
        """How long this calibration rests."""
        return min(self.rest_s, QUICK_REST_S) if self.quick else self.rest_s

    @property
    def squeezes(self) -> tuple[int, int]:
        """Least and greatest number of counting squeezes of each muscle in each position."""
        return (1, 1) if self.quick else (self.trials, self.max_trials)

    @property
    def warming(self) -> tuple[float, ...]:
        """The warm-ups of this calibration; before a reference none is harder than that."""
        if self.quick:
            return ()
        return tuple(part for part in self.warm_ups if part < REFERENCE_EFFORT or not self.reference)

    @property
    def effort(self) -> float:
        """The part of all their strength that the wearer is asked for."""
        return REFERENCE_EFFORT if self.reference else 1.0

    def positions(self, muscle: str) -> tuple[str, ...]:
        """Where ``muscle`` is squeezed; an unknown one anywhere."""
        known = POSITIONS.get(muscle, ("",))
        if self.reference:
            return known[-1:]  # upright: nobody who spares themselves has to get down on the floor
        return known if self.two_positions and not self.quick else known[:1]
