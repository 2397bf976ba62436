"""Arbitrary answers to a survey: every key exactly one finding, and only what the table says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrary import Talk
from fuzzing import cases, count
from mynacard import KEYS, Card, Finding, Session, default_keys
from survey_oracle import FLOORS, TABLE, check


def _run(data):
    asked = default_keys(data.draw(st.booleans()))
    talk = Talk(data)
    cards, findings, gone = [], [], False
    session = Session(asked)  # raises GateError if a survey could do what it must not
    while session.command:
        assert not gone, "a command after no answer"
        answer = talk(session.command)
        gone = answer is None
        for item in session.answer(answer):
            if isinstance(item, Card):
                cards.append(item)
                assert not findings
            else:
                assert isinstance(item, Finding)
                findings.append(item)
    return asked, talk, cards, findings, gone


@cases(1.5)
@given(st.data())
def test_every_key_has_one_finding_and_it_is_the_table_s(data):
    count("survey")
    asked, talk, cards, findings, gone = _run(data)
    check(asked, talk.sent, cards, findings, gone)


@cases(0.3)
@given(st.data(), st.integers(0, 40))
def test_a_card_that_goes_away_leaves_unknown_and_no_more(data, lasts):
    count("survey: gone")
    talk = Talk(data)
    findings = []
    session = Session(default_keys())
    while session.command:
        answer = talk(session.command) if len(talk.sent) < lasts else None
        if answer is None:
            findings.append("gone")
        findings += [item for item in session.answer(answer) if isinstance(item, Finding)]
    if "gone" in findings:
        after = findings[findings.index("gone") + 1 :]
        assert findings.count("gone") == 1
        assert all(f.state == "unknown" and f.left is None for f in after)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.id)
def test_the_table_is_that_of_the_facts(key):
    assert TABLE[key.id] == (key.aid, key.ef, key.max)
    assert FLOORS[key.id] == (key.floor or 3)
