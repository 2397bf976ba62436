"""The module's commands: what each takes, does and answers (PC/SC part 3 with Sony's numbers) [W].

`Commands.run` is a generator: it yields the microseconds that pass and returns the answer's data,
the outer SW included. Not modelled: layers of activation, RF speeds.

Over USB the INS is 50; a card gets the FSDI and the CID that SetParameters says, and lengths may
have two bytes [H]. Who does ISO-DEP there is never forgotten [I]; as long as nobody says it, the
host does [H].

Two cards of Type B at once: what the real module does is not known [?]. This one does not resolve
the collision and says that the air is disturbed. What the activation of a card of Type A or F
answers is not known either: this one tells the card's number, which must go no further.
"""

from ..chip.pcd import FSDI
from ..chip.radio import ATQB_TIMEOUT_US, CRC_ERROR, OK, TIMEOUT, Radio
from ..chip.targets import TargetB
from .objects import ended, objects, received

OWN_US = 2_000  # for what it does on its own [I]
DONE = b"\x90\x00"
NO_SUCH_INS, WRONG_LENGTH, WRONG_STATE = b"\x6d\x00", b"\x67\x00", b"\x69\x85"
DISTURBED, STOPPED, NO_CARD, SESSION, UNSUPPORTED = 0x6300, 0x6301, 0x6401, 0x698A, 0x6A81
REPEATS = 2  # by R(NAK), in its own ISO-DEP [I]

INS, INS_USB = 0xC2, 0x50
PARAMETERS, FSDI_IS, CID_IS = 0xFF6E, b"\x01\x01", b"\x08\x01"
READER_DOES_ISO_DEP, HOST_DOES_ISO_DEP = b"\x00\x0c", b"\x00\x1c"
VERSION = b"\x00\x01" + bytes(16)


