"""Once a card is gone, nothing that it told of itself is in the device's memory.

Marks stand for its PUPI, the rest of its ATQB, a token that is not in the table, and data where
none belong. MicroPython runs driver, reader and tap; chip and card are in this process. After each
tap all of MicroPython's memory is searched for the marks.
"""

import sys

import pytest

from at_rest import Device
from pinlamp_tools.benchmark.constants import DEVICE
from pinlamp_tools.emulator.air.other import TypeA, TypeF
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.content import payment
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.frames import ACK, NACK
from plants import APPLICATION_DATA, PLANTS, PUPI, plant

TOKEN = b"UNHEARD-OF-7"
NAME = b"HOLDER-NAME"
UID = b"\x08\xc1\xd2\xe3"
IDM = b"\x01\x01\xfe\xa1\xb2\xc3\xd4\xe5"
MARKS = (PUPI, APPLICATION_DATA, TOKEN, NAME, UID, IDM)
LONG = (b"LONG-ANSWER-" * 60)[:600]  # in several parts, and more than anybody asked for
LINKS = ("hsu", "i2c", "spi", "spi_msb", "rcs660s", "rcs300", "rcs380")
# What a reader on USB has in the place of a fault of a serial line
ON_USB = {"checksum": "reception", "garbage_before_ack": "several_transfers"}
PULLED_AFTER = (3, 5, 9, 14, 21, 30)  # frames

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/PID/mem")


@pytest.fixture(params=LINKS)
def device(request, micropython):
    device = Device(micropython, request.param)
    yield device
    device.close()


def _unlisted(apdu, answer):
    if apdu[1] == 0xB0 and apdu[4] > 3:
        # Not at its beginning, which the status word of a later answer replaces.
        return (b"...." + TOKEN).ljust(apdu[4]) + b"\x90\x00"
    return answer


def _long(apdu, answer):
    return LONG + answer if apdu[1] == 0xB0 else answer


def _marked(says=lambda apdu, answer: answer, processing_us=500):
    (card,) = cards.make("fresh", cards.Prng(1))
    return plant(card, says, processing_us)


def _tapped(device, card):
    device.field.put([card])
    told = device.tap()
    device.field.lift()
    return told


@pytest.mark.parametrize("name", ["none", "token", "long", *PLANTS])
def test_a_whole_tap_leaves_nothing(device, name):
    says = {"none": lambda apdu, answer: answer, "token": _unlisted, "long": _long, **PLANTS}[name]
    told = _tapped(device, _marked(says))
    if name in ("none", "token"):
        assert told == 1  # complete
    assert device.found((*MARKS, LONG[:24])) == []


def test_the_self_check_s_look_at_a_card_leaves_nothing(device):
    if device.on_usb:
        return  # a device has none of these
    for card in (_marked(), TypeA(payment(), UID), TypeF(IDM)):
        device.field.put([card])
        assert device.look() == 1
        device.field.lift()
        assert device.found(MARKS) == []


def test_a_pulled_card_leaves_nothing(device):
    for frames in PULLED_AFTER:
        device.field.lift_after(frames)
        _tapped(device, _marked(_unlisted))
        assert device.found(MARKS) == [], frames


@pytest.mark.parametrize("fault", ["checksum", "truncation", "garbage_before_ack"])
def test_a_tap_that_fails_leaves_nothing(device, fault):
    for at_byte in (None, 30):
        for which in (2, 6):  # the activation, and a later command
            left = [which]

            def when(command, left=left):
                left[0] -= 1
                return left[0] <= 0

            name = ON_USB.get(fault, fault) if device.on_usb else fault
            device.faults.arm(name, at_byte=at_byte, when=when, times=3)
            _tapped(device, _marked(_unlisted))
            device.faults.disarm()
            assert device.found(MARKS) == [], (at_byte, which)


def test_a_card_of_another_type_leaves_nothing(device):
    for card in (TypeA(payment(), UID), TypeF(IDM)):
        _tapped(device, card)
        assert device.found(MARKS) == []


def test_ctrl_c_in_the_middle_leaves_nothing(device):
    if device.on_usb:
        return  # a device has none of these
    told = set()
    for at in (20, 27, 35, 44, 54, 65, 90, 130, 200):
        for card in (_marked(_unlisted), TypeA(payment(), UID), TypeF(IDM)):
            device.field.put([card])
            told.add(device.interrupted_tap(at))
            device.field.lift()
            assert device.found(MARKS) == [], at
    assert 3 in told


