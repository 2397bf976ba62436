"""A host on an I2C or SPI bus and its clock, for the emulator's tests."""

from emulator_host import ACK, ERROR, command, payload
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.i2c import ADDRESS, I2C
from pinlamp_tools.emulator.chip.spi import SPI


class BusClock:
    """The clock of a bus: it advances during a transfer, or when a test waits."""

    def __init__(self):
        self.now = 0

    def now_us(self):
        return self.now

    def pass_us(self, us):
        assert us >= 0
        self.now += us


class Host:
    """The common part of both buses; `bus` is the emulator's."""

    def __init__(self, faults=None, cards=()):
        self.clock = BusClock()
        self.field = Field()
        self.field.put(cards)
        self.chip = Chip(self.field, faults)
        self.bus = self.make()

    def wait(self, us):
        """Let time pass, event by event."""
        end = self.clock.now + us
        while True:
            due = self.bus.next_due()
            if due is None or due > end:
                break
            self.clock.now = max(self.clock.now, due)
            self.bus.advance(self.clock.now)
        self.clock.now = end
        self.bus.advance(end)

    def frame(self, size, limit=1_000_000):
        """Poll; return the first `size` bytes of the next frame, None without one."""
        end = self.clock.now + limit
        while self.bus.irq.value():
            if self.clock.now > end:
                return None
            self.wait(200)
        return self.read(size)

    def ask(self, text, size=270):
        """Send a command; return the answer as hex, code first, or "error"."""
        self.write(command(text))
        assert self.frame(6) == ACK
        got = self.frame(size)
        if got[:8] == ERROR:
            return "error"
        return payload(got[: 7 + got[3]]).hex()


class I2CHost(Host):
    """A host on I2C."""

    def make(self):
        return I2C(self.chip, self.clock, 100_000)

    def ready(self):
        status = self.bus.readfrom(ADDRESS, 1)[0]
        assert status in (0, 1)
        return status == 1

    def read(self, size):
        got = self.bus.readfrom(ADDRESS, 1 + size)
        assert got[0] == 1
        return got[1:]

    def write(self, data):
        assert self.bus.writeto(ADDRESS, data) == len(data)


class SPIHost(Host):
    """A host on SPI."""

    def make(self):
        bus = SPI(self.chip, self.clock, 1_000_000)
        bus.select.value(0)
        self.clock.pass_us(2_000)
        bus.select.value(1)
        return bus

    def _select(self, transfer):
        self.bus.select.value(0)
        try:
            return transfer()
        finally:
            self.bus.select.value(1)

    def ready(self):
        status = self._select(lambda: (self.bus.write(b"\x02"), self.bus.read(1))[1])[0]
        assert status in (0, 1)
        return status == 1

    def read(self, size):
        return self._select(lambda: (self.bus.write(b"\x03"), self.bus.read(size))[1])

    def write(self, data):
        self._select(lambda: self.bus.write(b"\x01" + data))
