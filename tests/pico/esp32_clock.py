"""On the board: asyncio waits, and is woken, as on an ESP32. boot.py imports it.

An ESP32's poller sleeps until the next tick of FreeRTOS, 100 a second, whatever time it was told
(MICROPY_EVENT_POLL_HOOK and mp_event_wait_ms of ports/esp32/mpconfigport.h). What ends its sleep
before is an interrupt with a handler in Python: a pin's, a timer's, and a UART's if `irq` was
called. A byte alone ends nothing. IRQ_RX of an ESP32 comes with the first byte; here it is the
RP2040's IRQ_RXIDLE, 32 bits after the last.
"""

import io
import select
import sys
from asyncio import core
from time import ticks_diff, ticks_ms, ticks_us

import machine as _machine

_TICK_US = 10_000
_POLL = 3  # MP_STREAM_POLL
_READABLE = 1


class _Woken(io.IOBase):
    """What the main task sleeps on between two ticks."""

    def __init__(self):
        self._now = False
        self._sleep = select.poll()
        self._sleep.register(self, _READABLE)

    def by(self, handler):
        """Return `handler`, which also wakes the main task."""

        def wakes(source):
            self._now = True
            handler(source)

        return handler and wakes

    def sleep(self):
        """Return at the next tick, or once woken; at once if that was before."""
        self._sleep.poll((_TICK_US - ticks_us() % _TICK_US + 999) // 1000)
        self._now = False

    def ioctl(self, request, flags):
        """Answer the poller."""
        return _READABLE if request == _POLL and self._now else 0


_woken = _Woken()


class _Input:
    """A pin that is read."""

    def __init__(self, pin):
        self._pin = pin
        self.value = pin.value
        self.IRQ_FALLING = pin.IRQ_FALLING
        self.IRQ_RISING = pin.IRQ_RISING

    def __call__(self):
        return self._pin()

    def irq(self, handler=None, trigger=None):
        """Set the handler; None: there is none from now on."""
        if handler is None:
            self._pin.irq(None)
        else:
            self._pin.irq(_woken.by(handler), trigger)


class UART(io.IOBase):
    """A UART with an ESP32's interrupts."""

    IRQ_RX = 1
    IRQ_RXIDLE = 0x1000

    def __init__(self, *args, **settings):
        self._uart = uart = _machine.UART(*args, **settings)
        self.any, self.read, self.readinto = uart.any, uart.read, uart.readinto
        self.write, self.init, self.deinit = uart.write, uart.init, uart.deinit

    def irq(self, handler=None, trigger=0, hard=False):
        """Set the handler; only the driver's own task can call it, never a hard interrupt."""
        if hard or trigger & ~(self.IRQ_RX | self.IRQ_RXIDLE):
            raise ValueError
        self._uart.irq(_woken.by(handler), self._uart.IRQ_RXIDLE)

    def ioctl(self, request, flags):
        """Answer the poller, which sees bytes whenever it looks."""
        return flags & _READABLE if request == _POLL and self._uart.any() else 0


class SPI:
    """The SPI; the virtual chip turns the bits as an ESP32's hardware does."""

    MSB = _machine.SPI.MSB
    LSB = _machine.SPI.LSB

    def __init__(self, *args, firstbit, **settings):
        spi = _machine.SPI(*args, firstbit=self.MSB, **settings)
        self.write, self.readinto, self.deinit = spi.write, spi.readinto, spi.deinit


class Timer:
    """A timer with the hardware's ids, which all chips have."""

    ONE_SHOT = _machine.Timer.ONE_SHOT
    PERIODIC = _machine.Timer.PERIODIC

    def __init__(self, id):
        if id not in (0, 1):
            raise ValueError
        self._timer = _machine.Timer(-1)
        self.deinit = self._timer.deinit

    def init(self, *, period, mode=PERIODIC, callback):
        """Start it."""
        self._timer.init(period=period, mode=mode, callback=_woken.by(callback))


class _Pins:
    """The class `machine.Pin`; a pin that is read wakes."""

    def __call__(self, *args, **settings):
        pin = _machine.Pin(*args, **settings)
        return _Input(pin) if args[1:2] == (_machine.Pin.IN,) else pin

    def __getattr__(self, name):
        return getattr(_machine.Pin, name)


class _Machine:
    """The module `machine`."""

    Pin = _Pins()
    SPI = SPI
    UART = UART
    Timer = Timer

    def __getattr__(self, name):
        return getattr(_machine, name)


class _Sys:
    """The module `sys`."""

    platform = "esp32"

    def __getattr__(self, name):
        return getattr(sys, name)


_wait_io_event = core.IOQueue.wait_io_event


def _wait(queue, ms):
    """Wait up to `ms` for a stream, or forever if it is -1; then let asyncio look itself."""
    begin = ticks_ms()
    while ms < 0 or ticks_diff(ticks_ms(), begin) < ms:
        for _ in queue.poller.ipoll(0):
            return _wait_io_event(queue, 0)
        _woken.sleep()
    return _wait_io_event(queue, 0)


core.IOQueue.wait_io_event = _wait
sys.modules["machine"] = _Machine()
sys.modules["sys"] = _Sys()
