"""What every command owes its user, over all commands of the click group, in both languages."""

import json
import os
import re
import shutil

import pytest
from rich.cells import cell_len

import said
from pinlamp_tools.cli import run_cli
from pinlamp_tools.exits import WRONG_USE
from pinlamp_tools.show import say as saying
from places import TESTS

TRACE = TESTS / "traces" / "fresh.jsonl"
PATHS = [path for path, _ in said.commands()]
LOCALES = {"ja": "ja_JP.UTF-8", "en": "C.UTF-8"}
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")

NEEDS_DOT = pytest.mark.skipif(
    shutil.which("dot") is None and not os.environ.get("CI"),
    reason="dot is not installed: apt install graphviz",
)
needs_micropython = pytest.mark.usefixtures("micropython")


@pytest.fixture(autouse=True)
def _english_again():
    yield
    saying.speak("en")


@pytest.fixture
def told(capsys, monkeypatch):
    """A function that runs a command here: (status, output, errors)."""

    def run(*arguments, lang="en", columns=80):
        monkeypatch.setenv("LC_ALL", LOCALES[lang])
        monkeypatch.setenv("COLUMNS", str(columns))
        status = run_cli(list(map(str, arguments)))
        return (status, *capsys.readouterr())

    return run


def _bare(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_is_in_the_user_s_language_and_as_wide_as_the_terminal(told, path):
    told("--version")  # from here on English is spoken, whatever was before
    english = {_bare(text) for text in said.help_texts()}
    for columns in (40, 60, 80):
        for lang in ("ja", "en"):
            status, out, _ = told(*path, "--help", lang=lang, columns=columns)
            assert status == 0
            assert max(map(cell_len, out.splitlines())) <= columns, (lang, columns)
            found = [text for text in english if len(text) > 12 and text in _bare(out)]
            assert bool(found) == (lang == "en"), found
            for word in ("Usage", "Options", "Commands", "default:", "Show this"):
                assert lang == "en" or word not in out
            assert "..." not in re.sub(r"(ARGS\]|\.bin|\]…)\.\.\.", "", out)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_each_command_takes_lang_and_wrong_use_is_said_in_it(told, path):
    status, out, err = told(*path, "--no-such-option")
    assert status == WRONG_USE and err.count("\n") == 1
    status, _, err = told(*path, "--no-such-option", lang="ja")
    assert status == WRONG_USE and JAPANESE.search(err), err


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["flsh"], "flash"),
        (["board", "lable"], "label"),
        (["settings", "gett"], "get"),
        (["run", "--card", "fresch"], "fresh"),
        (["run", "--board", "pico"], "pico_w"),
        (["run", "--profile", "countr"], "counter"),
        (["run", "--once", "--fault", "zombi"], "zombie"),
        (["run", "--link", "hsuu"], "hsu"),
        (["run", "--crad", "fresh"], "--card"),
        (["emulate", "--card", "fresch"], "fresh"),
        (["board", "show", "xiao_esp32_c3"], "xiao_esp32c3"),
        (["board", "check", "pico-w"], "pico_w"),
        (["board", "wiring", "pico_w", "--link", "i2", "-o", "x.svg"], "i2c"),
        (["board", "label", "picow", "-o", "x.svg"], "pico_w"),
        (["board", "new", "--from", "pico-w", "-o", "x"], "pico_w"),
        (["deploy", "--board", "picow"], "pico_w"),
        (["deploy", "--board", "pico_w", "--link", "spii"], "spi"),
        (["deploy", "--board", "m5stack_atom_lite", "--strip", "internel"], "internal"),
        (["flash", "--board", "picow"], "pico_w"),
        (["settings", "get", "brigthness"], "brightness"),
        (["settings", "set", "brigthness", "40"], "brightness"),
        (["guide", "visual_c"], "visual_b"),
        (["guide", "my_number_card", "sing"], "sign"),
        (["guide", "sign", "lockd"], "locked"),
    ],
)
def test_did_you_mean(told, arguments, near):
    status, _, err = told(*arguments)
    assert status == WRONG_USE, err
    assert re.search(rf"(?i)did you mean .*{re.escape(near)}.*\?", err), err
    status, _, err = told(*arguments, lang="ja")
    assert status == WRONG_USE and "もしかして" in err and near in err, err


# Nothing is written over


