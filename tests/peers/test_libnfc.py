"""libnfc, a program nobody here wrote, takes the emulator for a PN532."""

import asyncio
import os
import re
import shutil

import pytest

from pinlamp_tools.emulator.card import cards
from pinlamp_tools.simulator.serial_chip import SerialChip

NFC_LIST = shutil.which("nfc-list")
IN_CI = os.environ.get("CI") == "true"

pytestmark = pytest.mark.skipif(
    NFC_LIST is None and not IN_CI, reason="nfc-list is missing: apt install libnfc-bin"
)


async def nfc_list(name, *options):
    """Return what nfc-list says of a virtual card, and the tries it cost."""
    assert NFC_LIST, "nfc-list is missing, and in CI it must not be"
    server = SerialChip()
    await server.start()
    server.field.put(cards.make(name))
    try:
        process = await asyncio.create_subprocess_exec(
            NFC_LIST,
            *options,
            env={**os.environ, "LIBNFC_DEVICE": f"pn532_uart:{server.path}:115200"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            out, _ = await asyncio.wait_for(process.communicate(), 30)
        except asyncio.TimeoutError:
            process.kill()
            raise
    finally:
        await server.stop()
    assert server.field.presented == 0
    text = out.decode()
    assert process.returncode == 0, text
    return text


async def test_nfc_list_reports_the_type_b_card():
    text = await nfc_list("bank_app_lockout", "-t", "8", "-v")
    assert "1 ISO14443B passive target(s) found" in text
    assert re.search(r"Application Data: 00\s+00\s+05\s+e0", text)
    assert re.search(r"Protocol Info: b3\s+81\s+a1", text)
    assert "Protocol types supported: ISO/IEC 14443-4" in text


async def test_nfc_list_finds_no_type_b_card_where_there_is_none():
    assert "PUPI" not in await nfc_list("transit", "-t", "8", "-v")


async def test_nfc_list_finds_one_card_of_each_kind_among_all_it_looks_for():
    text = await nfc_list("wallet", "-v")
    assert "1 ISO14443A passive target(s) found" in text
    assert "1 ISO14443B passive target(s) found" in text
    text = await nfc_list("transit", "-v")
    assert "1 Felica (212 kbps) passive target(s) found" in text
