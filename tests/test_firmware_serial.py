"""The firmware, executed in simavr at the pace of the wall clock, behind the package's own serial port."""

import time

import firmware_build
import numpy as np
import pytest
from firmware_build import build_firmware
from firmware_rig import (
    BAND_GAP_INPUT,
    Chip,
    PtyChip,
    electrodes_to_pins_mv,
    random_pins,
    start_chip,
    start_pty,
)
from numpy.typing import NDArray

from device import DeviceLost, HandshakeFailed, Reason, SampleChunk, Source, open_source

#: The chip keeps the pace of the wall clock, whatever else the machine does: up to three attempts.
pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    firmware_build.need_tools()


def collect(source: Source, seconds: float) -> list[SampleChunk]:
    """The chunks of a few seconds."""
    chunks: list[SampleChunk] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        chunk = source.read(0.1)
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def sums_of_log(chip: PtyChip, n_channels: int, oversample: int) -> NDArray[np.int64]:
    """The sums of the last stream's conversions, (n, C), from the log that the chip left behind."""
    log = chip.conversions
    log = log[np.flatnonzero(log["input"] == BAND_GAP_INPUT)[-1] + 2 :]
    scans = log["code"][: len(log) // (n_channels * oversample) * n_channels * oversample].astype(int)
    sums: NDArray[np.int64] = scans.reshape(-1, oversample, n_channels).sum(axis=1)
    return sums


def test_what_a_source_reads_is_what_the_converter_saw() -> None:
    pins = random_pins(8.0, 2000.0, 2, seed=1, span_mv=2000)
    with start_pty(Chip(build_firmware(), pins, 2000.0)) as chip:
        began = time.monotonic()
        with open_source(f"serial:{chip.path}?oversample=4&pins=A0,A1") as source:
            connected = time.monotonic() - began
            assert source.info.bits == 12
            assert source.info.sfreq_hz == 1000
            chunks = collect(source, 2.0)
            stats = source.stats
    assert connected < 1.5
    counts = np.concatenate([chunk.counts for chunk in chunks]).astype(int)
    starts = np.concatenate([np.arange(chunk.start, chunk.stop) for chunk in chunks])
    assert stats.samples_lost == stats.frames_bad == stats.ticks_missed == 0
    assert 1700 < len(counts) < 2400
    np.testing.assert_array_equal(counts, sums_of_log(chip, 2, 4)[starts - starts[0]])


def test_electrodes_are_seen_in_microvolts() -> None:
    """A sine of 400 µV through a gain of 200 comes out as one, within what 12 bits of 5 V can tell."""
    t = np.arange(40_000) / 4000
    sine_uv = 400 * np.sin(2 * np.pi * 50 * t)
    pins_uv = np.stack([sine_uv, -0.5 * sine_uv], axis=1)
    with start_chip(pins_uv, 4000.0) as chip, open_source(f"serial:{chip.path}?oversample=4") as source:
        counts = np.concatenate([chunk.counts for chunk in collect(source, 1.5)])
        emg_uv = source.info.to_microvolts(counts)
    emg_uv = emg_uv[: len(emg_uv) // 20 * 20]
    amplitudes = np.asarray(emg_uv.std(axis=0)) * np.sqrt(2)
    np.testing.assert_allclose(amplitudes, [400, 200], rtol=0.03)
    assert np.asarray(np.corrcoef(emg_uv.T))[0, 1] < -0.95


def test_an_uno_that_resets_when_it_is_opened_is_waited_for() -> None:
    with start_chip(np.zeros((10, 2)), 1000.0, reset_on_open=True, boot_s=1.4) as chip:
        for _ in range(2):
            began = time.monotonic()
            with open_source(f"serial:{chip.path}") as source:
                took = time.monotonic() - began
                assert 1.3 < took < 3.5
                chunk = next(chunk for chunk in iter(lambda: source.read(0.5), 0) if chunk)
                assert isinstance(chunk, SampleChunk)
                assert len(chunk.counts)


def test_a_refusal_reaches_the_user_with_the_boards_own_limit() -> None:
    with start_chip(np.zeros((10, 2)), 1000.0, 200.0, "EM_BAUD=115200UL") as chip:
        with pytest.raises(HandshakeFailed, match="1025") as caught:
            open_source(f"serial:{chip.path}?rate=2000&pins=A0,A1,A2,A3&oversample=1&baud=115200")
        assert caught.value.reason is Reason.REFUSED


def test_a_chip_that_vanishes_is_a_lost_device() -> None:
    with start_pty(Chip(build_firmware())) as chip, open_source(f"serial:{chip.path}") as source:
        assert collect(source, 0.3)
        chip.process.terminate()
        chip.process.wait(timeout=5)
        with pytest.raises(DeviceLost):
            collect(source, 4.0)


def test_pins_come_from_the_electrodes_by_the_sensors_gain() -> None:
    pins_mv = electrodes_to_pins_mv([[0.0, 1000.0, -500.0]], 200.0)
    np.testing.assert_allclose(pins_mv, [[2500.0, 2700.0, 2400.0]])