def test_every_command_that_writes_a_file_has_force_or_never_writes_over_one():
    for path, command in said.commands():
        names = {one.name for one in command.params}
        if names & {"out", "folder"} and path != ("first-light",):
            assert "force" in names, path


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", TRACE, "-o", "{out}.pcapng"],
        ["board", "label", "pico_w", "-o", "{out}.svg"],
        pytest.param(["board", "wiring", "pico_w", "-o", "{out}.svg"], marks=NEEDS_DOT),
        ["case", "pico-ring", "--template", "-o", "{out}.svg"],
        ["case", "pico-ring", "--parameters", "-o", "{out}.json"],
        ["zip", "--board", "pico_w", "-o", "{out}.zip"],
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_a_file_that_is_there_is_written_over_with_force_alone(told, tmp_path, arguments):
    arguments = [str(one).format(out=tmp_path / "out") for one in arguments]
    file = tmp_path / arguments[-1]
    file.write_text("mine")
    status, _, err = told(*arguments)
    assert (status, file.read_text()) == (WRONG_USE, "mine")
    assert "is there already" in err and "--force" in err
    assert "すでにあります" in told(*arguments, lang="ja")[2]
    status, _, err = told(*arguments, "--force")
    assert status == 0 and b"mine" != file.read_bytes(), err
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_a_link_that_leads_nowhere_is_not_followed(told, tmp_path):
    (tmp_path / "out.svg").symlink_to(tmp_path / "elsewhere")
    status, _, err = told("slip", "auth", "-o", str(tmp_path / "out.svg"))
    assert status == WRONG_USE and "is there already" in err
    assert not (tmp_path / "elsewhere").exists()


def test_a_board_that_is_there_is_written_over_with_force_alone(told, tmp_path):
    made = ["board", "new", "--from", "pico_w", "--title", "A", "--link", "hsu", "-o", tmp_path]
    assert told(*made)[0] == 0
    before = (tmp_path / "board.json").read_text()
    made[made.index("A")] = "B"
    assert told(*made)[0] == WRONG_USE
    assert (tmp_path / "board.json").read_text() == before
    assert told(*made, "--force")[0] == 0
    assert json.loads((tmp_path / "board.json").read_text())["title"] == "B"


# One status for one kind of failure


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "{file}"],
        ["export", "{file}", "-o", "{other}"],
        ["run", "--once", "--settings", "{file}"],
        ["run", "--once", "--board", "./{file}"],
        ["board", "check", "./{file}"],
        ["board", "show", "./{file}"],
        ["image", "--board", "esp32_devkitc", "--image", "{file}", "-o", "{other}"],
        ["flash", "--board", "esp32_devkitc", "--image", "{file}", "--port", "x"],
        ["board", "label", "pico_w", "-o", "no-such-folder/x.svg"],
        ["export", TRACE, "-o", "no-such-folder/x.pcapng"],
        ["record", "-o", "no-such-folder/x.jsonl"],
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_a_file_that_cannot_be_opened_is_wrong_use_in_every_command(
    told, tmp_path, monkeypatch, arguments
):
    monkeypatch.chdir(tmp_path)
    arguments = [str(one).format(file="no-such-file", other="other") for one in arguments]
    status, _, err = told(*arguments)
    assert status == WRONG_USE and "no-such" in err, err
    assert "No such file" in err or "there is no board" in err, err
    status, _, err = told(*arguments, lang="ja")
    assert status == WRONG_USE and "ありません" in err, err


@pytest.mark.parametrize("arguments", [["zip", "-o", "x.zip", "--board"], ["case"]])
def test_no_name_is_too_long_to_be_wrong(told, arguments):
    status, _, err = told(*arguments, "no-such" * 800)
    assert status == WRONG_USE and "there is no" in err and len(err) < 1000


# The device's settings


@needs_micropython
def test_run_does_with_a_bad_setting_what_the_device_does_and_says_so(told, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"hold_s": "long", "colour": "pink", "layout": 8}')
    for lang, words in (("en", "its default is used"), ("ja", "初期値を使います")):
        status, out, err = told("run", "--once", "--settings", path, lang=lang)
        assert status == 0, err
        for field in ("hold_s", "colour"):
            (line,) = [line for line in err.splitlines() if field in line]
            assert words in line
        assert [line.split()[0] for line in out.splitlines()].count("8") == 1


@needs_micropython
def test_a_fault_that_struck_has_words(told):
    status, out, err = told("run", "--once", "--fault", "zombie")
    assert "ACK, then nothing" in out, err
    status, out, err = told("run", "--once", "--fault", "zombie", lang="ja")
    assert "何も来ない" in out, err


# Sources


def test_sources_are_named_on_request_alone(told):
    for arguments in (["guide", "sign", "locked"], ["replay", TRACE], ["board", "show", "pico_w"]):
        quiet, full = told(*arguments)[1], told(*arguments, "--sources")[1]
        assert "[I]" not in quiet and "2026-" not in quiet.replace("2026-11", "")
        assert len(full) > len(quiet), arguments
    assert "micropython/micropython" in told("board", "show", "pico_w", "--sources")[1]
    assert "J-LIS" in told("guide", "sign", "locked", "--sources")[1]
    assert "J-LIS" not in told("guide", "sign", "locked")[1]
