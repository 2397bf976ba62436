"""The faults of a device: its own check in plain words, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pinlamp import files

from ..boards.board import Board, names
from ..show.names import Names
from ..show.say import say
from ..show.strange import visible
from .port import DeviceError
from .repl import Repl
from .settings import OfDevice

_LONGEST = 40  # characters of a name that is not known
_NO_WIRE = ("id", "strip", "buzzer")  # in a link's entry of board.json
TEXTS = json.loads(Path(__file__).with_name("doctor.json").read_text("utf-8"))


def examine(repl: Repl, take: Callable[[dict[str, Any]], None]) -> None:
    """Let the device check itself; `take` gets each finding at once (see pinlamp.check).

    Where the chip does not answer, its finding has "pins", too: those of the link in use, by the
    names that are printed on the board.
    """
    home = repl.home()
    if home is None:
        raise DeviceError("Pinlamp is not on this device yet: pinlamp deploy --board NAME")
    pins = _pins(repl.read(f"{home}/{files.BOARD}"))
    rest = bytearray()

    def parts(data: bytes) -> None:
        rest.extend(data)  # byte by byte
        if b"\n" not in data:
            return
        *lines, rest[:] = bytes(rest).split(b"\n")
        for line in lines:
            finding = _finding(line)
            if finding is not None:
                if finding["check"] == "chip" and finding.get("acknowledges") is False:
                    finding["pins"] = pins
                take(finding)

    code = f"import os\nos.chdir('{home or '/'}')\nfrom pinlamp.check import doctor\ndoctor()"
    repl.stream(code, parts, "the device's own check failed (pinlamp deploy mends its files)")


def results(repl: Repl) -> dict[str, Any]:
    """Return the finding whether the device's settings let its results out to a computer."""
    used = vars(OfDevice(repl).effective())
    return {"check": "results", "ok": used["events"] or None, "profile": used["profile"]}


def _pins(content: bytes | None) -> list[str]:
    """Return the pins of the link in use from a device's board.json: ["TX G26 / GPIO26", …]."""
    try:
        data = json.loads(content or b"")
        printed = Board.named(data["name"]).printed if data["name"] in names() else None
        board = Board.of({**data, "printed": printed})
        pins = board.reader_links[board.link].items()
        return [f"{w.upper()} {board.pin_name(p)}" for w, p in pins if w not in _NO_WIRE]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return []  # damaged, which the finding on the files tells


def _finding(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("check"), str):
        return None
    ok = found.get("ok")
    if ok is not False:  # unknown is never good
        found["ok"] = True if ok is True and _known(found) else None
    return found


def _known(finding: dict[str, Any]) -> bool:
    try:
        return bool(_words(finding, "en"))
    except Exception:  # whatever a newer or a damaged device puts into it
        return False


def words(finding: dict[str, Any], lang: str) -> str:
    """Return a finding in words; for a fault also what to do."""
    if _known(finding):
        return _words(finding, lang)
    check = visible(str(finding["check"])[:_LONGEST])
    return say(f"this version of pinlamp does not know what the device says of {check}", lang)


def _words(finding: dict[str, Any], lang: str) -> str:
    texts = TEXTS[lang]
    check = str(finding["check"])
    outcome = {True: "good", False: "bad", None: "see"}[finding.get("ok")]
    told = {n: visible(v) if isinstance(v, str) else v for n, v in finding.items()}
    if check == "lamp":
        names = Names(lang)
        told["number"] = int(finding["lamp"]) + 1
        told["name"] = " + ".join(names.key(key) for key in finding["keys"])
    told["link"] = str(finding.get("link", "")).upper()
    for name in ("differ", "replaced"):
        told[name] = visible(", ".join(map(str, finding.get(name) or [])))
    if check == "chip" and finding.get("acknowledges"):
        outcome = "mute"
    reader = finding.get("reader", "")
    said = texts.get(f"{check} {reader}", texts[check])
    text: str = said[outcome].format(**told)
    if check == "chip" and outcome == "bad":
        text += " " + texts["wiring"][reader or finding["link"]]
        if finding.get("pins"):
            text += " " + texts["wiring"]["pins"].format(pins=", ".join(finding["pins"]))
    return text


def end(bad: bool, lang: str) -> str:
    """Return the last sentence, which tells whether anything was wrong."""
    return str(TEXTS[lang]["end"]["bad" if bad else "good"])
