# Do not upload: this replaces the chip's own `machine` under the MicroPython Unix port.
"""`machine` of an ESP32, as far as firmware with a PN532 uses it; it tells the host in lines.

It refuses wrong arguments as the port does. `fake_host` describes the lines; PINLAMP_RESET is the
value of reset_cause().
"""

import os
import sys

from fake_host import CHIP, EXIT_RESET, host, integer
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
    "freq",
    "mem32",
    "reset",
    "reset_cause",
)


def __getattr__(name):
    """Load the buses only on use: fakes must not fill a heap of 128 K."""
    if name not in ("I2C", "SPI"):
        raise AttributeError(name)
    import fake_bus

    return getattr(fake_bus, name)


def reset():
    """End the process; the host starts it again, as a chip boots after a reset."""
    host.tell("reset %d" % HARD_RESET)
    sys.exit(EXIT_RESET)


def freq():
    """Return the processor's clock in Hz: that of MicroPython's GENERIC images."""
    return 160_000_000


def reset_cause():
    """Return why the firmware was started: one of the `_RESET` numbers."""
    return int(os.getenv("PINLAMP_RESET") or PWRON_RESET)


class _Registers:
    """The USB port's registers, as they read where a host takes everything at once."""

    def __getitem__(self, address):
        return 2 if CHIP in ("esp32c3", "esp32c6") else 0


mem32 = _Registers()


class Timer:
    """A timer; here it only feeds the watchdog, as the firmware needs no more."""

    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id):
        """`id`: 0 to 3, as on the ESP32."""
        if not 0 <= integer(id) <= 3:
            raise ValueError("invalid Timer number")

    def init(self, *, mode=PERIODIC, period=-1, callback=None):
        """Call `callback` every `period` ms: from now on the host ignores the watchdog."""
        callback(self)
        host.tell("wdt 0")


class WDT:
    """The watchdog. The host runs it, and ends a process that does not feed it in time."""

    def __init__(self, id=0, timeout=5000):
        """Start it; `timeout` in ms. Only a reset stops it."""
        if integer(id) != 0:
            raise ValueError
        if integer(timeout) <= 0:
            raise ValueError("WDT timeout too short")
        self._line = "wdt %d" % timeout
        self.feed()

    def feed(self):
        """Tell the host that the firmware is alive."""
        host.tell(self._line)
