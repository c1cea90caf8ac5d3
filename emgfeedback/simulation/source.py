"""The simulated person as a ``Source``: through the real wire bytes, decoder and timeline."""

from collections.abc import Callable

from calibration import Calibration
from device.board_link import BoardLink
from device.framed import FramedSource
from device.handshake import StreamRequest
from device.source import Source
from device.stream import SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.simulation.board import SimulatedBoard
from emgfeedback.simulation.faults import Fault
from emgfeedback.simulation.person import Person

#: s. How far a virtual clock goes when the board is asked for and is not there.
WAIT_S = 0.5


class SimulatedSource(Source):
    """Samples of ``person``, marked as simulated. Sample indices are those of the person.

    With ``fast`` nothing waits: ``clock`` and ``sleep`` are those of the board's own time, and the
    source is not ``live`` (whoever reads it sets the pace). Raises what ``FramedSource`` raises,
    and ``DeviceNotFound`` while the board is unplugged.
    """

    def __init__(
        self,
        simulated: SimulatedBoard,
        request: StreamRequest,
        clock: Callable[[], float],
        *,
        fast: bool = False,
    ) -> None:
        super().__init__()
        self.live = not fast
        self._parts = (simulated, request, clock)
        link = BoardLink(simulated.board, None if fast else clock, realtime=not fast)
        self.clock: Callable[[], float] = link.clock
        self.sleep: Callable[[float], None] = link.sleep
        self._framed = FramedSource(link, request, simulated.scene.channels, link.clock, simulated=True)
        self.stats = self._framed.stats

    @property
    def info(self) -> StreamInfo:
        """See ``Source.info``."""
        return self._framed.info

    @property
    def person(self) -> Person:
        """Who is behind the samples: tell it what to do, ask it for the truth."""
        return self._parts[0].person

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What goes wrong on purpose, and when."""
        return self._parts[0].scene.faults

    def perfect_calibration(self, chain: ChainSettings, created: str, wearer: str) -> Calibration:
        """The person's own calibration for this stream; ``created`` is ISO 8601 with offset."""
        return self.person.perfect_calibration(self.info, chain, created, wearer)

    def reopen(self) -> "SimulatedSource":
        """Open the same board with the same person again, whose time has gone on.

        Raises ``DeviceNotFound`` while the board is unplugged.
        """
        simulated, request, clock = self._parts
        if not simulated.wait_for_replug(self.clock()) and not self.live:
            self.sleep(WAIT_S)
        return SimulatedSource(simulated, request, clock, fast=not self.live)

    @property
    def drift_ppm(self) -> float | None:
        """See ``Source.drift_ppm``."""
        return self._framed.drift_ppm

    def _read(self, timeout_s: float) -> SampleChunk | None:
        return self._framed.read(timeout_s)

    def _close(self) -> None:
        self._framed.close()
