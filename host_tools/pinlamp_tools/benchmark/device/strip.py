# mypy: ignore-errors
"""On a device, over the REPL: light its lamps as `SHOW` says, for `MS`; then dark again.

`SHOW` "colours": the first three lamps red, green, blue (a single lamp one after the other).
"all": every lamp white, as bright as the settings allow. The last line is the result, as JSON.
"""

import json
from time import sleep_ms

from pinlamp import look, settings
from pinlamp.board import Board

board = Board("board.json")
config = settings.load("settings.json", board.layout, board.count)
strip = board.strip(config)
_THREE = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
try:
    if SHOW == "all":  # noqa: F821
        for i in range(config.layout):
            strip.set(i, look.WHITE, look.FULL)
        strip.show()
        sleep_ms(MS)  # noqa: F821
    elif config.layout >= 3:
        for i in range(3):
            strip.set(i, _THREE[i], look.FULL)
        strip.show()
        sleep_ms(MS)  # noqa: F821
    else:
        for colour in _THREE:
            strip.set(0, colour, look.FULL)
            strip.show()
            sleep_ms(MS // 3)  # noqa: F821
finally:
    board.quiet()
print(json.dumps({"lamps": config.layout}))
