"""The chip's single lines as a host sees them: `machine.Pin`s with value() and irq().

They need no clock: a level changes the moment its owner sets it.
"""

IRQ_RISING = 1  # numbers of the ESP32 port
IRQ_FALLING = 2


class Output:
    """A line that the chip drives: P70_IRQ, low while an answer waits for the host."""

    IRQ_RISING = IRQ_RISING
    IRQ_FALLING = IRQ_FALLING

    def __init__(self) -> None:
        """Begin high."""
        self._level = 1
        self._handler = None
        self._trigger = 0

    def value(self) -> int:
        """Return the level."""
        return self._level

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING) -> None:
        """Call `handler(pin)` at each edge of `trigger`; None ends that."""
        self._handler = handler
        self._trigger = trigger

    def drive(self, level: int) -> None:
        """Set the level; only the chip calls this."""
        if level == self._level:
            return
        self._level = level
        if self._handler and self._trigger & (IRQ_RISING if level else IRQ_FALLING):
            self._handler(self)


class Input:
    """A line that the host drives: RSTPDN, the chip select, SCL of a bus that is stuck."""

    def __init__(self, changed, level: int = 1) -> None:
        """Every new level calls `changed(level)`."""
        self._changed = changed
        self._level = level

    def value(self, level=None) -> "int | None":
        """Set the level, or return it."""
        if level is None:
            return self._level
        level = 1 if level else 0
        if level != self._level:
            self._level = level
            self._changed(level)
        return None

    __call__ = value
