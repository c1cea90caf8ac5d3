"""A board in software: sample sets in, wire bytes out, behind the real ``FramedSource``.

``Board`` speaks the whole of ``firmware_protocol.md`` and knows nothing of people, ports, clocks
or threads: commands go into ``receive``, time into ``advance``, and bytes come out of it. What
the pins hold is asked of a ``Signal``. ``device.board_link.BoardLink`` puts it behind a byte link,
``device.pty_server`` on a pseudo terminal.

It does not simulate bytes damaged on the wire, the converter's noise, nor skew between channels
(unless the signal has it and ``BoardInput.skew_us`` says so).
"""

from collections.abc import Callable
from math import ceil, inf

from device.board_sampler import CountArray, SampledFrame, Sampler, Signal, TestPattern
from device.board_settings import TIMER_HZ, BoardModel, Refusal, Settings, judge
from device.codes import SOFTWARE_BOARD
from device.transmit_line import TransmitLine
from device.wire import (
    Ack,
    AckCode,
    Capability,
    Data,
    DataFlag,
    Decoder,
    Event,
    EventCode,
    Hello,
    Info,
    InfoChannel,
    Message,
    Ping,
    Pong,
    Sendable,
    Set,
    Start,
    Status,
    Stop,
    Test,
    TestSignal,
    encode,
    pack_samples,
)

__all__ = ["Board", "BoardModel", "Signal"]

INFO_EVERY_S, STATUS_EVERY_S, SILENCE_S = 2.0, 1.0, 5.0
CAPABILITIES = Capability.TEST_SIGNALS | Capability.OVERSAMPLING | Capability.PACKING | Capability.OWN_TIMER
WRAP_US = 1 << 32
#: u16 counters stop here (P5).
MOST_COUNT = 65535
DEFAULTS = Set(rate_hz=1000, oversample=1, encoding=0, k=0, pins=(0, 1))


