"""`machine` in the browser: an SPI bus with the emulator on it, pins, and the page's button.

It has only what the firmware needs on the page's board. A transfer takes no time. Chip and card
take their real times.
"""
# mypy: ignore-errors

import sys
import time

import page

from pinlamp_tools.emulator.chip.spi import SPI as _Spi

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3

_SELECT = 5
_BUTTON = 0
_bus = None


class _Clock:
    """The page's time in µs. Transfers add nothing to it."""

    def __init__(self):
        self._start = time.ticks_ms()

    def now_us(self):
        return time.ticks_diff(time.ticks_ms(), self._start) * 1000

    def pass_us(self, us):
        pass


def connect(chip):
    """Put `chip` on the bus."""
    global _bus
    _bus = _Spi(chip, _Clock())


class Pin:
    """A pin: the chip select or the button. Any other pin does nothing."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_UP = 2
    IRQ_FALLING = 2
    IRQ_RISING = 1

    def __init__(self, id, mode=None, pull=None, value=None):
        """`id`: its number, or a Pin."""
        self.id = id.id if isinstance(id, Pin) else id
        if value is not None:
            self.value(value)

    def value(self, level=None):
        """Set or return its level."""
        if self.id == _SELECT:
            return _bus.select.value(level) if level is not None else 1
        if self.id == _BUTTON and level is None:
            return 0 if page.button() else 1
        return 1

    __call__ = value

    def irq(self, *args, **kwargs):
        """Do nothing: the page's pins have no edges."""


class SPI:
    """The bus that `connect` made."""

    MSB = _Spi.MSB
    LSB = _Spi.LSB

    def __new__(cls, id, baudrate=1_000_000, firstbit=MSB, **_):
        """Return the bus, set to this order of bits."""
        _bus.init(baudrate, firstbit)
        return _bus


class PWM:
    """The buzzer: the page hears its tone."""

    def __init__(self, pin, freq=0, duty_u16=0):
        """`freq` in Hz; `duty_u16` 0 is silence."""
        self._freq = freq
        self.duty_u16(duty_u16)

    def freq(self, hz):
        """Set the tone."""
        self._freq = hz

    def duty_u16(self, duty):
        """Sound, or fall silent."""
        page.tone(self._freq if duty else 0)


class WDT:
    """A watchdog that never bites: a user can reload the page."""

    def __init__(self, timeout=0):
        """`timeout` in ms."""

    def feed(self):
        """Nothing."""


class Timer:
    """A stand-in: the page has no REPL that needs a timer."""


def reset():
    """Ask the page to start the device again."""
    page.reset()
    sys.exit()


def reset_cause():
    """Return HARD_RESET after a reset by the firmware, else PWRON_RESET."""
    return HARD_RESET if page.was_reset() else PWRON_RESET
