"""The page History on real session files: listed, opened, exported, deleted, damaged, empty."""

import math
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import desk_pages
import pytest
from PySide6.QtCore import QDate, QObject, QPoint, QRect, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from recorded_sessions import Recorded, record

from emgfeedback.frame import Rep, Zone
from emgfeedback.session.library import Entry, Library
from emgfeedback.ui.history_model import Share, hundred, rows, verdict_lines
from emgfeedback.ui.look import Look
from emgfeedback.ui.pages.history import HistoryPage

desk_pages.prepare()

Open = Callable[..., HistoryPage]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("sessions")
    return record(folder / "one.emgsession", "sim:balanced?seed=1&fast=1&fault=stall@9%2B1", 14)


@pytest.fixture
def folder(tmp_path: Path, recorded: Recorded) -> Path:
    shutil.copy(recorded.path, tmp_path / "one.emgsession")
    (tmp_path / "broken.emgsession").write_bytes(b"this is no database")
    return tmp_path


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Open]:
    opened: list[HistoryPage] = []

    def make(folder: Path, look: Look = desk_pages.LOOKS["light"]) -> HistoryPage:
        page = HistoryPage(look.palette, scale=look.scale, library=Library(folder))
        qtbot.addWidget(page)
        opened.append(page)
        desk_pages.shown(page)
        qtbot.waitUntil(lambda: not page.busy)
        return page

    yield make
    for page in opened:
        page.close_errands()


def choose(qtbot: QtBot, page: HistoryPage, row: int) -> None:
    page.sessions.setCurrentRow(row)
    qtbot.waitUntil(lambda: not page.busy)


def test_no_session_yet_is_said(open_page: Open, tmp_path: Path) -> None:
    page = open_page(tmp_path)
    assert page.empty.text() == "No sessions yet. The first set fills this page."
    assert not page.sessions.isVisible()


