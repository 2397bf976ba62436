"""Traces: the commands to a card and its answers, one JSON object a line.

    {"format":"pinlamp-trace","version":1,"provenance":"…","keys":["sign"],"kind":"…","reader":"…"}
    {"c":"00A4040C0AD392F000260100000001","r":"9000","ms":12}

`c` is the command and `r` the answer in hexadecimal, upper case; `r` null means no answer, which
ends the survey and the trace. `ms` is the time from command to answer, 0 if not known. A trace
holds only commands that the gate passes, and of an answer only what `mynacard.redaction` keeps.
So it cannot name a holder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mynacard import KEYS, Card, Finding, Gate, GateError, Key, Session
from mynacard.keys import NEWER, TOKENS
from mynacard.redaction import redact
from pinlamp.events import VERSION as EVENT_VERSION
from pinlamp.events import card_event, key_event, result_event

FORMAT = "pinlamp-trace"
VERSION = 1
_OLDER = " (an older Pinlamp repeated fewer commands)"

_HEADER = ("format", "version", "provenance", "keys", "kind", "reader")
_LONGEST_MS = 60_000  # no card may take longer than 4.95 s (ISO 14443-4)
_HEX = re.compile(r"(?:[0-9A-F]{2})*")
_KEY_IDS = tuple(key.id for key in KEYS)
_KINDS = (*(kind for kind, _ in TOKENS.values()), NEWER, "other_b", "unknown")
A_TEXT = "a text in one line, of 1 to 500 characters"
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,500}")


class TraceError(Exception):
    """A trace is broken or does not match; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        """Make the message `line N: reason`."""
        super().__init__(f"line {line}: {reason}")
        self.line = line


@dataclass(frozen=True)
class Exchange:
    """One command and its answer, None for no answer; `ms` is the time between."""

    command: bytes
    answer: bytes | None
    ms: int | float


@dataclass(frozen=True)
class Trace:
    """A recording of one survey of one card. `keys`: the ids that the survey had to ask."""

    provenance: str
    keys: tuple[str, ...]
    kind: str
    reader: str
    exchanges: tuple[Exchange, ...]

    @property
    def ms(self) -> int:
        """The time of all exchanges together, in milliseconds."""
        return round(sum(exchange.ms for exchange in self.exchanges))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, without their ends."""
        values = (FORMAT, VERSION, self.provenance, self.keys, self.kind, self.reader)
        yield json.dumps(dict(zip(_HEADER, values, strict=True)), ensure_ascii=False)
        for exchange in self.exchanges:
            answer = None if exchange.answer is None else exchange.answer.hex().upper()
            line = {"c": exchange.command.hex().upper(), "r": answer, "ms": exchange.ms}
            yield json.dumps(line)

    def save(self, path: Path) -> None:
        """Write the file, UTF-8."""
        path.write_text("".join(line + "\n" for line in self.lines()), "utf-8")


def load(path: Path) -> Trace:
    """Return the trace in a file; TraceError for a broken one, OSError for an unreadable one."""
    try:
        lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise TraceError(1, "not a text file in UTF-8") from None
    return parse(lines)


def parse(lines: Iterable[str]) -> Trace:
    """Return the trace of these lines; TraceError names the first wrong one."""
    numbered = enumerate(lines, 1)
    header = _parse_header(next(numbered, (1, ""))[1])
    gate = Gate()
    exchanges: list[Exchange] = []
    for number, line in numbered:
        if exchanges and exchanges[-1].answer is None:
            raise TraceError(number, "after an exchange without an answer the survey is over")
        exchange = _parse_exchange(number, line)
        try:
            gate.check(exchange.command)
        except GateError:
            raise TraceError(number, "c: the gate lets no such command pass here") from None
        gate.answered(exchange.answer)
        if redact(exchange.command, exchange.answer) != exchange.answer:
            raise TraceError(number, "r: holds data that no recording keeps")
        exchanges.append(exchange)
    return Trace(*header, tuple(exchanges))


def replay(trace: Trace) -> Iterator[Card | Finding]:
    """Run the survey against a trace; yield the `Card` and each `Finding`.

    TraceError if it sends other commands than the trace, or more, or fewer.
    """
    player = _Player(trace)
    for item in drive(keys_of(trace.keys), player.exchange):
        if isinstance(item, Card) and item.kind != trace.kind:
            raise TraceError(1, f"kind: the survey finds {item.kind}, not {trace.kind}")
        yield item
    player.close()


def events(trace: Trace) -> Iterator[dict[str, Any]]:
    """Yield the events that the device would tell of this card: card, key and result."""
    found: list[Finding] = []
    asked = True
    for item in replay(trace):
        if isinstance(item, Card):
            asked = bool(item.keys)
            yield {"v": EVENT_VERSION, **card_event(item.kind)}
        else:
            found.append(item)
            yield {"v": EVENT_VERSION, **key_event(item)}
    if asked:
        complete = not trace.exchanges or trace.exchanges[-1].answer is not None
        yield {"v": EVENT_VERSION, **result_event(complete, trace.ms, found)}


def record(provenance: str, reader: str, keys: tuple[str, ...], transmit: Any) -> Trace:
    """Return the trace of one survey of the card behind `transmit(command) -> (answer, ms)`.

    It keeps of the answers what a recording keeps.
    """
    exchanges: list[Exchange] = []
    kind = "unknown"

    def exchange(command: bytes) -> bytes | None:
        answer, ms = transmit(command)
        exchanges.append(Exchange(command, redact(command, answer), ms))
        return answer  # type: ignore[no-any-return]

    for item in drive(keys_of(keys), exchange):
        if isinstance(item, Card):
            kind = item.kind
    return Trace(provenance, keys, kind, reader, tuple(exchanges))


def drive(
    keys: Sequence[Key], exchange: Callable[[bytes], bytes | None]
) -> Iterator[Card | Finding]:
    """Run one survey over `exchange(command) -> answer or None`; yield its findings."""
    session = Session(keys)
    while session.command:
        yield from session.answer(exchange(session.command))


def is_text(value: Any) -> bool:
    """Tell whether a text may stand in the header: see `A_TEXT`."""
    return isinstance(value, str) and _TEXT.fullmatch(value) is not None


def keys_of(ids: Iterable[str]) -> list[Key]:
    """Return the keys of these ids, in the table's order."""
    wanted = set(ids)
    return [key for key in KEYS if key.id in wanted]


