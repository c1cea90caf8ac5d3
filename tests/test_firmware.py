"""The shipped firmware on a simulated ATmega328P: every sample, and the instant at which it was taken.

Simulated in simavr, not measured on hardware. ``chip`` figures add what simavr leaves out and the runner
puts back: the wait for the ADC clock's next edge, at eight phases of that clock.
"""

from functools import cache

import firmware_build
import numpy as np
import pytest
from firmware_build import build_firmware
from firmware_rig import CPU_HZ, START_S, Chip, Run, dialogue, flood, interleave, random_pins
from firmware_truth import Stream, Truth, converted, first_sample, received

from device.handshake import StreamRequest
from device.wire import (
    Ack,
    AckCode,
    Capability,
    Data,
    DataFlag,
    Encoding,
    Event,
    Hello,
    Info,
    OtherVersion,
    Ping,
    Pong,
    Status,
    encode,
)

PINS_HZ = 8000.0
AT_ONCE = -1
PHASES = range(0, 128, 16)
PHASE_S = 1.5  # of simulated time at each of them
TICK_LATENCY_US = 60 / 16
NAMES = {(2, 1): "2 ch x1", (4, 1): "4 ch x1", (2, 4): "2 ch x4", (4, 4): "4 ch x4"}


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    firmware_build.need_tools()


@cache
def streamed(
    n_channels: int, oversample: int, seconds: float = 10.3, phase: int = AT_ONCE, *defines: str,
    rate_hz: int = 1000, encoding: int = Encoding.U16,
) -> Run:  # fmt: skip
    """A run of the chip with voltages that jump all the time; runs are shared by the tests of this module."""
    request = StreamRequest(rate_hz, oversample, tuple(range(n_channels)), encoding=encoding)
    pins = random_pins(seconds, PINS_HZ, 6, seed=n_channels + oversample)
    return Chip(build_firmware(*defines), pins, PINS_HZ, adc_phase=phase).run(
        seconds, dialogue(request, seconds)
    )


def assert_every_sample_is_right(stream: Stream, truth: Truth) -> None:
    """What came is what the converter gave, set by set, and the frames say nothing else."""
    assert truth.whole[stream.index].all()
    np.testing.assert_array_equal(stream.counts, truth.sums[stream.index])


# Every sample.


@pytest.mark.parametrize(("n_channels", "oversample"), NAMES, ids=NAMES.values())
def test_ten_seconds_arrive_whole_and_equal_to_what_the_converter_read(
    n_channels: int, oversample: int
) -> None:
    run = streamed(n_channels, oversample)
    stream, truth = received(run), converted(run)
    assert len(stream.counts) >= 10_000
    assert stream.lost == 0
    assert stream.index[0] == 0
    # Stopped in the middle of a frame: at most its sets are missing at the end.
    assert len(truth.codes) - len(stream.index) <= stream.info.k + 1
    assert_every_sample_is_right(stream, truth)
    assert set(stream.flags[stream.info.k :]) == {0}
    assert stream.flags[0] == DataFlag.FIRST
    assert run.decoder.stats.frames_bad == 0
    status = run.of(Status)[-1]
    assert (status.frames_dropped, status.ticks_missed, status.frames_bad) == (0, 0, 0)
    assert len(run.of(Status)) == 9


def test_sequence_numbers_count_every_frame() -> None:
    run = streamed(4, 4)
    numbers = [message.seq for _, message in run.messages if not isinstance(message, OtherVersion)]
    assert numbers == list(range(len(numbers)))
    assert len({message.epoch for message in run.of(Data)}) == 1


@pytest.mark.parametrize(
    ("n_channels", "oversample", "rate_hz", "encoding"),
    [
        (1, 1, 4000, Encoding.U16), (2, 1, 4000, Encoding.U16), (6, 1, 2000, Encoding.U16),
        (6, 4, 1000, Encoding.U16), (1, 16, 1000, Encoding.U16), (6, 16, 250, Encoding.U16),
        (3, 1, 1000, Encoding.P12), (5, 4, 1000, Encoding.P12), (2, 1, 31, Encoding.U16),
        (2, 4, 1, Encoding.U16),
    ],
)  # fmt: skip
def test_other_settings_arrive_whole_and_exact(
    n_channels: int, oversample: int, rate_hz: int, encoding: Encoding
) -> None:
    seconds = 6.0 if rate_hz < 10 else 2.0
    run = streamed(n_channels, oversample, seconds, 16, rate_hz=rate_hz, encoding=encoding)
    stream, truth = received(run), converted(run)
    assert stream.info.encoding == encoding
    assert stream.info.bits == 10 + {1: 0, 4: 2, 16: 4}[oversample]
    assert float(stream.info.sfreq_hz) == pytest.approx(rate_hz, rel=1e-4)
    assert len(stream.counts) >= (seconds - 0.5) * rate_hz - stream.info.k - 1
    assert stream.lost == 0
    assert_every_sample_is_right(stream, truth)
    assert all(status.ticks_missed == status.frames_dropped == 0 for status in run.of(Status))


