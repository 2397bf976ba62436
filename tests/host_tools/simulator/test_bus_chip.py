"""The virtual PN532 on a bus, as a device's transfers and pins meet it."""

import asyncio

import pytest

from emulator_host import ACK, command, payload
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card.cards import make
from pinlamp_tools.emulator.chip.faults import Faults
from pinlamp_tools.simulator.bus_chip import BusChip

I2C = {"scl": 22, "sda": 21, "irq": 27, "rst": 26}
SPI = {"sck": 18, "mosi": 23, "miso": 19, "cs": 33, "irq": 27, "rst": 26}
SAM = "14 01 14 01"
VERSION = "0332010607"


class Board:
    """Stands where a device does: it has pins, and waits for the answer of each transfer."""

    def __init__(self, kind, pins, field=None, faults=None):
        self.levels = {}
        self.edges = []
        self.on_pin = self.on_transfer = None
        self.chip = BusChip(field or Field(), kind, pins, faults)
        self.chip.attach(self)

    def set_pin(self, number, level):
        self.levels[number] = level
        self.edges.append((number, level))

    async def transfer(self, line):
        """Return the bytes of the answer; OSError if there are none."""
        answer = asyncio.get_running_loop().create_future()
        self.on_transfer(line.split(), answer.set_result)
        kind, _, data = (await asyncio.wait_for(answer, 5)).partition(" ")
        if kind == "!":
            raise OSError(int(data), "")
        return bytes.fromhex(data)

    async def ready(self):
        """Wait until IRQ is low."""

        async def low():
            while self.levels.get(27, 1):
                await asyncio.sleep(0.001)

        await asyncio.wait_for(low(), 5)


class OnI2c(Board):
    def __init__(self, **options):
        super().__init__("i2c", I2C, **options)

    async def write(self, data, pins="22 21"):
        await self.transfer(f"i2c {pins} 400000 36 w {data.hex()}")

    async def read(self, count):
        got = await self.transfer(f"i2c 22 21 400000 36 r {1 + count}")
        assert got[0] & 1
        return got[1:]


class OnSpi(Board):
    def __init__(self, **options):
        super().__init__("spi", SPI, **options)
        self.order = "lsb"

    async def wake(self):
        self.on_pin(33, 0)
        await asyncio.sleep(0.003)
        self.on_pin(33, 1)

    async def exchange(self, data):
        if self.order == "msb":
            data = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
        got = await self.transfer(f"spi 18 23 19 2000000 0 {self.order} {data.hex()}")
        if self.order == "msb":
            got = bytes(int(f"{byte:08b}"[::-1], 2) for byte in got)
        return got

    async def write(self, data):
        self.on_pin(33, 0)
        await self.exchange(b"\x01" + data)
        self.on_pin(33, 1)

    async def read(self, count):
        self.on_pin(33, 0)
        got = await self.exchange(b"\x03" + bytes(count))
        self.on_pin(33, 1)
        return got[1:]


async def ask(board, text, size):
    await board.write(command(text))
    await board.ready()
    assert await board.read(len(ACK)) == ACK
    await board.ready()
    return payload(await board.read(size)).hex()


async def test_a_chip_on_i2c_answers_and_tells_by_irq():
    board = OnI2c()
    assert await ask(board, SAM, 9) == "15"
    assert await ask(board, "02", 13) == VERSION
    assert board.levels[27] == 1
    assert [edge for edge in board.edges if edge[0] == 27] == [(27, 0), (27, 1)] * 4
    board.chip.stop()


@pytest.mark.parametrize("order", ["lsb", "msb"])
async def test_a_chip_on_spi_answers_in_either_order_of_bits(order):
    board = OnSpi()
    board.order = order
    await board.wake()
    assert await ask(board, SAM, 9) == "15"
    assert await ask(board, "02", 13) == VERSION
    board.chip.stop()


@pytest.mark.parametrize("kind", [OnI2c, OnSpi])
async def test_a_card_in_the_field_is_found(kind):
    field = Field()
    field.put(make("fresh"))
    board = kind(field=field)
    if kind is OnSpi:
        await board.wake()
    await ask(board, SAM, 9)
    assert (await ask(board, "4A 01 03 00", 25)).startswith("4b010150")
    board.chip.stop()


async def test_nobody_is_at_another_address_or_on_other_pins():
    board = OnI2c()
    for line in ("i2c 22 21 400000 37 w", "i2c 21 22 400000 36 w"):
        with pytest.raises(OSError):
            await board.transfer(line)
    assert await board.transfer("spi 18 23 19 1000000 0 lsb 02") == b"\xff"
    board = OnSpi()
    await board.wake()
    await ask(board, SAM, 9)
    board.on_pin(33, 0)
    for wires, mode in (("18 19 23", 0), ("18 23 19", 1)):
        assert await board.transfer(f"spi {wires} 1000000 {mode} lsb 0200") == b"\xff\xff"
    with pytest.raises(OSError):
        await board.transfer("i2c 22 21 400000 36 w")


@pytest.mark.parametrize("hz, least_ms", [(100_000, 22), (400_000, 5.5)])
async def test_a_transfer_takes_its_time_on_the_bus(hz, least_ms):
    board = OnI2c()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await board.transfer(f"i2c 22 21 {hz} 36 r 255")
    assert loop.time() - began > least_ms / 1000
    board.chip.stop()


async def test_rstpdn_silences_the_chip_until_it_is_let_go():
    board = OnI2c()
    await ask(board, SAM, 9)
    board.on_pin(26, 0)
    with pytest.raises(OSError) as caught:
        await board.write(b"")
    assert caught.value.errno == 19
    board.on_pin(26, 1)
    assert await ask(board, SAM, 9) == "15"
    board.chip.stop()


async def test_a_stuck_bus_is_clocked_free():
    faults = Faults()
    faults.arm("stuck_low")
    board = OnI2c(faults=faults)
    with pytest.raises(OSError) as caught:
        await ask(board, SAM, 9)
    assert caught.value.errno == 110
    assert board.levels[21] == 0
    for _ in range(9):
        board.on_pin(22, 0)
        board.on_pin(22, 1)
    assert board.levels[21] == 1
    assert await ask(board, SAM, 9) == "15"
    board.chip.stop()


async def test_after_stop_nothing_is_told():
    board = OnI2c()
    await board.write(command(SAM))
    board.chip.stop()
    before = list(board.edges)
    await asyncio.sleep(0.02)
    assert board.edges == before
