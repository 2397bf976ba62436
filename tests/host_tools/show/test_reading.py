import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arbitrary import Talk
from mynacard import Finding, Session, default_keys
from pinlamp.events import key_event
from pinlamp_tools.show.heard import heard, parse
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.watch import console


@pytest.fixture
def told(event_of):
    """A function: events -> the Reading that followed them, each held against the schema."""

    def follow(*events):
        reading = Reading()
        for event in events:
            reading.take(event_of(json.dumps({"v": 1, **event})))
        return reading

    return follow


def key(name, state="ok", left=3, maximum=3):
    return {"id": name, "state": state, "left": left, "max": maximum}


READY = {"type": "ready", "board": "esp32_devkitc", "version": "0.1.0"}
CARD = {"type": "card", "kind": "my_number_card"}
SIGN = {"type": "key", **key("sign", "used", 4, 5)}
REMOVED = {"type": "removed"}


def result(*keys, complete=True):
    return {"type": "result", "complete": complete, "ms": 412, "keys": list(keys)}


def test_a_tap_from_start_to_end(told):
    assert told().phase == "start"
    assert told(READY).phase == "ready"
    assert told(READY, CARD).phase == "reading"
    assert told(READY, CARD).state("sign") == ("waiting", None, None)
    read = told(READY, CARD, SIGN, result(key("sign", "used", 4, 5), key("auth", "locked", 0, 3)))
    assert read.phase == "read"
    assert read.overall == "locked"
    assert read.state("sign") == ("used", 4, 5)
    assert read.state("licence") == ("not_asked", None, None)


def test_the_keys_stay_when_the_card_is_lifted_and_go_with_the_next(told):
    before = (READY, CARD, SIGN, result(key("sign", "used", 4, 5)), REMOVED)
    lifted = told(*before)
    assert lifted.phase == "removed"
    assert lifted.state("sign") == ("used", 4, 5)
    following = told(*before, CARD)
    assert following.state("sign") == ("waiting", None, None)
    assert following.overall is None


def test_a_note_stays_with_its_key_and_one_that_is_not_known_is_dropped(told):
    noted = {**key("sign", "locked", 0, 5), "note": "unread"}
    plain = {"type": "key", **key("sign", "locked", 0, 5)}
    for events in (({"type": "key", **noted},), (result(noted),), (plain, result(noted))):
        assert told(CARD, *events).notes == {"sign": "unread"}
        finding = told(CARD, *events).result()[1][0]
        assert finding == {"id": "sign", "state": "locked", "note": "unread"}
    assert told(CARD, result(noted), REMOVED, CARD).notes == {}
    assert told(CARD, {"type": "key", **noted}, result(key("sign"))).notes == {}
    assert heard({"v": 1, **result(noted)})["keys"] == [noted]
    newer = {**key("sign", "locked", 0, 5), "note": "of tomorrow"}
    assert heard({"v": 1, **result(newer)})["keys"] == [key("sign", "locked", 0, 5)]


def test_all_keys_of_a_result_count_though_their_lines_were_lost(told):
    reading = told(READY, CARD, result(key("sign", "locked", 0, 5), key("auth")))
    assert reading.state("sign") == ("locked", 0, 5) and reading.overall == "locked"


def test_a_key_that_a_line_and_the_result_tell_differently_is_unknown(told):
    # A byte lost on a serial line can join the name of one key and the state of the next.
    locked = key("licence", "locked", 0, 3)
    line = {"type": "key", **locked}
    rest = [key(one.id) for one in default_keys()]
    for lines, end in (
        ((line,), (*rest, key("licence"))),
        ((line,), rest),
        ((), (locked, *rest, key("licence"))),
    ):
        reading = told(READY, CARD, *lines, result(*end))
        assert reading.state("licence")[0] == reading.overall == "unknown", end
    assert told(READY, CARD, line, result(*rest, locked)).overall == "locked"


