"""A person wired to a board: the real board in software, whose pins are pads on a simulated body."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import numpy as np

from device.board import Board, BoardModel
from device.board_sampler import CountArray
from device.channel_map import ChannelMap, parse_channel_map
from emgfeedback.simulation.actions import DEFAULT_SCRIPT, Script
from emgfeedback.simulation.adc import Adc, converter_noise
from emgfeedback.simulation.exercises import EXERCISES, Exercise
from emgfeedback.simulation.faults import LOSS_PART, Fault
from emgfeedback.simulation.pads import Pads
from emgfeedback.simulation.person import Person
from emgfeedback.simulation.personas import PERSONAS, Persona

#: Glute and quad of the right leg, the two channels of a first purchase.
ONE_LEG = parse_channel_map("A0=glute:right,A1=quad:right")
#: Glute and quad of both legs.
BOTH_LEGS = parse_channel_map("A0=glute:right,A1=quad:right,A2=glute:left,A3=quad:left")

#: Samples that are converted at once, and how many such blocks are kept.
BLOCK = 512
KEPT_BLOCKS = 4
#: Names this use of the seed among the streams of random numbers.
LOSS_STREAM = 7


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does what with which pads, and what goes wrong: all that a simulation is made of."""

    persona: Persona = field(default_factory=lambda: PERSONAS["balanced"])
    exercise: Exercise = field(default_factory=lambda: EXERCISES["bridge"])
    seed: int = 1
    channels: ChannelMap = ONE_LEG
    faults: tuple[Fault, ...] = ()
    script: Script = DEFAULT_SCRIPT
    side: str | None = None

    @property
    def device_id(self) -> int:
        """Serial number of the board: one for each seed, so that a returning board is known."""
        return 0x51000000 + self.seed % 0x1000000


class SimulatedBoard:
    """``board`` answers to the protocol; its pins carry what ``person`` does, from the first sample on.

    ``sent`` is the board's own account of what went onto the wire (see ``Board``). Faults of the link
    happen when the person reaches their time; ``wait_for_replug`` brings an unplugged board back.
    """

    def __init__(
        self,
        scene: Scene,
        sfreq_hz: float = 1000.0,
        model: BoardModel | None = None,
        sent: Callable[[int, CountArray], None] | None = None,
    ) -> None:
        self.scene = scene
        self.person = Person(
            scene.persona, scene.exercise, scene.seed, scene.channels, sfreq_hz, scene.script, scene.side
        )
        self.board = Board(scene.device_id, self._signal, model, sent)
        self._worn = tuple(channel.pin_number for channel in scene.channels)
        self._pads: Pads | None = None
        self._blocks: OrderedDict[tuple[int, int, int], CountArray] = OrderedDict()
        self._to_come = sorted(
            (fault for fault in scene.faults if fault.kind in ("stall", "unplug")), key=lambda f: f.start_s
        )
        self._losses = tuple(fault for fault in scene.faults if fault.kind == "loss")
        self._replug_at_s = inf

    @property
    def replug_is_due(self) -> bool:
        """Whether the board is unplugged and has been for as long as its fault lasts."""
        return not self.board.plugged and self.board.now_s >= self._replug_at_s

    def wait_for_replug(self, now_s: float) -> bool:
        """Let time pass for a board that is unplugged; true once it is plugged in again."""
        board = self.board
        if not board.plugged:
            board.advance(now_s)
            if self.replug_is_due:
                board.replug()
        return board.plugged

    def _signal(self, start: int, n: int, pins: tuple[int, ...], sfreq_hz: float, /) -> CountArray:
        if sfreq_hz != self.person.sfreq_hz:
            self.person, self._pads = self.person.at_rate(sfreq_hz), None
            self._blocks.clear()
        self.person.position = max(self.person.position, start + n)
        counts = self._counts(start, n)
        self._suffer(start, n)
        return counts if pins == self._worn else self._of_pins(counts, pins)

    def _of_pins(self, counts: CountArray, pins: tuple[int, ...]) -> CountArray:
        # A pin without pads rests at the middle of the converter.
        middle = np.full(len(counts), 1 << (self.board.settings.bits - 1), dtype=np.int32)
        columns = [counts[:, self._worn.index(pin)] if pin in self._worn else middle for pin in pins]
        return np.stack(columns, axis=1)

    def _counts(self, start: int, n: int) -> CountArray:
        """Counts of all worn channels, (n, n_channels)."""
        first, last = start // BLOCK, (start + n - 1) // BLOCK
        if first == last:
            return self._block(first)[start - first * BLOCK : start + n - first * BLOCK]
        numbers = range(first, last + 1)
        parts = [self._block(k)[max(start - k * BLOCK, 0) : start + n - k * BLOCK] for k in numbers]
        return np.concatenate(parts)

    def _block(self, number: int) -> CountArray:
        # What the person was told since a block was converted changes only samples that nobody has taken yet.
        key = (self.person.revision, self.board.settings.oversample, number)
        if key not in self._blocks:
            self._blocks[key] = self._convert(number)
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return self._blocks[key]

    def _convert(self, number: int) -> CountArray:
        model, oversample = self.board.model, self.board.settings.oversample
        channels = self.person.channels
        converters = [
            Adc(model.inputs[c.pin_number].gain, model.reference_mv, model.converter_bits, oversample)
            for c in channels
        ]
        if self._pads is None:
            self._pads = Pads(self.person, self.scene.faults, converters[0].rail_uv)
        uv = self._pads.uv(number * BLOCK, BLOCK)
        noises = [
            converter_noise(self.scene.seed, channel.pin_number, number, BLOCK, oversample)
            for channel in channels
        ]
        columns = [
            adc.convert(uv[:, column], noise)
            for column, (adc, noise) in enumerate(zip(converters, noises, strict=True))
        ]
        return np.stack(columns, axis=1)

    def _suffer(self, start: int, n: int) -> None:
        """Let the faults of the link begin whose time lies in these samples."""
        sfreq_hz, board = self.person.sfreq_hz, self.board
        while self._to_come and self._to_come[0].samples(sfreq_hz)[0] < start + n:
            fault = self._to_come.pop(0)
            if fault.samples(sfreq_hz)[1] <= start:
                continue
            if fault.kind == "stall":
                board.stall(fault.duration_s)
            else:
                self._replug_at_s = board.now_s + fault.duration_s
                board.unplug()
                return
        self._lose_frames(start, n)

    def _lose_frames(self, start: int, n: int) -> None:
        """Draw for each frame that begins in these samples whether it is lost."""
        k = self.board.settings.k
        lost = 0
        for fault in self._losses:
            first, stop = fault.samples(self.person.sfreq_hz)
            frames = range(-(-max(start, first) // k), -(-min(start + n, stop) // k))
            lost += sum(self._is_lost(frame) for frame in frames)
        if lost:
            self.board.drop_frames(lost)

    def _is_lost(self, frame: int) -> bool:
        return bool(np.random.default_rng((self.scene.seed, LOSS_STREAM, frame)).random() < LOSS_PART)
