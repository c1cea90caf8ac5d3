"""The figures of docs/firmware.md, made anew and printed as its tables.

    PYTHONPATH=. python tests/firmware_figures.py

Simulated in simavr, not measured on hardware.
"""

import sys
from collections.abc import Iterator

import numpy as np
from firmware_build import build_firmware, missing_tools
from firmware_rig import CPU_HZ, START_S, Chip, Run, dialogue, random_pins
from firmware_truth import Jitter, converted, received

from device.handshake import StreamRequest
from device.wire import Ack, Status

PINS_HZ = 8000.0
#: Phases of the ADC's clock, in CPU cycles behind the sample timer.
PHASES = range(0, 128, 8)
#: (channels, oversampling), 1 kHz, and the divider that the firmware then gives the ADC's clock.
SETTINGS = ((2, 1, 128), (4, 1, 128), (6, 1, 128), (2, 4, 128), (4, 4, 64), (6, 4, 32), (1, 16, 32))


def stream(n_channels: int, oversample: int, seconds: float, phase: int, *defines: str) -> Run:
    """A run of the chip at 1 kHz with voltages that jump all the time."""
    request = StreamRequest(1000, oversample, tuple(range(n_channels)))
    pins = random_pins(seconds, PINS_HZ, 6, seed=1)
    return Chip(build_firmware(*defines), pins, PINS_HZ, adc_phase=phase).run(
        seconds, dialogue(request, seconds)
    )


def worst(jitters: list[Jitter]) -> Jitter:
    """The larger of each figure."""
    return Jitter(max(jitter.p99_us for jitter in jitters), max(jitter.most_us for jitter in jitters))


def timing_rows() -> Iterator[str]:
    """Jitter, CPU and exactness of each setting."""
    yield (
        "| channels, oversampling | ADC clock | conversion, raw | conversion, chip | mean of a sum, chip "
        "| CPU (of it in interrupts) | sets wrong or lost in 10 s |"
    )
    yield "|---|---|---|---|---|---|---|"
    for n_channels, oversample, divider in SETTINGS:
        raw = stream(n_channels, oversample, 10.3, -1)
        got, truth = received(raw), converted(raw)
        wrong = int((got.counts != truth.sums[got.index]).any(axis=1).sum()) + got.lost
        chips = [converted(stream(n_channels, oversample, 2.5, phase)) for phase in PHASES]
        conversions = worst([chip.conversion_jitter() for chip in chips])
        sums = worst([chip.set_jitter() for chip in chips])
        cpu, inside = raw.cpu(1.0, 10.0), raw.interrupts(1.0, 10.0)
        yield (
            f"| {n_channels} ch x{oversample} | /{divider} | {truth.conversion_jitter()} | {conversions} "
            f"| {sums} | {cpu:.0%} ({inside:.0%}) | {wrong} of {len(got.counts)} |"
        )


def polled_row() -> str:
    """The loop for other boards, run on the same chip."""
    run = stream(4, 1, 3.0, -1, "EM_PORTABLE")
    first = int(np.searchsorted(run.conversions["asked"], int(START_S * CPU_HZ)))
    jitter = converted(run, first).conversion_jitter()
    return f"The polled loop for other boards, 4 channels at 1 kHz: {jitter} µs."


def limit_rows() -> Iterator[str]:
    """Highest rate of each baud, from the chip's own refusals."""
    bauds = (115_200, 250_000, 500_000, 1_000_000)
    yield "| channels, oversampling | " + " | ".join(str(baud) for baud in bauds) + " |"
    yield "|---|" + "---|" * len(bauds)
    for n_channels in (1, 2, 4, 6):
        for oversample in (1, 4, 16):
            limits = [highest(baud, n_channels, oversample) for baud in bauds]
            yield f"| {n_channels} ch x{oversample} | " + " | ".join(limits) + " |"


def highest(baud: int, n_channels: int, oversample: int) -> str:
    """The limit that the chip names, w where the wire sets it."""
    request = StreamRequest(8000, oversample, tuple(range(n_channels)))
    firmware = build_firmware(f"EM_BAUD={baud}UL")
    ack = Chip(firmware).run(0.2, dialogue(request, 0.2, stop=False)).of(Ack)[0]
    above = StreamRequest(ack.limit + 1, oversample, tuple(range(n_channels)))
    code = Chip(firmware).run(0.2, dialogue(above, 0.2, stop=False)).of(Ack)[0].code
    return f"{ack.limit}{' w' if code == 4 else ''}"


def size_row() -> str:
    """Flash and RAM."""
    firmware = build_firmware()
    free = stream(2, 1, 1.5, -1).of(Status)[0].free_ram_bytes
    return f"Flash {firmware.flash_bytes} bytes, RAM {firmware.ram_bytes} bytes; {free} more are free."


def main() -> None:
    """Print the tables, in Markdown."""
    if missing_tools():
        sys.exit(f"The firmware cannot be built or run here: {missing_tools()} is missing.")
    for line in (*timing_rows(), "", polled_row(), "", *limit_rows(), "", size_row()):
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
