"""The live screens on narrow terminals: what must be read whole is there whole."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from mynacard import state
from mynacard.keys import TOKENS
from oracle import ASKED
from picture import picture
from pinlamp.layout import lamps
from pinlamp_tools.show import cable, names
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.table import show
from pinlamp_tools.show.wrap import wrap
from pinlamp_tools.simulator.screen import Screen
from pinlamp_tools.watch.screen import Watch
from scripted import BOARD, ScriptedConsole, ScriptedSimulator

WIDTHS = (40, 60, 80)
TEXTS = json.loads(Path(names.__file__).with_name("names.json").read_text("utf-8"))


def seen(app):
    """Return the screen's text without the lamps' glyphs, blanks and ends of lines."""
    return re.sub(r"[\s▄▀▗▆▖▏▇▅▃▂█▁]", "", "".join(picture(app)))


def bare(text):
    return re.sub(r"\s", "", text)


def card(worst):
    keys = [{"id": key, "state": "ok", "left": 3, "max": 3} for key in ASKED]
    keys[0] = {"id": "sign", "state": worst, "left": None, "max": 5}
    if worst == "lacking":  # no state: a key is not there that every card has
        keys = [{**key, "state": "absent" if key["id"] == "juki" else "ok"} for key in keys]
    if worst in (state.ABSENT, state.UNLIMITED):
        keys = [{"id": key, "state": worst, "left": None, "max": None} for key in ASKED]
    return [
        {"type": "card", "kind": "my_number_card"},
        {"type": "result", "complete": True, "ms": 400, "keys": keys},
    ]


def stories(lang):
    """Yield the events of everything that a device tells, with what must be read whole."""
    said = Names(lang)
    for worst in TEXTS[lang]["overall"]:
        yield card(worst), [said.overall(worst), said.device("read")]
    for code in TEXTS[lang]["faults"]:
        event = {"type": "fault", "code": code, "field": "brightness"}
        yield [event], [said.fault(code, "brightness")]
    for kind in ("several", "newer"):
        yield [{"type": "card", "kind": kind}], [said.device(kind)]
    for kind in TEXTS[lang]["kinds"]:
        if kind not in ("several", "newer") and kind not in [name for name, _ in TOKENS.values()]:
            told = said.device("other", kind=said.kind(kind))
            yield [{"type": "card", "kind": kind}], [told]
    again = {"type": "result", "complete": False, "ms": 1, "keys": []}
    yield [{"type": "card", "kind": "my_number_card"}], [said.device("reading")]
    yield [{"type": "card", "kind": "my_number_card"}, again], [said.device("again")]
    yield [{"type": "ready"}], [said.device("ready")]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_watch_cuts_nothing_that_the_device_says(lang, width):
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    async with app.run_test(size=(width, 24)) as pilot:
        await console.plug("/dev/ttyX")
        for events, texts in stories(lang):
            await console.tell(*events)
            await pilot.pause()
            told = seen(app)
            for text in (*texts, Names(lang).watch("help")):
                assert bare(text) in told, text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_watch_cuts_nothing_that_the_cable_shows(lang, width):
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    port = "/dev/serial/by-id/usb-Silicon_Labs_CP2102-if00-port0"
    async with app.run_test(size=(width, 24)) as pilot:
        for each in cable.STATES:
            await console.plug("" if each == cable.NONE else port, each)
            await pilot.pause()
            told = seen(app)
            for part in ("is", "do"):
                text = bare(TEXTS[lang]["cable"][each][part])
                for piece in re.split(r"\{port\}|\{group\}", text):
                    assert piece in told, text


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_terminal_too_low_for_all_lines_cuts_none_at_its_side(lang):
    simulator = ScriptedSimulator(json.loads)
    app = Screen(simulator, BOARD, lamps(12), None, lang, None)
    said = Names(lang)
    async with app.run_test(size=(40, 18)) as pilot:
        simulator.ready()
        for event in card("ok"):
            app._take_line(json.dumps({"v": 1, **event}))
        await pilot.pause()
        for text in (said.overall("ok"), said.device("read")):
            assert bare(text) in seen(app)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("layout", [12, 5])
async def test_run_cuts_nothing_either(lang, width, layout):
    simulator = ScriptedSimulator(json.loads)
    app = Screen(simulator, BOARD, lamps(layout), None, lang, None)
    async with app.run_test(size=(width, 24)) as pilot:
        simulator.ready()
        for events, texts in stories(lang):
            for event in events:
                app._take_line(json.dumps({"v": 1, **event}))
            await pilot.pause()
            told = seen(app)
            for text in (*texts, Names(lang).screen("presented", count=0)):
                assert bare(text) in told, text
            assert "q" + ("終了" if lang == "ja" else "quit") in told


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_each_key_s_state_is_whole_beside_its_whole_name(lang, width):
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    said = Names(lang)
    async with app.run_test(size=(width, 24)) as pilot:
        await console.plug("/dev/ttyX")
        for found in (*state.WORST_FIRST, "deactivated"):
            note = {"note": found} if found == "deactivated" else {}
            at = "unknown" if note else found
            keys = [{"id": key, "state": at, "left": 10, "max": None, **note} for key in ASKED]
            result = {"type": "result", "complete": True, "ms": 1, "keys": keys}
            await console.tell({"type": "card", "kind": "my_number_card"}, result)
            await pilot.pause()
            lines = [bare(line) for line in picture(app) if "▆▆" in line]
            for key in ASKED:
                name = bare(said.key(key, width < 80))
                (words,) = [line.split(name)[1] for line in lines if name in line]
                told = key != "visual_birth"
                assert words in (
                    bare(said.state(found, 10, None, told)),
                    bare(said.state(found, 10, None, told, tight=True)),
                )


def test_no_line_begins_with_the_end_of_a_negation():
    text = Names("ja").overall("ok")
    for width in range(10, 60):
        for line in wrap(text, width, cell_len):
            assert not line.startswith("ん"), (width, line)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("columns", [40, 60])
def test_the_words_on_the_whole_stay_in_their_column(monkeypatch, lang, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    reading, out = Reading(), io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True, raising=False)
    for event in card("ok"):
        reading.take(event)
    show(reading, 12, Names(lang), out)
    told = re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()).splitlines()
    at = next(n for n, line in enumerate(told) if line.startswith("12"))
    words = told[at + 1 :]
    assert words and all(line.startswith("     ") for line in words), words


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_watch_flows_again_after_a_resize(lang):
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell(*card("locked"))
        await pilot.pause()
        wide = picture(app)
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert "…" not in "".join(picture(app)[-10:])
        assert bare(Names(lang).overall("locked")) in seen(app)
        assert bare(Names(lang).state("ok", 3, 3, tight=True)) in seen(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert picture(app) == wide


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lamp_of_several_keys_names_every_kind_and_says_how_many(lang):
    said = Names(lang)
    for layout in (8, 5):
        for keys in lamps(layout):
            if len(keys) > 1:
                name = said.joined(keys)
                for key in keys:
                    words = TEXTS[lang]["keys"][key]
                    assert words.get("family", words["short"]) in name
                assert str(len(keys)) in name or name.count(" + ") == len(keys) - 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("first", ["ready", "alive"])
async def test_a_counter_s_device_is_not_listened_to_for_ever(lang, first):
    from pinlamp_tools.show.cable import Cable

    told = {"v": 1, "type": first, "results": False}
    if first == "ready":
        told.update(board="pico_w", version="1")
    seen_on = Cable()
    seen_on.event(told)
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    async with app.run_test(size=(60, 24)) as pilot:
        await console.plug("/dev/ttyX", cable.LISTENING)
        await console.plug("/dev/ttyX", seen_on.state)
        await console.tell(told)
        await pilot.pause()
        said = seen(app)
        assert bare(Names(lang).cable(cable.KEEPING, "is")) in said
        assert "pinlampsettingsseteventstrue" in said
        assert bare(Names(lang).cable(cable.LISTENING, "is")) not in said
