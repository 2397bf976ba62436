"""The lamps of a device on a cable, where a line got lost on the way."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamps import colour_name
from mynacard import default_keys, state
from pinlamp import look
from pinlamp.layout import LAYOUTS, OVERALL, lamps
from pinlamp_tools.show.heard import heard
from pinlamp_tools.show.lights import Lights, words_stay_ms
from pinlamp_tools.show.reading import KEPT_MS, Reading

KEYS = [{"id": key.id, "state": "ok", "left": 3, "max": 3} for key in default_keys()]
LAYOUT = 12  # of a device that has not told
LOCKED_B = {"id": "visual_b", "state": "locked", "left": 0, "max": 3}
READY = {"type": "ready", "board": "b", "version": "1"}
CARD = {"type": "card", "kind": "my_number_card"}
TOLD = [{"type": "key", **key} for key in KEYS]
RESULT = {"type": "result", "complete": True, "ms": 5, "keys": KEYS}
PULLED = {**RESULT, "complete": False, "keys": KEYS[:3]}
REMOVED = {"type": "removed"}
ALIVE = {"type": "alive", "results": True}
LOCKED = {"type": "key", "id": "sign", "state": "locked", "left": 0, "max": 5}


class Clock:
    now_ms = 0

    def ticks_ms(self):
        return self.now_ms

    @staticmethod
    def ticks_diff(a, b):
        return a - b

    @staticmethod
    def ticks_add(a, b):
        return a + b


def _played(events, now_ms=0):
    """Yield the Reading and the pixels after each event; a number is a pause in ms."""
    clock, reading = Clock(), Reading()
    clock.now_ms = now_ms
    lights = Lights(clock)
    for event in events:
        if isinstance(event, int):
            clock.now_ms += event
        else:
            news = reading.news(heard({"v": 1, **event}))
            if news is not None:
                reading.take(news)
                lights.follow(news, reading)
        yield reading, lights.render()[0]


def _colour(pixels, place):
    return colour_name(tuple(pixels[3 * place : 3 * place + 3])).removeprefix("dim ")


def _lit(*events):
    """Return the names of the lamps' colours at the end, and the Reading."""
    *_, (reading, pixels) = _played(events)
    return {_colour(pixels, place) for place in range(LAYOUT)}, reading


@pytest.mark.parametrize("lifted", [(REMOVED,), ()])
def test_a_card_whose_first_line_got_lost_has_none_of_the_card_before(lifted):
    before = (READY, CARD, *TOLD, RESULT)
    assert "green" in _lit(*before, *lifted, 1000)[0]
    colours, reading = _lit(*before, *lifted, 2000, LOCKED)
    assert "green" not in colours and "red" in colours
    assert reading.phase == "reading" and list(reading.keys) == ["sign"]


def test_answers_of_a_reading_that_broke_off_go_though_the_lifting_got_lost():
    before = (READY, CARD, *TOLD[:3], PULLED)
    assert "green" in _lit(*before, 4000)[0]
    for told in ((REMOVED, 1000, ALIVE), (ALIVE,)):
        colours, reading = _lit(*before, 2000, *told, KEPT_MS + 1000, ALIVE, 2000)
        assert "green" not in colours and reading.phase == "again"


@pytest.mark.parametrize(
    ("about", "stays_ms"),
    [
        ({}, KEPT_MS),
        ({"hold_s": 60}, KEPT_MS),
        ({"hold_s": 3600}, KEPT_MS),
        ({"hold_s": 25}, 25_000),
        ({"hold_s": 3, "counter": True}, 10_000),
        ({"hold_s": 20, "counter": True}, 20_000),
        ({"counter": True}, 10_000),  # an older device
    ],
)
def test_a_result_goes_as_on_the_device(about, stays_ms):
    for told in ({**READY, **about}, {**ALIVE, **about}):
        lifted = (told, CARD, *TOLD, RESULT, REMOVED)
        colours, reading = _lit(*lifted, stays_ms - 10)
        assert "green" in colours
        assert words_stay_ms(REMOVED, reading) == reading.kept_ms == stays_ms
        assert "green" not in _lit(*lifted, stays_ms + 10)[0]


def _event(kind, keys, complete):
    if kind == "key":
        return {"type": "key", **keys[0]}
    if kind == "result":
        return {"type": "result", "complete": complete, "ms": 5, "keys": keys}
    if kind in ("my_number_card", "phone_ios", "other_a", "several"):
        return {"type": "card", "kind": kind}
    if kind in ("reader_lost", "settings"):
        return {"type": "fault", "code": kind}
    return {"ready": READY, "alive": ALIVE}.get(kind, {"type": kind})


KINDS = "key key result my_number_card phone_ios other_a several reader_lost settings ready alive"
EVENTS = st.builds(
    _event,
    st.sampled_from([*KINDS.split(), "removed", "demo", "check"]),
    st.lists(
        st.builds(
            lambda id, found: {
                "id": id,
                "state": found,
                "left": 0 if found in (state.LOCKED, state.BY_DESIGN) else 1,
                "max": 3,
            },
            st.sampled_from([key["id"] for key in KEYS]),
            st.sampled_from(state.WORST_FIRST),
        ),
        min_size=1,
        max_size=11,
        unique_by=lambda key: key["id"],
    ),
    st.booleans(),
)


