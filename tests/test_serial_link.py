"""Serial links on real ptys: what they carry, and one sentence for each trouble."""

import os
import pty
import re
import struct
import subprocess
import sys
import textwrap
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import wait_for
from pty_board import board_on_pty
from software_boards import Truth, assert_as_sent, board

from device import SampleChunk, Source
from device.errors import DeviceBusy, DeviceLost, DeviceNotFound, PermissionDenied, Reason
from device.framed import FramedSource
from device.handshake import StreamRequest
from device.open import open_source
from device.serial_link import SerialLink, open_failure


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """Master and path of a raw pty."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for descriptor in (master, slave):
        try:
            os.close(descriptor)
        except OSError:
            continue  # The test has closed it: that was the unplugging.


def one_sentence(error: BaseException, *words: str) -> None:
    message = str(error)
    assert "\n" not in message
    assert re.search(r"[.]\s+[A-Z]", message) is None
    assert message.endswith(".")
    for word in words:
        assert word in message


def test_bytes_pass_both_ways(terminal):
    master, path = terminal
    link = SerialLink(path)
    assert (link.name, link.baud) == (path, 500_000)
    everything = bytes(range(256))
    link.write(everything)
    assert os.read(master, 1000) == everything
    os.write(master, everything)
    assert link.read(1.0) == everything
    assert link.read(0.05) == b""
    link.baud = 115_200
    assert link.baud == 115_200
    link.close()
    link.close()
    with pytest.raises(DeviceLost):
        link.read(0.0)


def test_bytes_that_come_close_together_are_read_together(terminal):
    master, path = terminal
    link = SerialLink(path)
    os.write(master, b"a")
    os.write(master, b"b")
    assert link.read(1.0) == b"ab"
    link.close()


def test_bytes_that_are_wanted_together_come_together(terminal):
    master, path = terminal
    link = SerialLink(path)
    os.write(master, b"ab")
    # Those that do not come are not waited for in vain.
    assert link.read(5.0, 60) == b"ab"
    late = threading.Timer(0.05, os.write, (master, b"cd"))
    late.start()
    assert link.read(30.0, 60) == b"cd"
    late.join()
    os.write(master, b"e" * 70)
    assert link.read(5.0, 60) == b"e" * 70
    link.baud = 115_200
    os.write(master, b"f" * 60)
    assert link.read(5.0, 60) == b"f" * 60
    assert link.read(0.0, 60) == link.read(0.0) == b""
    os.close(master)
    with pytest.raises(DeviceLost):
        link.read(5.0, 60)


def test_a_port_that_is_not_there():
    with pytest.raises(DeviceNotFound) as caught:
        SerialLink("/dev/ttyUSB77")
    assert caught.value.reason is Reason.NO_PORT
    one_sentence(caught.value, "/dev/ttyUSB77", "plug the board in", "serial:auto")


def test_a_file_that_is_no_port(tmp_path):
    (tmp_path / "notes.txt").write_text("not a port")
    with pytest.raises(DeviceNotFound) as caught:
        SerialLink(str(tmp_path / "notes.txt"))
    one_sentence(caught.value, "notes.txt", "no serial port")


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_port_that_another_program_holds(terminal):
    _, path = terminal
    holder = run_python(
        """
        import fcntl, sys
        port = open(sys.argv[1], "r+b", buffering=0)
        fcntl.flock(port, fcntl.LOCK_EX)
        print("held", flush=True)
        sys.stdin.readline()
        """,
        path,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DeviceBusy) as caught:
            SerialLink(path)
    finally:
        holder.communicate("\n", timeout=60)
    assert caught.value.reason is Reason.BUSY
    one_sentence(caught.value, path, "in use by another program", "close it")
    SerialLink(path).close()


def test_a_second_link_to_the_same_port_is_refused(terminal):
    _, path = terminal
    first = SerialLink(path)
    with pytest.raises(DeviceBusy):
        SerialLink(path)
    first.close()


def test_a_port_that_this_user_may_not_open(terminal):
    """As another user, because root may open anything."""
    _, path = terminal
    Path(path).chmod(0)
    child = run_python(
        """
        import grp, os, sys  # grp: for the name of the port's group, loaded while it can be read
        sys.path[:0] = sys.argv[2:]
        from device.errors import PermissionDenied
        from device.serial_link import SerialLink, port_failures
        port_failures()  # imports the driver while its files can be read
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresuid(65534, 65534, 65534)
        try:
            SerialLink(sys.argv[1])
        except PermissionDenied as error:
            print(error.reason.name, error, sep="|")
        """,
        path,
        *sys.path,
    )
    output, errors = child.communicate(timeout=120)
    reason, _, message = output.strip().partition("|")
    assert reason == "PERMISSION", errors
    one_sentence(Exception(message), path, "sudo usermod -aG", "$USER", "log out")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FileNotFoundError(2, "x"), DeviceNotFound),
        (PermissionError(13, "x"), PermissionDenied),
        (OSError(16, "x"), DeviceBusy),
        (OSError("could not open port 'COM9': FileNotFoundError(2, 'x', None, 2)"), DeviceNotFound),
        (
            OSError("could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)"),
            DeviceBusy,
        ),
        (OSError("a driver's own words"), DeviceNotFound),
    ],
)
def test_every_failure_to_open_has_its_sentence(error, kind):
    failure = open_failure("COM3", error)
    assert type(failure) is kind
    one_sentence(failure, "COM3")


def test_a_port_that_is_unplugged_while_open(terminal):
    master, path = terminal
    link = SerialLink(path)
    os.close(master)
    with pytest.raises(DeviceLost) as caught:
        link.read(1.0)
    assert caught.value.reason is Reason.UNPLUGGED
    one_sentence(caught.value, path, "unplugged", "plug it in again")
    with pytest.raises(DeviceLost):
        link.write(b"x" * 100_000)
    link.close()


def test_a_full_line_that_nobody_reads_is_no_endless_wait(terminal):
    _, path = terminal
    link = SerialLink(path)
    with pytest.raises(DeviceLost):
        link.write(b"x" * 1_000_000)
    link.close()


def chunks_until(source: Source, stop: int) -> list[SampleChunk]:
    """What comes up to a sample, however long the machine takes for it."""
    chunks: list[SampleChunk] = []
    until_s = time.monotonic() + 120.0
    while not chunks or chunks[-1].stop < stop:
        assert time.monotonic() < until_s, f"sample {stop} did not come"
        chunk = source.read()
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def test_two_seconds_over_a_pty_arrive_whole():
    truth = Truth()
    with board_on_pty(board(truth)) as served:
        with open_source(f"serial:{served.path}?rate=2000&pins=A0,A1&oversample=1") as source:
            assert source.info.simulated
            chunks = chunks_until(source, 4000)
        wait_for(lambda: not served.server.board.streaming, "close stops the board")
    assert_as_sent(chunks, truth.first)
    assert source.stats.samples_lost == source.stats.frames_bad == 0


def test_a_pty_that_is_not_read_for_two_seconds_drops_nothing():
    """40 kB are more than the kernel keeps: the server keeps the rest."""
    truth = Truth()
    with (
        board_on_pty(board(truth)) as served,
        open_source(f"serial:{served.path}?rate=2000&pins=A0,A1,A2,A3&oversample=1") as source,
    ):
        time.sleep(2.0)
        chunks = chunks_until(source, 4500)
    assert_as_sent(chunks, truth.first, (0, 1, 2, 3))
    assert source.stats.samples_lost == source.stats.frames_bad == 0


def read_on(source: FramedSource) -> None:
    """Read for as long as it takes to notice that nothing more will come."""
    for _ in range(100):
        source.read()


def test_the_board_vanishes_from_under_the_source():
    with board_on_pty(board()) as served:
        source = FramedSource(SerialLink(served.path), StreamRequest())
        assert source.read(1.0) is not None
        served.do(served.server.unplug)
        with pytest.raises(DeviceLost) as caught:
            read_on(source)
        assert caught.value.reason is Reason.UNPLUGGED
        source.close()


#: Writes 10 bytes a millisecond, numbered; reports nothing.
WRITER = """
    import os, struct, sys, time
    master, records = int(sys.argv[1]), int(sys.argv[2])
    due = time.monotonic()
    for number in range(records):
        due += 0.001
        time.sleep(max(0.0, due - time.monotonic()))
        os.write(master, struct.pack("<QH", number, 0))
    """


def test_one_wake_up_takes_several_records_and_each_byte_once(terminal):
    """What it costs and how late it is are figures of tools/bench.py wire; this counts what makes them."""
    master, path = terminal
    records = 1000
    link = SerialLink(path)
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(master), str(records)]
    with subprocess.Popen(command, pass_fds=(master,)):
        pieces = []
        while sum(map(len, pieces)) < 10 * records:
            pieces.append(link.read(5.0, 50))
            assert pieces[-1], "the writer stopped"
    link.close()
    numbers = [struct.unpack_from("<Q", b"".join(pieces), 10 * k)[0] for k in range(records)]
    assert numbers == list(range(records))
    assert len(pieces) <= records / 2.5
