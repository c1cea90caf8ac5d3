"""What the shipped firmware says and does on a simulated ATmega328P, by firmware_protocol.md."""

import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import firmware_build
import numpy as np
import pytest
from firmware_build import ARDUINO, CORE, SKETCH, build_firmware
from firmware_rig import CPU_HZ, START_S, Chip, Run, Script, dialogue, flood, interleave, random_pins
from firmware_truth import converted, received
from protocol_vectors import PROTOCOL, read_vectors

from device.handshake import StreamRequest
from device.wire import (
    Ack,
    AckCode,
    Capability,
    Data,
    DataFlag,
    Encoding,
    Event,
    EventCode,
    FromHost,
    Hello,
    Info,
    Ping,
    Pong,
    Set,
    Start,
    Status,
    Stop,
    Test,
    TestSignal,
    encode,
)

PINS_HZ = 8000.0
REQUEST = StreamRequest()


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    firmware_build.need_tools()


def said(*rows: tuple[float, FromHost]) -> Script:
    """A script of host messages, numbered from 0."""
    return [(at, encode(message, seq)) for seq, (at, message) in enumerate(rows)]


def talk(seconds: float, *rows: tuple[float, FromHost]) -> Run:
    """The chip with everything at its default, and what the host says to it."""
    return Chip(build_firmware()).run(seconds, said(*rows))


def acks(run: Run) -> list[tuple[int, int, int, int]]:
    """(sequence number of the command, its type, code, limit) of each ACK."""
    return [(ack.command_seq, ack.command, ack.code, ack.limit) for ack in run.of(Ack)]


# Boot (P7.1, P2.2, P2.3, P4).


def test_it_boots_into_idle_with_an_info_and_never_streams_unasked() -> None:
    run = talk(3.0)
    assert [type(message) for _, message in run.messages] == [Info]
    at_s, info = run.messages[0]
    assert isinstance(info, Info)
    assert at_s < 0.1
    assert (info.seq, info.state, info.test, info.oversample, info.bits, info.k) == (0, 0, 0, 1, 10, 4)
    assert [channel.pin for channel in info.channels] == [0, 1]
    assert [(c.kind, c.gain_x100, c.offset, c.label) for c in info.channels] == [
        (0, 20000, 512, "A0"), (0, 20000, 512, "A1"),
    ]  # fmt: skip
    assert info.capabilities == sum(Capability)


def test_the_id_stays_and_boot_count_and_epoch_go_on_over_power_cycles(tmp_path: Path) -> None:
    chip = Chip(build_firmware(), eeprom=tmp_path / "eeprom")
    infos = []
    for _ in range(3):
        run = chip.run(0.5, dialogue(REQUEST, 0.5))
        infos.append(run.of(Info))
    assert len({info.board_id for seen in infos for info in seen}) == 1
    assert infos[0][0].board_id not in (0, 2**32 - 1)
    assert [seen[0].boot_count for seen in infos] == [1, 2, 3]
    # Boot, SET and START: one each, and the next boot follows the last START.
    assert [[info.epoch for info in seen if info.epoch != 0] for seen in infos] == [
        [1, 1, 2, 3], [4, 4, 5, 6], [7, 7, 8, 9],
    ]  # fmt: skip


def test_the_epoch_and_the_boot_count_wrap(tmp_path: Path) -> None:
    eeprom = tmp_path / "eeprom"
    chip = Chip(build_firmware(), eeprom=eeprom)
    board_id = chip.run(0.1).of(Info)[0].board_id
    image = bytearray(eeprom.read_bytes())
    image[0:2] = (0xFFFF).to_bytes(2, "little")
    image[16 + 0xFFFF % 16] = 255
    eeprom.write_bytes(image)
    info = chip.run(0.1).of(Info)[0]
    assert (info.board_id, info.boot_count, info.epoch) == (board_id, 0, 0)


