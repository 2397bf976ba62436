"""Labels: what is on them, at what size, and the lamps on paper where the part has them."""

import json
import math
import os
import shutil
import subprocess

import pytest

import drawn
from pinlamp.layout import OVERALL, PLACES, lamps
from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.paper import label, parts
from pinlamp_tools.paper.text_width import width
from pinlamp_tools.show.names import Names

BOTH = [(name, lang) for name in names() for lang in ("ja", "en")]
LANGS = pytest.mark.parametrize("lang", ["ja", "en"])
MM = 25.4 / 72  # of a point


def _needs(program):
    missing = shutil.which(program) is None and not os.environ.get("CI")
    return pytest.mark.skipif(missing, reason=f"{program}: apt install poppler-utils")


@pytest.fixture
def pinlamp(capsys):
    def run(*arguments):
        status = cli.run_cli([str(argument) for argument in arguments])
        return status, capsys.readouterr().err

    return run


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_a_label_is_two_cards_and_names_every_key(name, lang, tmp_path, pinlamp):
    file = tmp_path / "label.svg"
    assert pinlamp("board", "label", name, "--lang", lang, "-o", file) == (0, "")
    svg = file.read_text("utf-8")
    texts, words = label.TEXTS[lang], Names(lang)
    flat = drawn.flat("".join(text for *_, text in drawn.texts(svg)))
    for key in PLACES:
        assert drawn.flat(words.mark(key) + words.label(key)) in flat
    for text in (*texts["colours"], texts["hold"], texts["lift"], texts["promise"]):
        assert drawn.flat(text) in flat
    assert drawn.flat(label.still(Board.named(name), lang)) in flat
    # Front, back, and the place for the card: each of ISO/IEC 7810 ID-1.
    assert svg.count('width="85.6" height="53.98"') == 3
    assert 'width="210.0mm" height="297.0mm"' in svg


def _every(lang):
    """Yield (board, part) for each part and each layout that it has."""
    for name in parts.NAMES:
        part = parts.named(name)
        board = Board.named("pico_w").with_strip(name)
        for layout in (12, 8, 5, 1):
            if layout <= board.strip.layout:
                yield board.in_layout(layout), part


@LANGS
def test_no_letter_is_small_and_no_text_leaves_its_card(lang):
    for board, part in _every(lang):
        svg = label.draw(board, lang, part).svg()
        assert min(size for _, _, size, _ in drawn.texts(svg)) >= 6 * MM - 0.001
        drawing = label.draw(board, lang, part)
        top = label._TOP
        for thing in drawing.things:
            if hasattr(thing, "points"):
                long = width(thing.text) * thing.points * MM
                left = thing.x - long / 2 if thing.centre else thing.x
                inside = top < thing.y < top + 2 * label.CARD[1]
                edges = (62.2, 147.8) if inside else (4, 206)
                assert edges[0] <= left and left + long <= edges[1], (part.name, thing.text)
                assert thing.y < 293


@_needs("pdftotext")
@pytest.mark.parametrize(("name", "lang"), [("m5stack_atom_matrix", "ja"), ("pico_w", "en")])
def test_the_pdf_has_its_letters_inside_and_the_same_bytes_every_time(
    name, lang, tmp_path, pinlamp
):
    files = [tmp_path / "1.pdf", tmp_path / "2.pdf"]
    for file in files:
        assert pinlamp("board", "label", name, "--lang", lang, "-o", file) == (0, "")
    assert files[0].read_bytes() == files[1].read_bytes()
    said = subprocess.run(["pdftotext", files[0], "-"], capture_output=True, text=True, check=True)
    assert Names(lang).label("sign") in said.stdout
    assert drawn.flat(label.still(Board.named(name), lang)) in drawn.flat(said.stdout)


WORDS = {
    "ja": {
        "office": "窓口",
        "kiosk": "窓口・アプリとコンビニ等",
        "police": "警察・免許センター",
    },
    "en": {"office": "office", "kiosk": "office; app and shops", "police": "police"},
}


@LANGS
def test_who_unlocks_a_key_is_what_the_guidance_says(lang):
    data = guidance(lang)
    for key, told in data["kinds"]["my_number_card"]["keys"].items():
        who = told["who"]
        who = data["office"]["who"] if who == "@office" else who
        who = data["parts"][who[1:]] if who.startswith("@") else who
        police = "警察" in who or "police" in who
        place = "police" if police else "kiosk" if "kiosk" in told else "office"
        assert told["place"] == place, key
        assert police or "窓口" in who or "office" in who
        assert ("place_grade" in told) == ("と思われ" in who or "Probably" in who)
        assert data["places"][place].startswith(WORDS[lang][place])


