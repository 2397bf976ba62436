"""What each lamp shows, from the pixels that are written, in every layout."""

import pytest

import oracle
from lamps import FilmedLamps, all_in, colour_name, keys_of, look
from oracle import LAYOUTS, LOOKS, STEADY, WORST_FIRST
from pinlamp.layout import PLACES


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_state_on_every_lamp_of_every_layout(layout):
    for state in WORST_FIRST:
        device = FilmedLamps(layout)
        device.answer(all_in(layout, state))
        films = device.film()
        for index in range(layout):
            assert look(films[index]) == LOOKS[state], (layout, state, index)
        for film in films[layout:]:
            assert look(film) == ("off", STEADY)


@pytest.mark.parametrize("state", WORST_FIRST)
def test_the_film_at_every_millisecond_is_the_one_the_waits_give(state):
    device = FilmedLamps(12)
    device.answer(all_in(12, state))
    expected = device.film()[0]
    seen = []
    for now in range(2000):
        device.clock.now = 2000 + now  # the next cycle: time never goes back
        device.lamps.render()
        rgb = device.pixels.lit[0]
        if seen and seen[-1][2] == rgb:
            seen[-1] = (seen[-1][0], now + 1, rgb)
        else:
            seen.append((now, now + 1, rgb))
    assert seen == expected, state


@pytest.mark.parametrize("layout", (12, 8, 5))
def test_the_first_four_lamps_are_those_of_the_official_form(layout):
    for index, key in enumerate(("sign", "auth", "juki", "text_pin")):
        device = FilmedLamps(layout)
        device.answer(dict(all_in(layout, "ok"), **{key: "locked"}))
        films = device.film()
        red = [i for i in range(layout) if look(films[i])[0] == "red"]
        assert red[0] == index, (layout, key)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_lock_is_hidden_in_any_layout(layout):
    for key in keys_of(layout):
        device = FilmedLamps(layout)
        device.answer(dict(all_in(layout, "ok"), **{key: "locked"}))
        films = device.film()
        red = [i for i in range(layout) if look(films[i]) == LOOKS["locked"]]
        assert red, (layout, key)
        if layout != 5:
            assert look(films[layout - 1]) == LOOKS["locked"]


@pytest.mark.parametrize("layout", (8, 5))
def test_every_pair_of_states_in_every_joined_lamp(layout):
    for index, group in enumerate(oracle.lamps(layout)):
        for first in group:
            for second in group:
                if first != second:
                    _pairs(layout, index, group, first, second)


def _pairs(layout, index, group, first, second):
    for i, bad in enumerate(WORST_FIRST):
        for better in WORST_FIRST[i:]:
            device = FilmedLamps(layout)
            states = all_in(layout, "absent")
            states.update({first: bad, second: better})
            device.answer(states)
            assert look(device.film()[index]) == LOOKS[bad], (layout, first, bad, better)


@pytest.mark.parametrize("layout", (12, 8, 1))
def test_the_overall_lamp_takes_the_worst_of_all_pairs(layout):
    for i, bad in enumerate(WORST_FIRST):
        for better in WORST_FIRST[i:]:
            device = FilmedLamps(layout)
            device.answer(dict(all_in(layout, better), auth=bad))
            assert look(device.film()[layout - 1]) == LOOKS[bad], (layout, bad, better)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_while_reading_unanswered_lamps_are_dim_white_and_overall_moves(layout):
    device = FilmedLamps(layout)
    device.lamps.reading(keys_of(layout))
    device.lamps.finding("sign", "locked")
    films = device.film()
    levels = {rgb for _, _, rgb in films[layout - 1]}
    assert len(levels) > 10 and {colour_name(rgb).split()[-1] for rgb in levels} == {"white"}
    if layout != 1:
        assert look(films[0]) == LOOKS["locked"]
        for index in range(1, layout - 1):
            assert look(films[index]) == LOOKS["reading"]


