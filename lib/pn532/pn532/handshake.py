"""One command, its ACK, its answer: the handshake between host and PN532, and how it recovers.

Every answer to InDataExchange begins with D5 41, so the driver could take a late answer for that
of the next command. Hence the rule: after a command is sent, the link is *in doubt* until its
answer arrives. A command that ends otherwise (time-out, damage, cancellation) leaves it in doubt.
Before the next command the driver then aborts, drains, and echoes fresh bytes with Diagnose: the
echo proves that chip and host are in step. SAMConfiguration goes first: a chip that has lost its
power meanwhile answers an echo, but nothing that concerns a card. Sources: docs/pn532.md.
"""

from . import frame
from .const import const
from .errors import (
    ACTIVATE,
    GIVE_UP,
    CommandError,
    CorruptError,
    LinkError,
    LostError,
    NoAckError,
    NoAnswerError,
    RejectedError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .frame import Found
    from .link import Link

DIAGNOSE = const(0x00)
# Zeros to be echoed. An ESP32 passes on what comes in parts of up to 120 bytes, each from the
# beginning of a buffer of its own [S]: short answers would leave the rest of a long one there.
ECHO = const(200)
_SAM_CONFIGURATION = const(0x14)
_SET_SERIAL_BAUD_RATE = const(0x10)
_BAUD_CODES = {230400: 5, 460800: 6, 921600: 7}

# The ACK comes within 15 ms [UM]; USB serial adapters hold bytes back for up to 16 ms more.
_ACK_MS = const(100)
ANSWER_MS = const(500)  # for commands that the chip answers on its own
_QUIET_MS = const(10)  # a link this long without a byte has nothing more to say
_TRIES = const(3)

_ACK_SIZE = const(6)
_ANSWER_SIZE = const(12)  # InDataExchange's with a status word and no data
_MOST_NOISE = const(64)  # bytes before a frame; after more than that no frame is expected
_BROKEN = (frame.IS_CORRUPT, memoryview(b""))

# Normal mode, time-out 0x14 × 50 ms (virtual card only), IRQ line on [UM]
_SAM_NORMAL = b"\x01\x14\x01"


class Handshake:
    """The host's side of a `link` to one PN532. One command at a time: `PN532` sees to that."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._clock = link.clock
        self._decoder = frame.Decoder()
        self._buf = bytearray(frame.MAX_FRAME)
        self._view = memoryview(self._buf)
        self._doubt = True
        self._rejected: "int | None" = None  # the command rejected last, until it is answered
        self._count = 0
        self._acked = False  # a command that was sent to wake the chip
        self.baudrate = 0  # as `open` found or made it; 0 where the link has no speeds

    async def open(self) -> None:
        """Find the chip at whatever speed it speaks, wake it, and make the link fast.

        Raises LostError if nothing answers like a PN532, LinkError if the bus itself fails.
        """
        self._doubt = True
        self._rejected = None
        try:
            await self._link.reset()
            await self._wake()
            await self._speed_up()
        except OSError as error:
            raise LinkError(error.errno)

    async def command(
        self,
        code: int,
        params: bytes,
        data: bytes,
        timeout_ms: int,
        resend: bool,
        in_doubt: bool = False,
        meanwhile: "Callable[[], None] | None" = None,
        prepared: "bytes | None" = None,
    ) -> memoryview:
        """Send a command, return the data of its answer: a memoryview valid until the next call.

        `params` and `data` follow the code; `prepared`: the whole frame, if it is there already.
        `resend`: whether to send it again if no ACK comes; never for a command that reaches a
        card. `in_doubt`: send it although chip and host may not be in step. `meanwhile()` is
        called once it has left. Raises a CommandError (see `errors`), LostError if the chip does
        not answer any more, LinkError if the bus fails.
        """
        try:
            if self._doubt and not in_doubt:
                await self._settle()
            command = prepared or self._view[: frame.encode(self._buf, code, params, data)]
            self._doubt = True
            link = self._link
            answer = found = chunk = None
            for _ in range(_TRIES if resend else 1):
                pending = link.write_data(command)
                if pending:
                    await pending
                self._decoder.clear()
                if meanwhile:
                    meanwhile()
                if not await link.wait_ready(_ACK_MS):
                    continue
                chunk = link.read_data(_ACK_SIZE)
                if type(chunk) is not memoryview:
                    chunk = await chunk
                if chunk[:_ACK_SIZE] == frame.ACK:
                    break
                if await self._acknowledged(chunk):
                    chunk = None
                    break
            else:
                raise NoAckError(code)
            # Most answers are read as one whole frame. The decoder takes care of all others.
            if chunk is not None:
                if len(chunk) > _ACK_SIZE:
                    chunk = chunk[_ACK_SIZE:]
                else:  # on I2C and SPI; on HSU it comes with the ACK
                    link.end_frame()
                    if not await link.wait_ready(timeout_ms):
                        raise NoAnswerError(code)
                    chunk = link.read_data(_ANSWER_SIZE)
                    if type(chunk) is not memoryview:
                        chunk = await chunk
                answer = frame.answer(chunk, code)
                if answer is None:
                    found = await self._read(chunk)
                if link.whole_frames:
                    link.end_frame()
            if answer is None:
                answer = await self._answer(found, code, timeout_ms)
        except OSError as error:
            raise LinkError(error.errno)
        if code == self._rejected:
            self._rejected = None
        self._doubt = False
        return answer

    def overwrite(self) -> None:
        """Leave nothing in memory of what the chip answered."""
        self._decoder.overwrite()
        self._link.overwrite()

    def drown(self, sleep_ms: "Callable[[int], object]") -> None:
        """Leave nothing of it in the port's own buffers, if the link's port has any."""
        drown = getattr(self._link, "drown", None)  # an HSU has it
        if drown is not None:
            echo = frame.encode(self._buf, DIAGNOSE, b"\x00", bytes(ECHO))
            drown(self._view[:echo], sleep_ms)

    async def _acknowledged(self, chunk: memoryview) -> bool:
        """Tell whether an ACK comes, `chunk` being the first bytes; drop what comes before it."""
        deadline = self._deadline(_ACK_MS)
        found = await self._read(chunk)
        self._link.end_frame()
        while not found or found[0] != frame.IS_ACK:
            found = await self._next(_ACK_SIZE, deadline)
            if not found:
                return False
        return True

    async def _answer(self, found: "Found | None", code: int, timeout_ms: int) -> memoryview:
        """Return the answer's data, from the frame `found` or a later one. Drop all others."""
        deadline = self._deadline(timeout_ms)
        asked_again = False
        while True:
            found = found or await self._next(_ANSWER_SIZE, deadline)
            if found is None:
                raise NoAnswerError(code)
            what, pd = found
            if what == frame.IS_ANSWER and pd[0] == code + 1:
                return pd[1:]
            if what == frame.IS_ERROR:
                # A chip that has lost its power rejects what it took before. The link stays in
                # doubt, so that chip is configured anew: if it rejects it again, it means it.
                again, self._rejected = self._rejected == code, code
                raise RejectedError(code, GIVE_UP if again else ACTIVATE)
            if what == frame.IS_CORRUPT:
                # A NACK asks for the last answer once more. It is sent only here: a NACK to a busy
                # chip blocks an I2C bus until the power is cut (go-pn532 saw that).
                if asked_again:
                    raise CorruptError(code)
                asked_again = True
                await self._drain()
                await self._write(frame.NACK)
            found = None

    async def _next(self, size: int, deadline: int) -> "Found | None":
        """Return the next frame, or None when the deadline is over.

        Reads `size` bytes at once, then what the frame has beyond them. Most frames have exactly
        that many, so on I2C and SPI, where every byte costs time, no byte is read in vain.
        """
        while True:
            found = self._decoder.next()
            left = self._clock.ticks_diff(deadline, self._clock.ticks_ms())
            if found or left <= 0 or not await self._link.wait_ready(left):
                return found
            if self._link.whole_frames:
                self._decoder.clear()  # bytes read beyond the last frame mean nothing
            found = await self._read(await self._read_data(size))
            self._link.end_frame()
            if found:
                return found

    async def _read(self, chunk: memoryview) -> "Found | None":
        """Read on after `chunk` until there is a frame; None if the bytes that came hold none."""
        taken = 0
        while len(chunk):
            taken += len(chunk)
            self._decoder.push(chunk)
            found = self._decoder.next()
            if found:
                return found
            if taken > 2 * frame.MAX_FRAME or (taken > _MOST_NOISE and not self._decoder.begun):
                return None
            chunk = await self._read_data(self._decoder.missing)
        # A frame that breaks off is a damaged one: its rest will not come.
        return _BROKEN if self._decoder.begun else None

    async def _settle(self) -> None:
        """Prove that the chip is in step: by an echo, else by waking it. Raises LostError."""
        if not (await self._configured() and await self._in_step()):
            await self._wake()
            await self._speed_up()

    async def _read_data(self, n: int) -> memoryview:
        chunk = self._link.read_data(n)
        return chunk if type(chunk) is memoryview else await chunk

    async def _write(self, buf: bytes) -> None:
        pending = self._link.write_data(buf)
        if pending:
            await pending

    async def _abort(self) -> None:
        """Abort the running command, and drop what is left of its answer."""
        await self._write(frame.ACK)
        await self._drain()

    async def _drain(self) -> None:
        """Drop bytes until the link is quiet, or for at most as long as an ACK may take."""
        deadline = self._deadline(_ACK_MS)
        while await self._link.wait_ready(_QUIET_MS):
            await self._read_data(frame.MAX_FRAME)
            self._link.end_frame()
            if self._clock.ticks_diff(deadline, self._clock.ticks_ms()) <= 0:
                break
        self._decoder.clear()

    async def _in_step(self) -> bool:
        """Tell whether a Diagnose echo (`00 00` + fresh bytes) comes back as it was sent."""
        self._count = (self._count + 1) & 0xFFFF
        fresh = bytes((0x00, self._count >> 8, self._count & 0xFF, 0xA5, 0x5A))
        try:
            return await self.command(DIAGNOSE, fresh, b"", ANSWER_MS, False, True) == fresh
        except CommandError as error:
            self._note(error)
            return False
        except LinkError:
            return False

    def _note(self, error: Exception) -> None:
        """Note for a LostError whether a command was acknowledged, though not answered."""
        if isinstance(error, CommandError) and not isinstance(error, NoAckError):
            self._acked = True

    async def _wake(self) -> None:
        """Wake the chip at each speed, twice, with a reset in between where RSTPDN is wired."""
        self._acked = False
        for _ in range(2):
            for baudrate in self._link.speeds or (0,):
                if baudrate:
                    await self._link.set_baudrate(baudrate)
                if await self._woken() and await self._in_step():
                    self.baudrate = baudrate
                    return
            await self._link.reset()
        raise LostError(self._acked)

    async def _woken(self) -> bool:
        """Wake the chip and configure it; tell whether it answered to that."""
        try:
            await self._link.wakeup()
        except OSError:
            return False
        return await self._configured()

    async def _configured(self) -> bool:
        """Abort, and end the low-battery mode; tell whether the chip answered to that."""
        try:
            await self._abort()
            await self.command(_SAM_CONFIGURATION, _SAM_NORMAL, b"", ANSWER_MS, False, True)
        except CommandError as error:
            self._note(error)
            return False
        except (LinkError, OSError):
            return False
        return True

    async def _speed_up(self) -> None:
        """Go to the link's fast speed; back to the slow one if the chip does not answer there."""
        if not self._link.speeds or self.baudrate == self._link.speeds[-1]:
            return
        fast = self._link.speeds[-1]
        code = bytes((_BAUD_CODES[fast],))
        try:
            await self.command(_SET_SERIAL_BAUD_RATE, code, b"", ANSWER_MS, True, True)
        except RejectedError:
            return  # it speaks no other speed
        except CommandError:
            await self._wake()  # at whatever speed it answers, that is good enough
            return
        await self._write(frame.ACK)  # at the old speed: makes the chip change
        await self._clock.sleep_ms(2)
        await self._link.set_baudrate(fast)
        self.baudrate = fast
        if not await self._in_step():
            await self._wake()

    def _deadline(self, ms: int) -> int:
        return self._clock.ticks_add(self._clock.ticks_ms(), ms)
