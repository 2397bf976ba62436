"""The PN532's commands: what each takes, does and answers (UM0701-02 as quoted in docs/pn532.md).

A handler gets the bytes after the command code and returns the bytes after the answer's code. A
handler that takes time is a generator: it also yields the microseconds that pass (None: until
aborted). Senseless bytes raise BadSyntax: the chip then answers with the error frame.

Not modelled; the chip answers with the error frame: target mode, NFCIP-1 (InATR, InJumpForDEP,
…), InAutoPoll, GPIO, RFRegulationTest. Jewel cards neither: BrTy 04 finds nothing.
"""

from .radio import OK, Radio
from .targets import find_a, find_b, find_f

FIRMWARE = b"\x32\x01\x06\x07"
BAUDRATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1288000)
LONGEST_ANSWER = 262  # card data in one answer: 264 less the code and the status
WRONG_CONTEXT = 0x27
MORE = 0x40

ATTEMPT_GAP_US = 5_000  # between two attempts at finding a card [I]
RELEASE_ALL = 0x00
RF_ITEMS = {0x01: 1, 0x02: 3, 0x04: 1, 0x05: 3, 0x0A: 11, 0x0B: 8, 0x0C: 3, 0x0D: 9}


class BadSyntax(Exception):
    """The chip does not accept the bytes of a command."""