def test_chips_have_ids_of_their_own_whatever_their_eeprom_held_before(tmp_path: Path) -> None:
    ids = set()
    for seed in range(4):
        eeprom = tmp_path / f"eeprom{seed}"
        eeprom.write_bytes(bytes([0, 0xFF, 0xA5, 1][seed : seed + 1]) * 1024)
        noise = random_pins(0.1, 40_000, 8, seed, span_mv=40)
        info = Chip(build_firmware(), noise, 40_000, eeprom=eeprom).run(0.1).of(Info)[0]
        assert info.boot_count == 1
        ids.add(info.board_id)
    assert len(ids) == 4
    assert 0 not in ids


def test_a_boot_loaders_time_is_waited_for() -> None:
    rows = tuple((0.2 * i, Hello()) for i in range(20))
    run = Chip(build_firmware(), boot_s=1.4).run(4.0, said(*rows))
    times = [at for at, _ in run.messages]
    assert 1.4 < times[0] < 1.5
    assert len(run.of(Info)) >= 12
    # The first byte after the boot may fall into the middle of a HELLO: at most that one is lost.
    assert times[1] < 1.9


@pytest.mark.parametrize(
    ("cause", "told"), [(0, False), (1, False), (2, False), (4, True), (5, False), (8, True)]
)
def test_a_brown_out_or_a_watchdog_is_told(cause: int, told: bool) -> None:
    """A power-on sets the brown-out flag, too; a boot loader may leave no flag at all."""
    run = Chip(build_firmware(), reset_cause=cause).run(0.2)
    assert [event.code for event in run.of(Event)] == [EventCode.RESTARTED] * told


# Commands (P5.2, P5.3, P6).


def test_commands_are_acknowledged_within_50_ms() -> None:
    run = talk(
        0.6, (0.1, Set(1000, 1, 0, 0, (0, 1))), (0.2, Test(0)), (0.3, Start()), (0.4, Stop()), (0.5, Stop())
    )
    assert acks(run) == [(0, 9, 0, 0), (1, 13, 0, 0), (2, 10, 0, 0), (3, 11, 0, 0), (4, 11, 0, 0)]
    times = [at for at, message in run.messages if isinstance(message, Ack)]
    assert all(at - asked < 0.05 for at, asked in zip(times, (0.1, 0.2, 0.3, 0.4, 0.5), strict=True))
    started = [at for at, message in run.messages if isinstance(message, Info) and message.streaming]
    assert started[0] - 0.3 < 0.05


@pytest.mark.parametrize(
    ("asked", "code", "limit"),
    [
        (Set(0, 1, 0, 0, (0, 1)), AckCode.MALFORMED, 0),
        (Set(1000, 1, 0, 0, ()), AckCode.MALFORMED, 0),
        (Set(1000, 1, 0, 61, (0, 1)), AckCode.MALFORMED, 0),
        (Set(1000, 1, 1, 81, (0, 1)), AckCode.MALFORMED, 0),
        (Set(1000, 1, 0, 0, (0, 6)), AckCode.PINS, 5),
        (Set(1000, 1, 0, 0, (0, 0)), AckCode.PINS, 5),
        (Set(1000, 1, 0, 0, (0, 1, 2, 3, 4, 5, 6)), AckCode.PINS, 5),
        (Set(1000, 2, 0, 0, (0, 1)), AckCode.OVERSAMPLING, 16),
        (Set(1000, 64, 0, 0, (0, 1)), AckCode.OVERSAMPLING, 16),
        (Set(1000, 0, 0, 0, (0, 1)), AckCode.OVERSAMPLING, 16),
        (Set(1000, 1, 2, 0, (0, 1)), AckCode.ENCODING, 0),
        (Set(250, 16, 1, 0, (0, 1)), AckCode.ENCODING, 0),
    ],
)
def test_a_refused_set_leaves_everything_as_it_was(asked: Set, code: AckCode, limit: int) -> None:
    run = talk(0.3, (0.1, Hello()), (0.15, asked), (0.2, Hello()))
    assert acks(run) == [(1, 9, code, limit)]
    before, after = run.of(Info)[1:]
    assert (before.epoch, before.channels, before.k) == (after.epoch, after.channels, after.k)


