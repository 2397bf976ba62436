"""SPI link: mode 0, least significant bit first, up to 5 MHz. Seam: see `link`.

A transfer begins with DW 01 (write), SR 02 (status, bit 0: ready) or DR 03 (read). The whole
answer is read under one chip select [UM]: it stays low from the first byte to `end_frame`.
"""

from .frame import const
from .ready import Ready, pulse

_DATA_WRITE = b"\x01"
_STATUS_READ = b"\x02"
_DATA_READ = b"\x03"
_WAKE_MS = const(2)


def _reversed_bytes():
    """Return the table of all bytes with their bits in reverse order."""
    table = bytearray(256)
    for byte in range(256):
        for bit in range(8):
            if byte & 1 << bit:
                table[byte] |= 0x80 >> bit
    return bytes(table)


class SPI:
    """A PN532 on a `machine.SPI`. Does no I/O before the first call of a coroutine."""

    speeds = ()
    whole_frames = True

    def __init__(self, bus, select, clock, irq=None, reset_pin=None, lsb_first=True):
        """`bus`: mode 0, `firstbit=SPI.LSB` where the port has it; if not, `lsb_first` False.

        `select`: the chip select as an output `machine.Pin`, high. `irq` and `reset_pin`:
        `machine.Pin`s, or None where not wired.
        """
        self._bus = bus
        self._select = select
        self._clock = clock
        self._reset_pin = reset_pin
        self._table = None if lsb_first else _reversed_bytes()
        self._ready = Ready(clock, self._is_ready, irq)
        self._status = bytearray(1)
        self._buf = bytearray(320)
        self._view = memoryview(self._buf)
        self._reading = False

    async def wakeup(self):
        """Hold the chip select low for about 2 ms."""
        self.end_frame()
        self._select.value(0)
        await self._clock.sleep_ms(_WAKE_MS)
        self._select.value(1)

    async def wait_ready(self, timeout_ms):
        """Wait up to `timeout_ms` until the chip has a frame for the host."""
        self.end_frame()
        return await self._ready.wait(timeout_ms)

    async def read_data(self, n):
        """Return the next `n` bytes of the frame, under the chip select of the first."""
        view = self._view[: min(n, len(self._buf))]
        if not self._reading:
            self._reading = True
            self._select.value(0)
            self._put(_DATA_READ)
        self._bus.readinto(view)
        self._turn(view)
        return view

    async def write_data(self, buf):
        """Send a whole frame under one chip select."""
        self.end_frame()
        self._ready.sent()
        view = memoryview(buf)
        if self._table:
            view = self._view[: len(buf)]
            view[:] = buf
            self._turn(view)
        self._select.value(0)
        self._put(_DATA_WRITE)
        self._bus.write(view)
        self._select.value(1)

    def end_frame(self):
        """The host has the whole frame: chip select high."""
        if self._reading:
            self._reading = False
            self._select.value(1)

    async def reset(self):
        """Pulse RSTPDN. Returns False if it is not wired."""
        return await pulse(self._clock, self._reset_pin)

    def close(self):
        """Give the bus back."""
        self.end_frame()
        self._ready.close()
        self._bus.deinit()

    def _is_ready(self):
        self._select.value(0)
        self._put(_STATUS_READ)
        self._bus.readinto(self._status)
        self._select.value(1)
        self._turn(self._status)
        return bool(self._status[0] & 0x01)

    def _put(self, byte):
        if self._table:
            byte = bytes((self._table[byte[0]],))
        self._bus.write(byte)

    def _turn(self, view):
        """Reverse the bits of each byte, in place, where the port cannot."""
        if self._table:
            for i in range(len(view)):
                view[i] = self._table[view[i]]
