# mypy: ignore-errors
"""On a device, over the REPL: the reader behind one link, and one card on it.

`KIND` and `PINS` are the link's entry in board.json, `READER` is the board's; `WAIT_MS` is how
long a card may take to come (0: none will). While it waits it prints an empty line now and then,
so that the host knows it. Every command to the card goes through the firmware's reader and its
gate. It prints JSON lines:

    {"step": "chip", …}     who answers there, and how long its version and an empty field take
    {"step": "lay"}         lay a card there now
    {"step": "other", …}    what lies there is not asked: another kind of card, or several
    events                  activation, exchange, card and key, as the firmware tells them
    {"step": "card", …}     the survey is over: the time of each exchange
    {"step": "pauses", …}   the shortest forced pause with which an RC-S660/S read the card
    {"step": "pull"}        pull the card now, while it is being asked
    {"step": "pulled", …}   how that looked from here
    {"step": "none"}        no card came, or none was pulled, in time
"""

import asyncio
import json
from time import sleep_ms, ticks_diff, ticks_ms, ticks_us

from mynacard import default_keys
from pinlamp import tap
from pinlamp.events import card_event, key_event
from pinlamp.links import HZ, link
from pinlamp.reader import TYPE_B_CARD, Reader
from pinlamp.recording import recorder
from pn532 import PN532, PN532Error, StatusError, clock

_ASKED = 9
_LOOKS = 5
_SIGN_MS = 2000
_PAUSES = (70, 30, 0)  # ms between two commands for an RC-S660/S; 70 is its driver's own


class _Life:
    """Gives the host a sign of life, now and then."""

    told_ms = ticks_ms()

    def sign(self):
        now = ticks_ms()
        if ticks_diff(now, self.told_ms) > _SIGN_MS:
            self.told_ms = now
            print()


_life = _Life()


class _Wait:
    """The time for one thing that the person does."""

    def __init__(self):
        self._begin = ticks_ms()

    def over(self):
        _life.sign()
        return ticks_diff(ticks_ms(), self._begin) > WAIT_MS  # noqa: F821


def _tell(event):
    event["v"] = 1
    print(json.dumps(event))


def _step(name, **facts):
    facts["step"] = name
    print(json.dumps(facts))


class _Noting(Reader):
    """A reader that notes how an exchange with a card ended: `last`, the newest fault's status.

    It takes no byte of an answer: what a card says is copied nowhere.
    """

    last = None

    def _fault(self, error):
        if isinstance(error, StatusError):
            self.last = error.status
        super()._fault(error)


class _Timed:
    """A reader whose exchanges are timed, in µs."""

    def __init__(self, reader):
        self._reader = reader
        self.find, self.release = reader.find, reader.release
        self.us = []

    async def exchange(self, command):
        """Send a command through the reader's gate."""
        _life.sign()
        start = ticks_us()
        answer = await self._reader.exchange(command)
        self.us.append(ticks_diff(ticks_us(), start))
        return answer


class _Listener:
    def started(self):
        pass

    def card(self, card):
        _tell(card_event(card.kind))

    def finding(self, finding):
        _tell(key_event(finding))


class _Silent(_Listener):
    def card(self, card):
        pass

    finding = card


async def _timed(count, work):
    found = []
    for _ in range(count):
        start = ticks_us()
        await work()
        found.append(ticks_diff(ticks_us(), start))
    found.sort()
    return found[len(found) // 2]


async def _wait_for_card(reader):
    wait = _Wait()
    told = None
    while not wait.over():
        found = await reader.find()
        if found == TYPE_B_CARD:
            return True
        if found not in (None, told):
            _step("other", found=found)
            told = found
        await clock.sleep_ms(50)
    return False


async def _pull(reader, status):
    """Ask the card again and again until it is gone; `status`: a _Noting, or None."""
    _step("pull")
    wait = _Wait()
    while not wait.over():
        watched = _Timed(reader)
        done = await tap.run(watched, default_keys(), clock, _Silent())
        if not done.complete:
            _step("pulled", status=status and status.last, us=max(watched.us))
            return
    _step("none")


async def _pauses(chip, reader):
    """Read the card with shorter pauses, until one is too short."""
    shortest = _PAUSES[0]
    for pause_ms in _PAUSES[1:]:
        chip.module.pause(pause_ms)
        await reader.release()
        try:
            found = await reader.find() or await reader.find()
            if found != TYPE_B_CARD:
                break
            if not (await tap.run(_Timed(reader), default_keys(), clock, _Silent())).complete:
                break
        except PN532Error:
            break
        shortest = pause_ms
    chip.module.pause(_PAUSES[0])
    _step("pauses", pause_ms=shortest)
    await reader.open()
    await _wait_for_card(reader)


def _made():
    """Return the chip, its reader, and the link of a PN532, None for another chip."""
    if READER == "rcs660s":  # noqa: F821
        from pinlamp.rcs660s import Rcs660sReader
        from pinlamp.rcs660s import chip as chip_on

        chip = chip_on(PINS)  # noqa: F821
        return chip, Rcs660sReader(chip, clock), None
    bus = link(KIND, PINS)  # noqa: F821
    chip = PN532(bus)
    return chip, _Noting(chip, clock), bus


async def _version(chip):
    version = await chip.get_firmware_version()
    facts = {"ic": version.ic, "ver": version.version, "rev": version.revision}
    facts["support"] = version.support
    facts["version_us"] = await _timed(_ASKED, chip.get_firmware_version)
    return facts


async def _main(chip, reader, bus):
    start = ticks_ms()
    try:
        await reader.open()
    except PN532Error:
        _step("chip", ok=False)
        return
    open_ms = ticks_diff(ticks_ms(), start)
    _step(
        "chip",
        ok=True,
        open_ms=open_ms,
        hz=chip.baudrate or HZ[KIND],  # noqa: F821
        look_us=await _timed(_LOOKS, reader.find),
        **(await _version(chip) if bus else {}),
    )
    await reader.release()  # what those looks found: somebody's card may lie there
    if not WAIT_MS:  # noqa: F821
        return
    _step("lay")
    if not await _wait_for_card(reader):
        _step("none")
        await reader.release()
        return
    watched = _Timed(reader)
    done = await tap.run(watched, default_keys(), clock, _Listener(), recorder(reader, _tell))
    present = await reader.present() if done.complete else None
    _step("card", complete=done.complete, ms=done.ms, us=watched.us, present=present)
    if done.complete and done.findings:
        if bus is None:
            await _pauses(chip, reader)
        await _pull(reader, reader if bus else None)
    await reader.release()


asyncio.new_event_loop()
_chip, _reader, _bus = _made()
try:
    asyncio.run(_main(_chip, _reader, _bus))
finally:
    # Ctrl-C, or a reader that is lost: nothing of a card stays in memory.
    if hasattr(_chip, "drown"):
        _chip.drown(sleep_ms)
    else:  # a Pinlamp of before
        _chip.overwrite()
