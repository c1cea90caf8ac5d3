"""One port being asked who it is: HELLO, at one baud rate after the other, and nothing else to strangers."""

from device.errors import DeviceError, HandshakeFailed, Reason
from device.handshake import Handshake
from device.serial_link import SerialLink
from device.wire import Decoder

#: At the first baud rate the board may still be in its boot loader (P7.2); at the others it is up.
NEXT_BAUD_S = 1.0


class Probe:
    """Call ``step`` until ``asking`` is false: then ``answered`` tells, or ``why_not`` and ``reason``.

    ``link`` is open while the port is asked and after it answered, at the baud rate at which it did.
    """

    def __init__(self, port: str, bauds: tuple[int, ...]) -> None:
        self.port = port
        self.answered = False
        self.why_not = ""
        self.reason = Reason.NO_BOARD
        self.link: SerialLink | None = None
        self._bauds, self._bauds_left = bauds, list(bauds[1:])
        self._deadline_s = float("inf")
        self._heard_bytes = 0
        self._greet()
        try:
            self.link = SerialLink(port, bauds[0])
        except DeviceError as error:
            # One port of several: its remedy must not end the sentence.
            self._refuse(error.reason, str(error).rstrip(".").replace("; ", ": "))

    @property
    def asking(self) -> bool:
        """Whether the question is still open."""
        return self.link is not None and not self.answered

    def step(self, now_s: float) -> None:
        """Say and hear what there is at host time ``now_s``; never waits for the port."""
        if self.link is None or self.answered:
            return
        try:
            to_send = self._handshake.poll(now_s)
            if to_send:
                self.link.write(to_send)
            for message in self._decoder.feed(self.link.read(0.0)):
                self._handshake.receive(message, now_s)
            if now_s >= self._deadline_s:
                self._ask_at_next_baud(now_s)
        except HandshakeFailed as error:
            if error.reason is Reason.VERSION:
                self._refuse(error.reason, str(error))
            else:
                self._ask_at_next_baud(now_s)
        except DeviceError as error:
            self._refuse(error.reason, f"{self.port} went away while it was asked")
        self.answered = self._handshake.board is not None

    def close(self) -> None:
        """Let go of the port."""
        if self.link is not None:
            self.link.close()
            self.link = None

    def _greet(self) -> None:
        self._decoder = Decoder("host")
        self._handshake = Handshake(None, self.port, self._decoder.stats)

    def _ask_at_next_baud(self, now_s: float) -> None:
        # At the wrong baud rate even the right board is noise, so noise does not end the search.
        self._heard_bytes += self._decoder.stats.bytes_in
        if self.link is not None and self._bauds_left and self._handshake.board is None:
            self.link.baud = self._bauds_left.pop(0)
            self._deadline_s = now_s + NEXT_BAUD_S
            self._greet()
        elif self._heard_bytes:
            self._refuse(Reason.NOT_OURS, f"{self.port} sends bytes, but not those of emgfeedback firmware")
        else:
            asked = ", ".join(map(str, self._bauds))
            self._refuse(Reason.NO_BOARD, f"{self.port} gave no answer at {asked} baud")

    def _refuse(self, reason: Reason, why_not: str) -> None:
        self.reason, self.why_not = reason, why_not
        self.close()
