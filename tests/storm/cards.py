"""Storms on the way to a card: what passes the gate, and what a survey makes of answers."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import survey_oracle
from gate_model import ALLOWED, EFS, OK, QUERY, SHORT_QUERY, Model, select_df, select_ef
from mynacard import Card, GateError, Session, default_keys
from pinlamp.reader import TYPE_B_CARD, Reader
from pn532 import CorruptError, LostError, NoAnswerError, StatusError, TargetB

from .chance import damaged, some_bytes

_AIDS = sorted(ALLOWED)
_FOLLOW_UPS = (QUERY, SHORT_QUERY, bytes.fromhex("00B0000020"), bytes.fromhex("00B0000003"))
_ERRORS = (StatusError(0x01), CorruptError(0x40), NoAnswerError(0x40))
_WORDS = tuple(
    bytes.fromhex(text)
    for text in "6984 6983 6300 9000 6A82 6A83 6A88 6283 6F00 63C0 63C1 63C2 63C3 63C5 63CA 63CF"
    " 6986 6700 6D00 61FF 6301 630F 63 63B3 62C3 00 90 9000FF 63C3FF 9063C3".split()
)
_TARGET = TargetB(1, b"\x50" + bytes(8) + b"\x00\x71\x81", b"")
_COMMANDS_PER_ACTIVATION = 40


class _Clock:
    def ticks_ms(self) -> int:
        return 0

    def ticks_diff(self, end: int, start: int) -> int:
        return end - start

    async def sleep_ms(self, ms: int) -> None:
        """Do not wait."""


class _Chip:
    """A chip whose card answers anything, and a witness of what was sent to the card."""

    def __init__(self, rng: random.Random, hangs: bool) -> None:
        self._rng = rng
        self._hangs = hangs
        self.model = Model()
        self.sent = 0

    def prepare(self, tg: int, command: bytes) -> bytes:
        return command

    def overwrite(self) -> None:
        """Nothing is kept."""

    async def overwrite_port(self) -> None:
        """There is no port."""

    async def rf_retries(self, count: int) -> None:
        """Do nothing."""

    async def rf_field(self, on: bool) -> None:
        self.model = Model()

    async def in_list_passive_target(self, *_: Any) -> list[TargetB]:
        self.model = Model()
        return [_TARGET]

    async def in_data_exchange(self, tg: int, command: bytes, *_: Any) -> memoryview:
        assert self.model.allows(command), f"{bytes(command).hex()} was sent to the card"
        self.sent += 1
        self.model.seen.append((command, None))
        self.model.refused_since = False
        if self._hangs and self._rng.random() < 0.5:
            await asyncio.sleep(0)  # where it is cancelled
        if self._rng.random() < 0.1:
            raise self._rng.choice(_ERRORS)
        answer = OK if self._rng.random() < 0.7 else self._rng.choice(_WORDS)
        if self._rng.random() < 0.02:
            answer = some_bytes(self._rng, 300)
        self.model.seen[-1] = (command, answer)
        return memoryview(answer)


def _offered(rng: random.Random, way: list[bytes]) -> Any:
    """Return the next command to try: of the way to a key, or whatever."""
    if not way:
        aid = rng.choice(_AIDS)
        ef = rng.choice(sorted(ALLOWED[aid]))
        way += [ALLOWED[aid][ef], select_ef(ef), select_df(aid)]
    chance = rng.random()
    if chance < 0.7:
        return way.pop()
    sensible = rng.choice((select_df(rng.choice(_AIDS)), select_ef(rng.choice(EFS)), *_FOLLOW_UPS))
    if chance < 0.85:
        return sensible
    if chance < 0.97:
        return damaged(rng, sensible)
    return rng.choice((bytearray, memoryview, bytes.hex, bool))(sensible)


def _run(coroutine: Any, cancel: bool) -> tuple[bool, Any]:
    """Run a coroutine to its end; with `cancel` end it where it waits. Return (ended, result)."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return True, end.value
    if not cancel:
        return _run(coroutine, cancel)
    try:
        coroutine.throw(asyncio.CancelledError())
    except asyncio.CancelledError:
        return False, None
    raise AssertionError("it does not let itself be cancelled")


