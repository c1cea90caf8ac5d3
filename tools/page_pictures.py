"""Every page of the window in its states, as pictures. The simulated person does what is seen on most."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rehearsal import Album, Rehearsal, own_calibration, settle, weaker

from calibration.plan import Plan
from calibration.protocol import Procedure
from device.board_settings import BoardInput, BoardModel
from device.channel_map import parse_channel_map
from device.handshake import StreamRequest
from emgfeedback import words
from emgfeedback.frame import Contact, ShareState, ZoneState
from emgfeedback.live_set import SetRequest
from emgfeedback.opening import Opened, open_home
from emgfeedback.phases import Phase
from emgfeedback.picture import Picture
from emgfeedback.power import Power
from emgfeedback.simulation.board import ONE_LEG, Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.personas import persona_named
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.stage import Stage
from emgfeedback.studio import Studio
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.history import HistoryPage
from emgfeedback.ui.pages.settings import SettingsPage

PERSON = "sim:balanced?seed=1"
FAST = f"{PERSON}&fast=1"
BOARD = "Board on USB"


def pages(folder: Path) -> list[Path]:
    """All pages. Leaves nothing behind but the pictures."""
    before = os.environ.get("EMGFEEDBACK_HOME")
    album = Album(folder)
    try:
        for scene in SCENES:
            with TemporaryDirectory(prefix="emgfeedback-pictures-") as place:
                scene(album, Path(place))
    finally:
        if before is None:
            os.environ.pop("EMGFEEDBACK_HOME", None)
        else:
            os.environ["EMGFEEDBACK_HOME"] = before
    return album.made


def start(album: Album, place: Path) -> None:
    """The simulated person, a real board, and a board that waits for the charger; Keys and Pads."""
    shown = Rehearsal(place, FAST)
    model = shown.passing(2.0)
    album.keep(shown.window, "start", "simulated")
    album.keep(shown.window, "keys")
    album.keep(shown.window, "pads", "glute")
    for key in ("n", "n", "\r"):
        shown.window.page.pressed(key)
    album.keep(shown.window, "pads", "quad")
    shown.window.go("settings")
    page = shown.window.page
    assert isinstance(page, SettingsPage)
    page.folder.setText("~/.local/share/emgfeedback")  # where it is on Linux, not where pictures are made
    album.keep(shown.window, "settings")
    shown.window.go("history")
    _read(shown)
    album.keep(shown.window, "history", "empty")
    shown.show_still(_real(model))
    album.keep(shown.window, "start", "board")
    shown.show_still(replace(_real(model), compared="Comparable with Tuesday."))
    album.keep(shown.window, "start", "compared")
    shown.show_still(Model(banner=words.UNPLUG, opening=words.UNPLUG))
    album.keep(shown.window, "start", "mains")
    shown.close()


def _real(model: Model) -> Model:
    """The same with a real board, calibrated: no board is there to take a picture of."""
    assert model.picture is not None
    return replace(
        model,
        who="",
        link=BOARD,
        source=f"{BOARD}, 2 sensors, 1000 samples a second",
        calibration="Your 100 %: right glute 163 µV, right quad 238 µV.",
        calibrated=True,
        picture=replace(model.picture, who="", footer=(BOARD, words.POWER[Power.BATTERY])),
    )


def calibrate(album: Album, place: Path) -> None:
    """Every step of the whole course, from the safety lines to done."""
    shown = Rehearsal(place, FAST, plan=Plan())
    shown.conductor.calibrate()
    _really(shown)
    shown.until(lambda m: _says(m, "Keep breathing."), "the safety lines")
    shown.passing(2.0)
    album.keep(shown.window, "calibrate", "safety")
    # What is pictured, the step's kind and position, and how long after its beginning.
    steps: tuple[tuple[str, str, str, float], ...] = (
        ("lead", "lead", "", 0.5),
        ("pads", "check", "", 0.5),
        ("rest", "rest", "", 6.5),
        ("warm-up", "warm", "", 1.5),
        ("face-down", "ready", "face-down", 4.0),
        ("squeeze", "squeeze", "face-down", 0.0),
        ("relax", "relax", "face-down", 20.0),
        ("sitting", "ready", "sitting", 4.0),
        ("quad", "squeeze", "sitting", 0.0),
        ("standing", "ready", "standing", 4.0),
    )
    for name, kind, position, after_s in steps:
        shown.until(partial(_at, kind=kind, position=position), name)
        if kind == "squeeze":
            shown.until(partial(_late_in_a_squeeze, trial=2 if name == "squeeze" else 1), name)
        shown.passing(after_s)
        album.keep(shown.window, "calibrate", name)
    shown.until(lambda m: m.stage is not Stage.CALIBRATING, "the calibration's end")
    album.keep(shown.window, "calibrate", "done")
    shown.close()


def swapped(album: Album, place: Path) -> None:
    """The leads of glute and quad are swapped."""
    shown = Rehearsal(place, FAST, plan=Plan())
    shown.conductor.calibrate()
    _really(shown, crossed=True)
    shown.until(lambda m: _says(m, "The leads are swapped."), "the offer")
    shown.passing(2.0)
    album.keep(shown.window, "calibrate", "swapped")
    shown.close()


def reference(album: Album, place: Path) -> None:
    """Half-strength squeezes, and what they come to."""
    shown = Rehearsal(place, FAST, plan=Plan(reference=True, pause_s=5.0))
    shown.conductor.calibrate()
    shown.until(partial(_at, kind="squeeze", position="sitting"), "a squeeze")
    shown.until(partial(_late_in_a_squeeze, trial=1), "its middle")
    album.keep(shown.window, "calibrate", "reference")
    shown.until(lambda m: m.stage is not Stage.CALIBRATING, "the calibration's end")
    album.keep(shown.window, "calibrate", "reference-done")
    shown.close()


def refused(album: Album, place: Path) -> None:
    """A squeeze that does not count, because the pad came off."""
    shown = Rehearsal(place, f"{FAST}&fault=liftoff@19+3:glute", plan=Plan(quick=True))
    shown.conductor.calibrate()
    shown.until(lambda m: any(event.kind == "refused" for event in m.events), "a refused squeeze")
    shown.passing(0.5)
    album.keep(shown.window, "calibrate", "refused")
    shown.close()


def _really(shown: Rehearsal, *, crossed: bool = False) -> None:
    """The course as a real wearer has it, safety lines and all; ``crossed``: with names on the wrong pins."""
    stage = shown.studio.calibrating
    assert stage is not None
    specs = list(stage.procedure.specs)
    if crossed:
        first, second = specs[:2]
        specs[:2] = [replace(first, muscle=second.muscle), replace(second, muscle=first.muscle)]
    stage.procedure = Procedure(specs, shown.studio.opened.info.sfreq_hz, Plan())


def _at(model: Model, kind: str, position: str) -> bool:
    prompt = model.prompt
    return prompt is not None and (prompt.kind, prompt.position) == (kind, position)


def _late_in_a_squeeze(model: Model, trial: int) -> bool:
    prompt = model.prompt
    return prompt is not None and _asks(model, "squeeze", trial) and 0 < prompt.seconds_left < 2.6


def _says(model: Model, text: str) -> bool:
    return model.prompt is not None and model.prompt.text == text


def _asks(model: Model, kind: str, trial: int = 0) -> bool:
    prompt = model.prompt
    return prompt is not None and prompt.kind == kind and prompt.trial == trial


def train(album: Album, place: Path) -> None:
    """In the zone, at rest, below the zone, one muscle quiet; the same on Glance."""
    shown = _in_a_set(place, FAST)
    # The digits move five times a second: they, too, are to be those of the zone.
    shown.until(_with(_well_in_the_zone), "in the zone", for_s=0.3)
    album.keep(shown.window, "train", "zone")
    album.keep(shown.window, "glance", "glute")
    shown.window.go("train")
    shown.until(
        _with(lambda m, p: m.moment.phase is Phase.REST and p.working.state is ShareState.REST), "at rest"
    )
    album.keep(shown.window, "train", "rest")
    album.keep(shown.window, "glance", "rest")
    shown.close()
    shown = _in_a_set(place, "sim:quad-led?seed=1&fast=1")
    shown.until(
        _with(
            lambda m, p: (
                len(p.reps) >= 3 and p.working.zone_state is ZoneState.BELOW and m.moment.hold_s > 0.8
            )
        ),
        "below the zone",
    )
    album.keep(shown.window, "train", "below")
    album.keep(shown.window, "glance", "quad")
    shown.window.go("train")
    shown.close()
    shown = _in_a_set(place, "sim:glute-led?seed=1&fast=1&exercise=bridge-cued")
    shown.until(
        _with(lambda m, p: p.working.state is ShareState.QUAD_QUIET and len(p.reps) >= 1), "quad quiet"
    )
    album.keep(shown.window, "train", "quiet")
    shown.close()


def _well_in_the_zone(model: Model, picture: Picture) -> bool:
    side = picture.working
    held = len(picture.reps) >= 4 and model.moment.hold_s > 0.8
    return held and side.zone_state is ZoneState.IN and (side.share or 0.0) >= 0.67


def lost(album: Album, place: Path) -> None:
    """A loose pad, no new data, and a board that went away, one after the other in a set."""
    shown = _in_a_set(place, f"{FAST}&fault=liftoff@16+5:glute,stall@26+2,unplug@34+4")
    shown.until(
        _with(lambda m, p: p.bars[0].contact is Contact.LOOSE and "loose" in p.headline), "a loose pad"
    )
    shown.passing(1.0)
    album.keep(shown.window, "train", "loose")
    album.keep(shown.window, "glance", "withheld")
    shown.window.go("train")
    shown.until(_with(lambda m, p: p.stale and not p.advice.startswith("Board")), "no new data")
    album.keep(shown.window, "train", "no-data")
    shown.until(_with(lambda m, p: p.advice.startswith("Board lost")), "the board lost")
    shown.passing(0.5)
    album.keep(shown.window, "train", "board-lost")
    shown.close()
    shown = _in_a_set(place, f"{FAST}&fault=saturation@16+5:quad")
    shown.until(_with(lambda m, p: "clips" in p.headline), "a signal that clips")
    shown.passing(0.5)
    album.keep(shown.window, "train", "clipping")
    shown.close()


def summary(album: Album, place: Path) -> None:
    """A set's end, and the History that it fills; and one in which reps were left out."""
    shown = _in_a_set(place, FAST)
    shown.until(lambda m: m.stage is Stage.RESTING, "the end of the set")
    album.keep(shown.window, "train", "summary")
    shown.conductor.begin()
    shown.until(lambda m: m.stage is Stage.RESTING and m.set_number == 2, "the end of the second set")
    shown.window.go("history")
    _read(shown)
    page = shown.window.page
    assert isinstance(page, HistoryPage)
    page.sessions.setCurrentRow(0)
    _read(shown)
    album.keep(shown.window, "history", "filled")
    shown.close()
    shown = _in_a_set(place, f"{FAST}&fault=liftoff@13+3:glute,saturation@28+3:quad")
    shown.until(lambda m: m.stage is Stage.RESTING, "the end of the set")
    album.keep(shown.window, "train", "summary-left-out")
    shown.close()


