"""An RC-S300 and an RC-S380 over USB: what a card gets, what a tap takes, and who is green.

Driver, emulated reader and cards run here, on a clock that jumps. test_whole_cards has them under
the whole application, test_fault_matrix every fault.
"""

import asyncio

import pytest

from isodep import pcd_of
from mynacard import Session, default_keys
from pasori import NoAnswerError
from pasori.rcs300 import RCS300
from pasori.rcs380 import RCS380
from pinlamp import tap
from pinlamp.rcs660s import Chip, Rcs660sReader
from pinlamp.reader import TYPE_B_CARD
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.emulator.pasori import rcs300, rcs380
from usb_pipe import Clock, Pipe

DRIVERS = {"rcs300": RCS300, "rcs380": RCS380}
DEVICES = {"rcs300": rcs300.RCS300, "rcs380": rcs380.RCS380}
QUERY = b"\x00\x20\x00\x80"
AT_MOST = 1.15  # times the ideal
LOOKS = 6
CANNOT_TELL = {"rcs300": ("two_cards",)}  # what it says of them is not known: nothing is green

# What a reader's firmware takes and forces, by its emulator, in µs; all [I] but the pauses.
BYTE_US = 94.4  # 106 kbit/s
TURN_US = 170  # TR0 + TR1
# field on [H] and activated [S]; guard time
PAUSES_US = {"rcs300": 30_000 + 20_000, "rcs380": 20_000}
COMMAND_US = {"rcs300": 500 + 2_000 + 200, "rcs380": 300 + 300 + 200}  # one with its answer
COMMANDS = {"rcs300": 3, "rcs380": 5}  # until a card is activated
CID = {"rcs300": 1, "rcs380": 0}  # bytes of a block


class Rig:
    """A driver, its emulated reader, and a field."""

    def __init__(self, kind, whole=True):
        self.clock = Clock()
        self.field = Field()
        self.usb = DEVICES[kind](self.field, self.clock.now_us)
        self.pipe = Pipe(self.usb, self.clock, whole)
        self.driver = DRIVERS[kind](self.pipe, iso_dep=pcd_of, clock=self.clock)
        self.heard = []  # blocks that the card got

    def lay(self, name):
        """Lay a card down, and listen to what it gets."""
        made = cards.make(name)
        for card in made:
            receive = card.receive
            card.receive = lambda frame, receive=receive: self._listen(frame) or receive(frame)
        self.field.put(made)
        return made

    def _listen(self, frame):
        self.heard.append(bytes(frame)[:-2])

    async def survey(self):
        """Find the card and ask it; return what was said: [(command, answer)]."""
        assert await self.driver.find_b() is not None
        session, said = Session(default_keys()), []
        while session.command:
            command = session.command
            answer = bytes(await self.driver.exchange(command))
            said.append((command, answer))
            session.answer(answer)
        return said


class Nobody:
    """Hears what a tap tells."""

    def started(self):
        pass

    def card(self, card):
        pass

    def finding(self, finding):
        pass


@pytest.fixture(params=DRIVERS)
def kind(request):
    """The kind of reader."""
    return request.param


@pytest.mark.parametrize("whole", [True, False], ids=["transfers", "packets"])
def test_the_query_is_the_four_bytes_and_nothing_else(kind, whole):
    rig = Rig(kind, whole)
    rig.lay("fresh")

    async def scene():
        await rig.driver.open()
        return await rig.survey()

    said = asyncio.run(scene())
    queries = [block for block in rig.heard if block[1 + CID[kind] :][:2] == b"\x00\x20"]
    assert len(queries) == len([1 for command, _ in said if command == QUERY]) > 5
    head = {b"\x0a\x02", b"\x0b\x02"} if kind == "rcs300" else {b"\x02", b"\x03"}
    assert {block[: 1 + CID[kind]] for block in queries} <= head
    assert {block[1 + CID[kind] :] for block in queries} == {QUERY}


@pytest.mark.presents_pin
def test_what_lies_behind_a_query_would_cost_a_try(kind):
    """The emulated card counts it, whoever sends it: here it is put on the wire by hand."""
    rig = Rig(kind)
    (card,) = rig.lay("fresh")

    async def scene():
        await rig.driver.open()
        await rig.driver.find_b()
        for command in ("00a4040c0ad392f000260100000001", "00a4020c02001b"):
            await rig.driver.exchange(bytes.fromhex(command))
        write = rig.usb.write

        def spoiled(data):
            # Behind the card's command: a byte that tag 95 counts, or the frame of an RC-S380.
            if kind == "rcs300":
                data = bytearray(data)
                at = data.index(b"\x95\x82\x00\x06")
                for size in (1, 16, at + 3):  # of the message, the objects, tag 95
                    data[size] += 1
                data.insert(at + 10, 0x00)
            else:
                data = rcs380.frame(data[8:-2] + b"\x00")
            write(data)

        rig.usb.write = spoiled
        await rig.driver.exchange(QUERY)

    asyncio.run(scene())
    assert card.presented == 1


