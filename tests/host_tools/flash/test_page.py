"""The flashing page, opened in a real Chromium: manifest, words, and no other server."""

import functools
import http.server
import json
import re
import subprocess
import threading

import pytest

import stock
from pinlamp_tools import cli, paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.flash import page
from webpage import needs_chromium

TOOLS = stock.CACHE / "esp-web-tools-10.4.0.tgz"
BOARDS = {"esp32_devkitc": "esp32", "xiao_esp32c3": "esp32c3", "esp32_s3_devkitc_1": "esp32s3"}
OFFSETS = {"esp32_devkitc": 0x1000, "xiao_esp32c3": 0, "esp32_s3_devkitc_1": 0}

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def tools():
    """ESP Web Tools as npm has them, fetched once."""
    if not TOOLS.is_file():
        stock.CACHE.mkdir(exist_ok=True)
        command = ["npm", "pack", "--silent", TOOLS.stem.replace("tools-", "tools@")]
        subprocess.run(command, check=True, cwd=stock.CACHE, capture_output=True)
    return TOOLS


@pytest.fixture(scope="module")
def folder(tools, tmp_path_factory):
    out = tmp_path_factory.mktemp("page")
    images = [f"{board}={stock.image(chip)}" for board, chip in BOARDS.items()]
    images.append(f"pico_w={stock.image('pico_w')}")
    assert cli.run_cli(["page", "-o", str(out), "--tools", str(tools), *images]) == 0
    return out


@pytest.fixture(scope="module")
def address(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def opened(browser, address):
    """Open the page in a language; return (page, addresses asked for, errors)."""
    contexts = []

    def open_page(locale, query="", width=1000):
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": 900}, bypass_csp=False
        )
        contexts.append(context)
        tab = context.new_page()
        asked, errors = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda line: line.type == "error" and errors.append(line.text))
        tab.goto(address + query, wait_until="networkidle")
        return tab, asked, errors

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("en-GB", "en"), ("fr-FR", "en")])
def test_it_speaks_the_browser_s_language_and_the_other_on_a_press(opened, address, locale, lang):
    texts = json.loads((paths.Path(page.__file__).with_name("page.json")).read_text("utf-8"))
    tab, asked, errors = opened(locale)
    assert errors == []
    assert all(url.startswith((address, "data:")) for url in asked)
    for language in (lang, "en" if lang == "ja" else "ja"):
        assert tab.get_attribute("html", "lang") == language
        assert tab.title() == texts[language]["title"]
        said = tab.inner_text("main")
        for text in (*texts[language]["steps"], texts[language]["erased"], texts[language]["law"]):
            assert text in said
        tab.keyboard.press("Tab")  # the first stop is the other language
        tab.keyboard.press("Enter")


@pytest.mark.parametrize("board", BOARDS)
def test_each_board_has_its_manifest_with_the_right_offset(opened, address, folder, board):
    tab, _, _ = opened("ja-JP")
    tab.select_option("#board", board)
    assert tab.evaluate("document.getElementById('install').manifest") == f"{board}.json"
    loaded = tab.evaluate(f"fetch('{board}.json').then(answer => answer.json())")
    part = loaded["builds"][0]["parts"][0]
    assert part == {"path": f"{board}.bin", "offset": OFFSETS[board]}
    assert loaded["builds"][0]["chipFamily"].replace("-", "").lower() == BOARDS[board]
    size = tab.evaluate(
        f"fetch('{part['path']}').then(answer => answer.blob()).then(blob => blob.size)"
    )
    assert size == (folder / part["path"]).stat().st_size


def test_boards_are_listed_by_their_makers_names_and_a_pico_w_gets_a_file_to_drag(opened, folder):
    tab, _, errors = opened("ja-JP")
    titles = tab.evaluate("[...document.getElementById('board').options].map(o => o.text)")
    assert titles == sorted(Board.named(name).title for name in [*BOARDS, "pico_w"])
    assert not tab.is_visible("#drag")
    tab.select_option("#board", label="Raspberry Pi Pico W")
    assert tab.is_visible("#drag") and not tab.is_visible("#install")
    assert "BOOTSEL" in tab.inner_text("#drag")
    with tab.expect_download() as download:
        tab.click("#drag a")
    assert download.value.path().read_bytes() == (folder / "pico_w.uf2").read_bytes()
    tab.select_option("#board", "xiao_esp32c3")
    assert not tab.is_visible("#drag") and tab.is_visible("#install") and errors == []


def test_the_install_button_is_there_and_leads_to_the_ports(opened):
    tab, _, errors = opened("en-GB")
    assert tab.evaluate("customElements.get('esp-web-install-button') !== undefined")
    assert tab.get_by_role("button", name="Install").is_visible()
    assert errors == []


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_leaves_the_screen(opened, width):
    tab, _, _ = opened("ja-JP", width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_tools_that_are_not_the_published_ones_are_refused(tools, tmp_path, capsys):
    changed = tmp_path / "changed.tgz"
    changed.write_bytes(tools.read_bytes() + b"\0")
    for given, status, said in ((changed, 1, "npm pack"), (tmp_path, 2, str(tmp_path))):
        arguments = ["page", "-o", str(tmp_path / "out"), "--tools", str(given)]
        assert cli.run_cli([*arguments, f"esp32_devkitc={stock.image('esp32')}"]) == status
        assert said in capsys.readouterr().err
        assert not (tmp_path / "out").exists()
    assert cli.run_cli([*arguments, "esp32_devkitc"]) == 2


def test_no_script_runs_but_its_own(folder, opened, address):
    page = (folder / "index.html").read_text("utf-8")
    (policy,) = re.findall(r"script-src ([^;]*);", page)
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/]{43}='", policy)
    (folder / "foreign.html").write_text(page.replace("</main>", "<script>x = 1</script></main>"))
    tab, _, errors = opened("en-GB", "foreign.html")
    assert tab.evaluate("typeof x") == "undefined"
    assert len(errors) == 1 and "Content Security Policy" in errors[0]


def test_boards_of_one_name_and_paths_with_an_equals_sign(tools, tmp_path, capsys):
    folder = tmp_path / "v=1"
    folder.mkdir()
    mine = folder / "esp32_devkitc.bin"
    mine.write_bytes(stock.image("esp32").read_bytes())
    (folder / "board.json").write_text(json.dumps(Board.named("esp32_devkitc").data()))

    def make(out, *images):
        status = cli.run_cli(["page", "-o", str(out), "--tools", str(tools), *images])
        return status, capsys.readouterr().err

    out = tmp_path / "out"
    status, err = make(out, f"esp32_devkitc={mine}", f"{folder}={mine}")
    assert status == 1 and "two boards are called esp32_devkitc" in err and not out.exists()
    assert make(out, f"{folder}={mine}")[0] == 0
    status, err = make(folder, f"esp32_devkitc={mine}")
    assert status == 1 and "another folder" in err
    assert mine.read_bytes() == stock.image("esp32").read_bytes()


def test_no_address_leaves_it_without_words(opened):
    for query in ("?lang=constructor", "?lang=__proto__", "?lang=fr"):
        tab, _, errors = opened("ja-JP", query)
        assert errors == [] and tab.get_attribute("html", "lang") == "en"
        assert tab.locator("select option").count() >= len(BOARDS)