@pytest.mark.parametrize(
    ("asked", "k"),
    [
        (Set(1000, 1, 0, 60, (0, 1)), 60), (Set(1000, 1, 1, 80, (0, 1)), 80), (Set(1000, 1, 0, 1, (0,)), 1),
        (Set(1000, 1, 0, 0, (0, 1)), 4), (Set(1001, 1, 0, 0, (0, 1)), 5), (Set(100, 1, 0, 0, (0, 1)), 1),
    ],
)  # fmt: skip
def test_k_is_as_asked_or_the_smallest_of_4_ms_and_frames_hold_it(asked: Set, k: int) -> None:
    seconds = 1.0
    request = StreamRequest(asked.rate_hz, asked.oversample, asked.pins, encoding=asked.encoding, k=asked.k)
    run = Chip(build_firmware(), random_pins(seconds, PINS_HZ, 2, 9), PINS_HZ).run(
        seconds, dialogue(request, seconds)
    )
    stream = received(run)
    assert stream.info.k == k
    assert {data.n for data in stream.frames} == {k}
    np.testing.assert_array_equal(stream.counts, converted(run).sums[stream.index])


def test_what_is_said_twice_changes_nothing() -> None:
    rows = ((0.1, Stop()), (0.2, Start()), (0.3, Start()), (0.4, Set(500, 1, 0, 0, (0,))), (0.5, Test(1)))
    run = talk(0.8, *rows, (0.6, Stop()), (0.7, Stop()))
    assert [row[2] for row in acks(run)] == [0, 0, 0, AckCode.STREAMING, AckCode.STREAMING, 0, 0]
    streaming = [info for info in run.of(Info) if info.streaming]
    assert len(streaming) == 2
    assert len({info.epoch for info in streaming}) == 1
    data = run.of(Data)
    assert [d.flags for d in data].count(DataFlag.FIRST) == 1
    assert {round((b.t_us - a.t_us) % 2**32) for a, b in pairwise(data)} == {4000}
    assert run.messages[-1][0] < 0.75


def test_pong_tells_the_boards_clock() -> None:
    rows = [(0.1 + 0.07 * i, Ping(0xDEADBEEF - i)) for i in range(10)]
    run = talk(1.0, *rows)
    pongs = run.of(Pong)
    assert [pong.token for pong in pongs] == [0xDEADBEEF - i for i in range(10)]
    times = [at for at, message in run.messages if isinstance(message, Pong)]
    offsets = np.array([at * 1e6 - pong.sent_us for at, pong in zip(times, pongs, strict=True)])
    assert np.ptp(offsets) < 100
    assert all(0 <= pong.sent_us - pong.received_us < 200 for pong in pongs)


def test_the_clock_is_right_at_any_instant_of_a_tick() -> None:
    """PINGs as fast as their answers fit the wire find the moments at which a tick waits to be counted."""
    pings = [(0.2 + 0.00046011 * i, Ping(i)) for i in range(4000)]
    run = talk(2.2, (0.1, Set(4000, 1, 0, 0, (0,))), *pings)
    rows = [(at, pong) for at, pong in run.messages if isinstance(pong, Pong)]
    assert len(rows) == len(pings)
    # The tick is 250 µs.
    assert np.ptp([at * 1e6 - pong.received_us for at, pong in rows]) < 100
    assert np.ptp([at * 1e6 - pong.sent_us for at, pong in rows]) < 100


def test_the_clock_goes_on_through_set_and_start() -> None:
    """P5: one board clock, whatever is set and started: PONGs before, between and after fit one line."""
    pings: list[tuple[float, FromHost]] = [(0.1 + 0.05 * i, Ping(i)) for i in range(12)]
    others: list[tuple[float, FromHost]] = [
        (0.12, Set(700, 4, 0, 0, (0, 1))),
        (0.22, Start()),
        (0.42, Stop()),
    ]
    others.append((0.52, Set(33, 1, 0, 0, (0,))))
    run = talk(0.8, *sorted([*pings, *others], key=lambda row: row[0]))
    rows = [(at, message.received_us) for at, message in run.messages if isinstance(message, Pong)]
    assert len(rows) == len(pings)
    offsets = np.array([at * 1e6 - board_us for at, board_us in rows])
    assert np.ptp(offsets) < 300
    first = next(message for _, message in run.messages if isinstance(message, Data))
    trigger_s = run.conversions["asked"][np.searchsorted(run.conversions["asked"], 0.225 * CPU_HZ) :]
    scans = trigger_s / CPU_HZ * 1e6 - first.t_us
    assert np.abs(scans - np.median(offsets)).min() < 300


