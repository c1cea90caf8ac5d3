"""Arrays in, trust out: what 100 % is for each muscle, and how sure we are of it."""

from calibration.check import CheckProcedure
from calibration.comparable import compare
from calibration.comparison import Comparison
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
    "CheckProcedure",
    "Comparison",
    "Plan",
    "Procedure",
    "ProcedureEvent",
    "Prompt",
    "Trial",
    "compare",
    "load",
    "percent_mvc",
]
