"""`exchange` of both readers asks the gate, sends, and gives the gate the answer; in that order.

test_only_way_to_a_card shows that nothing else sends a command to a card.
"""

import asyncio
from types import SimpleNamespace

import pytest

import pinlamp.reader
from both import Clock
from mynacard.gate import GateError
from pn532 import TargetB

COMMAND, ANSWER = b"\x00\x20\x00\x80", b"\x63\xc3"


class Gate:
    """A gate that writes down what it hears."""

    said, refuses = [], False

    def check(self, command):
        Gate.said.append(("check", bytes(command)))
        if Gate.refuses:
            raise GateError("not this one")

    def answered(self, answer):
        Gate.said.append(("answered", bytes(answer)))


class Chip:
    """A PN532 with one Type B card, which answers anything alike."""

    def overwrite(self):
        pass

    async def in_list_passive_target(self, most, kind, data, anonymous):
        return [TargetB(1, bytes(12), b"")]

    def prepare(self, tg, command):
        return b"the frame of " + command

    async def in_data_exchange(self, tg, command, timeout_ms, meanwhile, prepared):
        assert prepared == self.prepare(tg, command)
        Gate.said.append(("card", bytes(command)))
        return ANSWER


class Opening:
    """A card that PC/SC has opened at once."""

    code, card = 0, "the card"

    def __init__(self, name):
        pass

    def start(self):
        pass

    def is_alive(self):
        return False

    def give_up(self):
        pass


def _of_pn532(patch):
    patch.setattr(pinlamp.reader, "Gate", Gate)
    return pinlamp.reader.Reader(Chip(), Clock())


def _of_pcsc(patch):
    scard = pytest.importorskip("smartcard.scard", reason="pyscard is not installed")
    from pinlamp_tools.pcsc import reader

    def transmit(card, protocol, command):
        Gate.said.append(("card", bytes(command)))
        return scard.SCARD_S_SUCCESS, list(ANSWER)

    there = (scard.SCARD_S_SUCCESS, [("a reader", scard.SCARD_STATE_PRESENT, [])])
    fake = SimpleNamespace(**vars(scard))
    fake.SCardGetStatusChange = lambda context, ms, states: there
    fake.SCardReconnect = lambda card, share, protocol, how: (scard.SCARD_S_SUCCESS, protocol)
    fake.SCardStatus = lambda card: (scard.SCARD_S_SUCCESS, "a reader", 0, 0, [])
    fake.SCardTransmit = transmit
    patch.setattr(reader, "scard", fake)
    patch.setattr(reader, "Opening", Opening)
    patch.setattr(reader, "Gate", Gate)
    return reader.Reader(SimpleNamespace(context=None), "a reader")


@pytest.fixture(params=[_of_pn532, _of_pcsc], ids=["pn532", "pcsc"])
def exchange(request, monkeypatch):
    """A function that finds a card and sends one command to it."""
    monkeypatch.setattr(Gate, "said", [])
    reader = request.param(monkeypatch)

    async def tap(command):
        assert await reader.find() == pinlamp.reader.TYPE_B_CARD
        return await reader.exchange(command)

    return lambda command: asyncio.run(tap(command))


def test_the_gate_is_asked_before_the_card_and_hears_its_answer(exchange):
    assert exchange(COMMAND) == ANSWER
    assert Gate.said == [("check", COMMAND), ("card", COMMAND), ("answered", ANSWER)]


def test_what_the_gate_refuses_reaches_no_card(exchange, monkeypatch):
    monkeypatch.setattr(Gate, "refuses", True)
    with pytest.raises(GateError):
        exchange(COMMAND)
    assert Gate.said == [("check", COMMAND)]
