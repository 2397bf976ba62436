# Do not upload: this stands for the chip's own USB port in tests.
"""The USB consoles of MicroPython's ports, and a host, on a clock that only waiting moves.

Made from the sources of v1.27 to v1.29: mp_usbd_cdc.c (`Cdc`: ESP32-S3, RP2040) and
usb_serial_jtag.c (`SerialJtag`: ESP32-C3, -C6). `write` is what `print` does, `buffer`
what `sys.stdout.buffer` is; the object itself is `machine.mem32`.

The host, `host`: AWAY (no program has opened the port), HOLDS (one has, and does not read), READS.
"""

AWAY, HOLDS, READS = "away", "holds", "reads"

_PACKET = 64
_POLL_US = 125  # a host that reads asks for a packet this often


class _Port:
    """What both have: one packet waits for the host. `heard`: all that the host has got."""

    def __init__(self):
        self.host = AWAY
        self.now_us = 0
        self.heard = b""
        self.buffer = _Raw(self)
        self._packet = None

    def sleep_us(self, us):
        """Let time pass; a host that reads takes packets in it."""
        end = self.now_us + us
        while self.now_us < end:
            self.now_us = min(end, self.now_us + _POLL_US)
            if self.host == READS and self._packet is not None:
                self.heard += self._packet
                self._packet = None
                self._next()

    def open(self):
        """A program opens the port and reads."""
        self.host = READS
        self.sleep_us(10_000)

    def write(self, text):
        """Write text as `print` does, with "\\r\\n" for each "\\n" (stdout_helpers.c)."""
        lines = text.split("\n")
        for line in lines[:-1]:
            if line:
                self._send(line.encode())
            self._send(b"\r\n")
        if lines[-1]:
            self._send(lines[-1].encode())

    def flush(self):
        """Do nothing, as a chip's stdout has nothing to flush."""


class _Raw:
    def __init__(self, port):
        self._port = port

    def write(self, data):
        """Write bytes as they are."""
        self._port._send(bytes(data))


class Cdc(_Port):
    """TinyUSB: a FIFO of 256 bytes before the packet; with nobody there the newest bytes stay."""

    _FIFO = 256
    _TIMEOUT_US = 500_000

    def __init__(self, register, busy):
        """`register` reads `busy` while a packet waits, and 0 else."""
        super().__init__()
        self._register = register
        self._busy = busy
        self._fifo = b""

    def __getitem__(self, register):
        """Return what a register reads."""
        assert register == self._register, hex(register)
        return self._busy if self._packet is not None else 0

    def _next(self):
        if self._packet is None and self._fifo:
            self._packet, self._fifo = self._fifo[:_PACKET], self._fifo[_PACKET:]

    def _send(self, data):
        since = self.now_us
        while data:
            there = self.host != AWAY
            count = min(len(data), self._FIFO - len(self._fifo)) if there else len(data)
            self._fifo = (self._fifo + data[:count])[-self._FIFO :]
            self._next()
            data = data[count:]
            if count:
                since = self.now_us
            elif self.now_us - since >= self._TIMEOUT_US:
                return
            if data:
                self.sleep_us(1000)


class SerialJtag(_Port):
    """The ESP32's own USB-Serial-JTAG: one packet. Without a reader the rest is lost."""

    _TIMEOUT_US = 200_000

    def __init__(self, register):
        """`register`: its EP1_CONF."""
        super().__init__()
        self._register = register
        self._connected = False

    def __getitem__(self, register):
        """Return what a register reads."""
        assert register == self._register, hex(register)
        return 2 if self._packet is None else 0

    def _next(self):
        pass

    def _send(self, data):
        while data:
            since = self.now_us
            while self._packet is not None:
                if not self._connected or self.now_us - since > self._TIMEOUT_US:
                    self._connected = False
                    return
                self.sleep_us(100)
            self._connected = True
            self._packet, data = data[:_PACKET], data[_PACKET:]


def of(chip):
    """Return a new console of `chip`, as board.json names it."""
    if chip == "esp32s3":
        return Cdc(0x60080940, 1 << 31)
    if chip == "rp2040":
        return Cdc(0x50100090, 1 << 10)
    return SerialJtag({"esp32c3": 0x60043004, "esp32c6": 0x6000F004}[chip])
