"""The search for the board, and source URLs: on real ptys, with strangers among them."""

import fcntl
import os
import pty
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from pty_board import board_on_pty
from serial.tools.list_ports_common import ListPortInfo
from software_boards import board

from device import open_source
from device.channel_map import parse_channel_map
from device.errors import DeviceBusy, DeviceNotFound, HandshakeFailed, Reason
from device.open import OPTIONS
from device.ports import candidates, find_board
from device.wire import Decoder, Hello


@pytest.fixture(autouse=True)
def system_ports(monkeypatch) -> list[ListPortInfo]:
    """The system's list of ports, empty unless a test fills it: what hangs on this computer is left alone."""
    ports: list[ListPortInfo] = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    return ports


def usb(path: str, vendor: int | None) -> ListPortInfo:
    """An entry of the system's list."""
    port = ListPortInfo(path, skip_link_detection=True)
    port.vid = vendor
    return port


@contextmanager
def stranger(folder: Path, name: str, says: bytes = b"") -> Iterator[Callable[[], bytes]]:
    """A port on which something else lives: repeats ``says``; gives what it has heard."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    (folder / name).symlink_to(os.ttyname(slave))
    heard, done = bytearray(), threading.Event()

    def live() -> None:
        while not done.wait(0.02):
            with suppress(BlockingIOError):
                heard.extend(os.read(master, 4096))
            if says:
                os.write(master, says)

    thread = threading.Thread(target=live, name=name)
    thread.start()
    try:
        yield lambda: bytes(heard)
    finally:
        done.set()
        thread.join()
        os.close(master)
        os.close(slave)


def url(folder: Path, **options: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in options.items())
    return f"serial:auto?ports={folder}/*{more}"


def only_hello(heard: bytes) -> bool:
    """Whether all that was heard is HELLO, whole and nothing beside it."""
    decoder = Decoder("board")
    messages = decoder.feed(heard)
    return all(type(message) is Hello for message in messages) and decoder.stats.frames_bad == 0


def test_the_board_is_found_among_strangers_who_hear_nothing_but_hello(tmp_path):
    with (
        stranger(tmp_path, "a-silent") as silent,
        stranger(tmp_path, "b-plotter", b"glute:512,quad:498\r\n") as plotter,
        board_on_pty(board(boot_s=0.5), tmp_path / "c-board"),
        open_source(url(tmp_path)) as source,
    ):
        assert source.info.source_id == "efp:1a2b3c4d"
        assert source.read(1.0) is not None
        for heard in (silent(), plotter()):
            assert heard
            assert only_hello(heard)


@pytest.mark.real_time
def test_each_port_is_named_with_why_it_is_not_the_board(tmp_path):
    """Within 8 s of real time: up to three attempts."""
    with (
        stranger(tmp_path, "a-silent") as silent,
        stranger(tmp_path, "b-plotter", b"\xc7\x7c\x01\x02\x00\x03") as plotter,
        stranger(tmp_path, "c-busy") as busy,
        (tmp_path / "c-busy").open("r+b", buffering=0) as held,
    ):
        fcntl.flock(held, fcntl.LOCK_EX)
        (tmp_path / "d-file").write_text("")
        begin = time.monotonic()
        with pytest.raises(DeviceNotFound) as caught:
            open_source(url(tmp_path))
        took_s = time.monotonic() - begin
        assert busy() == b""
        assert only_hello(silent())
        assert only_hello(plotter())
    message = str(caught.value)
    assert caught.value.reason is Reason.NO_BOARD
    assert "a-silent gave no answer at 500000, 250000, 115200 baud" in message
    assert "b-plotter sends bytes, but not those of emgfeedback firmware" in message
    assert "c-busy is in use by another program" in message
    assert "d-file is no serial port" in message
    assert "\n" not in message
    assert took_s < 8.0


def test_one_busy_port_is_a_busy_device(tmp_path):
    with stranger(tmp_path, "port"), (tmp_path / "port").open("r+b", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(DeviceBusy):
            open_source(url(tmp_path))


def test_a_board_at_another_baud_rate_is_asked_at_that_rate(tmp_path):
    """A pty carries any rate, so here only the order and the rate that is set can be seen."""
    with board_on_pty(board(boot_s=4.3), tmp_path / "board"):
        link = find_board((str(tmp_path / "*"),))
        assert link.baud == 250_000
        link.close()
        link = find_board((str(tmp_path / "*"),), (115_200,))
        assert link.baud == 115_200
        link.close()


def test_no_port_at_all(tmp_path):
    with pytest.raises(DeviceNotFound, match="plug") as caught:
        open_source(url(tmp_path))
    assert str(caught.value).endswith(".")


def test_candidates_named_by_the_user_come_first_and_once(tmp_path):
    with stranger(tmp_path, "one"), stranger(tmp_path, "two"):
        (tmp_path / "zwei").symlink_to(tmp_path / "two")
        ports = [candidate.port for candidate in candidates((f"{tmp_path}/z*", f"{tmp_path}/*"))]
        assert ports[:2] == [f"{tmp_path}/one", f"{tmp_path}/two"]
        assert f"{tmp_path}/zwei" not in ports


def test_likely_usb_chips_are_asked_before_others_and_ports_without_usb_never(system_ports, tmp_path):
    with stranger(tmp_path, "mine"):
        system_ports += [usb("/dev/ttyS0", None), usb("/dev/ttyACM1", 0x9999), usb("/dev/ttyUSB3", 0x1A86)]
        ports = [candidate.port for candidate in candidates((f"{tmp_path}/*",))]
    assert ports == [f"{tmp_path}/mine", "/dev/ttyUSB3", "/dev/ttyACM1"]


def test_an_unlikely_port_is_left_alone_when_a_likely_one_is_the_board(system_ports, tmp_path):
    with stranger(tmp_path, "printer") as printer, board_on_pty(board()) as served:
        system_ports += [usb(str(tmp_path / "printer"), 0x9999), usb(served.path, 0x2341)]
        with open_source("serial:auto") as source:
            assert source.info.source_id == "efp:1a2b3c4d"
        assert printer() == b""


def test_a_relative_pattern_is_looked_for_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with stranger(tmp_path, "one"):
        assert candidates(("o*",))[0].port == "one"


# URLs.


def test_a_url_says_everything():
    with (
        board_on_pty(board()) as served,
        open_source(
            f"serial:{served.path}?rate=1500&pins=A2,A0&oversample=4&baud=250000&test=ramp"
        ) as source,
    ):
        info, chunk = source.info, source.read(1.0)
        assert info.sfreq_hz == pytest.approx(1500, abs=0.1)
        assert (info.oversample, info.bits) == (4, 12)
        assert [channel.pin for channel in info.channels] == ["A2", "A0"]
        assert chunk is not None
        np.testing.assert_array_equal(chunk.counts[:, 1] - chunk.counts[:, 0], 1000)
        np.testing.assert_array_equal(np.diff(chunk.counts, axis=0), 1)


def test_the_channel_map_chooses_the_pins_and_names_the_muscles():
    channels = parse_channel_map("A5=quad:left,A1=glute:left")
    with board_on_pty(board()) as served:
        for query in ("", "?pins=A1,A5"):
            with open_source(f"serial:{served.path}{query}", channels) as source:
                assert [(c.pin, c.label) for c in source.info.channels] == [
                    ("A5", "quad left"),
                    ("A1", "glute left"),
                ]


@pytest.mark.parametrize(("pins", "oversample"), [("A0,A1,A2,A3", 4), ("A0,A1,A2,A3,A4", 1)])
def test_up_to_four_channels_are_oversampled_unless_the_url_says_otherwise(pins, oversample):
    with board_on_pty(board()) as served:
        with open_source(f"serial:{served.path}?pins={pins}") as source:
            assert source.info.oversample == oversample
        with open_source(f"serial:{served.path}?pins={pins}&oversample=1") as source:
            assert source.info.oversample == 1


def test_a_rate_that_the_board_refuses_is_answered_with_its_maximum():
    with (
        board_on_pty(board()) as served,
        pytest.raises(HandshakeFailed, match="3906") as caught,
    ):
        open_source(f"serial:{served.path}?rate=5000&oversample=4")
    assert caught.value.reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("usb:/dev/ttyUSB0", ["serial:auto", "serial:/dev/ttyUSB0"]),
        ("serial:", ["serial:auto"]),
        ("/dev/ttyUSB0", ["serial:auto"]),
        ("serial:auto?speed=9", ["'speed'", *OPTIONS]),
        ("serial:auto?rate=1000&rate=2000", ["twice"]),
        ("serial:auto?rate=", ["rate=VALUE"]),
        ("serial:auto?rate", ["rate=VALUE"]),
        ("serial:auto?rate=fast", ["1 to 65535"]),
        ("serial:auto?rate=0", ["1 to 65535"]),
        ("serial:auto?rate=-1000", ["1 to 65535"]),
        ("serial:auto?rate=1e3", ["1 to 65535"]),
        ("serial:auto?rate=70000", ["1 to 65535"]),
        ("serial:auto?oversample=2", ["1, 4, 16"]),
        ("serial:auto?baud=1200", ["115200, 250000, 500000"]),
        ("serial:auto?baud=230400", ["115200, 250000, 500000"]),
        ("serial:auto?test=saw", ["off, ramp, square, ground, band-gap"]),
        ("serial:auto?pins=0,1", ["pins=A0,A1"]),
        ("serial:auto?pins=A0,A0", ["pins=A0,A1"]),
        ("serial:auto?pins=A0,A1,A2,A3,A4,A5,A6,A7,A8", ["1 to 8"]),
        ("serial:COM3?ports=COM*", ["serial:auto only"]),
    ],
)
def test_a_url_that_cannot_be_meant_is_a_value_error_of_one_sentence(bad, words):
    with pytest.raises(ValueError, match=r"[.]$") as caught:
        open_source(bad)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_pins_that_contradict_the_channel_map_are_refused():
    with pytest.raises(ValueError, match="leave pins out"):
        open_source("serial:auto?pins=A0,A2", parse_channel_map("A0=glute:right,A1=quad:right"))
