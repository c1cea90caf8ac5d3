"""``emgfeedback simulate --pty``: the simulated person as a board on a pseudo-terminal, in real time."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TextIO

from calibration.atomic import write_atomically
from calibration.form import dump
from device.board_sampler import CountArray
from device.channel_map import ChannelMap
from device.handshake import StreamRequest
from device.pty_server import PtyServer, serve_on_pty
from emgfeedback.chain import ChainSettings
from emgfeedback.simulation.actions import DEFAULT_SCRIPT, parse_action
from emgfeedback.simulation.board import BOTH_LEGS, Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.faults import parse_faults
from emgfeedback.simulation.personas import persona_named
from emgfeedback.simulation.prompts import PromptLines
from emgfeedback.simulation.sent_log import SentLogWriter
from emgfeedback.simulation.source import SimulatedSource

#: s. How often the log is told of new reps.
TRUTH_EVERY_S = 0.5

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """What the user asked for. ``rate`` and ``oversample`` are those that the calibration is written for.

    Without ``channels`` the person wears glute and quad pads of both legs on A0 to A3.
    """

    persona: str = "balanced"
    exercise: str = "bridge"
    seed: int = 1
    channels: ChannelMap | None = None
    fault: str | None = None
    log: Path | None = None
    link: Path | None = None
    write_calibration: Path | None = None
    wearer: str = "simulated"
    rate: int = 1000
    oversample: int = 4

    def scene(self, *, prompted: bool) -> Scene:
        """What to simulate; a person who gets prompts waits for the first. Raises ``ValueError``."""
        channels = self.channels or BOTH_LEGS
        return Scene(
            persona=persona_named(self.persona),
            exercise=exercise_named(self.exercise),
            seed=self.seed,
            channels=channels,
            faults=parse_faults(self.fault or "", channels),
            script=() if prompted else DEFAULT_SCRIPT,
        )


def serve_pty(request: ServeRequest, announce: Announce, prompts: TextIO | None = None) -> None:
    """Serve until interrupted (Ctrl-C or SIGTERM). ``prompts`` is read line by line as it comes.

    Raises ``ValueError`` for what cannot be simulated and ``OSError`` for files and terminals that
    cannot be had.
    """
    if os.name != "posix":
        raise OSError("A pseudo-terminal can be had on Linux and macOS only; use --source sim: here.")
    scene = request.scene(prompted=prompts is not None)
    if request.write_calibration is not None:
        write_calibration(request, scene)
        announce(f"Perfect calibration written to {request.write_calibration}")
    log = SentLogWriter(request.log, scene, float(request.rate)) if request.log is not None else None
    serving = Serving(scene, float(request.rate), announce, prompts, log)
    try:
        with serve_on_pty(serving.simulated.board, request.link) as server, _interrupted_by(signal.SIGTERM):
            announce(f"Simulated person, {scene.persona.name}, as a board on {server.path}")
            announce(f"Use it with --source serial:{server.path}; stop it with Ctrl-C.")
            serving.run(server)
    except KeyboardInterrupt:
        announce("Stopped.")
    finally:
        serving.close()


def write_calibration(request: ServeRequest, scene: Scene) -> None:
    """Write the person's perfect calibration for the stream that ``request`` speaks of."""
    stream = StreamRequest(rate_hz=request.rate, oversample=request.oversample)
    created = datetime.now().astimezone().isoformat(timespec="seconds")
    with SimulatedSource(SimulatedBoard(scene), stream, time.monotonic, fast=True) as source:
        calibration = source.perfect_calibration(ChainSettings(), created, request.wearer)
    path = request.write_calibration
    if path is not None:
        try:
            write_atomically(path, dump(calibration).encode())
        except OSError as error:
            raise OSError(
                f"The calibration {path} cannot be written ({error.strerror}); choose another file."
            ) from error


class Serving:
    """One simulated board on its terminal: prompts in, faults on time, a log of all that was sent."""

    def __init__(
        self,
        scene: Scene,
        sfreq_hz: float,
        announce: Announce,
        prompts: TextIO | None = None,
        log: SentLogWriter | None = None,
    ) -> None:
        self.simulated = SimulatedBoard(scene, sfreq_hz, sent=self._sent if log else None)
        self._pins = [channel.pin_number for channel in scene.channels]
        self._announce = announce
        self._prompts = PromptLines(prompts) if prompts is not None else None
        self._log = log
        self._plugged = True
        self._truth_at_s = 0.0

    def run(self, server: PtyServer, going_on: Callable[[], bool] = lambda: True) -> None:
        """Serve as long as ``going_on()``."""
        while going_on():
            server.step()
            self._listen()
            self._mind_the_plug(server)
            if self._log is not None and server.board.now_s >= self._truth_at_s:
                self._truth_at_s = server.board.now_s + TRUTH_EVERY_S
                self._log.did(self.simulated.person.reps)

    def close(self) -> None:
        """Write the end of the log."""
        if self._log is not None:
            self._log.did(self.simulated.person.reps)
            self._log.close(self.simulated.person.position)

    def _listen(self) -> None:
        for line in self._prompts.arrived() if self._prompts is not None else ():
            try:
                action = parse_action(line)
            except ValueError as error:
                self._announce(str(error))
                continue
            person = self.simulated.person
            person.do(action)
            self._announce(f"{person.position / person.sfreq_hz:.3f} s: {action}")
            if self._log is not None:
                self._log.told(action, person.position)

    def _mind_the_plug(self, server: PtyServer) -> None:
        if self.simulated.replug_is_due:
            server.replug()
            self._plugged = True
            self._announce(f"Plugged in again: {server.path}")
        elif self._plugged and not server.board.plugged:
            server.unplug()
            self._plugged = False
            self._announce("Unplugged.")

    def _sent(self, start: int, counts: CountArray) -> None:
        pins = self.simulated.board.settings.pins
        worn = [column for column, pin in enumerate(pins) if pin in self._pins]
        columns = [self._pins.index(pins[column]) for column in worn]
        if self._log is not None:
            self._log.sent(start, counts[:, worn], columns)


@contextmanager
def _interrupted_by(number: int) -> Iterator[None]:
    """Within, the signal ``number`` ends the work as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.signal(number, before)
