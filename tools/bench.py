"""How much cheaper than its peers: ``python3 tools/bench.py [wire] [reader] [pipeline] [signal] [window]``.

Without a name: the first three.

Prints ratios of medians over ``--repeats`` rounds that are interleaved in one run. The absolute figures
beside them move with the machine; only the ratios are meant to be quoted. Everything runs under one Python,
that of ``.venv-bench``, which is made on first use: this clone with its ``bench`` extra, and chordspy without
its dependencies (its pins exclude ours). ``--chords-python PATH`` runs the peers under another Python.

wire      CPU per 2-channel sample: our codec and our whole source against chordspy's own parser, the same
          samples in each one's own framing, at 1 kHz, in reads of 4 to 8 ms
reader    CPU and delay of reading a pseudo-terminal: SerialLink.read against read(in_waiting or 1)
pipeline  CPU per chunk of 16 samples, 2 channels: our filters and envelope alone ("chain"), and all of
          Pipeline.push (contact, share, reps, too), against BrainFlow's re-filtered window and a SciPy
          script, which do filters and envelope
signal    CPU of envelope and share, of a minute, of an hour and per chunk of 16 samples, and of all that is
          found in a minute, against NeuroKit2, BioSPPy, BrainFlow and a SciPy script
window    CPU of the window while a set runs, board and all, against a plain pyqtgraph dashboard and against
          chordspy's own envelope window (in ``.venv-bench-chords``, its LSL inlet replaced); the start of the
          process to the first live picture against a window of pyqtgraph, SciPy and pyserial; and how much
          memory ``--minutes`` of signal cost. Needs the ``window`` extra, and a screen or Xvfb.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from environment import ROOT, SetupError, ensure, program, use_new_python, with_home

RATE_HZ = 1000
SEED = 20
#: Subjects of their own, measured only when asked for; the second needs a screen.
SIGNAL, WINDOW = "signal", "window"


@dataclass(frozen=True)
class Duel:
    """One line of the result: a figure of ours against a peer's, and the ratio that the project promises."""

    ours: str
    peer: str
    figure: str
    unit: str
    #: Least value of peer / ours.
    promised: float


def prepare_wire(folder: Path, seconds: float) -> None:
    """Ten-bit counts of two resting sensors, and when the pieces of the stream arrive."""
    import numpy as np

    random = np.random.default_rng(SEED)
    samples = np.clip(random.normal(512, 40, (int(seconds * RATE_HZ), 2)).round(), 0, 1023).astype(np.int64)
    cuts_s = np.cumsum(random.uniform(0.004, 0.008, int(seconds / 0.004)))
    np.save(folder / "samples.npy", samples)
    np.save(folder / "cuts_s.npy", cuts_s[cuts_s < seconds])
    (folder / "rate.json").write_text(json.dumps(RATE_HZ))


def prepare_reader(folder: Path, seconds: float) -> None:
    """One record of ten bytes every millisecond."""
    options = {"records": int(seconds * RATE_HZ), "period_s": 1.0 / RATE_HZ}
    (folder / "options.json").write_text(json.dumps(options))


def prepare_pipeline(folder: Path, seconds: float) -> None:
    """Two channels of noise whose strength comes and goes, in µV, for chunks of 16 samples."""
    import numpy as np

    random = np.random.default_rng(SEED)
    times_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    strength_uv = 10 + 140 * np.clip(np.sin(2 * np.pi * times_s / 4.0), 0, None)[:, None]
    np.save(folder / "microvolts.npy", random.normal(0, 1, (len(times_s), 2)) * strength_uv)
    (folder / "options.json").write_text(json.dumps({"chunk": 16, "rate": RATE_HZ}))


SUBJECTS = {
    "wire": (
        prepare_wire,
        (
            Duel("codec", "chords", "ns", "ns a sample", 20.0),
            Duel("source", "chords", "ns", "ns a sample", 5.0),
        ),
    ),
    "reader": (prepare_reader, (Duel("link", "available-or-one", "cpu_percent", "% of a core", 2.0),)),
    "pipeline": (
        prepare_pipeline,
        (
            Duel("chain", "brainflow", "us", "µs a chunk", 5.0),
            Duel("chain", "script", "us", "µs a chunk", 5.0),
            Duel("pipeline", "brainflow", "us", "µs a chunk", 5.0),
            Duel("pipeline", "script", "us", "µs a chunk", 5.0),
        ),
    ),
}


