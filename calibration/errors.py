"""What can go wrong with a calibration on disk.

    CalibrationError
    ├── CalibrationReadError    missing, damaged, or not a calibration at all
    ├── CalibrationVersionError written by a later version of the app
    └── CalibrationWriteError   the disk or the folder refused it, or it holds what JSON cannot

Each message is one sentence: what is wrong, where, what to do. A squeeze that does not count is no
exception: it is a refused trial with its reason. Bad arguments are plain ``ValueError``.
"""


class CalibrationError(Exception):
    """Base of all calibration errors: ``str(error)`` is one sentence for the user."""


class CalibrationReadError(CalibrationError):
    """The file is missing, damaged, or something else than a calibration."""


class CalibrationVersionError(CalibrationError):
    """The file's format is newer than this version of the app."""


class CalibrationWriteError(CalibrationError):
    """The calibration could not be written; what stood there before still stands."""
