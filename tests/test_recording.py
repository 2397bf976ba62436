"""Recording: from every source, replayed, exported, reported."""

import asyncio
import json
import os
import re
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import click
import jsonschema
import pytest

import command
import pcsc
from pinlamp_tools.deploy.settings import OfDevice
from pinlamp_tools.recording.command import _created, _trace
from pinlamp_tools.recording.export import export
from pinlamp_tools.recording.report import report
from pinlamp_tools.recording.tape import Tape, model
from pinlamp_tools.trace import load
from pretend import Pretend, deploy

ROOT = Path(__file__).parent.parent
SOME = ("published", "swapped", "phone_ios", "juki_card")  # opened in every run
TRACES = sorted((ROOT / "tests" / "traces").glob("*.jsonl"))
LINE = json.loads((ROOT / "docs" / "trace.schema.json").read_text("utf-8"))
REPORT = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
TRUTH = json.loads((ROOT / "tests" / "truth.json").read_text("utf-8"))


def _valid(path):
    for line in path.read_text("utf-8").splitlines():
        jsonschema.validate(json.loads(line), LINE)
    return load(path)


def _states(pinlamp, path):
    done = pinlamp("replay", path, "--json")
    assert done.returncode == 0, done.stderr
    return {k.pop("id"): k for k in json.loads(done.stdout.splitlines()[-1])["keys"]}


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd")
    with pcsc.Service() as service:
        yield service


def test_every_trace_fits_the_schema():
    for path in TRACES:
        _valid(path)
    header, exchange, *_ = TRACES[0].read_text("utf-8").splitlines()
    validator = jsonschema.Draft202012Validator(LINE)
    for spoilt in (header.replace("sign", "nose"), exchange.replace('"ms"', '"s"'), "[]"):
        assert not validator.is_valid(json.loads(spoilt))


def test_from_pcsc(service, pinlamp, one_line, tmp_path):
    out = tmp_path / "card.jsonl"
    with service.card("worn") as card:
        done = pinlamp("record", "-o", out, "--provenance", "a virtual card")
        assert done.returncode == 0, done.stderr
        before = out.read_bytes()
        assert "is there already" in one_line(pinlamp("record", "-o", out), 2)
        assert out.read_bytes() == before
        assert pinlamp("report", "-o", tmp_path / "report.json").returncode == 0
        assert card.presented == 0
    trace = _valid(out)
    assert (trace.provenance, trace.reader) == ("a virtual card", "Virtual PCD")
    assert _states(pinlamp, out) == TRUTH["worn"]["keys"]
    found = json.loads((tmp_path / "report.json").read_text("utf-8"))
    jsonschema.validate(found, REPORT)
    assert found["first_word"] == "6F00" and found["token"] == "JPKIAPICCTOKEN2"
    assert found["keys"]["visual_b"] == {
        "word": "63C7",
        "state": "used",
        "left": 7,
        "table_max": 10,
    }
    assert found["fwi"] == 10 and 309 < found["frame_waiting_ms"] < 310
    assert found["ms"]["VERIFY without data"]["count"] == 10
    assert set(found["applets"].values()) == {"9000"} and "licence" not in found["applets"]


def test_a_card_that_comes_back_in_mid_tap_leaves_one_activation(service, pinlamp, tmp_path):
    with service.card("swapped"):
        assert pinlamp("record", "-o", tmp_path / "card.jsonl").returncode == 0
    assert _states(pinlamp, tmp_path / "card.jsonl") == TRUTH["swapped"]["keys"]


def test_a_card_that_is_pulled_is_written_as_far_as_it_went(service, pinlamp, one_line, tmp_path):
    with service.card("fresh", pull_after=6):
        line = pinlamp("record", "-o", tmp_path / "card.jsonl")
    assert line.returncode == 1 and "not read to the end" in line.stderr
    assert _valid(tmp_path / "card.jsonl").exchanges[-1].answer is None


