"""Under MicroPython: every fault on one link, in every kind of exchange, at every byte.

    micropython fault_matrix.py LINK [STRIDE] [FIRST] [FAULT]

LINK: hsu, i2c, i2c_irq, spi, spi_irq of a PN532; rcs660s, rcs300, rcs380 for a PaSoRi. A STRIDE
of n strikes only every n-th byte, from FIRST on.
Chip, card, driver, reader, tap and gate are the real ones, on a virtual clock. Prints a line for
each case that went wrong, and a summary at the end; status 1 if any case went wrong.
"""

import asyncio
import json
import sys

import oracle
from mynacard import default_keys
from pinlamp import tap
from pinlamp.reader import TYPE_B_CARD
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.virtual import World
from pn532 import LostError

if sys.argv[1] == "rcs660s":
    from rcs660s_faults import (
        FAULTS,
        FEW,
        KINDS,
        MAY_COST_THE_TAP,
        WAYS,
        Faults,
        harmless,
        places,
    )
    from rcs660s_wires import reader_of

    def reader_on(link, world, field, faults):
        """Return a reader whose module lies under `field`."""
        return reader_of(world, field, faults)

elif sys.argv[1] in ("rcs300", "rcs380"):
    from usb_faults import (
        FAULTS,
        FEW,
        KINDS,
        MAY_COST_THE_TAP,
        WAYS,
        Faults,
        harmless,
        places,
    )
    from usb_wires import reader_of as usb_reader_of

    def reader_on(link, world, field, faults):
        """Return a reader whose PaSoRi lies under `field`."""
        return usb_reader_of(link, world, field, faults)

else:
    from fault_places import FEW, KINDS, MAY_COST_THE_TAP, WAYS, harmless, places
    from wires import Wires

    from pinlamp.reader import Reader
    from pinlamp_tools.emulator.chip.chip import Chip
    from pinlamp_tools.emulator.chip.faults import FAULTS, Faults
    from pn532 import PN532

    def reader_on(link, world, field, faults):
        """Return a reader on that link to a chip under `field`."""
        return Reader(PN532(Wires(link, world, Chip(field, faults)).link()), world)


# Kinds of exchange that only this fault needs: all else treats them as it does each SELECT.
LOST_ONLY = ("applet", "key")
CARD = "worn"  # each of its keys has a different number of tries
IDS = ("sign", "auth", "text_b")
REOPEN_MS = 1000  # the application's pause before it reopens a lost reader
POLL_MS = 20
ROUNDS = 12  # looks for a card, at most
# From the moment the card lies there and the fault is over: find it, and read three keys.
BOUND_MS = 3_000


class Wrong(Exception):
    """Something happened that must not happen."""


