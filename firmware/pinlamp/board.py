"""The board: board.json and the machine objects made from it. Nothing else knows a pin."""

import json
import time

from machine import PWM, Pin
from neopixel import NeoPixel

from .pins import buzzer_pin, strip_pin


class Board:
    """One board. It makes its strip at once, and the other parts when asked for them."""

    def __init__(self, path):
        """Read the board's JSON file; OSError, ValueError or KeyError for an unusable one."""
        with open(path) as file:
            data = json.load(file)
        # Keep only what the device needs: the rest of the file is for people.
        self.name = data["name"]
        self.chip = data["chip"]
        self.budget_ma = data["budget_ma"]  # for the strip, in milliamperes
        self.reader = data.get("reader", "pn532")
        self.link_kind = data["link"]
        self._pins = data["links"][self.link_kind]
        self._button = data.get("button")
        self._buzzer = buzzer_pin(data.get("buzzer"), self._pins)
        strip = data["strips"][0]
        self.layout = strip["layout"]  # how many lamps, unless the settings want fewer
        self.count = strip["count"]
        self._lamps = strip.get("lamps")
        self._pwm = None
        self._chip = None
        pin = strip_pin(strip["name"], strip["pin"], self._pins)
        self.pixels = NeoPixel(Pin(pin, Pin.OUT), strip["count"])
        if strip["order"] == "RGB":  # neopixel's own order is GRB
            self.pixels.ORDER = (0, 1, 2, 3)

    def reader_chip(self):
        """Return the `pn532.PN532` on the board's link, or what stands in its place."""
        if self.reader == "rcs660s":
            from .rcs660s import chip

            self._chip = chip(self._pins)
        else:
            from pn532 import PN532

            from .links import link

            self._chip = PN532(link(self.link_kind, self._pins))
        return self._chip

    def strip(self, config):
        """Return the strip.Strip of the lamps that `config`, a settings.Settings, wants."""
        from .strip import Strip

        lamps = self._lamps if config.layout == self.layout else None
        return Strip(self.pixels, config.layout, config.brightness, self.budget_ma, lamps)

    def button(self):
        """Return the button.Button; on a board without a button it is never down."""
        from .button import Button

        button = self._button
        if button is None:
            return Button(lambda: False)
        pull = Pin.PULL_UP if button.get("pull", "up") else None  # an input-only pin has none
        pin = Pin(button["pin"], Pin.IN, pull)
        return Button(lambda: pin.value() == button["pressed"])

    def buzzer(self):
        """Return the buzzer's PWM, silent, or None without one."""
        if self._buzzer is not None:
            self._pwm = PWM(Pin(self._buzzer), freq=2000, duty_u16=0)
        return self._pwm

    def fill(self, colour):
        """Light every pixel of the strip at once; `colour`: red, green, blue, 0–255."""
        for pixel in range(self.count):
            self.pixels[pixel] = colour
        self.pixels.write()

    def forget(self):
        """Leave nothing in memory of what a card told, wherever its reading broke off."""
        if self._chip is not None:
            try:
                self._chip.drown(time.sleep_ms)
            except (MemoryError, OSError):
                pass  # which may be what ended the firmware: it must be shown and restart

    def quiet(self):
        """Darken the strip, silence the buzzer and forget the card at once."""
        self.fill((0, 0, 0))
        self.forget()
        if self._pwm is not None:
            self._pwm.duty_u16(0)