def test_from_a_pn532_on_a_serial_line(micropython, pinlamp, started, tmp_path):
    reader = started("emulate", "--card", "bank_app_lockout")
    tty = reader.stdout.readline().strip()
    out = tmp_path / "card.jsonl"
    done = pinlamp("record", "-o", out, "--pn532", tty)
    assert done.returncode == 0, done.stderr
    assert _valid(out).reader == "PN532"
    assert _states(pinlamp, out) == TRUTH["bank_app_lockout"]["keys"]
    assert all(exchange.ms >= 5 for exchange in load(out).exchanges)
    done = pinlamp("report", "-o", tmp_path / "report.json", "--pn532", tty)
    jsonschema.validate(json.loads((tmp_path / "report.json").read_text("utf-8")), REPORT)


async def test_from_a_device_for_one_tap_and_never_from_one_on_a_counter(micropython, tmp_path):
    board = {**json.loads((ROOT / "boards/esp32_devkitc/board.json").read_text("utf-8"))}
    out = tmp_path / "card.jsonl"
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, board)
        device.lay("sign_locked")
        await device.event("result")
        done = await command.pinlamp("record", "-o", str(out), "--port", device.port)
        assert done[0] == 0, done
        trace = _valid(out)
        assert trace.reader == "PN532, Pinlamp device" and trace.kind == "my_number_card"
        # It was for one tap.
        device.field.lift()
        await device.event("removed")
        while not device.events.empty():
            device.events.get_nowait()
        device.lay("fresh")
        kinds = []
        while "result" not in kinds:
            kinds.append((await device.event("activation", "exchange", "card", "result"))["type"])
        assert set(kinds) == {"card", "result"}
        await device.repl(lambda repl: OfDevice(repl).set("profile", "counter"))
        status, _, err = await command.pinlamp(
            "record", "-o", str(tmp_path / "no.jsonl"), "--port", device.port
        )
        assert status == 1 and "counter records nothing" in err
        assert device.field.presented == 0
    assert not (tmp_path / "no.jsonl").exists()


def test_a_device_on_a_counter_takes_no_notice_of_the_wish(micropython):
    from desk import Desk

    async def scene(profile):
        desk = Desk(profile=profile, record=True)
        await desk.bench.start()
        try:
            await desk.event("ready")
            desk.bench.tap("fresh")
            seen = []
            while "result" not in seen:
                told = (await desk.event("activation", "exchange", "result"))["type"]
                # On a busy machine a tap may begin again.
                seen = [] if told == "activation" else [*seen, told]
            return seen.count("exchange")
        finally:
            await desk.bench.stop()

    assert asyncio.run(scene("pocket")) == 29
    assert asyncio.run(scene("counter")) == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Virtual PCD 00 00", "Virtual PCD"),
        ("ACS ACR122U PICC Interface 00 00", "ACS ACR122U PICC Interface"),
        ("ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] 00 00", "ACS ACR1252 1S CL Reader"),
        ("ACS ACR1281U-C1 PICC 0", "ACS ACR1281U-C1 PICC"),
        ("SONY FeliCa RC-S300/P (1073041) 00 00", "SONY FeliCa RC-S300/P"),
        ("SONY FeliCa RC-S300/S (1234567) 00 00", "SONY FeliCa RC-S300/S"),
        ("Sony FeliCa Port/PaSoRi 4.0 0", "Sony FeliCa Port/PaSoRi 4.0"),
        ("Sony RC-S380/P 1", "Sony RC-S380/P"),
        ("CL-S380", "CL-S380"),
        ("I-O DATA USB-ICCRW2", "I-O DATA USB-ICCRW2"),
        ("NTT Communications ACR39-NTTCom 00 00", "NTT Communications ACR39-NTTCom"),
        ("SCM Microsystems Inc. SCR3310 [CCID] (21120123) 00", "SCM Microsystems Inc. SCR3310"),
        ("Identiv SCR3310v2.0 USB SC Reader 0", "Identiv SCR3310v2.0 USB SC Reader"),
        ("Identive CLOUD 4700 F [CLOUD] (53691234567890) 01 00", "Identive CLOUD 4700 F"),
        ("Gemalto PC Twin Reader (6C3C4D3B) 01 00", "Gemalto PC Twin Reader"),
        ("REINER SCT cyberJack 0123ABCD", "REINER SCT cyberJack"),
        ("REINER SCT cyberJack RFID standard 00 00", "REINER SCT cyberJack RFID standard"),
        ("Reader RR171-123456", "Reader"),
        ("OMNIKEY 5022 KN-02A8-00012 01 00", "OMNIKEY 5022"),
        ("Vendor SN:AB12CD34", "Vendor"),
        ("Vendor S/N 12-34 00 00", "Vendor"),
        ("Vendor Serial 12", "Vendor"),
        ("Vendor AB12CD34", "Vendor"),
        ("Vendor 12:34:AB", "Vendor"),
        ("Vendor Z9Y8X7", "Vendor"),
        ("Vendor （99887766）", "Vendor"),
        ("Vendor <AABBCC99>", "Vendor"),
        ("Vendor [a (b] 1234567)", "Vendor"),
        ("Vendor (1234567", "Vendor"),
        ("(12345678)", "a PC/SC reader"),
        ("a\x1b[2Jb\ud800", "a"),
    ],
)
def test_a_reader_s_name_loses_its_serial_number(name, kept):
    assert model(name) == kept


