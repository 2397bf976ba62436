"""A simulator and a console of a device that a test plays."""

import asyncio
import json
import threading

from oracle import ASKED, KEY
from pinlamp_tools.boards.board import Board
from pinlamp_tools.show import cable

BOARD = Board.named("esp32_devkitc")
PIN = BOARD.lit_pin
FULL = {id: KEY[id]["max"] for id in ASKED}


class ScriptedSimulator:
    """A simulator that plays a test's recording, and notes the user's actions."""

    presented = 0
    faults = ("checksum", "zombie", "card_gone")
    fault = None

    def __init__(self, event_of, error=None):
        self.done = []
        self.let_go = asyncio.Event()
        self._event_of = event_of
        self._error = error

    async def start(self):
        if self._error:
            raise self._error

    async def stop(self):
        self.done.append("stop")

    def tap(self, name):
        self.done.append(f"tap {name}")

    def lift(self):
        self.done.append("lift")

    def pull(self):
        self.done.append("pull")

    def arm(self, name):
        self.fault = name

    def press(self, down):
        self.done.append("press" if down else "let go")
        if not down:
            self.let_go.set()

    def tell(self, **event):
        line = json.dumps({"v": 1, **event})
        self._event_of(line)
        self.on_line(line)

    def ready(self):
        self.tell(type="ready", board="esp32_devkitc", version="0.1.0")

    def read(self, **states):
        """Play a card whose keys in `states` have (state, left); all others are full."""
        self.tell(type="card", kind="my_number_card")
        keys = []
        for name, most in FULL.items():
            state, left = states.get(name, ("ok", most or 10))
            keys.append({"id": name, "state": state, "left": left, "max": most})
            self.tell(type="key", **keys[-1])
        self.tell(type="result", complete=True, ms=412, keys=keys)

    def pixels(self, *rgb):
        self.on_pixels(PIN, bytes(sum(rgb, ())))


class ScriptedConsole:
    """A console that a test plays."""

    def __init__(self):
        self._ready = threading.Event()

    def listen(self, take, connected, stopped):
        self.take, self.connected = take, connected
        self._ready.set()
        stopped.wait(30)

    async def tell(self, *events):
        await asyncio.to_thread(self._ready.wait, 10)
        for event in events:
            await asyncio.to_thread(self.take, {"v": 1, **event})

    async def plug(self, port, state=cable.LIVE):
        await asyncio.to_thread(self._ready.wait, 10)
        await asyncio.to_thread(self.connected, state if port else cable.NONE, port)
