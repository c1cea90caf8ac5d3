"""Calibrations on disk: one readable file each, none ever lost, today's newest found again."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from calibration.atomic import write_atomically
from calibration.errors import CalibrationError, CalibrationReadError, CalibrationWriteError
from calibration.form import LARGEST, dump, parse
from calibration.plan import ChannelSpec
from calibration.record import Calibration

SUFFIX: Final = ".calibration.json"
#: Part of the sampling rate by which two rates still count as the same.
RATE_TOLERANCE: Final = 0.01
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def load(path: Path) -> Calibration:
    """Read one calibration. Raises ``CalibrationError`` for whatever is wrong with the file."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        raise CalibrationReadError(f"{path} cannot be read ({why}); choose another file.") from error
    if len(data) > LARGEST:
        raise CalibrationReadError(f"{path} is too large for a calibration; choose another file.")
    return parse(data, str(path))


class CalibrationStore:
    """A folder of calibrations. Saving never replaces another one; the folder is made when needed.

    After ``newest`` the sentence ``why`` says what was or was not found, and ``damaged`` lists a
    sentence for each file that could not be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.why = ""
        self.damaged: tuple[str, ...] = ()

    def save(self, calibration: Calibration) -> Path:
        """Write ``calibration`` to a new file and return its path. Raises ``CalibrationWriteError``."""
        text = dump(calibration)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self._free_path(calibration)
            write_atomically(path, text.encode())
        except OSError as error:
            why = error.strerror or "the disk refused"
            raise CalibrationWriteError(
                f"The calibration cannot be saved in {self.folder} ({why}); free the disk or choose another."
            ) from error
        return path

    def all(self) -> tuple[Calibration, ...]:
        """Every readable calibration, oldest first."""
        found, damaged = [], []
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            try:
                found.append(load(path))
            except CalibrationError as error:
                damaged.append(str(error))
        self.damaged = tuple(damaged)
        return tuple(sorted(found, key=lambda calibration: datetime.fromisoformat(calibration.created)))

    def newest(
        self,
        wearer: str,
        board_id: str,
        channels: Sequence[ChannelSpec],
        on_day: date,
        *,
        sfreq_hz: float | None = None,
        chain: Mapping[str, float | str] | None = None,
    ) -> Calibration | None:
        """The newest calibration of ``on_day`` that fits, or ``None`` and the reason in ``why``.

        It fits when wearer, board and every channel's pin, muscle, side, signal and gain are the
        same (channels without a muscle are passed over), and, where given, the sampling rate in
        Hz and the settings of the signal chain.
        """
        own = [c for c in self.all() if (c.wearer, c.board_id) == (wearer, board_id)]
        today = [c for c in own if datetime.fromisoformat(c.created).date() == on_day]
        if not today:
            self.why = self._none_today(own)
            return None
        changes = [(c, _change(c, channels, sfreq_hz, chain)) for c in reversed(today)]
        fitting = next((c for c, change in changes if not change), None)
        if fitting is None:
            self.why = f"Not comparable: {changes[0][1]}. Calibrate again."
            return None
        self.why = f"Calibrated today at {datetime.fromisoformat(fitting.created):%H:%M}."
        return fitting

    def _none_today(self, own: Sequence[Calibration]) -> str:
        if not own:
            unread = f" {len(self.damaged)} damaged file(s) left aside." if self.damaged else ""
            return f"First time: calibrate.{unread}"
        last = datetime.fromisoformat(own[-1].created)
        return (
            f"The last one is from {DAYS[last.weekday()]}, {last:%Y-%m-%d}: pads were moved since. Calibrate."
        )

    def _free_path(self, calibration: Calibration) -> Path:
        when = f"{datetime.fromisoformat(calibration.created):%Y-%m-%d_%H%M%S}"
        who = re.sub(r"\W+", "-", calibration.wearer).strip("-")[:40] or "wearer"
        number = 1
        while True:
            more = f"_{number}" if number > 1 else ""
            path = self.folder / f"{when}_{who}{more}{SUFFIX}"
            if not path.exists():
                return path
            number += 1


def _change(
    calibration: Calibration,
    channels: Sequence[ChannelSpec],
    sfreq_hz: float | None,
    chain: Mapping[str, float | str] | None,
) -> str:
    """What changed since ``calibration``, for the sentence; empty when nothing did."""
    wanted = {spec.pin: spec for spec in channels if spec.calibrated}
    had = {channel.pin: channel for channel in calibration.channels}
    places = {pin: (spec.muscle, spec.side) for pin, spec in wanted.items()}
    if places != {pin: (channel.muscle, channel.side) for pin, channel in had.items()}:
        return "the pads are on other pins or muscles"
    if any(spec.signal != had[pin].signal for pin, spec in wanted.items()):
        return "a sensor gives another kind of signal"
    if any(spec.gain != had[pin].gain for pin, spec in wanted.items()):
        return "the gain changed"
    if sfreq_hz and abs(calibration.sfreq_hz / sfreq_hz - 1.0) > RATE_TOLERANCE:
        return "the sampling rate changed"
    if any(calibration.chain.get(name) != value for name, value in (chain or {}).items()):
        return "the filter settings changed"
    return ""
