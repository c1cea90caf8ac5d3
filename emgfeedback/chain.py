"""Settings of the signal chain: every default with its unit and where it comes from."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """How counts become %MVC and a share. Stored with each calibration and session."""

    #: Hz. Band-pass edges, order 2 per edge (De Luca et al. 2010: 20 Hz, 12 dB/octave;
    #: SENIAM: low-pass near 500 Hz).
    band_low_hz: float = 20.0
    #: Hz. Cut to 0.45 of the sampling rate where that is less.
    band_high_hz: float = 450.0
    #: Hz, 0 = no notch (ISEK advises against notch filters by default).
    notch_hz: float = 0.0
    #: s. RMS window of the envelope, 0.05 to 0.25 (the project's own choice: 12 % spread, 62 ms lag).
    rms_window_s: float = 0.125
    #: s. The decision grid, counted from sample 0 (the project's own choice).
    hop_s: float = 0.008
    #: s. Smoothing of the log-ratio behind the share (the project's own choice: 16 flips/min without dwell).
    share_smoothing_s: float = 0.1
    #: %MVC. The share appears when the stronger muscle reaches this, and hides below the second
    #: for the third (s): at less, noise moves the ratio (the project's own choice).
    show_at_percent: float = 10.0
    hide_below_percent: float = 7.0
    hide_after_s: float = 0.3
    #: %MVC. Least value of either muscle in the ratio (or its rest noise, if that is more).
    floor_percent: float = 1.0
    #: log2 units. The share is shown from 0.11 to 0.89; beyond it reads ">89 %".
    log_ratio_limit: float = 3.0
    #: share. Hysteresis around a zone's edges, and how long (s) it must hold (1.4 flips/min at the edge).
    zone_hysteresis: float = 0.05
    zone_dwell_s: float = 0.2

    def __post_init__(self) -> None:
        if not 0.05 <= self.rms_window_s <= 0.25:
            raise ValueError(f"rms_window_s must lie in 0.05 to 0.25 s, not {self.rms_window_s}.")
        if not 0.0 < self.band_low_hz < self.band_high_hz:
            raise ValueError(
                f"The band must rise from a positive edge, not {self.band_low_hz} to {self.band_high_hz} Hz."
            )

    def as_record(self) -> dict[str, float | str]:
        """A flat table of the settings, for calibration records and session files."""
        return asdict(self)
