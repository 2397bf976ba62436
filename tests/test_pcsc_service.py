"""`pinlamp read` where the PC/SC service goes away, or has no reader.

Apart from test_pcsc_read, whose service runs all the while: there is only one at a time.
"""

import threading
import time

import pytest

import pcsc


@pytest.fixture
def own_service():
    """A service that a test may stop."""
    pcsc.need("pcscd")
    with pcsc.Service() as service:
        yield service


def test_the_service_is_stopped_in_mid_read(own_service, pinlamp, one_line):
    stop = threading.Event()

    def dawdle(card):
        process = card.exchange

        def exchange(apdu):
            if apdu[:2] == b"\x00\x20":
                stop.set()
                time.sleep(1)  # the service is gone before this answer
            return process(apdu)

        card.exchange = exchange

    def kill():
        stop.wait(30)
        own_service.stop()

    thread = threading.Thread(target=kill)
    thread.start()
    with own_service.card("sign_locked", change=dawdle):
        line = one_line(pinlamp("read", "--lang", "en"), 1)
        thread.join()
    assert "PC/SC service" in line


def test_no_service(pinlamp, one_line, own_service):
    own_service.stop()
    assert "サービス(PC/SC)が動いていません" in one_line(pinlamp("read", "--lang", "ja"), 1)


def test_no_reader(pinlamp, one_line, own_service):
    own_service.stop()
    own_service.start(readers=False)
    assert "no card reader is connected" in one_line(pinlamp("read", "--lang", "en"), 1)
