"""Arrays in, trust out: what 100 % is for each muscle, and how sure we are of it."""

from calibration.record import Calibration, ChannelCalibration, Trial, percent_mvc

__all__ = ["Calibration", "ChannelCalibration", "Trial", "percent_mvc"]
