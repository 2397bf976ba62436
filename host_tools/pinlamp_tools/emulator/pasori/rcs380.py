"""The RC-S380 as a USB device: frames of the Port-100, and bare frames through the air [W].

This is the emulator's own idea of them, and not the library's. What it answers to a frame with
wrong sums is not known [?]: this one sends an error frame. The guard time is taken for
milliseconds, and the field goes on with the first frame after it was off [I]. Of the settings,
only those that matter to these cards do something.
"""

from ..chip.radio import OK, TIMEOUT, Radio
from .usb import Usb

ACK = b"\x00\x00\xff\x00\xff\x00"
ERROR = b"\x00\x00\xff\xff\xff"
ACK_US = 300  # [I]
OWN_US = 300  # for what it does on its own [I]
KINDS = {b"\x03\x07\x0f\x07": "B", b"\x02\x03\x0f\x03": "A", b"\x01\x01\x0f\x01": "F"}
SETTINGS = 0x14  # how many there are
GUARD_TIME, ADD_CRC, CHECK_CRC, BITS = 0x00, 0x01, 0x02, 0x07
B_NEEDS = (ADD_CRC, CHECK_CRC, 0x09, 0x0A, 0x0B, 0x0C)  # CRC, SOF and EOF
PARAMETER, COMMAND_TYPE = 0x01, 0x07
TIMED_OUT, CRC = 0x80, 0x04
VERSION, DATA_VERSION = b"\x11\x01", b"\x00\x01"
SHORTEST = 10


def frame(data: bytes) -> bytes:
    """Return the frame of `data`."""
    size = len(data).to_bytes(2, "little")
    sums = -sum(size) & 0xFF, -sum(data) & 0xFF
    return ERROR + size + bytes((sums[0],)) + data + bytes((sums[1], 0))


def data_of(sent: bytes) -> "bytes | None":
    """Return the data of a frame, or None if it is none."""
    size = int.from_bytes(sent[5:7], "little")
    if sent[:5] != ERROR or len(sent) != size + SHORTEST or not size or sent[-1]:
        return None
    if sum(sent[5:8]) & 0xFF or sum(sent[8:-1]) & 0xFF:
        return None
    return sent[8:-2]


class RCS380(Usb):
    """An RC-S380/S over `field`."""

    pid = 0x06C1
    interfaces = ((0, 0xFF, 0x81, 0x02),)

    def _reset(self):
        self.field.switch(False)
        self.radio = Radio(self.field)
        self._kind = None
        self._set = bytearray(SETTINGS)
        self._has_type = False
        self._short = False
        self._code = 0

    def command_of(self, message: bytes) -> "bytes | None":
        """Return the command in a message from the host, its code first, or None."""
        data = data_of(message)
        return None if data is None else data[1:]

    def shorten(self) -> None:
        """Tell the next card that frames have 16 bytes, whatever the host says."""
        self._short = True

    def _hear(self, message, now_us):
        self._cancel()  # it stops what it is at; what is ready stays for the host
        self.drop_after(now_us)
        if message == ACK:
            return
        data = data_of(message)
        if data is None or data[0] != 0xD6 or len(data) < 2:
            self.say(ERROR, now_us + ACK_US)
            return
        self.say(ACK, now_us + ACK_US)
        self._due_us = now_us + ACK_US + OWN_US
        self._code = data[1]
        self._job = self._run(data[1], data[2:])

    def _done(self, result):
        self.say(frame(bytes((0xD7, self._code + 1)) + result), self._due_us)

    def _run(self, code, data):
        yield 0
        if code in (0x20, 0x22):
            return VERSION if code == 0x20 else DATA_VERSION
        if code == 0x2A and len(data) == 1:
            self._has_type = data == b"\x01"
            return b"\x00" if self._has_type else bytes((PARAMETER,))
        if not self._has_type:
            return bytes((COMMAND_TYPE,))
        if code == 0x06 and data in (b"\x00", b"\x01"):
            self.field.switch(data == b"\x01")
            return b"\x00"
        if code == 0x00 and data in KINDS:
            self._kind = KINDS[data]
            self.radio.tune(self._kind)
            return b"\x00"
        if code == 0x02 and data and not len(data) % 2:
            for at in range(0, len(data), 2):
                if data[at] >= SETTINGS:
                    return bytes((PARAMETER,))
                self._set[data[at]] = data[at + 1]
            return b"\x00"
        if code == 0x04 and len(data) > 2 and self._kind:
            timeout_us = (data[0] | data[1] << 8) * 100
            status, answer = yield from self._through(data[2:], timeout_us)
            tail = b"\x08" + answer if not status else b""
            return status.to_bytes(4, "little") + tail
        return bytes((PARAMETER,))

    def _through(self, data, timeout_us):
        """Send `data` through the air; return the status and what was answered."""
        if not self.field.on:
            self.field.switch(True)
            yield self._set[GUARD_TIME] * 1000
        if self._kind == "B":
            if not all([self._set[one] == 1 for one in B_NEEDS]):
                return TIMED_OUT, b""
            if self._short and data[0] == 0x1D and len(data) > 6:
                data = data[:6] + bytes((data[6] & 0xF0,)) + data[7:]
            status, answer = yield from self.radio.exchange(data, timeout_us)
            status = {OK: 0, TIMEOUT: TIMED_OUT}.get(status, CRC)
            return status, answer
        answers = yield from self._sense(data)
        if not answers:
            yield timeout_us
            return TIMED_OUT, b""
        return (CRC if len(answers) > 1 else 0), answers[0]

    def _sense(self, data):
        """Return what cards of Type A or F answer: the first frame to them is all there is."""
        if self._kind == "A":
            cards = yield from self.radio.sense_a(2)
            short = data == b"\x26" and self._set[BITS] == 7 and not self._set[ADD_CRC]
            return [card.sens_res for card in cards] if short else []
        answers = yield from self.radio.sense_f(data[2:4], data[4], 2)
        return [bytes((len(one) + 1,)) + one for one in answers]
