"""nfcpy's RC-S380 driver, which nobody here wrote, reads a card through the emulated reader.

Its own ISO-DEP does the blocks. It wants an object with `write` and `read` for a transport.
"""

import errno
import importlib.util
import os

import pytest

from mynacard.apdu import select_df, select_ef
from mynacard.keys import JPKI, TOKEN, token_of
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.air.other import TypeF
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.pasori.rcs380 import RCS380
from usb_pipe import PACKET, Clock

MISSING = importlib.util.find_spec("nfc") is None
IN_CI = os.environ.get("CI") == "true"

pytestmark = pytest.mark.skipif(
    MISSING and not IN_CI, reason="nfcpy is missing: pip install nfcpy"
)


class Transport:
    """What `nfc.clf.rcs380.Chipset` calls, over an emulated reader on a clock that jumps."""

    manufacturer_name, product_name = "SONY", "RC-S380/S"

    def __init__(self, usb, clock):
        self._usb, self._clock = usb, clock

    def write(self, frame):
        self._usb.write(bytes(frame))
        if len(frame) % PACKET == 0:
            self._usb.write(b"")

    def read(self, timeout=0):
        """Return a transfer; within `timeout` ms, if it is not 0."""
        ends_us = self._clock.us + (timeout or 10_000) * 1000
        whole = bytearray()
        while True:
            packet = self._usb.read()
            if packet is not None:
                whole += packet
                if len(packet) < PACKET:
                    return whole
                continue
            due_us = self._usb.next_due()
            if due_us is None or due_us > ends_us:
                self._clock.us = max(self._clock.us, ends_us)
                raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            self._clock.us = max(self._clock.us, due_us)

    def close(self):
        pass


@pytest.fixture
def reader():
    """The field, and nfcpy's device over it."""
    import nfc.clf.rcs380

    field, clock = Field(), Clock()
    device = nfc.clf.rcs380.init(Transport(RCS380(field, clock.now_us), clock))
    yield field, device
    device.close()
    assert not field.on


def sensed(device):
    import nfc.clf

    return device.sense_ttb(nfc.clf.RemoteTarget("106B"))


def asked(device, target, commands):
    """Return what the card answers to each command, by nfcpy's own ISO-DEP."""
    import nfc.tag.tt4

    class Frontend:
        max_send_data_size = device.get_max_send_data_size(target)
        max_recv_data_size = device.get_max_recv_data_size(target)

        def exchange(self, data, timeout):
            return device.send_cmd_recv_rsp(target, data, timeout)

    tag = nfc.tag.tt4.Type4BTag(Frontend(), target)
    return [bytes(tag._dep.exchange(bytearray(command))) for command in commands]


@pytest.mark.parametrize("name", ["fresh", "sign_locked", "slow", "phone_android"])
def test_it_reads_the_token(reader, name):
    field, device = reader
    field.put(cards.make(name))
    target = sensed(device)
    assert target is not None and len(target.sensb_res) == 12
    commands = (select_df(JPKI), select_ef(TOKEN.ef), bytes((0x00, 0xB0, 0, 0, TOKEN.length)))
    *selected, read = asked(device, target, commands)
    assert selected == [b"\x90\x00"] * 2
    assert read[-2:] == b"\x90\x00" and token_of(read[:-2])


def test_it_gets_the_tries_left_from_an_empty_query(reader):
    field, device = reader
    field.put(cards.make("fresh"))
    commands = (select_df(JPKI), select_ef(0x0018), b"\x00\x20\x00\x80")
    assert asked(device, sensed(device), commands)[-1] == b"\x63\xc3"


@pytest.mark.presents_pin
def test_what_lies_behind_a_query_costs_a_try(reader):
    """The proof that the emulated card would tell."""
    field, device = reader
    (card,) = cards.make("worn")
    field.put([card])
    commands = (select_df(JPKI), select_ef(0x001B), b"\x00\x20\x00\x80\x01\x00")
    asked(device, sensed(device), commands)
    assert card.presented == 1


def test_nobody_there_is_none_and_two_cards_are_none(reader):
    field, device = reader
    assert sensed(device) is None
    field.put(cards.make("two_cards"))
    assert sensed(device) is None


def test_a_card_of_type_f_is_seen(reader):
    import nfc.clf

    field, device = reader
    field.put([TypeF(bytes(8))])
    assert device.sense_ttf(nfc.clf.RemoteTarget("212F")) is not None
