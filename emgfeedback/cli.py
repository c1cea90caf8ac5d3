"""The command line: a contract that scripts rely on. Exit 0 done, 1 the job failed, 2 usage.

Imports stand inside the commands so that ``--help`` answers at once.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from emgfeedback import __version__
from emgfeedback.coach.exercises import EXERCISES
from emgfeedback.power import Power, power_state
from emgfeedback.words import INTENDED_USE

_EXERCISE = click.Choice(list(EXERCISES))
_VIEW = click.Choice(["terminal", "none"])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the command line asks of the machine; tests give their own."""

    power: Any = field(default=power_state)

    def state(self) -> Power:
        """Whether this computer runs on its battery."""
        return Power(self.power())


class OneSentence(click.Group):
    """Errors are one sentence on standard error, never a page and never a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; exit 2 for a wrong command line, 1 for a job that failed."""
        kwargs["standalone_mode"] = False
        try:
            sys.exit(super().main(*args, **kwargs) or 0)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(0)
        except click.ClickException as error:
            click.echo(f"emgfeedback: {_sentence(error.format_message())}", err=True)
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("emgfeedback: Stopped.", err=True)
            sys.exit(1)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(1)


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _failing(error: Exception) -> click.ClickException:
    return click.ClickException(str(error))


class _Jobs:
    """Turns the errors of a job into exit 1 and wrong option values into exit 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        from calibration.errors import CalibrationError
        from device.errors import DeviceError
        from emgfeedback.session.errors import SessionError
        from emgfeedback.settings import SettingsError

        if isinstance(error, DeviceError | SessionError | CalibrationError | SettingsError | OSError):
            raise _failing(error) from error
        if isinstance(error, ValueError):
            raise click.UsageError(str(error)) from error


def _channel_map(_context: Any, _option: Any, value: str | None) -> Any:
    from device.channel_map import parse_channel_map

    if value is None:
        return None
    try:
        return parse_channel_map(value)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _shared(*names: str) -> Any:
    """The options that several commands have in common, in the order given."""
    options = {
        "source": click.option("--source", metavar="URL", help="Where samples come from: serial:auto, serial:/dev/ttyUSB0?rate=1000, sim:balanced, replay:FILE."),
        "channels": click.option("--channels", metavar="MAP", callback=_channel_map, help="Which muscle is on which pin: A0=glute:right,A1=quad:right. Remembered per wearer and board."),
        "wearer": click.option("--wearer", metavar="NAME", help="Who wears the pads; calibrations and zones are kept apart by name."),
        "exercise": click.option("--exercise", type=_EXERCISE, default="bridge", show_default=True),
        "view": click.option("--view", type=_VIEW, help="terminal: live page; none: one line a rep. Default: terminal where there is one."),
        "isolated": click.option("--isolated", is_flag=True, help="A certified isolator stands between the electrodes and mains power. Stored with the session."),
        "persona": click.option("--persona", default="balanced", show_default=True, metavar="NAME", help="quad-led, balanced or glute-led."),
        "seed": click.option("--seed", type=click.IntRange(0), default=1, show_default=True),
        "reps": click.option("--reps", type=click.IntRange(1), default=8, show_default=True, help="Reps in a set; a set also ends after 20 s without one."),
    }

    def decorate(command: Any) -> Any:
        for name in reversed(names):
            command = options[name](command)
        return command

    return decorate


@click.group(cls=OneSentence, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}, epilog=f"{INTENDED_USE} Computer on battery while electrodes are on the body. Stop on pain.")
@click.version_option(__version__, prog_name="emgfeedback")
@click.pass_context
def main(context: click.Context) -> None:
    """See, while moving, whether the glute or the quad does the work.

    Without a command: live with the board if one is found; with a simulated person if no board was ever used here.
    """
    context.obj = context.obj or Surroundings()
    if context.invoked_subcommand is None:
        context.invoke(live)


@main.command()
@_shared("source", "channels", "wearer", "exercise", "reps")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="End the set after this long.")
@_shared("view")
@click.option("--calibration", type=click.Path(dir_okay=False, path_type=Path), help="Use this calibration file instead of today's newest.")
@_shared("isolated")
@click.option("--record/--no-record", default=True, show_default=True)
@click.pass_obj
def live(surroundings: Surroundings, **options: Any) -> None:
    """One set with live feedback, recorded."""
    from emgfeedback.live import LiveRequest, live as run

    with _Jobs():
        run(LiveRequest(**options), surroundings.state)


@main.command()
@_shared("persona", "exercise", "seed", "reps")
@click.option("--fast", is_flag=True, help="Without waiting for the clock.")
@_shared("view")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where the CSV goes. Default: beside the session.")
def demo(**options: Any) -> None:
    """A simulated person calibrates and does a set: the whole job without a board."""
    from emgfeedback.demo import DemoRequest, demo as run

    with _Jobs():
        run(DemoRequest(**options))


@main.command()
@_shared("source", "wearer", "channels", "view", "isolated")
@click.option("--rest", "pause_s", type=click.FloatRange(min=1), metavar="S", help="Seconds of rest between squeezes. Default: 60, quick 5.")
@click.option("--quick", is_flag=True, help="Rest and one squeeze a muscle; labelled quick everywhere.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the calibration to this file.")
@click.pass_obj
def calibrate(surroundings: Surroundings, **options: Any) -> None:
    """Find the wearer's own 100 % of each muscle, hands-free."""
    from emgfeedback.calibrating import CalibrateRequest, calibrate as run

    with _Jobs():
        run(CalibrateRequest(**options), surroundings.state)


