# Do not upload: this stands in for the chip's own `machine` under the MicroPython Unix port.
"""`machine` of an ESP32 as far as the firmware uses it, told to the host by lines of text.

Environment: PINLAMP_TTY names the serial line behind every UART; PINLAMP_HW_OUT and
PINLAMP_HW_IN are numbers of inherited pipe ends; PINLAMP_RESET is what reset_cause() returns.
Without them everything still works, silently.

    out   pin <n> <v> · pwm <n> <hz> <duty_u16> · np <pin> <hex> · wdt <ms> · reset <cause> · gone
    in    pin <n> <v>

When the host has gone (end of file on the way in) the process ends.
"""

import io
import os
import select
import sys
import termios
import time

# Numbers of the ESP32 port.
PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

# Exit statuses of the process that the host tells apart from a firmware that just ended.
EXIT_RESET = 75
EXIT_GONE = 76

# MicroPython's termios does not name these.
_TCSADRAIN = 1
_VMIN, _VTIME = (16, 17) if sys.platform == "darwin" else (6, 5)

_DRAIN_MS = 50  # what 500 bytes take at 115200 baud

_POLL = 3  # MP_STREAM_POLL
_GET_FILENO = 10  # MP_STREAM_GET_FILENO: with it select.poll() polls the descriptor itself
_EINVAL = 22
_NOT_READABLE = select.POLLHUP | select.POLLERR


def _open_fd(name, mode):
    number = os.getenv(name)
    return open("/dev/fd/" + number, mode, buffering=0) if number else None


class _Host:
    """The two pipes to the host."""

    def __init__(self):
        self._out = _open_fd("PINLAMP_HW_OUT", "wb")
        self._in = _open_fd("PINLAMP_HW_IN", "rb")
        self._line = b""
        self.levels = {}  # of input pins, as the host last said
        if self._in:
            self._poll = select.poll()
            self._poll.register(self._in, select.POLLIN)

    def tell(self, line):
        """Send one line; without a host, nothing."""
        if self._out:
            self._out.write(line.encode() + b"\n")

    def listen(self):
        """Take in what the host has said since, without waiting."""
        while self._in and self._poll.poll(0):
            byte = self._in.read(1)  # read(n) would wait for all n
            if not byte:
                sys.exit(EXIT_GONE)
            if byte != b"\n":
                self._line += byte
                continue
            words = self._line.split()
            self._line = b""
            if len(words) == 3 and words[0] == b"pin":
                self.levels[int(words[1])] = int(words[2])


host = _Host()


def _restart(cause):
    host.tell("reset %d" % cause)
    sys.exit(EXIT_RESET)


def reset():
    """End the process; the host starts it again, as a chip boots after its reset."""
    _restart(SOFT_RESET)


def reset_cause():
    """Return why the firmware was started: one of the `_RESET` numbers."""
    return int(os.getenv("PINLAMP_RESET") or PWRON_RESET)


class Pin:
    """A pin by its number: outputs are told to the host, inputs are what the host said, or 1."""

    IN = 1
    OUT = 3
    PULL_DOWN = 1
    PULL_UP = 2

    def __init__(self, id, mode=-1, pull=-1, value=None):
        """`id` is the number, `value` the first level of an output."""
        self.id = id
        self._mode = mode
        self._level = None
        if value is not None:
            self.value(value)

    def value(self, level=None):
        """Set the level of an output, or return the level."""
        if level is not None:
            level = 1 if level else 0
            if level != self._level:
                self._level = level
                host.tell("pin %d %d" % (self.id, level))
            return None
        if self._mode == Pin.OUT:
            return self._level or 0
        host.listen()
        return host.levels.get(self.id, 1)

    __call__ = value


