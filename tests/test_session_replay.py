"""Live = replay = analysis: the same chunks, the same frames, the same reps, the same digest."""

import math
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from recorded_sessions import CHAIN, ZONE, Recorded, copy_without, open_simulation, perfect, record
from session_samples import chunks, stream_info

from emgfeedback.frame import Zone
from emgfeedback.session.analysis import blocks, frames, rebuild, split
from emgfeedback.session.errors import NotASession
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.loop import Loop
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.replay import ReplaySource
from emgfeedback.session.setup import Setup
from emgfeedback.session.verify import digest, verify
from emgfeedback.sources import open_source

URL = "sim:balanced?seed=3&exercise=bridge&fast=1&fault=loss@3+4,stall@9+1"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("replay") / "a.emgsession", URL, 25.0)


def test_replay_gives_the_chunks_that_came_live(recorded: Recorded) -> None:
    with ReplaySource(recorded.path, math.inf) as source, open_simulation(URL) as live:
        assert source.info == live.info
        assert not source.live
        got = []
        while not source.finished:
            got.append(source.read())
        assert source.read() is None
    assert sum(chunk.lost for chunk in recorded.chunks) > 0
    assert len(got) == len(recorded.chunks)
    for one, other in zip(got, recorded.chunks, strict=True):
        assert one is not None
        assert (one.start, one.lost, one.host_time_s) == (other.start, other.lost, other.host_time_s)
        assert np.array_equal(one.counts, other.counts)


def test_a_replay_recorded_again_has_the_same_digest_and_reps(recorded: Recorded, tmp_path: Path) -> None:
    source = ReplaySource(recorded.path, math.inf)
    again = tmp_path / "again.emgsession"
    loop = Loop(source, recorder=Recorder(again, source.header, waits=True))
    reps = tuple(rep for frame in loop.frames() for rep in frame.reps)
    loop.close()
    assert len(reps) >= 2
    assert reps == recorded.reps
    assert digest(again) == digest(recorded.path)
    assert verify(again).ok


def test_two_runs_of_the_same_simulation_have_the_same_digest(recorded: Recorded, tmp_path: Path) -> None:
    again = record(tmp_path / "again.emgsession", URL, 25.0)
    assert digest(again.path) == digest(recorded.path)
    other = record(tmp_path / "other.emgsession", URL.replace("seed=3", "seed=4"), 25.0)
    assert digest(other.path) != digest(recorded.path)


def test_a_copy_without_reps_and_summary_gives_the_live_rep_table(recorded: Recorded, tmp_path: Path) -> None:
    emptied = copy_without(recorded.path, tmp_path / "1.emgsession", "DELETE FROM rep", "DELETE FROM summary")
    dropped = copy_without(recorded.path, tmp_path / "2.emgsession", "DROP TABLE rep", "DROP TABLE summary")
    for path in (emptied, dropped):
        with SessionFile(path) as session:
            assert session.reps() == ()
            assert session.summary() == {}
            assert rebuild(session) == recorded.reps
    with SessionFile(recorded.path) as session:
        assert session.reps() == recorded.reps
        assert session.summary()["link"]["samples_lost"] > 0  # type: ignore[index]


