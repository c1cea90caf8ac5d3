"""The voltage behind each pad: the person's muscle, what the electrode picks up, and faults of the pads."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emgfeedback.simulation.electrodes import HUM_UV, Electrodes, hum_components
from emgfeedback.simulation.faults import Fault, FaultKind
from emgfeedback.simulation.interference import Heart, Tension, Tugs
from emgfeedback.simulation.person import Person

Array = NDArray[np.float64]


class Pads:
    """What the sensors of ``person`` give, as (n, n_channels) µV at the electrodes."""

    def __init__(self, person: Person, faults: tuple[Fault, ...], rail_uv: float) -> None:
        self._person = person
        self._electrodes = Electrodes(person.seed, person.keys, person.sfreq_hz)
        self._faults = faults
        self._rail_uv = rail_uv

    def uv(self, start: int, n: int) -> Array:
        """Samples ``start`` to ``start + n``."""
        person, electrodes = self._person, self._electrodes
        off = self._levels("liftoff", start, n)
        movement_uv = person.movement(start, n)[:, np.newaxis] * electrodes.movement_uv(start, n)
        emg_uv = person.emg_uv(start, n)
        body_uv = emg_uv + movement_uv + self._in_the_body(emg_uv, start, n)
        hum_uv = electrodes.hum_uv(start, n)
        mains = self._levels("mains", start, n)
        if mains.any():
            mains /= self._hum_rms_uv
        hum_uv *= np.where(off > 0.0, off / HUM_UV, 1.0) + mains
        uv: Array = np.where(off > 0.0, 0.0, body_uv) + hum_uv + electrodes.noise_uv(start, n)
        tug = self._levels("motion", start, n)
        if tug.any():
            uv += tug * self._tugs.read(start, n)
        uv[self._levels("flat", start, n) > 0.0] = 0.0
        loud = self._levels("saturation", start, n)
        return np.where(loud > 0.0, uv * loud * self._to_the_rail(), uv)

    def _in_the_body(self, emg_uv: Array, start: int, n: int) -> Array:
        """Tension, the other muscle, and the heart: what reaches the pads through the body."""
        added = np.zeros_like(emg_uv)
        tension = self._levels("tension", start, n)
        if tension.any():
            added += tension * self._person.mvc_uv * self._tension.read(start, n)
        for fault in self._of("crosstalk"):
            within = self._levels("crosstalk", start, n, (fault,))
            added += within * emg_uv[:, [fault.partner(self._person.channels)]]
        heart = self._levels("ecg", start, n)
        if heart.any():
            added += heart * self._heart.read(start, n)
        return added

    @cached_property
    def _tugs(self) -> Tugs:
        return Tugs(self._person.seed, self._person.keys, self._person.sfreq_hz)

    @cached_property
    def _tension(self) -> Tension:
        person = self._person
        return Tension(person.seed, person.keys, [c.muscle for c in person.channels], person.sfreq_hz)

    @cached_property
    def _heart(self) -> Heart:
        return Heart(self._person.seed, self._person.sfreq_hz)

    @cached_property
    def _hum_rms_uv(self) -> float:
        """RMS of the usual hum with its harmonics, behind the sensor."""
        return float(np.sqrt(sum(uv**2 for _, uv in hum_components(self._person.sfreq_hz))))

    def _to_the_rail(self) -> Array:
        """The gain that raises the working muscle's RMS to the rail."""
        working_uv = [self._person.working_uv(column) for column in range(len(self._person.channels))]
        return self._rail_uv / np.array(working_uv)

    def _of(self, kind: FaultKind) -> tuple[Fault, ...]:
        return tuple(fault for fault in self._faults if fault.kind == kind)

    def _levels(self, kind: FaultKind, start: int, n: int, faults: tuple[Fault, ...] | None = None) -> Array:
        """How strong faults of that kind are in each sample of each channel: 0 where there is none."""
        levels = np.zeros((n, len(self._person.channels)))
        for fault in self._of(kind) if faults is None else faults:
            first, stop = (min(max(at - start, 0), n) for at in fault.samples(self._person.sfreq_hz))
            # A flat channel has no strength, and is flat nonetheless.
            levels[first:stop, fault.column(self._person.channels)] = (
                1.0 if kind == "flat" else fault.strength
            )
        return levels