class Rig:
    """A reader on one link to a chip, and the card on it."""

    def __init__(self, link):
        """Connect; nothing is opened yet."""
        self.world = World()
        self.world.install()
        self.field = Field()
        self.faults = Faults()
        self.reader = reader_on(link, self.world, self.field, self.faults)
        self.keys = tuple([key for key in default_keys() if key.id in IDS])
        truth = oracle.CARDS[CARD]["keys"]
        self.truth = {}
        for key in IDS:
            self.truth[key] = (truth[key]["state"], truth[key]["left"], truth[key]["max"])
        self.activations = 0
        self.complete = False
        self.lies = 0
        self.counting_lies = False
        self._spent = 0  # PINs presented to forgotten cards

    # The calls of `tap.run`

    def started(self):
        """Count an activation."""
        self.activations += 1

    def card(self, card):
        """Check the kind: only one card lies here."""
        if card.kind != "my_number_card":
            self._lie("kind %s" % card.kind)

    def finding(self, finding):
        """Check a finding: the truth, or `unknown`."""
        if finding.state != "unknown" and tuple(finding)[1:4] != self.truth[finding.id]:
            self._lie(str(finding))

    def _lie(self, text):
        if not self.counting_lies:
            raise Wrong("a lie: " + text)
        self.lies += 1

    async def visit(self, rounds=ROUNDS, looks=2):
        """Find a card, survey it, ask whether it is there, as the application does."""
        self.complete = False
        self.activations = 0
        for _ in range(rounds):
            try:
                found = await self.reader.find()
                if found == TYPE_B_CARD:
                    await self._ask()
                    for _ in range(looks):
                        if not await self.reader.present():
                            break
                    await self.reader.release()
                    return True
                if found is not None and not self.counting_lies:
                    raise Wrong("found " + found)
                await self.world.sleep_ms(POLL_MS)
            except LostError:
                await self.world.sleep_ms(REOPEN_MS)
                await self.open()
        return False

    async def open(self):
        """Open the reader; retry as the application does."""
        for _ in range(5):
            try:
                return await self.reader.open()
            except LostError:
                await self.world.sleep_ms(REOPEN_MS)
        raise Wrong("not to be opened")

    async def _ask(self):
        result = await tap.run(self.reader, self.keys, self.world, self)
        found = {}
        for finding in result.findings:
            self.finding(finding)
            found[finding.id] = tuple(finding)[1:4]
        self.complete = result.complete
        if len(result.findings) != len(IDS) and not self.counting_lies:
            raise Wrong("%d findings" % len(result.findings))
        if result.complete and found != self.truth and not self.counting_lies:
            raise Wrong("complete, but " + str(found))

    async def case(self, name, kind, at, way, harmless=False):
        """Tap with one fault, then without. Return whether the fault struck; raise Wrong."""
        self.counting_lies = name == "same_sums"
        struck = self.faults.struck
        self.field.put(cards.make(CARD))
        self.faults.arm(name, at, KINDS[kind], **way)
        if kind == "session":  # of a reader that has just started
            await self.open()
        await self.visit()
        self.faults.disarm()
        struck = self.faults.struck - struck
        if struck and name not in MAY_COST_THE_TAP and way.get("times", 1) == 1:
            if not self.complete:
                raise Wrong("one fault cost the tap")
            if self.activations > (1 if harmless else 2):
                raise Wrong("it cost %d activations" % (self.activations - 1))
        self.counting_lies = False
        self.field.lift()
        self.field.put(cards.make(CARD))
        begin_us = self.world.now_us
        await self.visit()
        if not self.complete:
            raise Wrong("the clean tap after it was not complete")
        if self.activations != 1:
            raise Wrong("the clean tap took %d activations" % self.activations)
        ms = (self.world.now_us - begin_us) // 1000
        if ms > BOUND_MS:
            raise Wrong("ready again only after %d ms" % ms)
        self.field.lift()
        await self.reader.release()
        return struck, ms

    async def sizes(self, kind):
        """Return the sizes of command and answer in the first exchange of `kind`."""
        seen = []

        def first(command):
            return KINDS[kind](command) and not seen and not seen.append(command)

        self.field.put(cards.make(CARD))
        self.faults.arm("truncation", 1 << 20, first)
        if kind == "session":
            await self.open()
        await self.visit()
        self.faults.disarm()
        self.forget()
        await self.reader.release()
        return self.faults.sizes

    def forget(self):
        """Forget the cards that lay here; return how many PINs were presented to them."""
        self.field.lift()
        self.field.forget()
        before, self._spent = self._spent, self.field.presented
        return self._spent - before


async def main(link, stride, first, only):
    """Go through the matrix."""
    rig = Rig(link)
    await rig.reader.open()
    sizes = {}
    for kind in KINDS:
        sizes[kind] = await rig.sizes(kind)
    counts = {}
    failed = 0
    longest = 0
    number = first
    for name, links, _ in FAULTS:
        if not {link, link[:3]} & set(links.split()) or only not in (None, name):
            continue
        every_byte, ways = WAYS[name]
        step = stride if name not in FEW else max(1, stride // 5)
        cases = struck = 0
        for way in ways:
            for kind in KINDS:
                if kind in LOST_ONLY and name != "lost_byte":
                    continue
                for at in places(name, *sizes[kind]) if every_byte else (None,):
                    number += 1
                    if every_byte and number % step:
                        continue
                    cases += 1
                    try:
                        free = harmless(name, way, at, *sizes[kind])
                        hits, ms = await rig.case(name, kind, at, way, free)
                        struck += hits
                        longest = max(longest, ms)
                    except Exception as error:  # show any exception
                        failed += 1
                        print("FAILED", link, name, kind, at, way, repr(error))
                        if not isinstance(error, Wrong):
                            sys.print_exception(error)
                        rig.faults.disarm()
                        await rig.open()
                    if rig.forget():
                        failed += 1
                        print("FAILED", link, name, kind, at, way, "a PIN was presented")
        counts[name] = (cases, struck)
    print(
        json.dumps(
            {
                "link": link,
                "faults": counts,
                "failed": failed,
                "lies": rig.lies,
                "longest_ms": longest,
                "virtual_s": rig.world.now_us // 1_000_000,
            }
        )
    )
    return failed


arguments = sys.argv[1:] + [None] * 4
sys.exit(
    1
    if asyncio.run(
        main(arguments[0], int(arguments[1] or 1), int(arguments[2] or 0), arguments[3])
    )
    else 0
)
