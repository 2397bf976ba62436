"""An update that a pulled cable cannot spoil: the other slot first, then one rename.

Until that rename the device starts what it had, from it on what it has got; each is whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from . import payload
from .repl import DeviceError, Repl

_SETTINGS = "settings.json"
# Files of the firmware's own in a slot, which come and go.
_OWN = ("crashes", "safe", "restart")


class Plan(NamedTuple):
    """What a deployment will do."""

    old: str | None  # the slot that starts now
    new: str  # the slot that will
    wanted: dict[str, bytes]  # the files of the new slot by their path in it
    send: list[str]
    copy: list[str]  # equal in the old slot
    keep: list[str]  # right already
    nothing: bool  # the old slot is what is wanted


def choose(
    board: dict[str, Any], old: bytes | None, link: str | None, strip: str | None
) -> dict[str, Any]:
    """Return the board with the link and the strip in use.

    They are those that are asked for, else those of `old`, the device's board.json, if it is the
    same board; else the board's own. Raises DeviceError for one that the board does not have.
    """
    try:
        before = json.loads(old) if old else {}
    except ValueError:
        before = {}
    if isinstance(before, dict) and before.get("name") == board["name"]:
        if before.get("link") in board["links"]:
            link = link or before["link"]
        strips = before.get("strips")
        if not strip and isinstance(strips, list) and strips and isinstance(strips[0], dict):
            strip = strips[0].get("name")
    link = link or board["link"]
    if link not in board["links"]:
        raise DeviceError(f"{board['title']} has no {link}: it has {', '.join(board['links'])}")
    names = [each["name"] for each in board["strips"]]
    if strip and strip not in names:
        raise DeviceError(f"{board['title']} has no strip {strip!r}: it has {', '.join(names)}")
    strips = sorted(board["strips"], key=lambda each: each["name"] != (strip or names[0]))
    return {**board, "link": link, "strips": strips}


def plan(repl: Repl, board: dict[str, Any], link: str | None, strip: str | None) -> Plan:
    """Compare the device with what is wanted; raises DeviceError for a main.py of others."""
    main = repl.read("/main.py")
    old = None if main is None else payload.slot_of(main)
    if main is not None and old is None and b"from pinlamp import start" not in main:
        raise DeviceError(
            "the device has a main.py of another program: save it if you need it, then remove it:"
            " mpremote rm :main.py"
        )
    of_device = repl.read(f"/{old}/board.json") if old else None
    wanted = payload.slot_files(choose(board, of_device, link, strip))
    hashes = {name: payload.sha256(data) for name, data in wanted.items()}
    new = "b" if old == "a" else "a"
    here = repl.listing(f"/{new}")[0]
    there = repl.listing(f"/{old}")[0] if old else {}
    keep = [name for name in wanted if here.get(f"/{new}/{name}") == hashes[name]]
    equal = {name for name in wanted if old and there.get(f"/{old}/{name}") == hashes[name]}
    copy = [name for name in wanted if name in equal and name not in keep]
    send = [name for name in wanted if name not in keep and name not in copy]
    nothing = len(equal) == len(wanted) and old is not None and main == payload.main_py(old)
    return Plan(old, new, wanted, send, copy, keep, nothing)


def run(repl: Repl, todo: Plan, progress: Callable[[int], None]) -> None:
    """Carry out a plan and restart the device; `progress` hears of each file that is done."""
    if todo.old:
        # A watchdog that runs cannot be stopped, so the device starts anew without one.
        repl.write(f"/{todo.old}/safe", b"")
        repl.reset(come_back=True)
    _clear(repl, todo)
    _fill(repl, todo, progress)
    _verify(repl, todo)
    repl.write("/main.new", payload.main_py(todo.new))
    if repl.read("/main.new") != payload.main_py(todo.new):
        raise DeviceError("main.py was not written well: repeat the command")
    repl.rename("/main.new", "/main.py")
    repl.reset(come_back=False)


def _clear(repl: Repl, todo: Plan) -> None:
    """Remove from the new slot what does not belong there."""
    if todo.old and f"/{todo.old}/safe" in repl.listing(f"/{todo.old}")[0]:
        repl.remove(f"/{todo.old}/safe")
    belongs = {f"/{todo.new}/{name}" for name in todo.keep}
    for path in repl.listing(f"/{todo.new}")[0]:
        if path not in belongs:
            repl.remove(path)


def _fill(repl: Repl, todo: Plan, progress: Callable[[int], None]) -> None:
    folders = [f"/{todo.new}"]
    folders += sorted({f"/{todo.new}/{name.rpartition('/')[0]}" for name in todo.wanted} - {""})
    there = repl.listing("")[1]
    for folder in folders:
        folder = folder.rstrip("/")
        if folder not in there:
            repl.make_folder(folder)
            there.append(folder)
    progress(len(todo.keep))
    for name in todo.copy:
        repl.copy(f"/{todo.old}/{name}", f"/{todo.new}/{name}")
        progress(1)
    for name in todo.send:
        repl.write(f"/{todo.new}/{name}", todo.wanted[name])
        progress(1)
    settings = repl.read(f"/{todo.old}/{_SETTINGS}" if todo.old else f"/{_SETTINGS}")
    if settings is not None:
        repl.write(f"/{todo.new}/{_SETTINGS}", settings)
    # The reset at the end is meant, whatever the chip calls its cause.
    repl.write(f"/{todo.new}/restart", b"")


def _verify(repl: Repl, todo: Plan) -> None:
    files = repl.listing(f"/{todo.new}")[0]
    for name, data in todo.wanted.items():
        if files.get(f"/{todo.new}/{name}") != payload.sha256(data):
            raise DeviceError(
                f"{name} is not on the device as it was sent: repeat the command; until then it"
                " works as before"
            )
