"""The PN532's links on the machine's buses, made from the pins of board.json."""

import sys

import machine
from machine import Pin

from micropython import const

_I2C_HZ = const(400_000)  # the PN532's fastest [UM]
_TIMER = const(1)  # every ESP32 has 0 and 1; `watchdog.leave` takes 0
_SPI_HZ = const(2_000_000)  # of 5 MHz at most [UM]: jumper wires do not carry more
HZ = {"i2c": _I2C_HZ, "spi": _SPI_HZ}  # HSU sets its own speed: PN532.baudrate


def link(kind, pins):
    """Return the link `kind` ("hsu", "i2c" or "spi") on `pins`, an object of board.json."""
    reset = Pin(pins["rst"], Pin.OUT, value=1) if "rst" in pins else None
    irq = Pin(pins["irq"], Pin.IN) if "irq" in pins else None
    if kind == "i2c":
        return _i2c(pins, irq, reset)
    if kind == "spi":
        return _spi(pins, irq, reset)
    return _hsu(pins, reset)


def _timer(irq):
    """Return what wakes a link that polls; None where asyncio waits for single milliseconds."""
    return machine.Timer(_TIMER) if irq is None and sys.platform == "esp32" else None


def _hsu(pins, reset):
    from pn532.hsu import HSU

    # The port's own rxbuf of 256 bytes is too short for the longest frame.
    uart = machine.UART(pins["id"], 115200, tx=Pin(pins["tx"]), rx=Pin(pins["rx"]), rxbuf=512)
    return HSU(uart, reset_pin=reset)


def _i2c(pins, irq, reset):
    from pn532.i2c import I2C, clear_bus

    def open_bus():
        scl, sda = Pin(pins["scl"]), Pin(pins["sda"])
        return machine.I2C(pins["id"], scl=scl, sda=sda, freq=_I2C_HZ)

    async def recover():
        sda, scl = [Pin(pins[name], Pin.OPEN_DRAIN, value=1) for name in ("sda", "scl")]
        await clear_bus(scl, sda)
        return open_bus()

    timer = _timer(irq)
    return I2C(open_bus(), irq=irq, timer=timer, reset_pin=reset, recover=recover)


def _spi(pins, irq, reset):
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

    wires = {"irq": irq, "timer": _timer(irq), "reset_pin": reset}
    select = Pin(pins["cs"], Pin.OUT, value=1)
    try:
        return SPI(open_bus(machine.SPI.LSB), select, **wires)
    except (NotImplementedError, ValueError):  # the RP2040's, for example, only does MSB first
        return SPI(open_bus(machine.SPI.MSB), select, lsb_first=False, **wires)
