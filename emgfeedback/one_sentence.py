"""Errors of the command line: one sentence on standard error, exit 1 for a failed job, 2 for wrong usage."""

import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

import click

#: Signals that ask a program to end: the system shuts down, the terminal is closed.
ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class OneSentence(click.Group):
    """A group whose errors are never a page and never a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run and leave with the exit status."""
        kwargs["standalone_mode"] = False
        # A name that the terminal cannot show is shown with question marks, not refused.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        try:
            sys.exit(super().main(*args, **kwargs) or 0)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(0)
        except click.ClickException as error:
            click.echo(f"emgfeedback: {' '.join(error.format_message().split())}", err=True)
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("emgfeedback: Stopped.", err=True)
            sys.exit(1)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(1)
        except OSError as error:
            click.echo(f"emgfeedback: {plain(error)}", err=True)
            sys.exit(1)


def plain(error: Exception) -> str:
    """The words of an error for people: those of the operating system without their number."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    # Only what is written to the output has no file name.
    return f"{error.filename2 or error.filename or 'The output cannot be written'}: {error.strerror}."


@contextmanager
def as_interrupted(*numbers: signal.Signals) -> Iterator[None]:
    """Within, these signals end the work as Ctrl-C does: the set is summed up and its file completed."""
    with ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():
            for number in numbers:
                before = signal.signal(number, _as_ctrl_c)
                stack.callback(signal.signal, number, before)
        yield


def _as_ctrl_c(_number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does now, also where a shell started us in the background and Ctrl-C is ignored."""
    interrupted = signal.getsignal(signal.SIGINT)
    (interrupted if callable(interrupted) else signal.default_int_handler)(signal.SIGINT, frame)


@contextmanager
def job() -> Iterator[None]:
    """The errors of a job become exit 1; wrong values of options and URLs (``ValueError``) exit 2."""
    from calibration.errors import CalibrationError
    from device.errors import DeviceError
    from emgfeedback.exports.errors import ExportError
    from emgfeedback.session.errors import SessionError
    from emgfeedback.settings import SettingsError

    try:
        with as_interrupted(*ENDINGS):
            yield
    except BrokenPipeError:
        raise
    except (DeviceError, SessionError, CalibrationError, SettingsError, ExportError, OSError) as error:
        raise click.ClickException(plain(error)) from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
