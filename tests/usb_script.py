"""A pipe to a scripted reader on USB, for the tests of `pasori`. Runs under both interpreters."""

from both import Clock
from isodep import pcd_of
from pasori import LostError, port100
from pasori.rcs300 import RCS300
from pasori.rcs380 import RCS380
from reader_script import ATR, OK, says

ATQB = "50DEADBEEF000000000081B1"  # FSC 128, FWI 11, a CID is supported
NOBODY = "C003016401"


def block(text):
    """Return what an RC-S300 says when the card answers this block, as hex digits."""
    return OK + "920100" + "96020000" + "97%02x" % (len(text) // 2) + text


def framed(text):
    """Return the frame of an RC-S380's answer given as hex digits, put together by hand."""
    data = bytes.fromhex(text)
    head = bytes((len(data) & 0xFF, len(data) >> 8))
    return (
        b"\x00\x00\xff\xff\xff"
        + (head + bytes((-sum(head) & 0xFF,)))
        + (data + bytes((-sum(data) & 0xFF, 0)))
    )


def air(text, status="00000000"):
    """Return an RC-S380's answer to InCommRF, as hex digits."""
    return "D705" + status + ("08" + text if status == "00000000" else "")


class Pipe:
    """What `pasori.usb.Pipe` wants. `answer(data)`: the transfers that follow one."""

    def __init__(self, clock, answer):
        """Begin with nothing to read."""
        self.clock = clock
        self.answer = answer
        self.sent = []
        self.came = []
        self.given = []  # the bytearrays that were read
        self.plugged = True

    async def write(self, data):
        """Send one transfer."""
        if not self.plugged:
            raise LostError
        self.sent.append(bytes(data))
        self.came += self.answer(bytes(data))

    async def read(self, timeout_ms):
        """Return the next transfer, or None."""
        if not self.plugged:
            raise LostError
        if not self.came:
            self.clock.now += timeout_ms
            return None
        data = bytearray(self.came.pop(0))
        self.given.append(data)
        return data

    def clear(self):
        """Drop what has come."""
        self.came = []


class Script:
    """A reader that answers well, but for what `special` has for commands to a card."""

    def __init__(self):
        """Begin without anything special: functions of (message or data) -> transfers."""
        self.special = []
        self.here = True
        self.atqb = ATQB

    def rcs300(self, message):
        """Answer a message as an RC-S300."""
        command, seq = message[10:], message[6]
        if message[0] != 0x6B:
            return []
        if command[3] == 1 and command[4] == 0 and self.special:
            return self.special.pop(0)(seq)
        text = OK
        if command[3] == 2:
            text = OK + ATR if self.here else NOBODY
        elif command[3] == 1 and command[4] == 0:
            text = block("%02x02" % command[-9] + "63C5")  # with the number that was asked
        return [says(text, seq)]

    def rcs380(self, frame):
        """Answer a frame as an RC-S380."""
        if frame == port100.ACK:
            return []
        data = frame[8:-2]
        text = "D7%02x00" % (data[1] + 1)
        if data[1] == 0x20:
            text = "D7211101"
        elif data[1] == 0x04:
            asked = data[4:]
            if asked[0] == 0x05:
                text = air(self.atqb) if self.here else air("", "80000000")
            elif asked[0] == 0x1D:
                text = air("00")
            elif self.special:
                return self.special.pop(0)(data)
            else:
                text = air("%02x" % asked[0] + "63C5")
        return [port100.ACK, framed(text)]


def make(kind):
    """Return (driver, pipe, script) of an RC-S300 or RC-S380: "rcs300", "rcs380"."""
    clock, script = Clock(), Script()
    pipe = Pipe(clock, getattr(script, kind))
    driver = RCS300 if kind == "rcs300" else RCS380
    return driver(pipe, iso_dep=pcd_of, clock=clock), pipe, script
