"""The `pinlamp` command. Exit status: 0 read, 1 not read, 2 wrong use, 130 Ctrl-C."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from . import paths
from .exits import NOT_READ, WRONG_USE, EndError

# Imported when they are called: most of what a start takes is the libraries of all the others.
_MODULES = {
    "bench": ".benchmark.command",
    "board": ".boards.command",
    "cards": ".simulator.command",
    "deploy": ".deploy.command",
    "doctor": ".deploy.command",
    "emulate": ".simulator.emulate",
    "explain": ".guidance.command",
    "export": ".recording.command",
    "flash": ".flash.command",
    "guide": ".guidance.command",
    "image": ".flash.command",
    "page": ".flash.command",
    "read": ".pcsc.command",
    "record": ".recording.command",
    "replay": ".recording.command",
    "report": ".recording.command",
    "run": ".simulator.command",
    "settings": ".deploy.command",
    "watch": ".watch.command",
}
_LONGEST = 200


class _Group(click.Group):
    """The commands of `_MODULES`, each in its module under its own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        command = getattr(import_module(_MODULES[cmd_name], __package__), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pinlamp")
@click.option("--debug", is_flag=True, help="Show tracebacks, and all the firmware says.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Pinlamp: a light for every PIN of a My Number Card. It never presents a PIN.

    Exit status: 0 read, 1 not read, 2 wrong use, 130 Ctrl-C.
    """
    ctx.obj = debug


def run_cli(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status; every error is one line."""
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    if not debug:
        # asyncio warns of a child that ends after a second Ctrl-C has closed its loop.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
    try:
        return int(cli.main(arguments, prog_name="pinlamp", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return WRONG_USE
    except (click.exceptions.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except EndError as error:
        return _complain(str(error), error.status)
    except Exception as error:
        if _nobody_reads(error):
            # Whoever read has heard enough; nothing may be written at the exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return NOT_READ
        if debug:
            traceback.print_exc()
        short = repr(error)[:_LONGEST]  # an error may hold all that was to be printed
        return _complain(f"internal error, --debug shows more: {short}", NOT_READ)


def _nobody_reads(error: Exception) -> bool:
    if not isinstance(error, OSError):
        return False
    # Windows says of a pipe whose other end is closed that an argument is invalid.
    invalid = error.errno == errno.EINVAL and error.filename is None
    return error.errno == errno.EPIPE or (invalid and not paths.has_ptys())


def _complain(message: str, status: int) -> int:
    click.echo("pinlamp: " + message.replace("\n", " "), err=True)
    return status