def _long_but_some(trace):
    return pytest.param(trace, id=trace.stem, marks=[] if trace.stem in SOME else pytest.mark.long)


@pytest.mark.filterwarnings("ignore:Field type")  # of python-pcapng itself
@pytest.mark.parametrize("trace", [_long_but_some(trace) for trace in TRACES])
def test_the_export_opens_in_wireshark(tmp_path, trace):
    if shutil.which("tshark") is None and os.environ.get("CI") != "true":
        pytest.skip("needs tshark: apt install tshark")
    out = tmp_path / "card.pcapng"
    out.write_bytes(export(load(trace)))

    def tshark(*options):
        command = ["tshark", "-r", out, "-d", "iso14443.subdissector,iso7816", *options]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    summary = tshark()
    exchanges = load(trace).exchanges
    assert "alformed" not in summary
    assert summary.count("Select file") == 2 * summary.count("(to Select file)") > 0
    asked = sum(exchange.command[1] == 0x20 for exchange in exchanges)
    assert len(re.findall(r"Verify$", summary, re.MULTILINE)) == asked
    assert len(summary.splitlines()) == 2 + 2 * len(exchanges)
    words = tshark("-T", "fields", "-e", "iso7816.apdu.sw1", "-e", "iso7816.apdu.sw2").split()
    assert [int(word, 16) for word in words] == [
        byte for exchange in exchanges for byte in exchange.answer[-2:]
    ]


@pytest.mark.filterwarnings("ignore:Field type")  # of python-pcapng itself
def test_an_export_leaves_a_file_alone_that_is_there(pinlamp, one_line, tmp_path):
    out = tmp_path / "card.pcapng"
    assert pinlamp("export", TRACES[0], "-o", out).returncode == 0
    before = out.read_bytes()
    assert "is there already" in one_line(pinlamp("export", TRACES[0], "-o", out), 2)
    assert out.read_bytes() == before == export(load(TRACES[0]))


def test_a_report_of_every_trace_fits_the_schema():
    for path in TRACES:
        found = report(load(path), None)
        jsonschema.validate(found, REPORT)
        for key in found["keys"].values():
            assert (key["word"] == f"63C{key['left']:X}") if key["left"] is not None else True