class _Player:
    """Answers from the trace, and insists on the trace's commands."""

    def __init__(self, trace: Trace) -> None:
        self._exchanges = trace.exchanges
        self._next = 0

    def exchange(self, command: bytes) -> bytes | None:
        line = self._next + 2  # line 1 is the header
        if self._next == len(self._exchanges):
            raise TraceError(line, f"the trace ends, but the survey sends {_hex(command)}{_OLDER}")
        expected = self._exchanges[self._next]
        if command != expected.command:
            has = f"the trace has {_hex(expected.command)}{_OLDER}"
            raise TraceError(line, f"the survey sends {_hex(command)}, {has}")
        self._next += 1
        return expected.answer

    def close(self) -> None:
        if self._next < len(self._exchanges):
            raise TraceError(self._next + 2, "the survey is over, but the trace goes on")


def _hex(command: bytes) -> str:
    return command.hex().upper()


def _parse_header(line: str) -> tuple[str, tuple[str, ...], str, str]:
    header = _object(1, line)
    if header.get("format") != FORMAT:
        raise TraceError(1, f'format: not "{FORMAT}", so this is no trace')
    if header.get("version") != VERSION or isinstance(header["version"], bool):
        raise TraceError(1, f"version: only {VERSION} can be read")
    _only(1, header, _HEADER)
    for name in ("provenance", "reader"):
        if not is_text(header[name]):
            raise TraceError(1, f"{name}: has to be {A_TEXT}")
    if header["kind"] not in _KINDS:
        raise TraceError(1, "kind: has to be one of " + " ".join(_KINDS))
    keys = header["keys"]
    if not isinstance(keys, list) or any(key not in _KEY_IDS for key in keys):
        raise TraceError(1, "keys: has to be a list of key ids, " + " ".join(_KEY_IDS))
    if len(set(keys)) != len(keys):
        raise TraceError(1, "keys: one is named twice")
    return header["provenance"], tuple(keys), header["kind"], header["reader"]


def _parse_exchange(number: int, line: str) -> Exchange:
    found = _object(number, line)
    _only(number, found, ("c", "r", "ms"))
    command, answer, ms = found["c"], found["r"], found["ms"]
    for name, value in (("c", command), ("r", answer)):
        if name == "r" and value is None:
            continue
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise TraceError(number, f"{name}: has to be bytes in upper-case hexadecimal")
    if isinstance(ms, bool) or not isinstance(ms, int | float) or not 0 <= ms <= _LONGEST_MS:
        raise TraceError(number, f"ms: has to be a number of milliseconds, 0 to {_LONGEST_MS}")
    return Exchange(bytes.fromhex(command), None if answer is None else bytes.fromhex(answer), ms)


def _object(number: int, line: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise TraceError(number, "a name stands there twice")
        return dict(pairs)

    try:
        found = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise TraceError(number, "not a JSON object") from None
    if not isinstance(found, dict):
        raise TraceError(number, "not a JSON object")
    return found


def _only(number: int, found: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name not in found:
            raise TraceError(number, f"{name}: missing")
    for name in found:
        if name not in names:
            raise TraceError(number, f"{name}: not a name of this format")
