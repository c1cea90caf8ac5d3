"""The board's own account of what it put onto the wire, and the person's of what it did.

``FILE`` is one line of JSON (``format``, ``sfreq_hz``, ``channels``, ``dtype``) and then one row per
sample, little-endian: ``int64`` sample index, ``int32`` count of each channel (-1 where the host had
not asked for the channel). ``FILE.truth.jsonl`` is one line of JSON per event: ``scene`` (who), ``action``
(what it was told, and the sample from which on), ``rep`` (see ``TrueRep``), ``fault`` and ``end``.
Both are written as things happen, so a killed process leaves all but its last moments.
"""

import json
from dataclasses import asdict
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from device.board_sampler import CountArray
from device.channel_map import format_channel_map
from emgfeedback.simulation.actions import Action
from emgfeedback.simulation.board import Scene
from emgfeedback.simulation.person import TrueRep

FORMAT = "emgfeedback sent log 1"
TRUTH_SUFFIX = ".truth.jsonl"


class SentLog(NamedTuple):
    """A log that was read: its header, sample indices (n,), and counts (n, n_channels)."""

    header: dict[str, Any]
    samples: NDArray[np.int64]
    counts: NDArray[np.int32]


def read_sent_log(path: Path) -> SentLog:
    """Read a log. A last row that was cut off by the end of its process is left out."""
    with path.open("rb") as file:
        header = json.loads(file.readline())
        row = _row(len(header["channels"]))
        data = file.read()
    rows = np.frombuffer(data[: len(data) // row.itemsize * row.itemsize], dtype=row)
    return SentLog(header, rows["sample"].copy(), rows["counts"].copy())


def read_truth(path: Path) -> list[dict[str, Any]]:
    """The events beside the log at ``path``, in the order in which they happened."""
    return [json.loads(line) for line in _truth_path(path).read_text("utf-8").splitlines()]


class SentLogWriter:
    """Writes both files from the first moment; ``close`` may be called twice. Raises ``OSError``."""

    def __init__(self, path: Path, scene: Scene, sfreq_hz: float) -> None:
        channels = format_channel_map(scene.channels).split(",")
        self._row = _row(len(channels))
        header = {"format": FORMAT, "sfreq_hz": sfreq_hz, "channels": channels, "dtype": self._row.descr}
        try:
            self._data = FileIO(path, "wb")
            self._truth = FileIO(_truth_path(path), "wb")
        except OSError as error:
            raise OSError(
                f"The log {path} cannot be written ({error.strerror}); choose another file."
            ) from error
        self._data.write(json.dumps(header).encode() + b"\n")
        self._reps = 0
        self._event(
            "scene",
            persona=scene.persona.name,
            exercise=scene.exercise.name,
            seed=scene.seed,
            channels=channels,
        )
        for fault in scene.faults:
            self._event("fault", **asdict(fault))

    def sent(self, start: int, counts: CountArray, columns: list[int]) -> None:
        """Note the samples ``counts`` (n, k) of the worn channels ``columns`` from index ``start`` on."""
        rows = np.empty(len(counts), dtype=self._row)
        rows["sample"] = np.arange(start, start + len(counts))
        rows["counts"] = -1
        rows["counts"][:, columns] = counts
        self._data.write(rows.tobytes())

    def told(self, action: Action, sample: int) -> None:
        """Note what the person was told, to be done from ``sample`` on."""
        self._event("action", action=str(action), sample=sample)

    def did(self, reps: tuple[TrueRep, ...]) -> None:
        """Note the reps that were not noted before."""
        for rep in reps[self._reps :]:
            self._event("rep", **asdict(rep))
        self._reps = max(self._reps, len(reps))

    def close(self, position: int) -> None:
        """Note the last sample and let go of the files."""
        if not self._data.closed:
            self._event("end", sample=position)
            self._data.close()
            self._truth.close()

    def _event(self, event: str, **facts: object) -> None:
        self._truth.write(json.dumps({"event": event, **facts}).encode() + b"\n")


def _truth_path(path: Path) -> Path:
    return path.with_name(path.name + TRUTH_SUFFIX)


def _row(n_channels: int) -> np.dtype[np.void]:
    return np.dtype([("sample", "<i8"), ("counts", "<i4", (n_channels,))])
