"""The virtual PN532 on the board's I2C or SPI, with its lines on pins. All in the board's time.

The board's own peripherals drive it, byte by byte: an I2C controller may stop between two bytes
for as long as its program likes.
"""

from rp2040py.gpio_pin import GPIOPinState
from rp2040py.peripherals.i2c import I2CMode

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.chip import i2c, spi
from pinlamp_tools.emulator.chip.chip import Chip

_BIT_US = 2.5  # a start or stop condition at 400 kHz


class _Time:
    """The chip's clock: the board's, and what the chip says that a transfer takes."""

    def __init__(self, clock):
        self._clock = clock
        self._ahead_us = 0

    def now_us(self):
        """Return the time in whole µs."""
        return int(self._clock.nanos) // 1000 + self._ahead_us

    def pass_us(self, us):
        """Let the board owe the time `us`."""
        self._ahead_us += us

    def owed_us(self):
        """Return how much of it the board has to let pass now."""
        owed_us, self._ahead_us = self._ahead_us, 0
        return owed_us


class _Pn532:
    """What both have: the chip, its lines, and its moments."""

    def __init__(self, pins):
        """Connect it as `pins` says, a link of board.json; nobody listens if it has no "irq"."""
        self.field = Field()
        self._pins = pins

    def _wire(self, mcu, bus, time):
        self._clock = mcu.clock
        self._bus = bus
        self._time = time
        self._moment = mcu.clock.create_alarm(self._advance)
        self._transfer = mcu.clock.create_alarm(self._transferred)
        mcu.gpio[self._pins["rst"]].add_listener(lambda now, _: bus.rstpdn(_is_high(now)))
        if "irq" in self._pins:
            line = mcu.gpio[self._pins["irq"]]
            line.set_input_value(True)
            bus.irq.irq(lambda pin: line.set_input_value(bool(pin.value())))

    def _advance(self):
        self._bus.advance(self._time.now_us())
        self._arm()

    def _arm(self):
        due_us = self._bus.next_due()
        if due_us is None:
            self._moment.cancel()
        else:
            # At least a microsecond: the chip's clock counts whole ones, the board's does not.
            self._moment.schedule(max(1000, due_us * 1000 - self._clock.nanos))

    def _after(self, us, then):
        """Call `then` after `us` and the time that the chip has taken."""
        self._then = then
        self._transfer.schedule(1000 * (us + self._time.owed_us()))
        self._arm()

    def _transferred(self):
        self._then()


def _is_high(state):
    return state != GPIOPinState.LOW


class Pn532OnI2c(_Pn532):
    """The PN532 as the one target of an I2C bus."""

    def attach(self, mcu):
        """Wire it up; nothing moves yet."""
        self._mcu = mcu
        self._controller = controller = mcu.i2c[self._pins["id"]]
        time = _Time(mcu.clock)
        self._wire(mcu, _Target(Chip(self.field), time), time)
        for name in ("sda", "scl"):
            mcu.gpio[self._pins[name]].set_input_value(True)  # pulled up
        controller.on_start = lambda _: self._after(_BIT_US, controller.complete_start)
        controller.on_connect = self._connected
        controller.on_write_byte = self._written
        controller.on_read_byte = self._read
        controller.on_stop = self._stopped

    def _connected(self, address, mode):
        controller = self._controller
        clocks = controller.scl_low_period + controller.scl_high_period
        self._bus.init(self._mcu.clk_sys // clocks)
        acknowledged = self._bus.connect(address, mode == I2CMode.READ)
        self._after(0, lambda: controller.complete_connect(acknowledged))

    def _written(self, byte):
        self._bus.hear(byte)
        self._after(0, lambda: self._controller.complete_write(True))

    def _read(self, _):
        byte = self._bus.say()
        self._after(0, lambda: self._controller.complete_read(byte))

    def _stopped(self):
        self._bus.stop()
        self._after(_BIT_US, self._controller.complete_stop)


class _Target(i2c.I2C):
    """The emulated chip's I2C, byte by byte."""

    def __init__(self, chip, clock):
        super().__init__(chip, clock)
        self._reading = None  # None: it was not addressed
        self._heard = b""
        self._said = None  # bytes of the frame; None: there is none, or its status comes first

    def connect(self, address, reading):
        """Be addressed; stretch the clock if the chip sleeps. Returns whether it acknowledges."""
        self._reading = None
        try:
            self._address(address)
        except OSError:
            return False
        self._reading = reading
        self._heard = b""
        self._said = None
        self._begun = False
        return True

    def hear(self, byte):
        """Take a byte."""
        self._heard += bytes((byte,))
        self._pass(1)

    def say(self):
        """Return the next byte: the status, then the frame's."""
        if not self._begun:
            self._begun = True
            ready = self._is_ready(self._now())
            self._said = 0 if ready else None
            byte = int(ready)
        elif self._said is None:
            byte = self._filler[0]
        else:
            byte = self._read(self._said, 1)[0]
            self._said += 1
        self._pass(1)
        return byte

    def stop(self):
        """End the transfer."""
        if self._reading is False:
            self._written(self._heard)
        elif self._reading and self._said:
            self._taken(self._said)
        self._reading = None


class Pn532OnSpi(_Pn532):
    """The PN532 on an SPI bus.

    `first_bit`: MSB as the RP2040 sends; with LSB it is as if the board could send that.
    """

    first_bit = spi.MSB

    def attach(self, mcu):
        """Wire it up; nothing moves yet."""
        self._controller = mcu.spi[self._pins["id"]]
        self._controller.on_transmit = self._exchange
        time = _Time(mcu.clock)
        self._wire(mcu, spi.SPI(Chip(self.field), time), time)
        mcu.gpio[self._pins["cs"]].add_listener(self._select)

    def _select(self, now, _):
        self._bus.select(_is_high(now))
        self._arm()

    def _exchange(self, byte):
        answer = bytearray(1)
        self._bus.init(int(self._controller.clock_frequency), self.first_bit)
        self._bus.write_readinto(bytes((byte,)), answer)
        self._after(0, lambda: self._controller.complete_transmit(answer[0]))
