# mypy: ignore-errors
"""The compared drivers, each behind the same few calls, on an SPI bus of the emulator.

    d = Driver(board)         constructs the driver, as its README says; `board` has `bus`,
                              `select`, `irq`, `clock` and `lsb_first`
    await d.open()            its further steps before the first card
    await d.find(kind)        its own call for a card of "A", "B" or "F", and its result
    await d.activate(kind)    the same by any of its calls; returns the target's number
    await d.exchange(tg, apdu, size)   the answer of `size` bytes, or the driver's own result
    await d.again()           the caller's last resort when nothing works any more

This file holds no code of the other drivers: it imports them from their checkouts.
"""

_BRTY = {"A": 0, "F": 1, "B": 3}
_INITIATOR_DATA = {"A": b"", "F": b"\x00\xff\xff\x01\x00", "B": b"\x00"}
_LIST = 0x4A
_EXCHANGE = 0x40
_REPORT = 64  # more than any report of one card


class Clock:
    """`time` for drivers that block, on the board's clock."""

    def __init__(self, clock):
        self._pass_us = clock.pass_us
        self.ticks_ms = clock.ticks_ms
        self.ticks_diff = clock.ticks_diff

    def sleep(self, seconds):
        self._pass_us(int(seconds * 1_000_000))

    def sleep_ms(self, ms):
        self._pass_us(ms * 1_000)

    def sleep_us(self, us):
        self._pass_us(us)


class Ours:
    """This repository's driver."""

    def __init__(self, board):
        import pn532
        from pn532.spi import SPI

        self._types = {"A": pn532.TYPE_A, "B": pn532.TYPE_B, "F": pn532.TYPE_F}
        self.chip = pn532.PN532(
            SPI(
                board.bus,
                board.select,
                irq=board.irq,
                lsb_first=board.lsb_first,
                clock=board.clock,
            )
        )

    async def open(self):
        await self.chip.open()
        await self.chip.rf_retries(1)

    async def find(self, kind):
        return await self.chip.in_list_passive_target(1, self._types[kind])

    async def activate(self, kind):
        found = await self.find(kind)
        return found[0].tg if found else None

    async def exchange(self, tg, apdu, size, timeout_ms=5500):
        return bytes(await self.chip.in_data_exchange(tg, apdu, timeout_ms))

    async def again(self):
        await self.open()


class Petrkr:
    """petrkr/micropython-pn532."""

    def __init__(self, board):
        from pn532.transports import spi

        import pn532

        pn532.time = spi.time = Clock(board.clock)
        self.chip = pn532.PN532(spi.SPITransport(board.bus, board.select))

    async def open(self):
        self.chip.configure_sam()

    async def find(self, kind):
        return self.chip.read_tag(card_baud=_BRTY[kind])

    async def activate(self, kind):
        params = bytes((1, _BRTY[kind])) + _INITIATOR_DATA[kind]
        found = self.chip._call_function(_LIST, _REPORT, params)
        return found[1] if found and found[0] else None

    async def exchange(self, tg, apdu, size, timeout_ms=5500):
        return self.chip.in_data_exchange(apdu, size, timeout_ms / 1000, tg)

    async def again(self):
        self.chip.reset()
        self.chip.configure_sam()


class Carglglz:
    """Carglglz/NFC_PN532_SPI."""

    def __init__(self, board):
        import NFC_PN532

        NFC_PN532.time = Clock(board.clock)
        self.chip = NFC_PN532.PN532(board.bus, board.select)

    async def open(self):
        self.chip.get_firmware_version()
        self.chip.SAM_configuration()

    async def find(self, kind):
        return self.chip.read_passive_target(card_baud=_BRTY[kind])

    async def activate(self, kind):
        params = bytes((1, _BRTY[kind])) + _INITIATOR_DATA[kind]
        found = self.chip.call_function(_LIST, _REPORT, params)
        return found[1] if found and found[0] else None

    async def exchange(self, tg, apdu, size, timeout_ms=5500):
        answer = self.chip.call_function(_EXCHANGE, size + 1, bytes((tg,)) + apdu, timeout_ms)
        if answer is not None and answer[0]:
            return "status %02x, for its caller to look at" % answer[0]
        return None if answer is None else answer[1:]

    async def again(self):
        self.chip._wakeup()
        self.chip.SAM_configuration()


DRIVERS = {"ours": Ours, "petrkr": Petrkr, "carglglz": Carglglz}
