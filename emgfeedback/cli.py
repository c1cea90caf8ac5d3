"""The command line: a contract that scripts rely on. Exit 0 done, 1 the job failed, 2 usage.

Imports stand inside the commands so that ``--help`` answers at once.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from emgfeedback import __version__, options
from emgfeedback.one_sentence import OneSentence, job
from emgfeedback.power import Power, power_state
from emgfeedback.words import INTENDED_USE

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_SESSION = click.argument("session", metavar="ID|FILE")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the command line asks of the machine; tests give their own."""

    power: Callable[[], Power] = power_state


def wants_window(request: dict[str, Any]) -> bool:
    """Whether this run gets a window; else ``request`` asks for a view that can be had."""
    from emgfeedback.viewing import choose

    request["view"], why = choose(request["view"])
    if why:
        click.echo(why, err=True)
    if request["view"] != "window":
        return False
    from emgfeedback.ui import collector

    collector.rest()
    return True


@click.group(
    cls=OneSentence,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"{INTENDED_USE} Computer on battery while electrodes are on the body. Stop on pain.",
)
@click.version_option(__version__, prog_name="emgfeedback")
@click.pass_context
def main(context: click.Context) -> None:
    """See, while moving, whether the glute or the quad does the work.

    Without a command: live with the board if one is found; with a simulated person if no board was
    ever used here.
    """
    context.obj = context.obj or Surroundings()
    if context.invoked_subcommand is None:
        context.invoke(live)


@main.command()
@options.several(options.SOURCE, options.CHANNELS, options.WEARER, options.EXERCISE, options.REPS)
@click.option(
    "--seconds",
    type=options.Finite(min=0, max=86_400, min_open=True),
    help="End the set after this long.",
)
@options.several(options.VIEW, options.SOUND)
@click.option("--calibration", type=_FILE, help="Use this calibration file instead of today's newest.")
@options.ISOLATED
@click.option("--record/--no-record", default=True, show_default=True, help="Keep the set as a session.")
@click.pass_obj
def live(surroundings: Surroundings, /, **request: Any) -> None:
    """One set with live feedback, recorded."""
    if wants_window(request):
        from emgfeedback.windowed import live as in_window

        with job():
            in_window(request, surroundings.power)
        return
    from emgfeedback.live import LiveRequest
    from emgfeedback.live import live as run

    with job():
        run(LiveRequest(**request), surroundings.power)


@main.command()
@options.several(options.PERSONA, options.EXERCISE, options.SEED, options.REPS)
@click.option("--fast", is_flag=True, help="Without waiting for the clock.")
@options.several(options.VIEW, options.SOUND)
@click.option("--out", type=_FOLDER, metavar="DIR", help="Where the CSV goes. Default: beside the session.")
def demo(**request: Any) -> None:
    """A simulated person calibrates and does a set.

    The whole job without a board.
    """
    if request["fast"] and request["view"] == "window":
        raise click.UsageError("A window shows real time: leave --fast or --view window out.")
    if not request["fast"] and wants_window(request):
        from emgfeedback.windowed import demo as in_window

        with job():
            in_window(request)
        return
    from emgfeedback.demo import DemoRequest
    from emgfeedback.demo import demo as run

    with job():
        run(DemoRequest(**request))


@main.command()
@options.several(options.SOURCE, options.WEARER, options.CHANNELS, options.VIEW, options.SOUND)
@options.ISOLATED
@click.option(
    "--rest",
    "pause_s",
    type=options.Finite(min=1, max=600),
    metavar="S",
    help="Seconds of rest between squeezes of a muscle. Default: 60, quick 5.",
)
@click.option("--quick", is_flag=True, help="Rest and one squeeze a muscle; labelled quick everywhere.")
@click.option(
    "--check",
    is_flag=True,
    help="Does the newest one still hold? Three squeezes of 3 s a muscle; status 1 if it does not.",
)
@click.option(
    "--reference",
    is_flag=True,
    help="Half-strength squeezes as the mark: % of reference in place of % of max.",
)
@click.option("--from-set", metavar="ID|FILE", help="Take the new 100 % that a recorded set offers.")
@click.option(
    "--out", type=_FILE, callback=options.in_a_folder, help="Also write the calibration to this file."
)
@click.option(
    "--sound-log", type=_FILE, callback=options.in_a_folder, help="Write what was heard, and when, as CSV."
)
@click.pass_obj
def calibrate(surroundings: Surroundings, /, from_set: str | None, **request: Any) -> None:
    """Find the wearer's own 100 % of each muscle, hands-free."""
    if request["check"] and (request["quick"] or request["reference"] or request["out"] or from_set):
        raise click.UsageError(
            "A check makes no calibration: leave --quick, --reference, --from-set and --out out."
        )
    if from_set is not None:
        from emgfeedback.guide import from_recording

        with job():
            from_recording(from_set, request["out"])
        return
    if wants_window(request):
        from emgfeedback.windowed import calibrate as in_window

        with job():
            in_window(request, surroundings.power)
        return
    from emgfeedback.guide import CalibrateRequest
    from emgfeedback.guide import calibrate as run

    with job():
        run(CalibrateRequest(**request), surroundings.power)


