"""An update that survives a pulled cable: it fills the other slot, then renames one file.

Before the rename the device starts the old version, after it the new one; each is whole.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from pinlamp import __version__, files
from pinlamp.layout import LAYOUTS
from pinlamp.settings import Settings

from ..boards.board import Board, ChoiceError
from . import payload, seal, strangers, who
from .port import DeviceError
from .repl import Repl
from .settings import on_device

_MAIN = "/main.py"
_NEXT = "/main.new"  # becomes /main.py
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){2}", re.ASCII)
_PLATFORMS = ("esp32", "rp2")
_OF_STRIP = ("pin", "count", "order", "layout", "shape", "columns", "lamps")
NOT_AS_SENT = (
    "{path} is not on the device as it was sent: repeat the command; until then it works as before"
)
NOT_SEALED = "it is not sealed with files that are not Pinlamp's: remove them first (mpremote rm)"


class Plan(NamedTuple):
    """The steps of a deployment."""

    old: str | None  # the folder that starts today, see `payload.home_of`
    new: str  # the slot that will start
    wanted: dict[str, bytes]  # the files of the new slot by their path in it
    send: list[str]
    copy: list[str]  # the old folder has an equal one
    keep: list[str]  # already right
    remove: list[str]  # paths in the way, or foreign to the new slot
    nothing: bool  # the old slot is already as wanted
    sealed: bool = False  # see `seal`
    no_ctrl_c: bool = False
    boot: bool | None = None  # see `seal.boot_of`
    replaced: tuple[str, ...] = ()  # see `replaced`
    other: str | None = None  # the board whose Pinlamp the device has, if it is another


def choose(board: Board, old: bytes | None, link: str | None, strip: str | None) -> Board:
    """Return the board with the link and the strip in use.

    `link` and `strip` come first, then those of `old` (the device's board.json) if it is the same
    board, then the board's own. The device's part for a strip (see `boards.strips`) stays, too,
    unless the board names one itself. All else is the board's, whatever the device has: also the
    order of the colours, in which a stranger's change would make "locked" green. Raises
    ChoiceError.
    """
    before = _before(board, old)
    if before:
        if before.get("link") in tuple(board.links) and before["link"] in board.reader_links:
            link = link or before["link"]
        strip = strip or _strip_of(board, before)
    return board.with_link(link or board.link).with_strip(strip or board.strip.name)


def replaced(board: Board, old: bytes | None) -> list[str]:
    """Return the places of the device's board.json, `old`, that `board` changes unasked.

    Of the strip and the link that are in use before and after, and of what has no name to choose
    by; none, if it is another board's.
    """
    before, after = _before(board, old), board.data()
    if not before:
        return []
    link, links = board.link, before.get("links")
    pairs = {
        "budget_ma": (before.get("budget_ma"), after["budget_ma"]),
        "button": (before.get("button"), after.get("button")),
        "buzzer": (before.get("buzzer"), after.get("buzzer")),
    }
    if before.get("link") == link and isinstance(links, dict):
        pairs[f"links.{link}"] = (links.get(link), after["links"][link])
    lit, new = _lit(before), after["strips"][0]
    if _named(lit) == _named(new):
        pairs.update({f"strips.{name}": (lit.get(name), new.get(name)) for name in _OF_STRIP})
    return [name for name, (was, will) in pairs.items() if was != will]


def _before(board: Board, old: bytes | None) -> dict[str, Any]:
    """Return the content of the device's board.json `old`; {} if it is not that board's."""
    before = _content(old)
    return before if before.get("name") == board.name else {}


def _content(old: bytes | None) -> dict[str, Any]:
    try:
        before = json.loads(old) if old else {}
    except (ValueError, RecursionError):
        return {}
    return before if isinstance(before, dict) else {}


def _lit(before: dict[str, Any]) -> dict[str, Any]:
    """Return the strip that a device's board.json has lit, {} for a damaged one."""
    strips = before.get("strips")
    first = strips[0] if isinstance(strips, list) and strips else None
    return first if isinstance(first, dict) else {}


def _named(strip: dict[str, Any]) -> tuple[Any, Any]:
    return strip.get("name"), strip.get("part")


def _strip_of(board: Board, before: dict[str, Any]) -> str | None:
    """Return the strip that the device's board.json names, if this board can have it."""
    fields = ("name",) if any(each.part for each in board.strips) else ("part", "name")
    for named in map(_lit(before).get, fields):
        if isinstance(named, str):
            with contextlib.suppress(ChoiceError):
                board.with_strip(named)
                return named
    return None


def plan(
    repl: Repl, board: Board, link: str | None, strip: str | None, sealed: bool = False
) -> Plan:
    """Compare the device with the wanted files; `sealed`: it shall be sealed, too.

    Raises DeviceError for another program's main.py, and if the files do not fit the device.
    """
    main = repl.read(_MAIN)
    if main is None and repl.is_folder(_MAIN):
        raise DeviceError(
            "the device has a folder where its main.py belongs: save what is in it if you need"
            " it, then remove it: mpremote rm -r :main.py"
        )
    old = None if main is None else payload.home_of(main)
    if main is not None and old is None:
        raise DeviceError(
            "the device has a main.py of another program: save it if you need it, then remove it:"
            " mpremote rm :main.py"
        )
    of_device = None if old is None else repl.read(f"{old}/{files.BOARD}")
    chosen = choose(board, of_device, link, strip)
    wanted = payload.slot_files(chosen)
    fits(repl, board, wanted)
    boot = seal.boot_of(repl, board, sealed)
    new = "/b" if old == "/a" else "/a"
    here = repl.tree(new)
    there = repl.tree(old) if old else {}
    right, right_there = (payload.belonging(slot, wanted) for slot in (new, old or ""))
    keep = [name for name in wanted if here.get(f"{new}/{name}") == right[f"{new}/{name}"]]
    equal = [name for name in wanted if there.get(f"{old}/{name}") == right[f"{new}/{name}"]]
    copy = [name for name in equal if name not in keep]
    send = [name for name in wanted if name not in keep and name not in copy]
    remove = {path for path, digest in here.items() if right.get(path) != digest}
    if here.get(f"{new}/{files.SETTINGS}"):  # `_fill` replaces it at last: it may be the only one
        remove.discard(f"{new}/{files.SETTINGS}")
    if repl.is_folder(_NEXT):
        remove.update(repl.tree(_NEXT))
    # MicroPython prefers a folder or a .py to our .mpy: extra files are as bad as missing ones.
    state = {f"{old}/{name}" for name in files.STATE}
    there = {path: digest for path, digest in there.items() if path not in state or not digest}
    no_ctrl_c = sealed and seal.takes_ctrl_c(board)
    nothing = bool(old) and there == right_there and boot is None
    nothing = nothing and main == payload.main_py(str(old)[1:], no_ctrl_c)
    nothing = nothing and (not sealed or seal.is_told(repl, str(old)))
    removed = sorted(remove, reverse=True)
    changed = () if nothing else tuple(replaced(chosen, of_device))
    todo = Plan(old, new, wanted, send, copy, keep, removed, nothing, sealed, no_ctrl_c, boot)
    name = _content(of_device).get("name")
    other = name[:80] if isinstance(name, str) and name != board.name else None
    return todo._replace(replaced=changed, other=other)


def newer(repl: Repl, todo: Plan) -> str | None:
    """Return the version that starts on the device, if it is newer than the one of `todo`."""
    content = repl.read(f"{todo.old}/{files.LIST}") if todo.old is not None else None
    try:
        theirs = json.loads(content or b"")["version"]
        return theirs if _numbers(theirs) > _numbers(__version__) else None
    except (ValueError, TypeError, LookupError, RecursionError):
        return None  # damaged, or a device that mip filled: it has no list


def _numbers(version: str) -> list[int]:
    """Return "0.10.2" as numbers that can be compared. Raises ValueError, TypeError."""
    if not _VERSION.fullmatch(version):
        raise ValueError(version)
    return [int(part) for part in version.split(".")]


def fits(repl: Repl, board: Board, wanted: dict[str, bytes]) -> None:
    """Raise DeviceError if the new version would not start on this chip or MicroPython."""
    try:
        device = who.of(repl.run(who.ASK, "asking what it is").decode())
    except ValueError:
        raise DeviceError("asking what it is: the device's answer cannot be read") from None
    if device.platform in _PLATFORMS and device.chip != board.chip:
        raise DeviceError(
            f"{board.title} has an {board.chip}, this device has an {device.chip}: name its board"
            " with --board (`pinlamp board list`)"
        )
    compiled = next(data for name, data in wanted.items() if name.endswith(".mpy"))
    if device.loads != compiled[1]:
        raise DeviceError(
            f"MicroPython {device.version} on the device does not load bytecode of version"
            f" {compiled[1]}: put a newer one onto it (pinlamp flash)"
        )


def run(repl: Repl, todo: Plan, progress: Callable[[int], None]) -> None:
    """Carry out a plan; the next start runs the new version.

    `progress` hears how many files are done.
    """
    if todo.old is not None:
        # Nothing stops a running watchdog, so the device restarts without one.
        repl.safe_mode(todo.old)
    if todo.boot is False:
        repl.remove(seal.BOOT)
    settings = _settings(repl, todo)  # before anything goes
    for path in todo.remove:
        repl.remove(path)
    _fill(repl, todo, settings, progress)
    _verify(repl, todo)
    if todo.sealed and strangers.beside(repl):  # what ran until now may have put it there
        raise DeviceError(NOT_SEALED)
    main = payload.main_py(todo.new[1:], todo.no_ctrl_c)
    repl.write(_NEXT, main)
    if repl.read(_NEXT) != main:
        raise DeviceError("main.py was not written well: repeat the command")
    repl.rename(_NEXT, _MAIN)
    if todo.boot:  # at last: until then the command can be repeated
        seal.close(repl)


def _settings(repl: Repl, todo: Plan) -> bytes | None:
    """Return the settings that the new version starts with, None for the defaults.

    Where no main.py names a folder, somebody may have removed it to make room for ours: then those
    of either slot, or of the root if it holds Pinlamp, too: before all others those that keep
    results.
    """
    if todo.old is not None:
        homes = [todo.old]
    else:
        homes = ["/a", "/b", *([""] if repl.is_folder("/lib/pinlamp") else [])]
    found = []
    for home in homes:
        content = repl.read(f"{home}/{files.SETTINGS}")
        if content is not None:
            given = on_device(repl, home)
            found.append((Settings(given, LAYOUTS[0], LAYOUTS[0]).events, content, given))
    if not found:
        return seal.settings({}) if todo.sealed else None
    _, content, given = min(found, key=lambda one: one[0])
    return seal.settings(given) if todo.sealed else content


def _fill(repl: Repl, todo: Plan, settings: bytes | None, progress: Callable[[int], None]) -> None:
    right = payload.belonging(todo.new, todo.wanted)
    for folder in sorted(path for path, digest in right.items() if not digest):
        repl.make_folder(folder)
    progress(len(todo.keep))
    for name in todo.copy:
        repl.copy(f"{todo.old}/{name}", f"{todo.new}/{name}")
        progress(1)
    for name in todo.send:
        repl.write(f"{todo.new}/{name}", todo.wanted[name])
        progress(1)
    path, new = f"{todo.new}/{files.SETTINGS}", f"{todo.new}/{files.SETTINGS_NEW}"
    if settings is None:
        repl.clear(path)
    else:
        repl.write(new, settings)
        if repl.read(new) != settings:
            raise DeviceError(NOT_AS_SENT.format(path=path))
        repl.rename(new, path)


def _verify(repl: Repl, todo: Plan) -> None:
    right = payload.belonging(todo.new, todo.wanted)
    found = repl.tree(todo.new)
    for path in sorted(right.keys() | found.keys() - {f"{todo.new}/{files.SETTINGS}"}):
        if found.get(path) != right.get(path):
            raise DeviceError(NOT_AS_SENT.format(path=path))