def test_the_board_clock_wraps_without_a_trace() -> None:
    run = streamed(2, 1, 3.0, AT_ONCE, f"EM_CLOCK_START={2**32 - 1_500_000}UL")
    stream, truth = received(run), converted(run)
    times = [data.t_us for data in stream.frames]
    assert times[0] > 2**32 - 1_500_000
    assert times[-1] < 2_000_000
    assert stream.lost == 0
    assert_every_sample_is_right(stream, truth)
    # What goes by the clock goes on: STATUS each second, and nobody is taken for silent.
    assert len(run.of(Status)) == 2
    assert not run.of(Event)


@pytest.mark.parametrize(("n_channels", "oversample"), [(2, 1), (4, 1), (4, 4)])
@pytest.mark.parametrize("struck", [700, 702])
def test_a_missed_tick_costs_its_sets_and_nothing_else(struck: int, n_channels: int, oversample: int) -> None:
    """A conversion held up for 1.2 ticks: its set and that of the missed tick are lost, and announced.

    Set 700 is the first of its frame, set 702 stands in the middle: that frame ends before it (P3.3).
    """
    seconds = 2.0
    request = StreamRequest(1000, oversample, tuple(range(n_channels)))
    pins = random_pins(seconds, PINS_HZ, 6, seed=3)
    script = dialogue(request, seconds)
    chip = Chip(build_firmware(), pins, PINS_HZ)
    tick_cycles = CPU_HZ // (1000 * oversample)
    held = first_sample(chip.run(seconds, script)) + struck * n_channels * oversample + 1
    run = Chip(build_firmware(), pins, PINS_HZ, stall=(held, int(1.2 * tick_cycles))).run(seconds, script)
    stream, truth = received(run), converted(run)
    lost = np.setdiff1d(np.arange(stream.index[-1]), stream.index)
    assert lost.tolist() == list(range(struck, struck + (2 if oversample == 1 else 1)))
    assert stream.lost == len(lost)
    assert run.of(Status)[-1].ticks_missed == {1: 1, 4: 2}[oversample]
    assert_every_sample_is_right(stream, truth)
    flagged = stream.index[(stream.flags & DataFlag.TICK_MISSED) > 0]
    assert flagged.tolist() == list(range(lost[-1] + 1, lost[-1] + 1 + stream.info.k))
    assert sorted({data.n for data in stream.frames}) == ([2, 4] if struck % 4 else [4])
    # Every set that came was sampled in time, those around the loss included.
    late = truth.started[stream.index] - stream.index[:, None, None] * truth.set_cycles
    late -= np.median(late, axis=0).astype(np.int64)
    assert np.abs(late).max() / 16 <= 20


def test_a_flood_of_garbage_leaves_the_samples_exact_and_in_time() -> None:
    seconds = 3.0
    request = StreamRequest(1000, 1, (0, 1, 2, 3))
    script = interleave(dialogue(request, seconds, pings=False, stop=False), flood(0.5, 2.5, 500_000, seed=1))
    pins = random_pins(seconds, PINS_HZ, 6, seed=5)
    run = Chip(build_firmware(), pins, PINS_HZ).run(seconds, script)
    stream, truth = received(run), converted(run)
    assert stream.lost == 0
    assert_every_sample_is_right(stream, truth)
    assert truth.conversion_jitter().most_us <= 40
    assert run.of(Status)[-1].frames_bad > 100
    assert run.totals["overruns"] == 0
    assert run.decoder.stats.frames_bad == 0


def test_frames_that_do_not_fit_the_buffer_are_dropped_whole_and_announced() -> None:
    """P6.7: the wire crawls for 60 ms, sampling goes on."""
    seconds = 2.0
    request = StreamRequest(1000, 1, (0, 1, 2, 3))
    pins = random_pins(seconds, PINS_HZ, 6, seed=6)
    chip = Chip(build_firmware(), pins, PINS_HZ, slow_wire_s=(1.0, 0.06))
    run = chip.run(seconds, dialogue(request, seconds))
    stream, truth = received(run), converted(run)
    status = run.of(Status)[-1]
    assert status.frames_dropped > 0
    assert status.ticks_missed == 0
    assert stream.lost == status.frames_dropped * stream.info.k
    assert_every_sample_is_right(stream, truth)
    after_a_gap = stream.index[1:][np.diff(stream.index) > 1]
    flagged = stream.index[(stream.flags & DataFlag.FRAMES_DROPPED) > 0]
    np.testing.assert_array_equal(flagged[:: stream.info.k], after_a_gap)


