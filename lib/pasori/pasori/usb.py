"""Messages over USB: what a pipe is, and how the messages are put together that come out of it.

A message comes as one transfer, or as many: packets of 64 bytes, or whatever the system reads at
once. An empty transfer ends one whose length is a multiple of 64. What begins like no message is
the rest of an old one, and dropped.
"""

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from .rest import Clock

    class Pipe(Protocol):
        """The two bulk endpoints of a reader. Both coroutines raise LostError once it is gone."""

        async def write(self, data: "bytes | memoryview") -> None:
            """Send one transfer; behind a multiple of 64 bytes, an empty packet too."""

        async def read(self, timeout_ms: int) -> "bytes | bytearray | None":
            """Return what the next transfer brings, or None if none comes in time.

            Nothing is lost by that: what comes later is for the next `read`. A bytearray is
            overwritten by zeros once it has been used.
            """

        def clear(self) -> None:
            """Drop what has come and was not read."""


TOO_SHORT, NO_MESSAGE = 0, -1

_LONGEST = 550  # bytes of a message: 522, or an RC-S380's 310 [H, I]
_ROOM = 2_000  # a read may bring 1024 bytes; a late message does not push out the one after it
_QUIET_MS = 20  # a reader that says nothing for so long has nothing more to say
_MOST_NOISE = 40  # transfers of it


class Transfers:
    """Sends messages through a pipe, and puts together those that come."""

    def __init__(
        self, pipe: "Pipe", clock: "Clock", size_of: "Callable[[memoryview], int]"
    ) -> None:
        """`size_of(begun)`: how long the message is that begins so.

        TOO_SHORT if that cannot be told yet, NO_MESSAGE if none begins so.
        """
        self._pipe = pipe
        self._clock = clock
        self._size_of = size_of
        self._buf = bytearray(_ROOM)
        self._view = memoryview(self._buf)
        self._end = 0  # of what has come
        self._used = 0  # of it: the message that `next` has returned
        self._late = 0  # reads since the deadline

    async def send(self, message: "bytes | memoryview") -> None:
        """Send a message. What came before is dropped."""
        self._pipe.clear()
        self._end = self._used = self._late = 0
        await self._pipe.write(message)

    async def next(self, deadline: int) -> "memoryview | None":
        """Return the next message, valid until the next call; None if none is whole by then.

        Raises LostError.
        """
        clock = self._clock
        self._end -= self._used
        self._view[: self._end] = self._view[self._used : self._used + self._end]
        self._used = 0
        while True:
            size = self._size_of(self._view[: self._end])
            if size == NO_MESSAGE or size > _LONGEST:
                self._end = 0
            elif TOO_SHORT < size <= self._end:
                self._used = size
                return self._view[:size]
            left = max(0, clock.ticks_diff(deadline, clock.ticks_ms()))
            if not left:
                # What has come by then is read, as others may run long. But not for ever.
                self._late += 1
                if self._late > _MOST_NOISE:
                    return None
            data = await self._pipe.read(left)
            if data is None:
                return None
            self._keep(data)

    async def drain(self) -> None:
        """Drop what comes, until nothing comes any more."""
        for _ in range(_MOST_NOISE):
            data = await self._pipe.read(_QUIET_MS)
            if data is None:
                break
            _overwrite(data)
        self._end = self._used = 0

    def overwrite(self) -> None:
        """Leave nothing in memory of what was received."""
        self._pipe.clear()
        self._end = self._used = 0
        self._buf[:] = bytes(_ROOM)

    def _keep(self, data: "bytes | bytearray") -> None:
        end = self._end + len(data)
        if end <= _ROOM:  # more is no message
            self._buf[self._end : end] = data
            self._end = end
        _overwrite(data)


def _overwrite(data: "bytes | bytearray") -> None:
    if isinstance(data, bytearray):
        data[:] = bytes(len(data))
