"""What the page History shows of each session and of the one that is open, as plain values."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt

from emgfeedback.coach.exercises import exercise_named
from emgfeedback.coach.summary import summarise
from emgfeedback.session.course import Course, course
from emgfeedback.session.file import SessionFile
from emgfeedback.session.library import Entry
from emgfeedback.ui import text_desk
from emgfeedback.ui.text import tr


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """One session read whole: its course, and the same in sentences."""

    course: Course
    lines: tuple[str, ...]


def review(path: Path) -> Review:
    """Read a session. Raises ``SessionError``."""
    found = course(path)
    with SessionFile(path) as session:
        header = session.header
        lines = [line for side in summarise(found.reps, header.zones) for line in side.lines]
    for gap in found.gaps:
        lost = tr(text_desk.LOST)
        milliseconds = 1000.0 * gap.n_samples / found.sfreq_hz
        lines.append(lost.format(ms=f"{milliseconds:.0f}", at=f"{found.seconds(gap.start):.1f}") + ".")
    if found.damage:
        lines.append(found.damage)
    return Review(found, tuple(lines))


def title(entry: Entry) -> str:
    """``Thu 14 May 2026, 18:20, Hip bridge``; a damaged file's name."""
    if entry.damage:
        return entry.path.name
    return f"{moment(entry.started)}, {exercise_title(entry.exercise)}"


def moment(started: str) -> str:
    """An ISO 8601 time in the way of the computer's language, at the wearer's own clock."""
    date = QDateTime.fromString(started[:19], Qt.DateFormat.ISODate)
    return QLocale().toString(date, "ddd d MMM yyyy, HH:mm") if date.isValid() else started


def exercise_title(name: str) -> str:
    """The exercise for people; a name unknown here stays as it is."""
    try:
        return tr(exercise_named(name).title)
    except ValueError:
        return name


def facts(entry: Entry) -> str:
    """Reps, length, whose, and what must be known of the file."""
    if entry.damage:
        return tr(text_desk.DAMAGED)
    reps = tr(text_desk.REPS_ONE if entry.n_reps == 1 else text_desk.REPS).format(n=entry.n_reps)
    parts = [reps, length(entry.duration_s)]
    if entry.wearer and not entry.simulated:
        parts.append(entry.wearer)
    marks = (
        (entry.simulated, text_desk.SIMULATED),
        (not entry.complete, text_desk.INTERRUPTED),
        (not entry.calibrated, text_desk.NO_HUNDRED),
    )
    parts += [tr(word) for holds, word in marks if holds]
    return ", ".join(parts)


def length(seconds: float) -> str:
    """``1 min 52 s``."""
    whole = round(seconds)
    if whole < 60:
        return tr(text_desk.SECONDS).format(n=whole)
    return tr(text_desk.MINUTES).format(m=whole // 60, s=whole % 60)


def free_name(session: Path, suffix: str) -> Path:
    """A path beside the session that no file has yet."""
    wanted = session.with_suffix(suffix)
    number = 2
    while wanted.exists():
        wanted = session.with_name(f"{session.stem}_{number}{suffix}")
        number += 1
    return wanted