def test_changes_of_setup_take_hold_at_the_same_sample_in_analysis(tmp_path: Path) -> None:
    with open_simulation(URL) as source:
        calibration = perfect(source)
    weaker = replace(
        calibration, channels=tuple(replace(c, mvc_uv=0.7 * c.mvc_uv) for c in calibration.channels)
    )
    changes = {
        6000: Setup(CHAIN, weaker, {"right": ZONE}),
        11_003: Setup(CHAIN, weaker, {"right": Zone(0.2, 0.3)}),
        14_000: Setup(replace(CHAIN, rms_window_s=0.2), calibration, {}),
        19_000: Setup(replace(CHAIN, rms_window_s=0.2), None, {}),
    }
    changed = record(tmp_path / "a.emgsession", URL, 25.0, changes)
    with SessionFile(changed.path) as session:
        kinds = [event.kind for event in session.events()]
        assert kinds == ["calibration", "zone", "settings", "calibration", "zone", "calibration"]
        assert rebuild(session) == changed.reps
        states = np.concatenate([frame.state for _, frame in frames(session)])
    assert verify(changed.path).ok
    assert len(set(states.ravel().tolist())) > 3

    # A replay, frame by frame as live, which took the samples in other pieces.
    source = ReplaySource(changed.path, math.inf)
    assert [setup for _, setup in source.setups[1:]] == list(changes.values())
    loop = source.loop()
    live = list(loop.frames())
    assert loop.setup == changes[19_000]
    loop.close()
    assert tuple(rep for frame in live for rep in frame.reps) == changed.reps
    shown = run("replay", str(changed.path), "--speed", "inf", "--view", "none")
    lines = [line.split(": ")[1] for line in shown.stdout.splitlines() if line.startswith("rep ")]
    assert lines == [
        f"share {100 * rep.share:.0f} %, glute {rep.mean_percent[0]:.0f} %, quad {rep.mean_percent[1]:.0f} %"
        if rep.left_out == ""
        else f"left out, {rep.left_out}"
        for rep in changed.reps
    ], shown.stdout
    with SessionFile(changed.path) as session:
        again = [frame for _, frame in frames(session)]
    for name in ("hops", "state", "zone", "quality", "share", "envelope_uv", "percent_mvc"):
        one = np.concatenate([getattr(frame, name) for frame in live if frame])
        other = np.concatenate([getattr(frame, name) for frame in again])
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)


def test_a_replay_keeps_the_time_of_the_wearer(recorded: Recorded) -> None:
    now, slept = [50.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    source = ReplaySource(recorded.path, 2.0, clock=lambda: now[0], sleep=sleep)
    assert source.read(0.0) is None
    while source.stats.samples_delivered + source.stats.samples_lost < 8000:
        source.read(0.02)
    assert now[0] - 50.0 == pytest.approx(4.0, abs=0.03)
    assert max(slept) <= 0.02
    source.close()


def test_a_replay_in_real_time_takes_its_time(recorded: Recorded) -> None:
    threads = threading.active_count()
    with open_source(f"replay:{recorded.path}?speed=20") as source:
        begin = time.monotonic()
        n = 0
        while n < 10_000:
            chunk = source.read()
            n = chunk.stop if chunk else n
        took_s = time.monotonic() - begin
        # Never ahead of the wearer; how far behind is the machine's affair, but 1 : 1 it is not.
        assert 0.45 <= took_s < 10.0
        assert threading.active_count() == threads


def test_no_session_and_no_speed_are_sentences(tmp_path: Path, recorded: Recorded) -> None:
    with pytest.raises(NotASession, match=r"There is no session file .*x\.emgsession\.$"):
        ReplaySource(tmp_path / "x.emgsession")
    with pytest.raises(ValueError, match="more than 0"):
        ReplaySource(recorded.path, 0.0)


def test_a_recording_that_begins_in_the_stream_replays_on_its_own(tmp_path: Path) -> None:
    source = open_simulation(URL)
    loop = Loop(source)
    while loop.stop < 4000:
        loop.step()
    header = SessionHeader(source.info, CHAIN, perfect(source), {"right": ZONE})
    recorder = Recorder(tmp_path / "a.emgsession", header, waits=True)
    assert loop.record(recorder) is None
    assert loop.setup == Setup.of(header)
    reps = []
    while loop.stop < 20_000:
        frame = loop.step()
        reps += frame.reps if frame else ()
    assert loop.record(None) is recorder
    loop.complete(recorder)
    loop.step()
    loop.close()
    assert len(reps) > 1
    with SessionFile(recorder.path) as session:
        assert session.span[0] >= 4000
        assert rebuild(session) == tuple(reps)


def test_blocks_and_splits_lose_nothing() -> None:
    info = stream_info()
    sent = list(chunks(info, 5000, losses={800: 120, 2000: 8}))
    joined = list(blocks(sent, 1000))
    assert [chunk.start for chunk in joined if chunk.lost] == [920, 2008]
    assert max(len(chunk.counts) for chunk in joined) <= 1000
    parts = [part for chunk in joined for part in split(chunk, (3, 920, 2500, 4999), info.sfreq_hz)]
    assert {3, 920, 2500, 4999} <= {part.start for part in parts}
    assert [part.lost for part in parts if part.lost] == [120, 8]
    for one, other in ((sent, joined), (sent, parts)):
        a = np.concatenate([chunk.counts for chunk in one])
        assert np.array_equal(a, np.concatenate([chunk.counts for chunk in other]))