def bench(subject: str, peers_python: str, repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """Interleave all contestants of one subject and print its lines; returns their medians."""
    from bench_worker import Contestant, interleave

    prepare, duels = SUBJECTS[subject]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        prepare(folder, seconds)
        contestants = {}
        for duel in duels:
            for role, python, script in (
                (duel.ours, sys.executable, "bench_ours.py"),
                (duel.peer, peers_python, "bench_peers.py"),
            ):
                if role not in contestants:
                    contestants[role] = stack.enter_context(Contestant(python, script, role, name))
        medians = interleave(contestants, repeats)
    print(f"{subject}: medians of {repeats} interleaved rounds of {seconds:g} s of data")
    for duel in duels:
        print_duel(duel, medians)
    return medians


def print_duel(duel: Duel, medians: dict[str, dict[str, float]]) -> None:
    """One line: both figures, their ratio, and whether the promise is kept."""
    ours, peer = medians[duel.ours], medians[duel.peer]
    ratio = peer[duel.figure] / ours[duel.figure]
    kept = "kept" if ratio >= duel.promised else "NOT KEPT"
    print(
        f"  {duel.ours} {ours[duel.figure]:.4g}, {duel.peer} {peer[duel.figure]:.4g} {duel.unit}: "
        f"{ratio:.1f} times cheaper (promised {duel.promised:g}: {kept})"
    )
    for role in (duel.ours, duel.peer):
        if "p99_ms" in medians[role]:
            late = medians[role]
            print(f"  {role}: delay median {late['p50_ms']:.2f} ms, p99 {late['p99_ms']:.2f} ms")


def bench_the_window(asked: argparse.Namespace) -> None:
    """All of the subject window. Raises ``ContestantError`` and ``SetupError``."""
    import bench_window

    python = asked.chords_python or str(bench_window.chords_environment())
    bench_window.bench(python, asked.repeats, asked.seconds, asked.minutes)


def bench_python() -> str:
    """The Python of ``.venv-bench``, made if need be. Raises ``SetupError``."""
    venv = ROOT / ".venv-bench"
    python = ensure(venv, extras="bench,window", editable=True)
    environ = with_home(dict(os.environ), venv)
    known = subprocess.run([str(python), "-m", "pip", "show", "-q", "chordspy"], capture_output=True)
    if known.returncode != 0:
        command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "chordspy"]
        if subprocess.run(command, env=environ).returncode != 0:
            raise SetupError("pip could not install chordspy; its own words stand above.")
    return str(program(venv, "python"))


def main() -> int:
    """Become the bench environment's Python, then measure what was asked."""
    use_new_python(__file__)
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help="wire, reader, pipeline, signal, window"
    )
    parser.add_argument("--repeats", type=int, default=9, help="rounds that count (default 9)")
    parser.add_argument("--seconds", type=float, default=10.0, help="seconds of data in a round (default 10)")
    parser.add_argument("--minutes", type=float, default=60.0, help="of signal in the test of memory")
    parser.add_argument("--chords-python", metavar="PATH", help="Python that has the peers")
    parser.add_argument("--here", action="store_true", help="measure ours with this Python, too")
    asked = parser.parse_args()
    for subject in asked.subjects:
        if subject not in (*SUBJECTS, SIGNAL, WINDOW):
            parser.error(f"there is no subject {subject}; there are {', '.join((*SUBJECTS, SIGNAL, WINDOW))}")
    if not asked.here:
        try:
            python = bench_python()
        except (SetupError, OSError) as error:
            print(error, file=sys.stderr)
            return 1
        command = [python, __file__, "--here", *sys.argv[1:]]
        return subprocess.run(command, env=with_home(dict(os.environ), ROOT / ".venv-bench")).returncode
    return measure(asked)


def measure(asked: argparse.Namespace) -> int:
    """Every subject asked for; 1 when a contestant gives no reading."""
    from bench_worker import ContestantError

    for subject in asked.subjects or SUBJECTS:
        try:
            if subject == WINDOW:
                bench_the_window(asked)
            elif subject == SIGNAL:
                import bench_signal

                bench_signal.bench(asked.chords_python or sys.executable, asked.repeats)
            else:
                bench(subject, asked.chords_python or sys.executable, asked.repeats, asked.seconds)
        except (ContestantError, SetupError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
