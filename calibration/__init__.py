"""Arrays in, trust out: what 100 % is for each muscle, and how sure we are of it."""

from calibration.errors import CalibrationError
from calibration.plan import ChannelSpec, Plan
from calibration.prompt import ProcedureEvent, Prompt
from calibration.protocol import Procedure
from calibration.record import Calibration, ChannelCalibration, Trial, percent_mvc
from calibration.store import CalibrationStore, load

__all__ = [
    "Calibration",
    "CalibrationError",
    "CalibrationStore",
    "ChannelCalibration",
    "ChannelSpec",
    "Plan",
    "Procedure",
    "ProcedureEvent",
    "Prompt",
    "Trial",
    "load",
    "percent_mvc",
]
