"""A page that follows a set by numbers alone shows what a page that is given every whole model shows."""

from dataclasses import replace

import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from pytestqt.qtbot import QtBot

from emgfeedback.live_set import SetRequest
from emgfeedback.opening import open_home, open_stream
from emgfeedback.picture import numbers
from emgfeedback.power import Power
from emgfeedback.studio import Studio
from emgfeedback.ui.leaves.leaf import Leaf
from emgfeedback.ui.model import Model, Moved
from emgfeedback.ui.pages.train import TrainPage
from emgfeedback.ui.palette import LIGHT
from emgfeedback.ui.type_scale import load_fonts

#: Frames between two whole models, and s of the set.
WHOLE_EVERY, SECONDS = 12, 12.0


def model_of(studio: Studio) -> Model:
    picture = studio.picture()
    return Model(
        stage=studio.stage,
        exercise=picture.exercise,
        calibrated=studio.calibration is not None,
        picture=picture,
        moment=studio.phases.moment,
        time_s=studio.loop.stop / picture.sfreq_hz,
        studio=studio,
    )


def shown(page: TrainPage) -> list[object]:
    leaves = page.findChildren(Leaf)
    return [(type(leaf).__name__, leaf._seen, leaf.accessibleName()) for leaf in leaves]


def test_a_page_that_follows_shows_what_whole_models_show(qtbot: QtBot) -> None:
    load_fonts()
    home = open_home()
    stream = open_stream(home, "sim:balanced?fast=1&seed=3", None, None)
    followed = wholes = 0
    with Studio(home, stream, SetRequest(record=False), lambda: Power.BATTERY) as studio:
        studio.use_todays()
        live_set = studio.train()
        whole, follower = TrainPage(LIGHT), TrainPage(LIGHT)
        for page in (whole, follower):
            qtbot.addWidget(page)
            page.resize(1280, 688)
        studio.loop.step()
        model = model_of(studio)
        for page in (whole, follower):
            page.show_model(model)
        while studio.loop.stop < SECONDS * stream.info.sfreq_hz:
            studio.loop.step()
            now = model_of(studio)
            whole.show_model(now)
            known = live_set.numbers(model.picture) if model.picture is not None else None
            moved = Moved(known, now.moment, now.time_s) if known is not None else None
            due = wholes % WHOLE_EVERY == 0
            if due or moved is None or not follower.follow(model, moved):
                model = now
                follower.show_model(model)
            else:
                followed += 1
            wholes += 1
            assert shown(follower) == shown(whole)
        assert live_set.reps
    assert followed > 0.7 * wholes


def test_what_is_more_than_a_number_is_not_followed(qtbot: QtBot) -> None:
    stream = open_stream(open_home(), "sim:balanced?fast=1&seed=1", None, None)
    with Studio(open_home(), stream, SetRequest(record=False), lambda: Power.BATTERY) as studio:
        studio.use_todays()
        live_set = studio.train()
        while studio.loop.newest is None or not live_set.reps or studio.picture().working.share is None:
            studio.loop.step()
        picture, frame = studio.picture(), studio.loop.newest
        assert live_set.numbers(picture) is not None
        for name in ("quality", "state", "zone"):
            other = getattr(frame, name).copy()
            other[-1, 0] = (other[-1, 0] + 1) % 4
            assert numbers(picture, replace(frame, **{name: other})) is None
        live_set.end()
        assert live_set.numbers(picture) is None
