"""The packages for mip, and the examples of the libraries, run as a user would run them."""

import asyncio
import http.server
import importlib
import json
import os
import re
import subprocess
import sys
import threading
from functools import partial

import pytest

from pinlamp_tools import paths
from pinlamp_tools.boards.board import READERS, Board
from pinlamp_tools.emulator.air.crc import checked, crc_b
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.simulator.device import Device
from pinlamp_tools.simulator.serial_chip import SerialChip
from places import ROOT, TESTS
from pretend import Pretend
from reader_script import Reader

LIB = ROOT / "lib"
EXAMPLES = LIB / "pn532" / "examples"


PACKAGES = {name: LIB / name for name in ("pn532", "mynacard", "isodep", "pasori")}
PACKAGES["pinlamp"] = ROOT / "firmware"


@pytest.mark.parametrize("name", PACKAGES)
def test_package_json_lists_every_file(name):
    package = json.loads((PACKAGES[name] / "package.json").read_text("utf-8"))
    files = sorted(path.name for path in (PACKAGES[name] / name).glob("*.py"))
    assert package["urls"] == [[f"{name}/{file}", f"{name}/{file}"] for file in files]


def _version(path):
    """Return (version that a file gives, "file:line" of it)."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match = re.match(r"""\s*"?(?:__)?version(?:__)?"?\s*[:=]\s*"([^"]+)",?$""", line)
        if match:
            return match[1], f"{path.relative_to(ROOT)}:{number}"
    raise AssertionError(f"{path.relative_to(ROOT)} gives no version")


SOURCE = ROOT / "firmware" / "pinlamp" / "__init__.py"
VERSIONED = [
    PACKAGES[name] / file
    for name in PACKAGES
    for file in (f"{name}/__init__.py", "package.json", "manifest.py")
    if PACKAGES[name] / file != SOURCE
]


@pytest.mark.parametrize("path", VERSIONED, ids=lambda path: "/".join(path.parts[-2:]))
def test_the_version_is_that_of_the_firmware(path):
    wanted, source = _version(SOURCE)
    found, where = _version(path)
    assert found == wanted, f"{where}: write {wanted}, as {source} has it"


def test_the_wheel_has_the_version_of_the_firmware():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'dynamic = ["version"]' in text
    assert f'[tool.hatch.version]\npath = "{SOURCE.relative_to(ROOT).as_posix()}"\n' in text


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_has_its_licence(name):
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert (PACKAGES[name] / "LICENSE").read_text("utf-8") == licence
    assert 'license="MIT"' in (PACKAGES[name] / "manifest.py").read_text("utf-8")


def test_the_driver_tells_type_checkers_that_it_is_typed():
    assert (LIB / "pn532" / "pn532" / "py.typed").exists()