class PWM:
    """A PWM output; the host hears of every change of frequency (Hz) or duty (0 to 65535)."""

    def __init__(self, dest, freq=5000, duty_u16=32768):
        """`dest` is a Pin."""
        self._pin = dest.id
        self._freq = freq
        self._duty = duty_u16
        self._tell()

    def freq(self, value=None):
        """Set or return the frequency in Hz."""
        if value is None:
            return self._freq
        self._set(value, self._duty)

    def duty_u16(self, value=None):
        """Set or return the duty, 65535 being always on."""
        if value is None:
            return self._duty
        self._set(self._freq, value)

    def deinit(self):
        """Fall silent."""
        self._set(self._freq, 0)

    def _set(self, freq, duty):
        if (freq, duty) != (self._freq, self._duty):
            self._freq = freq
            self._duty = duty
            self._tell()

    def _tell(self):
        host.tell("pwm %d %d %d" % (self._pin, self._freq, self._duty))


class WDT:
    """The watchdog, checked when it is fed: fed too late is a reset, as on the chip.

    A firmware that never comes back to feed it is beyond this model.
    """

    def __init__(self, id=0, timeout=5000):
        """Start it; `timeout` in ms."""
        self._timeout = timeout
        self._fed = time.ticks_ms()
        host.tell("wdt %d" % timeout)

    def feed(self):
        """Say that the firmware is alive."""
        now = time.ticks_ms()
        if time.ticks_diff(now, self._fed) > self._timeout:
            _restart(WDT_RESET)
        self._fed = now


class UART(io.IOBase):
    """A UART, whichever its id, on the host's serial line at its real speed, 8N1, raw."""

    def __init__(self, id, baudrate=115200, tx=None, rx=None, rxbuf=256, **_):
        """Open the line. Without PINLAMP_TTY nothing ever comes and what is sent is lost."""
        path = os.getenv("PINLAMP_TTY")
        self._tty = open(path, "r+b", buffering=0) if path else None
        if self._tty:
            self._poll = select.poll()
            self._poll.register(self._tty, select.POLLIN)
        self.init(baudrate)

    def init(self, baudrate=115200, tx=None, rx=None, rxbuf=256, **_):
        """Set the speed once everything written is out, as the ESP32 does."""
        if not self._tty:
            return
        speed = getattr(termios, "B%d" % baudrate)
        fd = self._tty.fileno()
        termios.setraw(fd)
        attr = termios.tcgetattr(fd)
        attr[4] = attr[5] = speed
        # Both 0: read() returns what there is at once. Otherwise it would wait for all n bytes
        # and with it the whole asyncio loop.
        attr[6][_VMIN] = attr[6][_VTIME] = 0
        termios.tcsetattr(fd, _TCSADRAIN, attr)

    def any(self):
        """Return 1 if there is something to read, else 0."""
        return 1 if self._events() & select.POLLIN else 0

    def read(self, n=-1):
        """Return up to `n` bytes, or None if there are none."""
        if not self.any():
            return None
        return self._tty.read(n if n >= 0 else 512) or None

    def readinto(self, buf, n=None):
        """Fill `buf` with what there is; return the number of bytes, or None."""
        if not self.any():
            return None
        return self._tty.readinto(buf if n is None else memoryview(buf)[:n]) or None

    def write(self, data):
        """Send all of `data`; on a line that nobody drains it is lost, as on a loose wire."""
        if self._tty:
            out = select.poll()
            out.register(self._tty, select.POLLOUT)
            if out.poll(_DRAIN_MS):
                self._tty.write(data)
        return len(data)

    def deinit(self):
        """Give the line back."""
        if self._tty:
            self._tty.close()
            self._tty = None

    def ioctl(self, request, arg):
        """Let select.poll() and so asyncio watch the line itself."""
        if request == _GET_FILENO and self._tty:
            return self._tty.fileno()
        if request == _POLL and not self._tty:
            return arg & select.POLLOUT
        return -_EINVAL

    def _events(self):
        if not self._tty:
            return 0
        events = self._poll.poll(0)
        events = events[0][1] if events else 0
        if events & _NOT_READABLE:
            # An adapter that was pulled out; a chip's own UART cannot go away.
            host.tell("gone")
            sys.exit(EXIT_GONE)
        return events