def beyond(album: Album, place: Path) -> None:
    """A set that went beyond a 100 % that was too weak: the offer of a new one."""
    weak = weaker(own_calibration(FAST, place / "own.json"), 0.6)
    shown = Rehearsal(place, f"{FAST}&exercise=squat", reps=3, calibration=weak, exercise="squat")
    shown.conductor.begin()
    shown.until(lambda m: m.stage is Stage.RESTING, "the end of the set")
    album.keep(shown.window, "train", "beyond")
    shown.close()


def uncalibrated(album: Album, place: Path) -> None:
    """Microvolt, and no share."""
    shown = Rehearsal(place, FAST)
    shown.studio.train()
    shown.until(_with(lambda m, p: max(bar.microvolts for bar in p.bars) > 30.0), "work")
    shown.passing(1.2)
    album.keep(shown.window, "train", "not-calibrated")
    shown.close()


def unrecorded(album: Album, place: Path) -> None:
    """The disk takes no recording; training goes on."""
    shown = _in_a_set(place, FAST, record=False)
    # What a full disk says; filling one for a picture would be rude.
    shown.studio.scene.recording_trouble = "the disk is full."
    shown.until(_with(lambda m, p: len(p.reps) == 1 and p.working.state is ShareState.REST), "rest")
    album.keep(shown.window, "train", "not-recording")
    shown.close()