def test_a_tap_whose_beginning_was_lost(told):
    several = {"type": "card", "kind": "several"}
    end = result(key("sign", "used", 4, 5), key("visual_b", "locked", 0, 10))
    reading = told(several, SIGN, end)
    assert (reading.kind, reading.phase, reading.overall) == ("my_number_card", "read", "locked")
    # Of these two keys a card or a phone may have spoken.
    assert told(result(key("sign"), key("auth"))).kind is None


def test_a_result_with_keys_that_are_not_known_is_never_all_well():
    reading = Reading()
    reading.take({"v": 1, **CARD})
    reading.take(heard({"v": 1, **result(key("sign", "ok", 5, 5), {**key("auth"), "id": "puk"})}))
    assert reading.overall == "unknown" and set(reading.keys) == {"sign"}


@pytest.mark.parametrize(
    ("id", "state"), [("common", "not_issued"), ("sign", "not_set"), ("visual_a", "by_design")]
)
def test_a_state_in_which_a_key_cannot_be_is_unknown(id, state):
    reading = Reading()
    keys = [key(one.id, state if one.id == id else "ok") for one in default_keys()]
    for event in (CARD, result(*keys)):
        reading.take(heard({"v": 1, **event}))
    assert reading.state(id)[:2] == ("unknown", None) and reading.overall == "unknown"


def test_an_incomplete_result_has_no_overall_state(told):
    reading = told(READY, CARD, SIGN, result(key("sign", "used", 4, 5), complete=False))
    assert reading.phase == "again"
    assert reading.overall is None


def test_again_please_stays_when_the_card_is_gone(told):
    assert told(READY, CARD, result(complete=False), REMOVED).phase == "again"


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        ("phone_android", "reading"),
        ("phone_ios", "reading"),
        ("juki_card", "other"),
        ("newer", "other"),
        ("other_a", "other"),
        ("other_b", "other"),
        ("other_f", "other"),
        ("several", "several"),
    ],
)
def test_kinds_of_card(told, kind, phase):
    assert told(READY, {"type": "card", "kind": kind}).phase == phase


def test_a_fault_forgets_the_card(told):
    reading = told(READY, CARD, SIGN, {"type": "fault", "code": "reader_lost"})
    assert reading.phase == "fault"
    assert reading.fault["code"] == "reader_lost"
    assert reading.state("sign") == ("none", None, None)
    assert told({"type": "fault", "code": "reader_lost"}, READY).phase == "ready"


@pytest.mark.parametrize("line", ["", "MPY: soft reboot", "[1]", '"x"', "1", '{"v":1,'])
def test_what_is_no_event(line):
    assert parse(line) is None


def test_an_unknown_event_changes_nothing():
    reading = Reading()
    reading.take({"v": 2, "type": "weather"})
    assert reading.phase == "start"


@pytest.mark.parametrize("length", [80, 81, 16_000])
def test_a_long_name_of_a_stranger_s_is_cut(length):
    for told, name in ((READY, "board"), ({"type": "fault"}, "code")):
        event = {"v": 1, **told, name: "長" * length}
        for found in (heard(event), console.event_of(json.dumps(event).encode())):
            assert len(found[name]) == 80
            assert found[name].endswith("…") == (length > 80)


@pytest.mark.parametrize(
    ("state", "left", "fits"),
    [
        ("ok", 3, True),
        ("ok", None, True),
        ("ok", 0, False),
        ("unlimited", 0, False),
        ("used", 0, False),
        ("last", 1, True),
        ("last", 2, False),
        ("last", 0, False),
        ("locked", 0, True),
        ("locked", None, True),
        ("locked", 3, False),
        ("by_design", 1, False),
        ("unknown", 0, True),
    ],
)
def test_a_state_that_its_tries_left_contradict_is_unknown(state, left, fits):
    told = heard({"v": 1, "type": "key", **key("auth", state, left)})
    assert told["state"] == (state if fits else "unknown") and told["left"] == (
        left if fits else None
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_a_survey_finds_is_heard_as_it_is(data):
    talk, session = Talk(data), Session(default_keys(True))
    while session.command:
        for item in session.answer(talk(session.command)):
            if isinstance(item, Finding):
                event = heard({"v": 1, **key_event(item)})
                assert (event["state"], event["left"]) == (item.state, item.left), item