class Board:
    """One board. Times are seconds of the host's clock; its own clock runs ``model.clock_ppm`` faster.

    ``sent(start, counts)`` is called with every DATA frame that goes onto the wire, ``start`` as
    the signal counts it: the truth for tests and logs. To look at: ``now_s``, ``plugged``,
    ``plugs`` (how often), ``powered``, ``streaming``, ``settings``, ``epoch``, ``boot_count``,
    ``frames_sent``, ``frames_dropped``, ``ticks_missed``.
    """

    def __init__(
        self,
        device_id: int,
        signal: Signal,
        model: BoardModel | None = None,
        sent: Callable[[int, CountArray], None] | None = None,
        boot_count: int = 0,
    ) -> None:
        if not 0 < device_id < 1 << 32:
            raise ValueError(f"A board's id is 1 to 4294967295, not {device_id}.")
        self.device_id, self.model, self.boot_count = device_id, model or BoardModel(), boot_count
        self.settings = self._default_settings()
        self.epoch = boot_count % 256
        self.now_s = 0.0
        self.plugged, self.plugs = True, 1
        self.powered = self.streaming = False
        self.frames_sent = self.frames_dropped = self.ticks_missed = 0
        self._signal, self._sent = signal, sent
        self._line = TransmitLine(self.model.baud, self.model.transmit_buffer_bytes)
        self._decoder = Decoder("board")
        self._sampler: Sampler | None = None
        self._seq = 0
        self._test = TestSignal.OFF
        self._anchor_s: float | None = None
        self._boot_s = self._ready_s = self._heard_s = self._info_s = self._status_s = 0.0
        self._hung = self._booting = self._brown_out = False
        self._drop = self._carried_flags = 0

    # What happens to a board.

    def power_on(self, at_s: float) -> None:
        """Boot at time ``at_s``: deaf for ``model.boot_s``, then INFO. Does nothing while powered."""
        if self.plugged and not self.powered:
            self.powered = True
            self._boot(at_s)

    def unplug(self) -> None:
        """Take the power and the port away: silent at once, and all that was going on is forgotten."""
        self.plugged = False
        self._power_off()

    def replug(self) -> None:
        """Give the power and a new port back; links of before stay dead."""
        if not self.plugged:
            self.plugged = True
            self.plugs += 1
            self.power_on(self.now_s)

    def restart(self, *, brown_out: bool = True) -> None:
        """Reset the board without the port vanishing; after a brown-out it says EVENT 2 when it is up."""
        self._power_off()
        self.powered = True
        self._boot(self.now_s, brown_out=brown_out)

    def hang(self) -> None:
        """Say and hear nothing more, until ``restart``."""
        self._hung = True

    def stall(self, seconds: float) -> None:
        """Let nothing through to the host for ``seconds``; sampling goes on, and the buffer fills (P6.7)."""
        self._line.stall(self.now_s, seconds)

    def drop_frames(self, n: int) -> None:
        """Drop the next ``n`` DATA frames as if the transmit buffer were full."""
        self._drop = n

    def miss_ticks(self, n: int) -> None:
        """Miss the next ``n`` ticks of the sample timer; does nothing while idle."""
        if self._sampler is not None:
            self._sampler.miss(n)
            self.ticks_missed += n

    # Bytes and time.

    def receive(self, data: bytes) -> None:
        """Take bytes from the host, at the time of the last ``advance``."""
        if not self.powered or self._hung or self._booting:
            return
        for message in self._decoder.feed(data):
            self._heard_s = self.now_s
            self._answer(message)

    def advance(self, to_s: float) -> bytes:
        """Let time pass until ``to_s``; returns what has reached the host by then."""
        while self.powered and not self._hung:
            until_s = min(to_s, self._next_timer_s())
            self._sample(until_s)
            self.now_s = max(self.now_s, until_s)
            self._run_timers()
            if until_s >= to_s:
                break
        self.now_s = max(self.now_s, to_s)
        return self._line.collect(self.now_s)

    def _next_timer_s(self) -> float:
        if self._booting:
            return self._ready_s
        if self.streaming:
            return min(self._info_s, self._status_s, self._heard_s + SILENCE_S)
        return inf

    def _run_timers(self) -> None:
        now_s = self.now_s
        if self._booting and now_s >= self._ready_s:
            self._finish_boot()
        if self.streaming and now_s >= self._heard_s + SILENCE_S:
            self._stop()
            self._send(Event(self._clock_us(now_s), EventCode.NO_HOST))
        if self.streaming and now_s >= self._status_s:
            self._status_s += STATUS_EVERY_S
            self._send(self._status())
        if self.streaming and now_s >= self._info_s:
            self._info_s += INFO_EVERY_S
            self._send(self._info())

    # Boot, start, stop (P7).

    def _power_off(self) -> None:
        self.powered = False
        self._stop()
        self._line.clear()

    def _boot(self, at_s: float, *, brown_out: bool = False) -> None:
        self._boot_s, self._ready_s = at_s, at_s + self.model.boot_s
        self.now_s = max(self.now_s, at_s)
        self._booting, self._hung, self._brown_out = True, False, brown_out
        self._run_timers()

    def _finish_boot(self) -> None:
        self._booting = False
        self._stop()
        self.settings = self._default_settings()
        self.boot_count = (self.boot_count + 1) % (MOST_COUNT + 1)
        self.epoch = (self.epoch + 1) % 256
        self._seq, self._test = 0, TestSignal.OFF
        self._decoder = Decoder("board")
        self._send(self._info())
        if self._brown_out:
            self._send(Event(self._clock_us(self.now_s), EventCode.RESTARTED))

    def _default_settings(self) -> Settings:
        match judge(DEFAULTS, self.model):
            case Settings() as settings:
                return settings
            case Refusal(code=code):
                raise ValueError(f"A board must do 1 kHz on two pins; this model refuses that ({code.name}).")

    def _start(self) -> None:
        now_s, settings = self.now_s, self.settings
        self.epoch = (self.epoch + 1) % 256
        self.streaming = True
        self._anchor_s = now_s if self._anchor_s is None else self._anchor_s
        self._info_s, self._status_s = now_s + INFO_EVERY_S, now_s + STATUS_EVERY_S
        self.frames_sent = self.frames_dropped = self.ticks_missed = 0
        self._drop = self._carried_flags = 0
        period_s = float(settings.period_us) * 1e-6 / (1.0 + self.model.clock_ppm * 1e-6)
        first = max(0, ceil((now_s - self._anchor_s) / period_s))
        signal = self._signal
        if self._test != TestSignal.OFF:
            signal = TestPattern(self._test, settings, self.model.reference_mv, first)
        self._sampler = Sampler(signal, settings, self._anchor_s, period_s, first)

    def _stop(self) -> None:
        self.streaming, self._sampler = False, None

    # Commands (P6).

    def _answer(self, message: Message) -> None:
        match message:
            case Hello():
                self._send(self._info())
            case Ping():
                now_us = self._clock_us(self.now_s)
                self._send(Pong(message.token, now_us, now_us))
            case Set():
                self._take_settings(message)
            case Test():
                self._take_test(message)
            case Start():
                if not self.streaming:
                    self._start()
                self._acknowledge(message)
                self._send(self._info())
            case Stop():
                self._stop()
                self._acknowledge(message)

    def _take_settings(self, asked: Set) -> None:
        verdict = Refusal(AckCode.STREAMING) if self.streaming else judge(asked, self.model)
        if isinstance(verdict, Refusal):
            self._acknowledge(asked, verdict)
            return
        self.settings = verdict
        self.epoch = (self.epoch + 1) % 256
        self._acknowledge(asked)
        self._send(self._info())

    def _take_test(self, asked: Test) -> None:
        if self.streaming:
            self._acknowledge(asked, Refusal(AckCode.STREAMING))
        elif asked.signal > TestSignal.BAND_GAP:
            self._acknowledge(asked, Refusal(AckCode.TEST_SIGNAL))
        else:
            self._test = TestSignal(asked.signal)
            self._acknowledge(asked)

    def _acknowledge(self, command: Set | Start | Stop | Test, verdict: Refusal | None = None) -> None:
        verdict = verdict or Refusal(AckCode.DONE)
        self._send(Ack(command.seq, command.kind, verdict.code, verdict.limit))

    # What goes out (P3 to P5).

    def _sample(self, to_s: float) -> None:
        if self._sampler is None:
            return
        for frame in self._sampler.until(to_s):
            # The signal may have pulled the plug.
            if not self.streaming:
                return
            self._send_data(frame)

    def _send_data(self, frame: SampledFrame) -> None:
        flags = frame.flags | self._carried_flags
        if self._test != TestSignal.OFF:
            flags |= DataFlag.TEST_SIGNAL
        payload = pack_samples(frame.counts, self.settings.encoding)
        data = Data(
            self.epoch, self._seq, self._sample_time_us(frame.first), flags, len(frame.counts), payload
        )
        if self._drop > 0 or not self._line.offer(encode(data), frame.done_s):
            self._drop = max(0, self._drop - 1)
            self.frames_dropped += 1
            self._carried_flags = DataFlag.FRAMES_DROPPED | flags & DataFlag.TICK_MISSED
            return
        self._carried_flags = 0
        self._count_sent()
        if self._sent is not None:
            self._sent(frame.first, frame.counts)

    def _send(self, message: Sendable) -> None:
        if self._line.offer(encode(message, self._seq, self.epoch), self.now_s):
            self._count_sent()
        else:
            self.frames_dropped += 1

    def _count_sent(self) -> None:
        self._seq = (self._seq + 1) % 65536
        self.frames_sent += 1

    def _clock_us(self, at_s: float) -> int:
        elapsed_us = (at_s - self._boot_s) * (1e6 + self.model.clock_ppm)
        return (self.model.t_us_start + round(elapsed_us)) % WRAP_US

    def _sample_time_us(self, index: int) -> int:
        """Time of tick ``index``, exact in the period: ticks times period, never a clock that is read."""
        period_us = self.settings.period_us
        ticks_us = index * period_us.numerator // period_us.denominator
        return (self._clock_us(self._anchor_s or 0.0) + ticks_us) % WRAP_US

    def _info(self) -> Info:
        settings, model = self.settings, self.model
        return Info(
            encoding=settings.encoding, k=settings.k, bits=settings.bits, oversample=settings.oversample,
            state=int(self.streaming), rate_num=TIMER_HZ, rate_den=settings.rate_den,
            reference_mv=model.reference_mv, firmware=model.firmware, board_id=self.device_id,
            capabilities=CAPABILITIES, max_rate_hz=settings.max_rate_hz, board=SOFTWARE_BOARD,
            test=self._test, boot_count=self.boot_count,
            channels=tuple(self._channel(pin) for pin in settings.pins),
        )  # fmt: skip

    def _channel(self, pin: int) -> InfoChannel:
        wired = self.model.inputs[pin]
        offset = 1 << self.settings.bits - 1 if wired.kind == 0 else 0
        gain_x100, skew = round(wired.gain * 100), round(wired.skew_us * 10)
        return InfoChannel(pin, wired.kind, gain_x100, offset, skew, wired.label)

    def _status(self) -> Status:
        return Status(
            t_us=self._clock_us(self.now_s), frames_sent=self.frames_sent,
            frames_dropped=min(self.frames_dropped, MOST_COUNT),
            ticks_missed=min(self.ticks_missed, MOST_COUNT),
            frames_bad=min(self._decoder.stats.frames_bad, MOST_COUNT),
            supply_mv=0, free_ram_bytes=MOST_COUNT,
        )  # fmt: skip