def test_a_host_that_asks_without_pause_takes_nothing_from_the_samples() -> None:
    seconds = 2.0
    firmware = build_firmware("EM_BAUD=115200UL")
    asked = [(at, b"\0" + encode(Hello(), 1) + encode(Ping(2), 2)) for at in np.arange(0.5, 1.5, 0.002)]
    script = interleave(dialogue(StreamRequest(1000, 1, (0, 1, 2, 3)), seconds), asked)
    run = Chip(firmware, random_pins(seconds, PINS_HZ, 6, seed=7), PINS_HZ).run(seconds, script)
    stream = received(run)
    assert stream.lost == 0
    assert_every_sample_is_right(stream, converted(run))
    assert len(run.of(Pong)) > 10


# The instant of every sample.


@pytest.mark.parametrize("n_channels", [2, 4])
def test_conversions_start_in_time(n_channels: int) -> None:
    jitter = converted(streamed(n_channels, 1)).conversion_jitter()
    assert jitter.p99_us <= 10
    assert jitter.most_us <= 20


@pytest.mark.parametrize("n_channels", [2, 4])
@pytest.mark.parametrize("phase", PHASES)
def test_conversions_start_in_time_with_the_converters_clock(n_channels: int, phase: int) -> None:
    run = streamed(n_channels, 1, PHASE_S, phase)
    jitter = converted(run).conversion_jitter()
    assert jitter.p99_us <= 10
    assert jitter.most_us <= 20
    assert_every_sample_is_right(received(run), converted(run))


@pytest.mark.parametrize(("n_channels", "p99_us", "most_us"), [(2, 10, 20), (4, 16, 24)])
@pytest.mark.parametrize("phase", [AT_ONCE, *PHASES])
def test_the_mean_instant_of_a_sum_is_in_time(
    n_channels: int, p99_us: float, most_us: float, phase: int
) -> None:
    run = streamed(n_channels, 4) if phase == AT_ONCE else streamed(n_channels, 4, PHASE_S, phase)
    jitter = converted(run).set_jitter()
    assert jitter.p99_us <= p99_us
    assert jitter.most_us <= most_us
    assert_every_sample_is_right(received(run), converted(run))


@pytest.mark.parametrize(("n_channels", "oversample"), NAMES, ids=NAMES.values())
def test_info_tells_the_skew_of_each_channel(n_channels: int, oversample: int) -> None:
    """Within half a clock of the converter, whose phase the firmware does not know."""
    clock_us = 4 if (n_channels, oversample) == (4, 4) else 8
    for phase in PHASES:
        run = streamed(n_channels, oversample, PHASE_S, phase)
        told = np.array([channel.skew_s for channel in run.of(Info)[-1].channels]) * 1e6
        was = converted(run).skew_us() + TICK_LATENCY_US + 1.5 * clock_us
        assert np.abs(told - was).max() <= clock_us / 2 + 1


def test_a_polled_loop_would_be_seen() -> None:
    """The mutant: the same sketch without its own timer breaks the bound with four channels."""
    seconds = 3.0
    request = StreamRequest(1000, 1, (0, 1, 2, 3))
    pins = random_pins(seconds, PINS_HZ, 6, seed=4)
    run = Chip(build_firmware("EM_PORTABLE"), pins, PINS_HZ).run(seconds, dialogue(request, seconds))
    first = int(np.searchsorted(run.conversions["asked"], int(START_S * CPU_HZ)))
    jitter = converted(run, first).conversion_jitter()
    assert jitter.most_us > 20


@pytest.mark.parametrize(("n_channels", "oversample", "most"), [(2, 1, 0.25), (4, 4, 0.60)])
def test_the_cpu_has_time_to_spare(n_channels: int, oversample: int, most: float) -> None:
    run = streamed(n_channels, oversample)
    assert run.interrupts(1.0, 10.0) < run.cpu(1.0, 10.0) <= most


def test_the_stack_stays_far_from_the_data() -> None:
    run = streamed(4, 4)
    data_ends = 0x100 + build_firmware().ram_bytes
    # An interrupt keeps at most 35 bytes below its entry, and two can be under way.
    assert run.totals["lowest_stack"] - 70 - data_ends > 300


