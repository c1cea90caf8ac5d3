"""The shipped firmware on a simulated ATmega328P: with a script (fast, every run the same), or on a pty.

    run = Chip(build_firmware(), pins_mv=voltages, pins_hz=8000).run(2.0, dialogue(StreamRequest(), 2.0))
    run.messages, run.conversions, run.cpu(0.5, 1.5)

    with start_chip(pins_uv, sfreq_hz=4000) as chip:      # paced to the wall clock
        open_source(f"serial:{chip.path}")

Simulated in simavr 1.6, not measured on hardware; what the runner puts in place of simavr, and what it
leaves out, stands at the top of ``simavr_runner.c``.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from firmware_build import Firmware, build_firmware, build_runner
from numpy.typing import ArrayLike, NDArray

from device.handshake import StreamRequest
from device.messages import FromHost, Message
from device.wire import Decoder, Hello, Ping, Set, Start, Stop, Test, encode

CPU_HZ = 16_000_000
SUPPLY_MV = 5000.0
BAND_GAP_MV = 1100.0
BAND_GAP_INPUT = 14  # of the ADC's multiplexer
START_S = 0.2  # by then the chip has booted, measured its supply and taken SET

Script: TypeAlias = list[tuple[float, bytes]]

CONVERSION = np.dtype(
    [("asked", "<u8"), ("started", "<u8"), ("mv", "<f4"), ("code", "<u2"), ("input", "u1"), ("read", "u1")]
)


def dialogue(
    request: StreamRequest, seconds: float, test: int = 0, *, pings: bool = True, stop: bool = True
) -> Script:
    """What a host sends: HELLO, SET, TEST, START at 0.2 s, a PING each second, STOP 50 ms before the end."""
    setting = Set(request.rate_hz, request.oversample, request.encoding, request.k, request.pins)
    said: list[tuple[float, FromHost]] = [
        (0.10, Hello()),
        (0.13, setting),
        (0.16, Test(test)),
        (START_S, Start()),
    ]
    if pings:
        said += [(START_S + second, Ping(second)) for second in range(1, int(seconds) + 1)]
    if stop:
        said.append((seconds - 0.05, Stop()))
    said.sort(key=lambda row: row[0])
    return [(at, encode(message, seq)) for seq, (at, message) in enumerate(said)]


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip and what stands around it.

    ``pins_mv`` (n, n_pins) in mV from A0 on at ``pins_hz`` from power-on, then from its first row again;
    without it every pin is at mid-rail. ``linear`` joins the rows by lines. ``adc_phase`` >= 0: cycle,
    modulo the ADC's divider and counted from Timer1's last restart, of its clock's edges; -1: conversions
    start at once. ``stall`` (i, cycles): the i-th conversion since power-on is held up. ``slow_wire_s``
    (from, for): a byte takes 100 times as long. ``boot_s``: time before the first instruction.
    ``reset_cause``: what MCUSR holds then (1 power-on, 2 reset pin, 4 brown-out, 8 watchdog). ``eeprom``
    keeps the chip's EEPROM between runs. ``pins_file`` holds ``pins_mv`` as float32 rows of this many columns
    instead, and may be written while the chip runs.
    """

    firmware: Firmware
    pins_mv: NDArray[np.float32] | None = None
    pins_hz: float = 1000.0
    linear: bool = False
    supply_mv: float = SUPPLY_MV
    band_gap_mv: float = BAND_GAP_MV
    adc_phase: int = -1
    stall: tuple[int, int] | None = None
    slow_wire_s: tuple[float, float] | None = None
    boot_s: float = 0.0
    reset_cause: int = 1
    eeprom: Path | None = None
    pins_file: tuple[Path, int] | None = None

    def run(self, seconds: float, script: Iterable[tuple[float, bytes]] = ()) -> "Run":
        """Simulate ``seconds``; ``script`` rows are (time in s, bytes that the host begins to send then)."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _script_rows(script, self.firmware).tofile(folder / "script")
            logs = ("script", "conversions", "bytes", "idle")
            words = [word for log in logs for word in (f"--{log}", str(folder / log))]
            command = [*self.command(folder), *words, "--seconds", str(seconds)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr)
            return Run(
                conversions=np.fromfile(folder / "conversions", CONVERSION),
                wire=np.fromfile(folder / "bytes", "<u8").reshape(-1, 2),
                idle=np.fromfile(folder / "idle", "<u8").reshape(-1, 3),
                totals=json.loads(done.stdout),
            )

    def command(self, folder: Path) -> list[str]:
        """The runner's command line; files for it are written to ``folder``."""
        words: list[object] = ["--elf", self.firmware.elf, "--supply-mv", self.supply_mv]
        words += ["--band-gap-mv", self.band_gap_mv, "--adc-phase", self.adc_phase, "--boot", self.boot_s]
        words += ["--reset-cause", self.reset_cause]
        if self.pins_file is not None:
            path, columns = self.pins_file
            words += ["--pins", path, "--pin-columns", columns, "--pin-hz", self.pins_hz]
        elif self.pins_mv is not None:
            pins = np.ascontiguousarray(self.pins_mv, dtype="<f4")
            pins.tofile(folder / "pins")
            words += ["--pins", folder / "pins", "--pin-columns", pins.shape[1], "--pin-hz", self.pins_hz]
        if self.linear:
            words.append("--linear")
        if self.stall:
            words += ["--stall-at", self.stall[0], "--stall-cycles", self.stall[1]]
        if self.slow_wire_s:
            at, during = (int(seconds * CPU_HZ) for seconds in self.slow_wire_s)
            words += ["--slow-wire-at", at, "--slow-wire-cycles", during]
        if self.eeprom:
            words += ["--eeprom", self.eeprom]
        return [str(build_runner()), *map(str, words)]


