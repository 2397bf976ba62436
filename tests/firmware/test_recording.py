"""A recording means what was read: no answer, however hostile, changes on its way to a replay."""

import asyncio
import json
from functools import cache

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mynacard import KEYS, Finding, Gate
from mynacard.redaction import redact
from pinlamp import tap
from pinlamp.recording import recorder
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.recording.report import report
from pinlamp_tools.recording.tape import Tape
from pinlamp_tools.recording.trace import parse, replay
from places import ROOT

DOCS = ROOT / "docs"
_LINES, _REPORTS = (
    jsonschema.Draft202012Validator(json.loads((DOCS / name).read_text("utf-8")))
    for name in ("trace.schema.json", "report.schema.json")
)

KNOWN = b"JPKIAPICCTOKEN2"
HOSTILE = [
    b"",
    b"\x90",
    b"\xaa\x90\x00",
    b"\xaa\x63\xc0",
    b"\x63\xc0\x00",
    b"\x8f\x8f\x62\x82",
    b"\x00\x8f\x00TARO\x90\x00",
    b"\x00\x8f\x00\x90\x00",
    b"\x00\x00\x90\x00",
    KNOWN + b"\x90\x00",
    KNOWN + bytes(17) + b"\x90\x00",
    bytes(32) + b"\x90\x00",
    KNOWN + b" " * 18 + b"\x90\x00",
    b"TARO" + b"\x90\x00",
    b"TARO" * 8 + b"\x90\x00",
    b" " * 32 + b"\x90\x00",
    b"TARO" * 20_000 + b"\x6a\x82",
    b"TARO" * 60 + b"\x90\x00",
    b"\x6f\x00",
    b"\x6a\x82",
    b"\x90\x00",
    b"\x63\xcf",
]


class _Hostile:
    """A reader like the firmware's, whose card answers some commands in a way of its own."""

    fwi = 10

    def __init__(self, answers):
        (self._card,) = cards.make("licence")
        self._card.reset()
        self._gate = Gate()
        self._answers = answers
        self.sent = 0

    async def exchange(self, command):
        self._gate.check(command)
        answer = self._answers.get(self.sent, self._card.transmit(command))
        self.sent += 1
        self._gate.answered(answer)
        return answer


class _Heard:
    """What a survey said while it ran."""

    def __init__(self):
        self.kind = "unknown"
        self.findings = []

    def started(self):
        pass

    def card(self, card):
        self.kind = card.kind

    def finding(self, finding):
        self.findings.append(finding._asdict())


class _Timeless:
    ticks_ms = staticmethod(lambda: 0)
    ticks_diff = staticmethod(lambda end, start: end - start)


@cache
def _fits(line):
    return _LINES.is_valid(json.loads(line))


def _live_and_replayed(answers):
    """Survey a card that answers so; return what was heard, and said by its recording."""
    reader, tape, heard = _Hostile(answers), Tape(), _Heard()
    on_exchange = recorder(reader, tape.take)
    asyncio.run(tap.run(reader, KEYS, _Timeless, heard, on_exchange))
    tape.take({"type": "card", "kind": heard.kind})
    lines = list(tape.trace("a test", "none", True).lines())
    for line in lines:
        assert _fits(line) and b"TARO".hex().upper() not in line
    trace = parse(lines)
    _REPORTS.validate(report(trace, 10))
    said = [item for item in replay(trace) if isinstance(item, Finding)]
    return heard, trace.kind, [finding._asdict() for finding in said]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer.hex()[:16] or "empty")
def test_what_is_read_is_what_its_recording_says(answer):
    for at in range(36):
        heard, kind, said = _live_and_replayed({at: answer})
        assert (kind, said) == (heard.kind, heard.findings), at


@settings(deadline=None)  # a busy machine takes its time
@given(st.dictionaries(st.integers(0, 40), st.sampled_from(HOSTILE) | st.binary(max_size=40)))
def test_what_is_read_is_what_its_recording_says_whatever_a_card_answers(answers):
    heard, kind, said = _live_and_replayed(answers)
    assert (kind, said) == (heard.kind, heard.findings)


def test_an_answer_keeps_its_shape_and_only_what_belongs_there():
    query, token = b"\x00\x20\x00\x80", b"\x00\xb0\x00\x00\x20"
    certificates, select = b"\x00\xb0\x00\x00\x03", b"\x00\xa4\x02\x0c\x02\x00\x08"
    known = KNOWN + b" " * 17
    for command, answer, kept in (
        (query, None, None),
        (query, b"", b""),
        (query, b"N", b"\x00"),
        (query, b"\x63\xc3", b"\x63\xc3"),
        (query, b"TARO\x63\xc0", b"\x00\x63\xc0"),
        (select, b"TARO\x90\x00", b"\x00\x90\x00"),
        (token, known + b"\x90\x00", known + b"\x90\x00"),
        (token, b"TARO" * 8 + b"\x90\x00", b" " * 32 + b"\x90\x00"),
        (token, KNOWN + bytes(17) + b"\x90\x00", KNOWN + bytes(17) + b"\x90\x00"),
        (token, bytes(32) + b"\x90\x00", b" " * 32 + b"\x90\x00"),
        (token, b"TARO\x90\x00", b" " * 4 + b"\x90\x00"),
        (token, known + b"TARO\x90\x00", b"\x00" * 33 + b"\x90\x00"),
        (certificates, b"\x8f\x8f\x00\x90\x00", b"\x8f\x8f\x00\x90\x00"),
        (certificates, b"\x8f\x8f\x00TARO\x90\x00", b"\x00" * 4 + b"\x90\x00"),
        (certificates, b"TAR\x62\x82", b"\x00" * 3 + b"\x62\x82"),
    ):
        assert redact(command, answer) == kept
        assert redact(command, kept) == kept
