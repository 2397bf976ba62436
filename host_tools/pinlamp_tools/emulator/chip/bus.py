"""What I2C and SPI share: the chip speaks when asked, one whole frame at a time.

The chip repeats a frame from its beginning until the host has read it to its end. When the host
sends something, the chip drops its unread frames [I]. P70_IRQ is low while a frame waits, unless
SAMConfiguration has said otherwise.

`clock` has `now_us()` and `pass_us(us)`; the latter lets the time of a transfer pass. Any world
with these two will do. Between the host's calls it must call `advance(now_us)`, and at
`next_due()` if the edges of `irq` must come in time.
"""

from .frames import NACK, Parser
from .pins import Input, Output

TURN_US = 50  # from the end of one frame until the next is ready [I]
FILLER = 0x00  # what a read returns beyond the end of a frame, or without a frame [I]


class Bus:
    """The chip's side of a bus, without the bus. `irq` and `rstpdn` are pins."""

    def __init__(self, chip, clock, filler: int = FILLER) -> None:
        """Connect `chip`."""
        self._chip = chip
        self._clock = clock
        self._filler = bytes((filler,))
        self._out = []  # [when it is ready, pieces of a frame: [pause in µs, bytes, action]]
        self._held = False
        self._pins = {}
        self.irq = Output()
        self.rstpdn = Input(self._on_rstpdn)

    def next_due(self) -> "int | None":
        """Return when the next answer is ready or the chip acts, in µs, or None."""
        due_us = self._chip.next_due()
        # A frame that is ready only waits for the host.
        if self._out and self.irq.value() and self._chip.irq_driven:
            if due_us is None or self._out[0][0] < due_us:
                due_us = self._out[0][0]
        return due_us

    def advance(self, now_us: int) -> None:
        """Let the chip work until `now_us`, and set the line."""
        faults = self._chip.faults
        for at_us, frame in self._chip.take(now_us):
            if faults is None:
                self._out.append([at_us, [[0, frame, None]]])
            else:
                for when_us, pieces in faults.outgoing(frame, at_us):
                    self._out.append([when_us, [list(piece) for piece in pieces]])
        waits = self._chip.irq_driven and self._is_ready(now_us)
        self.irq.drive(0 if waits else 1)

    def reset(self) -> None:
        """Reset the chip and drop its waiting frames."""
        self._chip.reset()
        self._silence()

    def _silence(self):
        self._out = []
        self.irq.drive(1)

    def _on_rstpdn(self, level):
        self._held = not level
        self.reset()

    def _now(self):
        now_us = self._clock.now_us()
        self.advance(now_us)
        return now_us

    def _is_ready(self, now_us):
        return bool(self._out) and self._out[0][0] <= now_us

    def _read(self, start, count):
        """Return bytes of the ready frame from `start` on; filler beyond its end."""
        data = b""
        at = 0
        for piece in self._out[0][1] if self._out else ():
            if at < start + count:
                self._clock.pass_us(piece[0])
                piece[0] = 0
            data += piece[1]
            at = len(data)
            # An action at a byte happens when the host reads that byte.
            if piece[2] is not None and at < start + count:
                action, piece[2] = piece[2], None
                self._happen(action, data[start:])
                break
        data = data[start : start + count]
        return data + self._filler * (count - len(data))

    def _happen(self, action, data):
        if action == "reset":
            self.reset()
        elif action == "forget":
            self._chip.forget()
            self._silence()

    def _taken(self, count):
        """Note that the host has read `count` bytes of the frame; drop a frame read to its end."""
        if self._out and count >= sum([len(piece[1]) for piece in self._out[0][1]]):
            self._out.pop(0)
            if self._out:
                self._out[0][0] = max(self._out[0][0], self._clock.now_us() + TURN_US)
            self.irq.drive(1)
            self.advance(self._clock.now_us())

    def _written(self, data):
        """Take `data`, which the host has sent in one transfer."""
        now_us = self._now()
        if self._chip.faults is not None:
            data = self._meddled(data)
            now_us = self._now()
        if self._chip.asleep:
            return  # a fault has reset it meanwhile
        parser = Parser()
        for byte in data:
            item = parser.feed(byte)
            if item is not None:
                if item is not NACK or not self._chip.busy:
                    self._out = []
                elif item is NACK:
                    self._wedge()
                self._chip.receive(item, now_us)
        self.advance(now_us)

    def _meddled(self, data):
        heard = b""
        for pause_us, part, action in self._chip.faults.incoming(self._chip, data):
            if pause_us:
                self._clock.pass_us(pause_us)
            heard += part
            if action is not None:
                self._happen(action, b"")
                heard = b""
        return heard

    def _wedge(self):
        """Take a NACK while the chip is busy; only some buses react."""
