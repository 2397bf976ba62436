# Do not upload: this replaces the chip's own `machine` under the MicroPython Unix port.
"""The UART of the fake `machine`: a serial line of the host, the same for every number and pin.

PINLAMP_TTY names the line. Without it no byte ever arrives, and bytes sent are lost. Arguments
and refusals are those of the ESP32 port of MicroPython 1.27 (machine_uart.c).
"""

import errno
import io
import os
import select
import sys
import termios

from fake_host import EXIT_GONE, POLL, UARTS, host, integer
from fake_pin import number_of

# MicroPython's termios does not name these.
_TCSAFLUSH = 2
_VMIN, _VTIME = (16, 17) if sys.platform == "darwin" else (6, 5)

_DRAIN_MS = 50  # the time of 500 bytes at 115200 baud
_RXBUF = 256
_SMALLEST_BUF = 128  # the port wants a receive buffer larger than the UART's own
_NOT_READABLE = select.POLLHUP | select.POLLERR


class UART(io.IOBase):
    """A UART on the host's serial line at its real speed, raw; only 8N1 is modelled."""

    def __init__(self, id, *args, **kwargs):
        """`id`: the number of the UART. Further arguments as for `init`."""
        if not isinstance(id, int) or id not in UARTS:
            raise ValueError("UART(%d) does not exist" % integer(id))
        path = os.getenv("PINLAMP_TTY")
        self._tty = open(path, "r+b", buffering=0) if path else None
        if self._tty:
            self._poll = select.poll()
            self._poll.register(self._tty, select.POLLIN)
        self._baudrate = 115200
        self._received = b""
        self._rxbuf = _RXBUF
        self.init(*args, **kwargs)

    def init(
        self,
        baudrate=0,
        bits=0,
        parity=None,
        stop=0,
        *,
        tx=None,
        rx=None,
        rts=None,
        cts=None,
        txbuf=-1,
        rxbuf=-1,
        timeout=-1,
        timeout_char=-1,
        invert=-1,
        flow=-1,
    ):
        """Wait until all bytes written are out, set what is given, drop the bytes received."""
        if 0 <= integer(rxbuf) <= _SMALLEST_BUF:
            raise OSError(-1, "ESP_FAIL")
        if rxbuf > 0:
            self._rxbuf = rxbuf
        if integer(baudrate) > 0:
            self._baudrate = baudrate
        for pin in (tx, rx, rts, cts):
            if pin is not None:
                number_of(pin)
        if integer(bits) not in (0, 5, 6, 7, 8):
            raise ValueError("invalid data bits")
        if parity is not None:
            integer(parity)
        if integer(stop) not in (0, 1, 2):
            raise ValueError("invalid stop bits")
        for number in (txbuf, timeout, timeout_char, invert, flow):
            integer(number)
        if self._tty:
            self._set_line()
            self._received = b""

    def _set_line(self):
        speed = getattr(termios, "B%d" % self._baudrate, None)
        if speed is None:
            raise ValueError("a tty has no speed of %d" % self._baudrate)
        fd = self._tty.fileno()
        termios.setraw(fd)
        attr = termios.tcgetattr(fd)
        attr[4] = attr[5] = speed
        # Both 0: read() returns at once with the bytes there are. Otherwise it would wait for
        # all n bytes, and the whole asyncio loop with it.
        attr[6][_VMIN] = attr[6][_VTIME] = 0
        termios.tcsetattr(fd, _TCSAFLUSH, attr)

    def any(self):
        """Return how many bytes there are to read."""
        self._fetch()
        return len(self._received)

    def read(self, nbytes=-1):
        """Return up to `nbytes` bytes, or None without any."""
        self._fetch()
        return self._taken(len(self._received) if nbytes < 0 else nbytes) or None

    def readinto(self, buf, nbytes=None):
        """Fill `buf` with the bytes there are; return their number, or None."""
        self._fetch()
        taken = self._taken(len(buf) if nbytes is None else min(nbytes, len(buf)))
        buf[: len(taken)] = taken
        return len(taken) or None

    def _fetch(self):
        room = self._rxbuf - len(self._received)
        if room > 0 and self._events() & select.POLLIN:
            self._received += self._tty.read(room) or b""

    def _taken(self, count):
        taken = self._received[:count]
        self._received = self._received[count:]
        return taken

    def write(self, buf):
        """Send all of `buf`; it is lost if nobody drains the line, as on a loose wire."""
        if self._tty:
            out = select.poll()
            out.register(self._tty, select.POLLOUT)
            if out.poll(_DRAIN_MS):
                self._tty.write(buf)
        return len(buf)

    def deinit(self):
        """Release the line."""
        if self._tty:
            self._tty.close()
            self._tty = None

    def ioctl(self, request, arg):
        """Tell select.poll(), and so asyncio, whether there is something to read."""
        if request != POLL:
            return -errno.EINVAL
        readable = select.POLLIN if self.any() else 0
        return arg & (readable | select.POLLOUT)

    def _events(self):
        if not self._tty:
            return 0
        events = self._poll.poll(0)
        events = events[0][1] if events else 0
        if events & _NOT_READABLE:
            # Somebody pulled the adapter out; a chip's own UART cannot go away.
            host.tell("gone")
            sys.exit(EXIT_GONE)
        return events