# Silence (P6.5).


def test_nobody_heard_for_five_seconds_stops_the_stream() -> None:
    run = talk(8.0, (0.1, Set(1000, 1, 0, 0, (0, 1))), (START_S, Start()), (6.5, Start()), (7.5, Stop()))
    (at_s,) = [at for at, message in run.messages if isinstance(message, Event)]
    assert 5.0 <= at_s - START_S <= 5.2
    assert run.of(Event)[0].code == EventCode.NO_HOST
    data = [(at, message.epoch) for at, message in run.messages if isinstance(message, Data)]
    assert not [at for at, _ in data if at_s < at < 6.5]
    epochs = sorted({epoch for _, epoch in data})
    assert len(epochs) == 2
    assert epochs[1] == epochs[0] + 1


def test_pings_keep_it_streaming_and_garbage_does_not() -> None:
    kept = Chip(build_firmware()).run(7.0, dialogue(REQUEST, 7.0))
    assert not kept.of(Event)
    alone = dialogue(REQUEST, 7.0, pings=False, stop=False)
    run = Chip(build_firmware()).run(7.0, interleave(alone, flood(0.5, 6.5, 20_000, seed=2)))
    assert [event.code for event in run.of(Event)] == [EventCode.NO_HOST]


# Bytes that are no frames (P1).


def test_what_the_protocol_discards_is_discarded_counted_and_the_next_frame_taken() -> None:
    rows = [row for row in read_vectors(PROTOCOL.read_text("utf-8")).discarded if row.listener == "board"]
    assert len(rows) >= 10
    start = said((0.1, Set(1000, 1, 0, 0, (0, 1))), (START_S, Start()))
    script = [*start, *((0.4 + 0.02 * i, row.wire) for i, row in enumerate(rows))]
    script += [(0.41 + 0.02 * i, encode(Ping(i), i)) for i in range(len(rows))]
    run = Chip(build_firmware()).run(2.5, interleave(script))
    assert [pong.token for pong in run.of(Pong)] == list(range(len(rows)))
    assert run.of(Status)[-1].frames_bad == len(rows)
    assert len(run.of(Ack)) == 2


def test_empty_frames_and_half_a_command_cost_nothing_but_themselves() -> None:
    half = encode(Set(1000, 1, 0, 0, (0, 1)), 7)[:9]
    rows: Sequence[tuple[float, bytes]] = [
        (0.1, b"\0\0\0" + encode(Ping(1), 0)), (0.2, half + b"\0" + encode(Ping(2), 1)),
        (0.3, b"\x55" * 255 + b"\0" + encode(Ping(3), 2)), (0.4, half + encode(Ping(4), 3)),
        (0.5, encode(Ping(5), 4)),
    ]  # fmt: skip
    run = Chip(build_firmware()).run(0.7, rows)
    assert [pong.token for pong in run.of(Pong)] == [1, 2, 3, 5]


# Test signals (P6.6).


def signal_run(signal: TestSignal, request: StreamRequest = REQUEST, seconds: float = 2.0) -> Run:
    """A run of a test signal."""
    return Chip(build_firmware()).run(seconds, dialogue(request, seconds, signal))


@pytest.mark.parametrize(
    "request_", [StreamRequest(pins=(0, 1, 2)), StreamRequest(oversample=4), StreamRequest(500, 16),
                 StreamRequest(oversample=4, encoding=Encoding.P12, pins=(5, 0, 3))],
)  # fmt: skip
def test_the_ramp_is_exact_to_the_bit(request_: StreamRequest) -> None:
    stream = received(signal_run(TestSignal.RAMP, request_))
    columns = 1000 * np.arange(len(request_.pins))
    np.testing.assert_array_equal(stream.counts, (stream.index[:, None] + columns) % 2**stream.info.bits)
    assert stream.info.test == TestSignal.RAMP
    assert (stream.flags & DataFlag.TEST_SIGNAL).all()
    assert stream.lost == 0


