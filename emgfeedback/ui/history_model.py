"""What the page History shows of each session and of the one that is open, as plain values."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt

from emgfeedback.coach.exercises import exercise_named
from emgfeedback.coach.summary import SideSummary, summarise
from emgfeedback.session.course import Course, course
from emgfeedback.session.library import Entry
from emgfeedback.ui import text, text_desk
from emgfeedback.ui.text import tr


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """One session read whole: its course, and in sentences what the page does not say elsewhere."""

    course: Course
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The glute share of one side, and how sure it is.

    ``side`` is empty where there is one alone. ``number`` is a dash where no rep counts; ``reps`` says how
    many do and how many are left out, ``spread`` is ``51 to 69`` or empty.
    """

    side: str
    number: str
    spread: str
    reps: str

    @property
    def said(self) -> str:
        """All of it as a sentence."""
        parts = (self.number, self.spread, self.reps)
        return f"{self.side} {tr(text_desk.SHARE)} ".lstrip() + ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Row:
    """One session in the list: when, what, what must be known of it, and what it came to."""

    when: str
    what: str
    marks: str
    shares: tuple[Share, ...] = ()

    @property
    def said(self) -> str:
        """All of it, as a screen reader says it."""
        parts = (self.when, self.what, self.marks, *(share.said for share in self.shares))
        return ". ".join(part for part in parts if part)


def rows(entries: Iterable[Entry], today: QDate) -> tuple[Row, ...]:
    """A row for each session, in the order given. Sets of a day are counted from its first."""
    entries = tuple(entries)
    numbers: dict[Path, int] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for entry in sorted(entries, key=lambda entry: entry.started):
        kind = (entry.started[:10], entry.exercise, entry.wearer, entry.simulated)
        seen[kind] += 1
        numbers[entry.path] = seen[kind]
    return tuple(_row(entry, numbers[entry.path], today) for entry in entries)


def _row(entry: Entry, number: int, today: QDate) -> Row:
    if entry.damage:
        return Row(entry.path.name, tr(text_desk.DAMAGED), "")
    return Row(short_moment(entry.started, today), what(entry, number), marks(entry), shares(entry))


def what(entry: Entry, number: int) -> str:
    """``Hip bridge, set 2, 8 reps``."""
    which = tr(text_desk.SET).format(number=number)
    return f"{exercise_title(entry.exercise)}, {which}, {reps_words(entry.n_reps)}"


def reps_words(n: int) -> str:
    """``8 reps``."""
    return tr(text_desk.REPS_ONE if n == 1 else text_desk.REPS).format(n=n)


def marks(entry: Entry) -> str:
    """What must be known of a session before it is compared with another."""
    known = (
        (entry.simulated, text_desk.SIMULATED),
        (not entry.complete, text_desk.INTERRUPTED),
        (not entry.calibrated, text_desk.NO_HUNDRED),
        (entry.quality == "quick", text_desk.QUICK),
        (entry.quality == "low repeatability", text_desk.UNSTEADY),
        (entry.method == "reference", text_desk.OF_REFERENCE),
    )
    parts = [tr(word) for holds, word in known if holds]
    if entry.wearer and not entry.simulated:
        parts.insert(0, entry.wearer)
    return ", ".join(parts)


def shares(entry: Entry) -> tuple[Share, ...]:
    """The glute share of each side that has reps, with how sure it is."""
    found = summarise(entry.reps, entry.zones)
    return tuple(_share(side, alone=len(found) == 1) for side in found)


