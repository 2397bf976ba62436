"""The self-check: of chip, lamps, buzzer, button, memory, files and settings.

The button or `pinlamp doctor` (over the REPL) starts it. It checks that the chip can switch the
field on and off, and looks once for a card, to which it sends no command.

Each finding is a dict with "check" and "ok" (true, false, or null: only a person can tell), and

    version   "version", "board"
    memory    "free" bytes
    files     "differ": names of files that changed since the deployment, or do not belong to it;
              ok null: there is no list of them
    settings  "replaced": names of settings that are not usable
    chip      "link", its "speed" in bit/s, and "ic", "ver", "rev", "support" of the chip; for a
              fault "acknowledges": it takes commands, but does not answer. This and the next four
              have "reader": "rcs660s" if it is one, which names no version
    type_b, field_on, field_off
    card      ok null: it saw none
    button    ok false: it is down although nobody presses it
    lamp      "lamp" from 0, "keys"; one for each lamp while it is lit
    buzzer
"""

import asyncio
import gc
import hashlib
import json
import os
from binascii import hexlify

from micropython import const
from pn532 import (
    TYPE_A,
    TYPE_B,
    TYPE_F,
    CommandError,
    LostError,
    PN532Error,
    clock,
)

from . import __version__, links, look
from . import files as names
from .layout import lamps as lamps_of

_LEAST_FREE = const(16384)
_LAMP_MS = const(400)
_FILE = const(0x8000)  # the type by which os.ilistdir marks a folder


async def run(parts, tell):
    """Check all of `parts`, `tell` each finding, return the worst one's violet flashes, or 0.

    It uses all `parts` except `events`, and feeds the watchdog between the checks.
    """
    config, lamps = parts.config, parts.lamps
    tell({"check": "version", "ok": True, "version": __version__, "board": parts.board.name})
    gc.collect()
    free = gc.mem_free()
    tell({"check": "memory", "ok": free >= _LEAST_FREE, "free": free})
    flashes = 0 if free >= _LEAST_FREE else look.SAFE_MODE
    differ = _differ()
    tell({"check": "files", "ok": None if differ is None else not differ, "differ": differ})
    if differ:
        flashes = look.SAFE_MODE
    tell({"check": "settings", "ok": not config.replaced, "replaced": config.replaced})
    if config.replaced:
        flashes = look.SETTINGS
    parts.watchdog.feed()
    parts.button.look()
    tell({"check": "button", "ok": not parts.button.down})
    if not await _chip(parts.board, parts.chip, tell):
        flashes = look.READER_LOST
    for index, keys in enumerate(lamps_of(config.layout)):
        tell({"check": "lamp", "ok": None, "lamp": index, "keys": keys})
        lamps.test(index)
        lamps.render()
        parts.watchdog.feed()
        await clock.sleep_ms(_LAMP_MS)
    lamps.dark()
    lamps.render()
    tell({"check": "buzzer", "ok": None})
    await parts.buzzer.sound(2)
    parts.watchdog.feed()
    return flashes


async def _chip(board, chip, tell):
    other = {} if board.reader == "pn532" else {"reader": board.reader}
    finding = dict(other, check="chip", ok=False, link=board.link_kind)
    try:
        await chip.open()
        version = await chip.get_firmware_version()
    except PN532Error as error:
        if isinstance(error, LostError):
            finding["acknowledges"] = error.acknowledged
        else:  # once it is open a chip is there, whatever it does with a command
            finding["acknowledges"] = isinstance(error, CommandError)
        tell(finding)
        return False
    finding["ok"] = True
    finding["speed"] = chip.baudrate or links.HZ[board.link_kind]
    for name, value in zip(("ic", "ver", "rev", "support"), version):
        finding[name] = value
    tell(finding)
    tell(dict(other, check="type_b", ok=version.type_b))
    field = True
    for name, on in (("field_on", True), ("field_off", False)):
        try:
            await chip.rf_field(on)
            tell(dict(other, check=name, ok=True))
        except PN532Error:
            field = False
            tell(dict(other, check=name, ok=False))
        if on:
            tell(dict(other, check="card", ok=await _sees_a_card(chip) or None))
    return version.type_b and field


async def _sees_a_card(chip):
    try:
        await chip.rf_retries(1)
        for card_type in (TYPE_B, TYPE_A, TYPE_F):
            if await chip.in_list_passive_target(1, card_type, None, True):
                return True
    except PN532Error:
        pass
    finally:
        chip.overwrite()  # the card told its number
    return False


def _differ():
    """Return the names of files that differ from files.json; None without files.json."""
    try:
        with open(names.LIST) as file:
            files = json.load(file)["files"]
        differ = [name for name in sorted(files) if _sha256(name) != files[name]]
        return differ + _strays(files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _strays(files):
    """Return undeployed names: MicroPython imports a .py or a folder before our .mpy."""
    folders = sorted({name.rsplit("/", 1)[0] for name in files if "/" in name})
    found = []
    for folder in [""] + folders:
        for entry in os.ilistdir(folder):
            name = folder + "/" + entry[0] if folder else entry[0]
            known = name in files or name in folders or name == names.LIST
            if not known and not (name in names.STATE and entry[1] == _FILE):
                found.append(name)
    return found


def _sha256(name):
    found = hashlib.sha256()
    buffer = bytearray(256)
    try:
        with open(name, "rb") as file:
            while True:
                count = file.readinto(buffer)
                if not count:
                    return hexlify(found.digest()).decode()
                found.update(memoryview(buffer)[:count])
    except OSError:
        return None


def doctor():
    """Check everything from the REPL, in the folder of board.json; print JSON lines."""
    from . import settings
    from .board import Board
    from .buzzer import Buzzer
    from .lamps import Lamps
    from .parts import Parts

    board = Board(names.BOARD)
    config = settings.load(names.SETTINGS, board.layout, board.count)
    parts = Parts(
        board,
        config,
        Lamps(board.strip(config), config.layout, clock),
        board.reader_chip(),
        Buzzer(board.buzzer(), clock),
        board.button(),
        None,
        _FedByTimer(),
    )
    asyncio.new_event_loop()
    try:
        asyncio.run(run(parts, lambda finding: print(json.dumps(finding))))
    finally:
        board.quiet()


class _FedByTimer:
    """The watchdog during the REPL, where `watchdog.leave` has a timer feed it."""

    def feed(self):
        pass
