"""Calibrations on disk: one readable file each, none ever lost, today's newest found again."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from calibration import comparison_form
from calibration.atomic import write_atomically
from calibration.comparison import DAYS, Comparison
from calibration.errors import CalibrationError, CalibrationReadError, CalibrationWriteError
from calibration.form import LARGEST, dump, parse
from calibration.plan import ChannelSpec
from calibration.record import Calibration
from calibration.setup import changed_channels

SUFFIX: Final = ".calibration.json"
CHECK_SUFFIX: Final = ".check.json"

Record = TypeVar("Record", Calibration, Comparison)


def load(path: Path) -> Calibration:
    """Read one calibration. Raises ``CalibrationError`` for whatever is wrong with the file."""
    return _read(path, parse)


def _read(path: Path, understand: Callable[[bytes, str], Record]) -> Record:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        raise CalibrationReadError(f"{path} cannot be read ({why}); choose another file.") from error
    if len(data) > LARGEST:
        raise CalibrationReadError(f"{path} is too large for a calibration; choose another file.")
    return understand(data, str(path))


class CalibrationStore:
    """A folder of calibrations. Saving never replaces another one; the folder is made when needed.

    After ``newest`` the sentence ``why`` says what was or was not found, ``check`` is the check that lets
    one of another day hold, and ``damaged`` lists a sentence for each file that could not be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.why = ""
        self.check: Comparison | None = None
        self.damaged: tuple[str, ...] = ()

    def save(self, calibration: Calibration) -> Path:
        """Write ``calibration`` to a new file and return its path. Raises ``CalibrationWriteError``."""
        return self._write(calibration, dump(calibration), SUFFIX)

    def save_check(self, comparison: Comparison) -> Path:
        """Write what a check found to a new file; the calibration it is about stays as it is.

        Raises ``CalibrationWriteError``.
        """
        return self._write(comparison, comparison_form.dump(comparison), CHECK_SUFFIX)

    def all(self) -> tuple[Calibration, ...]:
        """Every readable calibration, oldest first."""
        found, self.damaged = self._readable(SUFFIX, parse)
        return found

    def checks(self) -> tuple[Comparison, ...]:
        """Every readable check, oldest first."""
        return self._readable(CHECK_SUFFIX, comparison_form.parse)[0]

    def latest(self, wearer: str, board_id: str) -> Calibration | None:
        """The wearer's newest calibration of any day: on this board, else on another one, else ``None``."""
        own = [c for c in self.all() if c.wearer == wearer]
        return next((c for c in reversed(own) if c.board_id == board_id), own[-1] if own else None)

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
        """The newest calibration that fits and holds on ``on_day``, or ``None`` and the reason in ``why``.

        It fits when wearer, board and every channel's pin, muscle, side, signal and gain are the
        same (channels without a muscle are passed over), and, where given, the sampling rate in
        Hz and the settings of the signal chain. It holds when it was made on that day, unless a check
        of that day found it not comparable, and when a check of that day found it comparable.
        """
        own = [c for c in self.all() if (c.wearer, c.board_id) == (wearer, board_id)]
        self.check = None
        checks = {c.calibration_created: c for c in self._checks_of(wearer, board_id, on_day)}
        holding = [c for c in own if _holds(c, checks.get(c.created), on_day)]
        if not holding:
            last = checks.get(own[-1].created) if own else None
            self.why = last.sentence if last is not None else self._none_today(own)
            return None
        changes = [(c, changed_channels(c, channels, sfreq_hz, chain)) for c in reversed(holding)]
        fitting = next((c for c, change in changes if not change), None)
        if fitting is None:
            self.why = f"Not comparable: {changes[0][1]}. Calibrate again."
            return None
        made = datetime.fromisoformat(fitting.created)
        self.check = checks.get(fitting.created) if made.date() != on_day else None
        self.why = self.check.sentence if self.check else f"Your 100 % is from today, {made:%H:%M}."
        return fitting

    def _checks_of(self, wearer: str, board_id: str, on_day: date) -> list[Comparison]:
        """The checks of a day that could tell something, oldest first."""
        return [
            check
            for check in self.checks()
            if (check.wearer, check.board_id) == (wearer, board_id)
            and _day(check) == on_day
            and check.word != "cannot tell"
        ]

    def _none_today(self, own: Sequence[Calibration]) -> str:
        if not own:
            unread = f" {len(self.damaged)} damaged file(s) left aside." if self.damaged else ""
            return f"First time: calibrate.{unread}"
        last = datetime.fromisoformat(own[-1].created)
        return f"Your last one is from {DAYS[last.weekday()]}, {last:%Y-%m-%d}. Check it, or calibrate."

    def _readable(
        self, suffix: str, understand: Callable[[bytes, str], Record]
    ) -> tuple[tuple[Record, ...], tuple[str, ...]]:
        """All records of a kind, oldest first, and a sentence for each that cannot be read."""
        found, damaged = [], []
        for path in sorted(self.folder.glob(f"*{suffix}")):
            try:
                found.append(_read(path, understand))
            except CalibrationError as error:
                damaged.append(str(error))
        return tuple(sorted(found, key=lambda record: datetime.fromisoformat(record.created))), tuple(damaged)

    def _write(self, record: Calibration | Comparison, text: str, suffix: str) -> Path:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self._free_path(record, suffix)
            write_atomically(path, text.encode())
        except OSError as error:
            why = error.strerror or "the disk refused"
            raise CalibrationWriteError(
                f"The calibration cannot be saved in {self.folder} ({why}); free the disk or choose another."
            ) from error
        return path

    def _free_path(self, record: Calibration | Comparison, suffix: str) -> Path:
        when = f"{datetime.fromisoformat(record.created):%Y-%m-%d_%H%M%S}"
        who = re.sub(r"\W+", "-", record.wearer).strip("-")[:40] or "wearer"
        number = 1
        while True:
            more = f"_{number}" if number > 1 else ""
            path = self.folder / f"{when}_{who}{more}{suffix}"
            if not path.exists():
                return path
            number += 1


def _day(record: Calibration | Comparison) -> date:
    return datetime.fromisoformat(record.created).date()


def _holds(calibration: Calibration, check: Comparison | None, on_day: date) -> bool:
    """Whether a calibration may be used on a day, given the last check of that day about it."""
    if check is not None:
        return check.word == "comparable"
    return _day(calibration) == on_day
