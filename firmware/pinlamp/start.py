"""The first moments after a reset: dark lamps, then everything else.

Pixels keep their colours through a reset, so a lamp of the card before would stay lit. Hence
importing this module darkens the strip, and imports nothing but what that takes.
"""

import gc

from .board import Board

# The larger modules, each before those that import it. Compiling one takes several times the
# memory it keeps, and an import within an import holds on to both.
_ONE_BY_ONE = (
    "mynacard.keys",
    "mynacard.gate",
    "mynacard.survey",
    "pn532.handshake",
    "pn532.chip",
    "pinlamp.look",
    "pinlamp.lamps",
    "pinlamp.settings",
)

board = Board("board.json")
board.pixels.write()


async def main():
    """Run the firmware; returns only if a crash ends it."""
    for module in _ONE_BY_ONE:
        __import__(module)
        gc.collect()
    from .app import run

    await run(board)
