"""The contactless half of the chip: its registers, one frame out and one in, the search for cards.

Times by docs/pn532.md: 94.4 µs a byte at 106 kbit/s, TR0 + TR1 at least 170 µs, at least 500 µs
before the next command, 5 ms of field before the first. Methods that take time are generators:
they yield the microseconds that pass and return their result.

To find Type B cards the chip sends a REQB for one slot. If two cards answer at once, it sends one
for sixteen slots, and the Slot-MARKERs. The real chip's order of slots is not known [I].
"""

from ..air.crc import checked, crc_a, crc_b

OK = 0x00
TIMEOUT = 0x01
CRC_ERROR = 0x02

TX_MODE, RX_MODE, TX_CONTROL, FIFO_DATA = 0x6302, 0x6303, 0x6304, 0x6339
CRC_ON = 0x80
FRAMING = {0x00: "A", 0x02: "F", 0x03: "B"}  # bits 0 and 1 of TX_MODE and RX_MODE
MODES = {"A": 0x80, "F": 0x92, "B": 0x83}

TR0_TR1_US = 170
GAP_US = 500
FIELD_US = 5_000
ATQB_TIMEOUT_US = 600  # 7680 / 13.56 MHz, with a little to spare
DELTA_FWT_US = 3_625  # 49152 / 13.56 MHz
ROUNDS = 4  # of sixteen slots, until no two cards choose the same
SENSE_US = 5_000  # REQA and selection, or a FeliCa poll, as a whole [I]


def air_us(count: int) -> int:
    """Return the time of `count` bytes at 106 kbit/s in µs."""
    return count * 944 // 10


class Radio:
    """The transmitter and the receiver, as RFConfiguration has set them."""

    def __init__(self, field) -> None:
        """Work on `field`."""
        self.field = field
        self.com_retries = 0  # MaxRtyCOM
        self.activation_retries = 0xFF  # MxRtyPassiveActivation, FF for ever
        self.thru_timeout = 0x0A  # fRetryTimeout: 100 µs * 2^(n - 1), 0 for ever
        self._registers = {}
        self._quiet_until = 0

    def read(self, address: int) -> int:
        """Return a register; most return the last value written, 00 at first."""
        if address == TX_CONTROL:
            return self._registers.get(address, 0x80) & 0xFC | (0x03 if self.field.on else 0)
        return self._registers.get(address, 0x00)

    def write(self, address: int, value: int) -> None:
        """Set a register. Framing and CRC of TX_MODE and RX_MODE take effect; others are kept."""
        self._registers[address] = value

    def tune(self, kind: str) -> None:
        """Set framing and CRC for cards of `kind`."""
        self.write(TX_MODE, MODES[kind])
        self.write(RX_MODE, MODES[kind])

    def thru_timeout_us(self):
        """Return the time-out of InCommunicateThru in µs, or None for none."""
        return 100 << (self.thru_timeout - 1) if self.thru_timeout else None

    def start(self):
        """Switch the field on if it is off, and let the cards wake."""
        if not self.field.on:
            self.field.switch(True)
            yield FIELD_US

    def exchange(self, data: bytes, timeout_us):
        """Send `data`, return (status, answer); CRCs as the registers say."""
        kind = FRAMING.get(self.read(TX_MODE) & 0x03)
        crc = crc_b if kind == "B" else crc_a
        frame = data + crc(data) if self.read(TX_MODE) & CRC_ON else data
        self._registers[FIFO_DATA] = data[0]
        if self._quiet_until > self.field.now_us:
            yield self._quiet_until - self.field.now_us
        yield air_us(len(frame))
        changes = self.field.changes
        answer, delay_us = self.field.transmit(frame, kind)
        began_us = self.field.now_us
        if answer is not None and (timeout_us is None or delay_us <= timeout_us):
            yield TR0_TR1_US + delay_us + air_us(len(answer))
            if changes == self.field.changes:  # the card is still there
                self._quiet_until = self.field.now_us + GAP_US
                return self._received(answer, crc)
        yield None if timeout_us is None else max(0, began_us + timeout_us - self.field.now_us)
        return TIMEOUT, b""

    def _received(self, answer, crc):
        if not self.read(RX_MODE) & CRC_ON:
            return OK, answer
        data = checked(answer, crc)
        return (CRC_ERROR, b"") if data is None else (OK, data)

    def request_b(self, afi: int, wakeup: bool, most: int):
        """Return the ATQBs (12 bytes each) of up to `most` cards in IDLE (HALT too on wake-up)."""
        self.tune("B")
        param = 0x08 if wakeup else 0x00
        status, atqb = yield from self.exchange(bytes((0x05, afi, param)), ATQB_TIMEOUT_US)
        found = [atqb] if status == OK and _is_atqb(atqb) else []
        rounds = ROUNDS
        while status == CRC_ERROR and rounds:
            rounds -= 1
            found, collided = yield from self._slots(bytes((0x05, afi, param | 0x04)), most)
            if not collided:
                break
        return found

    def _slots(self, frame, most):
        # One REQB for sixteen slots, and the markers for the other fifteen.
        found = []
        collided = False
        for slot in range(1, 17):
            status, atqb = yield from self.exchange(frame, ATQB_TIMEOUT_US)
            if status == OK and _is_atqb(atqb):
                found.append(atqb)
                if len(found) == most:
                    return found, False
            collided = collided or status == CRC_ERROR
            frame = bytes((slot << 4 & 0xF0 | 0x05,))
        return found, collided

    def sense_a(self, most: int):
        """Return up to `most` Type A cards, selected."""
        self.tune("A")
        self._registers[FIFO_DATA] = 0x26
        yield SENSE_US
        found = []
        for card in self.field.sense("A"):
            if len(found) < most and card.select():
                found.append(card)
        return found

    def sense_f(self, system_code: bytes, request: int, most: int):
        """Return the SENSF_RES (without length) of up to `most` Type F cards."""
        self.tune("F")
        yield SENSE_US
        answers = [card.poll(system_code, request) for card in self.field.sense("F")]
        return [answer for answer in answers if answer is not None][:most]


def _is_atqb(data):
    return len(data) >= 12 and data[0] == 0x50