def signals(album: Album, place: Path) -> None:
    """In real time, because the page tells the delay: all well, a loose pad, a signal that clips."""
    own = own_calibration(FAST, place / "own.json")
    url = f"{PERSON}&fault=liftoff@17+5:glute,saturation@25+10:quad"
    shown = Rehearsal(place, url, reps=20, calibration=own)
    shown.conductor.begin()
    shown.until(lambda m: m.time_s > 4.0, "some seconds of painted sets")
    shown.window.go("signals")
    shown.until(_with(lambda m, p: m.time_s > 13.0 and m.moment.hold_s > 1.0), "work")
    album.keep(shown.window, "signals", "good")
    shown.until(_with(lambda m, p: m.time_s > 19.0 and p.bars[0].contact is Contact.LOOSE), "a loose pad")
    shown.until(lambda m: m.time_s > 20.5, "the words")
    album.keep(shown.window, "signals", "loose")
    shown.until(_with(lambda m, p: p.bars[1].contact is Contact.CLIPPING), "clipping")
    end = shown.model.time_s + 1.0
    shown.until(lambda m: m.time_s > end, "the words")
    album.keep(shown.window, "signals", "clipping")
    shown.close()
    shown = Rehearsal(place, f"{FAST}&fault=mains@4+60:quad=9", calibration=own)
    shown.window.go("signals")
    shown.until(_with(lambda m, p: p.bars[1].remark.caution is Contact.MAINS), "hum")
    shown.passing(2.5)
    album.keep(shown.window, "signals", "hum")
    shown.close()
    both = parse_channel_map("A0=glute:left,A1=quad:left,A2=glute:right,A3=quad:right")
    url = f"{FAST}&fault=mains@4%2B60:A1=9,liftoff@6%2B60:A2"
    own = own_calibration(url, place / "both.json", both)
    shown = Rehearsal(place, url, calibration=own, channels=both)
    shown.conductor.begin()
    shown.until(_with(lambda m, p: m.time_s > 9.0 and m.moment.hold_s > 0.5), "work")
    shown.window.go("signals")
    shown.passing(3.5)
    album.keep(shown.window, "signals", "four")
    shown.close()
    shown = Rehearsal(place, f"{FAST}&rate=250", calibration=own_calibration(f"{FAST}&rate=250", own))
    shown.window.go("signals")
    shown.passing(8.0)
    album.keep(shown.window, "signals", "slow")
    shown.close()


