"""A report: one tap's answers to the open questions on these cards, without naming the card."""

from __future__ import annotations

from statistics import median
from typing import Any

from mynacard import Finding, apdu, keys

from .trace import Trace, replay

FORMAT = "pinlamp-report"
VERSION = 1

# Those of the table: the gate passes no other.
_APPLETS = {
    keys.JPKI: "jpki",
    keys.JUKI: "juki",
    keys.TEXT: "text",
    keys.VISUAL: "visual",
    keys.COMMON: "common",
    keys.LICENCE: "licence",
}


def report(trace: Trace, fwi: int | None) -> dict[str, Any]:
    """Return the report of a trace, valid by docs/report.schema.json; `fwi`: None if not known."""
    applets: dict[str, str | None] = {}
    words: dict[str, str | None] = {}
    files: dict[int, bytes] = {}
    times: dict[str, list[float]] = {}
    aid, ef = b"", 0
    for exchange in trace.exchanges:
        command, word = exchange.command, _word(exchange.answer)
        if command[1] == 0xA4 and command[2] == 0x04:
            name, aid = "SELECT DF", command[5:]
            applets[_APPLETS[aid]] = word
        elif command[1] == 0xA4:
            name, ef = "SELECT EF", command[5] << 8 | command[6]
        elif command[1] == 0xB0:
            name = "READ BINARY"
            data = apdu.data_of(exchange.answer or b"")
            if data and len(data) <= command[4]:
                files[ef] = bytes(data)
        else:
            name = "VERIFY without data"
            words[_key(aid, ef, command)] = word
        if exchange.answer is not None:
            times.setdefault(name, []).append(exchange.ms)
    token = files.get(keys.TOKEN.ef, b"").rstrip(keys.PADDING)
    return {
        "format": FORMAT,
        "version": VERSION,
        "provenance": trace.provenance,
        "reader": trace.reader,
        "kind": trace.kind,
        "complete": bool(trace.exchanges) and trace.exchanges[-1].answer is not None,
        "first_word": _word(trace.exchanges[0].answer) if trace.exchanges else None,
        "token": token.decode("ascii") if token in keys.TOKENS else None,
        "certificates": _hex(files.get(keys.CERTIFICATES.ef)),
        "licence_pin": _hex(files.get(keys.LICENCE_PIN.ef)),
        "fwi": fwi,
        "frame_waiting_ms": None if fwi is None else round(4096 / 13560 * 2**fwi, 1),
        "applets": applets,
        "keys": {item.id: _of(item, words) for item in replay(trace) if isinstance(item, Finding)},
        "ms": {
            name: {"count": len(all_), "min": min(all_), "median": median(all_), "max": max(all_)}
            for name, all_ in times.items()
        },
    }


def _word(answer: bytes | None) -> str | None:
    """Return an answer that is only a status word; None for any other."""
    return _hex(answer) if answer is not None and len(answer) == 2 else None


def _hex(data: bytes | None) -> str | None:
    return None if data is None else data.hex().upper()


def _key(aid: bytes, ef: int, command: bytes) -> str:
    short = command != apdu.QUERY
    wanted = command[3] & 0x1F if short else ef
    (key,) = [key for key in keys.KEYS if key.aid == aid and key.ef == wanted]
    return str(key.id)


def _of(finding: Finding, words: dict[str, str | None]) -> dict[str, Any]:
    (key,) = [key for key in keys.KEYS if key.id == finding.id]
    return {
        "word": words.get(finding.id),
        "state": finding.state,
        "left": finding.left,
        "table_max": key.max,
    }
