"""The guided calibration on a running loop: frames in, prompts and a record out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from calibration.plan import ChannelSpec, Plan
from calibration.prompt import Part, ProcedureEvent, Prompt
from calibration.protocol import Procedure
from calibration.record import Calibration
from device.stream import SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Contact, Frame

#: What the record says about leads that were found swapped.
LEADS: Final = "leads"
LEADS_PUT_RIGHT: Final = "found swapped, names put right"


def now_local() -> str:
    """The wall clock as ISO 8601 with the local offset, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def specs_of(info: StreamInfo) -> list[ChannelSpec]:
    """The columns of a stream as a procedure knows them."""
    return [ChannelSpec(c.pin, c.muscle, c.side, c.signal, c.gain, c.uv_per_count) for c in info.channels]


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive hops with the same contact of every channel, as rows of a frame."""

    first: int
    last: int


class Guided(Protocol):
    """What guides the wearer: a calibration, or the check of one."""

    @property
    def prompt(self) -> Prompt:
        """What the wearer does now."""

    @property
    def specs(self) -> tuple[ChannelSpec, ...]:
        """Its columns, under the names that hold now."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that this course has, in order."""

    @property
    def expected(self) -> tuple[bool, tuple[int, ...]]:
        """Whether all should rest now, and the columns that must give something now or are dead."""

    def push(
        self,
        emg_uv: NDArray[np.float64],
        envelope_uv: NDArray[np.float64],
        contact: Sequence[str],
        start: int | None = None,
    ) -> tuple[ProcedureEvent, ...]:
        """Take samples; what happened in them."""


#: Told whether all should rest, and which columns must give something now.
Expect = Callable[[bool, tuple[int, ...]], None]


class GuidedStage:
    """A sink: gives each frame to the procedure and tells of new prompts and events.

    ``on_prompt`` is called when the prompt asks for something else; a simulated person listens there.
    ``expect`` is told whether all should rest, and which columns must give something now or are dead:
    the contact check names tension and a dead channel only then.
    """

    procedure: Guided

    def __init__(
        self, guided: Guided, plan: Plan, on_prompt: Callable[[Prompt], None], expect: Expect
    ) -> None:
        self.plan = plan
        self.events: list[ProcedureEvent] = []
        self.procedure = guided
        self._on_prompt = on_prompt
        self._expect = expect
        self._expected: tuple[bool, tuple[int, ...]] = (False, ())
        self._asked: tuple[str, str, str, str, float] | None = None

    @property
    def prompt(self) -> Prompt:
        """What the wearer does now."""
        return self.procedure.prompt

    @property
    def finished(self) -> bool:
        """Whether the procedure is done or has failed."""
        return self.prompt.kind in ("done", "failed")

    def __call__(self, _chunk: SampleChunk, frame: Frame) -> None:
        self._ask()
        for run in _runs(frame):
            self.events.extend(self._push(frame, run))
        self._ask()
        if self.procedure.expected != self._expected:
            self._expected = self.procedure.expected
            self._expect(*self._expected)

    def _push(self, frame: Frame, run: _Run) -> tuple[ProcedureEvent, ...]:
        rows = slice(run.first * frame.hop, run.last * frame.hop)
        contact = [Contact(int(code)).name for code in frame.quality[run.first]]
        lost = frame.blank[rows]
        return self.procedure.push(
            _without(frame.emg_uv[rows], lost),
            _without(frame.envelope_uv[rows], lost),
            contact,
            int(frame.hops[run.first]) * frame.hop,
        )

    def _ask(self) -> None:
        prompt = self.prompt
        asked = (prompt.kind, prompt.muscle, prompt.side, prompt.position, prompt.effort)
        if asked != self._asked:
            self._asked = asked
            self._on_prompt(prompt)


class CalibrationStage(GuidedStage):
    """The guided calibration of the muscles in ``info``. Nobody reads safety lines to a simulated person."""

    procedure: Procedure

    def __init__(
        self,
        info: StreamInfo,
        plan: Plan,
        on_prompt: Callable[[Prompt], None],
        expect: Expect = lambda _resting, _squeezing: None,
    ) -> None:
        if info.simulated:
            plan = replace(plan, safety_pace=0.0)
        super().__init__(Procedure(specs_of(info), info.sfreq_hz, plan), plan, on_prompt, expect)
        self._info = info

    def calibration(self, wearer: str, settings: ChainSettings) -> Calibration:
        """The finished record, dated now. Raises ``ValueError`` before it is done."""
        return self.procedure.calibration(
            wearer=wearer,
            created=now_local(),
            board_id=self._info.source_id,
            simulated=self._info.simulated,
            chain=settings.as_record() | ({LEADS: LEADS_PUT_RIGHT} if self.procedure.swapped else {}),
        )


def _without(values: NDArray[np.float64], lost: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(lost[:, None], np.nan, values) if lost.any() else values


def _runs(frame: Frame) -> Iterator[_Run]:
    """Cut a frame where contact changes or hops jump: the procedure then sees the same at any chunking."""
    n_hops = len(frame.hops)
    if not n_hops:
        return
    changed = np.any(frame.quality[1:] != frame.quality[:-1], axis=1) | (np.diff(frame.hops) != 1)
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), n_hops]
    for first, last in pairwise(edges):
        yield _Run(first, last)
