"""Settings: whatever stands in the file, each is usable, and what was not is named."""

import json

import pytest

from pinlamp import settings


def _given(**given):
    return settings.Settings(given, 8, 12)


def _values(found):
    names = "profile layout brightness hold_s sound events licence poll_ms".split()
    return {name: getattr(found, name) for name in names}


DEFAULTS = {
    "profile": "pocket",
    "layout": 8,
    "brightness": 25,
    "hold_s": 60,
    "sound": True,
    "events": True,
    "licence": False,
    "poll_ms": 100,
}


def test_defaults():
    assert _values(_given()) == DEFAULTS
    assert _given().replaced == []


def test_the_counter_profile_is_quiet_and_short():
    found = _given(profile="counter")
    expected = dict(DEFAULTS, profile="counter", hold_s=3, sound=False, events=False)
    assert _values(found) == expected


def test_what_is_given_wins_over_the_profile():
    found = _given(profile="counter", events=True, hold_s=10)
    assert found.events is True and found.hold_s == 10 and found.sound is False


def test_every_layout_that_the_strip_can_show():
    for layout in (12, 8, 5, 1):
        assert _given(layout=layout).layout == layout
    short = settings.Settings({"layout": 12}, 8, 8)
    assert short.layout == 8 and short.replaced == ["layout"]


@pytest.mark.parametrize(
    ("name", "wrongs"),
    (
        ("profile", ("shop", 1, None, [], {})),
        ("layout", (7, "8", True, None, 8.0)),
        ("brightness", (0, 4, 101, -1, "25", None, True, 25.5)),
        ("hold_s", (-1, 3601, "60", None)),
        ("poll_ms", (0, 19, 1001, [])),
        ("sound", (0, 1, "true", None)),
        ("events", (1, "on")),
        ("licence", (1, "yes")),
    ),
)
def test_a_wrong_value_is_replaced_and_named_and_nothing_else_is_lost(name, wrongs):
    for wrong in wrongs:
        given = {"brightness": 10, "hold_s": 5, name: wrong}
        found = settings.Settings(given, 8, 12)
        assert found.replaced == [name], (name, wrong)
        expected = dict(DEFAULTS, brightness=10, hold_s=5)
        expected[name] = DEFAULTS[name]
        # Whoever wrote that may have wanted the results kept on the device.
        expected["events"] = name not in ("profile", "events")
        assert _values(found) == expected, (name, wrong)


def test_an_unknown_name_is_named():
    found = _given(colour="pink", sound=False)
    assert found.replaced == ["colour"] and found.sound is False


@pytest.mark.parametrize("given", (None, [], "pocket", 3, True))
def test_something_else_than_an_object_is_all_defaults_and_keeps_the_results(given):
    found = settings.Settings(given, 8, 12)
    assert found.replaced == ["settings.json"]
    assert _values(found) == dict(DEFAULTS, events=False)


@pytest.mark.parametrize(("layout", "allowed"), ((12, True), (1, True), (8, False), (5, False)))
def test_the_licence_needs_a_lamp_of_its_own(layout, allowed):
    found = _given(layout=layout, licence=True)
    assert found.licence is allowed
    assert found.replaced == ([] if allowed else ["licence"])
    assert ("licence" in [key.id for key in found.keys()]) is allowed


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"profile": "pocket", "brightness": 40}, {}),
        ({"profile": "counter", "hold_s": 9, "events": True}, {"profile": "counter"}),
        ({"profile": "counter", "events": False}, {"profile": "counter", "events": False}),
        ({"events": False, "licence": True}, {"events": False, "licence": True}),
        ({"licence": True, "hold_s": 9}, {"licence": True}),
        ({"layout": 5, "brightness": 40}, {"layout": 5}),
        ({"layout": 8, "profile": "counter"}, {"layout": 8, "profile": "counter"}),
        ({"layout": 12}, {}),
    ],
)
def test_a_button_forgets_all_but_the_layout_and_what_keeps_results(tmp_path, given, kept):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(given))
    settings.reset(str(path), settings.load(str(path), 12, 12), 12)
    after = settings.load(str(path), 12, 12)
    wanted = settings.Settings(kept, 12, 12)
    assert _values(after) == _values(wanted) and after.replaced == []
    assert after.events is not ("events" in kept or "profile" in kept)
    assert after.licence is ("licence" in kept)
    assert path.exists() is bool(kept)


def test_a_file_that_is_missing_or_broken():
    import os

    path = "settings_of_a_test.json"
    assert settings.load("no_such_file.json", 8, 12).replaced == []
    whole = json.dumps({"brightness": 10, "sound": False})
    try:
        for text, replaced in (
            (whole, []),
            (whole[:-3], ["settings.json"]),
            ("", ["settings.json"]),
            (whole + " " * (settings.MOST - len(whole)), []),
            (whole + " " * (settings.MOST - len(whole) + 1), ["settings.json"]),
        ):
            with open(path, "w") as file:
                file.write(text)
            found = settings.load(path, 8, 12)
            assert found.replaced == replaced and found.events is (not replaced), text
        found = settings.load(".", 8, 12)  # there, and not to be read
        assert found.replaced == ["settings.json"] and found.events is False
    finally:
        os.remove(path)