def mistaken(album: Album, place: Path) -> None:
    """A board that says of its quad sensor that it gives an envelope, and it gives raw EMG."""
    shown = Rehearsal(place, FAST)
    scene = Scene(persona_named("balanced"), exercise_named("squat"), 1, ONE_LEG)
    inputs = (BoardInput(), BoardInput(kind=2), *(BoardInput(),) * 6)
    board = SimulatedBoard(scene, 1000.0, BoardModel(inputs=inputs))
    source = SimulatedSource(board, StreamRequest(oversample=4), time.monotonic, fast=True)
    opened = Opened(source, "simulated", source.clock, source)
    with Studio(open_home(), opened, SetRequest(), lambda: Power.BATTERY) as studio:

        def model() -> Model:
            return Model(who=opened.who, picture=studio.picture(), studio=studio)

        shown.show_still(model())
        shown.window.go("signals")
        while not studio.cautions.remarks[1].doubt or studio.loop.stop < 12_000:
            studio.loop.step()
            if studio.loop.stop % 100 < 8:
                shown.show_still(model())
        album.keep(shown.window, "signals", "not-as-said")
        shown.window.go("start")
    shown.close()


def _in_a_set(place: Path, url: str, *, record: bool = True) -> Rehearsal:
    own = own_calibration(url, place / "own.json")
    shown = Rehearsal(place, url, calibration=own, record=record)
    shown.conductor.begin()
    shown.window.draw()
    return shown


def _with(wanted: Callable[[Model, Picture], bool]) -> Callable[[Model], bool]:
    def done(model: Model) -> bool:
        return model.picture is not None and wanted(model, model.picture)

    return done


def _read(shown: Rehearsal) -> None:
    page = shown.window.page
    assert isinstance(page, HistoryPage)
    settle()
    while page.busy:
        settle()
    settle()


SCENES = (
    start, calibrate, swapped, reference, refused, train, lost, summary, beyond, uncalibrated, unrecorded,
    signals, mistaken,
)  # fmt: skip
