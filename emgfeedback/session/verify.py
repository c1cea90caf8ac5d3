"""Whether a session file is what was recorded, and whether its numbers can be made again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from emgfeedback import __version__
from emgfeedback.frame import Rep
from emgfeedback.session.analysis import rebuild
from emgfeedback.session.digest import SampleDigest, content_digest, reps_digest
from emgfeedback.session.errors import SessionError
from emgfeedback.session.file import SessionFile

Level = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a file; an ``error`` means that it is not as it was written."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify`` found. ``digest`` covers indices, counts and the rep table as stored."""

    path: Path
    findings: tuple[Finding, ...]
    complete: bool
    simulated: bool
    n_samples: int
    n_lost: int
    n_reps: int
    digest: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; a recording that was cut off can be all right."""
        return not any(finding.level == "error" for finding in self.findings)


def verify(path: Path | str) -> Verdict:
    """Read the whole file and check it against itself.

    Raises ``SessionError`` when it is no session file, is of a newer format, or is too damaged to
    be opened; any lesser damage is a finding.
    """
    with SessionFile(path) as session:
        return _Examination(session).verdict()


def digest(path: Path | str) -> str:
    """SHA-256 over sample indices, counts and reps, however the samples were cut into chunks.

    Two recordings of the same samples that led to the same reps have the same digest.
    Raises ``SessionError``.
    """
    with SessionFile(path) as session:
        samples = SampleDigest()
        for chunk in session.chunks():
            samples.add(chunk)
        return content_digest(samples.hexdigest(), session.reps())


class _Examination:
    """One file under examination: each check adds its findings."""

    def __init__(self, session: SessionFile) -> None:
        self.session = session
        self.findings: list[Finding] = []
        self.complete = False
        self.n_samples = 0
        self.n_lost = 0
        self.reps: tuple[Rep, ...] = ()
        self.samples_sha256 = ""

    def verdict(self) -> Verdict:
        """Run all checks."""
        for check in (self._storage, self._samples, self._rest, self._end, self._reps):
            self._run(check)
        return Verdict(
            self.session.path,
            tuple(self.findings),
            self.complete,
            self.session.info.simulated,
            self.n_samples,
            self.n_lost,
            len(self.reps),
            content_digest(self.samples_sha256, self.reps),
        )

    def _run(self, check: Callable[[], Iterator[Finding]]) -> None:
        try:
            self.findings += check()
        except SessionError as error:
            finding = Finding("error", str(error))
            if finding not in self.findings:
                self.findings.append(finding)

    def _storage(self) -> Iterator[Finding]:
        for trouble in self.session.integrity():
            yield Finding("error", f"SQLite finds the file damaged: {trouble}.")

    def _samples(self) -> Iterator[Finding]:
        """Every sample is as it was written, and every jump of the index has its row."""
        samples, jumps, stop = SampleDigest(), set(), None
        for chunk in self.session.chunks():
            samples.add(chunk)
            self.n_samples += len(chunk.counts)
            if chunk.lost:
                jumps.add((chunk.start - chunk.lost, chunk.lost))
            stop = chunk.stop
        self.samples_sha256 = samples.hexdigest()
        if self.session.damage:
            yield Finding("error", self.session.damage)
        gaps = {(gap.start, gap.n_samples) for gap in self.session.gaps() if gap.start != stop}
        self.n_lost = sum(gap.n_samples for gap in self.session.gaps())
        for start, n_lost in sorted(jumps - gaps):
            yield Finding("error", f"{n_lost} samples from index {start} on are missing, and no gap says so.")
        for start, n_lost in sorted(gaps - jumps):
            yield Finding("error", f"A gap of {n_lost} samples is noted at index {start}, but none is there.")

    def _rest(self) -> Iterator[Finding]:
        """The other tables can be read."""
        self.session.markers()
        self.session.events()
        self.session.summary()
        return iter(())

    def _end(self) -> Iterator[Finding]:
        self.complete = self.session.complete
        if not self.complete:
            stop_s = self.session.span[1] / self.session.info.sfreq_hz
            yield Finding("note", f"The recording was cut off at {stop_s:.1f} s; all up to there is kept.")
        elif self.session.seal != self.session.seal_now(self.samples_sha256):
            yield Finding("error", "The content is not as it was when the recording was closed.")

    def _reps(self) -> Iterator[Finding]:
        """Replay makes the rep table again, to the last bit."""
        again = rebuild(self.session)
        if not self.session.has_table("rep"):
            yield Finding("note", f"The rep table is missing; the samples give {len(again)} reps.")
            return
        self.reps = self.session.reps()
        # A recording that was cut off may lack the reps of its last moments.
        expected = again if self.complete else again[: len(self.reps)]
        if reps_digest(self.reps) == reps_digest(expected):
            return
        made_by = self.session.header.versions.get("emgfeedback", "unknown")
        text = f"The file holds {len(self.reps)} reps, replay gives {len(again)} reps or others"
        if made_by != __version__:
            yield Finding("note", f"{text}: it was made by emgfeedback {made_by}, this is {__version__}.")
        else:
            yield Finding("error", f"{text}.")
