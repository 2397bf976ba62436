"""I2C link: the PN532 at address 0x24, up to 400 kHz. Seam: see `link`.

Every read begins with a status byte (bit 0: ready) and with the frame's first byte again, so a
frame is read by polling that one byte and then in one piece; a frame that turns out longer is
read once more, as far as it goes [UM]. The chip stretches the clock for 440 µs and more.
"""

import errno

from .frame import const
from .ready import Ready, pulse

_ADDRESS = const(0x24)
_TRIES = const(3)
_PAUSE_MS = const(2)
_CLOCKS = const(9)
# ENODEV is a chip that was asleep or busy; ETIMEDOUT one that stretched the clock too long.
_RETRY = (19, errno.ETIMEDOUT, errno.EIO)


class I2C:
    """A PN532 on a `machine.I2C`. Does no I/O before the first call of a coroutine."""

    speeds = ()
    whole_frames = True

    def __init__(self, open_bus, clock, irq=None, reset_pin=None, scl=None, sda=None):
        """`open_bus()` returns the `machine.I2C`; it is called again after the bus was stuck.

        `irq` and `reset_pin`: `machine.Pin`s, or None where not wired. `scl` and `sda`: functions
        that return the lines as open-drain `machine.Pin`s, to clock a stuck bus free, or None.
        """
        self._open_bus = open_bus
        self._clock = clock
        self._reset_pin = reset_pin
        self._scl = scl
        self._sda = sda
        self._bus = None
        self._ready = Ready(clock, self._is_ready, irq)
        self._status = bytearray(1)
        self._buf = bytearray(320)
        self._view = memoryview(self._buf)
        self._done = 0  # bytes of the frame under way that were given out

    async def wakeup(self):
        """Address the chip: it wakes by that, and stretches the clock until it has."""
        await self._retry(self._read_status)

    async def wait_ready(self, timeout_ms):
        """Wait up to `timeout_ms` until the chip has a frame for the host."""
        self._done = 0
        return await self._ready.wait(timeout_ms)

    async def read_data(self, n):
        """Return the next `n` bytes of the frame, which is read from its beginning again."""
        start = self._done
        self._done = min(start + n, len(self._buf) - 1)
        await self._retry(self._read_frame)
        return self._view[1 + start : 1 + self._done]

    async def write_data(self, buf):
        """Send a whole frame in one transfer."""
        self._done = 0
        self._frame = buf
        self._ready.sent()
        await self._retry(self._write_frame)

    def end_frame(self):
        """The host has the whole frame: the next read begins another one."""
        self._done = 0

    async def reset(self):
        """Pulse RSTPDN; then free the bus. Returns False if RSTPDN is not wired."""
        pulsed = await pulse(self._clock, self._reset_pin)
        await self._unstick()
        return pulsed

    def close(self):
        """Give the bus back."""
        self._ready.close()
        self._bus = None

    def _open(self):
        if self._bus is None:
            self._bus = self._open_bus()
        return self._bus

    def _is_ready(self):
        try:
            self._read_status()
        except OSError as error:
            if error.errno not in _RETRY:
                raise
            return False
        return bool(self._status[0] & 0x01)

    def _read_status(self):
        self._open().readfrom_into(_ADDRESS, self._status)

    def _read_frame(self):
        self._open().readfrom_into(_ADDRESS, self._view[: 1 + self._done])

    def _write_frame(self):
        self._open().writeto(_ADDRESS, self._frame)

    async def _retry(self, transfer):
        """Do a transfer, again after the errors that pass; free a bus that stays stuck."""
        for attempt in range(_TRIES):
            try:
                return transfer()
            except OSError as error:
                if error.errno not in _RETRY or attempt == _TRIES - 1:
                    raise
                await self._clock.sleep_ms(_PAUSE_MS)
                if attempt:
                    await self._unstick()

    async def _unstick(self):
        """Nine clocks: a chip that was left in the middle of a byte lets go of SDA (UM10204)."""
        self._bus = None
        if self._scl is None:
            return
        sda, scl = self._sda(), self._scl()
        for _ in range(_CLOCKS):
            if sda.value():
                break
            scl.value(0)
            await self._clock.sleep_ms(1)
            scl.value(1)
            await self._clock.sleep_ms(1)
        sda.value(0)  # a stop condition: SDA rises while SCL is high
        sda.value(1)
