"""A service or a card that never answers ends in one line; what a card told is overwritten."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

import pcsc

scard = pytest.importorskip("smartcard.scard", reason="pyscard is not installed")
from pinlamp_tools.pcsc import calls, reader  # noqa: E402
from pinlamp_tools.pcsc.read import tap_card  # noqa: E402
from pinlamp_tools.pcsc.service import Service  # noqa: E402

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
# The service is asked by another process, as a client reads the socket's name only once.
READ = """
import sys
from pinlamp_tools.pcsc import calls
calls.CALL_S = 1.0
from pinlamp_tools.cli import run_cli
sys.exit(run_cli(["read", "--lang", sys.argv[1]]))
"""


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.skipif(sys.platform != "linux", reason="pcsc-lite's socket")
def test_a_service_that_never_answers(tmp_path, lang):
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(tmp_path / "comm"))
        service.listen()
        done = subprocess.run(
            [sys.executable, "-c", READ, lang],
            env={**os.environ, "PCSCLITE_CSOCK_NAME": str(tmp_path / "comm")},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert ("答えがありません" if lang == "ja" else "does not come to an answer") in done.stderr


def test_a_card_that_never_answers(monkeypatch):
    pcsc.need("pcscd")
    monkeypatch.setattr(calls, "CALL_S", 1.0)
    go_on = threading.Event()
    events = []

    def change(card):
        process = card.exchange

        def exchange(apdu):
            if apdu[:2] == b"\x00\x20":
                go_on.wait(30)
            return process(apdu)

        card.exchange = exchange

    with pcsc.Service() as service, service.card("sign_locked", change=change) as card:
        begin = time.monotonic()
        with Service() as here, pytest.raises(calls.PcscError) as error:
            tap_card(here, pcsc.SLOT, False, lambda *_: None, events.append)
        took_s = time.monotonic() - begin
        go_on.set()
        assert error.value.reason == "silent" and took_s < 10
        assert events[-1]["type"] == "result" and events[-1]["complete"] is False
        assert card.presented == 0


class Opening:
    """An opening at once."""

    code, card = scard.SCARD_S_SUCCESS, 1

    def __init__(self, name):
        pass

    def is_alive(self):
        return False

    def start(self):
        pass

    give_up = start


@pytest.fixture
def told(monkeypatch):
    """What a card tells, as lists of pyscard's: its ATR twice, and its answers."""
    lists = [[0x3B, 0x88, 0x80, 0x01, *range(1, 10)] for _ in range(2)]

    def transmit(card, protocol, command):
        time.sleep(fake.slow_s)
        lists.append([0x12, 0x34, 0x90, 0x00])
        return scard.SCARD_S_SUCCESS, lists[-1]

    there = (scard.SCARD_S_SUCCESS, [("a reader", scard.SCARD_STATE_PRESENT, lists[0])])
    fake = SimpleNamespace(**vars(scard), slow_s=0, told=lists)
    fake.SCardGetStatusChange = lambda context, ms, states: there
    fake.SCardReconnect = lambda card, share, protocol, how: (scard.SCARD_S_SUCCESS, protocol)
    fake.SCardStatus = lambda card: (scard.SCARD_S_SUCCESS, "a reader", 0, 0, lists[1])
    fake.SCardTransmit = transmit
    monkeypatch.setattr(reader, "scard", fake)
    monkeypatch.setattr(reader, "Opening", Opening)
    return fake


def test_what_a_card_told_is_overwritten(told):
    async def tap():
        one = reader.Reader(SimpleNamespace(context=None), "a reader")
        await one.find()
        assert one.fwi == 7 >> 4
        first = await one.exchange(SELECT)
        assert bytes(first) == b"\x12\x34\x90\x00"
        second = await one.exchange(SELECT)
        assert bytes(first) == bytes(4) and any(second)
        await one.release()
        assert bytes(second) == bytes(4)

    asyncio.run(tap())
    assert len(told.told) == 4 and not any(map(any, told.told))


def test_a_card_that_comes_and_goes_is_looked_for_no_longer_than_any(told):
    told.SCardReconnect = lambda *_: (scard.SCARD_W_REMOVED_CARD, 0)
    calls_of_status = []

    def status(context, ms, states):
        calls_of_status.append(ms)
        assert calls_of_status[-2:] != [0, 0], "it looks on though its time is over"
        return scard.SCARD_S_SUCCESS, [("a reader", scard.SCARD_STATE_PRESENT, [])]

    told.SCardGetStatusChange = status
    one = reader.Reader(SimpleNamespace(context=None), "a reader")
    assert asyncio.run(one.find()) is None


def test_an_activation_has_an_end_whatever_each_answer_takes(told, monkeypatch):
    monkeypatch.setattr(calls, "TAP_S", 1.0)
    told.slow_s = 0.3

    async def tap():
        one = reader.Reader(SimpleNamespace(context=None), "a reader")
        await one.find()
        for _ in range(20):
            await one.exchange(SELECT)

    begin = time.monotonic()
    with pytest.raises(calls.PcscError) as error:
        asyncio.run(tap())
    assert error.value.reason == "silent" and time.monotonic() - begin < 3
