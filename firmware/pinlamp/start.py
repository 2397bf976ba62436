"""The first moments after a reset: dark lamps, then everything else.

Pixels keep their colours through a reset, so a lamp of the card before would stay lit. Hence
this module imports nothing but what it takes to darken the strip.
"""

from .board import Board

_board = None


def dark():
    """Read board.json of the current directory and darken its strip."""
    global _board
    _board = Board("board.json")
    _board.pixels.write()


async def main():
    """Run the firmware; returns only if a crash or the safe mode ends it."""
    from .app import run

    await run(_board)
