"""Whatever a device says: no text says "nothing is locked" unless every key was told not to be."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import cases
from mynacard import keys, state
from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.plan import plan
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show.heard import KINDS, heard
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import headline, outcome, overall_row

DAY = "2026-11-26"
CARD = {"type": "card", "kind": "my_number_card"}
ASKED = {"my_number_card": [key.id for key in keys.default_keys()]}
ASKED |= dict.fromkeys(("phone_android", "phone_ios"), ["sign", "auth"])
ALL_KEYS = ASKED["my_number_card"]
FREE = ("ok", "unlimited", "used", "last")
# Worst states of which the headline says that nothing is locked, or one that is no lock.
NO_LOCK = (*FREE, "not_set", "not_issued")
MAY_LACK = ("licence",)  # which is elsewhere: of what was not issued a file tells that


def key(name, found="ok"):
    return {"id": name, "state": found, "left": None, "max": None}


def result(*told, complete=True):
    return {"type": "result", "complete": complete, "ms": 1, "keys": list(told)}


def followed(*events):
    reading = Reading()
    for event in events:
        known = heard({"v": 1, **event})
        news = reading.news(known) if known else None
        if news is not None:
            reading.take(news)
    return reading


def _phrases(data):
    """All that means "nothing is locked", for holder, clerk, support and in a headline."""
    sets = [one for one in data["sets"] if one["id"].startswith("nothing_locked")]
    asked = [step["ask"] for one in sets for step in one["list"]]
    names = Names(data["lang"])
    heads = [names.overall(found) for found in ("ok", "unlimited", "not_set", "not_issued")]
    texts = (data["slip"]["none"], data["clerk"]["none"])
    return {*texts, *(one["title"] for one in sets), *asked, *heads}


def _strings(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return list(itertools.chain.from_iterable(map(_strings, value)))
    return [value] if isinstance(value, str) else []


def says_nothing_locked(reading):
    """Tell whether guidance, slip, plan or headline says so, in one language or the other."""
    said = []
    for lang in LANGUAGES:
        data = guidance(lang)
        texts = [
            advise(data, *reading.result()),
            slip(data, *reading.result(), DAY),
            plan(data, *reading.result(), {}),
            headline(reading, Names(lang)),
            overall_row(reading, 12, Names(lang)).words,
            outcome(reading, Names(lang)),
        ]
        said += set(_strings(texts)) & _phrases(data)
    return bool(said)


ALL_WELL = [key(name) for name in ASKED["my_number_card"]]
NEW = {"id": "quantum_pin", "state": "locked", "left": 0, "max": 5}


def test_all_well_is_said_where_every_key_was_told():
    reading = followed(CARD, result(*ALL_WELL))
    assert reading.overall == "ok" and says_nothing_locked(reading)


@pytest.mark.parametrize(
    "told",
    [
        [*ALL_WELL, NEW],
        [*ALL_WELL[:-1], key("common", "half_locked")],
        [*ALL_WELL[:-1], key("common", "last"), NEW],
        ALL_WELL[:1],
        ALL_WELL[:-1],
    ],
)
def test_what_this_version_does_not_know_is_unknown_everywhere(told):
    reading = followed(CARD, result(*told))
    worst = "last" if key("common", "last") in told else "unknown"
    assert reading.overall == worst and not says_nothing_locked(reading)


@pytest.mark.parametrize("rest", ["ok", "unlimited"])
@pytest.mark.parametrize("sign", ["ok", "not_issued"])
@pytest.mark.parametrize("name", [*ALL_KEYS, "licence", None])
def test_all_well_is_not_said_of_a_card_that_lacks_what_every_card_has(name, sign, rest):
    states = dict.fromkeys(ALL_KEYS, rest) | {"sign": sign} | ({name: "absent"} if name else {})
    reading = followed(CARD, result(*(key(one, found) for one, found in states.items())))
    worst = "not_issued" if states["sign"] == "not_issued" else rest
    assert reading.overall == worst  # what is not on a card has no part in the overall lamp
    fair = name is None or name in MAY_LACK
    assert says_nothing_locked(reading) == fair
    assert reading.lacking == ([] if fair else [name])
    for lang in LANGUAGES:
        names = Names(lang)
        said = {headline(reading, names)[0], overall_row(reading, 8, names).words}
        assert said == {outcome(reading, names)}
        assert (names.overall("lacking") in said) == (not fair)


def test_what_is_worse_than_a_lacking_number_is_said_first():
    states = dict.fromkeys(ALL_KEYS, "ok") | {"juki": "absent", "sign": "last"}
    reading = followed(CARD, result(*(key(one, found) for one, found in states.items())))
    assert headline(reading, Names("en"))[0] == Names("en").overall("last")
    phone = followed({**CARD, "kind": "phone_ios"}, result(key("sign", "absent"), key("auth")))
    assert phone.lacking == [] and says_nothing_locked(phone)


@pytest.mark.parametrize("found", ["by_design", "not_set"])
def test_a_state_that_a_key_cannot_be_in_is_unknown(found):
    told = [key(name, found if name == "sign" else "ok") for name in ASKED["my_number_card"]]
    assert not says_nothing_locked(followed(CARD, result(*told)))


@pytest.mark.parametrize("name", ALL_KEYS)
@pytest.mark.parametrize("note", ["unread", "deactivated"])
def test_a_note_that_does_not_fit_its_key_changes_nothing(name, note):
    told = [{**one, "state": "locked"} if one["id"] == name else one for one in ALL_WELL]
    noted = [{**one, "note": note} if one["id"] == name else one for one in told]
    plain, odd = followed(CARD, result(*told)), followed(CARD, result(*noted))
    if note == "deactivated" or name not in ("sign", "auth"):
        data = guidance("en")
        assert advise(data, *odd.result()) == advise(data, *plain.result())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_that_the_device_may_be_newer(lang):
    data = guidance(lang)
    (advice,) = advise(data, *followed(CARD, result(*ALL_WELL, NEW)).result())
    assert (advice["state"], advice["keys"]) == ("unknown", [])
    assert advice["title"] == data["more"]["title"] and advice["source"]
    clerk, holder = slip(data, *followed(CARD, result(*ALL_WELL, NEW)).result(), DAY)
    assert dict(clerk["rows"])["読み取れなかったもの"] == [data["clerk"]["more"]]
    assert data["slip"]["unsure"] in dict(holder["rows"])
    phone = followed({**CARD, "kind": "phone_ios"}, result(key("sign"), key("auth"), NEW))
    (part,) = slip(data, *phone.result(), DAY)
    assert data["more"]["name"] in dict(part["rows"])[data["slip"]["unknown"]]


@pytest.mark.parametrize("kind", [*KINDS, None])
@pytest.mark.parametrize("told", [[], [NEW], [key("sign", "locked")], [key("sign"), key("auth")]])
def test_a_result_of_no_known_key_or_no_known_card_breaks_nothing(kind, told):
    before = [{"type": "card", "kind": kind}] if kind else []
    reading = followed(*before, result(*told))
    if kind not in ASKED or not told:
        assert (reading.phase, reading.overall) == ("again", None)
    assert not says_nothing_locked(reading) or (kind or "").startswith("phone_")
    for event in told:  # its `card` line says what has no keys, or got lost
        says_nothing_locked(followed(*before, {"type": "key", **event}, result(*told)))


def test_a_result_after_a_card_was_lifted_is_another_card_s():
    before = (CARD, result(*ALL_WELL), {"type": "removed"})
    assert followed(*before, result(NEW)).phase == "again"
    # A phone before it takes nothing from it.
    phone = ({**CARD, "kind": "phone_ios"}, result(key("sign"), key("auth")), {"type": "removed"})
    assert followed(*phone, result(*ALL_WELL)).overall == "ok"


names = st.sampled_from((*ASKED["my_number_card"], "licence", "quantum_pin"))
states = st.sampled_from((*FREE, *FREE, *state.WORST_FIRST, "half_locked"))
one_key = st.builds(key, names, states)
results = st.one_of(
    st.lists(one_key, max_size=12),
    # Mostly every key, most of them well: what is said of one odd key among them.
    st.builds(
        lambda changed, more: [key(n, changed.get(n, "ok")) for n in ALL_KEYS] + more,
        st.dictionaries(names, states, max_size=2),
        st.lists(one_key, max_size=1),
    ),
)
event = st.one_of(
    st.builds(lambda kind: {"type": "card", "kind": kind}, st.sampled_from((*KINDS, "mars"))),
    st.just(CARD),
    st.builds(lambda one: {"type": "key", **one}, one_key),
    st.builds(lambda told, done: result(*told, complete=done), results, st.booleans()),
    st.builds(lambda told: result(*told), results),
    st.sampled_from(({"type": "removed"}, {"type": "ready"}, {"type": "demo"})),
)


@cases(1)
@given(events=st.lists(event, max_size=6))
def test_nothing_locked_is_said_only_where_the_headline_may_say_it(events):
    reading = followed(*events)
    if not reading.over:
        return
    if says_nothing_locked(reading):
        (last,) = [one for one in events if one["type"] == "result"][-1:]
        told = {one["id"]: one["state"] for one in last["keys"]}
        assert reading.complete and reading.overall in NO_LOCK, json.dumps(events)
        assert set(ASKED[reading.kind]) <= set(told) and "quantum_pin" not in told
        assert not set(told.values()) & {"locked", "by_design", "unknown", "half_locked"}
        if reading.kind == "my_number_card":
            assert {one for one in told if told[one] == "absent"} <= set(MAY_LACK)
