"""`pinlamp read` where the PC/SC service goes away, or has no reader.

Apart from test_pcsc_read, whose service runs all the while: there is only one at a time.
"""

import json
import threading

import pytest

import pcsc
from mynacard import keys


@pytest.fixture
def own_service():
    """A service that a test may stop."""
    pcsc.need("pcscd")
    with pcsc.Service() as service:
        yield service


def _dawdler(reached, go_on):
    """Let a card hesitate at its first question, until the service or the reader is away."""

    def change(card):
        process = card.exchange

        def exchange(apdu):
            if apdu[:2] == b"\x00\x20":
                reached.set()
                go_on.wait(30)
            return process(apdu)

        card.exchange = exchange

    return change


def _in_mid_read(service, end, pinlamp, *arguments):
    """Run a command on a card; call `end()` while the first question is under way."""
    reached, go_on = threading.Event(), threading.Event()

    def ender():
        reached.wait(30)
        end()
        go_on.set()

    thread = threading.Thread(target=ender)
    thread.start()
    card = service.card("sign_locked", change=_dawdler(reached, go_on))
    with card as lying:
        done = pinlamp(*arguments, timeout=40)
        thread.join()
        assert lying.presented == 0
    return done


def _incomplete(done):
    """Assert that the consumer of event lines is told the end, and nothing that is not so."""
    *_, result = map(json.loads, done.stdout.splitlines())
    assert result["type"] == "result" and result["complete"] is False
    states = {key["id"]: key["state"] for key in result["keys"]}
    assert list(states) == [key.id for key in keys.default_keys()]
    assert states.pop("sign") in ("locked", "unknown")  # it was being asked
    assert set(states.values()) == {"unknown"}


@pytest.mark.parametrize("json_too", [False, True])
def test_the_service_is_stopped_in_mid_read(own_service, pinlamp, one_line, json_too):
    arguments = ("read", "--lang", "en", *(["--json"] if json_too else []))
    done = _in_mid_read(own_service, own_service.stop, pinlamp, *arguments)
    assert "PC/SC service" in one_line(done, 1)
    _incomplete(done) if json_too else _silent(done)


def _silent(done):
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments", [("read",), ("read", "--json"), ("record", "-o", "{}"), ("report", "-o", "{}")]
)
def test_a_reader_that_vanishes_in_mid_read(pinlamp, one_line, tmp_path, arguments):
    """The service's driver says so, as for a reader on USB."""
    pcsc.need("pcscd")
    out = tmp_path / "card"
    arguments = [argument.format(out) for argument in arguments]
    driver, gone = pcsc.driver("vanishing_reader", tmp_path), tmp_path / "gone"
    with pcsc.Service(driver, gone) as service:
        done = _in_mid_read(service, gone.touch, pinlamp, *arguments, "--lang", "en")
        assert "the card reader is gone" in one_line(done, 1)
        _incomplete(done) if "--json" in arguments else _silent(done)
        assert not out.exists()


def test_no_service(pinlamp, one_line, own_service):
    own_service.stop()
    assert "サービス(PC/SC)が動いていません" in one_line(pinlamp("read", "--lang", "ja"), 1)


def test_no_reader(pinlamp, one_line, own_service):
    own_service.stop()
    own_service.start(readers=False)
    assert "no card reader is connected" in one_line(pinlamp("read", "--lang", "en"), 1)
