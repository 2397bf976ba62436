"""`pinlamp read` beside other programs, other readers, other cards; and Ctrl-C at any moment."""

import contextlib
import json
import os
import signal
import threading
import time

import pytest

import pcsc

T_0 = bytes.fromhex("3B021450")
T_0_AND_T_1 = bytes.fromhex("3B80800101")


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd")
    with pcsc.Service() as service:
        yield service


def test_a_card_that_another_program_holds(service, pinlamp, one_line):
    from smartcard import scard

    with service.card("fresh"):
        context, card = pcsc.other_program(scard.SCARD_SHARE_EXCLUSIVE)
        assert "another program" in one_line(pinlamp("read", "--lang", "en"), 1)
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        context, card = pcsc.other_program(scard.SCARD_SHARE_SHARED)
        assert scard.SCardBeginTransaction(card) == 0
        assert "別のプログラム" in one_line(pinlamp("read", "--lang", "ja"), 1)
        scard.SCardEndTransaction(card, scard.SCARD_LEAVE_CARD)
        assert pinlamp("read").returncode == 0  # it is still there, and does nothing
        scard.SCardReleaseContext(context)


def _at_once(end, found):
    """Do as Windows' own services: take the card as soon as it lies there, and look for a token.

    Select applets that are ours too, keep the card for a while, and leave it by `end`.
    """
    from smartcard import scard

    context, card = pcsc.other_program(scard.SCARD_SHARE_SHARED)
    code = scard.SCardBeginTransaction(card)
    while code == scard.SCARD_W_RESET_CARD:  # ours was first
        leave, t_1 = scard.SCARD_LEAVE_CARD, scard.SCARD_PROTOCOL_T1
        scard.SCardReconnect(card, scard.SCARD_SHARE_SHARED, t_1, leave)
        code = scard.SCardBeginTransaction(card)
    for command in (
        "00A4040C09A00000039742544659",
        "00A4040C0AD3921000310001010408",
        "00A4020C020011",
    ):
        found.append(
            scard.SCardTransmit(card, scard.SCARD_PCI_T1, list(bytes.fromhex(command)))[1]
        )
    time.sleep(0.7)
    scard.SCardEndTransaction(card, end)
    scard.SCardReleaseContext(context)


@pytest.mark.parametrize("first", ["it", "ours"])
@pytest.mark.parametrize("end", ["SCARD_LEAVE_CARD", "SCARD_RESET_CARD"])
def test_a_program_that_is_in_the_card_at_once(service, started, truth, first, end):
    """The read waits for it, and begins with a reset of the card: nothing stays selected."""
    from smartcard import scard

    found = []
    with contextlib.ExitStack() as stack:
        if first == "ours":  # it waits for a card already
            reading = started("read", "--json")
            pcsc.until(lambda: _sockets(reading) >= 1, "it does not look for a card")
        card = stack.enter_context(service.card("bank_app_lockout"))
        other = threading.Thread(target=_at_once, args=(getattr(scard, end), found))
        other.start()
        if first == "it":
            pcsc.until(lambda: len(found) == 3, "the other program does not get the card")
            reading = started("read", "--json")
        out, err = reading.communicate(timeout=30)
        other.join()
        assert reading.returncode == 0, err
        result = json.loads(out.splitlines()[-1])
        assert result["complete"] is True
        assert {key.pop("id"): key for key in result["keys"]} == truth["bank_app_lockout"]["keys"]
        assert found == [[0x6A, 0x82], [0x90, 0x00], [0x90, 0x00]] and card.presented == 0


def test_a_card_whose_atr_tells_no_waiting_time(service):
    """Some readers make `3B80800101` of any card: no ATQB is in it."""
    from pinlamp_tools.pcsc.read import tap_card
    from pinlamp_tools.pcsc.service import Service

    events = []
    with service.card("worn", atr=T_0_AND_T_1) as card, Service() as here:
        tap_card(here, None, False, lambda names, passed: None, events.append, record=True)
        assert card.presented == 0
    (activation,) = [event for event in events if event["type"] == "activation"]
    assert activation["fwi"] is None
    assert events[-1]["complete"] is True and len(events[-1]["keys"]) == 10


@pytest.mark.parametrize("gap_s", [0.02, 0.1])
def test_a_program_that_takes_the_card_again_and_again(service, pinlamp, gap_s):
    """Whoever is first with it then: an end is reached, and never by a signal."""
    from smartcard import scard

    stop = threading.Event()

    def hold():
        code = scard.SCARD_S_SUCCESS
        while not stop.is_set():
            if code == scard.SCARD_W_RESET_CARD:
                leave, t_1 = scard.SCARD_LEAVE_CARD, scard.SCARD_PROTOCOL_T1
                scard.SCardReconnect(card, scard.SCARD_SHARE_SHARED, t_1, leave)
            code = scard.SCardBeginTransaction(card)
            stop.wait(3)
            scard.SCardEndTransaction(card, scard.SCARD_LEAVE_CARD)
            stop.wait(gap_s)

    with service.card("fresh"):
        context, card = pcsc.other_program(scard.SCARD_SHARE_SHARED)
        thread = threading.Thread(target=hold)
        thread.start()
        try:
            for _ in range(2):
                done = pinlamp("read", "--lang", "en", timeout=30)
                assert done.returncode == 0 or "another program" in done.stderr
        finally:
            stop.set()
            thread.join()
            scard.SCardReleaseContext(context)


