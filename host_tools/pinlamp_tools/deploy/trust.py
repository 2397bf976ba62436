"""What runs on a device, compared from here with what this release would deploy to it.

The device's own check trusts the list of files that lies beside them; this trusts nothing on it
but its answers. MicroPython itself is not compared, and a device that was tampered with can lie.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pinlamp import __version__, files

from ..boards.board import Board, ChoiceError, names
from ..show.strange import visible
from . import payload, seal, strangers
from .port import DeviceError
from .repl import Repl
from .settings import TAKES, OfDevice
from .update import choose

TEXTS = json.loads(Path(__file__).with_name("trust.json").read_text("utf-8"))
_MAIN = "/main.py"
_SPOKEN_OF = ("layout", "profile", "events", "hold_s")  # in words; other settings by their names


def compare(repl: Repl, own: Board | None = None) -> Iterator[dict[str, Any]]:
    """Yield findings, each a dict with "check": "trust", "ok", "is" and what is told of it.

        foreign    ok false: "paths" of files that no release puts there
        differs    ok false: "paths" of files with another content than this release's "version"
        missing    ok false: "paths" of files that this release has
        own_board  ok false: the board is neither ours nor `own`, so its board.json, "path", was
                   not compared
        asked      ok false: "paths" by which the next start is asked for a recording or safe mode
        settings   ok false: "paths" of settings that the device cannot use, or of their file
        rest       ok null: "slot", which does not start, holds "count" files
        same       ok true: all "count" files are as they should be for the "board" (its title)
                   with this "link" and "strip", and the settings, which the owner alone can
                   judge: "layout", "profile", "events", "hold_s", and the "others" by name

    `own`: the caller's board, as it was deployed.

    Raises DeviceError where Pinlamp is not on the device.
    """
    main = repl.read(_MAIN)
    if main is None:
        raise DeviceError("Pinlamp is not on this device yet: pinlamp deploy --board NAME")
    found = strangers.everything(repl)
    home = payload.home_of(main)
    if home is None:  # another program's main.py: what would it start?
        home = next((f"/{slot}" for slot in payload.SLOTS if f"/{slot}" in found), "")
    content = repl.read(f"{home}/{files.BOARD}")
    board = _board(content, own)
    sealed = (board is None or seal.takes_ctrl_c(board)) and main == payload.main_py(
        home[1:], True
    )
    wanted = _wanted(home, board or Board.named(names()[0]), sealed)
    unknown = set() if board else {f"{home}/{files.BOARD}", f"{home}/{files.LIST}"}
    state = {f"{home}/{name}" for name in files.STATE}
    allowed = {*strangers.EMPTY, *unknown, *(path for path in state if found.get(path))}
    if seal.BOOT in found and strangers.runs_nothing(repl):
        allowed.add(seal.BOOT)
    rest = {f"/{slot}" for slot in payload.SLOTS} - {home}
    runs = {path for path in found if "/" + path.split("/")[1] not in rest}
    both = runs & wanted.keys() - unknown
    bad = {
        "foreign": sorted(runs - wanted.keys() - allowed),
        "differs": sorted(path for path in both if found[path] != wanted[path]),
        "missing": sorted(wanted.keys() - runs - unknown),
    }
    for what, listed in bad.items():
        if listed:
            yield _finding(False, what, paths=listed, version=__version__)
    if board is None:
        yield _finding(False, "own_board", path=f"{home}/{files.BOARD}")
    asked = [f"{home}/{name}" for name in (files.RECORD, files.SAFE)]
    asked = [path for path in asked if path in found]
    if asked:
        yield _finding(False, "asked", paths=asked)
    for slot in sorted(rest):
        count = sum(path.startswith(f"{slot}/") and bool(found[path]) for path in found)
        if count:
            yield _finding(None, "rest", slot=slot, count=count)
    if board is not None and not any(bad.values()):
        count = sum(bool(digest) for digest in wanted.values())
        of_device = OfDevice(repl)
        used = of_device.effective()
        wrong = [f"{home}/{files.SETTINGS}"] if of_device.damaged else used.replaced
        if wrong:
            yield _finding(False, "settings", paths=wrong)
        settings = {name: getattr(used, name) for name in TAKES}
        told = {**_told(board), **{name: settings.pop(name) for name in _SPOKEN_OF}}
        yield _finding(True, "same", count=count, version=__version__, **told, others=settings)


def _told(board: Board) -> dict[str, Any]:
    """Return what the device was told to be: board.json may be right, and another's."""
    strip = board.strip
    return {
        "board": board.title,
        "link": board.link,
        "strip": strip.part or strip.name,
    }


def foreign(paths: list[str]) -> dict[str, Any]:
    """Return the finding "foreign" on these paths."""
    return _finding(False, "foreign", paths=paths)


def _finding(ok: bool | None, what: str, **told: Any) -> dict[str, Any]:
    return {"check": "trust", "ok": ok, "is": what, **told}


def _board(content: bytes | None, own: Board | None) -> Board | None:
    """Return the board as a deployment would put it there; None: neither ours nor `own`."""
    try:
        name = json.loads(content or b"")["name"]
        if own is not None and name == own.name:
            board: Board | None = own
        else:
            board = Board.named(name) if name in names() else None
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    if board is None:
        return None
    try:
        return choose(board, content, None, None)
    except ChoiceError:
        return board


def _wanted(home: str, board: Board, sealed: bool) -> dict[str, str]:
    """Return the files of this release by their path, as `Repl.tree` has them."""
    if home:
        main = payload.main_py(home[1:], sealed)
        return {**payload.belonging(home, payload.slot_files(board)), _MAIN: payload.sha256(main)}
    found = payload.belonging("", payload.root_files(board))
    found.pop("", None)
    return found


def words(finding: dict[str, Any], lang: str) -> str:
    """Return a finding in words, in one line; for a bad one also what to do."""
    told = {**finding, "paths": ", ".join(finding.get("paths", ()))}
    told["results"] = TEXTS[lang]["results" if finding.get("events") else "no_results"]
    others = finding.get("others", {}).items()
    told["others"] = ", ".join(f"{name} {json.dumps(value)}" for name, value in others)
    return visible(str(TEXTS[lang][finding["is"]]).format(**told))


def end(lang: str) -> str:
    """Return what no comparison can tell, and what is sure."""
    return str(TEXTS[lang]["end"])
