"""A reader as a USB device: transfers in, packets out, plugged and unplugged.

A transfer from the host goes on while it is a multiple of 64 bytes, until an empty one ends it. An
answer leaves as packets of 64 bytes and a shorter one, which may be empty.
"""

from .worker import Worker

PACKET = 64
VENDOR = 0x054C
ENODEV = 19
TRANSFER_US = 200  # from when it is ready until the host has it [I]


def packets(message: bytes) -> list:
    """Return a message as packets; behind a multiple of 64 bytes comes an empty one."""
    return [message[at : at + PACKET] for at in range(0, len(message) + 1, PACKET)]


class Usb(Worker):
    """A device on the bus. `interfaces`: (number, class, endpoint in, endpoint out) of each."""

    vid = VENDOR
    pid = 0
    interfaces = ()

    def __init__(self, field, now_us, faults=None) -> None:
        """Plug it in. `now_us()`: the time in µs, real or not. `faults`: a `usb_faults.Faults`."""
        super().__init__(field)
        self._now_us = now_us
        self.faults = faults
        self.plugged = False
        self._back_at = None  # when it comes back by itself
        self.plug()

    def plug(self) -> None:
        """Plug it in, if it is not: as after power-up."""
        if not self.plugged:
            self.plugged = True
            self._back_at = None
            self._packets = []  # [(moment, bytes)]
            self._transfer = b""  # of which the end has not come
            self._reset()

    def unplug(self, us=None) -> None:
        """Pull it out; it comes back after `us`, if that is given."""
        self.field.switch(False)
        self._cancel()
        self._packets = []
        self.plugged = False
        self._back_at = None if us is None else self._now_us() + us

    def write(self, data: bytes) -> None:
        """Take one OUT transfer. Raises OSError(19) if it is unplugged."""
        now_us = self._look()
        self._transfer += bytes(data)
        if data and len(data) % PACKET == 0:
            return
        message, self._transfer = self._transfer, b""
        if not message:
            return
        if self.faults is not None:
            message = self.faults.incoming(self, message)
        self._here()
        if message is not None:
            self._hear(message, now_us)

    def read(self) -> "bytes | None":
        """Return the next IN packet that is ready, or None. Raises OSError(19) if unplugged."""
        now_us = self._look()
        if self._packets and self._packets[0][0] <= now_us:
            return self._packets.pop(0)[1]
        return None

    def next_due(self) -> "int | None":
        """Return when something next happens by itself, in µs, or None for never."""
        dues = [super().next_due(), self._back_at]
        if self._packets:
            dues.append(self._packets[0][0])
        dues = [due for due in dues if due is not None]
        return min(dues) if dues else None

    def drop_after(self, now_us: int) -> None:
        """Drop what is not ready by then."""
        self._packets = [entry for entry in self._packets if entry[0] <= now_us]

    def hold(self, message: bytes) -> None:
        """Take `message` for one that goes on: it waits for the rest."""
        self._transfer = message

    def _look(self):
        now_us = self._now_us()
        if self._back_at is not None and now_us >= self._back_at:
            self.plug()
        self._here()
        for at_us, message in self.take(now_us):
            self._send(message, at_us + TRANSFER_US)
        self._here()  # a fault may have struck
        return now_us

    def _here(self):
        if not self.plugged:
            raise OSError(ENODEV, "unplugged")

    def _send(self, message, at_us):
        sent = [(at_us, packets(message))]
        if self.faults is not None:
            sent = self.faults.outgoing(self, message, at_us)
        for when_us, parts in sent:
            at = len(self._packets)
            while at and self._packets[at - 1][0] > when_us:
                at -= 1
            self._packets[at:at] = [(when_us, part) for part in parts]

    def _reset(self):
        """Begin as after power-up."""
        raise NotImplementedError

    def _hear(self, message, now_us):
        """Take a whole message from the host."""
        raise NotImplementedError