def test_a_program_that_waits_for_the_card_while_it_is_read(service, pinlamp):
    """It gets the card afterwards, reset, and keeps it: the end of the read does not wait."""
    from smartcard import scard

    wait, release = threading.Event(), threading.Event()
    with service.card("fresh", change=lambda picc: _listen(picc, wait.set)) as card:
        context, handle = pcsc.other_program(scard.SCARD_SHARE_SHARED)
        codes = []

        def queue():
            wait.wait(30)
            codes.append(scard.SCardBeginTransaction(handle))
            release.wait(30)
            scard.SCardEndTransaction(handle, scard.SCARD_LEAVE_CARD)

        thread = threading.Thread(target=queue)
        thread.start()
        try:
            assert pinlamp("read", timeout=20).returncode == 0
        finally:
            release.set()
            thread.join()
        assert codes and card.presented == 0
        scard.SCardReleaseContext(context)


def _listen(picc, heard, commands=(0x20,)):
    """Call `heard()` at each command of these instructions, before the card answers."""
    process = picc.exchange

    def exchange(apdu):
        if apdu[1] in commands:
            heard()
        return process(apdu)

    picc.exchange = exchange


def _sockets(process):
    folder = f"/proc/{process.pid}/fd"
    try:
        links = [os.readlink(f"{folder}/{name}") for name in os.listdir(folder)]
    except FileNotFoundError:
        return 0
    return sum(link.startswith("socket:") for link in links)


def test_ctrl_c_while_another_program_holds_the_card(service, started):
    from smartcard import scard

    with service.card("fresh"):
        context, card = pcsc.other_program(scard.SCARD_SHARE_SHARED)
        assert scard.SCardBeginTransaction(card) == 0
        for _ in range(5):
            reading = started("read", "--lang", "en", start_new_session=True)
            # One connection to the service looks for cards, the other one waits.
            pcsc.until(lambda: _sockets(reading) >= 2, "it does not wait for the card")  # noqa: B023
            os.killpg(reading.pid, signal.SIGINT)
            out, err = reading.communicate(timeout=4)
            assert (reading.returncode, out, err.strip()) == (130, "", "")
        scard.SCardReleaseContext(context)


def test_ctrl_c_in_mid_read(service, started, pinlamp):
    asked, go_on, count = threading.Event(), threading.Event(), []

    def heard():
        count.append(1)
        asked.set()
        go_on.wait(30)

    with service.card("sign_locked", change=lambda picc: _listen(picc, heard)) as card:
        reading = started("read", "--lang", "en", start_new_session=True)
        assert asked.wait(30)
        os.killpg(reading.pid, signal.SIGINT)
        pcsc.until(lambda: not _pending(reading), "the signal does not arrive")
        go_on.set()
        out, err = reading.communicate(timeout=10)
        assert (reading.returncode, out, err.strip(), len(count)) == (130, "", "", 1)
        # It left the card as it should: nobody has it, and nothing was spent.
        assert pinlamp("read", timeout=20).returncode == 0 and card.presented == 0


def _pending(process):
    with open(f"/proc/{process.pid}/status") as status:
        (line,) = [line for line in status if line.startswith("ShdPnd:")]
    return int(line.split()[1], 16) & 1 << signal.SIGINT - 1


def test_a_card_that_another_program_has_opened_in_t_0(service, pinlamp, one_line):
    from smartcard import scard

    with service.card("fresh", atr=T_0_AND_T_1):
        assert pinlamp("read").returncode == 0
        shared, t_0 = scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0
        context, _ = pcsc.other_program(shared, t_0)
        assert "another program" in one_line(pinlamp("read", "--lang", "en"), 1)
        scard.SCardReleaseContext(context)


@pytest.mark.parametrize("reader", [(), ("--reader", pcsc.SLOT)])
def test_a_card_of_another_kind_on_the_only_reader_is_named(service, pinlamp, one_line, reader):
    with service.card("next_generation"):
        done = pinlamp("read", "--json", *reader)
        (event,) = map(json.loads, done.stdout.splitlines())
        assert done.returncode == 0 and event["kind"] == "other_b"
    with service.card("fresh", atr=T_0):
        assert "T=0" in one_line(pinlamp("read", "--lang", "en", *reader), 1)


@pytest.mark.parametrize(("name", "atr"), [("fresh", T_0), ("next_generation", None)])
def test_ours_is_found_in_another_slot_beside_one_of_another_kind(service, pinlamp, name, atr):
    with service.card(name, atr=atr) as other, service.card("sign_locked", slot=1) as card:
        done = pinlamp("read", "--json", timeout=30)
        kinds = [json.loads(line).get("kind") for line in done.stdout.splitlines()]
        assert done.returncode == 0 and kinds.count("my_number_card") == 1
        assert "other_b" not in kinds
        assert card.presented == other.presented == 0


def test_a_card_that_is_held_gives_way_to_one_elsewhere(service, pinlamp, one_line):
    from smartcard import scard

    with service.card("fresh"):
        context, _ = pcsc.other_program(scard.SCARD_SHARE_EXCLUSIVE)
        with service.card("sign_locked", slot=1):
            done = pinlamp("read", "--lang", "en")
            assert done.returncode == 0 and "LOCKED" in done.stdout
        assert "another program" in one_line(pinlamp("read", "--lang", "en"), 1)
        scard.SCardReleaseContext(context)