@pytest.mark.parametrize("layout", (8, 5))
def test_a_joined_lamp_waits_for_its_last_key_unless_a_lock_is_known(layout):
    device = FilmedLamps(layout)
    device.lamps.reading(keys_of(layout))
    device.lamps.finding("juki", "ok")
    assert look(device.film()[2]) == LOOKS["reading"]
    for state in WORST_FIRST[1:]:
        device.lamps.finding("juki", state)
        assert look(device.film()[2]) == LOOKS["reading"], state
    device.lamps.finding("juki", "locked")
    assert look(device.film()[2]) == LOOKS["locked"]
    others = [key for key in oracle.lamps(layout)[2] if key != "juki"]
    assert "common" in others
    for key in ["juki", *others[1:]]:
        device.lamps.finding(key, "ok")
    assert look(device.film()[2]) == LOOKS["reading"]
    device.lamps.finding(others[0], "used")
    assert look(device.film()[2]) == LOOKS["used"]


@pytest.mark.parametrize("layout", (12, 8, 1))
def test_overall_takes_its_colour_last(layout):
    device = FilmedLamps(layout)
    states = all_in(layout, "ok")
    device.lamps.reading(list(states))
    for key in states:
        device.lamps.finding(key, "ok")
        colours = {colour_name(rgb).split()[-1] for _, _, rgb in device.film()[layout - 1]}
        assert colours == {"white"}
    device.lamps.read()
    assert look(device.film()[layout - 1]) == LOOKS["ok"]


