"""A pipe to an emulated reader on a clock that jumps, for tests. Runs under both interpreters."""

from pasori import LostError

PACKET = 64


class Clock:
    """A driver's clock in µs, which runs only while somebody waits."""

    def __init__(self):
        """Begin at zero."""
        self.us = 0

    def now_us(self):
        """Return the time in µs."""
        return self.us

    def ticks_ms(self):
        """Return the time in ms."""
        return self.us // 1000

    def ticks_add(self, ticks, delta):
        """Add ms."""
        return ticks + delta

    def ticks_diff(self, end, start):
        """Return the ms between."""
        return end - start

    async def sleep_ms(self, ms):
        """Advance the clock."""
        self.us += ms * 1000


class Pipe:
    """What `pasori.usb.Pipe` wants. `whole`: a read returns a transfer, not a packet."""

    def __init__(self, usb, clock, whole=False, empty_packets=True):
        """Take an emulated reader; `empty_packets`: whether a multiple of 64 gets one."""
        self.usb = usb
        self.sent = []  # transfers
        self._clock = clock
        self._whole = whole
        self._empty = empty_packets
        self._begun = bytearray()

    async def write(self, data):
        """Send one transfer."""
        data = bytes(data)
        self.sent.append(data)
        try:
            self.usb.write(data)
            if self._empty and data and len(data) % PACKET == 0:
                self.usb.write(b"")
        except OSError:
            raise LostError from None

    async def read(self, timeout_ms):
        """Return the next packet or transfer, or None."""
        ends_us = self._clock.us + timeout_ms * 1000
        while True:
            try:
                packet = self.usb.read()
            except OSError:
                self._begun = bytearray()
                raise LostError from None
            if packet is not None and not self._whole:
                return bytearray(packet)
            if packet is not None:
                self._begun += packet
                if len(packet) < PACKET:
                    done, self._begun = self._begun, bytearray()
                    return done
                continue
            due_us = self.usb.next_due()
            if due_us is None or due_us > ends_us:
                self._clock.us = max(self._clock.us, ends_us)
                return None
            self._clock.us = max(self._clock.us, due_us)

    def clear(self):
        """Drop what has come."""
        try:
            while self.usb.read() is not None:
                pass
        except OSError:
            pass
