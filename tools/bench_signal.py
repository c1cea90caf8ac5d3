"""The signal chain against other people's libraries. See ``tools/bench.py signal``.

Every library gets the same two channels and does with them what its own users would do. One process a
library, rounds interleaved, medians. The promises are for ours and theirs with a stop of mains; beside
them stand the same ratios for the band-pass alone.
"""

import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench_worker import Contestant, Reading, interleave

OURS, PEERS = "bench_signal_ours.py", "bench_signal_peers.py"
LIBRARIES = ("neurokit2", "biosppy", "brainflow", "scipy")
RATE_HZ, SEED, CHUNK = 1000, 20, 16
#: s. Of signal in the offline tasks, streamed by the slow libraries, and in the hour; rounds of the hour.
OFFLINE_S, STREAM_S, HOUR_S = 60.0, 6.0, 3600.0
HOUR_REPEATS = 5


@dataclass(frozen=True)
class Line:
    """A figure of ours, the libraries' own figure for the same, and the least ratio promised to each."""

    title: str
    ours: str
    theirs: str
    unit: str
    promised: dict[str, float]


#: Between all libraries, with the band-pass alone.
LINES = (
    Line("offline, a minute to envelope and share", "offline_ms", "offline_ms", "ms", {}),
    Line("streaming, envelope and share", "chain_us", "stream_us", "µs", {}),
    Line("a minute with what is found in it", "found_ms", "found_ms", "ms", {}),
)
LIVE = (
    Line(
        "streaming, envelope and share",
        "chain_us",
        "stream_us",
        "µs",
        {"brainflow": 6.0, "mne-lsl-style": 10.0},
    ),
    Line("streaming, whole Pipeline.push", "push_us", "stream_us", "µs", {"brainflow": 0.5}),
)
HOUR = (
    Line("an hour to envelope and share, in a new process", "hour_s", "hour_s", "s", {"brainflow": 1.0}),
    Line("the same once more in that process", "again_s", "again_s", "s", {}),
    Line("an hour, the whole pipeline, in a new process", "analysis_s", "hour_s", "s", {"brainflow": 0.1}),
    Line("the same against the second hour of theirs", "analysis_s", "again_s", "s", {}),
)
#: MB that the highest memory may grow from a tenth of the hour to its end.
FLAT_MB = 1.0


def prepare(folder: Path, seconds: float, stream_s: float = STREAM_S, *, mains: bool = False) -> None:
    """Two muscles' noise in µV, whose strength comes and goes every four seconds, and that strength."""
    random = np.random.default_rng(SEED)
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    strength_uv = 10.0 + 140.0 * np.clip(np.sin(2.0 * np.pi * times_s / 4.0), 0.0, None)[:, None]
    np.save(folder / "microvolts.npy", random.normal(0.0, 1.0, (len(times_s), 2)) * strength_uv)
    np.save(folder / "strength.npy", strength_uv[:, 0])
    options = {"rate": RATE_HZ, "chunk": CHUNK, "stream": round(stream_s * RATE_HZ), "mains": mains}
    (folder / "options.json").write_text(json.dumps(options))


def measured(
    python: str,
    libraries: tuple[str, ...],
    seconds: float,
    repeats: int,
    subject: str,
    *,
    mains: bool = False,
) -> dict[str, Reading]:
    """Medians of ours and of each library; ``mains``: all stop it. Raises ``ContestantError``."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        prepare(Path(name), seconds, seconds if subject == "live" else STREAM_S, mains=mains)
        ours = Contestant(sys.executable, OURS, subject, name)
        contestants = {"ours": stack.enter_context(ours)}
        for library in libraries:
            contestants[library] = stack.enter_context(Contestant(python, PEERS, library, name, subject))
        return interleave(contestants, repeats)


def bench(python: str, repeats: int) -> None:
    """All lines of the subject signal, the libraries under ``python``. Raises ``ContestantError``."""
    print(f"signal: medians of {repeats} interleaved rounds, 2 channels at {RATE_HZ} Hz, chunks of {CHUNK}")
    for mains in (True, False):
        print("band-pass and a stop of mains, ours and theirs:" if mains else "band-pass alone:")
        bench_promised(python, repeats, mains=mains)
    medians = measured(python, LIBRARIES, OFFLINE_S, repeats, "minute")
    print("all libraries, band-pass alone:")
    for line in LINES:
        print_line(line, medians)


def bench_promised(python: str, repeats: int, *, mains: bool) -> None:
    """The lines with a promise, with a stop of mains or without. Raises ``ContestantError``."""
    medians = measured(python, ("brainflow", "mne-lsl-style"), OFFLINE_S, repeats, "live", mains=mains)
    for line in LIVE:
        print_line(line, medians, judged=mains)
    repeats = min(HOUR_REPEATS, repeats)
    medians = measured(python, ("brainflow",), HOUR_S, repeats, "hour", mains=mains)
    for line in HOUR:
        print_line(line, medians, judged=mains)
    grown, kept = medians["ours"]["grown_mb"], verdict(medians["ours"]["grown_mb"] <= FLAT_MB)
    print(f"  memory from minute {HOUR_S / 600:g} to minute {HOUR_S / 60:g}: {grown:+.1f} MB ({kept})")


def verdict(kept: bool) -> str:  # noqa: FBT001 (one word)
    """Whether a promise is kept, in words."""
    return "kept" if kept else "NOT KEPT"


def print_line(line: Line, medians: dict[str, Reading], *, judged: bool = True) -> None:
    """Our figure, and each library's with its ratio to ours; ``judged``: with the promise."""
    ours = medians["ours"][line.ours]
    print(f"  {line.title}: {ours:.4g} {line.unit}")
    for library, reading in medians.items():
        if library == "ours" or line.theirs not in reading:
            continue
        ratio = reading[line.theirs] / ours
        least = line.promised.get(library) if judged else None
        kept = "" if least is None else f" (promised {least:g}: {verdict(ratio >= least)})"
        print(f"    {library} {reading[line.theirs]:.4g} {line.unit}: {ratio:.2g} times ours{kept}")
