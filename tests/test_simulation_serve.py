"""The simulated person on a pseudo-terminal: prompts, plug, log, calibration, and an end in good order."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from calibration.store import load
from device.channel_map import parse_channel_map
from device.reconnect import ReconnectingSource
from device.source import Source
from device.stream import SampleChunk
from emgfeedback.chain import ChainSettings
from emgfeedback.pipeline import Pipeline
from emgfeedback.simulation.actions import parse_action
from emgfeedback.simulation.board import BOTH_LEGS, ONE_LEG, Scene
from emgfeedback.simulation.prompts import PromptLines
from emgfeedback.simulation.sent_log import SentLogWriter, read_sent_log, read_truth
from emgfeedback.simulation.serve import ServeRequest, Serving, serve_pty
from emgfeedback.sources import opener

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")

SERVE = """
import sys
from pathlib import Path
from emgfeedback.simulation.serve import ServeRequest, serve_pty
serve_pty(
    ServeRequest(seed=4, log=Path(sys.argv[1]), link=Path(sys.argv[2])),
    lambda line: print(line, flush=True),
    sys.stdin,
)
"""


def read_on(source: Source, n_samples: int) -> list[SampleChunk]:
    """The next samples, however long the machine takes for them."""
    chunks: list[SampleChunk] = []
    until_s = time.monotonic() + 120.0
    while not chunks or chunks[-1].stop - chunks[0].start < n_samples:
        assert time.monotonic() < until_s, "the samples did not come"
        chunk = source.read(0.05)
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def start(folder: Path) -> subprocess.Popen[str]:
    """A server in a process of its own, ready to be opened."""
    command = [sys.executable, "-c", SERVE, str(folder / "sent.log"), str(folder / "board")]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert "balanced" in server.stdout.readline()
    assert str(folder / "board") in server.stdout.readline()
    return server


def say(server: subprocess.Popen[str], line: str) -> str:
    """Prompt the person; what the server answers."""
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(line + "\n")
    server.stdin.flush()
    return server.stdout.readline()


def test_a_prompted_person_is_heard_by_the_app_and_logged_by_the_board(tmp_path):
    server = start(tmp_path)
    with opener(f"serial:{tmp_path / 'board'}", ONE_LEG)() as source:
        assert source.info.simulated
        chunks = read_on(source, 500)
        answer = say(server, "squeeze glute right")
        chunks += read_on(source, 1500)
        assert "understands" in say(server, "sing")
        uv = source.info.to_microvolts(np.concatenate([chunk.counts for chunk in chunks]))
    # It waits for its first prompt, then squeezes as hard as it can.
    assert uv[:500, 0].std() < 20.0
    assert uv[-500:, 0].std() > 100.0
    server.send_signal(signal.SIGTERM)
    _, _ = server.communicate(timeout=60)
    assert server.returncode == 0
    assert not (tmp_path / "board").exists()

    header, samples, counts = read_sent_log(tmp_path / "sent.log")
    assert header["channels"][:2] == ["A0=glute:right", "A1=quad:right"]
    assert np.array_equal(samples, np.arange(len(samples)))
    assert (counts[:, 2:] == -1).all()
    for chunk in chunks:
        assert np.array_equal(chunk.counts, counts[chunk.start : chunk.stop, :2])
    events = {event["event"]: event for event in read_truth(tmp_path / "sent.log")}
    assert events["action"]["action"] == "squeeze glute right"
    assert f"{events['action']['sample'] / 1000:.3f} s: squeeze glute right" in answer
    assert events["end"]["sample"] >= len(samples)


def test_the_log_of_a_killed_server_holds_all_but_its_last_moment(tmp_path):
    server = start(tmp_path)
    with opener(f"serial:{tmp_path / 'board'}", ONE_LEG)() as source:
        say(server, "reps")
        chunks = read_on(source, 1000)
        server.kill()
        server.communicate(timeout=60)
    _, samples, counts = read_sent_log(tmp_path / "sent.log")
    assert len(samples) >= chunks[-1].stop
    assert np.array_equal(counts[chunks[-1].start : chunks[-1].stop, :2], chunks[-1].counts)
    assert [event["event"] for event in read_truth(tmp_path / "sent.log")] == ["scene", "action"]


@pytest.mark.real_time
def test_an_unplugged_board_returns_under_the_same_name(tmp_path):
    """In real time: up to three attempts."""
    link, said, stop = tmp_path / "board", [], threading.Event()
    request = ServeRequest(seed=5, fault="unplug@0.5+1", link=link)
    serving = Serving(request.scene(prompted=False), 1000.0, said.append)

    def serve() -> None:
        from device.pty_server import serve_on_pty

        with serve_on_pty(serving.simulated.board, link) as server:
            ready.set()
            serving.run(server, lambda: not stop.is_set())

    ready = threading.Event()
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert ready.wait(60.0)
        open_again = opener(f"serial:{link}", ONE_LEG)
        with ReconnectingSource(open_again, open_again(), retry_s=0.2) as source:
            chunks = read_on(source, 3000)
    finally:
        stop.set()
        thread.join()
    assert said == ["Unplugged.", f"Plugged in again: {link}"]
    assert source.stats.reconnects == 1
    (gap,) = [chunk for chunk in chunks if chunk.lost]
    assert gap.start - gap.lost == pytest.approx(500, abs=30)
    assert 900 < gap.lost < 1700


def test_a_perfect_calibration_is_written_for_the_board_that_will_answer(tmp_path):
    request = ServeRequest(seed=8, write_calibration=tmp_path / "cal.json", wearer="ana")
    said: list[str] = []

    def announce(line: str) -> None:
        said.append(line)
        if "Ctrl-C" in line:
            raise KeyboardInterrupt

    serve_pty(request, announce)
    assert said[0] == f"Perfect calibration written to {tmp_path / 'cal.json'}"
    assert said[-1] == "Stopped."
    calibration = load(tmp_path / "cal.json")
    assert (calibration.wearer, calibration.quality, calibration.simulated) == ("ana", "perfect", True)
    with opener("sim:?seed=8&fast=1", BOTH_LEGS)() as source:
        assert calibration.board_id == source.info.source_id
        assert Pipeline(source.info, ChainSettings(), calibration).uncalibrated == ""


@pytest.mark.parametrize(
    "wrong", [{"persona": "nobody"}, {"exercise": "swim"}, {"fault": "fire"}, {"fault": "liftoff:hamstring"}]
)
def test_what_cannot_be_simulated_is_refused_before_anything_is_written(tmp_path, wrong):
    request = ServeRequest(log=tmp_path / "log", write_calibration=tmp_path / "cal", **wrong)
    with pytest.raises(ValueError, match=r"\w"):
        serve_pty(request, lambda _line: None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("file", ["log", "write_calibration"])
def test_a_file_that_cannot_be_written_is_named_in_one_sentence(tmp_path, file):
    request = ServeRequest(**{file: tmp_path / "missing" / "file"})
    with pytest.raises(OSError, match=r"^The (log|calibration) .*missing.* choose another file\.$"):
        serve_pty(request, lambda _line: None)


def test_a_log_cut_off_in_a_row_reads_up_to_there(tmp_path):
    path = tmp_path / "log"
    scene = Scene(channels=parse_channel_map("A0=glute:left,A3=quad:left"))
    log = SentLogWriter(path, scene, 500.0)
    log.sent(7, np.array([[1], [2]]), [1])
    log.told(parse_action("reps 2"), 9)
    log.close(12)
    log.close(12)
    path.write_bytes(path.read_bytes()[:-3])
    header, samples, counts = read_sent_log(path)
    assert header["sfreq_hz"] == 500.0
    assert samples.tolist() == [7]
    assert counts.tolist() == [[-1, 1]]
    assert [event["event"] for event in read_truth(path)] == ["scene", "action", "end"]


def test_prompt_lines_come_whole_and_the_last_one_at_the_end():
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as stream:
        lines = PromptLines(stream)
        assert lines.arrived() == []
        os.write(write_end, b"rest\nsqueeze gl")
        assert lines.arrived() == ["rest"]
        os.write(write_end, b"ute right\n\n")
        assert lines.arrived() == ["squeeze glute right"]
        os.write(write_end, b"reps 3")
        os.close(write_end)
        assert lines.arrived() == ["reps 3"]
        assert lines.arrived() == []
    with pytest.raises(io.UnsupportedOperation):
        PromptLines(io.StringIO("rest"))
