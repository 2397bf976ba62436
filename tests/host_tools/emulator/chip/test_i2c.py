"""The chip on I2C: status byte, frames given again until they were read, a bus that fails."""

import errno

import pytest

from emulator_bus import I2CHost
from emulator_host import ACK, NACK, command, payload
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.faults import Faults
from pinlamp_tools.emulator.chip.i2c import ADDRESS, ENODEV, WAKE_US
from pinlamp_tools.emulator.chip.pins import IRQ_FALLING

VERSION = "0332010607"


def test_a_command_its_ack_and_its_answer():
    host = I2CHost()
    assert host.ask("02") == VERSION
    assert host.ask("14 01 14 01") == "15"
    assert host.ask("00 00" + "5A" * 200) == "0100" + "5a" * 200


def test_a_frame_is_given_again_until_it_was_read_to_its_end():
    host = I2CHost()
    host.write(command("02"))
    assert host.frame(5) == ACK[:5]
    assert host.frame(3) == ACK[:3]
    assert host.frame(6) == ACK
    answer = host.frame(7)
    again = host.frame(13)
    assert again[:7] == answer and payload(again).hex() == VERSION
    host.wait(100_000)
    assert not host.ready()


def test_reading_too_much_gives_filler():
    host = I2CHost()
    host.write(command("02"))
    host.wait(10_000)
    assert host.read(10) == ACK + bytes(4)
    host.wait(10_000)
    assert host.read(20)[13:] == bytes(7)


def test_a_chip_that_has_nothing_says_not_ready():
    host = I2CHost()
    assert not host.ready()
    assert host.bus.readfrom(ADDRESS, 8) == bytes(8)
    host.write(command("02"))
    assert not host.ready()


def test_nobody_at_another_address():
    host = I2CHost()
    with pytest.raises(OSError) as error:
        host.bus.writeto(0x25, b"\x00")
    assert error.value.errno == ENODEV
    assert host.bus.scan() == [ADDRESS]


def test_a_transfer_takes_nine_bits_a_byte():
    host = I2CHost()
    host.ready()  # awake now
    before = host.clock.now
    host.bus.readfrom(ADDRESS, 11)
    assert host.clock.now - before == 12 * 90
    before = host.clock.now
    host.bus.writeto(ADDRESS, bytes(9))
    assert host.clock.now - before == 10 * 90


def test_a_sleeping_chip_stretches_the_clock():
    host = I2CHost()
    host.ready()
    assert host.clock.now == 2 * 90 + WAKE_US
    assert host.ask("14 01 14 01") == "15"
    assert host.ask("16 80") == "1700"
    assert host.chip.asleep  # and not woken by its answer being read
    host.ready()
    assert not host.chip.asleep


def test_the_line_is_low_while_an_answer_waits():
    host = I2CHost()
    falls = []
    host.bus.irq.irq(lambda pin: falls.append(host.clock.now), IRQ_FALLING)
    host.write(command("02"))
    assert host.bus.irq.value() == 1
    host.wait(350)
    assert host.bus.irq.value() == 0
    host.read(3)
    assert host.bus.irq.value() == 0  # not read to its end
    host.read(6)
    assert host.bus.irq.value() == 1
    host.wait(1_000)
    assert host.bus.irq.value() == 0
    host.read(13)
    assert host.bus.irq.value() == 1 and len(falls) == 2


def test_the_line_rises_between_two_frames_that_were_ready_both():
    host = I2CHost()
    falls = []
    host.bus.irq.irq(lambda pin: falls.append(host.clock.now), IRQ_FALLING)
    host.write(command("02"))
    host.wait(100_000)
    assert host.read(6) == ACK
    assert host.bus.irq.value() == 1
    host.wait(100)
    assert host.bus.irq.value() == 0 and len(falls) == 2


def test_sam_configuration_can_keep_the_line_still():
    host = I2CHost()
    host.write(command("14 01 14 00"))
    host.wait(350)
    host.read(6)
    host.wait(10_000)
    assert host.bus.irq.value() == 1 and host.ready()


def test_a_new_command_drops_what_was_not_read():
    host = I2CHost()
    host.write(command("00 00 11"))
    host.wait(10_000)
    assert host.ask("02") == VERSION
    host.write(command("02"))
    host.wait(10_000)
    host.write(ACK)
    host.wait(10_000)
    assert not host.ready()


def test_a_nack_brings_the_answer_again():
    host = I2CHost()
    assert host.ask("02") == VERSION
    host.write(NACK)
    assert payload(host.frame(13)).hex() == VERSION


def test_a_nack_while_the_chip_is_busy_wedges_the_bus_until_a_reset():
    host = I2CHost(cards=cards.make("fresh"))
    host.ask("14 01 14 01")
    host.write(command("4A 02 03 00"))
    assert host.frame(6) == ACK
    host.write(NACK)
    with pytest.raises(OSError) as error:
        host.ready()
    assert error.value.errno == ENODEV
    host.bus.rstpdn.value(0)
    host.bus.rstpdn.value(1)
    assert host.ask("02") == VERSION


def test_a_chip_in_reset_is_not_there():
    host = I2CHost()
    host.write(command("02"))
    host.wait(350)
    host.bus.rstpdn.value(0)
    assert host.bus.irq.value() == 1
    with pytest.raises(OSError):
        host.ready()
    assert host.bus.scan() == []
    host.bus.rstpdn.value(1)
    host.wait(100_000)
    assert not host.ready()


def test_a_bus_that_is_stuck_needs_clocks_or_a_reset():
    for at in range(5, 18):
        faults = Faults()
        host = I2CHost(faults)
        faults.arm("stuck_low", at_byte=9 + 6 + at % 9)
        host.write(command("02"))
        assert host.frame(6) == ACK
        with pytest.raises(OSError) as error:
            host.frame(13)
        assert error.value.errno == errno.ETIMEDOUT
        assert host.bus.sda.value() == 0
        with pytest.raises(OSError):
            host.write(ACK)
        clocks = 0
        while not host.bus.sda.value():
            clocks += 1
            host.bus.scl.value(0)
            host.bus.scl.value(1)
        assert 1 <= clocks <= 9
        assert payload(host.frame(13)).hex() == VERSION


def test_a_damaged_command_is_not_acknowledged():
    host = I2CHost()
    frame = bytearray(command("02"))
    frame[-2] ^= 0x01
    host.write(bytes(frame))
    host.wait(100_000)
    assert not host.ready()


def test_several_buffers_are_one_transfer():
    host = I2CHost()
    frame = command("02")
    assert host.bus.writevto(ADDRESS, (frame[:4], memoryview(frame)[4:])) == len(frame)
    assert host.frame(6) == ACK