def test_the_list_says_what_is_simulated_and_what_is_damaged(open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    texts = [page.sessions.item(k).text() for k in range(page.sessions.count())]
    assert "Hip bridge, set 1, 2 reps" in texts[0]
    assert "simulated" in texts[0]
    assert texts[1] == "broken.emgsession\ndamaged"


def test_a_session_opens_with_its_course_its_reps_and_its_gap(
    qtbot: QtBot, open_page: Open, folder: Path, recorded: Recorded
) -> None:
    page = open_page(folder)
    choose(qtbot, page, 0)
    assert page.review is not None
    assert page.plot is not None
    assert len(page.review.course.reps) == len(recorded.reps) > 0
    assert "100 % of Saturday 1 March 2025." in page.summary.text()
    assert "ms lost at" in page.summary.text()
    page.plot.setFocus()
    before_s = page.plot.cursor_s
    QTest.keyClick(page.plot, Qt.Key.Key_Right)
    assert page.plot.cursor_s > before_s
    page.plot.move_cursor(page.review.course.seconds(recorded.reps[0].hold_start))
    assert "rep 1: share" in page.cursor_words.text()
    gap = page.review.course.gaps[0]
    page.plot.move_cursor(page.review.course.seconds((gap.start + gap.stop) // 2))
    assert "Glute –" in page.cursor_words.text()


def kept(started: str, *shares: float, **facts: object) -> Entry:
    """An entry as the library makes it of a file; NaN is a rep that was left out."""
    reps = tuple(
        Rep(
            k + 1,
            "right",
            0,
            1,
            2,
            3,
            4,
            (20.0, 10.0),
            (30.0, 20.0),
            share,
            "" if share == share else "loose",
        )
        for k, share in enumerate(shares)
    )
    whole = Entry(
        "0", Path(f"{started}.emgsession"), started, "me", "bridge", 40.0, len(reps), complete=True,
        calibrated=True, quality="good", method="mvc", calibrated_at=started, reps=reps,
        zones={"right": Zone(0.65, 0.8)},
    )  # fmt: skip
    return replace(whole, **facts)  # type: ignore[arg-type]


def test_a_row_says_when_what_and_the_share_with_how_sure_it_is() -> None:
    entries = (
        kept("2026-11-27T15:29:00+01:00", 0.61, math.nan, 0.51, 0.69),
        kept("2026-11-27T15:20:00+01:00", 0.7),
        kept("2026-11-26T18:05:00+01:00", math.nan, quality="quick", complete=False),
        kept("2026-11-24T18:05:00+01:00", simulated=True, wearer="", quality="perfect"),
        kept("2026-05-12T18:05:00+01:00", 0.4, 0.6, method="reference"),
        kept("2025-05-12T18:05:00+01:00", calibrated=False, quality="", method="", exercise="squat"),
    )
    made = rows(entries, QDate(2026, 11, 27))
    assert [row.when for row in made] == [
        "Today, 15:29", "Today, 15:20", "Yesterday, 18:05", "Tuesday, 18:05", "Tue 12 May, 18:05",
        "12 May 2025, 18:05",
    ]  # fmt: skip
    assert [row.what for row in made[:2]] == ["Hip bridge, set 2, 4 reps", "Hip bridge, set 1, 1 rep"]
    assert made[-1].what == "Squat, set 1, 0 reps"
    assert [row.marks for row in made] == [
        "me", "me", "me, interrupted, quick calibration", "simulated", "me, % of reference", "me, no 100 %",
    ]  # fmt: skip
    assert [row.shares for row in made[:3]] == [
        (Share("", "61 %", "51 to 69", "3 reps right, 1 left out"),),
        (Share("", "70 %", "", "1 rep right"),),
        (Share("", "–", "", "1 left out"),),
    ]
    assert made[0].said == (
        "Today, 15:29. Hip bridge, set 2, 4 reps. me. glute share 61 %, 51 to 69, 3 reps right, 1 left out"
    )
    assert verdict_lines(entries[0]) == ("1 of 3 in your zone (65 to 80).", "Rep 2 left out: loose.")


def test_the_100_percent_of_a_session_is_named_with_its_day() -> None:
    assert hundred(kept("2026-11-27T15:29:00+01:00")) == "100 % calibrated that day."
    older = kept("2026-11-27T15:29:00+01:00", calibrated_at="2026-11-24T09:00:00+01:00", quality="quick")
    assert hundred(older) == (
        "100 % of Tuesday 24 November 2026. Quick calibration, one squeeze each: compare it with care."
    )
    assert hundred(kept("2026-11-27T15:29:00+01:00", calibrated=False)) == (
        "No 100 % was worn: µV only, no share."
    )


def test_the_newest_session_is_open_with_its_share_in_large_digits(open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    assert page.entry is not None
    assert page.entry.path.name == "one.emgsession"
    assert page.session_title.text() == "Hip bridge, set 1, 2 reps"
    assert page.focusWidget() is page.sessions
    assert [figure.sure.text() for figure in page.shares] == ["1 rep right, 1 left out"]
    assert page.shares[0].number.text().endswith(" %")
    assert page.shares[0].number.font().pixelSize() >= 44


def test_every_button_has_a_key_also_from_the_list(
    qtbot: QtBot, open_page: Open, folder: Path, opened_folders: list[QUrl]
) -> None:
    page = open_page(folder)
    with qtbot.waitSignal(page.replay_wanted):
        assert page.pressed("r")
    assert page.pressed("x")
    assert page.pressed("d")
    qtbot.waitUntil(lambda: not page.busy)
    assert (folder / "one.csv").exists()
    assert (folder / "one.edf").exists()
    assert page.pressed("o")
    assert [Path(url.toLocalFile()) for url in opened_folders] == [folder]
    assert page.pressed("\x7f")
    assert page.question.isVisible()
    assert not page.pressed("q")
    keys: list[str] = []
    page.keyPressEvent = lambda event: keys.append(event.text())  # type: ignore[method-assign]
    QTest.keyClick(page.sessions, Qt.Key.Key_R)
    QTest.keyClick(page.sessions, Qt.Key.Key_P)
    assert keys == ["r", "p"]
    QTest.keyClick(page.sessions, Qt.Key.Key_Down)
    assert page.sessions.currentRow() == 1


class _Folders(QObject):
    """Stands where the desktop opens folders."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.seen.append(url)


@pytest.fixture
def opened_folders() -> Iterator[list[QUrl]]:
    """The folders that Qt was asked to open: a program of the desktop has no place in a test."""
    folders = _Folders()
    QDesktopServices.setUrlHandler("file", folders, "take")  # type: ignore[arg-type]  # the stubs want bytes, Qt a str
    yield folders.seen
    QDesktopServices.unsetUrlHandler("file")


def test_a_damaged_file_says_what_is_wrong_and_offers_only_its_removal(
    qtbot: QtBot, open_page: Open, folder: Path
) -> None:
    page = open_page(folder)
    choose(qtbot, page, 1)
    assert "broken.emgsession" in page.summary.text()
    enabled = [b.text() for b in (page.replay, page.csv, page.edf, page.delete) if b.isEnabled()]
    assert enabled == ["Delete"]


def test_replay_names_the_file(qtbot: QtBot, open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    choose(qtbot, page, 0)
    with qtbot.waitSignal(page.replay_wanted) as caught:
        QTest.keyClick(page.replay, Qt.Key.Key_Space)
    assert caught.args == [folder / "one.emgsession"]


@pytest.mark.parametrize("suffix", [".csv", ".edf"])
def test_an_export_lies_beside_the_session_and_says_where(
    qtbot: QtBot, open_page: Open, folder: Path, suffix: str
) -> None:
    (folder / f"one{suffix}").write_text("mine")
    page = open_page(folder)
    choose(qtbot, page, 0)
    QTest.keyClick(page.csv if suffix == ".csv" else page.edf, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.busy)
    written = folder / f"one_2{suffix}"
    assert str(written) in page.message.text()
    assert written.stat().st_size > 1000
    assert (folder / f"one{suffix}").read_text() == "mine"


def test_deleting_asks_first_and_keeps_by_default(qtbot: QtBot, open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    choose(qtbot, page, 0)
    QTest.keyClick(page.delete, Qt.Key.Key_Space)
    assert page.question.isVisible()
    QTest.keyClick(page.keep, Qt.Key.Key_Space)
    assert (folder / "one.emgsession").exists()
    assert not page.question.isVisible()
    QTest.keyClick(page.delete, Qt.Key.Key_Space)
    QTest.keyClick(page.delete_for_good, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.busy)
    assert not (folder / "one.emgsession").exists()
    assert page.sessions.count() == 1


@pytest.mark.parametrize("look", desk_pages.LOOKS)
def test_readable_named_reachable(qtbot: QtBot, open_page: Open, folder: Path, look: str) -> None:
    page = open_page(folder, desk_pages.LOOKS[look])
    choose(qtbot, page, 0)
    desk_pages.settle()
    assert desk_pages.nameless(page) == []
    assert desk_pages.too_small(page) == []
    assert desk_pages.clipped(page) == []
    listed = QRect(page.sessions.mapTo(page, QPoint(0, 0)), page.sessions.size())
    beside = QRect(page.detail.mapTo(page, QPoint(0, 0)), page.detail.size())
    assert not listed.intersects(beside)
    reached = desk_pages.reached_by_tab(page)
    assert set(desk_pages.controls(page)) <= reached
    assert page.plot in reached
