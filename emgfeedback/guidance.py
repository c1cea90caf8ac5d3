"""Between the signal chain and the guided calibration, which does not know frames or streams."""

from itertools import pairwise

import numpy as np

from calibration.plan import ChannelSpec
from calibration.prompt import ProcedureEvent
from calibration.protocol import Procedure
from device.stream import StreamInfo
from emgfeedback.frame import Contact, Frame


def channel_specs(info: StreamInfo) -> tuple[ChannelSpec, ...]:
    """What the calibration has to know of each column of a stream."""
    return tuple(ChannelSpec(c.pin, c.muscle, c.side, c.signal, c.gain) for c in info.channels)


def feed(procedure: Procedure, frame: Frame) -> tuple[ProcedureEvent, ...]:
    """Push a frame into ``procedure``: lost samples as such, contact as it stood at each hop."""
    if not len(frame.hops):
        return ()
    emg_uv = np.where(frame.blank[:, None], np.nan, frame.emg_uv)
    envelope_uv = np.where(frame.blank[:, None], np.nan, frame.envelope_uv)
    events: list[ProcedureEvent] = []
    for first, last in _runs(frame):
        rows = slice(first * frame.hop, last * frame.hop)
        names = [Contact(state).name for state in frame.quality[first]]
        start = int(frame.hops[first]) * frame.hop
        events += procedure.push(emg_uv[rows], envelope_uv[rows], names, start)
    return tuple(events)


def _runs(frame: Frame) -> list[tuple[int, int]]:
    """Neighbouring hops of the same contact, as (first, one past the last)."""
    changed = (np.diff(frame.hops) != 1) | np.any(np.diff(frame.quality, axis=0) != 0, axis=1)
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), len(frame.hops)]
    return list(pairwise(edges))