@dataclass(frozen=True)
class Run:
    """What a run left behind. ``conversions``: one row each, cycles and code as the chip read it.

    ``wire`` (n, 2): cycle and byte, each as the firmware handed it to the UART; ``idle`` (n, 3): each
    10 ms the cycle, the cycles idle and those in interrupts until then. ``totals``: counts of the whole
    run; ``lowest_stack`` is the stack pointer's lowest address at the entry of an interrupt.
    """

    conversions: NDArray[Any]
    wire: NDArray[np.uint64]
    idle: NDArray[np.uint64]
    totals: dict[str, int] = field(default_factory=dict)

    @cached_property
    def decoder(self) -> Decoder:
        """A host's decoder, fed with all bytes."""
        return Decoder("host")

    @cached_property
    def messages(self) -> list[tuple[float, Message]]:
        """(time in s of the frame's last byte, message), in order."""
        data = self.wire[:, 1].astype(np.uint8)
        out: list[tuple[float, Message]] = []
        start = 0
        for end in (np.flatnonzero(data == 0) + 1).tolist():
            at = float(self.wire[end - 1, 0]) / CPU_HZ
            out += [(at, message) for message in self.decoder.feed(data[start:end].tobytes())]
            start = end
        return out

    def of(self, kind: type[Any]) -> list[Any]:
        """The messages of one class."""
        return [message for _, message in self.messages if isinstance(message, kind)]

    def cpu(self, from_s: float, to_s: float) -> float:
        """Share of the time between two instants that the CPU had work."""
        cycles, idle, _ = self._between(from_s, to_s)
        return 1 - idle / cycles

    def interrupts(self, from_s: float, to_s: float) -> float:
        """Share of the time between two instants that was spent in interrupts."""
        cycles, _, inside = self._between(from_s, to_s)
        return inside / cycles

    def _between(self, from_s: float, to_s: float) -> tuple[float, float, float]:
        first, last = np.searchsorted(self.idle[:, 0], [int(from_s * CPU_HZ), int(to_s * CPU_HZ)])
        cycles, idle, inside = (float(value) for value in self.idle[last] - self.idle[first])
        return cycles, idle, inside


