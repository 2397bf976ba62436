"""Each fault by its name, as a host on each link meets it."""

import pytest

from emulator_bus import I2CHost, SPIHost
from emulator_host import ACK, ERROR, NACK, Host, command, payload
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.faults import FAULTS, GARBAGE, LATE_US, NAMES, PAUSE_US, Faults
from pinlamp_tools.emulator.chip.frames import frame

VERSION = command("02")
ANSWER = frame(bytes.fromhex("0332010607"))
LONG = 10_000_000


class Serial(Host):
    """A host on the serial line."""

    def __init__(self, faults):
        super().__init__(raw=True)
        self.chip.faults = faults
        self.write(b"\x55\x55" + bytes(14))

    def frames(self, limit=LONG):
        """Return what arrives as one piece of bytes."""
        return self.read(limit)

    def clean(self):
        """Tell whether the chip is well."""
        self.write(ACK + bytes(300))
        self.read()
        return self.ask("02") == "0332010607"


class _OnBus:
    def frames(self, limit=LONG):
        """Return the frames that arrive, filler cut off where the length says so."""
        got = b""
        while True:
            one = self.frame(64, 1_000_000)
            if one is None:
                return got
            got += one

    def clean(self):
        """Tell whether the chip is well."""
        return self.ask("02") == "0332010607"


class OnI2C(_OnBus, I2CHost):
    def __init__(self, faults):
        I2CHost.__init__(self, faults)
        I2CHost.ready(self)


class OnSPI(_OnBus, SPIHost):
    def __init__(self, faults):
        SPIHost.__init__(self, faults)


HOSTS = {"hsu": Serial, "i2c": OnI2C, "spi": OnSPI}


@pytest.fixture(params=HOSTS)
def desk(request):
    """(link, faults, host) on each link."""
    faults = Faults()
    return request.param, faults, HOSTS[request.param](faults)


def met(host):
    """Send GetFirmwareVersion; return what comes, without filler."""
    host.write(VERSION)
    got = host.frames()
    return got.replace(b"\x00", b"").rstrip(b"\x00") if isinstance(host, _OnBus) else got


def same(host, got, wanted):
    """Tell whether what came is what was wanted; on a bus filler may be anywhere behind."""
    return got == (wanted.replace(b"\x00", b"") if isinstance(host, _OnBus) else wanted)


def test_without_a_fault_nothing_changes(desk):
    _, faults, host = desk
    assert same(host, met(host), ACK + ANSWER)
    faults.arm("zombie", when=lambda item: item[0] == 0x32)
    assert same(host, met(host), ACK + ANSWER)
    assert faults.struck == 0


def test_dropped_ack(desk):
    _, faults, host = desk
    faults.arm("dropped_ack")
    assert same(host, met(host), ANSWER)
    assert faults.struck == 1 and host.clean()


def test_zombie(desk):
    _, faults, host = desk
    faults.arm("zombie", times=2)
    assert same(host, met(host), ACK)
    assert same(host, met(host), ACK)
    assert faults.struck == 2 and host.clean()


def test_error_frame(desk):
    _, faults, host = desk
    faults.arm("error_frame")
    assert same(host, met(host), ACK + ERROR)
    assert host.clean()


def test_nack(desk):
    _, faults, host = desk
    faults.arm("nack")
    assert same(host, met(host), NACK)
    assert host.clean()


def test_garbage_before_ack(desk):
    _, faults, host = desk
    for size in range(1, len(GARBAGE) + 1):
        faults.arm("garbage_before_ack", at_byte=size - 1)
        assert same(host, met(host), GARBAGE[:size] + ACK + ANSWER)


def test_late_ack(desk):
    link, faults, host = desk
    faults.arm("late_ack")
    host.write(VERSION)
    if link == "hsu":
        assert host.wait(LATE_US - 10_000) == b""
        assert host.wait(60_000) == ACK + ANSWER
    else:
        assert host.frame(6, LATE_US - 10_000) is None
        assert host.frame(6) == ACK
    assert faults.struck == 1


