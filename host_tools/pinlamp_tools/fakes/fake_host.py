# Do not upload: this replaces the chip's own `machine` under the MicroPython Unix port.
"""The host behind the fakes: which chip it pretends to be, and two pipes of text lines.

Environment: PINLAMP_HW_OUT and PINLAMP_HW_IN are numbers of inherited pipe ends, PINLAMP_CHIP is
the chip (a `CHIPS` name). Without pipes everything still works, silently.

    out   pwm <n> <hz> <duty_u16>       a PWM output changed
          np <pin> <hex>                a strip was written: r, g, b in pixel order
          wdt <ms>                      the watchdog was started or fed; it bites after this time
                                        (0: a timer feeds it from here on)
          reset <cause>                 the process ends now: `machine.reset()`
          gone                          the serial line has vanished; the process ends
    in    pin <n> <0|1>                 level of an input; at first all are 1

Requests; the fakes wait for the host's one line of answer:

    out   pin <n> <0|1>                 an output changed; answered once that has taken effect
          i2c <scl> <sda> <hz> <address> r <count>
          i2c <scl> <sda> <hz> <address> w <hex>
          spi <sck> <mosi> <miso> <hz> <mode 0-3> <lsb|msb> <hex>
    in    = <hex>                       the bytes read, if any
          ! <errno>                     the bus failed

When the host has gone (end of file on `in`) the process ends.
"""

import binascii
import errno
import io
import os
import select
import sys

from micropython import schedule

# Exit statuses by which the host tells these ends from that of a firmware that just ended.
EXIT_RESET = 75
EXIT_GONE = 76

POLL = 3  # MP_STREAM_POLL
GET_FILENO = 10  # MP_STREAM_GET_FILENO: with it select.poll() polls the descriptor itself

# chip: its pins, its input-only pins (one bit each), and the numbers of its I2C, SPI and UART.
# They are those of the ESP32 port of MicroPython 1.27 (machine_pin.h, machine_pin.c), and an
# RP2040's own. Bits save memory: the firmware shares a small heap with this.
CHIPS = {
    "esp32": (0xFF0EFFFFFF, 0xFC00000000, (0, 1), (1, 2), (0, 1, 2)),
    "esp32s3": (0x1FFFE043FFFFF, 0x0, (0, 1), (1, 2), (0, 1, 2)),
    "esp32c3": (0x3C3FFF, 0x0, (0,), (1,), (0, 1)),
    "esp32c6": (0xFFFFFF, 0x0, (0,), (1,), (0, 1)),
    "rp2040": (0x3FFFFFFF, 0x0, (0, 1), (0, 1), (0, 1)),
}

CHIP = os.getenv("PINLAMP_CHIP") or "esp32"
PINS, INPUTS, I2CS, SPIS, UARTS = CHIPS[CHIP]


def integer(value):
    """Return `value`; TypeError if it is no integer, as on the chip."""
    if not isinstance(value, int):
        raise TypeError("can't convert %s to int" % type(value).__name__)
    return value


def positional(args, least, most):
    """Return `args` of a function without keywords; TypeError for too few or too many."""
    if not least <= len(args) <= most:
        raise TypeError("function takes %d to %d positional arguments" % (least, most))
    return args


def readable(buf):
    """Return the bytes of `buf`; TypeError if it has none."""
    return bytes(memoryview(buf))


def writable(buf):
    """Return a memoryview of `buf`; TypeError if it cannot be written to."""
    if isinstance(buf, (bytes, str)):
        raise TypeError("object with buffer protocol required")
    return memoryview(buf)


def _open_fd(name, mode):
    number = os.getenv(name)
    return open("/dev/fd/" + number, mode, buffering=0) if number else None


class Host(io.IOBase):
    """The two pipes. As a stream it is readable when the host has sent something."""

    def __init__(self):
        """Open the pipes that the environment names."""
        self._out = _open_fd("PINLAMP_HW_OUT", "wb")
        self._in = _open_fd("PINLAMP_HW_IN", "rb")
        self._levels = {}  # levels of pins, as the host last told them
        self._edges = {}  # pin number: (trigger, handler, the pin)
        self._watch = None
        if self._in:
            self._poll = select.poll()
            self._poll.register(self._in, select.POLLIN)

    def tell(self, line):
        """Send one line; without a host, nothing."""
        if self._out:
            self._out.write(line.encode() + b"\n")

    def ask(self, line):
        """Send a request and return the bytes of its answer; OSError if the bus fails."""
        if not self._out:
            raise OSError(errno.ENODEV)
        self.tell(line)
        while True:
            words = self._hear()
            if words[0] == b"=":
                return binascii.unhexlify(words[1]) if len(words) > 1 else b""
            if words[0] == b"!":
                raise OSError(int(words[1]))

    def drive(self, number, level):
        """Set the level of an output pin; without a host this has no effect."""
        if self._out:
            self.ask("pin %d %d" % (number, level))

    def level(self, number):
        """Return the level of an input pin, as the host last told it."""
        self.listen()
        return self._levels.get(number, 1)

    def listen(self):
        """Take the host's new lines, without waiting."""
        while self._in and self._poll.poll(0):
            self._hear()

    def on_edge(self, number, trigger, handler, pin):
        """Call `handler(pin)` at edges of an input pin (1 rising, 2 falling), as a soft interrupt.

        None ends that. From now on asyncio watches the pipe when it is idle.
        """
        self.listen()
        if handler is None:
            self._edges.pop(number, None)
            return
        self._edges[number] = trigger, handler, pin
        if self._in and self._watch is None:
            import asyncio

            self._watch = asyncio.create_task(self._keep_listening(asyncio.StreamReader(self)))

    async def _keep_listening(self, stream):
        while True:
            await stream.read(1)

    def _hear(self):
        # The host writes whole lines, so this never waits for the rest of one.
        line = self._in.readline()
        if not line:
            sys.exit(EXIT_GONE)
        words = line.split()
        if words[0] == b"pin":
            self._set(int(words[1]), int(words[2]))
        return words

    def _set(self, number, level):
        before = self._levels.get(number, 1)
        self._levels[number] = level
        trigger, handler, pin = self._edges.get(number, (0, None, None))
        if level != before and trigger & (1 if level else 2):
            try:
                schedule(handler, pin)
            except RuntimeError:
                pass  # the queue is full: the chip, too, loses such an interrupt

    # The methods that asyncio calls on a stream.

    def ioctl(self, request, arg):
        """Let select.poll() watch the pipe itself."""
        return self._in.fileno() if request == GET_FILENO else -errno.EINVAL

    def read(self, n):
        """Take the lines that are there. A direct read of the pipe might wait: another reader may
        have been faster."""
        self.listen()
        return b""


host = Host()
