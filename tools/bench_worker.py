"""Measuring in rounds: each contestant is a process of its own, and the rounds are interleaved.

A contestant is a script that prepares itself and then answers every line ``go`` on its standard input with
one line of JSON. All of them so run under the same harness, in the same minute of the same machine; only
ratios of their medians mean anything.
"""

import json
import os
import statistics
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent

Reading = dict[str, float]


class ContestantError(RuntimeError):
    """A contestant ended or said something else than a reading; the message holds its last words."""


class Contestant:
    """One running script, ready for rounds. Use as a context manager."""

    def __init__(self, python: str, script: str, *arguments: str) -> None:
        self.name = " ".join((script, *arguments[:1]))
        command = [python, str(ROOT / "tools" / script), *arguments]
        pipe = subprocess.PIPE
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environ, text=True, stdin=pipe, stdout=pipe, stderr=pipe
        )

    def go(self) -> Reading:
        """One round. Raises ``ContestantError``."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write("go\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer.startswith("{"):
            process.kill()
            said = (answer + process.communicate()[1]).strip().splitlines()
            raise ContestantError(f"{self.name} gave no reading: {said[-1] if said else 'it ended'}.")
        reading: Reading = json.loads(answer)
        return reading

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()


def answer_rounds(measure: Callable[[], Mapping[str, float]]) -> None:
    """A contestant's main loop: one reading for every line that comes, until the input ends."""
    for _ in sys.stdin:
        print(json.dumps(dict(measure())), flush=True)


def in_child(measure: Callable[[], Mapping[str, float]]) -> Reading:
    """One reading from a copy of this process: a large task finds no memory that the last one freed."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        failed = True
        try:
            with os.fdopen(write, "w") as out:
                json.dump(dict(measure()), out)
            failed = False
        finally:
            if failed:
                traceback.print_exc()
            os._exit(failed)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    if os.waitpid(child, 0)[1]:
        raise ContestantError("a round ended without a reading; its last words stand above")
    reading: Reading = json.loads(said)
    return reading


def interleave(contestants: Mapping[str, Contestant], repeats: int) -> dict[str, Reading]:
    """Medians of each reading over ``repeats`` rounds, after one that is thrown away."""
    rounds: dict[str, list[Reading]] = {name: [] for name in contestants}
    for number in range(repeats + 1):
        for name, contestant in contestants.items():
            reading = contestant.go()
            if number:
                rounds[name].append(reading)
    return {name: medians(readings) for name, readings in rounds.items()}


def medians(readings: Sequence[Reading]) -> Reading:
    """Median of every figure over the rounds."""
    return {figure: statistics.median(reading[figure] for reading in readings) for figure in readings[0]}