class Commands:
    """The state behind the commands: the radio, the listed targets, the modes."""

    def __init__(self, field) -> None:
        """Set everything as after a reset, field off."""
        self.radio = Radio(field)
        self.normal = False  # SAMConfiguration has ended the low-battery mode
        self.mute = False  # in which it does not answer what concerns a card: no error frame
        self.irq = True  # P70_IRQ is driven; after a reset too [I]
        self.sleepy = False  # PowerDown was answered
        self.next_baudrate = None  # takes effect with the host's ACK
        self._targets = {}
        self._parts = {}  # target number -> answer bytes still to be fetched
        self._error = 0
        self._table = {
            0x00: self.diagnose,
            0x02: self.get_firmware_version,
            0x04: self.get_general_status,
            0x06: self.read_register,
            0x08: self.write_register,
            0x10: self.set_serial_baud_rate,
            0x12: self.set_parameters,
            0x14: self.sam_configuration,
            0x16: self.power_down,
            0x32: self.rf_configuration,
            0x40: self.in_data_exchange,
            0x42: self.in_communicate_thru,
            0x44: self.in_deselect,
            0x4A: self.in_list_passive_target,
            0x52: self.in_release,
            0x54: self.in_select,
        }

    def run(self, code: int, data: bytes):
        """Start command `code`; see the module's text for what comes back."""
        # In low-battery mode the chip sends nothing to a card; the error frame is [I].
        if code not in self._table or code >= 0x32 and not self.normal:
            if self.mute:
                return _never()
            raise BadSyntax
        return self._table[code](data)

    def diagnose(self, data: bytes) -> bytes:
        """Test 00 echoes up to 262 bytes and the test's number; ROM, RAM, antenna pass."""
        _need(len(data) >= 1)
        if data[0] == 0x00:
            return bytes(data)
        if data[0] == 0x06:
            # The attention request, unreliable on the real chip: "gone", as nothing better
            # is known.
            return b"\x01"
        _need(data[0] in (0x01, 0x02, 0x04, 0x07))
        return b"\x00"

    def get_firmware_version(self, data: bytes) -> bytes:
        """IC, version, revision, and what it supports (bit 1: Type B)."""
        _need(not data)
        return FIRMWARE

    def get_general_status(self, data: bytes) -> bytes:
        """Return the last error, external field, targets with their rates, SAM status."""
        _need(not data)
        answer = bytes((self._error, 0x00, len(self._targets)))
        for number in sorted(self._targets):
            target = self._targets[number]
            answer += bytes((number,)) + target.rates + bytes((target.kind,))
        return answer + b"\x80"

    def read_register(self, data: bytes) -> bytes:
        """One byte for each address of two."""
        _need(data and len(data) % 2 == 0)
        return bytes(self.radio.read(data[i] << 8 | data[i + 1]) for i in range(0, len(data), 2))

    def write_register(self, data: bytes) -> bytes:
        """Address of two bytes and value, any number of times."""
        _need(data and len(data) % 3 == 0)
        for i in range(0, len(data), 3):
            self.radio.write(data[i] << 8 | data[i + 1], data[i + 2])
        return b""

    def set_serial_baud_rate(self, data: bytes) -> bytes:
        """Code 0 to 8; the answer and the host's ACK still pass at the old speed."""
        _need(len(data) == 1 and data[0] < len(BAUDRATES))
        self.next_baudrate = BAUDRATES[data[0]]
        return b""

    def set_parameters(self, data: bytes) -> bytes:
        """Take the flags; none of them changes this model."""
        _need(len(data) == 1)
        return b""

    def sam_configuration(self, data: bytes) -> bytes:
        """Take mode 1 to 4 and leave the low-battery mode."""
        _need(1 <= len(data) <= 3 and 1 <= data[0] <= 4)
        self.normal = True
        if len(data) == 3:
            self.irq = bool(data[2] & 0x01)
        return b""

    def power_down(self, data: bytes) -> bytes:
        """Sleep after the answer; the field goes off and the targets are forgotten."""
        _need(1 <= len(data) <= 2)
        self._forget()
        self.radio.field.switch(False)
        self.sleepy = True
        return b"\x00"

    def rf_configuration(self, data: bytes) -> bytes:
        """Items 01 field, 02 time-outs, 04 and 05 retries; analogue settings have no effect."""
        _need(len(data) > 1 and RF_ITEMS.get(data[0]) == len(data) - 1)
        if data[0] == 0x01:
            self.radio.field.switch(bool(data[1] & 0x01))
        elif data[0] == 0x02:
            _need(data[3] <= 16)
            self.radio.thru_timeout = data[3]
        elif data[0] == 0x04:
            self.radio.com_retries = data[1]
        elif data[0] == 0x05:
            self.radio.activation_retries = data[3]
        return b""

    def in_list_passive_target(self, data: bytes):
        """Look for cards as often as RFConfiguration item 5 says; `n`, then Tg, report of each."""
        _need(len(data) >= 2 and 1 <= data[0] <= 2 and data[1] <= 4)
        most, rate, data = data[0], data[1], data[2:]
        _need(rate not in (1, 2) or len(data) == 5)
        _need(rate != 3 or len(data) == 1 or len(data) == 2 and data[1] <= 1)
        self._forget()
        yield from self.radio.start()
        attempts = self.radio.activation_retries + 1
        while attempts:
            if rate == 0:
                found = yield from find_a(self.radio, most)
            elif rate == 3:
                found = yield from find_b(self.radio, most, data[0])
            elif rate == 4:
                found = []
            else:
                found = yield from find_f(self.radio, most, data)
            if found:
                break
            yield ATTEMPT_GAP_US
            if self.radio.activation_retries != 0xFF:
                attempts -= 1
        answer = bytes((len(found),))
        for i, target in enumerate(found):
            self._targets[i + 1] = target
            answer += bytes((i + 1,)) + target.report
        return answer

    def in_data_exchange(self, data: bytes):
        """Tg (bit 6: more of the command follows), data; status (bit 6: more to fetch), data."""
        _need(data)
        number = data[0] & ~MORE
        if number not in self._targets:
            return bytes((self._status(WRONG_CONTEXT),))
        answer = self._parts.pop(number, b"")
        if not answer or len(data) > 1:
            exchange = self._targets[number].exchange(data[1:], not data[0] & MORE)
            status, answer = yield from exchange
            if self._status(status):
                return bytes((status,))
        answer, rest = answer[:LONGEST_ANSWER], answer[LONGEST_ANSWER:]
        if rest:
            self._parts[number] = rest
        return bytes((MORE if rest else OK,)) + answer

    def in_communicate_thru(self, data: bytes):
        """Send one frame, with the CRC the registers ask for; status and the bytes received."""
        _need(data)
        yield from self.radio.start()
        status, answer = yield from self.radio.exchange(data, self.radio.thru_timeout_us())
        return bytes((self._status(status),)) + answer[:LONGEST_ANSWER]

    def in_deselect(self, data: bytes):
        """Put one target, or all with Tg 00, to sleep; they stay listed."""
        status = yield from self._each(data, lambda target: target.deselect())
        return bytes((status,))

    def in_release(self, data: bytes):
        """Put one target, or all with Tg 00, to sleep and forget them."""
        status = yield from self._each(data, lambda target: target.deselect())
        if data[0] == RELEASE_ALL:
            self._forget()
        elif data[0] in self._targets:
            del self._targets[data[0]]
        return bytes((status,))

    def in_select(self, data: bytes):
        """Wake a target that was deselected."""
        _need(len(data) == 1)
        if data[0] not in self._targets:
            return bytes((self._status(WRONG_CONTEXT),))
        status = yield from self._targets[data[0]].select()
        return bytes((self._status(status),))

    def _each(self, data, action):
        _need(len(data) == 1)
        if data[0] == RELEASE_ALL:
            numbers = sorted(self._targets)
        elif data[0] in self._targets:
            numbers = [data[0]]
        else:
            return self._status(WRONG_CONTEXT)
        worst = OK
        for number in numbers:
            self._parts.pop(number, None)
            status = yield from action(self._targets[number])
            worst = worst or status
        return self._status(worst)

    def _status(self, status):
        self._error = status
        return status

    def _forget(self):
        self._targets = {}
        self._parts = {}


def _never():
    yield None


def _need(condition):
    if not condition:
        raise BadSyntax