def test_the_square_has_64_sets_of_each_rail_and_says_so() -> None:
    stream = received(signal_run(TestSignal.SQUARE, StreamRequest(oversample=4)))
    high = stream.index // 64 % 2 == 1
    np.testing.assert_array_equal(stream.counts, np.where(high, 4095, 0)[:, None].repeat(2, axis=1))
    np.testing.assert_array_equal((stream.flags & DataFlag.CLIP_HIGH) > 0, high)
    np.testing.assert_array_equal((stream.flags & DataFlag.CLIP_LOW) > 0, ~high)


def test_ground_and_band_gap_are_converted() -> None:
    ground = received(signal_run(TestSignal.GROUND))
    assert (ground.counts == 0).all()
    assert (ground.flags & DataFlag.CLIP_LOW).all()
    band_gap = received(signal_run(TestSignal.BAND_GAP, StreamRequest(oversample=16, rate_hz=250)))
    millivolts = band_gap.counts * band_gap.info.reference_mv / 2**band_gap.info.bits
    assert np.abs(millivolts - 1100).max() < 5


def test_a_test_signal_holds_until_the_next_and_an_unknown_one_is_refused() -> None:
    rows = ((0.1, Test(5)), (0.2, Test(1)), (0.3, Start()), (0.5, Stop()), (0.6, Start()), (0.8, Stop()))
    run = talk(1.2, *rows, (0.9, Test(0)), (1.0, Hello()))
    assert acks(run)[0] == (0, 13, AckCode.TEST_SIGNAL, 0)
    firsts = [data for data in run.of(Data) if data.flags & DataFlag.FIRST]
    assert [data.samples[:4] for data in firsts] == [b"\0\0\xe8\x03"] * 2
    assert [info.test for info in run.of(Info)][-1] == TestSignal.OFF


def test_a_pin_on_a_rail_is_flagged() -> None:
    for millivolts, flag in ((0.0, DataFlag.CLIP_LOW), (5000.0, DataFlag.CLIP_HIGH), (2500.0, 0)):
        pins = np.full((1, 2), 2500, dtype=np.float32)
        pins[0, 1] = millivolts
        run = Chip(build_firmware(), pins).run(1.0, dialogue(StreamRequest(oversample=4), 1.0))
        stream = received(run)
        assert set(stream.flags[stream.info.k :]) == {int(flag)}


# Supply and reference.


@pytest.mark.parametrize("supply_mv", [3300.0, 4700.0, 5000.0, 5300.0])
def test_the_supply_is_measured_against_the_band_gap(supply_mv: float) -> None:
    run = Chip(build_firmware(), supply_mv=supply_mv).run(1.5, dialogue(REQUEST, 1.5))
    status, info = run.of(Status)[0], run.of(Info)[-1]
    # Without noise the one code that the band-gap gives stands for a step of 0.4 %.
    assert status.supply_mv == pytest.approx(supply_mv, rel=0.004)
    assert info.reference_mv == status.supply_mv
    assert 200 < status.free_ram_bytes < 2048


@pytest.mark.parametrize("band_gap_mv", [0.0, 400.0, 5000.0])
def test_a_measurement_that_cannot_be_right_is_not_used(band_gap_mv: float) -> None:
    run = Chip(build_firmware(), band_gap_mv=band_gap_mv).run(1.5, dialogue(REQUEST, 1.5))
    assert run.of(Status)[0].supply_mv == 0
    assert run.of(Info)[-1].reference_mv == 5000


# The sensor table, and the loop for other boards.


def test_the_sensor_table_reaches_info() -> None:
    envelope = ("A0 EM_RAW, 200.00, EM_MID_RAIL", "A0 EM_ENVELOPE, 10200.0, EM_ZERO")
    edits = (envelope, ("A1 EM_RAW, 200.00", "A1 EM_RAW, 201.25"))
    firmware = build_firmware(edits=edits)
    run = Chip(firmware).run(0.5, dialogue(StreamRequest(oversample=4), 0.5))
    channels = run.of(Info)[-1].channels
    assert [(c.kind, c.gain_x100, c.offset) for c in channels] == [(2, 1_020_000, 0), (0, 20_125, 2048)]


