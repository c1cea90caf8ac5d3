"""The options that several commands have in common."""

import math
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from device.channel_map import ChannelMap, parse_channel_map, parse_column_map
from emgfeedback.coach.exercises import EXERCISES

#: Characters of a wearer's name; settings.toml has the same limit.
LONGEST_NAME = 60

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


def channel_map(_context: click.Context, _option: click.Parameter, value: str | None) -> ChannelMap | None:
    """The value of --channels; a wrong one is wrong usage."""
    if value is None:
        return None
    try:
        return parse_channel_map(value)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def column_map(_context: click.Context, _option: click.Parameter, value: str) -> ChannelMap:
    """The value of analyse --channels; a wrong one is wrong usage."""
    try:
        return parse_column_map(value)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


class Finite(click.FloatRange):
    """A number within limits; ``nan``, which every comparison of a range lets pass, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or wrong usage."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


def wearer_name(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """The value of --wearer: any text that can be shown on a line and kept in a file."""
    if value is None:
        return None
    name = value.strip()
    if not name or len(name) > LONGEST_NAME:
        raise click.UsageError(f"A wearer's name has 1 to {LONGEST_NAME} characters, not {len(name)}.")
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in name):
        raise click.UsageError("A wearer's name is text on one line; leave control characters out.")
    return name


def in_a_folder(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    """A file that is written at the end of a long job: its folder must be there at the beginning."""
    if value is not None and not value.absolute().parent.is_dir():
        raise click.UsageError(f"{value} cannot be written: there is no folder {value.parent}.")
    return value


SOURCE = click.option(
    "--source",
    metavar="URL",
    help="Where samples come from: serial:auto, serial:/dev/ttyUSB0?rate=1000, sim:balanced, replay:FILE.",
)
CHANNELS = click.option(
    "--channels",
    metavar="MAP",
    callback=channel_map,
    help="Which muscle is on which pin: A0=glute:right,A1=quad:right. Remembered per wearer and board.",
)
COLUMNS = click.option(
    "--channels",
    required=True,
    metavar="MAP",
    callback=column_map,
    help="Which column holds which muscle: GMAX=glute:right,VL=quad:right.",
)
WEARER = click.option(
    "--wearer",
    metavar="NAME",
    callback=wearer_name,
    help="Who wears the pads; calibrations and zones are kept apart by name.",
)
EXERCISE = click.option(
    "--exercise",
    type=click.Choice(list(EXERCISES)),
    default="bridge",
    show_default=True,
    help="What is done in the set.",
)
VIEW = click.option(
    "--view",
    type=click.Choice(["window", "terminal", "none"]),
    help="window; terminal: live page; none: one line a rep. Default: the first that can be had here, "
    "none where the output goes into a file or another program.",
)
TERMINAL_VIEW = click.option(
    "--view",
    type=click.Choice(["terminal", "none"]),
    help="terminal: live page; none: one line a rep. Default: terminal where there is one.",
)
SOUND = click.option(
    "--sound",
    type=click.Choice(["auto", "speech", "tones", "off"]),
    envvar="EMGFEEDBACK_SOUND",
    help="What is heard of the guided calibration. Default: as the settings say; auto speaks where the "
    "computer has a speech engine, else it uses tones.",
)
ISOLATED = click.option(
    "--isolated",
    is_flag=True,
    help="A certified isolator stands between the electrodes and mains power. Stored with the session.",
)
PERSONA = click.option(
    "--persona",
    default="balanced",
    show_default=True,
    metavar="NAME",
    help="quad-led, balanced or glute-led.",
)
SEED = click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="The same number moves in the same way.",
)
REPS = click.option(
    "--reps",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Reps in a set; a set also ends after 20 s without one.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def several(*options: Decorator[Command]) -> Decorator[Command]:
    """Several options as one decorator, shown in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
