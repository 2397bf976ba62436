import pytest
from rich.cells import cell_len
from textual.app import App

import oracle
from pinlamp.layout import lamps
from pinlamp_tools.show.lampview import BACKGROUND, LampView, eye, lamp
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.rows import Row

KEYS = list(oracle.KEY)


def colour(segment):
    return tuple(segment.style.color.triplet)


def brightest(segments):
    return max((colour(segment) for segment in segments), key=sum)


def test_a_quarter_of_full_drive_looks_bright_and_light_is_not_halved_by_half():
    assert eye((63, 0, 0), 63) == (255, 0, 0)
    assert eye((0, 0, 0), 63) == (0, 0, 0)
    assert 180 < eye((0, 31, 0), 63)[1] < 190
    assert eye((1, 0, 0), 63)[0] > 30  # the least there is can still be seen


@pytest.mark.parametrize("lines", [1, 2])
def test_a_lamp_has_four_cells_and_its_colour(lines):
    for line in range(lines):
        red = lamp((255, 70, 0), line, lines, True)
        assert sum(cell_len(segment.text) for segment in red) == 4
        r, g, b = brightest(red)
        assert r > 2 * g > 2 * b


@pytest.mark.parametrize("lines", [1, 2])
def test_a_lamp_that_is_off_is_there_but_dark(lines):
    off = brightest(lamp((0, 0, 0), 0, lines, True))
    assert sum(BACKGROUND) < sum(off) < 200
    assert sum(brightest(lamp((60, 60, 60), 0, lines, True))) > sum(off)


class Stage(App):
    def __init__(self, lamps, lang="en", pitch=1):
        super().__init__()
        self.view = LampView(lamps, KEYS if len(lamps) == 1 else (), Names(lang))
        self.view.pitch = pitch

    def compose(self):
        yield self.view

    def lines(self):
        return [self.view.render_line(y) for y in range(self.view.lines)]


async def test_pixels_light_their_own_lamps():
    stage = Stage(lamps(12))
    async with stage.run_test(size=(80, 24)):
        pixels = bytearray(36)
        pixels[3 * 4] = 63  # the fifth: visual_b
        stage.view.show_pixels(bytes(pixels))
        lit = [line.text for line in stage.lines() if red(line)]
        assert len(lit) == 1
        assert "Check no. B, card face" in lit[0]


def red(line):
    return any(s.style and s.style.color and colour(s)[0] > 200 > colour(s)[1] + 100 for s in line)


async def test_joined_keys_share_one_lamp_and_one_of_them_carries_it():
    stage = Stage(lamps(8))
    async with stage.run_test(size=(80, 24)):
        texts = [line.text for line in stage.lines()]
        juki = next(i for i, text in enumerate(texts) if "Resident register" in text)
        assert "My Number Card, common" in texts[juki + 1]
        assert "▆" in texts[juki]
        assert "▆" not in texts[juki + 1]
        pixels = bytearray(24)
        pixels[3 * 2] = 63
        stage.view.show_pixels(bytes(pixels))
        assert [y for y, line in enumerate(stage.lines()) if red(line)] == [juki]


@pytest.mark.parametrize(("layout", "dots"), [(12, 12), (8, 8), (5, 5), (1, 1)])
async def test_every_layout_shows_every_lamp_and_every_key_once(layout, dots):
    stage = Stage(lamps(layout))
    async with stage.run_test(size=(80, 30)):
        texts = [line.text for line in stage.lines()]
        assert sum("▆▆" in text or "▄▄" in text for text in texts) == dots
        for key in KEYS:
            shown = sum(Names("en").key(key) in text for text in texts)
            assert shown == (0 if key == "licence" and layout in (8, 5) else 1)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 132])
@pytest.mark.parametrize("pitch", [1, 2])
async def test_the_states_stand_in_one_column(lang, width, pitch):
    stage = Stage(lamps(12), lang, pitch)
    async with stage.run_test(size=(width, 40)):
        rows = [Row(key, None, "", "locked", "##") for key in KEYS]
        stage.view.show_words(rows, "all", "note", "ok")
        columns = [
            cell_len(line.text.split("##")[0]) for line in stage.lines() if "##" in line.text
        ]
        assert len(columns) == len(KEYS)
        assert len(set(columns)) == 1
        assert all(cell_len(line.text) == width for line in stage.lines())
