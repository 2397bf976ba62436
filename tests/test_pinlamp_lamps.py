"""What each lamp shows, from the pixels that are written, in every layout."""

from both import Clock
from pinlamp.lamps import Lamps
from pinlamp.layout import LAYOUTS, PLACES
from pinlamp.strip import Strip

# The design's table: colour, and the on times in ms within two seconds.
STEADY = [(0, 2000)]
LOOKS = {
    "ok": ("green", STEADY),
    "unlimited": ("green", STEADY),
    "used": ("amber", [(0, 1800)]),
    "last": ("amber", [(0, 200), (400, 600)]),
    "locked": ("red", [(0, 1000)]),
    "by_design": ("blue", [(0, 1000)]),
    "not_issued": ("dim blue", STEADY),
    "not_set": ("dim blue", STEADY),
    "unknown": ("violet", [(0, 167)]),
    "not_reported": ("violet", [(0, 167)]),
    "absent": ("off", STEADY),
    "reading": ("dim white", STEADY),
}
WORST_FIRST = (
    "locked by_design last unknown used not_reported not_set not_issued unlimited ok absent"
).split()


class Pixels(list):
    """A NeoPixel that keeps what was last written."""

    def __init__(self, count):
        """All dark, nothing written yet."""
        super().__init__([(0, 0, 0)] * count)
        self.lit = [(0, 0, 0)] * count

    def write(self):
        """Light the pixels as they were set."""
        self.lit = list(self)


class Device:
    """Lamps of one layout on a strip of twelve pixels."""

    def __init__(self, layout, brightness=100, budget_ma=2000):
        """Full drive and a strong supply, unless a test is about those."""
        self.layout = layout
        self.clock = Clock()
        self.pixels = Pixels(12)
        strip = Strip(self.pixels, layout, brightness, budget_ma)
        self.lamps = Lamps(strip, layout, self.clock)

    def film(self, ms=2000, start=0):
        """Return for each lamp a list of (from ms, to ms, rgb), waiting as `render` says."""
        self.clock.now = start
        films = [[] for _ in self.pixels]
        while self.clock.now < start + ms:
            wait = min(self.lamps.render(), start + ms - self.clock.now)
            assert wait > 0
            for film, rgb in zip(films, self.pixels.lit):
                now = self.clock.now - start
                if film and film[-1][2] == rgb:
                    film[-1] = (film[-1][0], now + wait, rgb)
                else:
                    film.append((now, now + wait, rgb))
            self.clock.now += wait
        return films

    def answer(self, states):
        """Read a card whose keys have these states, to the end."""
        self.lamps.reading(list(states))
        for key, state in states.items():
            self.lamps.finding(key, state)
        self.lamps.read()


def colour_name(rgb):
    """Name a colour as an eye would, from the drive of red, green and blue."""
    r, g, b = rgb
    top = max(rgb)
    if not top:
        return "off"
    if r == g == b:
        name = "white"
    elif g == top:
        name = "green"
    elif r == top and g > r // 4:
        name = "amber"
    elif r == top and g:
        name = "red"
    elif r == b:
        name = "violet"
    else:
        name = "blue"
    return ("dim " if top < 70 else "") + name


def _look(film):
    """Return (colour, on times) of a lamp's film."""
    on = [(start, end) for start, end, rgb in film if rgb != (0, 0, 0)]
    colours = {colour_name(rgb) for _, _, rgb in film} - {"off"}
    if not colours:
        return "off", STEADY
    assert len(colours) == 1, colours
    return colours.pop(), on


def _keys_of(layout):
    return [key for group in LAYOUTS[layout] for key in group] or list(PLACES)


def _all(layout, state):
    return dict.fromkeys(_keys_of(layout), state)


def test_every_state_on_every_lamp_of_every_layout():
    for layout in LAYOUTS:
        for state in WORST_FIRST:
            device = Device(layout)
            device.answer(_all(layout, state))
            films = device.film()
            for index in range(layout):
                assert _look(films[index]) == LOOKS[state], (layout, state, index)
            for film in films[layout:]:
                assert _look(film) == ("off", STEADY)


