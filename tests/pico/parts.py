"""The parts on the emulated Pico W: a PN532 on its UART, pixels, a buzzer. All in its time."""

from rp2040py.external.ws2812 import Ws2812
from rp2040py.gpio_pin import GPIOPinState

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.hsu import Hsu

_SAME_SPEED = 0.03  # two UARTs whose speeds differ by no more understand each other


class Pn532:
    """The virtual PN532 on a UART of the board, its RSTPDN on a pin."""

    def __init__(self, uart, reset_pin):
        self.field = Field()
        self._uart_id = uart
        self._reset_pin = reset_pin

    def attach(self, mcu):
        """Wire it up; nothing moves yet."""
        self._clock = mcu.clock
        self._uart = mcu.uart[self._uart_id]
        self._uart.on_byte = self._from_host
        self._alarm = mcu.clock.create_alarm(self._due)
        self._chip = Chip(self.field)
        self._hsu = Hsu(self._chip)
        mcu.gpio[self._reset_pin].add_listener(self._reset)

    def _now_us(self):
        return int(self._clock.nanos) // 1000

    def _baudrate(self):
        if not self._uart.baud_divider:  # after a reset, until the firmware sets it up
            return self._hsu.baudrate
        # The divider gives no speed exactly; a receiver tolerates a few percent.
        baudrate = self._uart.baud_rate
        near = abs(baudrate - self._hsu.baudrate) <= _SAME_SPEED * baudrate
        return self._hsu.baudrate if near else baudrate

    def _from_host(self, byte):
        self._hsu.receive(bytes((byte,)), self._now_us(), self._baudrate())
        self._arm()

    def _due(self):
        for byte in self._hsu.take(self._now_us(), self._baudrate()):
            assert not self._uart.rx_fifo.full, "the UART was not emptied in time"
            self._uart.feed_byte(byte)
        self._arm()

    def _arm(self):
        due_us = self._hsu.next_due()
        if due_us is None:
            self._alarm.cancel()
        else:
            # At least a microsecond: the chip's clock counts whole ones, the board's does not.
            self._alarm.schedule(max(1000, due_us * 1000 - self._clock.nanos))

    def _reset(self, now, _):
        if now == GPIOPinState.LOW:
            self._chip.reset()


class Strip:
    """The pixels: every frame that changed them, with the moment of its latch, in ms."""

    def __init__(self, pin, order):
        self.frames = []  # (ms, [(red, green, blue), …])
        self._ws2812 = Ws2812(gpio=pin, color_order=order, on_pixels=self._latched)

    def attach(self, mcu):
        """Wire it up."""
        self._clock = mcu.clock
        self._ws2812.attach(mcu)

    def _latched(self, pixels):
        if not self.frames or self.frames[-1][1] != pixels:
            self.frames.append((self._clock.nanos / 1e6, pixels))


class Buzzer:
    """A passive buzzer: counts its sounds, which are runs of edges after a pause of 20 ms."""

    def __init__(self, pin):
        self.sounds = 0
        self._pin = pin
        self._last_ns = -1e9

    def attach(self, mcu):
        """Wire it up."""
        self._clock = mcu.clock
        mcu.gpio[self._pin].add_listener(self._changed)

    def _changed(self, now, _):
        if now != GPIOPinState.HIGH:
            return
        if self._clock.nanos - self._last_ns > 20e6:
            self.sounds += 1
        self._last_ns = self._clock.nanos
