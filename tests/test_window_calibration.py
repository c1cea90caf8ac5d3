"""The whole guided calibration in the window, without one input event, as its page says it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import qt_window  # noqa: F401 - first of all, so that Qt finds a screen
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from rehearsal import Rehearsal, own_calibration, weaker
from test_calibration_course import BRIEF

from calibration.plan import Plan
from calibration.protocol import Procedure
from calibration.wording import SAFETY
from emgfeedback.stage import Stage
from emgfeedback.ui import sentences
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.pages.calibrate import CalibratePage

INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.Shortcut,
}


class Inputs(QObject):
    """Counts what a hand could have done."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() in INPUT
        return False


@pytest.mark.parametrize("crossed", [False, True], ids=["leads as named", "leads swapped"])
def test_from_start_to_done_without_an_input_every_step_is_said_and_drawn(
    qapp: QApplication, tmp_path: Path, crossed: bool
) -> None:
    inputs = Inputs()
    qapp.installEventFilter(inputs)
    plan = replace(BRIEF, trials=1, max_trials=1)
    shown = Rehearsal(tmp_path, "sim:balanced?seed=2&fast=1", plan=plan)
    said: list[str] = []
    try:
        shown.conductor.calibrate()
        stage = shown.studio.calibrating
        assert stage is not None
        # As for a real wearer: safety lines first. Crossed names are found out.
        specs = list(stage.procedure.specs)
        if crossed:
            specs = [replace(s, muscle={"glute": "quad", "quad": "glute"}[s.muscle or ""]) for s in specs]
        stage.procedure = Procedure(specs, 1000.0, plan)

        def step(_model: object) -> bool:
            page = shown.window.page
            leaves = [leaf for leaf in page.findChildren(Leaf) if leaf.isVisibleTo(page)]
            said.append(" | ".join(leaf.accessibleName() for leaf in leaves))
            return shown.model.stage is not Stage.CALIBRATING

        shown.until(step, "the end")
        step(None)
    finally:
        qapp.removeEventFilter(inputs)
        shown.close()
    assert inputs.count == 0
    whole = "\n".join(said)
    expected = [
        *(large for large, _ in SAFETY),
        "Squeeze your right glute.",
        "Squeeze your right quad.",
        "Checking the pads.",
        "Rest. Let go.",
        "Tense the leg. Half as hard.",
        "Lie face down. Bend your right knee.",
        "Face down, knee bent. Glute pad: in place",
        "Right glute, face down, squeeze 1 of 1",
        "Squeeze. Hold.",
        "Sit on a chair. Strap your ankle.",
        "Sitting, ankle strapped. Glute pad: in place",
        "Stand up. Hold on to something.",
        "Standing. Glute pad: in place",
        "Done.",
        "Your 100 %",
    ]
    missing = [words for words in expected if words not in whole]
    assert not missing
    places = [whole.index(words) for words in (expected[0], *expected[6:10], "Sit on a chair.", "Done.")]
    assert places == sorted(places)
    assert ("The leads are swapped." in whole) is crossed
    record = shown.conductor.calibrated
    assert record is not None
    assert {(c.pin, c.muscle) for c in record.channels} == {("A0", "glute"), ("A1", "quad")}


def test_a_set_beyond_the_100_percent_offers_a_new_one_and_u_takes_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    url = "sim:balanced?seed=1&exercise=squat&fast=1"
    weak = weaker(own_calibration(url, tmp_path / "own.json"), 0.6)
    shown = Rehearsal(tmp_path, url, reps=2, calibration=weak, exercise="squat")
    try:
        shown.conductor.begin()
        shown.until(lambda model: model.stage is Stage.RESTING, "the end of the set")
        finished = shown.model.finished
        assert finished is not None
        (offer,) = finished.offers
        page = shown.window.page
        said = [leaf.accessibleName() for leaf in page.findChildren(Leaf) if leaf.isVisibleTo(page)]
        assert any(
            f"Right quad reached {offer.percent:.0f} % of max. Use this as your new 100 %? U: use it" in s
            for s in said
        )
        before = shown.studio.calibration
        assert not list(shown.studio.home.calibrations.folder.glob("*"))
        keys = {made._key: made for made in shown.window.foot.hints}
        assert sentences.NEVER_A_CLICK not in shown.window.foot._words.accessibleName()
        QTest.mouseClick(keys["U"], Qt.MouseButton.LeftButton, pos=keys["U"].rect().center())
        shown.window.draw()
        assert "U" not in [made._key for made in shown.window.foot.hints]
        taken = shown.studio.calibration
        assert before is not None
        assert taken is not None
        assert taken.channel("A0") == before.channel("A0")
        assert taken.channel("A1").mvc_uv == pytest.approx(offer.mvc_uv)  # type: ignore[union-attr]
        assert len(list(shown.studio.home.calibrations.folder.glob("*.json"))) == 1
        assert not shown.window.model.finished.offers  # type: ignore[union-attr]
    finally:
        shown.close()


@pytest.fixture
def quick(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """A window with a simulated person behind it and the quick calibration ahead."""
    monkeypatch.setenv("EMGFEEDBACK_HOME", str(tmp_path))
    shown = Rehearsal(tmp_path, "sim:balanced?seed=1&fast=1", plan=Plan(quick=True))
    yield shown
    shown.close()


def test_calibrate_offers_its_one_action_while_nothing_is_under_way(quick: Rehearsal) -> None:
    window = quick.window
    window.go("calibrate")
    page = window.page
    assert isinstance(page, CalibratePage)
    assert (page.action.isVisible(), page.action.text()) == (True, "Start the demo")
    assert not page._pose.isVisible()
    QTest.mouseClick(page.action, Qt.MouseButton.LeftButton)
    assert window.model.stage is Stage.CALIBRATING
    assert not page.action.isVisible()
    window.press("Esc")
    assert window.model.stage is Stage.IDLE
    quick.conductor.calibrate()
    quick.until(lambda m: m.stage is not Stage.CALIBRATING, "the calibration's end")
    assert window.page.name == "calibrate"
    assert (page.action.isVisible(), page.action.text()) == (True, "Start set 1")


def test_l_begins_a_calibration_anew_at_half_strength(quick: Rehearsal) -> None:
    window = quick.window
    quick.conductor.calibrate()
    window.draw()
    (light,) = [made for made in window.foot.hints if made._key == "L"]
    QTest.mouseClick(light, Qt.MouseButton.LeftButton, pos=light.rect().center())
    assert quick.studio.calibrating.plan == Plan(quick=True, reference=True, safety_pace=0.0)
    assert "L" not in [made._key for made in window.foot.hints]
    begun = quick.studio.calibrating
    window.press("L")
    assert quick.studio.calibrating is begun
    quick.until(lambda m: m.stage is not Stage.CALIBRATING, "the calibration's end")
    assert quick.conductor.calibrated.method == "reference"
    assert window.model.stage is Stage.IDLE