def test_truncation_at_every_byte(desk):
    link, faults, host = desk
    whole = VERSION + ACK + ANSWER
    for at in range(len(whole)):
        faults.arm("truncation", at_byte=at)
        got = met(host)
        if at < len(VERSION) - 1:  # the chip acts when it has the checksum
            assert got == b"", at
        elif at < len(VERSION):
            assert same(host, got, ACK + ANSWER), at
        elif at < len(VERSION) + 6:
            assert same(host, got, whole[len(VERSION) : at] + ANSWER), at
        else:
            assert same(host, got, whole[len(VERSION) : at]), at
        assert faults.struck == at + 1 and host.clean(), at


def test_fragmentation_takes_time_and_nothing_else(desk):
    link, faults, host = desk
    for at in range(len(VERSION) + len(ACK) + len(ANSWER)):
        clock = host if link == "hsu" else host.clock
        faults.arm("fragmentation", at_byte=at)
        assert same(host, met(host), ACK + ANSWER), at
        assert faults.struck == at + 1
    faults.disarm()
    if link == "hsu":
        faults.arm("fragmentation", at_byte=len(VERSION) + 6 + 5)
        host.write(VERSION)
        begin = clock.now
        assert len(host.read(PAUSE_US)) == 6 + 5
        assert clock.now - begin < PAUSE_US and len(host.read()) == 8


def sums_fit(data):
    """Return the payloads of all frames in `data` whose sums are right, however they begin."""
    found = []
    for at in range(len(data) - 3):
        size = data[at + 2] if data[at : at + 2] == b"\x00\xff" else 0
        end = at + 4 + size
        if size and not (size + data[at + 3]) & 0xFF and end < len(data):
            body = data[at + 4 : end + 1]
            if not sum(body) & 0xFF:
                found.append(body)
    return found


@pytest.mark.parametrize("name", ["checksum", "length_checksum"])
@pytest.mark.parametrize("mask", [0x01, 0x40, 0x80, 0xFF])
def test_corruption_always_breaks_a_checksum(name, mask):
    faults = Faults()
    host = Serial(faults)
    truth = sums_fit(ACK + ANSWER)
    assert len(truth) == 1
    for at in range(len(VERSION) + len(ACK) + len(ANSWER)):
        struck = faults.struck
        faults.arm(name, at_byte=at, mask=mask)
        host.write(VERSION)
        got = host.read()
        if faults.struck > struck:
            assert sums_fit(got) in ([], truth), at
            assert got != ACK + ANSWER or at == 0 or at == len(VERSION) - 1, at
        assert host.clean(), at
    assert faults.struck == (28 if name == "checksum" else 6)


def test_without_a_place_corruption_is_in_the_answer(desk):
    _, faults, host = desk
    for name, at in (("checksum", -2), ("length_checksum", 4)):
        faults.arm(name)
        bad = bytearray(ANSWER)
        bad[at] ^= 0x40
        assert same(host, met(host), ACK + bytes(bad))
        host.write(NACK)
        got = host.frames()
        assert payload(got[: len(ANSWER)]).hex() == "0332010607"


def test_damage_that_keeps_the_sums_right():
    faults = Faults()
    host = Serial(faults)
    for at in range(len(VERSION) + 6 + 7, len(VERSION) + 6 + len(ANSWER) - 2):
        faults.arm("same_sums", at_byte=at)
        host.write(VERSION)
        got = host.read()[6:]
        assert payload(got) != bytes.fromhex("0332010607"), at