def _serve():
    """Serve the checkout at 127.0.0.1; return the server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Quiet, directory=ROOT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("by_url", [False, True])
async def test_mip_installs_the_firmware_and_it_runs(tmp_path, by_url):
    server = _serve() if by_url else None
    base = f"http://127.0.0.1:{server.server_port}" if server else str(ROOT)
    async with Pretend(tmp_path / "flash") as device:
        folders = [folder.relative_to(ROOT) for folder in PACKAGES.values()]
        packages = [f"{base}/{folder}/package.json" for folder in folders]
        main = [ROOT / "firmware" / "main.py", paths.BOARDS / "esp32_devkitc" / "board.json"]
        for arguments in (
            ["resume", "mip", "install", *packages],
            ["resume", "cp", *map(str, main), ":"],
        ):
            command = [sys.executable, "-m", "mpremote", "connect", device.port, *arguments]
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            out, _ = await asyncio.wait_for(process.communicate(), 60)
            assert process.returncode == 0, out
        device.cut()  # and it starts again
        assert (await device.event("ready"))["board"] == "esp32_devkitc"
        device.lay("sign_locked")
        assert (await device.event("result"))["complete"] is True
    if server:
        server.shutdown()


def _run_example(main, card, enough):
    """Run a program with a card on the antenna until `enough(lines)`; return its lines."""

    async def scene():
        field = Field()
        server = SerialChip(field)
        await server.start()
        device = Device(Board.named("esp32_devkitc"), {}, server.path, main=main)
        lines, arrived = [], asyncio.Event()

        def on_line(line):
            lines.append(line)
            if enough(lines):
                arrived.set()

        device.on_line = on_line
        field.put(cards.make(card))
        await device.start()
        try:
            await asyncio.wait_for(arrived.wait(), 20)
        finally:
            await device.stop()
            await server.stop()
        assert field.presented == 0
        return lines

    return asyncio.run(scene())


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize(("card", "kind"), [("fresh", "B"), ("credit", "A"), ("transit", "F")])
def test_find_any_card(card, kind):
    lines = _run_example(EXAMPLES / "find_any_card.py", card, lambda lines: len(lines) > 2)
    assert lines[0].startswith("firmware 1.6, Type B: True")
    assert set(lines[1:]) == {f"a card of type {kind}"}


@pytest.mark.usefixtures("micropython")
def test_type_4_card():
    assert _run_example(EXAMPLES / "type_4_card.py", "fresh", len) == ["no NDEF"]


@pytest.mark.usefixtures("micropython")
def test_the_readme_s_first_card(tmp_path):
    text = (LIB / "pn532" / "README.md").read_text("utf-8")
    main = tmp_path / "main.py"
    main.write_text(re.search(r"```python\n(.*?)```", text, re.S)[1], "utf-8")
    (line,) = _run_example(main, "fresh", len)
    assert line.startswith("[TargetB(tg=1, atqb=b") and line.endswith(")]")


@pytest.mark.usefixtures("micropython")
def test_my_number_card():
    main = EXAMPLES / "my_number_card.py"
    lines = _run_example(main, "sign_locked", lambda lines: len(lines) == 10)
    assert lines[0] == "sign locked 0"
    assert sorted(lines[1:3]) == ["auth ok 3", "juki ok 3"]


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("card", ["fresh", "slow", "driving_licence"])
def test_pn532_host(card, monkeypatch):
    on_device = (*paths.DEVICE_PACKAGES, "isodep")
    monkeypatch.setattr(paths, "DEVICE_PACKAGES", on_device)
    main = LIB / "isodep" / "examples" / "pn532_host.py"
    assert _run_example(main, card, len) == ["the card answers 6a82"]


@pytest.mark.parametrize("interpreter", ["cpython", "micropython"])
@pytest.mark.parametrize("card", ["sign_locked", "juki_card"])
def test_recorded_card(interpreter, card, request):
    python = sys.executable if interpreter == "cpython" else request.getfixturevalue(interpreter)
    example = LIB / "mynacard" / "examples" / "recorded_card.py"
    done = subprocess.run(
        [python, example, ROOT / "tests" / "traces" / f"{card}.jsonl"],
        env={**os.environ, "MICROPYPATH": f".frozen:{LIB / 'mynacard'}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    kind, *found = done.stdout.splitlines()
    if card == "juki_card":
        assert (kind, found) == ("juki_card", [])
    else:
        assert kind == "my_number_card" and len(found) == 10
        assert found[:2] == ["sign locked 0", "auth ok 3"]


def test_the_readme_of_mynacard_begins_with_code_that_runs(capsys):
    readme = (LIB / "mynacard" / "README.md").read_text("utf-8")
    code, shown = re.match(
        r"# mynacard\n\n```python\n(.+?)```\n\n((?:    .+\n)+)", readme, re.S
    ).groups()
    (card,) = cards.make("sign_locked")
    card.reset()
    exec(code, {"exchange": card.transmit})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 11 and card.icc.presented == 0
    for line, told in zip(shown.splitlines()[:3], printed[:3], strict=True):
        assert told.startswith(line.strip().partition(" …")[0])


def test_the_readme_of_isodep_begins_with_code_that_runs(capsys):
    readme = (LIB / "isodep" / "README.md").read_text("utf-8")
    code, shown = re.match(r"# isodep\n\n```python\n(.+?)```\n\n    (.+)\n", readme, re.S).groups()
    (card,) = cards.make("fresh")
    card.reset()

    def transceive(block, timeout_us=0):
        answer = card.receive(block + crc_b(block))
        return None if answer is None else checked(answer, crc_b)

    atqb = transceive(b"\x05\x00\x00")
    assert transceive(b"\x1d" + atqb[1:5] + b"\x00\x08\x01\x02") == b"\x02"
    exec(code, {"atqb": atqb, "cid": 2, "transceive": transceive})
    assert capsys.readouterr().out.strip() == shown.partition("\n")[0]


def test_the_readme_of_pasori_begins_with_code_that_runs(capsys):
    readme = (LIB / "pasori" / "README.md").read_text("utf-8")
    code, shown = re.match(r"# pasori\n\n```python\n(.+?)```\n\n    (.+)\n", readme, re.S).groups()
    (card,) = cards.make("fresh")
    card.reset()
    reader = Reader(card.transmit)
    answers = []
    scene = {"send": lambda m: answers.append(reader.answer(m)), "read": lambda: answers.pop(0)}
    exec(code, scene)  # without a card first
    assert capsys.readouterr().out == "" and len(reader.commands) == 5
    exec(code, scene)
    exec(code, scene)
    assert capsys.readouterr().out.strip() == shown.partition("\n")[0]


def test_the_example_of_pasori(micropython):
    """A scripted reader stands at its UART: its commands are those of the published session."""
    folders = [TESTS, ROOT / "host_tools", *PACKAGES.values()]
    example = LIB / "pasori" / "examples" / "type_b_card.py"
    done = subprocess.run(
        [micropython, TESTS / "device" / "pasori_example.py", example],
        env={**os.environ, "MICROPYPATH": ":".join([".frozen", *map(str, folders)])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines() == [
        "the card answers 6a82",
        "ffc2000002820000",
        "ffc2000002810000",
        "ffc2000002840000",
        *["ffc20002048f02010400"] * 3,
        "ffc20001049002000c00",
        "ffc2000002840000",
        "ffc20001165f4604a0252600950d00a4040007d27600008501010000",
        "ffc2000002830000",
    ]


@pytest.mark.parametrize("reader", ["rcs300", "rcs380"])
def test_the_example_of_pasori_on_usb(reader):
    """libusb1 stands in for itself with an emulated reader on its bus."""
    folders = [TESTS / "device" / "libusb", *PACKAGES.values(), ROOT / "host_tools"]
    done = subprocess.run(
        [sys.executable, LIB / "pasori" / "examples" / "usb_reader.py"],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
            "PINLAMP_USB": reader,
            "PINLAMP_CARD": "fresh",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout == "the card answers 6a82\n"


@pytest.mark.parametrize("name", ["mynacard", "isodep", "pasori"])
def test_the_readme_has_every_name(name):
    library = importlib.import_module(name)
    readme = (LIB / name / "README.md").read_text("utf-8").split("## API")[1]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", readme))))
    assert set(library.__all__) <= named
    assert (LIB / name / name / "py.typed").exists()
    assert (LIB / name / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def _frozen(manifest, found):
    """Collect what a manifest of MicroPython freezes: {path in the image: file}."""

    def include(path):
        if not path.startswith("$("):  # the board's own
            named = (manifest.parent / path).resolve()
            _frozen(named / "manifest.py" if named.is_dir() else named, found)

    def package(name):
        for path in sorted((manifest.parent / name).glob("*.py")):
            found[f"{name}/{path.name}"] = path

    def module(name, base_path):
        found[name] = (manifest.parent / base_path / name).resolve()

    names = {"include": include, "package": package, "module": module}
    exec(manifest.read_text("utf-8"), {**names, "metadata": lambda **_: None})


def test_the_frozen_image_has_the_device_s_packages_and_starts_from_them_alone():
    found = {}
    _frozen(ROOT / "firmware" / "frozen" / "manifest.py", found)
    packages = {name.partition("/")[0] for name in found if "/" in name}
    assert packages == {package for one in READERS for package in paths.device_packages(one)}
    for package in packages:
        there = {f"{package}/{path.name}" for path in paths.package_dir(package).glob("*.py")}
        assert there <= set(found)
    boot, main = (found[name].read_text("utf-8") for name in ("boot.py", "main.py"))
    sealed = [
        line for line in paths.SEALED_BOOT.read_text("utf-8").splitlines() if "#" not in line
    ]
    assert [line for line in boot.splitlines() if line][-len(sealed) :] == sealed
    # Nothing but sys, which no file can replace, is imported before.
    for text in (boot, main):
        code = [line.partition("  #")[0] for line in text.splitlines() if line[:1] not in "#"]
        assert code[:2] == ["import sys", 'sys.path[:] = [".frozen"]'], text
    first, second, third = paths.MAIN.read_text("utf-8").splitlines()
    assert main.splitlines()[-2:] == [second, third] and first.partition("  #")[0] in main
