"""The faults of a device: its own check in plain words, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pinlamp import files
from pinlamp.layout import lamps

from ..boards.board import Board, names
from ..show.names import Names
from ..show.say import say
from ..show.strange import visible
from .port import DeviceError
from .repl import Repl
from .settings import OfDevice

_LONGEST = 40  # characters of a name that is not known
# What a whole check tells (see pinlamp.check), besides a finding for each lamp.
_FIRST = ("version", "memory", "files", "settings", "button", "chip")
_WITH_CHIP = ("type_b", "field_on", "card", "field_off")  # where it answers
_LAST = ("buzzer",)
_OWN = ("results", "unread", "missing")  # findings that no device tells
_NO_WIRE = ("id", "strip", "buzzer")  # in a link's entry of board.json
TEXTS = json.loads(Path(__file__).with_name("doctor.json").read_text("utf-8"))


def examine(repl: Repl, take: Callable[[dict[str, Any]], None]) -> None:
    """Let the device check itself; `take` gets each finding at once (see pinlamp.check).

    Where the chip does not answer, its finding has "pins", too: those of the link in use, by the
    names that are printed on the board. What is lost on the way is a finding as well, "ok" false:

    unread    a line that cannot be read
    missing   "parts" (names of checks) of which nothing was told, and the numbers of "lamps"
    """
    home = repl.home()
    if home is None:
        raise DeviceError("Pinlamp is not on this device yet: pinlamp deploy --board NAME")
    heard = _Heard(_pins(repl.read(f"{home}/{files.BOARD}")), take)
    code = f"import os\nos.chdir('{home or '/'}')\nfrom pinlamp.check import doctor\ndoctor()"
    repl.stream(code, heard.take, "the device's own check failed (pinlamp deploy mends its files)")
    heard.end(_lamps(repl))


class _Heard:
    """The findings in what a device says, and what is missing of them at the end."""

    def __init__(self, pins: list[str], take: Callable[[dict[str, Any]], None]) -> None:
        self._pins = pins
        self._take = take
        self._rest = bytearray()
        self._told: set[str] = set()
        self._lamps: set[int] = set()
        self._chip = False

    def take(self, data: bytes) -> None:
        self._rest.extend(data)  # byte by byte
        if b"\n" not in data:
            return
        *lines, self._rest[:] = bytes(self._rest).split(b"\n")
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        line = line.strip(b"\r\x04")  # the raw REPL ends an output with 04
        if not line:
            return
        finding = _finding(line) or {"check": "unread", "ok": False}
        check = finding["check"]
        if check == "chip" and finding.get("acknowledges") is False:
            finding["pins"] = self._pins
        if _known(finding):  # what nobody understands was not told
            self._told.add(check)
            if check == "lamp":
                self._lamps.add(finding["lamp"])
            if check == "chip":
                self._chip = finding["ok"] is True
        self._take(finding)

    def end(self, count: int) -> None:
        self._line(bytes(self._rest))
        checks = (*_FIRST, *(_WITH_CHIP if self._chip else ()), *_LAST)
        parts = [check for check in checks if check not in self._told]
        dark = sorted(set(range(count)) - self._lamps)
        if parts or dark:
            self._take({"check": "missing", "ok": False, "parts": parts, "lamps": dark})


def _lamps(repl: Repl) -> int:
    """Return how many lamps the device has; 1 if its board.json is damaged."""
    try:
        return len(lamps(OfDevice(repl).effective().layout))
    except DeviceError:
        return 1


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
    """Return the finding in a line of the device's, None if there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("check"), str):
        return None
    ok = found.get("ok", 0)
    # Without "ok" it would be one of which a person has to judge.
    if not (ok is None or isinstance(ok, bool)) or found["check"] in _OWN:
        return None
    if ok is True and not _known(found):  # unknown is never good
        found["ok"] = None
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
    if check not in (*_FIRST, *_WITH_CHIP, "lamp", *_LAST, *_OWN):
        raise ValueError(check)  # "end" and "wiring" have texts, and are no findings
    outcome = {True: "good", False: "bad", None: "see"}[finding.get("ok")]
    told = {n: visible(v) if isinstance(v, str) else v for n, v in finding.items()}
    if check == "lamp":
        names = Names(lang)
        told["number"] = finding["lamp"] + 1
        told["name"] = " + ".join(names.key(key) for key in finding["keys"])
    if check == "missing":
        parts = [texts["parts"][part] for part in finding["parts"]]
        parts += [texts["parts"]["lamp"].format(number=lamp + 1) for lamp in finding["lamps"]]
        told["parts"] = ", ".join(parts)
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
