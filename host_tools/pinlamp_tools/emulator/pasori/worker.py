"""A reader that works on one command at a time, and what it says when: for `module` and `usb`."""


class Worker:
    """The command that is running, and what waits to be sent. Times are µs of the host's clock."""

    def __init__(self, field) -> None:
        """Do nothing yet, over `field`."""
        self.field = field
        self._job = None
        self._due_us = 0
        self._out = []

    def say(self, sent: bytes, at_us: int) -> None:
        """Send something to the host at `at_us`."""
        self._out.append((at_us, sent))

    def next_due(self) -> "int | None":
        """Return when `take` next has something to do, in µs, or None for never."""
        due_us = self._due_us if self._job is not None else None
        if self._out and (due_us is None or self._out[0][0] < due_us):
            return self._out[0][0]
        return due_us

    def take(self, now_us: int) -> list:
        """Return (moment, bytes) of what is ready by `now_us`."""
        self.advance(now_us)
        ready = [entry for entry in self._out if entry[0] <= now_us]
        self._out = self._out[len(ready) :]
        return ready

    def advance(self, now_us: int) -> None:
        """Let the running command work until `now_us`."""
        while self._job is not None and self._due_us <= now_us:
            self.field.now_us = self._due_us
            try:
                self._due_us += next(self._job)
            except StopIteration as end:
                self._job = None
                self._done(end.value)
        self.field.now_us = max(self.field.now_us, now_us)

    def _cancel(self):
        if self._job is not None:
            self._job.close()
            self._job = None
        self._out = []

    def _done(self, result):
        """Say what the command has brought."""
        raise NotImplementedError
