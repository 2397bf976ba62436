"""The driver's links over the emulator's, in one process on the virtual clock."""
# mypy: ignore-errors

from pinlamp_tools.emulator.chip.hsu import Hsu
from pinlamp_tools.emulator.chip.virtual import BusClock, Uart

_I2C_HZ = 400_000
_SPI_HZ = 2_000_000
_HSU_LAG_MS = 3
_BUS_LAG_MS = 60  # a transfer blocks everything; a stuck bus blocks longest, until its time-out


def open_link(name, irq, world, chip):
    """Return (a driver's link "hsu", "i2c" or "spi" to `chip`, its longest delay of the lamps).

    `irq`: whether that line is wired.
    """
    if name == "hsu":
        from pn532.hsu import HSU

        return HSU(Uart(world, Hsu(chip))), _HSU_LAG_MS
    if name == "i2c":
        return _i2c(irq, world, chip), _BUS_LAG_MS
    return _spi(irq, world, chip), _BUS_LAG_MS


def _i2c(irq, world, chip):
    from pinlamp_tools.emulator.chip import i2c
    from pn532.i2c import I2C, clear_bus

    bus = i2c.I2C(chip, BusClock(world), _I2C_HZ)
    world.add(bus)

    async def recover():
        await clear_bus(bus.scl, bus.sda)
        return bus

    return I2C(bus, irq=bus.irq if irq else None, reset_pin=bus.rstpdn, recover=recover)


def _spi(irq, world, chip):
    from pinlamp_tools.emulator.chip import spi
    from pn532.spi import SPI

    bus = spi.SPI(chip, BusClock(world), _SPI_HZ)
    world.add(bus)
    return SPI(bus, bus.select, irq=bus.irq if irq else None, reset_pin=bus.rstpdn)
