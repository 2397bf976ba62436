# mypy: ignore-errors
"""On a device, over the REPL: the PN532 behind one link, and one card on it.

`KIND` and `PINS` are the link's entry in board.json; `WAIT_MS` is how long a card may take to come.
Every command to the card goes through the firmware's reader and its gate. It prints JSON lines:

    {"step": "chip", …}     who answers there, and the times of its echo and of an empty field
    {"step": "lay"}         lay a card there now
    {"step": "other", …}    what lies there is not asked: another kind of card, or several
    events                  activation, exchange, card and key, as the firmware tells them
    {"step": "card", …}     the survey is over: the time of each exchange
    {"step": "pull"}        pull the card now, while it is being asked
    {"step": "pulled", …}   how that looked from here
    {"step": "none"}        no card came, or none was pulled, in time
"""

import asyncio
import json
from time import ticks_diff, ticks_ms, ticks_us

from mynacard import default_keys
from pinlamp import tap
from pinlamp.events import card_event, key_event
from pinlamp.links import HZ, link
from pinlamp.reader import TYPE_B_CARD, Reader
from pinlamp.recording import recorder
from pn532 import PN532, PN532Error, StatusError, clock

_ECHOES = 9
_LOOKS = 5
_DIAGNOSE = 0x00
_ECHO = b"\x00" + bytes(range(14))  # Diagnose 00: the chip sends the data back


def tell(event):
    event["v"] = 1
    print(json.dumps(event))


def step(name, **facts):
    facts["step"] = name
    print(json.dumps(facts))


class Chip(PN532):
    """Remembers the status of the last exchange that failed."""

    status = None

    async def in_data_exchange(self, tg, data, timeout_ms=5500):
        try:
            return await super().in_data_exchange(tg, data, timeout_ms)
        except StatusError as error:
            self.status = error.status
            raise


class Timed:
    """A reader whose exchanges are timed, in µs."""

    def __init__(self, reader):
        self._reader = reader
        self.find, self.release = reader.find, reader.release
        self.us = []

    async def exchange(self, command):
        start = ticks_us()
        answer = await self._reader.exchange(command)
        self.us.append(ticks_diff(ticks_us(), start))
        return answer


class Listener:
    def started(self):
        pass

    def card(self, card):
        tell(card_event(card.kind))

    def finding(self, finding):
        tell(key_event(finding))


class Silent(Listener):
    def card(self, card):
        pass

    finding = card


async def timed(count, work):
    found = []
    for _ in range(count):
        start = ticks_us()
        await work()
        found.append(ticks_diff(ticks_us(), start))
    found.sort()
    return found[len(found) // 2]


async def wait_for_card(reader):
    begin = ticks_ms()
    told = None
    while ticks_diff(ticks_ms(), begin) < WAIT_MS:  # noqa: F821
        found = await reader.find()
        if found == TYPE_B_CARD:
            return True
        if found not in (None, told):
            step("other", found=found)
            told = found
        await clock.sleep_ms(50)
    return False


async def pull(reader, chip):
    """Ask the card again and again until it is gone."""
    step("pull")
    begin = ticks_ms()
    while ticks_diff(ticks_ms(), begin) < WAIT_MS:  # noqa: F821
        watched = Timed(reader)
        done = await tap.run(watched, default_keys(), clock, Silent())
        if not done.complete:
            step("pulled", status=chip.status, us=max(watched.us))
            return
    step("none")


async def main():
    chip = Chip(link(KIND, PINS))  # noqa: F821
    reader = Reader(chip, clock)
    start = ticks_ms()
    try:
        await reader.open()
    except PN532Error:
        step("chip", ok=False)
        return
    open_ms = ticks_diff(ticks_ms(), start)
    version = await chip.get_firmware_version()
    step(
        "chip",
        ok=True,
        open_ms=open_ms,
        hz=chip.baudrate or HZ[KIND],  # noqa: F821
        ic=version.ic,
        ver=version.version,
        rev=version.revision,
        support=version.support,
        echo_us=await timed(_ECHOES, lambda: chip.command(_DIAGNOSE, _ECHO)),
        look_us=await timed(_LOOKS, reader.find),
    )
    step("lay")
    if not await wait_for_card(reader):
        step("none")
        return
    watched = Timed(reader)
    done = await tap.run(watched, default_keys(), clock, Listener(), recorder(reader, tell))
    present = await reader.present() if done.complete else None
    step("card", complete=done.complete, ms=done.ms, us=watched.us, present=present)
    if done.complete and done.findings:
        await pull(reader, chip)
    await reader.release()


asyncio.new_event_loop()
asyncio.run(main())
