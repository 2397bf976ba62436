"""The chip on SPI: what begins with DW, SR and DR under one chip select."""

import pytest

from emulator_bus import BusClock, SPIHost
from emulator_host import ACK, command, payload
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.spi import SPI

VERSION = "0332010607"


def test_a_command_its_ack_and_its_answer():
    host = SPIHost()
    assert host.ask("02") == VERSION
    assert host.ask("14 01 14 01") == "15"
    assert host.ask("00 00" + "5A" * 200) == "0100" + "5a" * 200


def test_a_frame_may_be_read_in_pieces_under_one_chip_select():
    host = SPIHost()
    host.write(command("02"))
    host.wait(10_000)
    assert host.read(6) == ACK
    host.wait(10_000)
    host.bus.select.value(0)
    host.bus.write(b"\x03")
    buf = bytearray(7)
    host.bus.readinto(buf)
    rest = host.bus.read(8)
    host.bus.select.value(1)
    assert payload((bytes(buf) + rest)[:13]).hex() == VERSION and rest[6:] == bytes(2)
    host.wait(10_000)
    assert not host.ready()


def test_a_frame_that_was_not_read_to_its_end_begins_again():
    host = SPIHost()
    host.write(command("02"))
    host.wait(10_000)
    assert host.read(4) == ACK[:4]
    assert host.read(6) == ACK


def test_asking_for_the_status_reads_nothing():
    host = SPIHost()
    host.write(command("02"))
    host.wait(10_000)
    for _ in range(5):
        assert host.ready()
    assert host.read(6) == ACK


def test_reading_where_there_is_nothing_gives_filler():
    host = SPIHost()
    assert host.read(5) == bytes(5)


def test_without_a_chip_select_nobody_hears_or_speaks():
    host = SPIHost()
    host.bus.write(b"\x01" + command("02"))
    assert host.bus.read(3) == b"\xff\xff\xff"
    host.wait(100_000)
    assert not host.ready()


def test_a_sleeping_chip_is_woken_by_its_select_and_hears_nothing_meanwhile():
    clock = BusClock()
    bus = SPI(Chip(Field()), clock)
    for held_us, awake in ((0, False), (500, False), (2_000, True)):
        bus.select.value(0)
        bus.write(b"\x01" + command("02"))
        clock.pass_us(held_us)
        bus.select.value(1)
        bus.advance(clock.now + 100_000)
        assert bus.irq.value() == 1
        bus.select.value(0)
        clock.pass_us(0 if awake else 100)
        bus.write(b"\x02")
        answer = bus.read(1)
        bus.select.value(1)
        assert answer == (b"\x00" if awake else b"\xff")


def test_a_transfer_takes_eight_bits_a_byte():
    host = SPIHost()
    before = host.clock.now
    host.read(99)
    assert host.clock.now - before == 800
    host.bus.init(baudrate=5_000_000)
    before = host.clock.now
    for _ in range(10):
        host.read(9)
    assert host.clock.now - before == 160


def test_the_other_order_of_bits_is_rubbish_unless_it_is_turned_round():
    def turned(data):
        return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)

    host = SPIHost()
    host.bus.init(firstbit=SPI.MSB)
    host.write(command("02"))
    host.wait(10_000)
    assert host.bus.irq.value() == 1
    host.bus.select.value(0)
    host.bus.write(turned(b"\x01" + command("02")))
    host.bus.select.value(1)
    host.wait(10_000)
    host.bus.select.value(0)
    got = bytearray(7)
    host.bus.write_readinto(turned(b"\x03" + bytes(6)), got)
    host.bus.select.value(1)
    assert turned(got[1:]) == ACK
    with pytest.raises(ValueError):
        host.bus.write_readinto(b"\x00", bytearray(2))


def test_the_line_is_low_while_an_answer_waits():
    host = SPIHost()
    host.write(command("02"))
    host.wait(350)
    assert host.bus.irq.value() == 0
    host.read(6)
    assert host.bus.irq.value() == 1
    host.wait(10_000)
    assert host.bus.irq.value() == 0
    host.bus.rstpdn.value(0)
    assert host.bus.irq.value() == 1


def test_a_reset_under_a_chip_select_ends_what_went_on():
    host = SPIHost()
    host.write(command("02"))
    host.wait(10_000)
    host.bus.select.value(0)
    host.bus.write(b"\x03")
    host.bus.rstpdn.value(0)
    host.bus.rstpdn.value(1)
    assert host.bus.read(3) == b"\xff\xff\xff"
    host.bus.select.value(1)
    assert host.chip.asleep
