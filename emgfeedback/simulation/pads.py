"""The voltage behind each pad: the person's muscle, what the electrode picks up, and faults of the pads."""

import numpy as np
from numpy.typing import NDArray

from emgfeedback.simulation.electrodes import HUM_UV, Electrodes
from emgfeedback.simulation.faults import LIFTOFF_HUM_UV, SATURATION_PART, Fault
from emgfeedback.simulation.person import Person

Array = NDArray[np.float64]


class Pads:
    """What the sensors of ``person`` give, as (n, n_channels) µV at the electrodes."""

    def __init__(self, person: Person, faults: tuple[Fault, ...], rail_uv: float) -> None:
        self._person = person
        self._electrodes = Electrodes(person.seed, person.keys, person.sfreq_hz)
        self._liftoffs = [fault for fault in faults if fault.kind == "liftoff"]
        self._saturations = [fault for fault in faults if fault.kind == "saturation"]
        self._rail_uv = rail_uv

    def uv(self, start: int, n: int) -> Array:
        """Samples ``start`` to ``start + n``."""
        person, electrodes = self._person, self._electrodes
        off = self._during(self._liftoffs, start, n)
        movement_uv = person.movement(start, n)[:, np.newaxis] * electrodes.movement_uv(start, n)
        body_uv = np.where(off, 0.0, person.emg_uv(start, n) + movement_uv)
        hum_uv = electrodes.hum_uv(start, n) * np.where(off, LIFTOFF_HUM_UV / HUM_UV, 1.0)
        uv: Array = body_uv + hum_uv + electrodes.noise_uv(start, n)
        return np.where(self._during(self._saturations, start, n), uv * self._too_much_gain(), uv)

    def _too_much_gain(self) -> Array:
        working_uv = [self._person.working_uv(column) for column in range(len(self._person.channels))]
        return SATURATION_PART * self._rail_uv / np.array(working_uv)

    def _during(self, faults: list[Fault], start: int, n: int) -> NDArray[np.bool_]:
        """Which samples of which channels lie within one of ``faults``."""
        within = np.zeros((n, len(self._person.channels)), dtype=np.bool_)
        for fault in faults:
            first, stop = (min(max(at - start, 0), n) for at in fault.samples(self._person.sfreq_hz))
            within[first:stop, fault.column(self._person.channels)] = True
        return within
