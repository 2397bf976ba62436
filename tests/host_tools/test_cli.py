"""The `pinlamp` command as a user or a script sees it: output, exit status, one clear line."""

import json

import pytest

from oracle import ASKED
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.show.names import Names
from places import TESTS

TRACES = TESTS / "traces"

needs_micropython = pytest.mark.usefixtures("micropython")


# cards


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_cards_has_one_line_for_each(pinlamp, truth, lang):
    done = pinlamp("cards", "--lang", lang)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [card.name for card in CARDS]
    assert {line.split()[0] for line in lines} == set(truth)
    assert all(len(line.split(maxsplit=1)[1]) > 4 for line in lines)
    assert done.returncode == 0


def test_the_language_is_the_environments(pinlamp):
    assert "ロック" in pinlamp("cards", LC_ALL="ja_JP.UTF-8").stdout
    assert "nothing locked" in pinlamp("cards", LC_ALL="C.UTF-8").stdout


# run --once


@needs_micropython
def test_json_is_the_event_lines_and_nothing_else(pinlamp, truth, event_of):
    done = pinlamp("run", "--once", "--json", "--card", "bank_app_lockout")
    found = [event_of(line) for line in done.stdout.splitlines()]
    assert [event["type"] for event in found] == ["ready", "card", *["key"] * len(ASKED), "result"]
    assert found[-1]["complete"] is True
    keys = {key.pop("id"): key for key in found[-1]["keys"]}
    assert keys == truth["bank_app_lockout"]["keys"]
    assert (done.returncode, done.stderr) == (0, "")


@needs_micropython
@pytest.mark.parametrize("card", ["juki_card", "driving_licence", "transit", "two_cards"])
def test_a_card_that_is_not_asked_ends_it_at_its_kind(pinlamp, truth, event_of, card):
    done = pinlamp("run", "--once", "--json", "--card", card)
    found = [event_of(line) for line in done.stdout.splitlines()]
    assert [event["type"] for event in found] == ["ready", "card"]
    assert found[-1]["kind"] == truth[card]["kind"]
    assert done.returncode == 0


@needs_micropython
@pytest.mark.parametrize("card", ["weak", "swapped"])
def test_a_card_that_comes_back_is_waited_for(pinlamp, truth, event_of, card):
    done = pinlamp("run", "--once", "--json", "--card", card)
    found = [event_of(line) for line in done.stdout.splitlines()]
    # On a busy machine a reading may break off once more.
    assert [event["type"] for event in found].count("card") >= 2
    assert found[-1]["type"] == "result" and found[-1]["complete"] is True
    assert {key.pop("id"): key for key in found[-1]["keys"]} == truth[card]["keys"]
    assert done.returncode == 0


@needs_micropython
@pytest.mark.parametrize("card, state", [("licence", "ok"), ("licence_unset", "not_set")])
def test_the_licence_is_asked_of_cards_that_have_one(pinlamp, card, state):
    done = pinlamp("run", "--once", "--json", "--card", card)
    (found,) = [
        key for key in json.loads(done.stdout.splitlines()[-1])["keys"] if key["id"] == "licence"
    ]
    assert found["state"] == state


@needs_micropython
def test_a_layout_without_a_lamp_for_the_licence_does_not_ask_it(pinlamp):
    done = pinlamp("run", "--once", "--json", "--card", "licence", "--layout", 8)
    assert "licence" not in done.stdout
    assert done.returncode == 0


@needs_micropython
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("layout, lamps", [(12, 12), (8, 8), (5, 5), (1, 1)])
def test_the_table_has_every_lamp_and_every_key_in_80_columns(pinlamp, layout, lamps, lang):
    done = pinlamp(
        "run", "--once", "--card", "bank_app_lockout", "--layout", layout, "--lang", lang
    )
    names = Names(lang)
    lines = done.stdout.splitlines()
    numbered = [line.split()[0] for line in lines if line.split()[0].isdecimal()]
    # An only lamp has no number of its own: the keys have those that it winks, as on the label.
    assert numbered == [str(place) for place in range(1, (lamps if lamps > 1 else 11) + 1)]
    for key in ("sign", "auth", "juki", "common", "text_pin", "text_a", "visual_b"):
        (line,) = [line for line in lines if names.key(key) in line]
        state = ("locked", 0, 10) if key == "visual_b" else ("ok", 3, 3)
        state = ("ok", 10, None) if key == "text_a" else state
        assert names.state(*state) in line
    assert names.overall("locked") in done.stdout
    assert names.screen("presented", count=0) in done.stdout
    assert max(map(_cells, lines)) <= 80
    assert done.returncode == 0


def _cells(line):
    from rich.cells import cell_len

    return cell_len(line)


@needs_micropython
def test_without_a_terminal_it_taps_once(pinlamp):
    done = pinlamp("run", "--profile", "counter", "--board", "esp32_devkitc")
    assert "Not locked" in done.stdout
    assert done.returncode == 0


@needs_micropython
def test_a_settings_file_is_the_devices(pinlamp, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"layout": 8, "events": false}')
    done = pinlamp("run", "--once", "--settings", path)
    assert [line.split()[0] for line in done.stdout.splitlines()].count("8") == 1
    assert "12 Overall" not in done.stdout
    assert done.returncode == 0


