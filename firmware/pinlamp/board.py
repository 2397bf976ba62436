"""The board: board.json and the machine objects made from it. Nothing else knows a pin."""

import json

from machine import PWM, Pin
from neopixel import NeoPixel


class Board:
    """One board, its strip already there; the other parts are made when they are asked for."""

    def __init__(self, path):
        """Read the board's JSON file; OSError, ValueError or KeyError if it is not usable."""
        with open(path) as file:
            self._data = json.load(file)
        self.name = self._data["name"]
        self.budget_ma = self._data["budget_ma"]  # for the strip, in milliamperes
        strip = self._data["strips"][0]
        self.layout = strip["layout"]  # how many lamps, unless the settings want fewer
        self.count = strip["count"]
        self.pixels = NeoPixel(Pin(strip["pin"], Pin.OUT), strip["count"])
        if strip["order"] == "RGB":  # neopixel's own order is GRB
            self.pixels.ORDER = (0, 1, 2, 3)

    def link(self, clock):
        """Return the PN532 link that the board uses."""
        from .links import link

        kind = self._data["link"]
        return link(kind, self._data["links"][kind], clock)

    def button(self):
        """Return a function that tells whether the button is down; always False without one."""
        button = self._data.get("button")
        if button is None:
            return lambda: False
        pin = Pin(button["pin"], Pin.IN, Pin.PULL_UP)
        return lambda: pin.value() == button["pressed"]

    def buzzer(self):
        """Return the buzzer's PWM, silent, or None without one."""
        pin = self._data.get("buzzer")
        return None if pin is None else PWM(Pin(pin), freq=2000, duty_u16=0)
