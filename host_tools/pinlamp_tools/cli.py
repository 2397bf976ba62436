"""The `pinlamp` command. Exit status: 0 read, 1 not read, 2 wrong use, 130 Ctrl-C."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from . import paths
from .exits import NOT_READ, WRONG_USE, ExitError
from .show.encoding import forgiving
from .show.help import Context, in_words
from .show.names import LANGUAGES
from .show.options import language, no_such
from .show.say import LONGEST, say, speak
from .show.strange import tell

# Imported when they are called: most of what a start takes is the libraries of all the others.
_MODULES: dict[str, Any] = {
    "bench": ".benchmark.command",
    "board": {
        "check": ".boards.command",
        "label": ".paper.command",
        "list": ".boards.command",
        "new": ".boards.command",
        "show": ".boards.command",
        "wiring": ".paper.command",
    },
    "cards": ".simulator.command",
    "case": ".case.command",
    "deploy": ".deploy.command",
    "doctor": ".deploy.command",
    "emulate": ".simulator.emulate",
    "explain": ".guidance.command",
    "export": ".recording.command",
    "first-light": ".first_light.command",
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
    "sheet": ".paper.counter_command",
    "slip": ".paper.counter_command",
    "watch": ".watch.command",
    "zip": ".flash.command",
}
_GROUPS = {"board": "Show boards, check your own, make wiring pictures and labels."}
_LONGEST = 200


class _Group(click.Group):
    """Commands out of a table like `_MODULES`, each in its module under its own name.

    In a group within the group that name begins with the group's: `board_list`.
    """

    context_class = Context

    def __init__(self, *args: Any, table: dict[str, Any], prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = table
        self._prefix = prefix

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self._table:
            raise click.UsageError(no_such("command", args[0], self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self._table.get(cmd_name)
        if found is None:
            return None
        if isinstance(found, dict):
            help_text = say(_GROUPS[cmd_name])
            return _Group(
                cmd_name, table=found, prefix=f"{cmd_name}_", help=help_text, short_help=help_text
            )
        name = self._prefix + cmd_name.replace("-", "_")
        module = import_module(found, __package__)
        # A command that is called like a function of Python has a _ behind it.
        command = getattr(module, f"{name}_", None) or getattr(module, name)
        assert isinstance(command, click.Command)
        return in_words(command)


@click.group(cls=_Group, table=_MODULES, context_settings={"help_option_names": ["-h", "--help"]})
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
    for stream in (sys.stdout, sys.stderr):
        forgiving(stream)
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    if not debug:
        # asyncio warns of a child that ends after a second Ctrl-C has closed its loop.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
    speak(_language(sys.argv[1:] if arguments is None else arguments))
    try:
        told = in_words(cli)
        return int(told.main(arguments, prog_name="pinlamp", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return WRONG_USE
    except (click.exceptions.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except ExitError as error:
        return _complain(str(error), error.status)
    except Exception as error:
        if _nobody_reads(error):
            # The reader of the pipe has gone; nothing may be written at the exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return NOT_READ
        if debug:
            traceback.print_exc()
        short = repr(error)[:_LONGEST]  # an error may hold all that was to be printed
        return _complain(f"internal error, --debug shows more: {short}", NOT_READ)


def _language(arguments: Sequence[str]) -> str:
    """Return the language that the arguments ask for, unparsed; else the locale's."""
    for number, one in enumerate(arguments):
        option, _, value = one.partition("=")
        if option == "--lang":
            value = value or "".join(arguments[number + 1 : number + 2])
            if value in LANGUAGES:
                return value
    try:
        "あ".encode(getattr(sys.stderr, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return "en"  # this console could only write question marks
    return language()


def _nobody_reads(error: Exception) -> bool:
    if not isinstance(error, OSError):
        return False
    # Windows says of a pipe whose other end is closed that an argument is invalid.
    invalid = error.errno == errno.EINVAL and error.filename is None
    return error.errno == errno.EPIPE or (invalid and not paths.has_ptys())


def _complain(message: str, status: int) -> int:
    line = message.replace("\n", " ")
    if len(line) > LONGEST:
        line = line[: LONGEST - 1] + "…"
    tell("pinlamp: " + say(line), err=True)
    return status
