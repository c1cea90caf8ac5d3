"""The shipped firmware in simavr, its pins fed live by a simulated person who can be told what to do."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from firmware_build import build_firmware
from firmware_rig import Chip, PtyChip, electrodes_to_pins_mv, start_pty

from emgfeedback.simulation.person import Person

#: s by which the person is ahead of the chip: what is told to do now begins that much later.
LEAD_S = 0.25
STEP_S = 0.02


@contextmanager
def start_worn_chip(person: Person, longest_s: float = 240.0) -> Iterator[PtyChip]:
    """The chip on a pty, its pin Ai fed with column i of the person's EMG as it comes about."""
    rows, columns = round(longest_s * person.sfreq_hz), len(person.channels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live-pins"
        pins = np.memmap(path, np.float32, "w+", shape=(rows, columns))
        pins[:] = electrodes_to_pins_mv(np.zeros((1, columns)))
        pins.flush()
        chip = Chip(build_firmware(), pins_hz=person.sfreq_hz, linear=True, pins_file=(path, columns))
        over = threading.Event()
        with start_pty(chip) as running:
            began_s = time.monotonic()

            def feed() -> None:
                done = 0
                while not over.wait(STEP_S) and done < rows:
                    due = min(round((time.monotonic() - began_s + LEAD_S) * person.sfreq_hz), rows)
                    if due > done:
                        pins[done:due] = electrodes_to_pins_mv(person.take(done, due - done))
                        done = due

            feeder = threading.Thread(target=feed, name="person")
            feeder.start()
            try:
                yield running
            finally:
                over.set()
                feeder.join()
