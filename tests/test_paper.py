"""Labels and wiring pictures: what is on them, and at what size."""

import html
import json
import os
import re
import shutil
import subprocess

import pytest

from mynacard import keys
from pinlamp.layout import PLACES
from pinlamp_tools import cli, house
from pinlamp_tools.paper import label, sheet, wiring

BOTH = [(name, lang) for name in house.boards() for lang in ("ja", "en")]


def _needs(program):
    missing = shutil.which(program) is None and not os.environ.get("CI")
    return pytest.mark.skipif(missing, reason=f"{program} is not installed")


@pytest.fixture
def pinlamp(capsys):
    def run(*arguments):
        status = cli.run_cli([str(argument) for argument in arguments])
        return status, capsys.readouterr().err

    return run


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_a_label_names_every_key_and_has_room_for_a_card(name, lang, tmp_path, pinlamp):
    file = tmp_path / "label.svg"
    assert pinlamp("board", "label", name, "--lang", lang, "-o", file) == (0, "")
    svg = file.read_text("utf-8")
    texts = label._TEXTS[lang]
    flat = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)).replace("\u3000", "")
    flat = re.sub(r"\s+", "", flat)
    for key in PLACES:
        assert re.sub(r"\s+", "", texts["keys"][key]) in flat
    for text in texts["colours"]:
        assert re.sub(r"\s+", "", text) in flat
    assert re.sub(r"\s+", "", label.still(house.board(name), lang)) in flat
    assert 'width="85.6" height="53.98"' in svg  # ISO/IEC 7810 ID-1
    sizes = [float(size) for size in re.findall(r'font-size="([0-9.]+)"', svg)]
    assert min(sizes) >= 2.11  # 6 points
    width, height = map(
        float, re.search(r'width="([0-9.]+)mm" height="([0-9.]+)mm"', svg).groups()
    )
    assert width <= 210 and height <= 297
    places = [float(y) for y in re.findall(r'<text x="[^"]*" y="([0-9.]+)"', svg)]
    assert max(places) < height - 4


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
    assert label._TEXTS[lang]["keys"]["sign"] in said.stdout
    assert label.still(house.board(name), lang) in said.stdout


@_needs("dot")
@pytest.mark.parametrize("name", house.boards())
def test_a_wiring_picture_has_every_pin_and_both_warnings(name, tmp_path, pinlamp):
    board = house.board(name)
    kind = sorted(board["links"])[0]
    file = tmp_path / "w.svg"
    assert pinlamp("board", "wiring", name, "--link", kind, "-o", file) == (0, "")
    svg = html.unescape(file.read_text("utf-8"))
    for wire, pin in board["links"][kind].items():
        if wire not in ("id", "strip", "buzzer"):
            assert f"{pin} ({wire.upper()})" in svg
    for words in ("3V3", "NEVER 5 V", "74AHCT125", board["title"]):
        assert words in svg


def test_strip_and_buzzer_move_out_of_a_link_s_way():
    parts = wiring.harness(house.board("m5stack_atom_lite"), "spi")["connectors"]
    labels = parts["M5Stack ATOM Lite"]["pinlabels"]
    assert "26 (LED)" in labels and "32 (buzzer)" in labels and "33 (MISO)" in labels


def test_a_label_of_a_board_of_ones_own(tmp_path, pinlamp):
    board = {**house.board("pico_w"), "name": "mine"}
    board["strips"] = [{**board["strips"][0], "count": 8, "layout": 8, "shape": "row"}]
    (tmp_path / "board.json").write_text(json.dumps(board))
    file = tmp_path / "label.svg"
    assert pinlamp("board", "label", tmp_path, "--lang", "ja", "-o", file) == (0, "")
    svg = file.read_text("utf-8")
    assert "右端が色に変わるまで動かさない" in svg
    assert "⑧" in svg and "⑨" not in svg


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("label", "pico_w", "-o", "x.txt"), 1, ".svg or .pdf"),
        (("label", "pico_w", "-o", "no/such/folder/x.svg"), 1, "No such file"),
        (("wiring", "pico_w", "-o", "x.png"), 1, ".svg"),
        (("wiring", "pico_w", "--link", "usb", "-o", "x.svg"), 2, "hsu, i2c, spi"),
        (("label", "esp8266", "-o", "x.svg"), 2, "there is no board esp8266"),
    ],
)
def test_wrong_use_is_said_in_one_line(arguments, status, words, pinlamp, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended, err = pinlamp("board", *arguments)
    assert ended == status and words in err and len(err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("kind", ["counter", "security"])
def test_a_sheet_fits_on_a4(kind, lang):
    drawing = sheet.draw(kind, lang)
    assert (drawing.width, drawing.height) == (210, 297)
    texts = [thing for thing in drawing.things if hasattr(thing, "text")]
    assert len(texts) > 60
    assert max(text.y for text in texts) < 297 - 8
    assert min(text.points for text in texts) >= 6


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_security_sheet_has_every_command_of_the_program(lang):
    things = sheet.draw("security", lang).things
    flat = "".join(thing.text for thing in things if hasattr(thing, "text")).replace(" ", "")
    for key in keys.KEYS:
        assert f"00A4040C{len(key.aid):02X}{key.aid.hex().upper()}" in flat
        assert key.short or f"00A4020C02{key.ef:04X}" in flat
        assert f"002000{0x80 | key.ef if key.short else 0x80:02X}" in flat
    for file in keys.FILES:
        assert f"00A4020C02{file.ef:04X}" in flat
        assert f"00B00000{file.length:02X}" in flat


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_counter_sheet_has_every_key_and_says_that_green_is_no_promise(lang):
    things = sheet.draw("counter", lang).things
    flat = "".join(thing.text for thing in things if hasattr(thing, "text"))
    assert "照合番号Bのロック解除をお願いします" in flat.replace(" ", "")
    for words in ("2026", "0120-95-0178"):
        assert words in flat
