"""`machine` in the browser: an SPI bus with the emulator on it, pins, and the page's button.

Only what the firmware of the page's board needs. Times are real: a transfer takes none, and what
the chip and the card do takes what it takes.
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
    """The page's time in µs; a transfer's own time passes ahead of it."""

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
    """The chip select, the button; every other pin is there and does nothing."""

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
        """No edges here: nothing is wired that has any."""


class SPI:
    """The bus that `connect` made."""

    MSB = _Spi.MSB
    LSB = _Spi.LSB

    def __new__(cls, id, baudrate=1_000_000, firstbit=MSB, **_):
        """Return it, with this order of bits."""
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
    """The watchdog of a page that can be reloaded: it bites nobody."""

    def __init__(self, timeout=0):
        """`timeout` in ms."""

    def feed(self):
        """Nothing."""


class Timer:
    """Not used here: there is no REPL."""


def reset():
    """Ask the page to start the device again."""
    page.reset()
    sys.exit()


def reset_cause():
    """Return what the page says: a power-up, or the reset that was asked for."""
    return HARD_RESET if page.was_reset() else PWRON_RESET