@LANGS
def test_every_lamp_s_line_says_who_unlocks_it(lang, tmp_path):
    data = guidance(lang)
    of_keys = data["kinds"]["my_number_card"]["keys"]
    for board, part in _every(lang):
        layout = board.strip.layout
        groups = [(key,) for key in PLACES] if layout == 1 else lamps(layout)
        texts = drawn.texts(label.draw(board, lang, part).svg())
        back = label._TOP + label.CARD[1]
        for number, keys in enumerate(groups, 1):
            (line,) = [
                (x, y)
                for x, y, _, text in texts
                if text == str(number) and 0 < y - back < 53 and x < 65
            ]
            same = [text for x, y, _, text in texts if y == line[1] and x > line[0]]
            places = {data["places"][of_keys[key]["place"]] for key in keys if key != OVERALL}
            assert set(same[1:]) == places or set(same[:1]) == places, (layout, keys)
            assert len(places) == (0 if keys == (OVERALL,) else 1)


def test_a_label_of_a_board_of_ones_own(tmp_path, pinlamp):
    board = {**Board.named("pico_w").data(), "name": "mine"}
    board["strips"] = [{**board["strips"][0], "count": 8, "layout": 8, "shape": "row"}]
    (tmp_path / "board.json").write_text(json.dumps(board))
    file = tmp_path / "label.svg"
    assert pinlamp("board", "label", tmp_path, "--lang", "ja", "-o", file) == (0, "")
    svg = file.read_text("utf-8")
    assert "右端が色に変わるまで動かさない" in drawn.flat(
        "".join(text for *_, text in drawn.texts(svg))
    )
    assert len(drawn.circles(svg)) == 8


def test_a_label_in_another_layout_has_the_first_pixels_of_the_strip(tmp_path, pinlamp):
    file = tmp_path / "label.svg"
    arguments = ("board", "label", "esp32_devkitc", "--lang", "en", "-o", file, "--layout")
    assert pinlamp(*arguments, 8) == (0, "")
    svg = file.read_text("utf-8")
    assert len(drawn.circles(svg)) == 8 and len([t for *_, t in drawn.texts(svg) if t == "8"]) == 2
    status, err = pinlamp("board", "label", "m5stack_atom_lite", "-o", file, "--layout", 8)
    assert status == 1 and "would be hidden" in err and len(err.splitlines()) == 1
    # As the firmware has it, and no lamps of another layout's.
    matrix = Board.named("m5stack_atom_matrix")
    assert matrix.in_layout(matrix.strip.layout) == matrix
    assert matrix.in_layout(8).strip.pixels == tuple((pixel,) for pixel in range(8))


STRIPS = [
    ({"count": 8, "layout": 8, "shape": "row"}, "右端が色に"),
    (
        {"count": 8, "layout": 8, "shape": "row", "lamps": [[7 - n] for n in range(8)]},
        "ランプ8が色に",
    ),
    ({"count": 12, "layout": 12, "shape": "row"}, "右端が色に"),
    ({"count": 5, "layout": 5, "shape": "row"}, "ランプ5の白い光が"),
    ({"count": 1, "layout": 1, "shape": "row"}, "ランプが色に"),
    ({"count": 24, "layout": 12, "shape": "ring"}, "ランプ12が色に"),
    ({"count": 16, "layout": 12, "shape": "grid", "columns": 4}, "ランプ12が色に"),
    ({"count": 64, "layout": 8, "shape": "grid", "columns": 7}, "いちばん下の段が色に"),
    ({"count": 64, "layout": 8, "shape": "grid", "columns": 8}, "ランプ8が色に"),
    (
        {"count": 4, "layout": 1, "shape": "grid", "columns": 2, "lamps": [[0]]},
        "ランプが色に",
    ),
]


@pytest.mark.parametrize(("strip", "words"), STRIPS)
def test_every_arrangement_of_lamps_stays_on_the_label_and_apart(strip, words):
    strips = [{"name": "strip", "pin": 22, "order": "GRB", **strip}]
    board = Board.of({**Board.named("pico_w").data(), "strips": strips})
    assert label.still(board, "ja").startswith(words)
    drawing = label.draw(board, "en")
    circles = [thing.at for thing in drawing.things if getattr(thing, "kind", "") == "circle"]
    assert len(circles) == strip["layout"]
    for index, (x, y, radius) in enumerate(circles):
        assert 10 < x - radius and x + radius < 200
        for other in circles[:index]:
            assert math.dist((x, y), other[:2]) > 2 * radius
    texts = [thing for thing in drawing.things if hasattr(thing, "points")]
    assert min(text.points for text in texts) >= 6
    assert max(text.y for text in texts) < 290


def test_the_words_of_the_official_form_stand_on_the_label():
    said = label.lines(Board.named("esp32_devkitc"), "ja")
    assert said[0][:2] == ("1", "①署名用電子証明書(英数字6〜16文字)")
    assert said[4] == ("5", "照合番号B〔券面確認〕=顔写真の下の4桁など", "窓口")
    assert label.TEXTS["ja"]["colours"] == [
        "緑=ロックなし",
        "黄=間違いの記録あり・2回ずつ点滅=あと1回",
        "赤の点滅=ロック",
        "青=未設定・顔認証カードなど",
        "紫=読めない・もう一度",
    ]
