"""Recording: from every source, replayed and reported."""

import asyncio
import json
import signal
import sys

import click
import jsonschema
import pytest

import command
import pcsc
from oracle import ASKED, EXCHANGES
from oracle import CARDS as TRUTH
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy.settings import OfDevice
from pinlamp_tools.recording import sources
from pinlamp_tools.recording.report import report
from pinlamp_tools.recording.tape import Tape
from pinlamp_tools.recording.trace import TraceError, load
from places import ROOT
from pretend import Pretend, deploy, until

TRACES = sorted((ROOT / "tests" / "traces").glob("*.jsonl"))
LINE = json.loads((ROOT / "docs" / "trace.schema.json").read_text("utf-8"))
REPORT = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))


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
    for spoilt in (header.replace("sign", "Sign"), exchange.replace('"ms"', '"s"'), "[]"):
        assert not validator.is_valid(json.loads(spoilt))


def test_a_key_that_there_is_not_fits_no_trace(tmp_path):
    """The schema leaves open which names are keys, so that a new one breaks no consumer."""
    trace = tmp_path / "trace.jsonl"
    trace.write_text(TRACES[0].read_text("utf-8").replace('"sign"', '"nose"'), "utf-8")
    with pytest.raises(TraceError, match="keys"):
        load(trace)


def test_from_pcsc(service, pinlamp, one_line, tmp_path):
    out = tmp_path / "card.jsonl"
    with service.card("worn") as card:
        done = pinlamp("record", "-o", out, "--provenance", "a virtual card")
        assert done.returncode == 0, done.stderr
        before = out.read_bytes()
        assert "is there already" in one_line(pinlamp("record", "-o", out), 2)
        assert out.read_bytes() == before
        assert card.presented == 0
    trace = _valid(out)
    assert (trace.provenance, trace.reader) == ("a virtual card", "Virtual PCD")
    assert _states(pinlamp, out) == TRUTH["worn"]["keys"]


def test_a_report_from_pcsc(service, pinlamp, tmp_path):
    with service.card("worn") as card:
        assert pinlamp("report", "-o", tmp_path / "report.json").returncode == 0
        assert card.presented == 0
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
    assert found["ms"]["VERIFY without data"]["count"] == len(ASKED)
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


def test_from_a_pn532_it_waits_no_longer_than_the_firmware(
    micropython, started, tmp_path, monkeypatch
):
    tty = started("emulate", "--card", "fresh").stdout.readline().strip()
    monkeypatch.setattr(sources, "_WAIT_S", 0.2)  # the lamp test is longer
    with pytest.raises(click.ClickException, match="no card was recorded"):
        sources.from_pn532(Tape(), tty, False, "en")


async def _lay_unrecorded(device):
    """Lay a card there, and see that no exchange of its tap is told."""
    while not device.events.empty():
        device.events.get_nowait()
    device.lay("fresh")
    kinds = []
    while "result" not in kinds:
        kinds.append((await device.event("activation", "exchange", "card", "result"))["type"])
    assert set(kinds) == {"card", "result"}


async def test_from_a_device_for_one_tap_and_never_from_one_on_a_counter(micropython, tmp_path):
    out = tmp_path / "card.jsonl"
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, Board.named("esp32_devkitc"))
        device.lay("sign_locked")
        await device.event("result")
        done = await command.pinlamp("record", "-o", str(out), "--port", device.port)
        assert done[0] == 0, done
        trace = _valid(out)
        assert trace.reader == "PN532, Pinlamp device" and trace.kind == "my_number_card"
        # It was for one tap.
        device.field.lift()
        await device.event("removed")
        await _lay_unrecorded(device)
        await device.repl(lambda repl: OfDevice(repl).set("profile", "counter"))
        status, _, err = await command.pinlamp(
            "record", "-o", str(tmp_path / "no.jsonl"), "--port", device.port
        )
        assert status == 1 and "counter records nothing" in err
        assert device.field.presented == 0
    assert not (tmp_path / "no.jsonl").exists()


@pytest.mark.parametrize("moment", ["asked", "restarts", "away", "ready"])
async def test_a_recording_that_is_given_up_takes_no_other_card(micropython, tmp_path, moment):
    async with Pretend(tmp_path / "flash", away_s=1.5 if moment == "away" else 0) as device:
        await device.repl(deploy, Board.named("esp32_devkitc"))
        await device.event("ready")
        starts, ctrl_cs = device.starts, device.ctrl_cs
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pinlamp_tools", "record", "--lang", "en"),
            *("-o", str(tmp_path / "x.jsonl"), "--port", device.port),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        if moment == "ready":
            await asyncio.wait_for(process.stdout.readline(), 60)  # "Hold a card to the reader"
        else:
            await until(
                lambda: device.ctrl_cs > ctrl_cs and (moment == "asked" or device.starts > starts)
            )
        process.send_signal(signal.SIGINT)
        said, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 130 and b"unplug" not in said
        while not device.events.empty():
            device.events.get_nowait()
        await device.event("alive")
        await _lay_unrecorded(device)


def test_a_device_on_a_counter_takes_no_notice_of_the_wish(micropython):
    from desk import Desk

    async def scene(profile):
        desk = Desk(profile=profile, record=True)
        await desk.simulator.start()
        try:
            await desk.event("ready")
            desk.simulator.tap("fresh")
            seen = []
            while "result" not in seen:
                told = (await desk.event("activation", "exchange", "result"))["type"]
                # On a busy machine a tap may begin again.
                seen = [] if told == "activation" else [*seen, told]
            return seen.count("exchange")
        finally:
            await desk.simulator.stop()

    assert asyncio.run(scene("pocket")) == EXCHANGES
    assert asyncio.run(scene("counter")) == 0


def test_a_report_of_every_trace_fits_the_schema():
    for path in TRACES:
        found = report(load(path), None)
        jsonschema.validate(found, REPORT)
        for key in found["keys"].values():
            assert (key["word"] == f"63C{key['left']:X}") if key["left"] is not None else True
