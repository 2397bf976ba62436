"""nfcpy, a driver nobody here wrote, takes the emulator for a PN532 and runs its own ISO-DEP."""

import asyncio
import importlib.util
import os

import pytest

from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.content import IDENTITY
from pinlamp_tools.simulator.serial_chip import SerialChip

MISSING = importlib.util.find_spec("nfc") is None
IN_CI = os.environ.get("CI") == "true"

pytestmark = pytest.mark.skipif(
    MISSING and not IN_CI, reason="nfcpy is missing: pip install nfcpy"
)


async def with_nfcpy(name, use):
    """Let `use(device)` talk to a virtual card in a thread; return what it returns."""
    import nfc.clf.pn532
    import nfc.clf.transport

    def session(path):
        device = nfc.clf.pn532.init(nfc.clf.transport.TTY(path))
        try:
            return use(device)
        finally:
            device.close()

    server = SerialChip()
    await server.start()
    server.field.put(cards.make(name))
    try:
        return await asyncio.wait_for(asyncio.to_thread(session, server.path), 60)
    finally:
        await server.stop()
        assert server.field.presented == 0


def tag_of(device):
    """Return nfcpy's Type 4B tag on the antenna."""
    import nfc.clf
    import nfc.tag.tt4

    target = device.sense_ttb(nfc.clf.RemoteTarget("106B"))
    assert target is not None, "no Type B card"

    class Frontend:
        max_send_data_size = device.get_max_send_data_size(target)
        max_recv_data_size = device.get_max_recv_data_size(target)

        def exchange(self, data, timeout):
            return device.send_cmd_recv_rsp(target, data, timeout)

    return target, nfc.tag.tt4.Type4BTag(Frontend(), target)


def exchange(tag, *apdus):
    """Send APDUs by nfcpy's own ISO-DEP; return the answers in hex."""
    return [bytes(tag._dep.exchange(bytearray.fromhex(apdu))).hex() for apdu in apdus]


async def test_nfcpy_reports_the_type_b_card():
    def look(device):
        target, _ = tag_of(device)
        return bytes(target.sensb_res)

    atqb = await with_nfcpy("bank_app_lockout", look)
    assert atqb[:1] == b"\x50" and atqb[5:] == bytes.fromhex("000005e0b381a1")


async def test_nfcpys_own_iso_dep_reads_the_counters_and_a_long_answer():
    def talk(device):
        _, tag = tag_of(device)
        return exchange(
            tag,
            "00A4040C0AD3921000310001010402",
            "00A4020C020012",
            "00200080",
            "00A4040C0AD392F000260100000001",
            "00A4020C02000A",
            "00B0000000",
        )

    answers = await with_nfcpy("bank_app_lockout", talk)
    assert answers[:5] == ["9000", "9000", "63c0", "9000", "9000"]
    assert bytes.fromhex(answers[5]) == (IDENTITY * 13)[:256] + b"\x90\x00"


async def test_nfcpy_grants_a_slow_card_the_time_it_asks_for():
    def talk(device):
        _, tag = tag_of(device)
        return exchange(tag, "00A4040C0AD392F000260100000001", "00A4020C02001B", "00200080")

    assert await with_nfcpy("slow", talk) == ["9000", "9000", "63c5"]


async def test_nfcpy_finds_type_a_and_type_f():
    def look(device):
        import nfc.clf

        a = device.sense_tta(nfc.clf.RemoteTarget("106A"))
        b = device.sense_ttb(nfc.clf.RemoteTarget("106B"))
        f = device.sense_ttf(nfc.clf.RemoteTarget("212F"))
        return [target is not None for target in (a, b, f)]

    assert await with_nfcpy("credit", look) == [True, False, False]
    assert await with_nfcpy("transit", look) == [False, False, True]
