"""The PN532's links on the machine's buses, made from the pins of board.json."""

import machine
from machine import Pin

from micropython import const

_I2C_HZ = const(400_000)  # the PN532's fastest [UM]
_SPI_HZ = const(2_000_000)  # of 5 MHz at most [UM]: jumper wires are not made for more
HZ = {"i2c": _I2C_HZ, "spi": _SPI_HZ}  # HSU finds its own speed: PN532.baudrate


def link(kind, pins, clock):
    """Return the link `kind` ("hsu", "i2c" or "spi") on `pins`, an object of board.json."""
    reset = Pin(pins["rst"], Pin.OUT, value=1) if "rst" in pins else None
    irq = Pin(pins["irq"], Pin.IN) if "irq" in pins else None
    if kind == "i2c":
        return _i2c(pins, clock, irq, reset)
    if kind == "spi":
        return _spi(pins, clock, irq, reset)
    return _hsu(pins, clock, reset)


def _hsu(pins, clock, reset):
    from pn532.hsu import HSU

    # The port's own rxbuf of 256 bytes is too short for the longest frame.
    uart = machine.UART(pins["id"], 115200, tx=Pin(pins["tx"]), rx=Pin(pins["rx"]), rxbuf=512)
    return HSU(uart, clock, reset)


def _i2c(pins, clock, irq, reset):
    from pn532.i2c import I2C

    def open_bus():
        scl, sda = Pin(pins["scl"]), Pin(pins["sda"])
        return machine.I2C(pins["id"], scl=scl, sda=sda, freq=_I2C_HZ)

    def free(name):
        return lambda: Pin(pins[name], Pin.OPEN_DRAIN, value=1)

    return I2C(open_bus, clock, irq, reset, free("scl"), free("sda"))


def _spi(pins, clock, irq, reset):
    from pn532.spi import SPI

    def open_bus(firstbit):
        sck, mosi, miso = Pin(pins["sck"]), Pin(pins["mosi"]), Pin(pins["miso"])
        return machine.SPI(
            pins["id"],
            _SPI_HZ,
            polarity=0,
            phase=0,
            firstbit=firstbit,
            sck=sck,
            mosi=mosi,
            miso=miso,
        )

    select = Pin(pins["cs"], Pin.OUT, value=1)
    try:
        return SPI(open_bus(machine.SPI.LSB), select, clock, irq, reset)
    except (NotImplementedError, ValueError):  # the RP2040's, for one, only does MSB first
        return SPI(open_bus(machine.SPI.MSB), select, clock, irq, reset, lsb_first=False)
