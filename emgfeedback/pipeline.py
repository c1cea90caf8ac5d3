"""The whole signal chain as one object: chunks of counts in, frames on the hop grid out.

No clock, no I/O, no thread. Samples are cut into hops that are counted from sample 0 of the stream,
however they arrive, and everything is computed hop by hop: any cutting of the same samples gives the
same frames, and the same reps.

What happens to samples that never came: up to 250 ms, the last value stands in for them, and the
frames say ``blank`` until they have left the envelope's window; over 250 ms the chain starts afresh
at the next whole hop. Samples that come a second time are ignored.
"""

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from calibration.record import Calibration
from device.stream import Counts, SampleChunk, StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.contact import MOST_BLOCKS, ContactWatch
from emgfeedback.decisions import Decided, Decisions, one_after_another
from emgfeedback.dsp.amplitude import Estimate, amplitude_for
from emgfeedback.frame import Contact, Frame, Zone
from emgfeedback.losses import Losses
from emgfeedback.sides import lay_ruler, sides_of

Array = NDArray[np.float64]

#: s. A longer gap starts the chain afresh.
LONGEST_FILLED_S = 0.25


class Pipeline:
    """``push`` chunks, get frames; ``uncalibrated`` says in a sentence why there is no share, or nothing.

    ``zones`` maps sides to the zone that the wearer trains for. A calibration that does not fit the
    stream's channels is not used, and ``uncalibrated`` says so.
    """

    def __init__(
        self,
        info: StreamInfo,
        settings: ChainSettings | None = None,
        calibration: Calibration | None = None,
        zones: Mapping[str, Zone] | None = None,
    ) -> None:
        self.info = info
        self.settings = settings = settings or ChainSettings()
        self.hop = max(1, round(settings.hop_s * info.sfreq_hz))
        self._columns = sides_of(info)
        self.sides = tuple(side.name for side in self._columns)
        window = max(1, round(settings.rms_window_s * info.sfreq_hz))
        self._longest_filled = round(LONGEST_FILLED_S * info.sfreq_hz)
        self._scale = np.array([c.uv_per_count for c in info.channels])
        self._offset = np.array([_offset_uv(info, k) for k in range(len(info.channels))])
        self._has_offset = bool(self._offset.any())
        self._amplitude = amplitude_for(info, settings, self.hop)
        self._contact = ContactWatch(info.channels, self.hop, info.sfreq_hz, self._offset)
        self._block = self._contact.block
        self._decisions = Decisions(info, settings, self._columns, self.hop)
        self._losses = Losses(window)
        # One block of the contact check: values as they came.
        self._values = np.empty((self._block, len(info.channels)))
        self._next = -1
        self._hop_number = 0
        self._last: Counts | None = None
        self._no_blank = np.zeros(MOST_BLOCKS * self._block, dtype=np.bool_)
        self._no_blank.flags.writeable = False
        self._verdict: tuple[int, ...] = ()
        self._judge(self._contact.verdict)
        self.calibrate(calibration)
        for side, zone in (zones or {}).items():
            self.set_zone(side, zone)

    def calibrate(self, calibration: Calibration | None) -> None:
        """Use another calibration from the next hop on."""
        ruler = lay_ruler(self.info, self.settings, self._columns, calibration)
        self.calibration = calibration
        self.uncalibrated = ruler.why_not
        self._amplitude.calibrate(ruler.rest_uv, ruler.full_uv)
        self._contact.calibrate(ruler.rest_uv, ruler.full_uv)
        self._decisions.calibrate(ruler)

    def set_zone(self, side: str, zone: Zone | None) -> None:
        """Judge ``side`` against ``zone`` from the next hop on; ``ValueError`` for an unknown side."""
        if side not in self.sides:
            raise ValueError(f"There is no side '{side}' here; there is: {', '.join(self.sides) or 'none'}.")
        self._decisions.set_zone(self.sides.index(side), zone)

    def expect(self, *, resting: bool = False, squeezing: Collection[int] = ()) -> None:
        """What the wearer was told to do: rest with all muscles, or squeeze these columns now.

        Tension in a rest, and a channel that is dead in its own squeeze, are named only when told.
        """
        self._contact.expect(resting=resting, squeezing=squeezing)

    @property
    def cautions(self) -> tuple[Contact, ...]:
        """What deserves a word in each channel though its number is shown; GOOD where nothing does."""
        return self._contact.cautions

    @property
    def mains_hz(self) -> tuple[float, ...]:
        """50 or 60 where a channel holds mains worth a word, else 0."""
        return self._contact.mains_hz

    @property
    def doubts(self) -> tuple[str, ...]:
        """A sentence for each channel that is not the kind of signal that it says, else nothing."""
        return self._contact.doubts

    def push(self, chunk: SampleChunk) -> Frame:
        """What the samples of ``chunk``, with what was left over before, make in whole hops."""
        counts = chunk.counts
        if counts.ndim != 2 or counts.shape[1] != len(self.info.channels):
            raise ValueError(
                f"A chunk of shape {counts.shape} does not fit {len(self.info.channels)} channels."
            )
        parts: list[Frame] = []
        if chunk.start != self._next:
            counts = self._line_up(chunk, parts)
        self._take(counts, parts)
        if len(parts) == 1:
            return parts[0]
        return _joined(parts) if parts else self._nothing

    def _line_up(self, chunk: SampleChunk, parts: list[Frame]) -> Counts:
        """Bridge or skip what is missing before ``chunk``; its samples that are still to be taken."""
        counts = chunk.counts
        if not len(counts):
            return counts
        missing = chunk.start - self._next
        if missing < 0 <= self._next:
            return counts[-missing:]
        if self._last is None:
            return self._start_at(chunk)
        if missing > self._longest_filled:
            before = self._hop_number
            counts = self._start_at(chunk)
            self._decisions.skip(before, self._hop_number, missing)
            return counts
        self._losses.add(self._next, chunk.start)
        self._take(self._last[np.zeros(missing, dtype=np.intp)], parts)
        return counts

    def _start_at(self, chunk: SampleChunk) -> Counts:
        """Start the chain afresh at the first whole hop of ``chunk``."""
        skipped = -chunk.start % self.hop
        self._next = chunk.start + skipped
        self._hop_number = self._next // self.hop
        self._last = None
        self._amplitude.restart()
        self._judge(self._contact.restart())
        self._losses.clear()
        self._fill = self._done = self._first = self._next % self._block
        return chunk.counts[skipped:]

    def _take(self, counts: Counts, parts: list[Frame]) -> None:
        n = len(counts)
        position = 0
        while position < n:
            fill = self._fill
            blocks = 0 if fill else (n - position) // self._block
            if blocks > 1:
                stop = position + min(blocks, MOST_BLOCKS) * self._block
                parts.append(self._run_blocks(counts[position:stop]))
                position = stop
                continue
            some = min(n - position, self._block - fill)
            values = self._values[fill : fill + some]
            np.multiply(counts if some == n else counts[position : position + some], self._scale, values)
            if self._has_offset:
                values += self._offset
            position += some
            self._fill = fill + some
            self._next += some
            whole = (self._fill - self._done) // self.hop
            if whole:
                parts.append(self._run(whole))
            if self._done == self._block:
                self._judge(self._contact.judge(self._values[self._first :])[-1])
                self._fill = self._done = self._first = 0
        if n:
            self._last = counts[-1:]

    def _judge(self, verdict: tuple[int, ...]) -> None:
        """Let the contact of each channel hold for the hops that follow."""
        if verdict != self._verdict:
            self._verdict = verdict
            self._decisions.judge(verdict)
            # One row per hop of a block: frames share views of it.
            self._quality = np.array((verdict,) * (self._block // self.hop), dtype=np.int8)
            self._quality.flags.writeable = False

    def _run(self, n_hops: int) -> Frame:
        """The next whole hops of the block, all within it."""
        start = self._done
        stop = self._done = start + n_hops * self.hop
        estimate = self._amplitude.push(self._values[start:stop])
        self._contact.keep(estimate[0])
        first, blank, by_hop, lost = self._count_on(n_hops)
        decided = self._decisions.push(first, estimate[2][self.hop - 1 :: self.hop], by_hop, lost)
        return self._frame(first, estimate, blank, decided, self._quality[:n_hops])

    def _run_blocks(self, counts: Counts) -> Frame:
        """Whole blocks at once, from the beginning of one on."""
        self._next += len(counts)
        values = counts * self._scale
        if self._has_offset:
            values += self._offset
        estimate = self._amplitude.push(values)
        self._contact.keep(estimate[0])
        verdicts = self._contact.judge(values)
        first, blank, by_hop, lost = self._count_on(len(counts) // self.hop)
        ends = estimate[2][self.hop - 1 :: self.hop]
        per_block = self._block // self.hop
        decided: list[Decided] = []
        quality = []
        done = 0
        # A block's verdict holds for the hops after it; hops under one verdict are decided in one go.
        for stop, verdict in enumerate(verdicts, start=1):
            if verdict == self._verdict and stop < len(verdicts):
                continue
            hops = slice(done * per_block, stop * per_block)
            gaps = (None, None) if by_hop is None or lost is None else (by_hop[hops], lost[hops])
            decided.append(self._decisions.push(first + done * per_block, ends[hops], *gaps))
            quality += [self._quality] * (stop - done)
            done = stop
            self._judge(verdict)
        return self._frame(first, estimate, blank, one_after_another(decided), np.concatenate(quality))

    def _count_on(self, n_hops: int) -> tuple[int, NDArray[np.bool_], list[bool] | None, list[int] | None]:
        """The first of the next hops; what of them is blank, by sample and by hop, and lost, by hop."""
        first = self._hop_number
        self._hop_number = first + n_hops
        if self._losses:
            return first, *self._losses.mark(first * self.hop, n_hops, self.hop)
        return first, self._no_blank[: n_hops * self.hop], None, None

    def _frame(
        self,
        first: int,
        estimate: Estimate,
        blank: NDArray[np.bool_],
        decided: Decided,
        quality: NDArray[np.int8],
    ) -> Frame:
        share, state, zone, reps = decided
        hops = np.arange(first, first + len(share))
        return Frame(self.hop, hops, self.sides, *estimate, blank, share, state, zone, quality, reps)

    @cached_property
    def _nothing(self) -> Frame:
        """The frame of no hops: many chunks end within one."""
        samples = np.empty((0, len(self.info.channels)))
        share = np.empty((0, len(self.sides)))
        states = np.empty((0, len(self.sides)), dtype=np.int8)
        quality = np.empty((0, len(self.info.channels)), dtype=np.int8)
        return Frame(
            self.hop,
            np.empty(0, dtype=np.int64),
            self.sides,
            samples,
            samples,
            samples,
            self._no_blank[:0],
            share,
            states,
            states,
            quality,
        )


def _offset_uv(info: StreamInfo, column: int) -> float:
    """What to add to counts times scale; nothing for raw EMG, whose filter takes constants away."""
    channel = info.channels[column]
    if channel.signal == "raw":
        return 0.0
    return channel.physical_range[0] - channel.digital_range[0] * channel.uv_per_count


def _joined(parts: list[Frame]) -> Frame:
    """Frames one after the other as one."""
    return Frame(
        parts[0].hop,
        np.concatenate([part.hops for part in parts]),
        parts[0].sides,
        np.concatenate([part.emg_uv for part in parts]),
        np.concatenate([part.envelope_uv for part in parts]),
        np.concatenate([part.percent_mvc for part in parts]),
        np.concatenate([part.blank for part in parts]),
        np.concatenate([part.share for part in parts]),
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.zone for part in parts]),
        np.concatenate([part.quality for part in parts]),
        tuple(rep for part in parts for rep in part.reps),
    )
