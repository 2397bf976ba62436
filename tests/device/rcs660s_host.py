"""Under MicroPython: cards asked through an emulated RC-S660/S that carries blocks of `isodep`.

    micropython rcs660s_host.py CARD…

Prints a JSON line for each card: {"card", "kind", "keys": {id: [state, left]}, "queries": what the
card got with a VERIFY in it, in hex and without CRC, "presented"}.
"""

import asyncio
import json
import sys

from isodep import Pcd, protocol_info
from mynacard import Card, Session, default_keys
from pasori.rcs660s import RCS660S
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip import virtual
from pinlamp_tools.emulator.pasori.line import Line
from pinlamp_tools.emulator.pasori.module import Module

LONGEST = 128  # of a frame, so that its length fits a byte of the module's data object


def iso_dep(atqb):
    """Return the host's side for a card."""
    info = protocol_info(atqb)
    return Pcd(min(info.fsc, LONGEST), info.fwt_us)


async def ask(reader, field, name):
    """Survey a card; print what it is."""
    (card,) = cards.make(name)
    heard = []
    receive = card.receive

    def listening(frame):
        if bytes(frame)[1:3] == b"\x00\x20":
            heard.append(bytes(frame)[:-2].hex())
        return receive(frame)

    card.receive = listening
    field.put([card])
    while await reader.find_b() is None:
        pass
    session, kind, keys = Session(default_keys()), None, {}
    while session.command:
        for item in session.answer(await reader.exchange(session.command)):
            if isinstance(item, Card):
                kind = item.kind
            else:
                keys[item.id] = [item.state, item.left]
    await reader.field_off()
    field.lift()
    told = {"card": name, "kind": kind, "keys": keys, "queries": heard}
    print(json.dumps(dict(told, presented=card.presented)))


async def main(names):
    """Ask each card."""
    world = virtual.World()
    world.install()
    field = Field()
    module = Module(field)
    reader = RCS660S(virtual.Uart(world, Line(module)), clock=world, iso_dep=iso_dep)
    await reader.open()
    for name in names:
        await ask(reader, field, name)


asyncio.run(main(sys.argv[1:]))
