"""The chip on SPI: `machine.SPI`'s calls and a chip select in front of a Chip.

Mode 0, least significant bit first. The first byte under a chip select says what follows: DW 01
(write), SR 02 (status: bit 0, a frame is ready) or DR 03 (read). The host reads a frame under one
chip select; if that ends early, the next read begins with the frame's first byte again [I]. The
chip select wakes a sleeping chip, which hears nothing until it is awake.
"""

from .bus import FILLER, Bus
from .pins import Input

MSB = 0  # numbers of the ESP32 port
LSB = 1
WAKE_US = 1_000  # hosts hold the chip select low for about 2 ms [UM]; the chip needs less [I]

_DATA_WRITE = 0x01
_STATUS_READ = 0x02
_DATA_READ = 0x03


def _reversed(byte):
    return sum([0x80 >> bit for bit in range(8) if byte & 1 << bit])


_REVERSED = bytes([_reversed(byte) for byte in range(256)])


class SPI(Bus):
    """A `machine.SPI` with a PN532 on it. `select` is the chip select, a pin.

    With `firstbit` MSB the bits of each byte arrive in the wrong order, and the host must reverse
    them, as on ports that only do MSB first.
    """

    MSB = MSB
    LSB = LSB

    def __init__(
        self, chip, clock, baudrate: int = 1_000_000, firstbit: int = LSB, filler: int = FILLER
    ) -> None:
        """Connect `chip` to a bus at `baudrate` bits a second; `clock`: see `bus`."""
        Bus.__init__(self, chip, clock, filler)
        self._baudrate = baudrate
        self._turned = firstbit == MSB
        self._bits = 0
        self._mode = None  # the first byte under this chip select
        self._heard = b""
        self._given = 0
        self._reading = False  # the frame that was ready at DR
        self._wakes_at = None
        self.select = Input(self._on_select)

    def init(self, baudrate: int = 1_000_000, firstbit: int = LSB, **_) -> None:
        """Set the speed and the order of bits."""
        self._baudrate = baudrate
        self._turned = firstbit == MSB

    def deinit(self) -> None:
        """Do nothing: the emulator holds no hardware."""

    def write(self, buf) -> None:
        """Send `buf`."""
        self._exchange(bytes(buf))

    def read(self, nbytes: int, write: int = 0x00) -> bytes:
        """Return `nbytes` bytes while sending `write`."""
        return self._exchange(bytes((write,)) * nbytes)

    def readinto(self, buf, write: int = 0x00) -> None:
        """Fill `buf` while sending `write`."""
        buf[:] = self._exchange(bytes((write,)) * len(buf))

    def write_readinto(self, write_buf, read_buf) -> None:
        """Send `write_buf` and fill `read_buf` of the same length."""
        if len(write_buf) != len(read_buf):
            raise ValueError("buffers must be the same length")
        read_buf[:] = self._exchange(bytes(write_buf))

    def reset(self) -> None:
        """Reset the chip; it forgets the transfer under this chip select."""
        Bus.reset(self)
        self._mode = None
        self._wakes_at = None

    def _exchange(self, data):
        if self.select.value() or self._held or self._sleeps():
            self._pass(len(data))
            return b"\xff" * len(data)  # nobody drives the line
        if self._turned:
            data = bytes([_REVERSED[byte] for byte in data])
        answer = b""
        if self._mode is None and data:
            self._mode = data[0]
            self._pass(1)
            self._begin(self._now())
            answer, data = self._filler, data[1:]
        answer += self._go_on(data)
        if self._turned:
            answer = bytes([_REVERSED[byte] for byte in answer])
        return answer

    def _begin(self, now_us):
        self._heard = b""
        self._given = 0
        self._reading = self._mode == _DATA_READ and self._is_ready(now_us)

    def _go_on(self, data):
        count = len(data)
        if not count:
            return b""
        if self._mode == _STATUS_READ:
            answer = bytes((0x01 if self._is_ready(self._now()) else 0x00,)) * count
        elif self._reading:
            answer = self._read(self._given, count)
            self._given += count
        else:
            answer = self._filler * count
            self._heard += data
        self._pass(count)
        return answer

    def _sleeps(self):
        if not self._chip.asleep or self._out:  # the chip sleeps only after PowerDown's answer
            return False
        if self._wakes_at is not None and self._clock.now_us() >= self._wakes_at:
            self._chip.wake()
        return True  # the chip loses the transfer whose chip select wakes it

    def _on_select(self, level):
        if not level:
            self._mode = None
            self._reading = False
            self._wakes_at = self._clock.now_us() + WAKE_US
            return
        if self._held or self._sleeps():
            return
        if self._mode == _DATA_WRITE:
            self._written(self._heard)
        elif self._reading:
            self._reading = False
            self._taken(self._given)

    def _pass(self, count):
        self._bits += 8_000_000 * count
        self._clock.pass_us(self._bits // self._baudrate)
        self._bits %= self._baudrate
