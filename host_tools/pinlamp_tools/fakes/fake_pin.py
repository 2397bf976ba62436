# Do not upload: this replaces the chip's own `machine` under the MicroPython Unix port.
"""Pins and PWM outputs of the fake `machine`, with the ESP32 port's arguments and refusals."""

from fake_host import INPUTS, PINS, host, integer, positional

_OUTPUT = 2  # bits of the modes
_OPEN_DRAIN = 4

_DEFAULT_HZ = 5000
_DEFAULT_DUTY = 32768


def number_of(pin):
    """Return the number of a Pin or of an integer; ValueError if there is no such pin."""
    if isinstance(pin, Pin):
        return pin.id
    if not isinstance(pin, int) or pin < 0 or not PINS >> pin & 1:
        raise ValueError("invalid pin")
    return pin


class _Irq:
    """The interrupt object that `Pin.irq` returns."""

    def __init__(self, pin):
        self._pin = pin
        self._trigger = 0

    def trigger(self, *trigger):
        """Return the trigger; set a new one if given."""
        before = self._trigger
        if positional(trigger, 0, 1):
            self._pin.irq(self._pin._handler, *trigger)
        return before

    def __call__(self):
        """Call the handler now."""
        if self._pin._handler:
            self._pin._handler(self._pin)


class Pin:
    """A pin by its number: the host hears of outputs and tells the levels of inputs, 1 at first.

    As on the chip, each pin has one object, and a pin without a mode stays as it is.
    """

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5
    DRIVE_0 = 0
    DRIVE_1 = 1
    DRIVE_2 = 2
    DRIVE_3 = 3

    _all = {}

    def __new__(cls, id, *_, **__):
        """Return the pin of that number; ValueError if it is no number or no pin has it."""
        number = number_of(id)
        if number not in cls._all:
            pin = object.__new__(cls)
            pin.id = number
            pin._mode = cls.IN
            pin._latch = 0  # the level, if the pin is an output
            pin._told = None
            pin._handler = None
            pin._irq = _Irq(pin)
            cls._all[number] = pin
        return cls._all[number]

    def __init__(self, id, *args, **kwargs):
        """`id`: the number, or a Pin. Further arguments as for `init`."""
        if args or kwargs:
            self.init(*args, **kwargs)

    def init(self, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        """Set the first level of an output, then the mode. Pulls change nothing here."""
        if pull is not None:
            integer(pull)
        if mode is not None and integer(mode) & _OUTPUT and INPUTS >> self.id & 1:
            raise ValueError("pin can only be input")
        if value is not None:
            self._latch = 1 if value else 0
        if mode is not None:
            self._mode = mode
        self._tell()

    def value(self, *level):
        """Set the level of an output, or return the level."""
        if positional(level, 0, 1):
            self._latch = 1 if level[0] else 0
            self._tell()
            return None
        if self._mode & _OUTPUT and not (self._mode & _OPEN_DRAIN and self._latch):
            return self._latch
        return host.level(self.id)

    __call__ = value

    def on(self):
        """Set the level to 1."""
        self.value(1)

    def off(self):
        """Set the level to 0."""
        self.value(0)

    def toggle(self):
        """Invert the level."""
        self.value(1 - self._latch)

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING, wake=None):
        """Call `handler(pin)` at the edges that `trigger` names; None ends that."""
        integer(trigger)
        self._handler = handler
        self._irq._trigger = trigger if handler else 0
        host.on_edge(self.id, trigger, handler, self)
        return self._irq

    def __repr__(self):
        """Name the pin as the port does."""
        return "Pin(%d)" % self.id

    def _tell(self):
        if self._mode & _OUTPUT and self._told != self._latch:
            self._told = self._latch
            host.drive(self.id, self._latch)


class PWM:
    """A PWM output; the host hears of every change of frequency (Hz) or duty (0 to 65535)."""

    def __init__(self, dest, freq=-1, *, duty=-1, duty_u16=-1, duty_ns=-1, invert=False):
        """`dest` is a Pin or its number."""
        self._pin = number_of(dest)
        self._freq = _DEFAULT_HZ
        self._duty = _DEFAULT_DUTY
        self._active = True
        self.init(freq, duty=duty, duty_u16=duty_u16, duty_ns=duty_ns, invert=invert)

    def init(self, freq=-1, *, duty=-1, duty_u16=-1, duty_ns=-1, invert=False):
        """Set the arguments given: the frequency, and the duty of 65535, of 1023 or in ns."""
        freq = self._freq if integer(freq) == -1 else _frequency(freq)
        level = self._duty
        if integer(duty_u16) >= 0:
            level = _duty(duty_u16)
        elif integer(duty_ns) >= 0:
            level = _duty(duty_ns * freq * 65535 // 1000000000)
        elif integer(duty) >= 0:
            level = _duty(duty << 6)
        self._active = True
        self._set(freq, level, True)

    def freq(self, *value):
        """Set or return the frequency in Hz."""
        self._check()
        if not positional(value, 0, 1):
            return self._freq
        self._set(_frequency(*value), self._duty)

    def duty_u16(self, *value):
        """Set or return the duty; 65535 is always on."""
        self._check()
        if not positional(value, 0, 1):
            return self._duty
        self._set(self._freq, _duty(*value))

    def deinit(self):
        """Fall silent."""
        if self._active:
            self._set(self._freq, 0)
            self._active = False

    def _check(self):
        if not self._active:
            raise RuntimeError("PWM is inactive")

    def _set(self, freq, duty, always=False):
        if always or (freq, duty) != (self._freq, self._duty):
            self._freq = freq
            self._duty = duty
            host.tell("pwm %d %d %d" % (self._pin, freq, duty))


def _frequency(value):
    if not 1 <= integer(value) <= 40000000:
        raise ValueError("frequency must be from 1Hz to 40MHz")
    return value


def _duty(value):
    if not 0 <= integer(value) <= 65535:
        raise ValueError("duty_u16 must be from 0 to 65535")
    return value