@pytest.mark.parametrize(
    "place, wanted",
    [
        (None, ANSWER),
        (0, b""),
        (15, b""),
    ],
)
def test_a_stale_answer_comes_with_the_abort_or_with_the_next_command(desk, place, wanted):
    _, faults, host = desk
    faults.arm("stale_answer", at_byte=place)
    assert same(host, met(host), ACK)
    host.write(ACK)
    assert same(host, _dry(host), wanted)
    host.write(command("14 01 14 01"))  # an answer to that could not be mistaken
    assert same(host, _dry(host), ACK + frame(b"\x15"))
    host.write(command("00 00 AB"))
    own = frame(b"\x01\x00\xab")
    if place is None:
        assert same(host, _dry(host), ACK + own)
    elif place == 0:
        assert same(host, _dry(host), ANSWER + ACK + own)
    else:
        assert same(host, _dry(host), ACK + ANSWER + own)
    assert host.clean()


def _dry(host):
    got = host.frames()
    return got.replace(b"\x00", b"") if isinstance(host, _OnBus) else got


def test_chip_reset_at_every_byte(desk):
    link, faults, host = desk
    for at in range(len(VERSION) + len(ACK) + len(ANSWER)):
        faults.arm("chip_reset", at_byte=at)
        got = met(host)
        assert faults.struck == at + 1
        # (a bus gives 00 beyond the end of a frame, which its last byte is too)
        last = at in (len(VERSION) + 5, len(VERSION) + 6, len(VERSION) + 6 + len(ANSWER) - 1)
        assert link != "hsu" and last or not same(host, got, ACK + ANSWER)
        if link == "hsu":
            host.write(b"\x55\x55" + bytes(14))
        elif link == "spi":
            host.bus.select.value(0)
            host.clock.pass_us(2_000)
            host.bus.select.value(1)
        assert host.ask("32 01 00") == "error"  # in low-battery mode again
        assert host.clean()


def test_wrong_speed_is_a_fault_of_the_serial_line():
    faults = Faults()
    host = Serial(faults)
    faults.arm("wrong_speed", at_byte=len(VERSION) + 6 + 4)
    host.write(VERSION)
    assert host.read(baudrate=115_200) != ACK + ANSWER
    assert host.line.baudrate == 921_600


def test_an_address_that_is_not_acknowledged():
    faults = Faults()
    host = OnI2C(faults)
    faults.arm("no_device", times=2)
    for _ in range(2):
        with pytest.raises(OSError):
            host.write(VERSION)
    assert same(host, met(host), ACK + ANSWER)
    faults.arm("no_device", at_byte=1)
    host.write(VERSION)
    with pytest.raises(OSError):
        host.ready()
    assert host.frame(6) == ACK


def test_the_card_leaves_at_any_byte():
    for at in range(0, 60):
        faults = Faults()
        host = Host(*cards.make("fresh"))
        host.chip.faults = faults
        host.ask("32 05 FF 01 00")
        faults.arm("card_gone", at_byte=at, when=lambda item: item[0] == 0x4A)
        answer = host.ask("4A 01 03 00")
        if host.field.cards:
            assert answer.startswith("4b01")
            break
        assert answer == "4b00", at
    assert at == 7 + 14 - 2 + 11 + 3 - 1 or at > 20


def test_a_fault_strikes_only_what_it_is_armed_for(desk):
    _, faults, host = desk
    faults.arm("zombie", when=lambda item: item[0] == 0x14)
    assert host.ask("02") == "0332010607"
    host.write(command("14 01 14 01"))
    assert same(host, _dry(host), ACK)
    assert host.ask("14 01 14 01") == "15"


def test_unknown_names_are_refused():
    with pytest.raises(ValueError):
        Faults().arm("gremlins")


def test_the_catalogue_is_the_one_of_the_facts_and_the_lost_byte():
    assert len(set(NAMES)) == len(FAULTS) == 22
    assert {"checksum", "length_checksum", "dropped_ack", "late_ack", "garbage_before_ack"} < {
        *NAMES
    }
    for name, links, text in FAULTS:
        assert set(links.split()) <= {"hsu", "i2c", "spi"} and text, name
