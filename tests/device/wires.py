"""Under MicroPython: an emulated chip wired to the driver, on each link, on a virtual clock."""

import pn532.hsu
import pn532.i2c
import pn532.spi
from pinlamp_tools.emulator.chip.hsu import Hsu
from pinlamp_tools.emulator.chip.i2c import I2C
from pinlamp_tools.emulator.chip.spi import SPI
from pinlamp_tools.emulator.chip.virtual import BusClock, Uart

SLOW_US = 400  # of computing, each time the driver reads its clock


class Slow:
    """A driver's clock on a slow interpreter: edges come while it computes."""

    def __init__(self, world):
        """Time passes in `world`."""
        self._world = world
        self.ticks_add = world.ticks_add
        self.ticks_diff = world.ticks_diff
        self.sleep_ms = world.sleep_ms

    def ticks_ms(self):
        """Return the time in ms, a moment later."""
        self._world.pass_us(SLOW_US)
        return self._world.ticks_ms()


class DeadWire:
    """A reset line that is not connected to anything."""

    def value(self, level):
        """Do nothing."""


class Wires:
    """The wires from `chip` to a host: hsu, i2c, i2c_irq, spi, spi_irq.

    Boards differ: one without IRQ also lacks RSTPDN. Fillers beyond a frame may differ. `bus` is
    the chip's side: an `Hsu`, an `I2C` or an `SPI`.
    """

    def __init__(self, kind, world, chip, rstpdn=None, i2c=I2C):
        """`rstpdn`: another reset pin than the chip's. `i2c`: another class of such a bus."""
        self._kind = kind
        self._wired = kind[3:] == "_irq"
        self._clock = Slow(world) if kind[3:] else world
        if kind == "hsu":
            self.bus = Hsu(chip)
            self._uart = Uart(world, self.bus)
        elif kind[:3] == "i2c":
            self.bus = i2c(chip, BusClock(world), 400_000, 0xFF if self._wired else 0x00)
            world.add(self.bus)
        else:
            firstbit = SPI.MSB if self._wired else SPI.LSB
            filler = 0x00 if self._wired else 0xFF
            self.bus = SPI(chip, BusClock(world), 1_000_000, firstbit, filler)
            world.add(self.bus)
        self._rstpdn = rstpdn or (self.bus.rstpdn if self._wired else None)

    def link(self):
        """Return the link of a host that has just started."""
        if self._kind == "hsu":
            self._uart.init(115_200)
            return pn532.hsu.HSU(self._uart, reset_pin=self._rstpdn, clock=self._clock)
        irq = self.bus.irq if self._wired else None
        if self._kind[:3] == "i2c":
            return pn532.i2c.I2C(
                self.bus,
                irq=irq,
                reset_pin=self._rstpdn,
                recover=self._recover,
                clock=self._clock,
            )
        return pn532.spi.SPI(
            self.bus,
            self.bus.select,
            irq=irq,
            reset_pin=self._rstpdn,
            lsb_first=not self._wired,
            clock=self._clock,
        )

    async def _recover(self):
        await pn532.i2c.clear_bus(self.bus.scl, self.bus.sda, self._clock)
        return self.bus