def test_the_film_at_every_millisecond_is_the_one_the_waits_give():
    for state in WORST_FIRST:
        device = Device(12)
        device.answer(_all(12, state))
        expected = device.film()[0]
        seen = []
        for now in range(2000):
            device.clock.now = now
            device.lamps.render()
            rgb = device.pixels.lit[0]
            if seen and seen[-1][2] == rgb:
                seen[-1] = (seen[-1][0], now + 1, rgb)
            else:
                seen.append((now, now + 1, rgb))
        assert seen == expected, state


def test_the_first_four_lamps_are_those_of_the_official_form():
    for layout in (12, 8, 5):
        for index, key in enumerate(("sign", "auth", "juki", "text_pin")):
            device = Device(layout)
            device.answer(dict(_all(layout, "ok"), **{key: "locked"}))
            films = device.film()
            red = [i for i in range(layout) if _look(films[i])[0] == "red"]
            assert red[0] == index, (layout, key)


def test_no_lock_is_hidden_in_any_layout():
    for layout in LAYOUTS:
        for key in _keys_of(layout):
            device = Device(layout)
            device.answer(dict(_all(layout, "ok"), **{key: "locked"}))
            films = device.film()
            red = [i for i in range(layout) if _look(films[i]) == LOOKS["locked"]]
            assert red, (layout, key)
            if layout != 5:
                assert _look(films[layout - 1]) == LOOKS["locked"]


def test_every_pair_of_states_in_every_joined_lamp():
    for layout in (8, 5):
        for index, group in enumerate(LAYOUTS[layout]):
            for first in group:
                for second in group:
                    if first != second:
                        _pairs(layout, index, group, first, second)


def _pairs(layout, index, group, first, second):
    for i, bad in enumerate(WORST_FIRST):
        for better in WORST_FIRST[i:]:
            device = Device(layout)
            states = _all(layout, "absent")
            states.update({first: bad, second: better})
            device.answer(states)
            assert _look(device.film()[index]) == LOOKS[bad], (layout, first, bad, better)


def test_the_overall_lamp_takes_the_worst_of_all_pairs():
    for layout in (12, 8, 1):
        for i, bad in enumerate(WORST_FIRST):
            for better in WORST_FIRST[i:]:
                device = Device(layout)
                device.answer(dict(_all(layout, better), auth=bad))
                assert _look(device.film()[layout - 1]) == LOOKS[bad], (layout, bad, better)


def test_while_reading_unanswered_lamps_are_dim_white_and_overall_moves():
    for layout in LAYOUTS:
        device = Device(layout)
        device.lamps.reading(_keys_of(layout))
        device.lamps.finding("sign", "locked")
        films = device.film()
        levels = {rgb for _, _, rgb in films[layout - 1]}
        assert len(levels) > 10 and {colour_name(rgb).split()[-1] for rgb in levels} == {"white"}
        if layout != 1:
            assert _look(films[0]) == LOOKS["locked"]
            for index in range(1, layout - 1):
                assert _look(films[index]) == LOOKS["reading"]


def test_a_joined_lamp_waits_for_its_last_key_unless_a_lock_is_known():
    for layout in (8, 5):
        device = Device(layout)
        device.lamps.reading(_keys_of(layout))
        device.lamps.finding("juki", "ok")
        assert _look(device.film()[2]) == LOOKS["reading"]
        for state in WORST_FIRST[1:]:
            device.lamps.finding("juki", state)
            assert _look(device.film()[2]) == LOOKS["reading"], state
        device.lamps.finding("juki", "locked")
        assert _look(device.film()[2]) == LOOKS["locked"]
        device.lamps.finding("juki", "ok")
        device.lamps.finding("common", "used")
        assert _look(device.film()[2]) == LOOKS["used"]


def test_overall_takes_its_colour_last():
    for layout in (12, 8, 1):
        device = Device(layout)
        states = _all(layout, "ok")
        device.lamps.reading(list(states))
        for key in states:
            device.lamps.finding(key, "ok")
            colours = {colour_name(rgb).split()[-1] for _, _, rgb in device.film()[layout - 1]}
            assert colours == {"white"}
        device.lamps.read()
        assert _look(device.film()[layout - 1]) == LOOKS["ok"]


def test_keys_that_are_not_asked_stay_dark():
    device = Device(12)
    device.answer({"sign": "ok", "auth": "last"})
    looks = [_look(film) for film in device.film()]
    assert looks[:2] == [LOOKS["ok"], LOOKS["last"]]
    assert looks[2:11] == [("off", STEADY)] * 9
    assert looks[11] == LOOKS["last"]