@dataclass(slots=True)
class PtyChip:
    """A running chip. ``path`` is its serial port; ``conversions`` its log, there once the block is left."""

    path: str
    process: "subprocess.Popen[str]"
    conversions: NDArray[Any] = field(default_factory=lambda: np.empty(0, CONVERSION))


@contextmanager
def start_pty(chip: Chip, *, reset_on_open: bool = False) -> Iterator[PtyChip]:
    """Run ``chip`` paced to the wall clock, its UART on a pty, until the block is left.

    ``reset_on_open``: whoever opens the port resets the chip, as on an Uno; it then takes ``boot_s``.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [*chip.command(folder), "--pty", "--seconds", "0", "--conversions", str(folder / "log")]
        if reset_on_open:
            command.append("--reset-on-open")
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            path = process.stdout.readline().strip()
            if not path:
                raise RuntimeError(process.stderr.read())
            running = PtyChip(path, process)
            try:
                yield running
            finally:
                process.stdin.close()  # the runner leaves when nobody holds the other end
                process.wait(timeout=10)
                running.conversions = np.fromfile(folder / "log", CONVERSION)


@contextmanager
def start_chip(
    pins_uv: ArrayLike, sfreq_hz: float, gain: float = 200.0, *defines: str, reset_on_open: bool = False,
    boot_s: float = 0.0,
) -> Iterator[PtyChip]:  # fmt: skip
    """The shipped firmware on a pty, its pins fed with EMG: ``pins_uv`` (n, n_pins) in µV at the electrodes.

    Column i is pin Ai, as a sensor of this gain around 2.5 V would give it; rows come at ``sfreq_hz`` from
    power-on, joined by lines, and begin anew after the last. ``defines`` go to the compiler. Skips the
    calling test when tools are missing (fails it with ``CI=true``: call ``firmware_build.need_tools``).
    """
    chip = Chip(
        build_firmware(*defines), electrodes_to_pins_mv(pins_uv, gain), sfreq_hz, linear=True, boot_s=boot_s
    )
    with start_pty(chip, reset_on_open=reset_on_open) as running:
        yield running


def electrodes_to_pins_mv(pins_uv: ArrayLike, gain: float = 200.0) -> NDArray[np.float32]:
    """µV at the electrodes -> mV at the pins of sensors around mid-rail, same shape."""
    return (SUPPLY_MV / 2 + np.asarray(pins_uv, dtype=np.float64) * gain * 1e-3).astype(np.float32)


def _script_rows(script: Iterable[tuple[float, bytes]], firmware: Firmware) -> NDArray[np.uint64]:
    """(cycle, byte) rows: no byte begins before the one ahead of it has ended."""
    rows: list[tuple[int, int]] = []
    free = 0
    for at_s, data in script:
        for byte in data:
            free = max(free, int(at_s * CPU_HZ))
            rows.append((free, byte))
            free += firmware.byte_cycles
    return np.array(rows, dtype="<u8").reshape(-1, 2)


def random_pins(
    seconds: float, pins_hz: float, n_pins: int, seed: int, span_mv: float = 2400.0
) -> NDArray[np.float32]:
    """Voltages that change at every row, all over the converter's range: no code is right by accident."""
    rng = np.random.default_rng(seed)
    shape = (int(seconds * pins_hz), n_pins)
    return (SUPPLY_MV / 2 + span_mv * (2 * rng.random(shape) - 1)).astype(np.float32)


def flood(from_s: float, to_s: float, baud: int, seed: int) -> Script:
    """Bytes of no meaning that fill the line to the board from end to end, zeros among them."""
    count = int((to_s - from_s) * baud / 10)
    data = np.random.default_rng(seed).integers(0, 256, count, dtype=np.uint8)
    return [(from_s + i * 10 / baud, data[i : i + 50].tobytes()) for i in range(0, count, 50)]


def interleave(*scripts: Sequence[tuple[float, bytes]]) -> Script:
    """Several scripts as one, in the order of their times."""
    return sorted((row for script in scripts for row in script), key=lambda row: row[0])
