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

READ = 0
NOT_READ = 1
WRONG_USE = 2


class ExitError(Exception):
    """A command cannot go on. The message says why and what to do; `status` is the exit status."""

    def __init__(self, message: str, status: int = NOT_READ) -> None:
        """`message` is for the user."""
        super().__init__(message)
        self.status = status