def test_keys_that_are_not_asked_stay_dark():
    device = FilmedLamps(12)
    device.answer({"sign": "ok", "auth": "last"})
    looks = [look(film) for film in device.film()]
    assert looks[:2] == [LOOKS["ok"], LOOKS["last"]]
    assert looks[2:11] == [("off", STEADY)] * 9
    assert looks[11] == LOOKS["last"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_ready_breathes_white_every_four_seconds_on_overall_alone(layout):
    device = FilmedLamps(layout)
    device.answer(all_in(layout, "locked"))
    device.lamps.ready()
    films = device.film(8000)
    levels = [rgb for _, _, rgb in films[layout - 1]]
    assert {colour_name(rgb).split()[-1] for rgb in levels} <= {"white", "off"}
    brightest = max(levels)
    peaks = [start for start, _, rgb in films[layout - 1] if rgb == brightest]
    assert len(peaks) == 2 and abs(peaks[1] - peaks[0] - 4000) <= 80
    for index in range(layout - 1):
        assert look(films[index]) == ("off", STEADY)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_device_s_states_are_counted_in_violet_flashes(layout):
    for count in range(1, 7):
        device = FilmedLamps(layout)
        device.answer(all_in(layout, "ok"))
        device.lamps.device(count)
        films = device.film()
        colour, on = look(films[layout - 1])
        assert colour == "violet" and len(on) == count
        starts = [start for start, _ in on]
        for early, late in zip(starts, starts[3:]):
            assert late - early >= 999  # no more than three flashes a second
        for index in range(layout - 1):
            assert look(films[index]) == ("off", STEADY)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_card_pulled_leaves_what_was_answered_and_unknown_for_the_rest(layout):
    device = FilmedLamps(layout)
    states = all_in(layout, "unknown")
    states["sign"] = "ok"
    device.lamps.reading(list(states))
    for key, state in states.items():
        device.lamps.finding(key, state)
    device.lamps.not_read()
    looks = [look(film) for film in device.film()]
    assert looks[layout - 1] == LOOKS["unknown"]  # one violet flash: again, please
    if layout != 1:
        assert looks[0] == LOOKS["ok"]
        assert looks[1 : layout - 1] == [LOOKS["unknown"]] * (layout - 2)
    device.lamps.ready()
    for film in device.film()[: layout - 1]:
        assert look(film) == ("off", STEADY)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_lamp_test_lights_one_lamp_after_the_other(layout):
    device = FilmedLamps(layout)
    for index in range(layout):
        device.lamps.test(index)
        looks = [look(film) for film in device.film()]
        assert looks[index] == ("white", STEADY)
        assert [i for i in range(12) if looks[i][0] != "off"] == [index]


def test_one_lamp_steps_through_the_keys_locked_ones_first():
    device = FilmedLamps(1)
    states = dict.fromkeys(PLACES, "ok")
    states.update(text_b="locked", visual_a="by_design", auth="used", licence="absent")
    device.answer(states)
    order = ["text_b", "visual_a"] + [key for key in PLACES if states[key] in ("ok", "used")]
    for key in order:
        start = device.clock.now
        assert device.lamps.step()
        place = PLACES.index(key) + 1
        winks = device.film(place * 333, start)[0]
        assert sum(1 for _, _, rgb in winks if colour_name(rgb) == "white") == place, key
        shown = {colour_name(rgb) for _, _, rgb in device.film(5000, start + place * 333)[0]}
        assert shown - {"off"} == {LOOKS[states[key]][0]}, key
    assert device.lamps.step()
    assert look(device.film(start=8000)[0]) == LOOKS["locked"]


def test_after_five_seconds_one_lamp_shows_the_whole_again():
    device = FilmedLamps(1)
    device.answer(dict(dict.fromkeys(PLACES, "ok"), sign="locked", juki="used"))
    device.clock.now = 0
    device.lamps.step()
    device.lamps.step()
    film = device.film(12000)[0]
    assert colour_name(film[-1][2]) in ("red", "off")
    assert look(device.film(start=20000)[0]) == LOOKS["locked"]


def test_however_slowly_it_is_pressed_each_key_has_its_turn():
    device = FilmedLamps(1)
    device.answer({"sign": "ok", "auth": "used", "juki": "last"})
    seen = []
    for press in range(4):
        device.clock.now = press * 9000
        stays_ms = device.lamps.step()
        device.clock.now += stays_ms - 1500
        looks = device.film(1000, device.clock.now)[0]
        seen.append(({colour_name(rgb) for _, _, rgb in looks} - {"off"}).pop())
    assert seen == ["green", "amber", "amber", "amber"]  # the last one: overall again


def test_there_is_nothing_to_step_through_without_a_result_or_with_more_lamps():
    device = FilmedLamps(1)
    device.lamps.ready()
    assert not device.lamps.step()
    device = FilmedLamps(8)
    device.answer(all_in(8, "ok"))
    assert not device.lamps.step()


@pytest.mark.parametrize("brightness", (5, 25, 100))
def test_no_frame_draws_more_than_the_budget(brightness):
    for budget_ma in (60, 300, 2000):
        device = FilmedLamps(12, brightness, budget_ma)
        device.lamps.device(6)
        _check_current(device, budget_ma)
        device.answer(dict.fromkeys(PLACES, "unlimited"))
        _check_current(device, budget_ma)
        device.lamps.reading(PLACES)
        _check_current(device, budget_ma)


def _check_current(device, budget_ma):
    for now in range(0, 2000, 40):
        device.clock.now = now
        device.lamps.render()
        drive = sum([sum(rgb) for rgb in device.pixels.lit])
        # 20 mA a channel at full drive, 1 mA a pixel; one step of rounding a channel
        assert 12 + drive * 20 / 255 <= budget_ma + 36 * 20 / 255


def test_brightness_scales_and_a_dim_lamp_stays_lit():
    full, quarter = FilmedLamps(12, 100), FilmedLamps(12, 25)
    for device in (full, quarter):
        device.answer(dict.fromkeys(PLACES, "ok"))
        device.lamps.render()
    assert max(quarter.pixels.lit[0]) == max(full.pixels.lit[0]) // 4
    faint = FilmedLamps(12, 5)
    faint.answer(dict.fromkeys(PLACES, "not_issued"))
    faint.lamps.render()
    assert faint.pixels.lit[0] != (0, 0, 0)
    drives = set()
    for state in ("ok", "last", "locked", "by_design", "unknown"):
        faint.answer(dict.fromkeys(PLACES, state))
        faint.lamps.render()
        drives.add(faint.pixels.lit[0])
    assert len(drives) == 5  # five colours, however faint
