"""How a command ends: its exit status, or an error that prints one line for the user.

One status for one kind of failure, whatever the command:

    0    done; a card was read, a device is well, a board can work
    1    not done: no card, no device, no answer, a program that is missing, or a file whose
         content is of no use
    2    wrong use: a name, an option or a value that there is not, options that do not go
         together, a file that cannot be opened, or one that is there already
    130  Ctrl-C
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import click

READ = 0
NOT_READ = 1
WRONG_USE = 2

_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO)  # the file is right, its disk is not


class ExitError(Exception):
    """A command cannot go on. The message says why and what to do; `status` is the exit status."""

    def __init__(self, message: str, status: int = NOT_READ) -> None:
        """`message` is for the user."""
        super().__init__(message)
        self.status = status


def cannot(path: Path | str, error: OSError) -> click.ClickException:
    """Return the error for a file that the user has named and the system refuses."""
    kind = click.ClickException if error.errno in _NO_ROOM else click.UsageError
    return kind(f"{click.format_filename(path)}: {error.strerror}")


force_option = click.option("--force", is_flag=True, help="Write over a file that is there.")


def refuse(path: Path, force: bool) -> None:
    """Raise UsageError if a file is there and nobody has said that it may be written over."""
    if os.path.exists(path) and not force:  # False too for a path that the system refuses
        name = click.format_filename(path)
        raise click.UsageError(f"{name} is there already: give another name, or --force")
