"""The chip on I2C: `machine.I2C`'s calls in front of a Chip.

Address 0x24. Every read begins with a status byte (bit 0: a frame is ready) and with the frame's
first byte again: a host polls by reading one byte, and reads the frame next. Its address wakes a
sleeping chip, which stretches the clock until it is awake. Faults of the bus are OSErrors as the
ESP32 port raises them: ENODEV if nobody acknowledges the address, ETIMEDOUT if a line stays low.

A NACK sent to a busy chip wedges the bus until a reset (seen by go-pn532).
"""

import errno

from .bus import FILLER, Bus
from .pins import Input

ADDRESS = 0x24
ENODEV = 19
WAKE_US = 1_000  # how long the chip stretches the clock [I]; 440 µs and more (docs/pn532.md)
TIMEOUT_US = 50_000  # the ESP32 port's own


class I2C(Bus):
    """A `machine.I2C` with a PN532 on it, and nothing else.

    `scl` and `sda` are the lines as open-drain pins, to clock a stuck bus free. Setting SDA has
    no effect here.
    """

    def __init__(self, chip, clock, freq: int = 100_000, filler: int = FILLER) -> None:
        """Connect `chip` to a bus at `freq` hertz; `clock`: see `bus`."""
        Bus.__init__(self, chip, clock, filler)
        self._freq = freq
        self._bits = 0  # thousandths of a µs, left over from whole ones
        self._stuck = 0  # clocks until the chip releases SDA
        self._wedged = False
        self._low_until_us = 0  # something else holds SCL
        self.scl = Input(self._on_scl)
        self.sda = _Sda(self)

    def init(self, freq: int = 100_000) -> None:
        """Set the speed in hertz."""
        self._freq = freq

    def readfrom_into(self, addr: int, buf, stop=True) -> None:
        """Fill `buf`: status byte, then the frame from its first byte."""
        self._address(addr)
        now_us = self._now()
        count = len(buf) - 1
        if not self._is_ready(now_us):
            buf[:] = b"\x00" + self._filler * count
            self._pass(count + 1)
            return
        buf[0] = 0x01
        self._pass(1)
        if count:
            buf[1:] = self._read(0, count)
            self._pass(count)
            self._taken(count)

    def readfrom(self, addr: int, nbytes: int, stop=True) -> bytes:
        """Return `nbytes`: status byte, then the frame from its first byte."""
        buf = bytearray(nbytes)
        self.readfrom_into(addr, buf)
        return bytes(buf)

    def writeto(self, addr: int, buf, stop=True) -> int:
        """Send `buf`; return how many bytes were acknowledged."""
        data = bytes(buf)
        self._address(addr, data)
        self._pass(len(data))
        self._written(data)
        return len(data)

    def writevto(self, addr: int, vector, stop=True) -> int:
        """Send the buffers of `vector` in one transfer."""
        return self.writeto(addr, b"".join([bytes(buf) for buf in vector]))

    def scan(self) -> list:
        """Return the addresses that a chip acknowledges."""
        try:
            self._address(ADDRESS)
        except OSError:
            return []
        return [ADDRESS]

    def reset(self) -> None:
        """Reset the chip; it releases the bus."""
        Bus.reset(self)
        self._stuck = 0
        self._wedged = False

    def _address(self, addr, data=None):
        if self._stuck or self._clock.now_us() < self._low_until_us:
            self._clock.pass_us(TIMEOUT_US)
            raise OSError(errno.ETIMEDOUT, "ETIMEDOUT")
        self._pass(1)
        refused = self._chip.faults is not None and self._chip.faults.refuses(data)
        if addr != ADDRESS or self._held or self._wedged or refused:
            raise OSError(ENODEV, "ENODEV")
        if self._chip.asleep and not self._out:  # the chip sleeps only after PowerDown's answer
            self._clock.pass_us(WAKE_US)
            self._chip.wake()

    def _pass(self, count):
        # Nine bits a byte, with the acknowledge.
        self._bits += 9_000_000 * count
        self._clock.pass_us(self._bits // self._freq)
        self._bits %= self._freq

    def _happen(self, action, data):
        if action == "stuck":
            self._stuck = 1 + len(data) % 9  # wherever in a byte the chip stopped
        if action == "scl":
            self._low_until_us = self._clock.now_us() + self._chip.faults.low_us
        if action in ("stuck", "scl"):
            self._pass(len(data))
            self._clock.pass_us(TIMEOUT_US)
            raise OSError(errno.ETIMEDOUT, "ETIMEDOUT")
        Bus._happen(self, action, data)

    def _wedge(self):
        self._wedged = True

    def _on_scl(self, level):
        if level and self._stuck:
            self._stuck -= 1


class _Sda:
    """SDA as a pin: low while the chip holds it."""

    def __init__(self, bus) -> None:
        self._bus = bus

    def value(self, level=None) -> "int | None":
        """Return the level; setting it has no effect."""
        if level is None:
            return 0 if self._bus._stuck else 1
        return None