@pytest.mark.presents_pin
def test_the_rc_s300_s_command_has_nothing_behind_its_objects():
    """What follows them would be the card's, if the reader took it so."""
    rig = Rig("rcs300")
    (card,) = rig.lay("fresh")

    async def scene():
        await rig.driver.open()
        await rig.driver.find_b()
        for command in ("00a4040c0ad392f000260100000001", "00a4020c02001b"):
            await rig.driver.exchange(bytes.fromhex(command))
        write = rig.usb.write
        rig.usb.write = lambda data: write(bytes((data[0], data[1] + 1)) + data[2:] + b"\x00")
        await rig.driver.exchange(QUERY)

    asyncio.run(scene())
    assert card.presented == 1


@pytest.mark.parametrize("name", ["fresh", "sign_locked", "worn", "phone_android"])
def test_a_survey_takes_what_its_reader_must_and_little_more(kind, name):
    rig = Rig(kind)
    (card,) = rig.lay(name)

    async def scene():
        await rig.driver.open()
        await rig.clock.sleep_ms(1000)
        before = rig.clock.us
        said = await rig.survey()
        return rig.clock.us - before, said

    took, said = asyncio.run(scene())
    ideal = PAUSES_US[kind] + COMMANDS[kind] * COMMAND_US[kind] + _on_air(5, 14, 300)
    ideal += _on_air(11, 3, 300)
    for command, answer in said:
        sizes = (3 + CID[kind] + len(part) for part in (command, answer))  # PCB, CRC
        ideal += COMMAND_US[kind] + _on_air(*sizes, card.processing_us)
    print(f"{kind} {name}: {took / 1000:.0f} ms, {took / ideal:.3f} x its ideal")
    assert ideal * 0.95 < took <= ideal * AT_MOST


def _on_air(sent, received, card_us):
    return (sent + received) * BYTE_US + TURN_US + card_us


@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_every_virtual_card_ends_in_its_truth(kind, truth, name):
    rig = Rig(kind, whole=False)
    rig.lay(name)
    reader = Rcs660sReader(Chip(rig.driver), rig.clock)

    async def visit():
        await reader.open()
        for _ in range(LOOKS):
            found = await reader.find()
            if found == TYPE_B_CARD:
                result = await tap.run(reader, default_keys(), rig.clock, Nobody())
                assert result.complete and await reader.present()
                rig.field.lift()
                assert not await reader.present()
                return result.kind, result.findings
            if found:
                break
        return found, []

    found, findings = asyncio.run(visit())
    wanted = truth[name]
    if name in CANNOT_TELL.get(kind, ()):
        assert found is None
        return
    keys = {id: [key["state"], key["left"]] for id, key in wanted.get("keys", {}).items()}
    keys.pop("licence", None)
    assert found == wanted["kind"]
    assert {one.id: [one.state, one.left] for one in findings} == keys


def _echoing(rig, answers):
    """Lay down a card that answers each command by `answers(command)`."""
    (card,) = rig.lay("fresh")
    card.icc.process = answers
    return card


@pytest.mark.parametrize("whole", [True, False], ids=["transfers", "packets"])
def test_a_message_may_have_any_length_and_be_a_multiple_of_64(kind, whole):
    rig = Rig(kind, whole)
    asked = []
    _echoing(rig, lambda apdu: asked.append(apdu) or bytes(len(apdu)) + b"\x90\x00")

    async def scene():
        await rig.driver.open()
        assert await rig.driver.find_b()
        for size in (*range(5, 135), 255, 256):
            command = b"\x00\xb0" + bytes(size - 2)
            answer = await rig.driver.exchange(command)
            assert bytes(answer) == bytes(size) + b"\x90\x00"
            assert asked.pop() == command and not asked

    asyncio.run(scene())
    assert 64 in {len(sent) for sent in rig.pipe.sent}


def test_without_the_empty_packet_the_driver_does_not_hang_and_recovers(kind):
    rig = Rig(kind)
    _echoing(rig, lambda apdu: b"\x90\x00")
    rig.pipe._empty = False
    full = 64 - {"rcs300": 33, "rcs380": 15}[kind]  # an APDU that makes 64 bytes of it

    async def scene():
        await rig.driver.open()
        for size in (full, 5):
            assert await rig.driver.find_b()
            before = rig.clock.us
            try:
                await rig.driver.exchange(b"\x00\xb0" + bytes(size - 2))
                assert size == 5
            except NoAnswerError:
                assert size == full and len(rig.pipe.sent[-1]) == 64
            assert rig.clock.us - before < 2_000_000
            await rig.driver.field_off()
            await rig.clock.sleep_ms(10)

    asyncio.run(scene())
