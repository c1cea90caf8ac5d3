"""What the wearer was told to do is part of a session: verdicts that depend on it replay as live."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_sessions import CHAIN, ZONE, Recorded, copy_without, open_simulation, perfect, record

from device import SampleChunk
from emgfeedback.frame import Contact, Frame
from emgfeedback.rep_findings import RepWatch
from emgfeedback.session.analysis import frames, rebuild, run, split
from emgfeedback.session.errors import DamagedSession
from emgfeedback.session.file import SessionFile
from emgfeedback.session.findings import findings
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.loop import Loop
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.replay import ReplaySource
from emgfeedback.session.rows import Event
from emgfeedback.session.setup import Expected, Setup, setups
from emgfeedback.session.verify import verify

#: Fine counts: on coarse ones no tension is named. A gap that is filled in and one that is not.
URL = "sim:balanced?seed=3&exercise=bridge&fast=1&rate=500&oversample=16&fault=loss@8+4,stall@14+0.4"
#: Told to rest in the middle of the reps, then to squeeze while resting; each inside a block and a hop.
ASKED = {3003: Expected(resting=True), 5501: Expected(squeezing=(0, 1)), 8005: Expected()}
SECONDS = 22.0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("expected") / "a.emgsession", URL, SECONDS, asked=ASKED)


def quality_of(found: list[Frame]) -> np.ndarray:
    """(n_hops, 1 + n_channels): hop numbers, and the contact of each channel."""
    return np.concatenate(
        [np.column_stack([frame.hops, frame.quality]) for frame in found if len(frame.hops)]
    )


def tense(found: list[Frame]) -> int:
    """Hops in which a channel did not rest though it was told to."""
    return int(np.sum(quality_of(found)[:, 1:] == int(Contact.RESTLESS)))


def test_what_was_asked_is_an_event_and_changes_reps_and_verdicts(recorded: Recorded) -> None:
    with SessionFile(recorded.path) as session:
        events = [event for event in session.events() if event.kind == "expect"]
        found = [frame for _, frame in frames(session)]
    assert [event.data for event in events] == [asked.as_record() for asked in ASKED.values()]
    assert all(0 <= event.sample - at < 30 for event, at in zip(events, ASKED, strict=True))
    seen = set(quality_of(found)[:, 1:].ravel().tolist())
    assert {int(Contact.RESTLESS), int(Contact.NO_DATA)} <= seen
    assert {"glute did not rest", "no glute signal"} & {rep.left_out for rep in recorded.reps}
    assert any(rep.left_out == "" for rep in recorded.reps)


def test_a_replay_has_the_live_reps_verdicts_and_findings(recorded: Recorded) -> None:
    source = ReplaySource(recorded.path, math.inf)
    watch = RepWatch(source.info, CHAIN, recorded.calibration)
    loop = source.loop()
    live = list(loop.frames())
    assert loop.setup.expected == Expected()
    loop.close()
    told = [each for frame in live for each in watch.push(frame)]
    assert tuple(rep for frame in live for rep in frame.reps) == recorded.reps
    with SessionFile(recorded.path) as session:
        again = [frame for _, frame in frames(session)]
        assert rebuild(session) == recorded.reps
    np.testing.assert_array_equal(quality_of(live), quality_of(again))
    assert repr(findings(recorded.path)) == repr(tuple(told))
    assert verify(recorded.path).ok


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, round(500 * SECONDS)), max_size=12))
def test_any_cutting_of_the_samples_has_the_same_reps_and_verdicts(
    recorded: Recorded, cuts: list[int]
) -> None:
    with SessionFile(recorded.path) as session:
        info, held, chunks = session.info, setups(session), list(session.chunks())
        whole = quality_of([frame for _, frame in frames(session)])
    pieces = [part for chunk in joined(chunks) for part in split(chunk, sorted(cuts), info.sfreq_hz)]
    found = [frame for _, frame in run(pieces, info, held)]
    assert tuple(rep for frame in found for rep in frame.reps) == recorded.reps
    np.testing.assert_array_equal(quality_of(found), whole)


def joined(chunks: list[SampleChunk]) -> list[SampleChunk]:
    """One chunk from gap to gap."""
    runs: list[list[SampleChunk]] = []
    for chunk in chunks:
        if not runs or chunk.lost:
            runs.append([])
        runs[-1].append(chunk)
    return [
        SampleChunk(
            part[0].start, np.concatenate([c.counts for c in part]), part[-1].host_time_s, part[0].lost
        )
        for part in runs
    ]


def test_who_begins_to_record_while_something_is_asked_has_it_in_the_file(tmp_path: Path) -> None:
    source = open_simulation(URL)
    loop = Loop(source, Setup(CHAIN, perfect(source)))
    loop.step()
    loop.expect(resting=True, squeezing=())
    recorder = Recorder(
        tmp_path / "a.emgsession",
        SessionHeader(source.info, CHAIN, perfect(source), {"right": ZONE}),
        waits=True,
    )
    loop.record(recorder)
    began = loop.stop
    live = []
    while loop.stop < 4000:
        frame = loop.step()
        live += [frame] if frame is not None else []
    loop.close()
    assert tense(live) > 100
    with SessionFile(recorder.path) as session:
        assert session.events() == (Event(began, "expect", {"resting": True, "squeezing": []}),)
        again = [frame for _, frame in frames(session)]
    np.testing.assert_array_equal(quality_of(live), quality_of(again))


def test_other_settings_do_not_forget_what_was_asked(recorded: Recorded) -> None:
    asked = Setup(CHAIN, recorded.calibration, expected=Expected(resting=True))
    changed = replace(asked, settings=replace(CHAIN, rms_window_s=0.2))
    with SessionFile(recorded.path) as session:
        chunks, info = list(session.chunks()), session.info
    found = [frame for _, frame in run(chunks, info, [(0, asked), (2000, changed)])]
    assert tense([frame for frame in found if len(frame.hops) and frame.hops[0] * frame.hop >= 2500]) > 100


def test_a_file_of_the_older_format_reads_as_it_did_and_bad_events_are_a_sentence(tmp_path: Path) -> None:
    plain = record(tmp_path / "plain.emgsession", URL, 8.0)
    older = copy_without(plain.path, tmp_path / "older.emgsession", "PRAGMA user_version = 1")
    with SessionFile(older) as session:
        assert rebuild(session) == plain.reps
    assert verify(older).ok
    for data in (
        '{"resting": 1, "squeezing": []}',
        '{"resting": true}',
        '{"resting": true, "squeezing": "A0"}',
    ):
        broken = tmp_path / "broken.emgsession"
        copy_without(
            plain.path, broken, f"INSERT INTO event (sample, kind, data) VALUES (99, 'expect', '{data}')"
        )
        with pytest.raises(DamagedSession, match=r"broken\.emgsession is damaged: "):
            ReplaySource(broken)
