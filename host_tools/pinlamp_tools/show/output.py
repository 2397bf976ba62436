"""A file that a command writes or reads: nothing is written over, and what the system refuses."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import click

_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO)  # the file is right, its disk is not


def cannot(path: Path | str, error: OSError) -> click.ClickException:
    """Return the error for a file that the user has named and the system refuses."""
    kind = click.ClickException if error.errno in _NO_ROOM else click.UsageError
    return kind(f"{click.format_filename(path)}: {error.strerror}")


force_option = click.option("--force", is_flag=True, help="Write over a file that is there.")


def refuse(path: Path, force: bool) -> None:
    """Raise UsageError if a file is there and nobody has said that it may be written over."""
    # A link that leads nowhere is there, too. False for a path that the system refuses.
    if os.path.lexists(path) and not force:
        name = click.format_filename(path)
        raise click.UsageError(f"{name} is there already: give another name, or --force")
