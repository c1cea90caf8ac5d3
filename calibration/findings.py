"""What a guided calibration learns about its channels beside their levels."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.contact import OWN_WORK_LIMIT, Verdict, calm, clear, crosstalk, crosstalk_part, heartbeat
from calibration.level import blank_spikes, level
from calibration.mvc import BLANK_LIMIT
from calibration.plan import ChannelSpec
from calibration.record import ChannelCalibration, percent_mvc

Array = NDArray[np.float64]


def selective(percent: float, source: str) -> Verdict:
    """Whether this muscle stayed out of the squeeze of ``source``: it worked at ``percent`` of its own."""
    text = f"It worked along at {percent:.0f} % while the {source} squeezed."
    if percent <= 100.0 * OWN_WORK_LIMIT:
        return Verdict("selectivity", "good", text)
    return Verdict("selectivity", "warn", text, "Try to let it go in that squeeze.")


class Findings:
    """Collects features while the procedure runs; ``verdicts`` at its end, by column."""

    def __init__(self, channels: Sequence[ChannelSpec], sfreq_hz: float) -> None:
        self._channels = tuple(channels)
        self._sfreq_hz = sfreq_hz
        self._hearts: dict[int, Verdict] = {}
        self._crosstalk: dict[tuple[int, int], list[tuple[float, float]]] = {}
        #: Own work of the second column's muscle in each squeeze of the first one's, in µV: what is left
        #: when the other's signal is taken out, where that can be told.
        self._along: dict[tuple[int, int], list[float]] = {}

    def rested(self, signal_uv: Array, columns: Sequence[int]) -> None:
        """A rest that counts, (n, len(columns)): band-passed EMG where the channel is raw."""
        for place, column in enumerate(columns):
            if self._channels[column].raw:
                self._hearts[column] = heartbeat(signal_uv[:, place], self._sfreq_hz)

    def squeezed(self, column: int, signal_uv: Array) -> None:
        """The hold of a squeeze that counts, (n, n_channels), by the muscle of ``column``.

        A jump of the cables that reaches several channels at once is neither crosstalk nor work.
        """
        own = self._channels[column]
        signal_uv = np.stack([self._without_jumps(k, signal_uv[:, k]) for k in range(len(self._channels))], 1)
        for other, spec in enumerate(self._channels):
            same_leg = other != column and spec.calibrated and spec.side == own.side
            if not same_leg:
                continue
            own_uv = level(signal_uv[:, other], raw=spec.raw)
            if own.raw and spec.raw:
                found = crosstalk_part(signal_uv[:, column], signal_uv[:, other], self._sfreq_hz)
                self._crosstalk.setdefault((column, other), []).append(found)
                own_uv = found[1] if np.isfinite(found[1]) else own_uv
            self._along.setdefault((column, other), []).append(own_uv)

    def _without_jumps(self, column: int, signal_uv: Array) -> Array:
        """Spikes blanked where they are few: what fills a fifth of a hold is a muscle, not a cable."""
        if not self._channels[column].raw:
            return signal_uv
        blanked = blank_spikes(signal_uv, self._sfreq_hz)
        return blanked if np.isfinite(blanked).mean() >= 1.0 - BLANK_LIMIT else signal_uv

    def heard(self, column: int, mvc_uv: float) -> dict[str, float]:
        """Part of each other muscle's squeeze that arrived in ``column``, by pin, where it can be told.

        ``mvc_uv`` is the 100 % of that column.
        """
        told = {
            self._channels[source].pin: told_crosstalk(found, mvc_uv)
            for (source, other), found in self._crosstalk.items()
            if other == column
        }
        return {pin: part for pin, part in told.items() if part is not None}

    def verdicts(self, results: Mapping[int, ChannelCalibration]) -> dict[int, tuple[Verdict, ...]]:
        """All verdicts on each calibrated column, good ones too."""
        found: dict[int, list[Verdict]] = {column: [] for column in results}
        for column, result in results.items():
            spec = self._channels[column]
            if spec.raw:
                found[column].append(clear(result.mvc_uv, result.rest_uv, spec.uv_per_count))
                found[column].append(calm(result.rest_uv, result.mvc_uv, spec.uv_per_count))
            if column in self._hearts:
                found[column].append(self._hearts[column])
        for (_, other), parts in self._crosstalk.items():
            if other in results:
                part, own_uv = (float(np.median(values)) for values in zip(*parts, strict=True))
                found[other].append(crosstalk(part, own_uv, results[other].mvc_uv))
        for (source, other), levels_uv in self._along.items():
            if source in results and other in results:
                percent = float(percent_mvc(np.array(np.median(levels_uv)), results[other]))
                found[other].append(selective(percent, self._channels[source].name))
        return {column: tuple(verdicts) for column, verdicts in found.items()}


def told_crosstalk(found: Sequence[tuple[float, float]], mvc_uv: float) -> float | None:
    """Median part of several squeezes, ``(part, own work in µV)`` each; ``None`` where it cannot be told."""
    if not found:
        return None
    part, own_uv = (float(np.median(values)) for values in zip(*found, strict=True))
    return part if crosstalk(part, own_uv, mvc_uv).grade != "cannot tell" else None
