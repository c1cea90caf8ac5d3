"""What a calibration is: per channel the resting level and the 100 %, with how they were found."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Quality = Literal["good", "low repeatability", "quick", "perfect"]

#: Version of the record's JSON form; a newer one is refused, never half read, and older ones are read.
#: Form 1 held no positions, sites, spectra and crosstalk: they are read as not known.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Trial:
    """One maximal squeeze: sample indices of the hold, its RMS and its best 500 ms RMS (µV).

    ``position`` is the ID of the position that it was made in. ``first_3s_uv`` is the level over the
    first 3 s of the squeeze, without its first 0.5 s: what a squeeze of 3 s on another day is compared
    with. ``median_hz`` is the median frequency of the hold, raw EMG only. 0 = not known.
    """

    start: int
    stop: int
    rms_uv: float
    best_500ms_uv: float
    accepted: bool
    reason: str = ""
    position: str = ""
    first_3s_uv: float = 0.0
    median_hz: float = 0.0


@dataclass(frozen=True, slots=True)
class ChannelCalibration:
    """The ruler of one channel, in µV at the electrodes after the signal chain.

    ``rest_uv`` is the resting envelope (median of 250 ms RMS), ``mvc_uv`` the held RMS that
    stands for 100 %, ``best_500ms_uv`` the best 500 ms RMS, kept beside it for comparison with papers.

    ``site`` is the place of the pads (``vastus lateralis``), ``interelectrode_mm`` their distance from
    centre to centre (0 = not known), ``position`` the one whose squeezes made the 100 %, ``median_hz``
    the median frequency of those holds (raw EMG only; 0 = not known). ``crosstalk`` holds, per pin of
    another muscle of the same leg, the part (0..1) of that muscle's squeeze that arrived here; a pin
    is missing where it could not be told.
    """

    pin: str
    muscle: str
    side: str
    signal: str
    gain: float
    rest_uv: float
    rest_sd_uv: float
    mvc_uv: float
    best_500ms_uv: float
    quality: Quality
    trials: tuple[Trial, ...] = ()
    site: str = ""
    interelectrode_mm: float = 20.0
    position: str = ""
    median_hz: float = 0.0
    crosstalk: dict[str, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.mvc_uv > self.rest_uv >= 0.0:
            raise ValueError(
                f"The 100 % of {self.muscle} {self.side} ({self.mvc_uv:.1f} µV) must exceed its rest "
                f"({self.rest_uv:.1f} µV); squeeze again."
            )

    @property
    def counting(self) -> tuple[Trial, ...]:
        """The squeezes that count, in the position that made the 100 %."""
        return tuple(trial for trial in self.trials if trial.accepted and trial.position == self.position)


@dataclass(frozen=True, slots=True)
class Calibration:
    """One wearer, one board, one fitting of the pads: valid until the pads move or a gain changes.

    ``created`` is ISO 8601 with offset. ``chain`` names the settings of the signal chain under
    which the numbers were taken; other settings make other numbers.
    """

    wearer: str
    created: str
    board_id: str
    sfreq_hz: float
    simulated: bool
    channels: tuple[ChannelCalibration, ...]
    chain: dict[str, float | str]
    method: Literal["mvc", "reference"] = "mvc"
    format: int = FORMAT

    @property
    def quality(self) -> Quality:
        """The weakest word among the channels; a quick calibration is called quick."""
        order: tuple[Quality, ...] = ("quick", "low repeatability", "good", "perfect")
        return min((c.quality for c in self.channels), key=order.index)

    def channel(self, pin: str) -> ChannelCalibration | None:
        """The calibration of the channel on ``pin``, or ``None``."""
        return next((c for c in self.channels if c.pin == pin), None)


def percent_mvc(envelope_uv: Array, channel: ChannelCalibration) -> Array:
    """Envelope in µV -> percent of the wearer's own 100 %, same shape; values over 100 stay.

    The resting level is taken off in power for raw EMG, A = sqrt(R² - rest²), because noise and
    muscle add in power; linearly for a sensor's own envelope, which is a mean of |x| plus an offset
    (Clancy, Morin & Merletti 2002).
    """
    if channel.signal == "raw":
        active = np.sqrt(np.maximum(envelope_uv**2 - channel.rest_uv**2, 0.0))
        full = float(np.sqrt(channel.mvc_uv**2 - channel.rest_uv**2))
    else:
        active = np.maximum(envelope_uv - channel.rest_uv, 0.0)
        full = channel.mvc_uv - channel.rest_uv
    return 100.0 * active / full
