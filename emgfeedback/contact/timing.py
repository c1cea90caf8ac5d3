"""Whether samples come in time: gaps, and a board whose clock runs off."""

from typing import Final

from calibration.contact import Verdict

#: s. A gap longer than this spoils a rep's times.
BAD_GAP_S: Final = 0.1
#: ppm. 2 %: beyond this a clock is wrong, not imprecise.
BAD_DRIFT_PPM: Final = 20_000.0


def timing(longest_gap_s: float, lost: int, drift_ppm: float | None) -> Verdict:
    """The verdict on a stretch of the stream, from its longest gap, samples lost in all, and clock drift."""
    if longest_gap_s > BAD_GAP_S:
        gap = f"{1000.0 * longest_gap_s:.0f} ms of samples are missing."
        return Verdict("timing", "bad", gap, "Check the USB cable and plug it in directly, without a hub.")
    if drift_ppm is not None and abs(drift_ppm) > BAD_DRIFT_PPM:
        wrong = f"The board's clock is off by {abs(drift_ppm) / 1e4:.1f} %."
        return Verdict("timing", "warn", wrong, "Rates and times are off as much; try another board.")
    if lost:
        plural = "s are" if lost > 1 else " is"
        return Verdict(
            "timing", "warn", f"{lost} sample{plural} missing.", "Close programs that load the computer."
        )
    return Verdict("timing", "good", "No sample is missing.", "")