@main.command()
@click.argument("muscle", required=False)
def pads(muscle: str | None) -> None:
    """Where the pads go, muscle by muscle.

    MUSCLE is glute, quad, hamstring, or a muscle by its name; glute and quad without one.
    """
    from emgfeedback.placing import show_pads

    try:
        show_pads(muscle)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@main.group(cls=OneSentence, invoke_without_command=True)
@click.pass_context
def sessions(context: click.Context) -> None:
    """Recorded sessions: list, show, delete."""
    if context.invoked_subcommand is None:
        context.invoke(list_sessions)


@sessions.command("list")
@options.JSON
def list_sessions(*, as_json: bool = False) -> None:
    """All sessions, newest first."""
    from emgfeedback.listing import list_sessions as run

    with job():
        run(as_json=as_json)


@sessions.command("show")
@_SESSION
@options.JSON
def show_session(session: str, *, as_json: bool) -> None:
    """What is in one session."""
    from emgfeedback.listing import show_session as run

    with job():
        run(session, as_json=as_json)


@sessions.command("delete")
@_SESSION
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_session(session: str, *, yes: bool) -> None:
    """Delete one session for good."""
    from emgfeedback.listing import delete_session as run
    from emgfeedback.listing import find_session

    with job():
        path = find_session(session)
        if yes or click.confirm(f"Delete {path.name} for good?"):
            run(path)


@main.command()
@_SESSION
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Times real time; inf waits for nothing.",
)
@options.TERMINAL_VIEW
def replay(session: str, speed: float, view: str | None) -> None:
    """Play a session through the same chain again."""
    from emgfeedback.replaying import replay as run

    if math.isnan(speed):
        raise click.UsageError("--speed is a number above 0, or inf.")
    with job():
        run(session, speed, view)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="ID|FILE...")
def verify(files: tuple[str, ...]) -> None:
    """Check that session files are whole.

    Their rep tables, too, must come out the same when they are made again.
    """
    from emgfeedback.listing import verify_sessions

    with job():
        whole = verify_sessions(files)
    if not whole:
        sys.exit(1)


@main.command()
@_SESSION
@click.option("--to", "out", required=True, type=_FILE, help="OUT.csv or OUT.edf.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def export(session: str, out: Path, *, force: bool) -> None:
    """Write a session in another format."""
    from emgfeedback.exports import export as run
    from emgfeedback.listing import find_session

    with job():
        for path in run(find_session(session), out, force=force):
            click.echo(path)


@main.command()
@click.argument("file", type=_FILE, metavar="FILE.csv")
@click.option("--sfreq", "sfreq_hz", required=True, type=options.Finite(100, 50_000), help="Rate, Hz.")
@click.option("--unit", required=True, type=click.Choice(["uV", "mV", "counts"]), help="Unit of the columns.")
@click.option("--bits", type=click.IntRange(6, 24), help="Bits of the converter: where counts clip.")
@options.COLUMNS
@click.option("--calibration", type=_FILE, help="100 %; without it, the best 500 ms of each column.")
@click.option("--zero-phase", is_flag=True, help="Filter without delay, which only a finished file allows.")
@click.option("--out", required=True, type=_FILE, help="OUT.csv: one row a rep.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def analyse(*, out: Path, force: bool, **request: Any) -> None:
    """Run the chain over raw EMG in columns of a CSV file."""
    from emgfeedback.analyse import AnalysisRequest
    from emgfeedback.analyse import analyse as run
    from emgfeedback.analyse.table import refuse_target
    from emgfeedback.settings import load_settings

    with job():
        refuse_target(out, force=force)
        analysis = run(AnalysisRequest(settings=load_settings().chain, **request))
        analysis.write(out, force=force)
        for sentence in analysis.sentences:
            click.echo(sentence)


@main.command()
@click.option("--pty", is_flag=True, help="Offer the person as a board on a pseudo-terminal.")
@options.several(options.PERSONA, options.EXERCISE, options.SEED, options.CHANNELS)
@click.option(
    "--fault",
    metavar="F",
    help="stall, loss, unplug, saturation or liftoff; liftoff@12+4 sets start and length in s.",
)
@click.option(
    "--prompts",
    type=click.File("r"),
    metavar="FILE",
    help="Lines that tell the person what to do ('-': standard input): rest, squeeze glute right, reps 8.",
)
@click.option("--log", type=_FILE, help="Write what the board sent to this file.")
@click.option("--link", type=click.Path(path_type=Path), help="Keep the pseudo-terminal under this name.")
@click.option("--write-calibration", type=_FILE, help="Write the person's perfect calibration to this file.")
@click.option(
    "--wearer",
    default="simulated",
    show_default=True,
    metavar="NAME",
    help="Wearer named in that calibration.",
)
def simulate(*, pty: bool, **request: Any) -> None:
    """A simulated person behind a simulated board, for any program."""
    if not pty:
        raise click.UsageError("simulate offers the person on a pseudo-terminal: add --pty.")
    from emgfeedback.simulation.serve import ServeRequest, serve_pty

    prompts = request.pop("prompts")
    with job():
        serve_pty(ServeRequest(**request), click.echo, prompts)


@main.command()
@click.option("--out", required=True, type=_FOLDER, metavar="DIR", help="Folder that takes both.")
def firmware(out: Path) -> None:
    """Write the Arduino sketch and its wiring page to DIR."""
    from emgfeedback.sketch import write_sketch

    with job():
        for path in write_sketch(out):
            click.echo(path)
