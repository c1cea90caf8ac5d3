"""A real PulseAudio server with a null sink, and an ear on its monitor: what was heard, and when."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from command_line import wait_for
from numpy.typing import NDArray

RATE_HZ = 22_050
#: s. Blocks in which loudness is measured; of full scale: what is louder is sound.
BLOCK_S, LOUD = 0.02, 0.003
TOOLS = ("pulseaudio", "pactl", "parec", "paplay", "espeak-ng", "spd-say")


def missing() -> str:
    """Which programs of these tests are not on this machine, in a sentence, or ``""``."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"not on this machine: {', '.join(lacking)}" if lacking else ""


@dataclass
class Ear:
    """What the sink has played. Times are of ``time.monotonic``."""

    samples: bytearray = field(default_factory=bytearray)
    #: The earliest moment that fits the arrival of every piece.
    began_s: float = np.inf

    def listen(self, stream: "subprocess.Popen[bytes]") -> None:
        assert stream.stdout is not None
        while piece := os.read(stream.stdout.fileno(), 4096):
            self.samples += piece
            self.began_s = min(self.began_s, time.monotonic() - len(self.samples) / 2 / RATE_HZ)

    def loudness(self, first_s: float, last_s: float) -> NDArray[np.float64]:
        """RMS of the blocks within a stretch of time."""
        whole = np.frombuffer(bytes(self.samples[: len(self.samples) // 2 * 2]), "<i2") / 32768.0
        first, last = (max(0, round((at_s - self.began_s) * RATE_HZ)) for at_s in (first_s, last_s))
        width = round(BLOCK_S * RATE_HZ)
        part = whole[first:last]
        return np.sqrt(np.mean(part[: len(part) // width * width].reshape(-1, width) ** 2, axis=1))

    def hears(self, first_s: float, last_s: float) -> bool:
        """Whether anything sounds within a stretch of time."""
        return bool(np.any(self.loudness(first_s, last_s) > LOUD))

    def first_heard_s(self, first_s: float, last_s: float) -> float:
        """When it first sounds within a stretch of time; NaN if it does not."""
        loud = np.flatnonzero(self.loudness(first_s, last_s) > LOUD)
        return first_s + BLOCK_S * float(loud[0]) if len(loud) else np.nan


@dataclass(frozen=True)
class SoundServer:
    """``environment`` makes a program play here, and nowhere else."""

    environment: dict[str, str]
    ear: Ear
    process: "subprocess.Popen[bytes]"


@contextmanager
def sound_server(folder: Path, *, listens: bool = True) -> Iterator[SoundServer]:
    """The server, for as long as the block runs; it keeps all that it writes in ``folder``.

    An ear keeps the sink awake; where nobody ``listens`` it sleeps for up to 2 s at a time.
    """
    folder.mkdir(mode=0o700)
    socket = folder / "native"
    environment = {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "PULSE_SERVER": f"unix:{socket}"}
    own = {**os.environ, **environment}
    command = ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "-n"]
    command += [f"--load=module-null-sink sink_name=ear rate={RATE_HZ} channels=1"]
    command += [f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1"]
    quiet = subprocess.DEVNULL
    # The server must not find the address that its clients use: it would take itself for another one.
    alone = {name: value for name, value in own.items() if name != "PULSE_SERVER"}
    with subprocess.Popen(command, env=alone, stdout=quiet, stderr=quiet) as server:
        try:
            asked = ["pactl", "info"]
            wait_for(
                lambda: subprocess.run(asked, env=own, capture_output=True).returncode == 0, "PulseAudio"
            )
            ear = Ear()
            with ExitStack() as stack:
                if listens:
                    stack.enter_context(_listening(ear, own))
                yield SoundServer(environment, ear, server)
        finally:
            server.terminate()
            stop_dispatcher(folder)


@contextmanager
def _listening(ear: Ear, environment: dict[str, str]) -> Iterator[None]:
    command = ["parec", "--device=ear.monitor", f"--rate={RATE_HZ}", "--channels=1", "--format=s16le"]
    command += ["--raw", "--latency-msec=20"]
    quiet, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=quiet) as stream:
        thread = threading.Thread(target=ear.listen, args=(stream,), name="ear")
        thread.start()
        try:
            wait_for(lambda: len(ear.samples) > RATE_HZ, "the ear")
            yield
        finally:
            stream.terminate()
            thread.join()


def stop_dispatcher(folder: Path) -> None:
    """End the speech dispatcher that ``spd-say`` started for this folder, if it did."""
    file = folder / "speech-dispatcher" / "pid" / "speech-dispatcher.pid"
    if file.exists():
        os.kill(int(file.read_text()), 15)
