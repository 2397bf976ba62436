# Do not upload: this replaces the chip's own `machine` under the MicroPython Unix port.
"""I2C and SPI of the fake `machine`: every transfer is a request to the host, which runs the chip.

Arguments and refusals are those of the ESP32 port of MicroPython 1.27 (machine_i2c.c,
machine_hw_spi.c). An RP2040 refuses LSB first, and a long transfer on its SPI always does what the
port may do when the receiver overruns (machine_spi.c, v1.28): it waits for ever.
"""

import binascii
import errno
import time

from fake_host import CHIP, I2CS, SPIS, host, integer, positional, readable, writable
from fake_pin import number_of

_FIRST, _LAST = 0x08, 0x77  # addresses that are not reserved
_KEEP = object()  # the caller gave no pin
_DMA_SIZE = 32  # bytes from which an RP2040's SPI uses DMA


def _hex(data):
    return binascii.hexlify(data).decode()


class I2C:
    """A hardware I2C bus, as its controller. Without a device at the address: OSError ENODEV."""

    # Without scl and sda: the ESP32's own pins for I2C(0) and I2C(1).
    _pins = {0: (18, 19), 1: (25, 26)}

    def __init__(self, id=0, *, scl=None, sda=None, freq=400000, timeout=50000):
        """`scl`, `sda`: Pins or their numbers. `freq` in Hz, `timeout` for the clock in µs."""
        if integer(id) not in I2CS:
            raise ValueError("I2C(%d) doesn't exist" % id)
        default = self._pins[id]
        self._wire = "i2c %d %d %d" % (
            default[0] if scl is None else number_of(scl),
            default[1] if sda is None else number_of(sda),
            integer(freq),
        )
        integer(timeout)

    def init(self, *_, **__):
        """Raise OSError: this port's hardware buses do not support it."""
        raise OSError("I2C operation not supported")

    start = stop = readinto = write = init  # of software buses only

    def readfrom_into(self, *args):
        """`readfrom_into(addr, buf, stop=True)`: read as many bytes as `buf` has."""
        addr, buf = positional(args, 2, 3)[:2]
        buf = writable(buf)
        buf[:] = self._read(addr, len(buf))

    def readfrom(self, *args):
        """`readfrom(addr, nbytes, stop=True)`: read and return `nbytes` bytes."""
        addr, nbytes = positional(args, 2, 3)[:2]
        return self._read(addr, integer(nbytes))

    def writeto(self, *args):
        """`writeto(addr, buf, stop=True)`: write; return how many bytes were acknowledged."""
        addr, buf = positional(args, 2, 3)[:2]
        data = readable(buf)
        host.ask("%s %d w %s" % (self._wire, integer(addr), _hex(data)))
        return len(data)

    def writevto(self, *args):
        """`writevto(addr, vector, stop=True)`: write several buffers in one transfer."""
        addr, vector = positional(args, 2, 3)[:2]
        return self.writeto(addr, b"".join([readable(buf) for buf in vector]))

    def scan(self):
        """Return the addresses at which a device answers."""
        found = []
        for addr in range(_FIRST, _LAST + 1):
            try:
                self.writeto(addr, b"")
            except OSError as error:
                if error.errno != errno.ENODEV:
                    raise
            else:
                found.append(addr)
        return found

    def _read(self, addr, count):
        return host.ask("%s %d r %d" % (self._wire, integer(addr), count))


class SPI:
    """A hardware SPI bus, as its controller; chip selects are Pins. Without a device: all 1s."""

    MSB = 0
    LSB = 1

    # Without sck, mosi and miso: the ESP32's own pins for SPI(1) and SPI(2).
    _pins = {0: (18, 19, 16), 1: (14, 13, 12), 2: (18, 23, 19)}

    def __init__(self, id, *args, **kwargs):
        """`id`: the number of the bus. Further arguments as for `init`."""
        if integer(id) not in SPIS:
            raise ValueError("SPI(%d) doesn't exist" % id)
        self._sck, self._mosi, self._miso = self._pins[id]
        self._hz, self._polarity, self._phase, self._bits, self._firstbit = 500000, 0, 0, 8, 0
        self.init(*args, **kwargs)

    def init(
        self,
        baudrate=-1,
        *,
        polarity=-1,
        phase=-1,
        bits=-1,
        firstbit=-1,
        sck=_KEEP,
        mosi=_KEEP,
        miso=_KEEP,
    ):
        """Set what is given. `sck`, `mosi`, `miso`: Pins or their numbers, None: not connected."""
        if integer(bits) != -1 and bits <= 0:
            raise ValueError("invalid bits")
        if CHIP == "rp2040" and firstbit == self.LSB:
            raise NotImplementedError("LSB")
        self._hz = self._hz if integer(baudrate) == -1 else baudrate
        self._polarity = self._polarity if integer(polarity) == -1 else polarity
        self._phase = self._phase if integer(phase) == -1 else phase
        self._bits = self._bits if bits == -1 else bits
        self._firstbit = self._firstbit if integer(firstbit) == -1 else firstbit
        self._sck = _connected(sck, self._sck)
        self._mosi = _connected(mosi, self._mosi)
        self._miso = _connected(miso, self._miso)
        self._wire = "spi %d %d %d %d %d %s" % (
            self._sck,
            self._mosi,
            self._miso,
            self._hz,
            self._polarity << 1 | self._phase,
            "lsb" if self._firstbit == self.LSB else "msb",
        )
        self._open = True

    def deinit(self):
        """Release the bus; until `init` every transfer raises OSError."""
        self._open = False

    def read(self, *args):
        """`read(nbytes, write=0)`: return that many bytes, sending `write` for each."""
        nbytes, write = (positional(args, 1, 2) + (0,))[:2]
        return self._transfer(bytes((integer(write) & 0xFF,)) * integer(nbytes))

    def readinto(self, *args):
        """`readinto(buf, write=0)`: fill `buf`, sending `write` for each byte."""
        buf, write = (positional(args, 1, 2) + (0,))[:2]
        buf = writable(buf)
        buf[:] = self._transfer(bytes((integer(write) & 0xFF,)) * len(buf))

    def write(self, *args):
        """`write(buf)`: send `buf`; the bytes received meanwhile are lost."""
        self._transfer(readable(*positional(args, 1, 1)))

    def write_readinto(self, *args):
        """`write_readinto(out, buf)`: send `out`, fill `buf`, equally long, with the answer."""
        out, buf = positional(args, 2, 2)
        out = readable(out)
        buf = writable(buf)
        if len(out) != len(buf):
            raise ValueError("buffers must be the same length")
        buf[:] = self._transfer(out)

    def _transfer(self, data):
        if not self._open:
            raise OSError("transfer on deinitialized SPI")
        if len(data) * 8 < self._bits:
            raise ValueError("buffer too short")
        while CHIP == "rp2040" and len(data) >= _DMA_SIZE:
            time.sleep(1)
        return host.ask(self._wire + " " + _hex(data))


def _connected(pin, before):
    if pin is None:
        return -1
    return before if pin is _KEEP else number_of(pin)
