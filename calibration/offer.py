"""When a task goes beyond the 100 %: the offer of a new one. Nothing is ever replaced by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.level import blank_spikes, level
from calibration.mvc import BEST_WINDOW_S, BLANK_LIMIT
from calibration.record import Calibration, ChannelCalibration, percent_mvc

Array = NDArray[np.float64]

#: %. A task whose best 500 ms exceed this is an offer (the project's own choice).
OFFER_ABOVE: Final = 110.0
#: s between two looks.
STEP_S: Final = 0.25
#: What the record says of a 100 % that came from a task.
RAISED: Final = "raised"


@dataclass(frozen=True, slots=True)
class Offer:
    """A channel that reached ``percent`` of its 100 %, the best 500 ms behind it, and the new 100 % in µV."""

    pin: str
    name: str
    percent: float
    best_500ms_uv: float
    mvc_uv: float


class BestStretch:
    """The best 500 ms of each channel so far, in µV; ``raw`` says per channel whether an RMS is meant.

    Stretches in which a fifth of the samples cannot be used are left out, and so are spikes.
    """

    def __init__(self, raw: Sequence[bool], sfreq_hz: float) -> None:
        self._raw = tuple(raw)
        self._sfreq_hz = sfreq_hz
        self._window = max(1, round(BEST_WINDOW_S * sfreq_hz))
        self._step = max(1, round(STEP_S * sfreq_hz))
        self._parts: list[Array] = []
        self._held = 0
        self._next: int | None = None
        self._skip = 0
        self.best_uv = np.zeros(len(self._raw))

    def push(self, start: int, signal_uv: Array) -> None:
        """Take (n, n_channels) µV from absolute sample ``start`` on, NaN where a sample cannot be used."""
        if not len(signal_uv):
            return
        if start != self._next:
            # Looks lie on a grid counted from sample 0, however the samples are cut.
            self._parts, self._held = [], 0
            self._skip = -start % self._step
        self._next = start + len(signal_uv)
        skipped = min(self._skip, len(signal_uv))
        self._skip -= skipped
        self._parts.append(signal_uv[skipped:])
        self._held += len(signal_uv) - skipped
        if self._held < self._window:
            return
        kept = np.concatenate(self._parts)
        while len(kept) >= self._window:
            self._look(kept[: self._window])
            kept = kept[self._step :]
        self._parts, self._held = [kept], len(kept)

    def _look(self, stretch: Array) -> None:
        for k, raw in enumerate(self._raw):
            if np.isfinite(stretch[:, k]).mean() >= 1.0 - BLANK_LIMIT:
                found = level(blank_spikes(stretch[:, k], self._sfreq_hz) if raw else stretch[:, k], raw=raw)
                self.best_uv[k] = max(self.best_uv[k], found)


def offers(calibration: Calibration, best_uv: Mapping[str, float]) -> tuple[Offer, ...]:
    """What a task offers, from its best 500 ms of each pin in µV.

    Like is compared with like: the new 100 % is the old one times what the task's best 500 ms exceed those
    of the calibration's own squeezes, for a best 500 ms always reads above the held level. A task that
    does not exceed those is no offer, however many percent it reads.
    """
    found = []
    for channel in calibration.channels:
        best = best_uv.get(channel.pin, 0.0)
        percent = float(percent_mvc(np.array(best), channel))
        if percent > OFFER_ABOVE and best > channel.best_500ms_uv:
            mvc_uv = channel.mvc_uv * best / channel.best_500ms_uv
            found.append(Offer(channel.pin, f"{channel.side} {channel.muscle}", percent, best, mvc_uv))
    return tuple(found)


def take(calibration: Calibration, offered: Sequence[Offer], created: str) -> Calibration:
    """The calibration with the offered 100 %, saying where they are from; ``created`` as in the record."""
    by_pin = {offer.pin: offer for offer in offered}
    channels = tuple(_raised(c, by_pin.get(c.pin)) for c in calibration.channels)
    said = ", ".join(f"{offer.pin} by a set that reached {offer.percent:.0f} %" for offer in offered)
    return replace(calibration, channels=channels, created=created, chain=calibration.chain | {RAISED: said})


def _raised(channel: ChannelCalibration, offer: Offer | None) -> ChannelCalibration:
    if offer is None:
        return channel
    return replace(channel, mvc_uv=offer.mvc_uv, best_500ms_uv=offer.best_500ms_uv)
