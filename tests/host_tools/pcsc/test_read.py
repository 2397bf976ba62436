"""`pinlamp read` with the real PC/SC service, a virtual reader and virtual cards on it."""

import json
import os
import signal
import subprocess
import sys

import pytest

import pcsc
from oracle import CARDS as TRUTH
from pinlamp_tools.emulator.card.cards import make
from pinlamp_tools.emulator.card.catalogue import CARDS
from places import ROOT

TYPE_B = [row.name for row in CARDS if [card.kind for card in make(row.name)] == ["B"]]
NOTHING = lambda names, passed: None  # noqa: E731


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd")
    with pcsc.Service() as service:
        yield service


@pytest.mark.parametrize("name", TYPE_B)
def test_every_card_says_here_what_it_says_to_the_device(service, name):
    with service.card(name) as card:
        kinds, findings = pcsc.tap(card, licence=name.startswith("licence"))
    assert set(kinds) == {TRUTH[name]["kind"]}
    assert findings == TRUTH[name]["keys"]


def test_the_table_says_who_unlocks_it(service, pinlamp):
    with service.card("bank_app_lockout") as card:
        done = pinlamp("read", "--lang", "ja")
        assert done.returncode == 0 and done.stderr == ""
        assert "照合番号B・券面事項確認AP(14桁)" in done.stdout
        assert "ロックされています" in done.stdout and "住民票のある市区町村" in done.stdout
        done = pinlamp("read", "--json", "--reader", "virtual")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert events[0] == {"v": 1, "type": "card", "kind": "my_number_card"}
        assert events[-1]["type"] == "result" and len(events) == 12
        assert card.presented == 0


def test_it_waits_for_a_card_and_says_so(service, started):
    reading = started("read", "--lang", "en")
    assert reading.stderr.readline().startswith("Lay the card on the reader (Virtual PCD")
    with service.card("sign_locked"):
        out, err = reading.communicate(timeout=30)
    assert reading.returncode == 0 and "LOCKED" in out and err == ""


def test_ctrl_c_while_it_waits(service, started):
    reading = started("read", "--lang", "en")
    reading.stderr.readline()
    reading.send_signal(signal.SIGINT)
    out, err = reading.communicate(timeout=30)
    assert (reading.returncode, out, err.strip()) == (130, "", "")


def test_a_reader_of_another_name(service, pinlamp, one_line):
    line = one_line(pinlamp("read", "--reader", "acme", "--lang", "en"), 2)
    assert 'no reader with "acme"' in line and "Virtual PCD" in line


def test_a_card_of_t_0_is_refused(service, pinlamp, one_line):
    with service.card("fresh", atr=bytes.fromhex("3B02 1450")) as card:
        assert "T=0" in one_line(pinlamp("read", "--lang", "en", "--reader", pcsc.SLOT), 1)
        assert card.presented == 0


@pytest.mark.presents_pin
def test_a_card_on_which_another_program_has_verified_a_pin(service):
    from smartcard import scard

    with service.card("fresh") as card:
        context, handle = pcsc.other_program(scard.SCARD_SHARE_SHARED)
        for command in ("00A4040C0AD392F000260100000001", "00A4020C020018", "0020008004 31323334"):
            sent = list(bytes.fromhex(command))
            assert scard.SCardTransmit(handle, scard.SCARD_PCI_T1, sent) == [0, [0x90, 0x00]]
        _, word = scard.SCardTransmit(handle, scard.SCARD_PCI_T1, [0, 0x20, 0, 0x80])
        assert word == [0x63, 0xC3]
        (pin,) = [one.files[0x18] for one in card.picc.icc.applets if 0x18 in one.files]
        assert card.presented == 1 and pin.verified
        from pinlamp_tools.pcsc.read import tap_card
        from pinlamp_tools.pcsc.service import Service

        events = []
        with Service() as here:
            tap_card(here, None, False, NOTHING, events.append)
        auth = next(key for key in events[-1]["keys"] if key["id"] == "auth")
        assert auth == {"id": "auth", "state": "ok", "left": 3, "max": 3}
        assert card.presented == 1 and not pin.verified
        # The other program hears of it, instead of going on with another applet selected.
        code, _ = scard.SCardTransmit(handle, scard.SCARD_PCI_T1, [0, 0x20, 0, 0x80])
        assert code == scard.SCARD_W_RESET_CARD
        scard.SCardReleaseContext(context)


def test_a_card_that_is_pulled_in_mid_read_is_not_read(service, pinlamp):
    with service.card("sign_locked", pull_after=8) as card:
        done = pinlamp("read", "--json")
        result = json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == 1 and result["complete"] is False
        states = {key["id"]: key["state"] for key in result["keys"]}
        assert states["sign"] == "locked" and set(states.values()) == {"locked", "unknown"}
        assert card.presented == 0


@pytest.mark.long
def test_a_thousand_reads_in_a_row(service):
    with service.card("worn") as card:
        pcsc.tap(card)
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(1000):
            _, findings = pcsc.tap(card)
            assert findings == TRUTH["worn"]["keys"]
        assert len(os.listdir("/proc/self/fd")) == before


def test_the_example_of_mynacard(service):
    example = ROOT / "lib" / "mynacard" / "examples" / "pcsc_reader.py"
    with service.card("sign_locked") as card:
        done = subprocess.run(
            [sys.executable, example], capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
        kind, *found = done.stdout.splitlines()
        assert kind == "my_number_card" and len(found) == 10
        assert found[:2] == ["sign locked 0", "auth ok 3"]
        assert card.presented == 0
    with service.card("sign_locked", pull_after=8):
        done = subprocess.run(
            [sys.executable, example], capture_output=True, text=True, timeout=60
        )
        kind, *found = done.stdout.splitlines()
        assert kind == "my_number_card" and len(found) == 10
        assert found[0] == "sign locked 0" and found[-1] == "common unknown None"


def test_without_pyscard_it_says_how_to_get_it(pinlamp, one_line, tmp_path):
    (tmp_path / "smartcard.py").write_text("raise ImportError\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    line = one_line(pinlamp("read", "--lang", "en", PYTHONPATH=path), 1)
    assert "pipx install '.[pcsc]'" in line


def test_its_words_are_complete_in_both_languages():
    pcsc.need()
    from pinlamp_tools.pcsc import calls, command
    from pinlamp_tools.pcsc.service import PASSED

    ja, en = command.TEXTS["ja"], command.TEXTS["en"]
    assert ja.keys() == en.keys() and set(calls.REASONS.values()) <= ja.keys()
    assert {"passed_" + reason for reason in PASSED} <= ja.keys()
