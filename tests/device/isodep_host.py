"""Under MicroPython: a host that does ISO/IEC 14443-4 itself, by InCommunicateThru of a PN532.

    micropython isodep_host.py

The driver is the real one; chip, field and card are the emulator's, on a virtual clock. For each
card the same APDUs run once undisturbed, then again and again with one frame, in either direction,
lost or damaged. Prints "ok CARD BLOCKS CASES"; status 1 if one went wrong.
"""

import asyncio
import sys

from wires import Wires

from isodep import NoAnswerError, Pcd, protocol_info
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.virtual import World
from pn532 import PN532, TYPE_B, StatusError

FIFO = 64  # bytes of a frame that InCommunicateThru carries; and what the chip tells the card
RF_CONFIGURATION = 0x32
LONGEST_TIME = 0x10  # 3.3 s, less than FWI 14 or many an extension
NOT_HEARD = (0x01, 0x02, 0x03, 0x05)  # time-out, CRC, parity, framing: nothing came, or damaged
LOST, MUTE, GARBLED, GARBLED_ANSWER = FATES = ("lost", "mute", "garbled", "garbled answer")
SELECT_JPKI = "00a4040c0ad392f000260100000001"
APDUS = [
    bytes.fromhex(apdu)
    for apdu in (
        SELECT_JPKI,
        "00a4020c02000a",  # a certificate, of which 258 bytes come in five parts
        "00b0000000",
        "00a4040c78" + 120 * "11",  # a name that no card has, in three parts
        SELECT_JPKI,
        "00a4020c020018",
        "00200080",
    )
]


class Desk:
    """A host, a PN532, and a card behind an air that fails at will."""

    def __init__(self, name, without_cid):
        """Lay a fresh card down, perhaps one that supports no CID."""
        self.world = World()
        self.world.install()
        self.field = Field()
        (self.card,) = cards.make(name, cards.Prng(1))
        if without_cid:
            info = self.card._info
            self.card._info = info[:6] + bytes((info[6] & 0xFE,))
        self.field.put([self.card])
        self.chip = PN532(Wires("hsu", self.world, Chip(self.field)).link())
        self.frames = 0
        self.fails_at = self.fate = None
        self.ran = []
        self._transmit, self.field.transmit = self.field.transmit, self._air
        self._process, self.card.icc.process = self.card.icc.process, self._run

    def _run(self, apdu):
        self.ran.append(bytes(apdu))
        return self._process(apdu)

    def _air(self, frame, kind):
        here, self.frames = self.frames, self.frames + 1
        fate = self.fate if here == self.fails_at else None
        if fate == LOST:
            return None, 0
        if fate == GARBLED:
            frame = frame[:-1] + bytes((frame[-1] ^ 0x10,))
        answer, delay_us = self._transmit(frame, kind)
        if answer is not None and fate == MUTE:
            return None, 0
        if answer is not None and fate == GARBLED_ANSWER:
            answer = bytes((answer[0] ^ 0x01,)) + answer[1:]
        return answer, delay_us

    async def activate(self):
        """Find the card; return a Pcd for it."""
        await self.chip.open()
        await self.chip.rf_retries(1)
        (target,) = await self.chip.in_list_passive_target(1, TYPE_B)
        info = protocol_info(target.atqb[9:])
        self.frames = 0
        cid = target.tg if info.cid else None  # the chip gives its own number for it
        return Pcd(min(info.fsc, FIFO), info.fwt_us, cid, fsd=FIFO)

    async def drive(self, pcd, block):
        """Bring a call of a Pcd to its end."""
        while block is not None:
            block = pcd.receive(await self.transceive(block, pcd.timeout_us))
        return pcd.answer

    async def transceive(self, block, timeout_us):
        """Send a block; return the card's, or None."""
        code = 1
        while 100 << code - 1 < timeout_us and code < LONGEST_TIME:
            code += 1
        await self.chip.command(RF_CONFIGURATION, bytes((0x02, 0x00, 0x0B, code)))
        try:
            return await self.chip.in_communicate_thru(block, 2 * timeout_us // 1000 + 100)
        except StatusError as error:
            if error.status not in NOT_HEARD:
                raise
            return None


async def visit(name, without_cid, fails_at=None, fate=None):
    """Ask a card everything; return (answers, frames on the air)."""
    desk = Desk(name, without_cid)
    pcd = await desk.activate()
    desk.fails_at, desk.fate = fails_at, fate
    answers = []
    await desk.drive(pcd, pcd.probe())
    for apdu in APDUS:
        answers.append(bytes(await desk.drive(pcd, pcd.exchange(apdu))))
        await desk.drive(pcd, pcd.probe())
    assert desk.ran == APDUS, [apdu.hex() for apdu in desk.ran]
    try:
        await desk.drive(pcd, pcd.deselect())
    except NoAnswerError:  # a card in HALT does not confirm it again
        assert fate in (MUTE, GARBLED_ANSWER) and fails_at == desk.frames - 4
    assert desk.card.state == "halt", desk.card.state
    assert desk.card.presented == 0
    return answers, desk.frames


async def lifted(name, without_cid):
    """Take the card away: the host notices."""
    desk = Desk(name, without_cid)
    pcd = await desk.activate()
    desk.field.lift()
    for begin in (pcd.probe, pcd.deselect):
        try:
            await desk.drive(pcd, begin())
        except NoAnswerError as error:
            assert error.tries == 4
        else:
            raise AssertionError(begin)


def main():
    """Run all cases; return the exit status."""
    failed = 0
    for name, without_cid in (("fresh", False), ("fresh", True), ("slow", False)):
        (twin,) = cards.make(name)
        twin.reset()
        right = [twin.transmit(apdu) for apdu in APDUS]
        cases = [(None, None)]
        for case in cases:
            try:
                answers, frames = asyncio.run(visit(name, without_cid, *case))
                assert answers == right, case
                if case == (None, None):
                    blocks = frames
                    cases += [(i, fate) for i in range(frames) for fate in FATES]
            except Exception as error:  # show any exception
                failed += 1
                print("FAILED", name, without_cid, case)
                sys.print_exception(error)
        asyncio.run(lifted(name, without_cid))
        print("ok", name, blocks, len(cases))
    return 1 if failed else 0


sys.exit(main())