def test_the_portable_loop_says_that_it_polls_and_streams_two_channels() -> None:
    seconds = 2.5
    firmware = build_firmware("EM_PORTABLE")
    pins = random_pins(seconds, PINS_HZ, 6, seed=8)
    run = Chip(firmware, pins, PINS_HZ).run(seconds, dialogue(REQUEST, seconds))
    info = run.of(Info)[0]
    assert (info.board, info.capabilities & Capability.OWN_TIMER) == (1, 0)
    assert not run.decoder.stats.frames_bad
    stream = received(run)
    truth = converted(run, int(np.searchsorted(run.conversions["asked"], int(START_S * CPU_HZ))))
    assert len(stream.counts) >= 2200
    assert stream.lost == run.of(Status)[-1].ticks_missed == 0
    np.testing.assert_array_equal(stream.counts, truth.sums[stream.index])


@pytest.mark.parametrize("oversample", [4, 16])
def test_the_portable_loop_oversamples_and_names_the_most_that_it_can(oversample: int) -> None:
    firmware = build_firmware("EM_PORTABLE")
    fast = StreamRequest(4000, oversample, (0, 1))
    ack = Chip(firmware).run(0.2, dialogue(fast, 0.2)).of(Ack)[0]
    assert ack.code == AckCode.TOO_FAST_FOR_CONVERTER
    request = StreamRequest(ack.limit, oversample, (0, 1))
    seconds = 1.5
    run = Chip(firmware, random_pins(seconds, PINS_HZ, 2, 11), PINS_HZ).run(
        seconds, dialogue(request, seconds)
    )
    stream = received(run)
    assert stream.info.bits == 10 + {4: 2, 16: 4}[oversample]
    # A burst of conversions per channel, channel by channel.
    log = run.conversions[np.searchsorted(run.conversions["asked"], int(START_S * CPU_HZ)) :]
    sums = log["code"][: len(log) // (2 * oversample) * 2 * oversample].reshape(-1, 2, oversample).sum(axis=2)
    np.testing.assert_array_equal(stream.counts, sums[: len(stream.counts)])
    assert stream.lost == run.of(Status)[-1].ticks_missed


@pytest.mark.parametrize(("machine", "variant"), [("atmega2560", "mega")])
def test_the_sketch_compiles_for_another_avr(machine: str, variant: str, tmp_path: Path) -> None:
    """Compiled only: not run, and not tried on that board."""
    flags = ["-std=gnu++11", "-Os", "-Wall", "-Wextra", "-Werror", f"-mmcu={machine}", "-DF_CPU=16000000L"]
    flags += ["-DARDUINO=10819", "-DARDUINO_ARCH_AVR", f"-I{CORE}", f"-I{ARDUINO / 'variants' / variant}"]
    source = str(SKETCH / "emgfeedback.ino")
    subprocess.run(["avr-g++", "-c", *flags, "-x", "c++", source, "-o", str(tmp_path / "o")], check=True)


ARDUINO_H = """
#include <stdint.h>
#include <stddef.h>
enum { A0 = 14, A1, A2, A3, A4, A5 };
uint32_t micros();
int analogRead(int);
void analogReadResolution(int);
struct Port { void begin(uint32_t); int read(); int availableForWrite(); size_t write(uint8_t); };
extern Port Serial;
"""


def test_the_sketch_is_sound_for_boards_that_are_no_avr(tmp_path: Path) -> None:
    """Checked by the host's compiler against the few names of Arduino that it uses; built for no board."""
    (tmp_path / "Arduino.h").write_text(ARDUINO_H)
    flags = ["-std=gnu++11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{tmp_path}"]
    subprocess.run(["gcc", *flags, "-x", "c++", str(SKETCH / "emgfeedback.ino")], check=True)


def test_em_avr_insists_on_the_atmega() -> None:
    with pytest.raises(RuntimeError, match="EM_AVR needs an ATmega328P"):
        build_firmware("EM_AVR", "EM_PORTABLE")