@pytest.mark.parametrize("link", ["hsu", "i2c", "spi"])
def test_first_light_s_pulled_card_leaves_nothing(micropython, link):
    device = Device(micropython, link, DEVICE / "link.py")
    card = _marked()
    card.breaks = [(50, None)]  # at the field's edge it drops out once, and comes back
    device.field.put([card])
    device.field.lift_after(220)  # frames
    assert device.tap() == 1  # pulled, while it was asked
    device.field.lift()
    assert device.found(MARKS) == []
    device.close()


@pytest.mark.parametrize("link", ["hsu", "i2c", "spi"])
def test_first_light_leaves_nothing_of_a_card_that_is_not_wanted(micropython, link):
    device = Device(micropython, link, DEVICE / "link.py")
    device.field.put([_marked()])
    device.without_a_card()
    device.field.lift()
    assert device.found(MARKS) == []
    device.close()


@pytest.mark.parametrize("at", [60, 90, 130, 160, 200, 250])
def test_first_light_s_program_that_is_broken_off_leaves_nothing(micropython, at):
    device = Device(micropython, "i2c", DEVICE / "link.py")
    device.field.put([_marked()])
    assert device.interrupted_tap(at) == 3
    device.field.lift()
    assert device.found(MARKS) == []
    device.close()


def test_ctrl_c_while_a_deaf_chip_waits_for_a_slow_card_leaves_nothing(micropython, monkeypatch):
    # That a command aborts the one before is the emulator's way; an ACK does for sure [UM].
    receive = Chip.receive

    def deaf(chip, item, now_us):
        chip.advance(now_us)
        if item in (ACK, NACK) or not chip.busy:
            receive(chip, item, now_us)

    monkeypatch.setattr(Chip, "receive", deaf)
    device = Device(micropython, "hsu_port")
    for at in range(24, 70, 5):
        device.field.put([_marked(_unlisted, 200_000)])
        assert device.interrupted_tap(at) == 3
        device.field.lift()
        assert device.found(MARKS) == [], at
    device.close()


def test_a_look_at_the_empty_field_leaves_nothing_in_a_uart_s_own_buffers(micropython):
    device = Device(micropython, "hsu_port")
    told = (_unlisted, _long, *PLANTS.values())
    for card in (*(_marked(says) for says in told), TypeA(payment(), UID), TypeF(IDM)):
        for frames in (None, *PULLED_AFTER):
            if frames:
                device.field.lift_after(frames)
            _tapped(device, card)
            assert device.tap() == 0  # nothing is there any more
            assert device.found(MARKS) == [], frames
    device.close()


@pytest.mark.parametrize("fault", ["zombie", "nack", "error_frame"])
def test_an_echo_that_fails_is_asked_for_again(micropython, fault):
    # What comes at the beginning replaces the first bytes of a mark.
    long_uid = UID + UID[1:]  # of seven bytes
    ends = [mark[3:] for mark in (IDM, long_uid, TOKEN)]
    device = Device(micropython, "hsu_port")
    for card in (TypeF(IDM), TypeA(payment(), long_uid), _marked(_unlisted)):
        _tapped(device, card)
        device.faults.arm(
            fault, when=lambda command: not command[0] and len(command) > 99, times=2
        )
        struck = device.faults.struck
        for _ in range(3):
            device.tap()
        assert device.faults.struck == struck + 2
        device.faults.disarm()
        assert device.found(ends) == []
    device.close()


@pytest.mark.parametrize(
    ("link", "stops"), [("hsu_port", (20, 35, 65, 90)), ("rcs660s_port", (44, 65, 130, 200))]
)
def test_ctrl_c_leaves_nothing_in_a_uart_s_own_buffer(micropython, link, stops):
    device = Device(micropython, link)
    stopped = 0
    for at in stops:
        for card in (_marked(_unlisted), TypeA(payment(), UID), TypeF(IDM)):
            device.field.put([card])
            # One that ended before leaves its last answer there, until others come.
            if device.interrupted_tap(at) == 3:
                stopped += 1
                device.field.lift()
                assert device.found(MARKS) == [], at
            device.field.lift()
    assert stopped >= 6
    device.close()
