"""The chip's high-speed UART: every byte takes time, and the wrong speed turns it into rubbish.

The fifth rising edge on the line wakes a sleeping chip; it loses the bytes until then. Hosts
therefore send `55 55 00 …` [UM as quoted by libnfc and nfcpy; exactly five is I].

After SetSerialBaudRate its answer and the host's ACK still pass at the old speed, then the new
speed begins. The line is deaf during the change.
"""

from .frames import ACK, Parser
from .line import byte_us, heard, rising_edges
from .pins import Input

WAKE_EDGES = 5
CHANGE_US = 200  # hosts wait about 1 ms (docs/pn532.md); the chip needs less [I]


class Hsu:
    """The serial line of `chip`, both ways. Times are µs of any clock that does not go back."""

    def __init__(self, chip) -> None:
        """Connect a quiet line."""
        self._chip = chip
        self._parser = Parser()
        self._in = []  # (time of completion, byte, baudrate of the sender or None)
        self._in_free_us = 0
        self._out = []  # [start time, baudrate, frame, bytes taken so far]
        self._out_free_us = 0
        self._deaf_until_us = 0
        self._edges = 0
        self._held = False
        self.rstpdn = Input(self._on_rstpdn)

    @property
    def baudrate(self) -> int:
        """The speed of the chip at this moment."""
        return self._chip.baudrate

    @property
    def changing_to(self) -> "int | None":
        """The speed that the host's ACK will bring into force, or None."""
        return self._chip.changing_to

    def receive(self, data: bytes, now_us: int, baudrate=None) -> None:
        """Take `data`: the host began to send it at `now_us`, at `baudrate` (None: the chip's).

        The bytes queue behind those still on the line.
        """
        self._advance(now_us)
        if self._chip.faults is None:
            self._queue(data, now_us, baudrate)
            return
        for pause_us, part, action in self._chip.faults.incoming(self._chip, data):
            self._in_free_us = max(now_us, self._in_free_us) + pause_us
            self._queue(part, now_us, baudrate)
            if action is not None:
                self._happen(action)

    def reset(self) -> None:
        """Reset the chip, even in the middle of a byte."""
        self._chip.reset()
        self._restart()

    def _restart(self):
        self._parser = Parser()
        self._in = []
        self._edges = 0

    def _on_rstpdn(self, level):
        self._held = not level
        self.reset()
        self._out = []

    def _queue(self, data, now_us, baudrate):
        speed = baudrate or self.baudrate
        begin_us = max(now_us, self._in_free_us)
        for i, byte in enumerate(data):
            self._in.append((begin_us + byte_us(i + 1, speed), byte, baudrate))
        self._in_free_us = begin_us + byte_us(len(data), speed)

    def confirm(self, now_us: int) -> None:
        """Treat the host's ACK to SetSerialBaudRate as passed: a tty cannot tell when it has."""
        self._advance(now_us)
        self._chip.receive(ACK, now_us)

    def next_due(self, whole: bool = False) -> "int | None":
        """Return when something next happens on the line, in µs, or None for never.

        That is a complete byte on either side. With `whole` it is the end of everything on its way
        to the chip, or of the frame on its way to the host.
        """
        due_us = self._chip.next_due()
        if self._in:
            in_us = self._in_free_us if whole else self._in[0][0]
            if due_us is None or in_us < due_us:
                due_us = in_us
        if self._out:
            begin_us, baudrate, frame, taken = self._out[0]
            out_us = begin_us + byte_us(len(frame) if whole else taken + 1, baudrate)
            if due_us is None or out_us < due_us:
                due_us = out_us
        return due_us

    def take(self, now_us: int, baudrate=None) -> bytes:
        """Return the bytes that have reached the host by `now_us`, as heard at `baudrate`."""
        self._advance(now_us)
        taken = b""
        while self._out:
            entry = self._out[0]
            begin_us, sent_at, frame, before = entry
            after = before
            if begin_us + byte_us(len(frame), sent_at) <= now_us:
                after = len(frame)
            while after < len(frame) and begin_us + byte_us(after + 1, sent_at) <= now_us:
                after += 1
            taken += heard(frame[before:after], sent_at, baudrate or sent_at)
            entry[3] = after
            if after < len(frame):
                break
            self._out.pop(0)
        return taken

    def _advance(self, now_us):
        # Bytes in and the chip's own events, in the order of time.
        while self._in and self._in[0][0] <= now_us:
            at_us, byte, sent_at = self._in.pop(0)
            due_us = self._chip.next_due()
            if due_us is not None and due_us <= at_us:
                self._collect(at_us)
            self._hear(byte, sent_at, at_us)
        self._collect(now_us)

    def _hear(self, byte, sent_at, at_us):
        if at_us <= self._deaf_until_us or self._held:
            return
        speed = self.baudrate
        same = sent_at is None or sent_at == speed
        for got in (byte,) if same else heard(bytes((byte,)), sent_at, speed):
            self._hear_byte(got, at_us)

    def _hear_byte(self, byte, at_us):
        if self._chip.asleep:
            self._edges += rising_edges(byte)
            if self._edges >= WAKE_EDGES:
                self._edges = 0
                self._parser = Parser()
                self._chip.wake()
            return
        item = self._parser.feed(byte)
        if item is not None:
            before = self.baudrate
            self._chip.receive(item, at_us)
            if self.baudrate != before:
                self._deaf_until_us = at_us + CHANGE_US

    def _collect(self, now_us):
        for at_us, frame in self._chip.take(now_us):
            if self._chip.faults is None:
                self._send(frame, at_us)
                continue
            for when_us, pieces in self._chip.faults.outgoing(frame, at_us):
                for pause_us, part, action in pieces:
                    when_us = max(when_us, self._out_free_us) + pause_us
                    self._send(part, when_us)
                    if action is not None:
                        self._happen(action)
                    if action in ("reset", "forget"):
                        return

    def _happen(self, action):
        if action == "reset":
            self.reset()
        elif action == "forget":
            self._chip.forget()
            self._restart()
        elif action == "speed":
            self._chip.baudrate = 115_200 if self._chip.baudrate != 115_200 else 921_600

    def _send(self, frame, at_us):
        begin_us = max(at_us, self._out_free_us)
        self._out.append([begin_us, self.baudrate, frame, 0])
        self._out_free_us = begin_us + byte_us(len(frame), self.baudrate)