# A busy machine is slow to make examples.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(EVENTS, st.just(look.CYCLE_MS)), min_size=1, max_size=20))
def test_whatever_gets_lost_no_lamp_shows_what_the_table_does_not_say(events):
    # Every state's light is on at this moment of a cycle.
    for reading, pixels in _played(events, now_ms=50):
        for place, (key, *_) in enumerate(lamps(LAYOUT)):
            colour = _colour(pixels, place)
            if colour not in ("off", "white", "violet"):  # nothing, waiting, or unknown
                said = reading.overall if key == OVERALL else reading.state(key)[0]
                drive, _, level = look.STATES.get(said, look.DARK)
                wanted = bytes([part * level // 255 // 4 for part in drive])
                assert colour == _colour(wanted, 0), (key, colour, said)


def test_lamps_say_what_the_words_say_of_lines_that_contradict_each_other():
    locked = {"type": "key", "id": "visual_b", "state": "locked", "left": 0, "max": 10}
    hole = {**RESULT, "keys": [key for key in KEYS if key["id"] != "visual_b"]}
    twice = {**RESULT, "keys": [*KEYS, {**locked, "id": "visual_b"}]}
    place = list(lamps(LAYOUT)).index(("visual_b",))
    for told in ((locked, RESULT), (locked, hole), (hole,), (twice,)):
        for now_ms in (50, 1100):
            *_, (reading, pixels) = _played([READY, CARD, *told], now_ms)
            assert reading.state("visual_b")[0] == reading.overall == "unknown"
            assert {_colour(pixels, place), _colour(pixels, LAYOUT - 1)} <= {"violet", "off"}


@pytest.mark.parametrize("unknown", [[], [{"type": "exchange"}], [{"type": "tomorrow_s"}]])
def test_an_unknown_event_keeps_no_lamp_alight(unknown):
    clock, reading = Clock(), Reading()
    lights = Lights(clock)
    for event in (CARD, *TOLD, RESULT, REMOVED):
        reading.take(event)
        lights.follow(event, reading)
    assert _colour(lights.render()[0], 0) != "off"
    clock.now_ms += KEPT_MS // 2
    for event in unknown:
        lights.follow(event, reading)
    clock.now_ms += KEPT_MS // 2
    assert _colour(lights.render()[0], 0) == "off"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_lamps_are_the_device_s_own(layout):
    keys = [LOCKED_B if one["id"] == "visual_b" else one for one in KEYS]
    told = (CARD, {**RESULT, "keys": keys})
    red = [i for i, ids in enumerate(lamps(layout)) if {"visual_b", OVERALL} & set(ids)]
    for about in ((READY | {"lamps": layout},), ({"type": "demo"}, ALIVE | {"lamps": layout})):
        frames = [pixels for _, pixels in _played([*about, *told, *[50] * 40])][-40:]
        assert {len(pixels) for pixels in frames} == {3 * layout}
        seen = [{_colour(pixels, place) for pixels in frames} for place in range(layout)]
        assert [i for i, colours in enumerate(seen) if "red" in colours] == red
        assert set.union(*seen) <= {"red", "green", "off"}


def test_a_number_told_beside_a_card_changes_no_lamp_until_all_are_drawn_anew():
    *_, (_, pixels) = _played([CARD, *TOLD, RESULT, ALIVE | {"lamps": 8}])
    assert len(pixels) == 3 * LAYOUT and _colour(pixels, 0) == "green"
    *_, (_, pixels) = _played([CARD, TOLD[0], ALIVE | {"lamps": 8, "tap": 1}, TOLD[1]])
    assert len(pixels) == 3 * 8
    *_, (_, pixels) = _played([READY | {"lamps": 8}, READY])  # perhaps another device
    assert len(pixels) == 3 * LAYOUT


def test_of_a_device_that_is_gone_no_number_is_known():
    lights, reading = Lights(Clock()), Reading()
    ready = READY | {"lamps": 8}
    reading.take(ready)
    lights.follow(ready, reading)
    assert (lights.layout, lights.count) == (8, 8)
    lights.dark()
    assert (lights.layout, lights.count) == (None, LAYOUT)


@pytest.mark.parametrize("kind", ["other_b", "several"])
def test_a_lamp_of_two_keys_waits_for_both_also_where_the_card_s_line_was_lost(kind):
    told = (READY | {"lamps": 8}, {"type": "card", "kind": kind})
    common = next(one for one in TOLD if one["id"] == "common")
    frames = [pixels for _, pixels in _played([*told, common, *[50] * 40])][-40:]
    assert "green" not in {_colour(pixels, 2) for pixels in frames}  # juki is not told yet
    assert "violet" not in {_colour(pixels, 7) for pixels in frames}
