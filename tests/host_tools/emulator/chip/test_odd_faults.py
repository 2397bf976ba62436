"""Faults of a chip or a bus that goes on all the same: settings lost, SCL low, odd answers."""

import errno

import pytest

from emulator_bus import I2CHost, SPIHost
from emulator_host import ACK, Host, command
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.faults import Faults

SAM = "14 01 14 01"
SELECT = "40 01 00A4040C 0A D392F000260100000001"
VERSION = command("02")


def _serial(faults):
    host = Host(*cards.make("fresh"))
    host.chip.faults = faults
    return host


def _i2c(faults):
    host = I2CHost(faults, cards.make("fresh"))
    host.ready()
    assert host.ask(SAM) == "15"
    return host


def _spi(faults):
    host = SPIHost(faults, cards.make("fresh"))
    assert host.ask(SAM) == "15"
    return host


@pytest.fixture(params=[_serial, _i2c, _spi], ids=["hsu", "i2c", "spi"])
def desk(request):
    """(faults, host) on each link."""
    faults = Faults()
    return faults, request.param(faults)


def test_a_chip_that_forgets_is_awake_and_mute_to_what_concerns_a_card(desk):
    faults, host = desk
    assert host.ask("4A 01 03 00").startswith("4b01")
    faults.arm("forgets", at_byte=3)
    host.write(VERSION)
    assert faults.struck == 1 and not host.field.on
    assert host.ask("02") == "0332010607"
    host.write(command("4A 01 03 00"))
    if isinstance(host, Host):
        assert host.read(2_000_000) == ACK
    else:
        assert host.frame(6) == ACK and host.frame(6, 2_000_000) is None
    assert host.ask(SAM) == "15"
    assert host.ask("4A 01 03 00").startswith("4b01")


def test_odd_answers_come_from_a_card_alone(desk):
    faults, host = desk
    host.ask("4A 01 03 00")
    for name, odd in (("nad", "4180009000"), ("empty_part", "4140")):
        faults.arm(name)
        assert host.ask("02") == "0332010607" and not faults.struck
        assert host.ask(SELECT) == odd
        assert host.ask(SELECT) == "41009000"
        faults.struck = 0


def test_scl_is_low_for_a_while_whatever_the_host_does():
    faults = Faults()
    host = _i2c(faults)
    faults.arm("scl_low", at_byte=0, us=2_000_000)
    for act in (lambda: host.write(VERSION), host.ready, lambda: host.read(6)):
        before = host.clock.now
        with pytest.raises(OSError) as caught:
            act()
        assert caught.value.errno == errno.ETIMEDOUT and host.clock.now - before >= 50_000
    for _ in range(9):
        host.bus.scl.value(0)
        host.bus.scl.value(1)
    host.bus.rstpdn.value(0)
    host.bus.rstpdn.value(1)
    with pytest.raises(OSError):
        host.ready()
    host.clock.pass_us(2_000_000)
    host.ready()
    assert host.ask("02") == "0332010607"
