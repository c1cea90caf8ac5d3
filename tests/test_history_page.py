"""The page History on real session files: listed, opened, exported, deleted, damaged, empty."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import desk_pages
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from recorded_sessions import Recorded, record

from emgfeedback.session.library import Library
from emgfeedback.ui.desk_page import Look
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
    assert "Hip bridge" in texts[0]
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
    assert f"{len(recorded.reps)} reps right" in page.summary.text()
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
    reached = desk_pages.reached_by_tab(page)
    assert set(desk_pages.controls(page)) <= reached
    assert page.plot in reached
