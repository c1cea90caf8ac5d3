"""What a guided calibration is asked to do: its channels and its times."""

from dataclasses import dataclass
from typing import Final

from calibration.mvc import LEAST_HOLD_S

#: s. A quick calibration rests no longer than this.
QUICK_REST_S: Final = 5.0


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
    """Times in seconds and numbers of squeezes.

    Three squeezes of 5 s, a minute between squeezes of one muscle: the form whose repeatability
    has been published (Norcross et al. 2010). ``pause_s`` counts from the muscle's last squeeze;
    other sides of the same muscle squeeze in between. ``max_repeats`` refusals of one step in a
    row end the calibration. A quick one rests at most 5 s, squeezes once, and is labelled quick.
    """

    rest_s: float = 10.0
    squeeze_s: float = 5.0
    #: A squeeze that ended sooner does not count.
    least_hold_s: float = LEAST_HOLD_S
    pause_s: float = 60.0
    #: Least pause between any two squeezes, and the count-in before each.
    breath_s: float = 3.0
    ready_s: float = 3.0
    #: Before the first squeeze of another muscle there is time to find the position.
    position_s: float = 8.0
    #: How long a squeeze is waited for, and how long trouble with a pad.
    rise_wait_s: float = 6.0
    trouble_wait_s: float = 60.0
    trials: int = 3
    max_trials: int = 5
    max_repeats: int = 4
    quick: bool = False

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
        waits = ("pause_s", "breath_s", "ready_s", "position_s", "rise_wait_s", "trouble_wait_s")
        for name in waits:
            if not 0.0 <= getattr(self, name) <= 600.0:
                raise ValueError(f"{name} must lie in 0 to 600 s, not {getattr(self, name)}.")

    @property
    def resting_s(self) -> float:
        """How long this calibration rests."""
        return min(self.rest_s, QUICK_REST_S) if self.quick else self.rest_s

    @property
    def squeezes(self) -> tuple[int, int]:
        """Least and greatest number of counting squeezes of each channel."""
        return (1, 1) if self.quick else (self.trials, self.max_trials)
