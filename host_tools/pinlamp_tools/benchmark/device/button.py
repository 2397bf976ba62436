# mypy: ignore-errors
"""On a device, over the REPL: print as JSON whether its button is down."""

import json

from pinlamp.board import Board

button = Board("board.json").button()
button.look()
print(json.dumps({"down": bool(button.down)}))
