"""What a cable shows of a device is told apart, and has its words in both languages."""

import unicodedata

import pytest

from pinlamp_tools.show import cable
from pinlamp_tools.show.cable import Cable
from pinlamp_tools.show.heard import heard
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.reading import Reading

READY = {"v": 1, "type": "ready", "board": "b", "version": "0.1.0"}
ALIVE = {"v": 1, "type": "alive", "results": True}
CARD = {"v": 1, "type": "card", "kind": "my_number_card"}
KEY = {"id": "sign", "state": "ok", "left": 5, "max": 5}
RESULT = {"v": 1, "type": "result", "complete": True, "ms": 1, "keys": [KEY]}
PULLED = {**RESULT, "complete": False}
REMOVED = {"v": 1, "type": "removed"}
CARD_1, RESULT_1 = {**CARD, "tap": 1}, {**RESULT, "tap": 1}
LOST = {"v": 1, "type": "fault", "code": "reader_lost"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", cable.STATES)
def test_each_state_says_what_it_is_and_most_what_to_do(lang, state):
    told = [
        Names(lang).cable(state, part, port="/dev/ttyUSB0", group="dialout")
        for part in ("is", "do")
    ]
    assert told[0] and (told[1] or state in (cable.LISTENING, cable.LIVE))
    for text in told:  # a line of a terminal with 80 columns
        assert sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text) <= 76


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("waiting for download", cable.LOADER),
        ("MicroPython v1.28.0 on 2026-04-01; ESP32C3 module with ESP32-C3", cable.REPL),
        (">>> ", cable.REPL),
        ("ets Jul 29 2019 12:21:46", cable.LISTENING),
    ],
)
def test_words_that_are_no_event(text, state):
    seen = Cable()
    seen.words(text)
    assert seen.state == state


def test_a_port_of_which_nothing_comes():
    seen = Cable()
    seen.nothing(cable.PATIENCE_MS - 1)
    assert seen.state == cable.LISTENING
    seen.nothing(cable.PATIENCE_MS)
    assert seen.state == cable.SILENT
    seen.words(">>> ")
    assert seen.state == cable.REPL
    seen.event(READY)
    assert seen.state == cable.LIVE


def test_a_device_that_keeps_its_results_says_so_and_stays_so():
    seen = Cable()
    seen.event({**ALIVE, "results": False})
    seen.event(LOST)
    assert seen.state == cable.KEEPING
    seen.event(ALIVE)
    assert seen.state == cable.LIVE


NEW = {"lamps": 12, "hold_s": 60}  # a device that is alive beside a card, too


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ([READY], True),
        ([ALIVE, CARD], False),  # an older device says nothing while a card lies there
        ([ALIVE, CARD, RESULT, REMOVED], True),
        ([{**ALIVE, **NEW}, CARD], True),
        ([{**READY, **NEW}, CARD, RESULT], True),
        ([{**ALIVE, **NEW, "tap": 1}], True),
        ([LOST], True),
        ([READY, {"v": 1, "type": "demo"}], False),
        ([READY, {"v": 1, "type": "check"}], False),
    ],
)
def test_a_device_from_which_an_event_is_due_and_does_not_come_is_silent(told, due):
    seen = Cable()
    for event in told:
        seen.event(event)
    seen.nothing(cable.GONE_MS - 1)
    assert seen.state == cable.LIVE
    seen.nothing(cable.GONE_MS)
    assert seen.state == (cable.SILENT if due else cable.LIVE)
    assert cable.SILENT in cable.ANEW  # so what was shown goes
    seen.event(ALIVE)
    assert seen.state == cable.LIVE


def test_a_card_that_lies_there_is_news_if_nothing_was_heard_of_it():
    beat = heard({**ALIVE, **NEW, "tap": 7})
    forgets = {"v": 1, "type": "ready"}
    # The tap that was heard of: only of one that was told in whole nothing more has to come.
    told = [{**READY, **NEW}, {**CARD, "tap": 7}, {**RESULT, "tap": 7}]
    for events, news in (
        (told, None),
        (told[:2], forgets),  # its result is lost
        ([*told, REMOVED], forgets),  # whatever lies there, it is another one
        ([told[0], {**CARD, "tap": 6}, {**RESULT, "tap": 6}], forgets),
        ([told[0], {**CARD, "tap": 6}, {**RESULT, "tap": 6}, REMOVED], forgets),
        ([told[0], CARD, RESULT], forgets),
        ([told[0]], None),
        ([], forgets),
    ):
        reading = Reading()
        for event in events:
            reading.take(heard(event))
        assert reading.news(beat) == news, events
        assert reading.lamps == 12


def test_a_result_of_another_tap_does_not_mix_with_what_came_before():
    reading = Reading()
    for event in ({**CARD, "tap": 6}, {"v": 1, "type": "key", **KEY}, {**RESULT, "tap": 7}):
        reading.take(heard(event))
    assert reading.kind is None and not reading.complete  # nobody knows which card that was


@pytest.mark.parametrize(
    ("before", "alive", "news"),
    [
        ([], ALIVE, "ready"),
        ([READY], ALIVE, None),
        ([READY, CARD], ALIVE, "ready"),
        ([READY, CARD, RESULT], ALIVE, "removed"),
        ([READY, CARD, RESULT, REMOVED], ALIVE, None),
        ([READY, CARD, PULLED, REMOVED], ALIVE, None),
        ([READY, CARD, PULLED], ALIVE, "removed"),
        ([READY, {**LOST, "code": "settings", "field": "hold_s"}], ALIVE, None),
        ([READY, CARD_1, RESULT_1, REMOVED], {**ALIVE, "taps": 1}, None),
        ([READY, CARD_1, RESULT_1], {**ALIVE, "taps": 1}, "removed"),
        ([READY, CARD_1, RESULT_1, REMOVED], {**ALIVE, "taps": 2}, "ready"),
        ([READY, CARD_1, RESULT_1], {**ALIVE, "taps": 2}, "ready"),
        ([READY, CARD_1, {**PULLED, "tap": 1}, REMOVED], {**ALIVE, "taps": 2}, "ready"),
        ([READY, CARD_1, RESULT_1, REMOVED], {**ALIVE, "taps": 0}, "ready"),  # started anew
        ([READY], {**ALIVE, "taps": 2}, None),
        ([LOST], ALIVE, "ready"),
        ([READY], {**ALIVE, "fault": "reader_lost"}, "fault"),
        ([LOST], {**ALIVE, "fault": "reader_lost"}, None),
        ([READY], {**ALIVE, "fault": "reader_lost", "reader": "rcs660s"}, "fault"),
    ],
)
def test_alive_is_news_only_where_a_line_was_missed(before, alive, news):
    reading = Reading()
    for event in before:
        reading.take(event)
    told = reading.news(heard(alive))
    assert (told and told["type"]) == news
    if told:
        assert told.get("reader") == alive.get("reader")
        reading.take(told)
        assert reading.news(heard(alive)) is None


def test_what_a_device_told_of_itself_is_not_the_next_one_s():
    reading = Reading()
    for event in ({**READY, "lamps": 8, "hold_s": 20}, CARD, RESULT, REMOVED):
        reading.take(heard(event))
    assert (reading.lamps, reading.kept_ms) == (8, 20_000)
    reading.take(heard(READY))  # an older device does not tell
    assert (reading.lamps, reading.kept_ms) == (None, 60_000)