@main.group(cls=OneSentence, invoke_without_command=True)
@click.pass_context
def sessions(context: click.Context) -> None:
    """Recorded sessions: list, show, delete."""
    if context.invoked_subcommand is None:
        context.invoke(list_sessions)


_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


@sessions.command("list")
@_JSON
def list_sessions(*, as_json: bool = False) -> None:
    """All sessions, newest first."""
    from emgfeedback.listing import list_sessions as run

    with _Jobs():
        run(as_json=as_json)


@sessions.command("show")
@click.argument("session")
@_JSON
def show_session(session: str, *, as_json: bool) -> None:
    """One session, by ID or FILE."""
    from emgfeedback.listing import show_session as run

    with _Jobs():
        run(session, as_json=as_json)


@sessions.command("delete")
@click.argument("session")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_session(session: str, *, yes: bool) -> None:
    """Delete one session, by ID or FILE."""
    from emgfeedback.listing import delete_session as run, find_session

    with _Jobs():
        path = find_session(session)
        if yes or click.confirm(f"Delete {path.name} for good?"):
            run(path)


@main.command()
@click.argument("session")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True, help="Times real time.")
@_shared("view")
def replay(session: str, speed: float, view: str | None) -> None:
    """Play a session, by ID or FILE, through the same chain again."""
    from emgfeedback.replaying import replay as run

    with _Jobs():
        run(session, speed, view)


@main.command()
@click.argument("files", nargs=-1, required=True)
def verify(files: tuple[str, ...]) -> None:
    """Check that session files are whole and that their rep tables can be made again."""
    from emgfeedback.listing import verify_sessions

    with _Jobs():
        whole = verify_sessions(files)
    if not whole:
        sys.exit(1)


@main.command()
@click.argument("session")
@click.option("--to", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="OUT.csv or OUT.edf.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def export(session: str, out: Path, *, force: bool) -> None:
    """Write a session, by ID or FILE, in another format."""
    from emgfeedback.exports import export as run
    from emgfeedback.listing import find_session

    with _Jobs():
        for path in run(find_session(session), out, force=force):
            click.echo(path)


@main.command()
@click.option("--pty", is_flag=True, help="Offer the person as a board on a pseudo-terminal.")
@_shared("persona", "exercise", "seed")
@click.option("--channels", metavar="MAP", callback=_channel_map, help="Which muscle is on which pin.")
@click.option("--fault", metavar="F", help="stall, loss, unplug, saturation or liftoff; liftoff@12+4 sets start and length in s.")
@click.option("--prompts", type=click.File("r"), metavar="FILE", help="Lines that tell the person what to do ('-': standard input): rest, squeeze glute right, reps 8.")
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="Write what the board sent to this file.")
@click.option("--link", type=click.Path(path_type=Path), help="Keep the pseudo-terminal under this name.")
@click.option("--write-calibration", type=click.Path(dir_okay=False, path_type=Path), help="Write the person's perfect calibration to this file.")
@click.option("--wearer", default="simulated", show_default=True, metavar="NAME", help="Wearer named in that calibration.")
def simulate(*, pty: bool, **options: Any) -> None:
    """A simulated person behind a simulated board, for any program."""
    if not pty:
        raise click.UsageError("simulate offers the person on a pseudo-terminal: add --pty.")
    from emgfeedback.simulation.serve import ServeRequest, serve_pty

    prompts = options.pop("prompts")
    with _Jobs():
        serve_pty(ServeRequest(**options), click.echo, prompts)


@main.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def firmware(out: Path) -> None:
    """Write the Arduino sketch and its wiring page to DIR."""
    from emgfeedback.sketch import write_sketch

    with _Jobs():
        for path in write_sketch(out):
            click.echo(path)