@pytest.mark.parametrize(
    "arguments",
    [
        ("record", "-o", "x.jsonl", "--port", "P", "--pn532", "T"),
        ("record", "-o", "x.jsonl", "--port", "P", "--licence"),
        ("record", "-o", "/nowhere/x.jsonl"),
        ("export", "x.jsonl", "-o", "/nowhere/x.pcapng"),
        ("record", "-o", "x.jsonl", "--provenance", ""),
        ("report", "-o", "x.json", "--provenance", "two\nlines"),
        ("record", "-o", "x.jsonl", "--provenance", os.fsdecode(b"\xff")),
        ("record", "-o", "x.jsonl", "--provenance", "x" * 100_000),
        ("record", "-o", "x" * 300 + ".jsonl"),
        ("report", "-o", "/dev/full"),
        ("record", "-o", "/dev/null/x"),
        ("export", TRACES[0], "-o", "/dev/full"),
        ("export", TRACES[0], "-o", "x" * 300),
        ("export", TRACES[0], "-o", "/proc/x"),
    ],
)
def test_wrong_use_is_said_before_any_tap(pinlamp, arguments):
    done = pinlamp(*arguments, timeout=20)
    assert done.returncode in (1, 2) and len(done.stderr.splitlines()) == 1
    assert "internal error" not in done.stderr


def test_a_file_that_a_tap_did_not_fill_is_taken_away(tmp_path):
    """Whatever ends the tap; and a disk that is full is one clear line."""
    for error in (KeyboardInterrupt, click.ClickException("no reader")):
        with pytest.raises(type(error) if isinstance(error, Exception) else error):
            with _created(tmp_path / "card.jsonl"):
                assert (tmp_path / "card.jsonl").exists()
                raise error
        assert not list(tmp_path.iterdir())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2, limits[1]))
    try:
        with pytest.raises(click.ClickException, match="card.jsonl: File too large"):
            with _created(tmp_path / "card.jsonl") as fill:
                fill(b"more than fits")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_not_be_entered_or_written(tmp_path):
    """As a user who is not root, with nothing of the folders of others."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    for mode in (0o000, 0o555):
        folder.chmod(mode)
        child = os.fork()
        if child == 0:
            try:
                if os.getuid() == 0:
                    os.setresuid(65534, 65534, 65534)
                with _created(folder / "card.jsonl"):
                    pass
            except click.UsageError as error:
                os._exit("Permission denied" in error.message)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    folder.chmod(0o755)


def test_a_tape_takes_nothing_after_its_tap():
    tape = Tape()
    tape.take({"type": "card", "kind": "fresh"})  # of a tap before the recording
    tape.take({"type": "activation", "fwi": 10})
    tape.take({"type": "exchange", "c": "00A4040C0AD392F000260100000001", "r": "6A82", "ms": 3})
    tape.take({"type": "card", "kind": "other_b"})
    tape.take({"type": "activation", "fwi": 11})
    trace = tape.trace("p", "r", False)
    assert (tape.done, tape.complete, tape.fwi) == (True, True, 10)
    assert trace.kind == "other_b" and len(trace.exchanges) == 1


@pytest.mark.parametrize("lost", range(4))
def test_a_recording_with_a_gap_is_one_clear_line(lost):
    """A line of a device's console that was damaged is no event, and so is not there."""
    tape = Tape()
    tape.take({"type": "activation", "fwi": None})
    lines = TRACES[0].read_text("utf-8").splitlines()[1:]
    for number, line in enumerate(lines):
        if number != lost:
            tape.take({"type": "exchange", **json.loads(line)})
    tape.take({"type": "result", "complete": True})
    with pytest.raises(click.ClickException, match="the recording has a gap"):
        _trace(tape, "a test", "none", False)


def test_a_tap_in_which_nothing_was_asked_is_one_clear_line():
    with pytest.raises(click.ClickException, match="nothing is recorded"):
        _trace(Tape(), "a test", "none", False)