class Commands:
    """The state behind the commands: the session, the flags, the card."""

    def __init__(self, field, usb: bool = False) -> None:
        """Set everything as after a reset, field off."""
        self._usb = usb
        self._ins = INS_USB if usb else INS
        self.radio = Radio(field)
        self.radio.com_retries = REPEATS
        self.session = False
        self.fsdi = FSDI  # what a card is told: the longest frame on the air, either way
        self._flags = HOST_DOES_ISO_DEP if usb else None
        self._target = None

    def looks(self, data: bytes) -> bool:
        """Tell whether a command looks for a card."""
        return data[:2] == bytes((0xFF, self._ins)) and data[3:4] == b"\x02"

    def run(self, data: bytes):
        """Run the command `data`; see the module's text."""
        yield OWN_US
        if data in (b"\xff\x55\x00\x00", b"\xff\x56\x00\x00"):
            return DONE if data[1] == 0x55 else VERSION + DONE
        if data[:3] != bytes((0xFF, self._ins, 0x00)) or len(data) < 5:
            return NO_SUCH_INS
        begin, size, le = 5, data[4], 1
        if self._usb and not size and len(data) > 7:
            begin, size, le = 7, data[5] << 8 | data[6], 3
        end = begin + size
        try:
            found = objects(data[begin:end])
        except ValueError:
            return WRONG_LENGTH
        if end > len(data) or le == 3 and len(data) == end + 2:  # a Le of two bytes [H]
            return WRONG_LENGTH
        beyond = data[end + le :]  # behind Le there has to be nothing
        if data[3] == 0x00:
            return self._manage(found) + DONE
        if not self.session:
            return WRONG_STATE
        if data[3] == 0x01:
            return (yield from self._exchange(found, beyond)) + DONE
        if data[3] == 0x02:
            return (yield from self._look(found)) + DONE
        return NO_SUCH_INS

    def _manage(self, found):
        (tag, _), *_ = found or [(0, b"")]
        if tag == 0x81:
            if self.session:
                return ended(SESSION, 1)
            self.session = True
        elif tag == 0x82:
            self.session = False
            self._target = None
            if not self._usb:
                self._flags = None
            self.radio.field.switch(False)
        elif tag in (0x83, 0x84):
            self.radio.field.switch(tag == 0x84)
            if tag == 0x83:
                self._target = None
        else:
            return ended(UNSUPPORTED, 1)
        return ended(0x9000)

    def _look(self, found):
        self._target = None
        cid, kind = 0, b""
        for tag, value in found:
            if tag == PARAMETERS and value[:2] == CID_IS:
                cid = value[2]
            elif tag == 0x8F:
                kind = value
            elif tag != PARAMETERS or value[:2] != FSDI_IS:
                return ended(UNSUPPORTED, 1)
        radio = self.radio
        if not radio.field.on:
            yield from radio.start()
        if kind == b"\x01\x04":
            return (yield from self._activate_b(cid))
        if kind == b"\x00\x03":
            cards = yield from radio.sense_a(1)
            names = [card.uid for card in cards]
        elif kind == b"\x03\x03":
            names = yield from radio.sense_f(b"\xff\xff", 0, 1)
        else:
            return ended(UNSUPPORTED, 1)
        if not names:
            return ended(NO_CARD, 1)
        return ended(0x9000) + b"\x5f\x51" + bytes((len(names[0]),)) + names[0]

    def _activate_b(self, cid):
        radio = self.radio
        radio.tune("B")
        # WUPB, so that also a card in HALT answers [I]
        status, atqb = yield from radio.exchange(b"\x05\x00\x08", ATQB_TIMEOUT_US)
        if status or len(atqb) < 12 or atqb[0] != 0x50:
            return ended(DISTURBED if status == CRC_ERROR else NO_CARD, 1)
        target = TargetB(radio, cid, 0, atqb, self.fsdi)
        status = yield from target.activate()
        if status:
            return ended(NO_CARD, 1)
        self._target = target
        body = b"\x88\x80\x01" + atqb[5:12] + bytes((target.report[-1] & 0xF0,))
        tck = 0
        for byte in body:
            tck ^= byte
        atr = b"\x3b" + body + bytes((tck,))
        return ended(0x9000) + b"\x5f\x51" + bytes((len(atr),)) + atr

    def _exchange(self, found, beyond):
        timeout_us, number = 0, 0
        for number, (tag, value) in enumerate(found, 1):
            if tag == 0x90:
                self._flags = value
            elif tag == 0x5F46 and len(value) == 4:
                timeout_us = int.from_bytes(value, "little")
            elif tag == 0x95:
                return (yield from self._carry(value + beyond, timeout_us, number))
            else:
                return ended(UNSUPPORTED, number)
        return ended(0x9000)

    def _carry(self, data, timeout_us, number):
        """Carry `data` to the card. Whatever lay behind a query is in it, as an entry of a PIN."""
        if self._target is None or not timeout_us:
            return ended(NO_CARD, number)
        if self._flags == HOST_DOES_ISO_DEP:
            job = self.radio.exchange(data, timeout_us)
        elif self._flags == READER_DOES_ISO_DEP:
            job = self._target.exchange(data, True)
        else:
            return ended(UNSUPPORTED, number)
        status, answer = yield from self._within(job, timeout_us)
        if status == OK:
            return ended(0x9000) + received(answer)
        self._target = None if self._flags == READER_DOES_ISO_DEP else self._target
        if status == CRC_ERROR:
            return ended(0x9000) + received(b"", 0x01)
        sw = {None: STOPPED, TIMEOUT: NO_CARD}.get(status, DISTURBED)
        return ended(sw, number)

    def _within(self, job, timeout_us):
        """Run `job` for at most `timeout_us`; (None, b"") if it takes longer."""
        ends_us = self.radio.field.now_us + timeout_us
        while True:
            try:
                wait_us = next(job)
            except StopIteration as end:
                return end.value
            left_us = ends_us - self.radio.field.now_us
            if wait_us is None or wait_us > left_us:
                yield max(0, left_us)
                job.close()
                return None, b""
            yield wait_us