def _through_the_reader(rng: random.Random, count: int, hangs: bool) -> int:
    """Offer `count` commands; return how many were sent."""
    chip = _Chip(rng, hangs)
    reader = Reader(chip, _Clock())
    left = 0
    way: list[bytes] = []
    for _ in range(count):
        if left == 0:
            assert _run(reader.find(), False) == (True, TYPE_B_CARD)
            left = rng.randint(1, _COMMANDS_PER_ACTIVATION)
            way.clear()
        left -= 1
        command = _offered(rng, way)
        sent, before = chip.sent, chip.model.allows(command)
        try:
            if _run(reader.exchange(command), hangs) == (True, None):
                left = min(left, 3)  # the activation is over: nothing may pass any more
        except GateError:
            chip.model.refused_since = True
            assert chip.sent == sent, "refused, and sent all the same"
            # After a cancelled exchange everything is refused, until a card is activated anew.
            assert hangs or not before, "the way of a key was closed"
        except LostError:
            left = 0
    return chip.sent


def gate(rng: random.Random, count: int) -> str:
    """Offer commands to a Reader whose card answers anything."""
    return f"{_through_the_reader(rng, count, False)} sent"


def cancelled(rng: random.Random, count: int) -> str:
    """The same; half of those that are sent are cancelled while the card thinks."""
    return f"{_through_the_reader(rng, count, True)} sent"


def _content(rng: random.Random, number: int) -> bytes:
    chance = rng.random()
    if number == 0 and chance < 0.8:
        token = rng.choice((*survey_oracle.TOKENS, b"JPKIAPICCTOKEN2", b"JPKIAPICCTOKEN3"))
        return token.ljust(32, rng.choice((b" ", b" ", b"\x00"))) + OK
    if chance < 0.8:
        return bytes(rng.choice((0x00, 0x8F)) for _ in range(rng.randint(2, 4))) + OK
    if chance < 0.9:
        return bytes((0xC1, 0x01, rng.randrange(3))) + OK
    return some_bytes(rng, 300)


def _answers(rng: random.Random, bad: float, locked: bool) -> Any:
    """Return a function from a command to an answer. `bad`: how often it is out of place."""
    reads = 0
    again = rng.random() < 0.8  # a file is as it was
    before: dict[bytes, bytes] = {}  # the content of each file, by its SELECT
    selected = b""

    def answer(command: bytes) -> bytes | None:
        nonlocal reads, selected
        if rng.random() < bad:
            chance = rng.random()
            if chance < 0.1:
                return None
            return rng.choice(_WORDS) if chance < 0.7 else some_bytes(rng, 300)
        if command[1] == 0xA4:
            selected = command
            return OK
        if command[1] == 0xB0:
            if not again or selected not in before:
                before[selected] = _content(rng, reads)
                reads += 1
            return before[selected]
        if locked:
            return rng.choice((b"\x63\xc0", b"\x69\x84"))
        return bytes((0x63, 0xC0 | rng.randrange(16)))

    return answer


def survey(rng: random.Random, count: int) -> str:
    """Survey cards that answer 0 to 300 bytes of anything; the oracle knows what is to be said."""
    exchanges = 0
    for _ in range(count):
        asked = default_keys(rng.random() < 0.5)
        answer = _answers(rng, rng.choice((0.02, 0.1, 0.5)), rng.random() < 0.2)
        sent: list[tuple[bytes, bytes | None]] = []
        cards, findings = [], []
        session = Session(asked)
        while session.command:
            command = session.command
            got = answer(command)
            sent.append((command, got))
            assert len(sent) < 800, "it goes on for ever"
            for item in session.answer(None if got is None else memoryview(got)):
                (cards if isinstance(item, Card) else findings).append(item)
        exchanges += len(sent)
        survey_oracle.check(asked, sent, cards, findings, sent[-1][1] is None)
    return f"{exchanges} exchanges"
