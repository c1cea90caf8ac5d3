"""Source URLs of devices: ``serial:auto`` and ``serial:/dev/ttyUSB0?rate=1000&pins=A0,A1&oversample=4``."""

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from device.channel_map import MOST_CHANNELS, ChannelMap
from device.codes import TestSignal
from device.framed import FramedSource
from device.handshake import StreamRequest
from device.ports import find_board
from device.serial_link import DEFAULT_BAUD, SerialLink
from device.source import ByteLink, Source

SCHEMES = ("serial",)
OPTIONS = ("rate", "pins", "oversample", "baud", "ports", "test")
#: Rates that a 16 MHz AVR, a CH340 and an FT232R all make (115200 with 2 % error between them).
#: 1200 would send a board with native USB into its boot loader.
BAUDS = (115_200, 250_000, 500_000, 1_000_000, 2_000_000)
OVERSAMPLES = (1, 4, 16)
TESTS = {"off": TestSignal.OFF, "ramp": TestSignal.RAMP, "square": TestSignal.SQUARE,
         "ground": TestSignal.GROUND, "band-gap": TestSignal.BAND_GAP}  # fmt: skip
DEFAULT_PINS = (0, 1)
MOST_RATE_HZ = 65535

_PIN = re.compile(r"A(\d{1,2})")


def open_source(
    url: str, channel_map: ChannelMap | None = None, clock: Callable[[], float] = time.monotonic
) -> Source:
    """Open the board that ``url`` names and start its stream.

    ``serial:PORT`` or ``serial:auto`` with the options ``rate`` (Hz, default 1000), ``pins`` (default:
    those of ``channel_map``, else A0,A1), ``oversample`` (1, 4 or 16; default 4 up to 4 channels,
    because one count of a 10-bit converter is coarse, else 1), ``baud`` (default 500000), ``test``
    (a test signal in place of the pins) and, for ``auto``, ``ports`` (a glob of more ports to try).

    Raises ``ValueError``, one sentence, for a URL that cannot be meant; ``DeviceError`` otherwise.
    """
    port, options = _split(url)
    request = _request(options, channel_map, url)
    baud = _choice("baud", options.get("baud", ""), BAUDS, 0)
    link: ByteLink
    if port == "auto":
        patterns = tuple(filter(None, options.get("ports", "").split(",")))
        link = find_board(patterns, (baud,) if baud else None)
    else:
        link = SerialLink(port, baud or DEFAULT_BAUD)
    return FramedSource(link, request, channel_map, clock)


def _split(url: str) -> tuple[str, dict[str, str]]:
    """Port and options of a URL; raises ``ValueError`` for what is not there to be chosen."""
    scheme, _, rest = url.partition(":")
    port, _, query = rest.partition("?")
    if scheme not in SCHEMES or not port:
        raise ValueError(
            f"{url!r} names no device; use serial:auto or serial:PORT, as in serial:/dev/ttyUSB0."
        )
    pairs = parse_qsl(query, keep_blank_values=True)
    options = dict(pairs)
    for name, value in pairs:
        if name not in OPTIONS:
            raise ValueError(f"{name!r} is no option of a serial source; choose from {', '.join(OPTIONS)}.")
        if not value:
            raise ValueError(
                f"The option {name} in {url!r} has no value; write {name}=VALUE or leave it out."
            )
    if len(options) < len(pairs):
        raise ValueError(f"An option stands twice in {url!r}; name each of {', '.join(options)} once.")
    if "ports" in options and port != "auto":
        raise ValueError(f"The option ports goes with serial:auto only; leave it out of {url!r}.")
    return port, options


def _request(options: dict[str, str], channel_map: ChannelMap | None, url: str) -> StreamRequest:
    pins = _pins(options.get("pins"), channel_map, url)
    return StreamRequest(
        rate_hz=_rate(options.get("rate", "1000")),
        oversample=_choice(
            "oversample", options.get("oversample", ""), OVERSAMPLES, 4 if len(pins) <= 4 else 1
        ),
        pins=pins,
        test=_test(options.get("test", "off")),
    )


def _rate(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_RATE_HZ:
        raise ValueError(
            f"The rate {text!r} is no whole number of Hz; use 1 to {MOST_RATE_HZ}, as in rate=1000."
        )
    return int(text)


def _choice(name: str, text: str, allowed: tuple[int, ...], default: int) -> int:
    if not text:
        return default
    if text not in map(str, allowed):
        raise ValueError(f"{name}={text} is not possible; use one of {', '.join(map(str, allowed))}.")
    return int(text)


def _test(text: str) -> int:
    if text not in TESTS:
        raise ValueError(f"test={text} is not possible; use one of {', '.join(TESTS)}.")
    return TESTS[text]


def _pins(text: str | None, channel_map: ChannelMap | None, url: str) -> tuple[int, ...]:
    mapped = tuple(channel.pin_number for channel in channel_map or ())
    if text is None:
        return mapped or DEFAULT_PINS
    matches = [_PIN.fullmatch(pin) for pin in text.split(",")]
    pins = tuple(int(match[1]) for match in matches if match)
    if len(pins) < len(matches) or len(set(pins)) < len(pins) or len(pins) > MOST_CHANNELS:
        raise ValueError(
            f"pins={text} is no list of 1 to {MOST_CHANNELS} different pins; write it like pins=A0,A1."
        )
    if mapped and set(mapped) != set(pins):
        raise ValueError(f"The pins in {url!r} are not those of the channel map; leave pins out of the URL.")
    return mapped or pins
