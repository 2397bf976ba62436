"""The screen in a terminal, with the real device behind it."""

import signal

import pytest

from terminal import Terminal


@pytest.fixture
def terminal(micropython):
    opened = []

    def start(*arguments):
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize(("keys", "status"), [(b"q", 0), (b"\x03", 130)])
def test_the_real_device_in_a_terminal(terminal, keys, status):
    device = terminal("run", "--card", "bank_app_lockout", "--lang", "en")
    device.wait_for("Something is locked")
    device.type(keys)
    device.wait_for("\x1b[?1049l")  # the terminal is as it was
    assert device.process.wait(10) == status
    assert "Traceback" not in device.seen


def test_a_signal_leaves_the_terminal_as_it_was(terminal):
    device = terminal("run", "--lang", "en")
    device.wait_for("lamp test")
    device.process.send_signal(signal.SIGTERM)
    device.wait_for("\x1b[?1049l")
    assert device.process.wait(10) == 128 + signal.SIGTERM