@needs_micropython
def test_a_setting_that_the_device_refuses_is_named(pinlamp, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"hold_s": "long"}')
    done = pinlamp("run", "--once", "--settings", path)
    (line,) = done.stderr.splitlines()
    assert line == 'pinlamp: Setting "hold_s" is not usable: its default is used'
    assert done.returncode == 0  # as the device, which goes on


# replay


def test_replay_prints_events_that_fit_the_schema(pinlamp, event_of, truth):
    done = pinlamp("replay", TRACES / "face_auth.jsonl", "--json")
    found = [event_of(line) for line in done.stdout.splitlines()]
    assert {key.pop("id"): key for key in found[-1]["keys"]} == truth["face_auth"]["keys"]
    assert done.returncode == 0


def test_replay_prints_a_table(pinlamp):
    done = pinlamp("replay", TRACES / "text_pin_locked.jsonl", "--lang", "ja")
    (line,) = [line for line in done.stdout.splitlines() if "④ 券面事項入力補助用" in line]
    assert "ロックされています" in line
    assert done.returncode == 0


def test_replay_of_an_incomplete_reading_was_not_read(pinlamp, tmp_path):
    path = tmp_path / "trace.jsonl"
    lines = (TRACES / "fresh.jsonl").read_text("utf-8").splitlines()[:8]
    lines[-1] = lines[-1].replace('"r": "63C5"', '"r": null')
    path.write_text("\n".join(lines) + "\n")
    done = pinlamp("replay", path, "--json")
    assert '"complete": false' in done.stdout
    assert done.returncode == 1


def test_a_trace_that_does_not_match_says_at_which_line_and_why(pinlamp, tmp_path, one_line):
    path = tmp_path / "trace.jsonl"
    lines = (TRACES / "fresh.jsonl").read_text("utf-8").splitlines()
    del lines[6:8]
    path.write_text("\n".join(lines))
    line = one_line(pinlamp("replay", path), 1)
    assert "line 7: the survey sends 00A4020C02001B, the trace has 00A4020C020018" in line


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff", b"not a trace\n"])
def test_a_broken_trace(pinlamp, tmp_path, content, one_line):
    path = tmp_path / "trace.jsonl"
    path.write_bytes(content)
    done = pinlamp("replay", path, "--json")
    assert "line 1" in one_line(done, 1)
    assert done.stdout == ""


# wrong use


@pytest.mark.parametrize(
    "arguments, named",
    [
        (["run", "--once", "--card", "fresch"], "did you mean fresh?"),
        (["run", "--once", "--card", ""], "pinlamp cards"),
        (["run", "--once", "--board", "esp8266"], "esp32_devkitc"),
        (["run", "--once", "--layout", "7"], "12, 8, 5, 1"),
        (["run", "--once", "--layout", "x"], "12, 8, 5, 1"),
        (["run", "--once", "--profile", "shop"], "pocket, counter"),
        (["run", "--once", "--card", "fresh", "--port", "/dev/null"], "--port"),
        (["run", "--once", "--settings", "no-such-file"], "no-such-file"),
        (["run", "--fast"], "--fast"),
        (["run", "--once", "--link", "usb"], "hsu, i2c, spi"),
        (["run", "--once", "--link", "i2c", "--port", "/dev/null"], "--port"),
        (["run", "--once", "--fault", "fire"], "checksum, length_checksum, dropped_ack"),
        (["run", "--once", "--fault", "zombie@x"], "number of a byte"),
        (["run", "--once", "--fault", "zombie@"], "number of a byte"),
        (["run", "--once", "--fault", "zombie@-1"], "number of a byte"),
        (["run", "--once", "--fault", "stuck_low"], "not possible on hsu"),
        (["run", "--once", "--fault", "zombie", "--port", "/dev/null"], "--port"),
        (["run", "--lang", "fr"], "ja"),
        (["emulate"], "--card"),
        (["emulate", "--card", "nobody"], "pinlamp cards"),
        (["emulate", "--card", "fresh", "--link", "usb"], "hsu"),
        (["replay"], "TRACE"),
        (["flsh"], "flsh"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(pinlamp, arguments, named, one_line):
    done = pinlamp(*arguments)
    assert named in one_line(done, 2)
    assert done.stdout == ""


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_settings_file(pinlamp, tmp_path, content, one_line):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert str(path) in one_line(pinlamp("run", "--once", "--settings", path), 1)


@needs_micropython
@pytest.mark.parametrize("path", ["/dev/no-such-tty", "/dev/null", "/"])
def test_a_port_that_is_none(pinlamp, path, one_line):
    assert path in one_line(pinlamp("run", "--once", "--port", path), 1)


def test_a_trace_that_is_not_there(pinlamp, one_line):
    assert "no-such-trace" in one_line(pinlamp("replay", "no-such-trace"), 2)


def test_no_interpreter_for_this_machine(pinlamp, tmp_path, one_line):
    done = pinlamp("run", "--once", PINLAMP_MICROPYTHON=str(tmp_path / "nothing"))
    assert "PINLAMP_MICROPYTHON" in one_line(done, 1)


def test_without_a_command_it_shows_its_help(pinlamp):
    done = pinlamp()
    assert done.returncode == 2
    for command in ("run", "emulate", "replay", "cards"):
        assert command in done.stderr + done.stdout
    assert "130 Ctrl-C" in pinlamp("--help").stdout
