"""The PN532 between its link and its commands: ACK, one command at a time, abort, resend, sleep.

`Chip` knows frames and time, but no link: `receive` takes what `frames.Parser` found, `take` gives
whole frames and the moment each is ready. Each link adds its own speeds and status bytes.

Times of the chip itself are [I]; the ACK must come within 15 ms [UM]. Two behaviours are guesses,
as the manual is not known: a new command ends the running one, and the chip ignores a NACK
during a command.
"""

from .commands import BadSyntax, Commands
from .frames import ACK, ERROR, NACK, frame

ACK_US = 300
START_US = 300  # from the ACK to the beginning of the work
RESET_BAUDRATE = 115_200


class Chip:
    """A PN532 over `field`. After power-up and PowerDown it sleeps until its link wakes it."""

    def __init__(self, field, faults=None) -> None:
        """Power the chip up; `faults`: a `faults.Faults` that its link asks, or None."""
        self.field = field
        self.faults = faults
        self.reset()

    def reset(self) -> None:
        """Reset (RSTPDN or power loss): field off, all forgotten, asleep in low-battery mode."""
        self.field.switch(False)
        self.asleep = True
        self.baudrate = RESET_BAUDRATE
        self._commands = Commands(self.field)
        self._job = None
        self._code = 0
        self._due_us = 0
        self._last_answer = None
        self._out = []

    def forget(self) -> None:
        """Reset without sleep: awake and unconfigured, and mute to what concerns a card [I]."""
        self.reset()
        self.asleep = False
        self._commands.mute = True

    @property
    def changing_to(self) -> "int | None":
        """The speed that the host's ACK will bring into force, or None."""
        return self._commands.next_baudrate

    @property
    def busy(self) -> bool:
        """Whether a command runs, or an answer is not ready yet."""
        return self._job is not None or bool(self._out)

    @property
    def irq_driven(self) -> bool:
        """Whether P70_IRQ announces answers: SAMConfiguration's third parameter."""
        return self._commands.irq

    def say(self, frame: bytes, at_us: int) -> None:
        """Send `frame` to the host at `at_us`, beside any other answer."""
        later = [entry for entry in self._out if entry[0] > at_us]
        self._out = self._out[: len(self._out) - len(later)] + [(at_us, frame)] + later

    def wake(self) -> None:
        """Wake from sleep; only SAMConfiguration leaves the low-battery mode after power-up."""
        self.asleep = False

    def receive(self, item: bytes, now_us: int) -> None:
        """Take an ACK, a NACK or a command's bytes, which the host had sent by `now_us`."""
        self.advance(now_us)
        if item is ACK:
            self._abort()
            if self._commands.next_baudrate is not None:
                self.baudrate = self._commands.next_baudrate
                self._commands.next_baudrate = None
        elif item is NACK:
            if self._job is None and self._last_answer is not None:
                self._out.append((now_us + ACK_US, self._last_answer))
        else:
            self._abort()
            self._out.append((now_us + ACK_US, ACK))
            self._begin(item, now_us + ACK_US + START_US)

    def next_due(self) -> "int | None":
        """Return when `take` next has something to do, in µs, or None for never."""
        due_us = self._due_us if self._job is not None else None
        if self._out and (due_us is None or self._out[0][0] < due_us):
            return self._out[0][0]
        return due_us

    def take(self, now_us: int) -> list:
        """Return (moment, bytes) of each frame that is ready by `now_us`."""
        self.advance(now_us)
        ready = [entry for entry in self._out if entry[0] <= now_us]
        self._out = self._out[len(ready) :]
        return ready

    def advance(self, now_us: int) -> None:
        """Let the running command work until `now_us`."""
        while self._job is not None and self._due_us is not None and self._due_us <= now_us:
            self.field.now_us = self._due_us
            try:
                wait_us = next(self._job)
            except StopIteration as end:
                self._answer(end.value)
            except BadSyntax:
                self._fail()
            else:
                self._due_us = None if wait_us is None else self._due_us + wait_us
        self.field.now_us = max(self.field.now_us, now_us)

    def _begin(self, command, due_us):
        self._due_us = due_us
        self._code = command[0] if command else 0
        try:
            if not command:
                raise BadSyntax
            result = self._commands.run(command[0], command[1:])
        except BadSyntax:
            self._fail()
            return
        if isinstance(result, bytes):
            self._answer(result)
        else:
            self._job = result

    def _abort(self):
        if self._job is not None:
            self._job.close()
            self._job = None

    def _answer(self, result):
        self._job = None
        self._last_answer = frame(bytes((self._code + 1,)) + result)
        self._out.append((self._due_us, self._last_answer))
        if self._commands.sleepy:
            self._commands.sleepy = False
            self.asleep = True

    def _fail(self):
        self._job = None
        self._last_answer = ERROR
        self._out.append((self._due_us, ERROR))
