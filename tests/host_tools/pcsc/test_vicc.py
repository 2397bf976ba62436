"""`pinlamp emulate --pcsc`: where the virtual reader is, and whether the card lies on it."""

import socket

import pytest

import pcsc


@pytest.mark.parametrize(
    "where",
    [
        "a..b:1",
        "a" * 64 + ":1",
        "a-:1",
        "host",
        "host:0",
        "host:65536",
        ":1",
        "[::1]",
        "::1:1",
        "x y:1",
    ],
)
def test_an_address_that_is_none(pinlamp, one_line, where):
    assert "HOST:PORT" in one_line(pinlamp("emulate", "--card", "fresh", "--pcsc", where), 2)


@pytest.mark.parametrize("where", ["[zz::1]:1", "nosuchhost.invalid:1", "127.0.0.1:1", "[::1]:1"])
def test_a_reader_that_is_not_there(pinlamp, one_line, where):
    done = pinlamp("emulate", "--card", "fresh", "--pcsc", where)
    if "HOST:PORT" not in done.stderr:
        assert f"no virtual reader at {where}" in one_line(done, 1)


def test_a_reader_at_an_address_of_ipv6(started):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        where = f"[::1]:{server.getsockname()[1]}"
        card = started("emulate", "--card", "fresh", "--pcsc", where)
        server.settimeout(30)
        reader, _ = server.accept()
        with reader:
            reader.sendall(b"\0\1\4")  # asks for the ATR
            assert card.stdout.readline().strip() == where
            assert reader.recv(2) == b"\0\x0d"


def test_a_second_card_is_told_that_one_lies_there(pinlamp, one_line):
    pcsc.need("pcscd")
    with pcsc.Service() as service, service.card("sign_locked") as card:
        where = f"127.0.0.1:{service.port}"
        done = pinlamp("emulate", "--card", "fresh", "--pcsc", where)
        assert "another one lies on it" in one_line(done, 1) and done.stdout == ""
        assert "LOCKED" in pinlamp("read", "--lang", "en").stdout and card.presented == 0


def test_the_virtual_reader_of_the_tests_listens_on_this_machine_alone():
    pcsc.need("pcscd", "gcc")
    with pcsc.Service() as service:
        for port in (service.port, service.port + 1):
            assert pcsc.listeners(port) == {"0100007F"}


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "すべてのネットワーク"), ("en", "every network interface")]
)
def test_the_help_says_who_reaches_vpcd(pinlamp, lang, said):
    done = pinlamp("emulate", "--help", "--lang", lang)
    assert said in "".join(done.stdout.split()) or said in " ".join(done.stdout.split())
