"""Sessions of the simulated person, recorded through the real wire, loop and recorder without waiting."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from calibration import Calibration
from device import SampleChunk
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Rep, Zone
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.loop import Loop
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.setup import Expected, Setup
from emgfeedback.simulation.source import SimulatedSource
from emgfeedback.sources import open_source

ZONE = Zone(0.5, 0.65)
CHAIN = ChainSettings()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session file, and what was seen live while it was made."""

    path: Path
    chunks: tuple[SampleChunk, ...]
    reps: tuple[Rep, ...]
    calibration: Calibration


def open_simulation(url: str) -> SimulatedSource:
    """A simulated source that does not wait for the clock."""
    source = open_source(url)
    assert isinstance(source, SimulatedSource)
    return source


def perfect(source: SimulatedSource) -> Calibration:
    """The person's own calibration."""
    return source.perfect_calibration(CHAIN, "2025-03-01T10:00:00+01:00", "kim")


def record(
    path: Path,
    url: str,
    seconds: float,
    changes: dict[int, Setup] | None = None,
    asked: dict[int, Expected] | None = None,
) -> Recorded:
    """Record a set; ``changes`` and what is ``asked`` come once the stream has passed their sample index."""
    source = open_simulation(url)
    calibration = perfect(source)
    header = SessionHeader(
        source.info,
        CHAIN,
        calibration,
        {"right": ZONE},
        "kim",
        "bridge",
        isolated=True,
        power="battery",
        started_host_s=source.clock(),
    )
    recorder = Recorder(path, header, waits=True)
    chunks: list[SampleChunk] = []
    reps: list[Rep] = []

    def keep(chunk: SampleChunk, frame: object) -> None:
        chunks.append(chunk)

    loop = Loop(source, recorder=recorder, sinks=[keep])
    coming = sorted((changes or {}).items(), key=lambda change: change[0])
    asking = sorted((asked or {}).items(), key=lambda each: each[0])
    while loop.stop < seconds * source.info.sfreq_hz:
        frame = loop.step()
        reps += frame.reps if frame else ()
        if coming and loop.stop >= coming[0][0]:
            loop.change(coming.pop(0)[1])
            recorder.marker(loop.stop, "changed")
        if asking and loop.stop >= asking[0][0]:
            _, expected = asking.pop(0)
            loop.expect(resting=expected.resting, squeezing=expected.squeezing)
    loop.close()
    assert recorder.failed == ""
    return Recorded(path, tuple(chunks), tuple(reps), calibration)


def copy_without(path: Path, target: Path, *statements: str) -> Path:
    """A copy of a session file, changed by SQL statements."""
    shutil.copy(path, target)
    database = sqlite3.connect(target)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return target