def test_ready_breathes_white_every_four_seconds_on_overall_alone():
    for layout in LAYOUTS:
        device = Device(layout)
        device.answer(_all(layout, "locked"))
        device.lamps.ready()
        films = device.film(8000)
        levels = [rgb for _, _, rgb in films[layout - 1]]
        assert {colour_name(rgb).split()[-1] for rgb in levels} <= {"white", "off"}
        brightest = max(levels)
        peaks = [start for start, _, rgb in films[layout - 1] if rgb == brightest]
        assert len(peaks) == 2 and abs(peaks[1] - peaks[0] - 4000) <= 80
        for index in range(layout - 1):
            assert _look(films[index]) == ("off", STEADY)


def test_the_device_s_states_are_counted_in_violet_flashes():
    for layout in LAYOUTS:
        for count in range(1, 7):
            device = Device(layout)
            device.answer(_all(layout, "ok"))
            device.lamps.device(count)
            films = device.film()
            colour, on = _look(films[layout - 1])
            assert colour == "violet" and len(on) == count
            starts = [start for start, _ in on]
            for early, late in zip(starts, starts[3:]):
                assert late - early >= 999  # no more than three flashes a second
            for index in range(layout - 1):
                assert _look(films[index]) == ("off", STEADY)


def test_a_card_pulled_leaves_what_was_answered_and_unknown_for_the_rest():
    for layout in LAYOUTS:
        device = Device(layout)
        states = _all(layout, "unknown")
        states["sign"] = "ok"
        device.lamps.reading(list(states))
        for key, state in states.items():
            device.lamps.finding(key, state)
        device.lamps.not_read()
        looks = [_look(film) for film in device.film()]
        assert looks[layout - 1] == LOOKS["unknown"]  # one violet flash: again, please
        if layout != 1:
            assert looks[0] == LOOKS["ok"]
            assert looks[1 : layout - 1] == [LOOKS["unknown"]] * (layout - 2)
        device.lamps.ready()
        for film in device.film()[: layout - 1]:
            assert _look(film) == ("off", STEADY)


def test_the_lamp_test_lights_one_lamp_after_the_other():
    for layout in LAYOUTS:
        device = Device(layout)
        for index in range(layout):
            device.lamps.test(index)
            looks = [_look(film) for film in device.film()]
            assert looks[index] == ("white", STEADY)
            assert [i for i in range(12) if looks[i][0] != "off"] == [index]


def test_one_lamp_steps_through_the_keys_locked_ones_first():
    device = Device(1)
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
    assert _look(device.film(start=8000)[0]) == LOOKS["locked"]


def test_after_five_seconds_one_lamp_shows_the_whole_again():
    device = Device(1)
    device.answer(dict(dict.fromkeys(PLACES, "ok"), sign="locked", juki="used"))
    device.clock.now = 0
    device.lamps.step()
    device.lamps.step()
    film = device.film(12000)[0]
    assert colour_name(film[-1][2]) in ("red", "off")
    assert _look(device.film(start=20000)[0]) == LOOKS["locked"]


def test_however_slowly_it_is_pressed_each_key_has_its_turn():
    device = Device(1)
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
    device = Device(1)
    device.lamps.ready()
    assert not device.lamps.step()
    device = Device(8)
    device.answer(_all(8, "ok"))
    assert not device.lamps.step()


def test_no_frame_draws_more_than_the_budget():
    for brightness in (5, 25, 100):
        for budget_ma in (60, 300, 2000):
            device = Device(12, brightness, budget_ma)
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
    full, quarter = Device(12, 100), Device(12, 25)
    for device in (full, quarter):
        device.answer(dict.fromkeys(PLACES, "ok"))
        device.lamps.render()
    assert max(quarter.pixels.lit[0]) == max(full.pixels.lit[0]) // 4
    faint = Device(12, 5)
    faint.answer(dict.fromkeys(PLACES, "not_issued"))
    faint.lamps.render()
    assert faint.pixels.lit[0] != (0, 0, 0)
    drives = set()
    for state in ("ok", "last", "locked", "by_design", "unknown"):
        faint.answer(dict.fromkeys(PLACES, state))
        faint.lamps.render()
        drives.add(faint.pixels.lit[0])
    assert len(drives) == 5  # five colours, however faint
