"""Every place that samples can come from, as one line of text.

sim:PERSONA?seed=1&exercise=bridge&fault=stall@12+3&rate=1000&oversample=4&side=right&fast=1
replay:FILE?speed=2
serial:..., text:... and all else      see ``device.open_source``
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

from device.channel_map import SIDES, ChannelMap
from device.handshake import StreamRequest
from device.source import Source
from emgfeedback.simulation.board import ONE_LEG, Scene, SimulatedBoard
from emgfeedback.simulation.exercises import exercise_named
from emgfeedback.simulation.faults import parse_faults
from emgfeedback.simulation.personas import persona_named
from emgfeedback.simulation.source import SimulatedSource

DEFAULT_PERSONA = "balanced"
SIM_OPTIONS = ("seed", "exercise", "fault", "rate", "oversample", "side", "fast")
REPLAY_OPTIONS = ("speed",)
OVERSAMPLES = (1, 4, 16)
#: What the wire protocol's field for a rate holds.
MOST_RATE_HZ = 65535
MOST_SEED = 2**32 - 1

Opener = Callable[[], Source]


def open_source(
    url: str, channel_map: ChannelMap | None = None, clock: Callable[[], float] = time.monotonic
) -> Source:
    """Open the source that ``url`` names.

    Raises ``ValueError``, one sentence, for a URL that says nothing known, and ``DeviceError``
    when what it names cannot be had. ``clock`` is the host's monotonic clock in seconds.
    """
    return opener(url, channel_map, clock)()


def opener(
    url: str, channel_map: ChannelMap | None = None, clock: Callable[[], float] = time.monotonic
) -> Opener:
    """What opens the source, and can open the same one again when it was lost.

    A simulated board comes back as the same board with the same person. The URL is judged at
    once (``ValueError``), nothing is opened before the call.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "sim":
        return _simulation_opener(rest, channel_map, clock)
    if scheme == "replay":
        return _replay_opener(rest)

    def open_device() -> Source:
        import device

        return device.open_source(url, channel_map, clock)

    return open_device


def parse_scene(persona: str, options: Mapping[str, str], channels: ChannelMap) -> Scene:
    """Persona and options of a ``sim:`` URL -> what to simulate. Raises ``ValueError``."""
    side = options.get("side")
    if side is not None and side not in SIDES:
        raise ValueError(f"The option side of sim: is left or right, not '{side}'.")
    return Scene(
        persona=persona_named(persona or DEFAULT_PERSONA),
        exercise=exercise_named(options.get("exercise", "bridge")),
        seed=_whole_number("seed", options.get("seed", "1"), least=0),
        channels=channels,
        faults=parse_faults(options.get("fault", ""), channels),
        side=side,
    )


def _simulation_opener(rest: str, channel_map: ChannelMap | None, clock: Callable[[], float]) -> Opener:
    persona, options = _split(rest, "sim:", SIM_OPTIONS)
    scene = parse_scene(persona, options, channel_map or ONE_LEG)
    request = StreamRequest(
        rate_hz=_whole_number("rate", options.get("rate", "1000"), least=1, most=MOST_RATE_HZ),
        oversample=_oversample(options.get("oversample", "4")),
    )
    fast = options.get("fast", "0")
    if fast not in ("0", "1"):
        raise ValueError(f"The option fast of sim: is 0 or 1, not '{fast}'.")
    opened: list[SimulatedSource] = []

    def open_simulation() -> Source:
        if opened:
            opened[0] = opened[0].reopen()
        else:
            simulated = SimulatedBoard(scene, float(request.rate_hz))
            opened.append(SimulatedSource(simulated, request, clock, fast=fast == "1"))
        return opened[0]

    return open_simulation


def _replay_opener(rest: str) -> Opener:
    path, options = _split(rest, "replay:", REPLAY_OPTIONS)
    if not path:
        raise ValueError("The source replay: needs a file, for example replay:monday.emgsession.")
    speed = _positive_number("speed", options.get("speed", "1"))

    def open_replay() -> Source:
        from emgfeedback.session.replay import ReplaySource

        return ReplaySource(Path(path), speed=speed)

    return open_replay


def _split(rest: str, scheme: str, known: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """What stands before the question mark, and the options after it; a plus stays a plus."""
    name, _, query = rest.partition("?")
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        if key not in known:
            raise ValueError(f"Unknown option '{key}' of {scheme}; choose from: {', '.join(known)}.")
        if key in options and key != "fault":
            raise ValueError(f"The option {key} of {scheme} stands twice; name it once.")
        value = unquote(value)
        # Faults may be given one by one.
        options[key] = f"{options[key]},{value}" if key == "fault" and key in options else value
    return unquote(name), options


def _whole_number(option: str, text: str, least: int, most: int = MOST_SEED) -> int:
    # The length first: Python refuses to read a number of thousands of digits.
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise ValueError(f"The option {option} is a whole number from {least} to {most}, not '{text}'.")
    return int(text)


def _oversample(text: str) -> int:
    if text not in map(str, OVERSAMPLES):
        raise ValueError(f"The option oversample is one of {', '.join(map(str, OVERSAMPLES))}, not '{text}'.")
    return int(text)


def _positive_number(option: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise ValueError(f"The option {option} is a number above 0, not '{text}'.")
    return value
