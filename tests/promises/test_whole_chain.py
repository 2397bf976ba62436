"""The same card on both ways: vpcd, pcscd and `read`, and PN532, firmware and its events.

Run alone (see the Makefile): on a busy machine a tap may begin again, and twice is the most.
"""

import asyncio

import pytest

import pcsc
from desk import Desk

# All others are held to tests/truth/cards.json on either way.
NAMES = ("worn", "bank_app_lockout", "face_auth", "licence_unset", "phone_ios", "swapped")


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd")
    with pcsc.Service() as service:
        yield service


def test_both_ways_find_the_same_key_by_key(service, micropython):
    async def device():
        desk = Desk(licence=True)
        await desk.simulator.start()
        found = {}
        try:
            await desk.event("ready")
            for name in NAMES:
                found[name] = await desk.tap(name)
                await desk.lift()
            return found
        finally:
            await desk.simulator.stop()

    with_device = asyncio.run(device())
    for name in NAMES:
        with service.card(name) as card:
            kinds, findings = pcsc.tap(card, licence=True)
        device_kinds, device_findings = with_device[name]
        assert (set(kinds), findings) == (set(device_kinds), device_findings or {}), name
