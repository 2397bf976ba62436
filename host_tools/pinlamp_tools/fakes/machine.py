# Do not upload: this stands in for the chip's own `machine` under the MicroPython Unix port.
"""`machine` of an ESP32 as far as firmware with a PN532 uses it, told to the host in lines.

Wrong arguments are refused as the port refuses them. `fake_host` has the lines; PINLAMP_RESET is
what reset_cause() returns.
"""

import os
import sys

from fake_host import EXIT_RESET, host, integer
from fake_pin import PWM, Pin
from fake_uart import UART

# Numbers of the ESP32 port.
PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

__all__ = (
    "DEEPSLEEP_RESET",
    "HARD_RESET",
    "PWM",
    "PWRON_RESET",
    "Pin",
    "SOFT_RESET",
    "UART",
    "Timer",
    "WDT",
    "WDT_RESET",
    "reset",
    "reset_cause",
)


def __getattr__(name):
    """Load the buses only where they are used: a heap of 128 K is not to be filled by fakes."""
    if name not in ("I2C", "SPI"):
        raise AttributeError(name)
    import fake_bus

    return getattr(fake_bus, name)


def reset():
    """End the process; the host starts it again, as a chip boots after its reset."""
    host.tell("reset %d" % HARD_RESET)
    sys.exit(EXIT_RESET)


def reset_cause():
    """Return why the firmware was started: one of the `_RESET` numbers."""
    return int(os.getenv("PINLAMP_RESET") or PWRON_RESET)


class Timer:
    """A timer; here it only keeps the watchdog fed, which is all that the firmware wants of it."""

    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id):
        """`id`: 0 to 3, as on the ESP32."""
        if not 0 <= integer(id) <= 3:
            raise ValueError("invalid Timer number")

    def init(self, *, mode=PERIODIC, period=-1, callback=None):
        """Call `callback` every `period` ms: the host leaves the watchdog alone from here on."""
        callback(self)
        host.tell("wdt 0")


class WDT:
    """The watchdog. The host has it: not fed in time, the process ends, whatever it is doing."""

    def __init__(self, id=0, timeout=5000):
        """Start it; `timeout` in ms. Nothing stops it but a reset."""
        if integer(id) != 0:
            raise ValueError
        if integer(timeout) <= 0:
            raise ValueError("WDT timeout too short")
        self._line = "wdt %d" % timeout
        self.feed()

    def feed(self):
        """Say that the firmware is alive."""
        host.tell(self._line)
