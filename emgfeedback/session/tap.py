"""A tap on the running loop: the newest seconds of every channel's signal, for whoever looks."""

import numpy as np

from device import SampleChunk, StreamInfo
from emgfeedback.frame import Frame
from emgfeedback.session.ring import DisplayRing, Rows


class SignalTap:
    """A sink of the loop. Keeps ``seconds`` of band-passed EMG and envelope, both in µV.

    Columns of the ring: EMG of each channel, then the envelope of each channel. What was lost, and
    the envelope's window after it, is NaN.
    """

    def __init__(self, info: StreamInfo, seconds: float = 10.0) -> None:
        self.info = info
        self.n_channels = len(info.channels)
        rows = max(1, round(seconds * info.sfreq_hz))
        # Half a second may be pushed while somebody looks.
        self.ring = DisplayRing(rows, 2 * self.n_channels, margin=max(64, round(0.5 * info.sfreq_hz)))

    def __call__(self, chunk: SampleChunk, frame: Frame) -> None:
        """Take what the pipeline made of a chunk (acquisition thread)."""
        del chunk  # the frame has it all
        rows = np.concatenate([frame.emg_uv, frame.envelope_uv], axis=1)
        rows[frame.blank] = np.nan
        for run in frame.runs:
            start = int(frame.hops[run.start]) * frame.hop
            part = rows[run.start * frame.hop : run.stop * frame.hop]
            # A pipeline that starts afresh may give hops again that were shown before.
            seen = min(max(self.ring.stop - start, 0), len(part))
            if seen < len(part):
                self.ring.push(start + seen, part[seen:])

    def newest(self, n_rows: int) -> tuple[int, Rows]:
        """See ``DisplayRing.newest``."""
        return self.ring.newest(n_rows)
