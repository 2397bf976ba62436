"""How a command ends: its exit status, or an error that prints one line for the user."""

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