def _share(found: SideSummary, *, alone: bool) -> Share:
    side = "" if alone else tr(text.SIDES.get(found.side, found.side))
    left = tr(text_desk.LEFT_OUT).format(n=len(found.left_out)) if found.left_out else ""
    if not found.counted:
        return Share(side, "–", "", left or tr(text_desk.NO_SHARE))
    spread = ""
    if found.counted > 1:
        edges = (f"{100 * edge:.0f}" for edge in (found.least_share, found.greatest_share))
        spread = tr(text_desk.SPREAD).format(least=next(edges), greatest=next(edges))
    number = tr(text.PERCENT).format(percent=f"{100 * found.median_share:.0f}")
    counted = reps_words(found.counted)
    if alone and found.side:
        name = tr(text.SIDES.get(found.side, found.side)).lower()
        counted = tr(text_desk.COUNTED).format(reps=counted, side=name)
    return Share(side, number, spread, ", ".join(part for part in (counted, left) if part))


def hundred(entry: Entry) -> str:
    """Which 100 % was worn, and how sure that is."""
    if not entry.calibrated:
        return tr(text_desk.WORN_NONE)
    same = entry.calibrated_at[:10] == entry.started[:10]
    day = "" if same else QLocale().toString(_date(entry.calibrated_at), "dddd d MMMM yyyy")
    parts = [tr(text_desk.WORN_SAME if same else text_desk.WORN_OLDER).format(day=day)]
    if entry.quality == "quick":
        parts.append(tr(text_desk.WORN_QUICK))
    if entry.method == "reference":
        parts.append(tr(text_desk.WORN_REFERENCE))
    return " ".join(parts)


def review(path: Path) -> Review:
    """Read a session. Raises ``SessionError``."""
    found = course(path)
    lines = []
    for gap in found.gaps:
        lost = tr(text_desk.LOST)
        milliseconds = 1000.0 * gap.n_samples / found.sfreq_hz
        lines.append(lost.format(ms=f"{milliseconds:.0f}", at=f"{found.seconds(gap.start):.1f}") + ".")
    if found.damage:
        lines.append(found.damage)
    return Review(found, tuple(lines))


def verdict_lines(entry: Entry) -> tuple[str, ...]:
    """How many reps were in the zone, and why the others do not count."""
    found = summarise(entry.reps, entry.zones)
    lines = [(side.side, line) for side in found for line in side.beside_share]
    if len(found) < 2:
        return tuple(line for _, line in lines)
    return tuple(f"{tr(text.SIDES.get(side, side))}: {line[:1].lower()}{line[1:]}" for side, line in lines)


def title(entry: Entry) -> str:
    """``Hip bridge, Thursday 14 May 2026, 18:20``; a damaged file's name."""
    if entry.damage:
        return entry.path.name
    return f"{exercise_title(entry.exercise)}, {moment(entry.started)}"


def moment(started: str) -> str:
    """An ISO 8601 time in the way of the computer's language, at the wearer's own clock."""
    date = _date(started)
    return QLocale().toString(date, "dddd d MMMM yyyy, HH:mm") if date.isValid() else started


def short_moment(started: str, today: QDate) -> str:
    """``Today, 18:20``, ``Yesterday, 18:20``, ``Tuesday, 18:20``, or with the date where it is long ago."""
    date = _date(started)
    if not date.isValid():
        return started
    days = date.date().daysTo(today)
    time = QLocale().toString(date, "HH:mm")
    if days in (0, 1):
        return f"{tr((text_desk.TODAY, text_desk.YESTERDAY)[days])}, {time}"
    form = "dddd" if 0 < days < 7 else "ddd d MMMM" if date.date().year() == today.year() else "d MMMM yyyy"
    return f"{QLocale().toString(date, form)}, {time}"


def _date(moment: str) -> QDateTime:
    return QDateTime.fromString(moment[:19], Qt.DateFormat.ISODate)


def exercise_title(name: str) -> str:
    """The exercise for people; a name unknown here stays as it is."""
    try:
        return tr(exercise_named(name).title)
    except ValueError:
        return name


def facts(entry: Entry) -> str:
    """When, how long, and what must be known of the file."""
    if entry.damage:
        return tr(text_desk.DAMAGED)
    return ", ".join(part for part in (moment(entry.started), length(entry.duration_s), marks(entry)) if part)


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