# What cannot be done is refused, and what is said to be possible is.


@pytest.mark.parametrize(
    ("baud", "n_channels", "rate_hz", "encoding"),
    [
        (115_200, 2, 2000, 0), (115_200, 4, 1000, 0), (115_200, 6, 900, 1), (230_400, 4, 2000, 0),
        (230_400, 6, 1000, 0), (250_000, 2, 4000, 0), (500_000, 6, 2000, 0), (1_000_000, 6, 2000, 0),
    ],
)  # fmt: skip
def test_a_baud_carries_what_the_board_says(baud: int, n_channels: int, rate_hz: int, encoding: int) -> None:
    run = streamed(n_channels, 1, 1.3, AT_ONCE, f"EM_BAUD={baud}UL", rate_hz=rate_hz, encoding=encoding)
    stream = received(run)
    assert stream.lost == 0
    assert_every_sample_is_right(stream, converted(run))
    assert run.of(Status)[-1].frames_dropped == 0


def judged(firmware: firmware_build.Firmware, request: StreamRequest) -> Ack:
    """The answer of the chip to a SET."""
    run = Chip(firmware).run(0.18, dialogue(request, 0.15, pings=False, stop=False))
    ack: Ack = next(ack for ack in run.of(Ack) if ack.command == 9)
    return ack


@pytest.mark.parametrize(
    ("baud", "n_channels", "oversample", "encoding", "k", "code"),
    [
        (115_200, 4, 1, 0, 0, AckCode.TOO_FAST_FOR_WIRE),
        (115_200, 2, 4, 1, 0, AckCode.TOO_FAST_FOR_WIRE),
        (115_200, 2, 1, 0, 1, AckCode.TOO_FAST_FOR_WIRE),
        (500_000, 6, 1, 0, 4, AckCode.TOO_FAST_FOR_WIRE),
        (500_000, 2, 1, 0, 0, AckCode.TOO_FAST_FOR_CONVERTER),
        (500_000, 4, 4, 0, 0, AckCode.TOO_FAST_FOR_CONVERTER),
        (500_000, 1, 16, 0, 0, AckCode.TOO_FAST_FOR_CONVERTER),
        (500_000, 6, 16, 0, 0, AckCode.TOO_FAST_FOR_CONVERTER),
    ],
)
def test_the_limit_of_a_refusal_is_the_highest_rate_that_is_taken(
    baud: int, n_channels: int, oversample: int, encoding: int, k: int, code: AckCode
) -> None:
    firmware = build_firmware(f"EM_BAUD={baud}UL")
    pins = tuple(range(n_channels))
    too_fast = judged(firmware, StreamRequest(2 * 4000, oversample, pins, encoding=encoding, k=k))
    limit = too_fast.limit
    assert limit > 0
    assert (
        judged(firmware, StreamRequest(limit, oversample, pins, encoding=encoding, k=k)).code == AckCode.DONE
    )
    just = judged(firmware, StreamRequest(limit + 1, oversample, pins, encoding=encoding, k=k))
    assert (just.code, just.limit) == (code, limit)
    if k:
        return
    run = streamed(n_channels, oversample, 1.3, 32, f"EM_BAUD={baud}UL", rate_hz=limit, encoding=encoding)
    stream = received(run)
    assert stream.info.max_rate_hz == limit
    assert stream.lost == 0
    assert_every_sample_is_right(stream, converted(run))


def test_a_slow_wire_refuses_four_channels_at_two_kilohertz_and_names_the_most() -> None:
    ack = judged(build_firmware("EM_BAUD=115200UL"), StreamRequest(2000, 1, (0, 1, 2, 3)))
    assert ack.code == AckCode.TOO_FAST_FOR_WIRE
    # P9.1 with k = 8, the frame of 8 ms: 0.85 x 117647 baud x 8 / (10 x (14 + 64)).
    assert ack.limit == 1025


def test_the_sketch_takes_its_own_timer_on_an_atmega328p() -> None:
    info = streamed(2, 1).of(Info)[0]
    assert info.board == 1
    assert info.capabilities & Capability.OWN_TIMER
    assert build_firmware("EM_AVR").flash_bytes == build_firmware().flash_bytes


# The tools are asked for, not assumed.


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_missing_tools_skip_here_and_fail_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(firmware_build, "PROGRAMS", ("no-such-compiler",))
    with pytest.raises(outcome, match="no-such-compiler"):
        firmware_build.need_tools()
